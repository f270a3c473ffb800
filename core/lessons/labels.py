"""Lesson 7: one threshold per label."""

from collections.abc import Mapping

from core.errors import EvaluationError
from core.evaluation.metrics import evaluate
from core.evaluation.predictions import Predictions
from core.evaluation.thresholds import choose
from core.lessons.lesson import Lesson, Notes, Section, check_both_splits
from core.lessons.material import Material, need_both_classes, value_of
from core.lessons.simulated import Population, several
from core.lessons.task import ChoiceTask, NumberTask, Option, Trap

_FINDINGS = {
    "Effusion": Population(images=4000, prevalence=0.30, separation=2.0),
    "Mass": Population(images=4000, prevalence=0.10, separation=1.8),
    "Hernia": Population(images=4000, prevalence=0.03, separation=1.7),
}
_LINE, _RULE = 0.5, "f1"
_TIE = 0.001


def _draw() -> Material:
    splits = {split: several(_FINDINGS, split, 7) for split in ("val", "test")}
    return Material("Simulated scores", "Hernia", ("no Hernia", "Hernia"), splits)


def _check(material: Material) -> None:
    check_both_splits(material)
    if material.of("test").task != "multilabel":
        raise EvaluationError(f"{material.title} does not look for several findings in an image", "this lesson needs a model that does")
    for label in material.of("test").labels:
        need_both_classes(material.of("val"), label)


def _scenes(material: Material) -> Mapping[str, Predictions]:
    test = material.of("test")
    return {label: test.of_label(label) for label in sorted(test.labels, key=lambda label: label != material.label)}


def chosen(material: Material) -> dict[str, float]:
    """The threshold of best F1 of each label, chosen on validation."""
    return choose(_RULE, material.of("val")).thresholds


def _facts(material: Material) -> Mapping[str, str]:
    findings = material.of("test").labels
    return {"own": f"{chosen(material)[material.label]:.3f}", "findings": str(len(findings)), "names": ", ".join(findings)}


def _at_half(material: Material) -> float:
    return value_of(material.one(), "f1", _LINE)


def _at_own(material: Material) -> float:
    """At the threshold as the lab can show it, in thousandths."""
    return value_of(material.one(), "f1", round(chosen(material)[material.label], 3))


def mean_f1(material: Material) -> tuple[float | None, float | None]:
    """Macro F1 on test with 0.5 for all labels, and with each label's own threshold."""
    test = material.of("test")
    points = (dict.fromkeys(test.labels, _LINE), chosen(material))
    return tuple(evaluate(test, point)["macro_f1"] for point in points)


def _gain(material: Material) -> tuple[int, ...]:
    """The second beside the first: 0 higher, 1 lower, 2 the same."""
    half, own = mean_f1(material)
    if own is None or half is None:
        raise EvaluationError("macro F1 cannot be had on test", "it needs findings with images with and without them")
    return (2,) if abs(own - half) < _TIE else (0,) if own > half else (1,)


LESSON = Lesson(
    lesson_id="labels",
    title="One threshold per label",
    minutes=8,
    goal="See why 0.5 for every finding silences the rare ones.",
    sections=(
        Section("Several findings", "This model looks for {findings} findings at once: {names}. An image may have none, one or several. "
                "For each finding there is a score, and each finding needs its own line."),
        Section("Rare means low", "Leave the line at 0.500 and choose one finding after the other above the lab. Look at the lower two "
                "boxes: missed (FN) and found (TP). A rare finding often gets low scores even where it is there: the model has learned "
                "that it is rare, and rightly so. Then 0.5 misses most of it."),
        Section("Choose each line", "A rule chooses a line for each finding on validation. Here the rule is best **F1**:\n\n"
                "F1 = 2 TP / (2 TP + FP + FN).\n\nIt is high only where most of the ill are called *and* most of the called are "
                "ill. For {label} the rule chose **{own}**."),
    ),
    tasks=(
        NumberTask("half", "Choose *{label}* above the lab and put the line at 0.500. What is F1 on test?",
                   "Read the card F1 with the line at 0.500.", "Yes. Before you blame the model, try another line.",
                   _at_half, 0.006, traps=(
                       Trap(lambda one: value_of(one.one(), "accuracy", _LINE), "That is the accuracy. Lesson 2 says why it "
                                                                                "looks so good."),
                       Trap(lambda one: value_of(one.one(), "sensitivity", _LINE), "That is the sensitivity. F1 has its own card."),
                   )),
        NumberTask("own", "Now put the line for *{label}* where validation chose it: {own}. What is F1 on test?",
                   "Read the card F1 with the line at {own}.",
                   "Yes. The same scores, another line.", _at_own, 0.006, traps=(
                       Trap(_at_half, "That is still the line at 0.500. Move it to {own}."),
                   )),
        ChoiceTask("gain", "Each finding at its own line from validation, instead of 0.5 for all: the mean of all F1 on test is then ...",
                   "Open the table below the lab: its last line has both.",
                   "Yes. The table below the lab has the numbers, finding by finding.", (
                       Option("higher", "Compare both numbers in the last line of the table."),
                       Option("lower", "Compare both numbers in the last line of the table."),
                       Option("the same", "Compare both numbers in the last line of the table."),
                   ), _gain),
    ),
    remember=(
        "A threshold belongs to a label. \"0.5 for all\" is a rule too, and a poor one for rare findings.",
        "Choose each on validation, by the same rule, and report all of them.",
        "Before you call a model blind for a finding, look at its ROC AUC: perhaps only the line is wrong.",
    ),
    notes=Notes(
        goals=("explain why rare findings get low scores", "choose and report a threshold per label"),
        timing="2 min text, 3 min lab, 3 min tasks",
        ask=("Would you take the same rule for Pneumothorax, which kills, and for Hernia, which waits?",
             "How sure is a line that was chosen on few images with the finding?"),
        stumbles="Low scores are taken for a bad model. Show ROC AUC of the same finding: it does not depend on the line.",
    ),
    draw=_draw,
    check=_check,
    scenes=_scenes,
    facts=_facts,
    figure="labels",
    start=_LINE,
)  # fmt: skip
