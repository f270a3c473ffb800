"""A run's folder from elsewhere, looked at before it may stand on the shelf: every file, and all that the run says of itself.

What a run says is shown on many pages, so texts that would be drawn as links, pictures or markup are refused here, once.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from core.errors import CoreError, EvaluationError, StoreError
from core.evaluation.predictions import SPLITS, TASKS, Predictions
from core.evaluation.threshold_rules import parse_rule
from core.evaluation.thresholds import CHOSEN_ON, choose_among
from core.recipe import CLASSICAL_FAMILIES
from core.runs.files import MANIFEST, manifest, verify
from core.runs.operating import point_of
from core.runs.run import DataRecord, Run
from core.runs.store import MEMBERS, POINT, RUN, Store, read_run
from core.runs.weight_files import check_file

_WEIGHTS, _HEAD = "weights.safetensors", "head.skops"  # as `core.models` writes them
_ID = r"[a-z0-9][a-z0-9_-]{0,79}"  # as those of jobs
_ID_ONLY = re.compile(_ID)
_PART = rf"({re.escape(RUN)}|{re.escape(POINT)}|{re.escape(_WEIGHTS)}|{re.escape(_HEAD)})"
_OWN = rf"{re.escape(MANIFEST)}|history\.json|epoch-scores\.npz|predictions-(train|val|test)\.npz"
_NAMES = re.compile(rf"{_PART}|{_OWN}|{MEMBERS}/{_ID}/{_PART}")
_BEYOND = {MANIFEST, POINT}  # in the folder and not in its manifest
_MARKUP = re.compile(r"\]\(|<[A-Za-z/!]|https?:|www\.|[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", re.I)
_LONGEST = 1000  # characters of a text that a run says of itself
_UNLIKE = (OSError, ValueError, TypeError, KeyError, AttributeError, OverflowError, RecursionError, StopIteration)
_SAME = 1e-6  # thresholds that differ by no more are the same
_AGAIN = "Export the run again"
_ANEW = "Choose its thresholds anew where it was made"


def is_run_id(text: str) -> bool:
    """Whether a text can be the id, and so the folder's name, of a run."""
    return _ID_ONLY.fullmatch(text) is not None


def check_names(names: Iterable[str]) -> None:
    """Raises StoreError for a file, named as the manifest names it, that no run has."""
    for name in names:
        if not _NAMES.fullmatch(name):
            raise StoreError(f"{name[:80]!r} is no file of a run", "a run has scores, history and weights, and no other file", _AGAIN)


def checked_run(folder: Path) -> Run:
    """The run in the folder runs/ID of a draft store, once all of it was looked at. Its operating point has its metrics counted anew.

    Raises StoreError for anything that is missing, changed, or not as Cutpoint writes it.
    """
    _check_manifest(folder)
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        check_file(file)
    try:
        run = read_run(folder)
        _check_record(run)
        return _counted(run)
    except EvaluationError as error:
        raise StoreError(f"{folder.name}: {error.found}", error.expected, _AGAIN) from None
    except _UNLIKE as error:
        raise StoreError(f"{folder.name} is not as Cutpoint writes a run ({type(error).__name__})", "", _AGAIN) from None


def _check_manifest(folder: Path) -> None:
    """Every file of the manifest is there and unchanged, and no other is."""
    if not (folder / MANIFEST).is_file():
        raise StoreError(f"{folder.name} has no {MANIFEST}", "a complete run has one", _AGAIN)
    noted = manifest(folder)
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    missing, more = sorted({*noted, *_BEYOND} - there), sorted(there - {*noted, *_BEYOND})
    if missing or more:
        found = f"{missing[0][:80]} of {folder.name} is missing" if missing else f"{more[0][:80]} is not in the manifest of {folder.name}"
        raise StoreError(found, "the files of a run are those of its manifest", _AGAIN)
    verify(folder, tuple(noted))


