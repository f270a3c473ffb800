"""Lesson 9: is A better than B?"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from core.errors import EvaluationError
from core.evaluation.comparison import aligned
from core.evaluation.counts import Counts
from core.evaluation.intervals import Interval, delong_interval, metric_intervals
from core.evaluation.paired_tests import Difference, delong_test
from core.evaluation.predictions import Predictions
from core.evaluation.rates import accuracy
from core.lessons.lesson import Lesson, Notes, Section, check_test
from core.lessons.material import Material
from core.lessons.simulated import CLASSES, LABEL, Population, rivals
from core.lessons.task import ChoiceTask, NumberTask, Option, Trap

_PEOPLE = Population(images=624, prevalence=0.625, separation=2.326)  # true ROC AUC .950
_BETTER, _ALIKE = 2.437, 0.4  # true ROC AUC .9576
_SEED = 10  # the better model is about one point ahead, which so few images do not resolve and many do
_LARGE = 16
_TIMES = 4
_RATIOS = (1.0, 0.5, 0.25)  # of the width of an interval
LARGER = ("A, many more images", "B, many more images")


def _draw() -> Material:
    first, second = rivals(_PEOPLE, _BETTER, _ALIKE, "test", _SEED)
    large = rivals(replace(_PEOPLE, images=_LARGE * _PEOPLE.images), _BETTER, _ALIKE, "test", _SEED)
    beside = dict(zip(LARGER, large, strict=True))
    return Material("Simulated scores", LABEL, CLASSES, {"test": first}, second=second, beside=beside)


def rival(material: Material) -> Predictions:
    """The second model on the first one's test images, in their order. Raises EvaluationError where there is none."""
    if material.second is None:
        raise EvaluationError(f"{material.title} is alone", "this lesson compares two models", "Put two runs on the same data in view")
    return aligned(material.one(), material.second.of_label(material.label))


def _check(material: Material) -> None:
    check_test(material)
    rival(material)


def area_of(predictions: Predictions) -> Interval:
    """ROC AUC of binary predictions with its interval."""
    patients = predictions.patients if predictions.has_repeated_patients else None
    return delong_interval(*predictions.column(predictions.labels[0]), patients=patients)


def accuracy_of(predictions: Predictions, threshold: float) -> Interval:
    """Accuracy of binary predictions with its interval. Raises EvaluationError where that cannot be had."""
    interval = metric_intervals(predictions, {predictions.labels[0]: threshold}, names=("accuracy",))["accuracy"]
    if interval is None:
        raise EvaluationError("the accuracy has no interval", "the images do not show how uncertain it is")
    return interval


def gap_of(first: Predictions, second: Predictions) -> Difference:
    """ROC AUC of the second minus that of the first, paired by image."""
    y_true, y_first = first.column(first.labels[0])
    patients = first.patients if first.has_repeated_patients else None
    return delong_test(y_true, second.column(second.labels[0])[1], y_first, patients=patients)


def _counts(material: Material) -> Counts:
    return material.counts(material.threshold)


def _half_width(material: Material) -> float:
    """Of the 95 % interval of the first model's accuracy, in points."""
    interval = accuracy_of(material.one(), material.threshold)
    return 100 * (interval.high - interval.low) / 2


def _verdict(material: Material) -> tuple[int, ...]:
    """0: the first is better, 1: the second, 2: these images cannot tell."""
    gap = gap_of(material.one(), rival(material))
    return (0,) if gap.high < 0 else (1,) if gap.low > 0 else (2,)


def _narrowed(material: Material) -> tuple[int, ...]:
    """Which of _RATIOS the width of the difference's interval comes nearest to, were there four times as many such images."""
    first, second = material.one(), rival(material)
    now, then = gap_of(first, second), gap_of(_repeated(first), _repeated(second))
    if now.high == now.low:
        raise EvaluationError("both models order the images alike", "their difference has no width")
    ratio = (then.high - then.low) / (now.high - now.low)
    return (int(np.argmin(np.abs(np.array(_RATIOS) - ratio))),)


