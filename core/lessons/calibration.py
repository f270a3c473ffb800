"""Lesson 8: calibrated or not."""

from collections.abc import Mapping

from core.evaluation.calibration import Temperature, fit_temperature
from core.evaluation.predictions import Predictions
from core.lessons.lesson import Lesson, Notes, Section, check_both_splits
from core.lessons.material import Material, value_of
from core.lessons.simulated import CLASSES, LABEL, Population, calibrated, drawn
from core.lessons.task import ChoiceTask, NumberTask, Option, Trap

_PEOPLE = Population(images=3000, prevalence=0.3, separation=1.4)
_CLAIM = 3.0  # logits are this many times too large
_SURE = 0.9
_MEASURES = ("log_loss", "ece", "roc_auc")
_SAME = 1e-6
RAW, CALIBRATED = "Scores as they are", "Calibrated"


def _draw() -> Material:
    scale = calibrated(_PEOPLE).sharpened(_CLAIM)
    return Material("Simulated scores", LABEL, CLASSES, {split: drawn(_PEOPLE, scale, split, 8) for split in ("val", "test")})


def _check(material: Material) -> None:
    check_both_splits(material)
    temperature_of(material)


def temperature_of(material: Material) -> Temperature:
    """Fitted on validation, for the label alone."""
    return fit_temperature(material.one("val"))


def cooled(material: Material) -> Predictions:
    """The label's test scores after the temperature."""
    return temperature_of(material).applied(material.one("test"))


def _scenes(material: Material) -> Mapping[str, Predictions]:
    return {RAW: material.one("test"), CALIBRATED: cooled(material)}


def _facts(material: Material) -> Mapping[str, str]:
    return {"temperature": f"{temperature_of(material).values[material.label]:.2f}"}


def _kept_promise(predictions: Predictions) -> float:
    return value_of(predictions, "precision", _SURE)


def _still(material: Material) -> tuple[int, ...]:
    """The measures that a temperature leaves as they are."""
    before, after = material.one("test"), cooled(material)
    return tuple(place for place, name in enumerate(_MEASURES) if abs(value_of(before, name) - value_of(after, name)) < _SAME)


LESSON = Lesson(
    lesson_id="calibration",
    title="Calibrated or not",
    minutes=8,
    goal="Find out whether a score of 0.9 means 90 of 100.",
    sections=(
        Section("A promise", "It is tempting to read a score of 0.9 as *90 % likely {label}*. That is a promise, and one can check it: "
                "take all images with a score near 0.9, and count how many have {label}. If it is 90 of 100, near 0.9 and everywhere else, "
                "the scores are **calibrated**, and may be called probabilities. Until then say *score*."),
        Section("Read the picture", "The picture below the lab does that in ten bins. On the dotted diagonal, promises are kept. Points "
                "below it on the right, and above it on the left, mean: the model claims more than it knows. Such a model is "
                "**overconfident**, as many networks are."),
        Section("Turn it down", "A **temperature** is one number. It makes all scores less extreme, or more so, and is fitted on "
                "validation. Here it came out as **{temperature}**: above 1 means less extreme. Choose *Calibrated* and look what moves: "
                "the bars, the numbers at a given line. The order of the images does not."),
    ),
    tasks=(
        NumberTask("promise", "Scores as they are: put the line at 0.900. Of the images that score at least so much, which "
                              "share has {label}?",
                   "Those are the called ones. The share of them that has {label} is the PPV.",
                   "Yes. Calibrated scores of 0.9 and above would give 0.9 or more, up to chance.",
                   lambda one: _kept_promise(one.one("test")), 0.01,
                   traps=(
                       Trap(lambda one: value_of(one.one("test"), "sensitivity", _SURE), "That is the sensitivity: of the ill, the share "
                            "that scores so high. Asked is: of those that score so high, the share that is ill."),
                       Trap(lambda one: _kept_promise(cooled(one)), "That is after calibration. Choose \"Scores as they are\"."),
                   )),
        NumberTask("kept", "Choose *Calibrated* and leave the line at 0.900. Which share is it now?",
                   "The card PPV again, with Calibrated chosen.",
                   "Yes. The threshold is the same number, but another line: now scores mean what they say, or nearly.",
                   lambda one: _kept_promise(cooled(one)), 0.015, traps=(
                       Trap(lambda one: _kept_promise(one.one("test")), "That is before calibration. Choose Calibrated above the lab."),
                   )),
        ChoiceTask("still", "What does the temperature leave exactly as it was?", "The order of the images stays the same.",
                   "Yes. A temperature keeps the order of the images, and ROC AUC looks at nothing else.", (
                       Option("The log loss", "The log loss punishes false certainty, and certainty is what a temperature changes."),
                       Option("The calibration error", "That is what the temperature is for. Look at the picture below the lab."),
                       Option("ROC AUC", "Look at its card with both choices."),
                   ), _still),
    ),
    remember=(
        "A score is not a probability until someone has checked.",
        "Calibration changes what a number means, not who is ranked above whom: ROC AUC stays.",
        "A threshold belongs to its scores. After calibration the same number is another line, except at 0.5.",
    ),
    notes=Notes(
        goals=("read a calibration curve", "tell calibration from ranking", "say \"score\" and \"probability\" where each is right"),
        timing="2 min text, 3 min lab, 3 min tasks",
        ask=("A weather forecast says 30 % rain. How would you check it?", "Why does a temperature leave decisions at 0.5 alone?"),
        stumbles="\"Calibrated\" is taken for \"accurate\". Always saying the share of ill people is perfectly calibrated, and useless.",
    ),
    draw=_draw,
    check=_check,
    scenes=_scenes,
    facts=_facts,
    figure="calibration",
    start=_SURE,
)  # fmt: skip
