"""The sentences of an answer: verdict, decision, worth, firmness."""

from pathlib import Path

import numpy as np

from core.errors import CoreError
from core.evaluation.recalibration import recalibration_note
from core.inference.predictor import Answer
from core.inference.reading import Steadiness
from core.inference.small_changes import CHANGES
from core.runs.run import Run
from core.runs.store import Store
from pages.components import cached
from pages.components.metric_table import told

PROMISE = 0.95  # sensitivity at the lower end of the grey zone, specificity at the higher one
_MORE_PEOPLE = (1_000, 10_000)  # of whom a share is said that is less than one of 100


def verdict(run: Run, answer: Answer) -> str:
    """What the run calls, in a few words."""
    called = [label for label, decision in answer.decisions.items() if decision]
    if run.data.task == "binary":
        return run.data.classes[1] if called else run.data.classes[0]
    return ", ".join(called) or "nothing called"


def decision(run: Run, answer: Answer, label: str, threshold: float | None) -> str:
    """One label's score beside its threshold."""
    score = answer.scores[label]
    if threshold is None:
        return f"{label}: score {score:.3f}. The class with the highest score is called."
    called = score >= threshold
    word = f"**{_name(run, label, called)}**"
    return f"{word}: score {score:.3f} is {'at least' if called else 'below'} the threshold {threshold:.3f}"


def worth(root: Path, run: Run, answer: Answer, label: str, threshold: float | None, prevalence: float) -> str:
    """How often such verdicts were right on the split that reports, and what one means where so many people have the label."""
    split = "test" if "test" in run.data.images else "val"
    words = {"test": "test", "val": "validation"}[split]
    try:
        rates = cached.label_point(str(root), run.run_id, run.title, split, label, False, threshold).rates
        meaning = _meaning(root, run, answer, label, threshold, prevalence, split)
    except CoreError as error:
        return f"What such a verdict is worth: not available: {error}"
    point = run.operating_point
    at = "By the highest score" if threshold is None else f"At {threshold:.3f}"
    if threshold == answer.thresholds.get(label):
        at = f"At this operating point ({point.origin})"
    return (f"{at}, on {words} with 95 % intervals: sensitivity {told(rates['sensitivity'])}, specificity {told(rates['specificity'])}. "
            f"{meaning}")  # fmt: skip


def moved(run: Run, answer: Answer, label: str, steady: Steadiness) -> str:
    """What small changes of the picture, and other members, do to the score."""
    low, high = steady.moved(label)
    turned, changes = steady.turned(label, answer.thresholds), len(CHANGES) - 1
    stays = "the verdict stays" if not turned else f"the verdict turns in {turned} of {changes}"
    text = f"Mirrored and moved by 2 % of its side: {low:.3f} to {high:.3f}, {stays}."
    members = steady.of_members(label)
    if len(members) > 1:
        text += f" Its {len(members)} members: {', '.join(f'{score:.3f}' for score in members)}."
    return text


def grey_zone(label: str, score: float, zone: tuple[float, float] | None) -> str:
    """Whether the score lies where validation cannot keep both promises."""
    missed = f"{1 - PROMISE:.0%}"
    if zone is None:
        return f"No grey zone for {label}: one threshold keeps both promises on validation, none can, or the highest score decides."
    low, high = zone
    where = "in it: a human should look" if low <= score < high else "outside"
    return (f"Grey zone from {low:.3f} to {high:.3f}: below it at most {missed} of those with {label} are lost on validation, and from its "
            f"upper end on at most {missed} of those without are called. The score lies {where}.")  # fmt: skip


def probability(root: Path, run: Run, answer: Answer, label: str) -> str:
    """That a score is none, why, and what it becomes by the temperature of validation."""
    members = Store(root).members(run) if run.recipe.member_runs else []
    note = recalibration_note(run.recipe, run.data.task, [member.recipe for member in members]) or ""
    try:
        temperature = cached.temperature(str(root), run.run_id)
    except CoreError as error:
        return f"The score is not a probability. {note} Calibrated: not available: {error}"
    y_score = np.array([[answer.scores[name] for name in temperature.values]], np.float32)
    calibrated = temperature.calibrated(y_score)[0, list(temperature.values).index(label)]
    return (f"The score is not a probability. {note} Calibrated by a temperature fitted on {temperature.images:,} validation images it is "
            f"{calibrated:.3f}.")  # fmt: skip


def _meaning(root: Path, run: Run, answer: Answer, label: str, threshold: float | None, prevalence: float, split: str) -> str:
    called = answer.decisions[label] if threshold is None else answer.scores[label] >= threshold
    found = cached.answers(str(root), run.run_id, split, label, False, threshold)
    entry = found.ppv(prevalence) if called else found.npv(prevalence)
    have = f"{'are' if run.data.task == 'multiclass' else 'have'} {label}"
    among = f"Where {100 * prevalence:.3g} % of people {have}"
    if entry.value is None:
        return f"{among}, what such an answer means is not available: {entry.method.removeprefix('not available: ')}."
    low, high = (entry.low, entry.high) if entry.low is not None else (entry.value, entry.value)
    if not called:
        entry_value, low, high = 1 - entry.value, 1 - high, 1 - low
    else:
        entry_value = entry.value
    people = of_how_many(entry_value, low, high)
    between = f" (95 % interval {whole(people, low)} to {whole(people, high)})" if entry.low is not None else ""
    still = "" if called else " all the same"
    return f"{among}, of {people:,} who get this answer **{whole(people, entry_value)}{between} {have}**{still}."


def of_how_many(share: float, low: float, high: float) -> int:
    """Of how many people a share and its limits are said: of 100, or of more where one of them is above 0 and below one of 100."""
    if not any(0 < 100 * one < 1 for one in (share, low, high)):
        return 100
    return next((people for people in _MORE_PEOPLE if people * (share or high) >= 1), _MORE_PEOPLE[-1])


def whole(people: int, share: float) -> str:
    """Whole people; what is none, or all, only by rounding is not said to be."""
    if 0 < people * share < 0.5:
        return "less than 1"
    return f"more than {people - 1:,}" if 0 < people * (1 - share) < 0.5 else f"{people * share:,.0f}"


def _name(run: Run, label: str, called: bool) -> str:
    if run.data.task == "binary":
        return run.data.classes[1] if called else run.data.classes[0]
    return label if called else f"no {label}"