def _repeated(predictions: Predictions) -> Predictions:
    """Four times as many such images, of four times as many patients."""
    rows, copy = np.tile(np.arange(predictions.n), _TIMES), np.repeat([f" {number}" for number in range(_TIMES)], predictions.n)
    ids = np.char.add(predictions.image_ids[rows], copy)
    patients = None if predictions.patients is None else np.char.add(predictions.patients[rows], copy)
    y_true, y_score = predictions.y_true[rows], predictions.y_score[rows]
    return replace(predictions, image_ids=ids, patients=patients, y_true=y_true, y_score=y_score, groups={})


def _facts(material: Material) -> Mapping[str, str]:
    counts = _counts(material)
    known = ", as many as the test set of PneumoniaMNIST has" if material.one().n == _PEOPLE.images else ""
    return {"known": known, "right": f"{counts.tp + counts.tn:,}", "accuracy": f"{100 * float(accuracy(counts)):.1f} %"}


LESSON = Lesson(
    lesson_id="difference",
    title="Is A better than B?",
    minutes=8,
    goal="Tell a difference from noise.",
    sections=(
        Section("A point ahead", "{first} and {other} were tested on the same {images} images{known}. One has the higher ROC AUC. Is it "
                "better, or was it lucky with these images?"),
        Section("An interval", "Other images of the same kind would give other numbers. A **95 % interval** says how far: if one tested "
                "again and again on new images, about 95 of 100 such intervals would hold the true value. Few images, wide interval."),
        Section("Look at the difference", "Both models saw the *same* images, so their luck is partly shared. Therefore do not look "
                "whether two intervals overlap; look at the interval of the **difference**. If it holds 0, these images cannot tell the "
                "two apart. That does not prove that they are equal."),
    ),
    tasks=(
        NumberTask("width", "{first} is right on {right} of {images} images at its threshold: {accuracy}. How many points does the 95 % "
                   "interval of this accuracy reach to either side, about?",
                   "The table shows the interval of the accuracy. Take half of its width.",
                   "Yes. About so far can chance carry such a number to either side.", _half_width, 0.3, digits=1, traps=(
                       Trap(lambda one: 2 * _half_width(one), "That is the whole width. To either side it is half of that."),
                       Trap(lambda one: _half_width(one) / 100, "Right, as a share. A point is a hundredth: multiply by 100."),
                   )),
        ChoiceTask("verdict", "Look at the interval of the difference in ROC AUC. What do these {images} images say?",
                   "Does the interval of the difference hold 0?",
                   "Yes: that is what the interval of the difference says, and no more than that.", (
                       Option("{first} is better", "Then the whole interval of the difference would lie on its side of 0. Look again."),
                       Option("{other} is better", "Then the whole interval of the difference would lie on its side of 0. Look again."),
                       Option("They cannot tell the two apart", "Look whether the interval of the difference holds 0."),
                   ), _verdict),
        ChoiceTask("narrower", "With four times as many such images, the interval of the difference would be ...",
                   "The width falls with the square root of the number of images.",
                   "Yes. Four times the images halve the interval; to make it ten times narrower takes a hundred times as many.", (
                       Option("as wide", "More images say more. It becomes narrower."),
                       Option("half as wide", "Think of the square root of the number of images."),
                       Option("a quarter as wide", "Sadly not so fast: the width falls with the square root of the number of images."),
                   ), _narrowed),
    ),
    remember=(
        "A number without its interval is half a number.",
        "Compare models on the same images, and look at the interval of the difference.",
        "\"Not resolved\" is a result. It says: more images, or stop claiming.",
    ),
    notes=Notes(
        goals=("read an interval", "use the paired difference", "say \"not resolved\" without shame"),
        timing="2 min text, 2 min figure, 4 min tasks",
        ask=("Ten models are compared on one test set. What about the best of them?", "Two intervals overlap. Can the difference be real?"),
        stumbles="\"Not resolved\" is read as \"equal\". With the simulated data, the truth is known: B is better, and 624 images are too "
                 "few to show it. Switch to more images.",
    ),
    draw=_draw,
    check=_check,
    facts=_facts,
    figure="difference",
)  # fmt: skip
