"""Lesson 4: ROC and precision-recall curves, and when they disagree."""

from collections.abc import Mapping

import numpy as np

from core.errors import EvaluationError
from core.evaluation.predictions import Predictions
from core.lessons.lesson import Lesson, Notes, Section, check_test
from core.lessons.material import Material, value_of
from core.lessons.simulated import CLASSES, LABEL, Population, calibrated, drawn
from core.lessons.task import ChoiceTask, NumberTask, Option, Trap

_PEOPLE = Population(images=4000, prevalence=0.5, separation=2.0)
_EVERY = 20  # of the images with the label, so many make one that stays
_LINE, _ALARM_LINE = 0.5, 0.7
_CLEAR = 0.05  # a change that is seen in a figure
COMMON, RARE = "As many as there are", "Every 20th of them"


def _draw() -> Material:
    return Material("Simulated scores", LABEL, CLASSES, {"test": drawn(_PEOPLE, calibrated(_PEOPLE), "test", 4)})


def rarer(predictions: Predictions) -> Predictions:
    """All images without the label, and of those with it every 20th by rank of its score: the same scores, a rarer finding.

    Of binary predictions. Raises EvaluationError where not two would be left.
    """
    y_true, y_score = predictions.y_true[:, 0], predictions.y_score[:, 0]
    ill = np.flatnonzero(y_true == 1)
    kept = ill[np.argsort(y_score[ill], kind="stable")][_EVERY // 2 :: _EVERY]
    if kept.size < 2:
        raise EvaluationError(f"{ill.size} images have {predictions.labels[0]}", f"this lesson keeps every {_EVERY}th and needs two")
    return predictions.select(np.sort(np.concatenate([np.flatnonzero(y_true == 0), kept])))


def _check(material: Material) -> None:
    check_test(material)
    rarer(material.one())


def _scenes(material: Material) -> Mapping[str, Predictions]:
    return {COMMON: material.one(), RARE: rarer(material.one())}


def _facts(material: Material) -> Mapping[str, str]:
    few = rarer(material.one())
    return {"common_scene": COMMON, "rare_scene": RARE, "few": f"{few.y_true.sum():,}", "few_share": f"{100 * few.y_true.mean():.1f} %"}


def _rare_precision(material: Material) -> float:
    return value_of(rarer(material.one()), "average_precision")


def _changed(material: Material) -> tuple[int, ...]:
    """0: only ROC AUC changed clearly, 1: only average precision, 2: both, 3: neither."""
    gaps = [abs(value_of(rarer(material.one()), name) - value_of(material.one(), name)) for name in ("roc_auc", "average_precision")]
    return ({(True, False): 0, (False, True): 1, (True, True): 2, (False, False): 3}[tuple(gap > _CLEAR for gap in gaps)],)


def _right_alarms(predictions: Predictions) -> float:
    return 100 * value_of(predictions, "precision", _ALARM_LINE)


LESSON = Lesson(
    lesson_id="curves",
    title="ROC and PR, and when they disagree",
    minutes=9,
    goal="Know which question each curve answers, and which of them sees that a finding is rare.",
    sections=(
        Section("Every line at once", "Move the line: a dot runs along two curves. Each point of a curve is one threshold.\n\n"
                "The **ROC curve** draws sensitivity against false alarms *among the images without {label}*.\n\n"
                "The **precision-recall curve** (PR) draws precision against recall. Recall is another word for sensitivity. "
                "**Precision** (PPV) asks: *of the alarms, how many are right?*"),
        Section("Make it rare", "Above the lab, choose *{rare_scene}*: of the images with {label} only {few} stay, now {few_share}. All "
                "images without {label} stay. Not one score changes."),
        Section("What each curve sees", "The ROC curve looks at each class by itself, so it does not mind how large the classes are. The "
                "alarms of the PR curve are a mixture of both. The fewer ill people, the more of the alarms are false, and the curve "
                "sinks. Neither curve is wrong: they answer different questions."),
    ),
    tasks=(
        ChoiceTask("changed", "From *{common_scene}* to *{rare_scene}*: which area has clearly changed?",
                   "Switch between both and read the two grey cards, ROC AUC and Average precision.",
                   "Yes. ROC AUC looks at each class by itself. Average precision, the area below the PR curve, looks at the alarms, "
                   "and they come from both.", (
                       Option("ROC AUC alone", "Look at the card again: each class keeps its scores, and the ROC curve needs no more."),
                       Option("Average precision alone", "Read both grey cards again, once for each choice above the lab."),
                       Option("Both", "One of the two looks at each class by itself. Which?"),
                       Option("Neither", "Read both grey cards again, once for each choice above the lab."),
                   ), _changed),
        NumberTask("area", "What is the average precision with *{rare_scene}*?",
                   "Choose {rare_scene} above the lab and read the last grey card.",
                   "Yes. The same scores, another number: an average precision means nothing without the share of ill people.",
                   _rare_precision, 0.01, traps=(
                       Trap(lambda one: value_of(one.one(), "average_precision"), "That is with all of them. Choose {rare_scene}, and "
                            "read the card Average precision."),
                   )),
        NumberTask("alarms", "Put the line at 0.700, with *{rare_scene}*. Of 100 alarms, how many are right?",
                   "That is the PPV, written as a number of 100.",
                   "Yes. The ROC curve would never have told you.", lambda one: _right_alarms(rarer(one.one())), 1.0, digits=0, traps=(
                       Trap(lambda one: _right_alarms(one.one()), "That is with all of them. Choose {rare_scene} above the lab."),
                       Trap(lambda one: 100 * value_of(rarer(one.one()), "sensitivity", _ALARM_LINE), "That is the sensitivity: of the "
                            "ill, how many are called. Asked is: of the called, how many are ill?"),
                       Trap(lambda one: _right_alarms(rarer(one.one())) / 100, "Right, as a share. Write it as a number of 100 alarms."),
                   )),
    ),
    remember=(
        "ROC: does the model rank ill above healthy? It does not change with how common the finding is.",
        "PR: are the alarms right? It does change, so give the share of ill people with it. Guessing gives that share.",
        "Where a finding is rare, look at both. A fine ROC curve can hide a flood of false alarms.",
    ),
    notes=Notes(
        goals=("read a point of either curve as a threshold", "say why one curve sinks when the finding gets rarer"),
        timing="3 min text, 3 min lab, 3 min tasks",
        ask=("Two papers report average precisions of .95 and .40. Which model is better?", "Which curve would you show a radiologist?"),
        stumbles="\"PR is for unequal classes\" is learned as a rule. Better: which question do you ask, of the ill or of the alarms?",
    ),
    draw=_draw,
    check=_check,
    scenes=_scenes,
    facts=_facts,
    start=_LINE,
)  # fmt: skip
