"""What runs say of other data sets than their own (external testing): predictions, kept in the folder of their run.

So they go when the run goes. Each lies in a folder named after the fingerprint of the data, complete or absent like a run.
"""

import json
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from core.disk import sync
from core.errors import StoreError
from core.evaluation.predictions import Predictions
from core.runs.files import MANIFEST, verify, write_json, write_manifest
from core.runs.run import Run
from core.runs.store import Store

KEY = "on:"  # before the name of another data set, where else the name of a split stands
FOLDER = "elsewhere"
_ABOUT, _SCORES = "about.json", "predictions.npz"
_REMEDY = "Score the run on that data set again"


@dataclass(frozen=True)
class Scored:
    """A data set, or one of its splits, that a run was scored on.

    `split` is "all" or one of its splits. `labels` are those that both know, by the names that the run has for them. `left_out` counts
    images by the reason. `learned_from` and `chosen_by` count the images that were in train and val of the run, None where that
    cannot be told; `same_data` says that it is the data that the run was trained on.
    """

    source: str
    title: str
    fingerprint: str
    split: str
    task: str
    images: int
    labels: tuple[str, ...]
    labels_missing: tuple[str, ...]
    left_out: Mapping[str, int]
    same_data: bool
    learned_from: int | None
    chosen_by: int | None
    synthetic: bool
    created: float

    @property
    def key(self) -> str:
        """The name of its folder."""
        return f"{self.fingerprint}-{self.split}"

    @property
    def name(self) -> str:
        """For people, and other than that of any other data ("Small chests, test (3fa9)")."""
        return f"{self.title}, {self.split} ({self.fingerprint[:4]})"

    @property
    def remarks(self) -> list[str]:
        """What to know of the numbers, as sentences; the gravest first."""
        told = ["This is the data set that the run was trained on, not another one."] if self.same_data else []
        if self.learned_from:
            told.append(f"{_images(self.learned_from)} of these {self.images:,} the run was trained on: the numbers flatter it.")
        elif self.learned_from is None:
            told.append("Whether the run was trained on some of these images cannot be told: the images of one side have no hashes.")
        if self.chosen_by:
            told.append(f"{_images(self.chosen_by)} of these {self.images:,} helped to choose its weights or thresholds.")
        told += [f"{_images(count)} left out: {reason}." for reason, count in self.left_out.items()]
        if self.labels_missing:
            told.append(f"The data set does not tell {', '.join(self.labels_missing)}.")
        return told


@dataclass(frozen=True)
class Elsewhere:
    """The predictions of runs on other data sets, in a store."""

    store: Store

    def scored(self, run: Run) -> list[Scored]:
        """What is known of each, the newest first; one that cannot be read is left out."""
        place = run.folder / FOLDER
        folders = sorted(place.iterdir()) if place.is_dir() else []
        found = [_read(folder) for folder in folders if not folder.name.startswith(".") and (folder / MANIFEST).exists()]
        return sorted((one for one in found if one), key=lambda one: -one.created)

    def find(self, run: Run, name: str) -> Scored:
        """One of them by its name. Raises StoreError where there is none."""
        for one in self.scored(run):
            if one.name == name:
                return one
        known = ", ".join(self.list(run)) or "no other data set"
        raise StoreError(f"run {run.run_id} was not scored on {name[:80]!r}", f"it was scored on {known}", _REMEDY)

    def predictions(self, run: Run, name: str) -> Predictions:
        """The scores and the truth. Their split is "test": they report, and choose nothing. Raises StoreError."""
        folder = run.folder / FOLDER / self.find(run, name).key
        try:
            verify(folder, (_SCORES,))
        except StoreError as error:
            raise StoreError(error.found, error.expected, _REMEDY) from None
        return Predictions.load(folder / _SCORES)

    def put(self, run: Run, scored: Scored, predictions: Predictions) -> None:
        """Keep predictions, in the place of earlier ones of the same images. Raises StoreError where the run is gone meanwhile."""
        place = run.folder / FOLDER
        draft = place / f".{scored.key}.{os.getpid()}-{secrets.token_hex(4)}"
        try:
            place.mkdir(exist_ok=True)
            draft.mkdir()
            predictions.save(draft / _SCORES)
            write_json(draft / _ABOUT, asdict(scored))
            write_manifest(draft)
            _exchange(draft, place / scored.key)
            sync(place)
        except FileNotFoundError:
            raise StoreError(f"run {run.run_id} was deleted meanwhile", "", "Score another run") from None
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def delete(self, run: Run, name: str) -> None:
        """Remove the predictions on a data set. Raises StoreError where there are none."""
        _remove(run.folder / FOLDER / self.find(run, name).key)

    def list(self, run: Run) -> list[str]:
        """The names of the data sets that a run was scored on, the newest first."""
        return [one.name for one in self.scored(run)]


def predictions_of(store: Store, run: Run, split: str) -> Predictions:
    """The predictions of a run on "train", "val" or "test", or on another data set ("on:<name>"). Raises StoreError."""
    if split.startswith(KEY):
        return Elsewhere(store).predictions(run, split.removeprefix(KEY))
    return store.predictions(run, split)


def _images(count: int) -> str:
    return f"{count:,} image{'' if count == 1 else 's'}"


def _read(folder: Path) -> Scored | None:
    try:
        document = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
        scored = Scored(**document | {name: tuple(document[name]) for name in ("labels", "labels_missing")})
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return scored if scored.key == folder.name else None


def _exchange(draft: Path, folder: Path) -> None:
    """Put a complete draft where it belongs; what lies there goes."""
    if folder.exists():
        _remove(folder)
    draft.rename(folder)


def _remove(folder: Path) -> None:
    """Take a folder away at once, then its files."""
    shutil.rmtree(folder.rename(folder.with_name(f".{folder.name}.{secrets.token_hex(4)}")))
