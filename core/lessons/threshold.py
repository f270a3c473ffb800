"""Lesson 1: what a threshold does."""

import numpy as np

from core.evaluation.counts import counts_at_thresholds
from core.evaluation.line_view import STEPS
from core.lessons.lesson import Lesson, Notes, Section, check_test
from core.lessons.material import Material, value_of
from core.lessons.simulated import CLASSES, LABEL, Population, calibrated, drawn
from core.lessons.task import ChoiceTask, NumberTask, Option, Trap

_PLACE = 0.7
_PEOPLE = Population(images=400, prevalence=0.4, separation=2.0)
_MEASURES = ("accuracy", "sensitivity", "roc_auc", "f1")


def _draw() -> Material:
    return Material("Simulated scores", LABEL, CLASSES, {"test": drawn(_PEOPLE, calibrated(_PEOPLE), "test", 1)})


def _missed(material: Material) -> float:
    return material.counts(_PLACE).fn


def _direction(material: Material) -> tuple[int, ...]:
    """How the missed change from each place of the line to the next: 0 never fewer, 1 never more, 2 both."""
    missed = np.diff(counts_at_thresholds(*material.one().column(material.label), np.arange(STEPS + 1) / STEPS).fn)
    return (0,) if (missed >= 0).all() else (1,) if (missed <= 0).all() else (2,)


def _still(material: Material) -> tuple[int, ...]:
    """The measures that are the same wherever the line stands."""
    places = (0.1, 0.3, 0.5, 0.7, 0.9)
    values = [{round(value_of(material.one(), name, place), 9) for place in places} for name in _MEASURES]
    return tuple(number for number, found in enumerate(values) if len(found) == 1)


LESSON = Lesson(
    lesson_id="threshold",
    title="What a threshold does",
    minutes=6,
    goal="Say what changes when the line moves, and what does not.",
    sections=(
        Section("A score is not an answer", "A model gives each X-ray a **score** from 0 to 1. Higher means: this looks more like {label}. "
                "But a score decides nothing. Someone has to draw a line. An image whose score is **at the line or above** is called "
                "*{label}*, every other one *{without}*. The line is the **threshold**."),
        Section("Four kinds of images", "Once there is a line, each image is one of four:\n\n"
                "- **TP**, a true positive: has {label} and is called so. Found.\n"
                "- **FN**, a false negative: has {label} and is not called so. **Missed.**\n"
                "- **FP**, a false positive: does not have it and is called so. **A false alarm.**\n"
                "- **TN**, a true negative: does not have it and is not called so. Left alone, rightly."),
        Section("Now move it", "Drag the line in the upper picture, or click into it and use the arrow keys. To the left, more is found "
                "and more is alarmed. To the right, fewer alarms and more misses. The two grey cards at the end stay as they are: they "
                "only ask how well the scores *rank* the images, and ranking needs no line."),
    ),
    tasks=(
        NumberTask("missed", "Put the line at 0.700. How many images with {label} are missed?",
                   "Missed images have {label} and a score below the line: the box FN.",
                   "Yes. They have {label}, but their scores are below the line.", _missed, 0, digits=0, traps=(
                       Trap(lambda one: one.counts(_PLACE).fp, "Those are the false alarms (FP). The missed are in the box FN."),
                       Trap(lambda one: one.counts(_PLACE).tp, "Those are the found ones (TP). The missed are in the box FN."),
                       Trap(lambda one: one.counts(_PLACE).tn, "Those are left alone rightly (TN). The missed are in the box FN."),
                       Trap(lambda one: one.counts(0.5).fn, "That is what is missed at 0.500. Move the line to 0.700."),
                   )),
        ChoiceTask("direction", "You move the line to the right, step by step. What can the number of missed images do at a step?",
                   "Watch the box FN while you move the line slowly.",
                   "Yes. What the line passes falls below it, and stays below.", (
                       Option("Grow or stay, never shrink", "Watch the box FN while you move the line to the right."),
                       Option("Shrink or stay, never grow", "The other way round: what the line passes falls below it, and is missed if it "
                              "has {label}."),
                       Option("Both, from step to step", "Move the line slowly from left to right and watch the box FN: it never turns "
                              "back."),
                   ), _direction),
        ChoiceTask("still", "Which of these stays the same wherever the line stands?",
                   "Move the line far to both sides and look at the cards.",
                   "Yes. ROC AUC is the chance that an image with {label} scores higher than one without. That needs no line.", (
                       Option("Accuracy", "Accuracy counts right decisions, and decisions change with the line. Look again."),
                       Option("Sensitivity", "Sensitivity is the share that is found: to the left it grows. Look again."),
                       Option("ROC AUC", "Move the line far to both sides and look at its card."),
                       Option("F1", "F1 is made of found, missed and alarmed images, and those change with the line. Look again."),
                   ), _still),
    ),
    remember=(
        "A model gives scores. A threshold turns them into answers, and a person chooses it.",
        "Further left: fewer missed, more false alarms. Further right: the other way round. There is no line without a price.",
        "ROC AUC judges the ranking, not the line. A good AUC does not make a good threshold.",
    ),
    notes=Notes(
        goals=("name the four kinds of images", "predict what a move of the line does to each", "tell ranking from deciding"),
        timing="1 min text, 2 min moving the line, 3 min tasks",
        ask=("Where would you put the line, and why there?", "What would a perfect model look like in the upper picture?"),
        stumbles="Many think that a better line makes a better AUC. Let them move the line and watch the grey cards.",
    ),
    draw=_draw,
    check=check_test,
    start=0.5,
)  # fmt: skip
