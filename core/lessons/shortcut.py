"""Lesson 10: leakage and shortcuts."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from core.errors import EvaluationError
from core.evaluation.predictions import Predictions
from core.evaluation.subgroups import in_order
from core.lessons.lesson import Lesson, Notes, Section, check_test
from core.lessons.material import Material, value_of
from core.lessons.simulated import CLASSES, LABEL, Population, hospitals, leaked
from core.lessons.task import ChoiceTask, NumberTask, Option, Trap

_HOSPITALS = {
    "North": Population(images=600, prevalence=0.75, separation=1.0),
    "South": Population(images=600, prevalence=0.10, separation=1.0),
}
_SHORTCUT, _SOURCE = 3.0, "hospital"
_LEAK, _LEAKY, _NEW = Population(images=800, prevalence=0.4, separation=1.2), "test with patients of training", "new"
TOGETHER, NAME_ALONE, LEAKY, CLEAN = "All images", "The name alone", "Test with known patients", "Its new patients"


def _draw() -> Material:
    test = hospitals(_HOSPITALS, _SHORTCUT, "test", 10)
    return Material("Simulated scores", LABEL, CLASSES, {"test": test}, beside={_LEAKY: leaked(_LEAK, 0.5, 3.0, "test", 10)})


def group_of(material: Material) -> str:
    """What tells the sources apart: the hospital, where it is known, else the group in whose values the label is most unequally common.

    Raises EvaluationError where nothing is known of the images that makes two groups which both have images with and without the label.
    """
    test = material.one()
    spreads = {name: np.ptp([_share(part) for part in parts.values()]) for name in test.groups if len(parts := _parts(test, name)) > 1}
    if not spreads:
        raise EvaluationError(
            f"of the images of {material.title}, no hospital, view or sex is known that parts them in two groups", "this lesson needs one"
        )
    return _SOURCE if _SOURCE in spreads else max(spreads, key=spreads.get)


def parts_of(material: Material) -> dict[str, Predictions]:
    """The images of each source by its name; only those with both classes."""
    return _parts(material.one(), group_of(material))


def _parts(test: Predictions, group: str) -> dict[str, Predictions]:
    column = test.groups[group]
    parts = {value: test.select(column == value) for value in in_order(column.tolist()) if value}
    return {value: part for value, part in parts.items() if 0 < part.y_true.sum() < part.n}


def _share(predictions: Predictions) -> float:
    return float(predictions.y_true.mean())


def _check(material: Material) -> None:
    check_test(material)
    group_of(material)


def _known(material: Material) -> Predictions:
    """The images of all sources that are looked at."""
    group = group_of(material)
    test = material.one()
    return test.select(np.isin(test.groups[group], list(parts_of(material))))


def _blind(material: Material) -> Predictions:
    """A program that never sees an image: each gets, as its score, the share of its source that has the label."""
    known, parts = _known(material), parts_of(material)
    shares = np.array([_share(parts[value]) for value in known.groups[group_of(material)].tolist()])
    return replace(known, y_score=shares[:, None].astype(np.float32))


def _new_patients(material: Material) -> Predictions:
    leaky = material.set_beside(_LEAKY)
    return leaky.select(leaky.groups["patient"] == _NEW)


def _scenes(material: Material) -> Mapping[str, Predictions]:
    scenes = {TOGETHER: _known(material), **parts_of(material), NAME_ALONE: _blind(material)}
    leaky = {LEAKY: material.set_beside(_LEAKY), CLEAN: _new_patients(material)} if _LEAKY in material.beside else {}
    return scenes | leaky


def _area(predictions: Predictions) -> float:
    return value_of(predictions, "roc_auc")


def _first(material: Material) -> str:
    return next(iter(parts_of(material)))


def _flattered(material: Material) -> tuple[int, ...]:
    """ROC AUC on the new patients beside that on the whole leaky test: 0 higher, 1 about the same, 2 lower."""
    gap = _area(_new_patients(material)) - _area(material.set_beside(_LEAKY))
    return (1,) if abs(gap) < _SAME else (0,) if gap > 0 else (2,)


_SAME = 0.01


def _facts(material: Material) -> Mapping[str, str]:
    parts = parts_of(material)
    shares = ", ".join(f"{name} {100 * _share(part):.0f} %" for name, part in parts.items())
    return {"group": group_of(material), "sources": " and ".join(parts), "source": _first(material), "shares": shares,
            "all_scene": TOGETHER, "name_scene": NAME_ALONE, "leaky_scene": LEAKY, "clean_scene": CLEAN}  # fmt: skip


LESSON = Lesson(
    lesson_id="shortcut",
    title="Leakage and shortcuts",
    minutes=10,
    goal="Catch a model that is right for the wrong reason, and a test that knows the answers.",
    sections=(
        Section("Two sources", "The images come from {sources}. How many have {label} there: {shares}. A model can tell a {group} by "
                "things that have nothing to do with illness: letters in the corner, the edge, the grey of the machine. If {label} is "
                "common in one and rare in the other, the name alone is worth points. That is a **shortcut**."),
        Section("Unmask it", "Choose *{all_scene}* and read ROC AUC. Then choose one {group} alone: within it, the name helps nobody, "
                "and only what the model sees in the lungs is left. Last, choose *{name_scene}*: a program that never opened an image."),
        Section("Leakage", "A cousin of the shortcut: images of the same *patient*, or copies of an image, lie in training **and** in "
                "test. The model remembers them, and test looks better than the world. So split by patient, and look for copies before "
                "training. The page Data looks for both."),
    ),
    tasks=(
        NumberTask("within", "What is the ROC AUC within {source} alone?",
                   "Choose {source} above the lab and read the grey card.",
                   "Yes. Beside the ROC AUC on all images this is what the model sees when the {group} cannot help it.",
                   lambda one: _area(parts_of(one)[_first(one)]), 0.008, traps=(
                       Trap(lambda one: _area(_known(one)), "That is on all images, shortcut included. Choose {source}."),
                   )),
        NumberTask("blind", "Which ROC AUC does a program reach that knows the {group} and never sees an image?",
                   "Choose {name_scene} above the lab and read the grey card ROC AUC.",
                   "Yes. So much of a number can come from the name alone. A chance guess would have 0.5.", lambda one: _area(_blind(one)),
                   0.008, traps=(
                       Trap(lambda one: _area(_known(one)), "That is the model on all images. Choose {name_scene}."),
                   )),
        ChoiceTask("flattered", "Half of the patients of *{leaky_scene}* were in training too. Beside this test as a whole, ROC AUC on "
                   "*{clean_scene}* is ...", "Choose one after the other above the lab and read the grey card ROC AUC.",
                   "Yes. Remembered patients flatter a test; only the new ones tell what the model can do.", (
                       Option("higher", "Read both again: whom does the model remember?"),
                       Option("about the same", "Read both again: whom does the model remember?"),
                       Option("lower", "Read both again."),
                   ), _flattered),
    ),
    remember=(
        "A good number on all images can hide a model that reads the source. Look within each source.",
        "Ask what a program could score that never sees the lungs. That is the floor, not 0.5.",
        "Patients belong to one split. A leak makes every number on test too good.",
    ),
    notes=Notes(
        goals=("look for a shortcut with subgroups", "build the blind program as a yardstick", "say why one splits by patient"),
        timing="3 min text, 3 min lab, 4 min tasks",
        ask=("Pneumonia pictures come from a children's clinic, the healthy ones from adults. What will the model learn?",
             "How would you take the shortcut away?"),
        stumbles="\"But it works!\" It does, in these two hospitals, as long as their shares of ill people stay. Nothing else was tested.",
    ),
    draw=_draw,
    check=_check,
    scenes=_scenes,
    facts=_facts,
    figure="hospitals",
    start=0.5,
)  # fmt: skip