def _check_record(run: Run) -> None:
    """What a run says of itself: types, texts, weights for all that it needs, and for an ensemble the same of its members."""
    _check_texts(_texts({**asdict(run.data), "rule": run.operating_point.rule, "device": run.device, "versions": dict(run.versions),
                         "git_commit": run.git_commit, "details": dict(run.details), "recipe": run.recipe.settings}))  # fmt: skip
    _check_data(run.data)
    numbers = (run.created, run.seconds, run.parameters, *run.operating_point.thresholds.values())
    if not all(isinstance(one, int | float) and math.isfinite(one) for one in numbers):
        raise ValueError("a number that is none")
    needed = [] if not run.has_weights or run.recipe.member_runs else [_WEIGHTS]
    needed += [_HEAD] if run.recipe.family in CLASSICAL_FAMILIES else []
    missing = next((name for name in needed if not (run.folder / name).is_file()), None)
    if missing:
        raise StoreError(f"{missing} of {run.run_id} is missing", "a run comes with what its scores need", _AGAIN)
    if run.recipe.base_run and run.base is None:
        raise StoreError(f"{run.run_id} does not say which network its features come from", "", _AGAIN)
    for member in Store(run.folder).members(run):
        if (member.data.task, member.data.labels) != (run.data.task, run.data.labels):
            raise StoreError(f"member {member.run_id} of {run.run_id} has other labels", "", _AGAIN)
        _check_record(member)


def _check_data(data: DataRecord) -> None:
    names, counts = (*data.labels, *data.classes), dict(data.images)
    sound = (
        data.task in TASKS and data.labels and all(isinstance(one, str) for one in names) and isinstance(data.synthetic, bool)
        and data.split_level in ("patient", "image", "unknown") and isinstance(data.patients_across, int | None)
        and counts and all(split in SPLITS and isinstance(count, int) and count > 0 for split, count in counts.items())
        and all(isinstance(one, str) for one in (data.source, data.name, data.title, data.fingerprint, data.split_rule))
    )  # fmt: skip
    if not sound:
        raise ValueError("a record that is none")


def _check_texts(texts: Iterator[str]) -> None:
    for text in texts:
        if len(text) > _LONGEST or _MARKUP.search(text):
            shown = "".join(letter if letter.isprintable() else " " for letter in text)
            raise StoreError(
                f"the run says {shown[:80]!r}", "links, markup and endless texts are not taken in", "Rename it where it was made"
            )


def _texts(value: object) -> Iterator[str]:
    """Every text in plain data, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        yield from (text for pair in value.items() for one in pair for text in _texts(one))
    elif isinstance(value, list | tuple):
        yield from (text for one in value for text in _texts(one))


def _counted(run: Run) -> Run:
    """With metrics counted from the scores that came along: what a run says of its own metrics is not believed."""
    store = Store(run.folder.parents[1])
    predictions = {split: store.predictions(run, split) for split in run.data.images}
    for split, one in predictions.items():
        _check_predictions(run, split, one)
        _check_texts(_texts([one.image_ids.tolist(), {name: sorted(set(group.tolist())) for name, group in one.groups.items()}]))
    epochs, records = store.epoch_scores(run), store.history(run)
    if epochs is not None and (epochs.y_score.ndim != 3 or epochs.y_score.shape[1:] != predictions["val"].y_score.shape):
        raise ValueError("epochs of other images")
    if not all(isinstance(value, int | float | None) for record in records for value in vars(record).values()):
        raise ValueError("a history that is none")
    _check_point(run, predictions)
    point = point_of(run.operating_point.rule, run.operating_point.thresholds, predictions)
    return store.save_operating_point(run, point)


def _check_predictions(run: Run, split: str, one: Predictions) -> None:
    if (one.task, one.split, one.labels, one.n) != (run.data.task, split, run.data.labels, run.data.images[split]):
        raise StoreError(f"the scores of {run.run_id} on {split} are of other labels or images than it says", "", _AGAIN)


def _check_point(run: Run, predictions: Mapping[str, Predictions]) -> None:
    """A rule gives the thresholds that the run has by it. What a hand put, or a rule that labels cannot meet, cannot be counted anew."""
    point = run.operating_point
    try:
        rule = parse_rule(point.rule)
        if rule.needs_data and CHOSEN_ON not in predictions:
            return
        chosen = choose_among(rule, predictions).thresholds
    except EvaluationError:
        return
    wrong = next((label for label, value in chosen.items() if abs(value - point.thresholds[label]) > _SAME), None)
    if wrong is not None:
        found = f"{run.run_id} has the threshold {point.thresholds[wrong]:.6g} for {wrong} by the rule {point.rule}"
        raise StoreError(found, f"the rule gives {chosen[wrong]:.6g} on the scores that came along", _ANEW)


def same_run(folder: Path, run: Run) -> bool:
    """Whether a run's folder from elsewhere has the very files of a run that is here; the operating point may differ."""
    try:
        return manifest(folder) == manifest(run.folder)
    except CoreError:
        return False
