"""Lesson 6: choose on validation, report on test."""

from collections.abc import Mapping

import numpy as np

from core.evaluation.predictions import Predictions
from core.evaluation.thresholds import choose, sweep
from core.lessons.lesson import Lesson, Notes, Section, check_both_splits
from core.lessons.material import Material, value_of
from core.lessons.simulated import CLASSES, LABEL, Population, calibrated, drawn
from core.lessons.task import ChoiceTask, NumberTask, Option, Trap

_GOAL = 0.95
_HERE = Population(images=500, prevalence=0.625, separation=3.75)  # true ROC AUC .996
_THERE = Population(images=624, prevalence=0.625, separation=2.35, shift=1.2)  # true ROC AUC .952; all evidence is higher


def _draw() -> Material:
    scale = calibrated(_HERE)
    splits = {"val": drawn(_HERE, scale, "val", 6), "test": drawn(_THERE, scale, "test", 6)}
    return Material("Simulated scores", LABEL, CLASSES, splits)


def _scenes(material: Material) -> Mapping[str, Predictions]:
    return {"Validation": material.one("val"), "Test": material.one("test")}


def _facts(material: Material) -> Mapping[str, str]:
    elsewhere = (
        "Here they come from another hospital with another machine, where scores lie higher. The model ranks them a little worse, "
        "but the *line* suffers much more."
    )
    return {"elsewhere": elsewhere if material.is_drawn else "See which numbers travel with it, and which do not."}


def _chosen(material: Material) -> float:
    """The leftmost place of the line, in thousandths, that keeps the specificity on validation."""
    swept = sweep(*material.one("val").column(material.label))
    return float(swept.thresholds[swept.metrics["specificity"] >= _GOAL].min())


def _travelled(material: Material) -> float:
    return value_of(material.one("test"), "specificity", _chosen(material))


def _best_on_test(material: Material) -> tuple[int, ...]:
    """Youden's J on test at the best line of test beside that at the best line of validation: 0 lower, 1 the same or higher."""
    best = float(np.nanmax(sweep(*material.one("test").column(material.label)).metrics["youden"]))
    travelled = value_of(material.one("test"), "youden", choose("youden", material.one("val")).thresholds[material.label])
    return (0,) if best < travelled - _TIE else (1,)


_TIE = 0.01  # the line of the lab moves in thousandths, a chosen threshold is a score

LESSON = Lesson(
    lesson_id="validation",
    title="Choose on validation, report on test",
    minutes=8,
    goal="See that a threshold need not travel, and why test may not choose it.",
    sections=(
        Section("Three heaps", "**Training** images teach the model. **Validation** images help us choose: the settings, the moment to "
                "stop, the threshold. **Test** images are kept away from every choice. They only report."),
        Section("The threshold travels", "Choose *Validation* above the lab. Look for a line that leaves 95 of 100 images without "
                "{label} alone. Then choose *Test*: the line stays, the people are others. {elsewhere}"),
        Section("Do not look twice", "You could now move the line until test looks fine. Then test has chosen, and nothing is left that "
                "reports. The number would be too good: it fits these images, chance included. That is why this app calls a line that was "
                "moved over test scores **exploratory**."),
    ),
    tasks=(
        NumberTask("choose", "On validation: how far to the left may the line stand, if the specificity is to be at least 0.950?",
                   "Choose Validation. Move the line left as long as the card Specificity shows 0.950 or more.",
                   "Yes. The rule \"specificity at least\" of the page Thresholds chooses so, to the nearest score. From now on "
                   "it stays where it is.", _chosen, 0.01),
        NumberTask("travelled", "Leave the line there and choose *Test*. What is the specificity now?",
                   "The line stays where validation put it. Read the card Specificity on Test.",
                   "Yes. This is the number to report, as it is.", _travelled, 0.015, traps=(
                       Trap(lambda one: value_of(one.one("val"), "specificity", _chosen(one)), "That is on validation, which chose the "
                            "line. Choose Test above the lab."),
                       Trap(lambda one: 1 - _travelled(one), "That is the share that is falsely alarmed. Specificity is the rest."),
                   )),
        ChoiceTask("honest", "Someone moves the line on test until Youden's J is highest there, and reports that J. Beside the J on test "
                   "at validation's best line, it is ...", "Could a line from elsewhere beat the best of all lines?",
                   "Yes. The best of all lines cannot be beaten on the same images. That is why it flatters, and is no honest report.", (
                       Option("lower", "The best line of test is the best of all lines on test. No other can be above it."),
                       Option("the same or higher", "Compare both lines on test."),
                   ), _best_on_test),
    ),
    remember=(
        "Validation chooses, test reports. Once.",
        "A fine ROC AUC can travel while the threshold does not: ranking and line are two things.",
        "For another hospital, check the line anew, on images of that hospital that are not its test.",
    ),
    notes=Notes(
        goals=("keep the roles of the splits apart", "see a threshold fail on other images", "name the reason to distrust a "
                                                                                             "line from test"),
        timing="2 min text, 3 min lab, 3 min tasks",
        ask=("You looked at test once, and the result is poor. What may you do now?", "Which split would a new hospital need?"),
        stumbles="\"But the better line is there for all to see!\" True, and next month's images will not know of it.",
    ),
    draw=_draw,
    check=check_both_splits,
    scenes=_scenes,
    facts=_facts,
    start=0.5,
)  # fmt: skip
