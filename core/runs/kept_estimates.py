"""Metrics of runs with their intervals, counted once and kept beside the run's own files: a bootstrap of large data takes seconds.

What is kept holds for these scores, these thresholds and this way of counting; where one of them is another, it is counted again.
"""

import hashlib
import json
from dataclasses import astuple, dataclass
from functools import lru_cache
from pathlib import Path

from core.errors import StoreError
from core.evaluation.estimates import estimates, label_estimates
from core.evaluation.scorecard import Entry
from core.runs import elsewhere
from core.runs.elsewhere import Elsewhere, predictions_of
from core.runs.files import manifest, write_json
from core.runs.run import Run
from core.runs.store import Store, predictions_file

VERSION = 3  # raised when the same scores at the same thresholds would give other numbers
FOLDER = "estimates"


@dataclass(frozen=True)
class Wanted:
    """Metrics of a run on "val", "test" or "on:<name>": of all labels together, or of one, against the rest."""

    run_id: str
    split: str
    label: str | None
    names: tuple[str, ...]


def known(store: Store, run: Run, wanted: Wanted) -> dict[str, Entry]:
    """Of what is wanted, all that is kept. Raises StoreError for a split that the run has no scores on."""
    kept = _read(_file(run, wanted.split), _stamp(store, run, wanted.split))
    found = kept["all"] if wanted.label is None else kept["labels"].get(wanted.label, {})
    return {name: Entry(*found[name]) for name in wanted.names if name in found}


def count(store: Store, run: Run, wanted: Wanted) -> None:
    """Count what is wanted and not kept, and keep it.

    Raises StoreError where the scores cannot be read or the run is gone, and EvaluationError for a label that is none.
    """
    missing = tuple(name for name in wanted.names if name not in known(store, run, wanted))
    if not missing:
        return
    predictions, thresholds = predictions_of(store, run, wanted.split), run.operating_point.thresholds
    if wanted.label is None:
        found = {"all": _plain(estimates(predictions, thresholds, missing))}
    else:
        found = {"labels": {wanted.label: _plain(label_estimates(predictions, thresholds, wanted.label, missing))}}
    _keep(run, wanted.split, _stamp(store, run, wanted.split), found)


def _plain(entries: dict[str, Entry]) -> dict[str, tuple]:
    return {name: astuple(entry) for name, entry in entries.items()}


def _keep(run: Run, split: str, stamp: str, found: dict[str, dict]) -> None:
    file = _file(run, split)
    kept = _read(file, stamp)
    labels = {label: kept["labels"].get(label, {}) | one for label, one in found.get("labels", {}).items()}
    document = {"stamp": stamp, "split": split, "all": kept["all"] | found.get("all", {}), "labels": kept["labels"] | labels}
    try:
        file.parent.mkdir(exist_ok=True)
        write_json(file, document)
    except FileNotFoundError:
        raise StoreError(f"run {run.run_id} was deleted meanwhile") from None


def _file(run: Run, split: str) -> Path:
    return run.folder / FOLDER / f"{hashlib.sha256(split.encode()).hexdigest()[:16]}.json"


def _stamp(store: Store, run: Run, split: str) -> str:
    """What the kept numbers depend on, as a digest."""
    thresholds = sorted(run.operating_point.thresholds.items())
    return hashlib.sha256(repr((VERSION, _scores(store, run, split), thresholds)).encode()).hexdigest()


def _scores(store: Store, run: Run, split: str) -> str | None:
    """The sha256 of the file of the scores."""
    if split.startswith(elsewhere.KEY):
        folder = run.folder / elsewhere.FOLDER / Elsewhere(store).find(run, split.removeprefix(elsewhere.KEY)).key
        return manifest(folder).get("predictions.npz")
    return manifest(run.folder).get(predictions_file(split))


def _read(file: Path, stamp: str) -> dict[str, dict]:
    """What a file keeps, if it is of this stamp; a file that cannot be read keeps nothing."""
    try:
        state = file.stat()
        document = _document(file, state.st_mtime_ns, state.st_ino)
        if document["stamp"] == stamp:
            return {part: document[part] for part in ("all", "labels")}
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return {"all": {}, "labels": {}}


@lru_cache(maxsize=64)
def _document(file: Path, changed: int, inode: int) -> dict:
    """Read once: a file that is written anew is another one."""
    return json.loads(file.read_text(encoding="utf-8"))
