"""Lesson 2: accuracy lies when classes are unequal."""

from collections.abc import Mapping

import numpy as np

from core.evaluation.counts import Counts, counts_of
from core.evaluation.rates import RATES
from core.lessons.lesson import Lesson, Notes, Section, check_test
from core.lessons.material import Material, value_of
from core.lessons.simulated import CLASSES, LABEL, Population, calibrated, drawn
from core.lessons.task import ChoiceTask, NumberTask, Option, Trap

_PEOPLE = Population(images=1000, prevalence=0.053, separation=1.5)
_LINE, _RARE = 0.5, 0.2  # a share below it is called rare
_MEASURES = ("accuracy", "specificity", "sensitivity")


def _draw() -> Material:
    return Material("Simulated scores", LABEL, CLASSES, {"test": drawn(_PEOPLE, calibrated(_PEOPLE), "test", 2)})


def _silent(material: Material) -> Counts:
    """Of a program that never calls anything."""
    y_true, _ = material.one().column(material.label)
    return counts_of(y_true, np.zeros(y_true.size, bool))


def _silent_accuracy(material: Material) -> float:
    return float(RATES["accuracy"](_silent(material)))


def _telling(material: Material) -> tuple[int, ...]:
    """The measure that is lowest for the program that never calls anything."""
    values = [float(RATES[name](_silent(material))) for name in _MEASURES]
    return tuple(place for place, value in enumerate(values) if value == min(values))


def _facts(material: Material) -> Mapping[str, str]:
    """What to say of how common the label is among these images."""
    if material.one().column(material.label)[0].mean() < _RARE:
        return {"elsewhere": "In a screening, few have what one looks for."}
    return {
        "elsewhere": "That is far more than in a screening, where few have what one looks for; the simulated scores show how it is there."
    }


LESSON = Lesson(
    lesson_id="accuracy",
    title="Accuracy lies when classes are unequal",
    minutes=7,
    goal="See why a high accuracy can mean nothing at all.",
    sections=(
        Section("Unequal classes", "Here are {images} X-rays. {positives} have {label} ({share}), {negatives} do not. "
                "{elsewhere}\n\n**Accuracy** is the share of answers that are right: (TP + TN) / all."),
        Section("The laziest program", "Imagine a program that never looks at the image and always answers *{without}*. It is right on "
                "every image without {label}. Push the line to the far right: that is this program."),
        Section("This is no toy", "ChestMNIST is a public set of chest X-rays with 14 findings. Averaged over the findings, a program that "
                "never finds anything has an accuracy of **.947** there. A network with that accuracy may be good or worthless. Accuracy "
                "does not tell."),
    ),
    tasks=(
        NumberTask("never", "A program always answers *{without}*. What is its accuracy on these {images} images?",
                   "It is right on each image without {label}: {negatives} of {images}.",
                   "Yes. It knows nothing, and it scores this much.", _silent_accuracy, 0.002, traps=(
                       Trap(lambda one: 1 - _silent_accuracy(one), "That is the share with {label}: where it is wrong. Accuracy counts "
                            "where it is right."),
                       Trap(lambda one: value_of(one.one(), "accuracy", _LINE), "That is the accuracy of the model at 0.500. The program "
                            "that never looks is meant."),
                   )),
        NumberTask("found", "Put the line at 0.500. Of the images with {label}, which share does the model find?",
                   "That share is the sensitivity: TP / (TP + FN).",
                   "Yes. Compare it with the accuracy on the cards, which does not tell how many are missed.",
                   lambda one: value_of(one.one(), "sensitivity", _LINE), 0.005, traps=(
                       Trap(lambda one: value_of(one.one(), "accuracy", _LINE), "That is the accuracy. Look only at images with {label}."),
                       Trap(lambda one: value_of(one.one(), "precision", _LINE), "That is the PPV: of the *called* images, the share "
                            "with {label}. Here: of the images *with {label}*, the share called."),
                   )),
        ChoiceTask("telling", "Which number shows at once that the program which always answers {without} is worthless?",
                   "Put the line at 1.000 and look at the cards.",
                   "Yes. Sensitivity and specificity together leave nowhere to hide: one of them is 0.", (
                       Option("Accuracy", "Its accuracy is the share of images without {label}, whatever it misses."),
                       Option("Specificity", "It never alarms anyone, so its specificity is perfect."),
                       Option("Sensitivity", "Look at its card with the line at 1.000."),
                   ), _telling),
    ),
    remember=(
        "Before you believe an accuracy, ask what \"never anything\" scores on the same images.",
        "Sensitivity looks only at images with the finding, specificity only at images without. Report both.",
        "Where a finding is rare, almost everything is right by doing nothing.",
    ),
    notes=Notes(
        goals=("compute the accuracy of a program that does nothing", "ask for the share of each class before reading an accuracy"),
        timing="2 min text, 2 min lab, 3 min tasks",
        ask=("Who would be pleased to report accuracy, and why?", "What would the accuracy of \"always ill\" be here?"),
        stumbles="Some take .947 for a bad number because it belongs to a bad program. The number is high; it only means nothing.",
    ),
    draw=_draw,
    check=check_test,
    facts=_facts,
    start=_LINE,
)  # fmt: skip
