"""The shelf of runs. A run is complete or absent: it is written in a draft folder and moved here last.

An id from outside is looked up among the runs that are there, never joined to a path.
"""

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

from core.disk import sync
from core.errors import RecipeError, StoreError
from core.evaluation.epoch_scores import EpochScores
from core.evaluation.predictions import Predictions
from core.recipe import Recipe
from core.runs.document import from_document, to_document
from core.runs.files import MANIFEST, manifest, verify, write_json, write_manifest
from core.runs.history import EpochRecord
from core.runs.run import OperatingPoint, Run

STORE_VARIABLE = "CUTPOINT_STORE"
DEFAULT_STORE = Path(__file__).resolve().parents[2] / "artifacts"
FOLDER = "runs"
MEMBERS = "members"  # the folder, in that of an ensemble, of the runs that it averages
_TRASH = "trash"
RUN, POINT, _HISTORY, _EPOCHS = "run.json", "operating_point.json", "history.json", "epoch-scores.npz"


def store_root(folder: str | None = None) -> Path:
    """The folder of the store: the one given, else the variable CUTPOINT_STORE, else `artifacts` in the project; made if it is not there.

    Raises StoreError where it cannot be a folder.
    """
    wanted = os.environ.get(STORE_VARIABLE) or str(DEFAULT_STORE) if folder is None else folder
    try:
        if not wanted.strip():
            raise ValueError
        root = Path(wanted).expanduser().absolute()
        root.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError, RuntimeError):
        raise StoreError(
            f"the store {wanted[:200]!r} is no folder and cannot be made one", "a folder that can be written is needed"
        ) from None
    return root


class Store:
    """The runs under `root`/runs."""

    def __init__(self, root: Path):
        self.root = Path(root)
        self.folder = self.root / FOLDER

    def runs(self) -> list[Run]:
        """All complete runs that can be read, newest first."""
        runs = [found for found in self._each() if isinstance(found, Run)]
        return sorted(runs, key=lambda run: (-run.created, run.run_id))

    def damaged(self) -> list[str]:
        """What is wrong with each run that cannot be read, in words."""
        return [str(found) for found in self._each() if isinstance(found, StoreError)]

    def get(self, run_id: str) -> Run:
        """A run by its id. Raises StoreError where there is none."""
        folder = self._folders().get(run_id)
        if folder is None:
            raise StoreError(f"there is no run {run_id[:80]!r}", "an id from the list of runs is expected", "See: python -m core runs")
        return read_run(folder)

    def predictions(self, run: Run, split: str) -> Predictions:
        """The scores and labels of a split. Raises StoreError where they are damaged, or the run has none on that split."""
        if split not in run.data.images:
            there = ", ".join(run.data.images)
            raise StoreError(f"{run.title} has no scores on {split[:20]}", f"it was read from a file that has {there} only")
        name = predictions_file(split)
        verify(run.folder, (name,))
        return Predictions.load(run.folder / name)

    def history(self, run: Run) -> list[EpochRecord]:
        """What happened epoch by epoch; empty for families without epochs."""
        verify(run.folder, (_HISTORY,))
        return [EpochRecord(**record) for record in json.loads((run.folder / _HISTORY).read_text(encoding="utf-8"))]

    def epoch_scores(self, run: Run) -> EpochScores | None:
        """What was scored on val after each epoch; None where that was not recorded. Raises StoreError where it is damaged."""
        if _EPOCHS not in manifest(run.folder):
            return None
        verify(run.folder, (_EPOCHS,))
        return EpochScores.load(run.folder / _EPOCHS)

    def weights_folder(self, run: Run) -> Path:
        """Where the run's weights lie, and those of its members, checked against the manifest.

        Raises StoreError for a model that was trained elsewhere, and for weights that are damaged.
        """
        if not run.has_weights:
            raise StoreError(
                f"{run.title} was trained elsewhere: its scores are here, its weights are not", "this needs a run that was trained here"
            )
        files = (path for pattern in ("*.safetensors", "*.skops", f"{MEMBERS}/*/*") for path in run.folder.rglob(pattern))
        verify(run.folder, tuple({path.relative_to(run.folder).as_posix() for path in files}))
        return run.folder

    def members(self, run: Run) -> list[Run]:
        """The runs whose scores an ensemble averages, in the order of its recipe, as they lie in its own folder.

        Raises StoreError for one that is missing or damaged there.
        """
        place = run.folder / MEMBERS
        inside = {folder.name: folder for folder in place.iterdir()} if place.is_dir() else {}
        missing = [run_id for run_id in run.recipe.member_runs if run_id not in inside]
        if missing:
            raise StoreError(f"member {missing[0]} of {run.run_id} is missing", "", "Delete the run and make it again")
        return [read_run(inside[run_id]) for run_id in run.recipe.member_runs]

    def copy_into(self, draft: Path, members: list[Run]) -> None:
        """Put what scoring with some runs needs into the draft of an ensemble, so that it stands alone."""
        for run in members:
            place = draft / MEMBERS / run.run_id
            place.mkdir(parents=True)
            weights = self.weights_folder(run)
            verify(weights, (RUN,))
            for file in (weights / RUN, weights / POINT, *weights.glob("*.safetensors"), *weights.glob("*.skops")):
                shutil.copyfile(file, place / file.name)

    def save_operating_point(self, run: Run, point: OperatingPoint) -> Run:
        """Freeze another operating point in a run."""
        write_json(run.folder / POINT, _as_document(point))
        return self.get(run.run_id)

    def put(
        self,
        draft: Path,
        run: Run,
        history: list[EpochRecord],
        predictions: dict[str, Predictions],
        epoch_scores: EpochScores | None = None,
    ) -> Run:
        """Complete a draft folder, which holds the weights already, and move it onto the shelf."""
        for split, one in predictions.items():
            one.save(draft / predictions_file(split))
        if epoch_scores:
            epoch_scores.save(draft / _EPOCHS)
        write_json(draft / _HISTORY, [vars(record) for record in history])
        write_json(draft / RUN, to_document(run))
        write_manifest(draft)
        write_json(draft / POINT, _as_document(run.operating_point))
        self.folder.mkdir(parents=True, exist_ok=True)
        draft.rename(self.folder / run.run_id)
        sync(self.folder)
        return self.get(run.run_id)

    def delete(self, run: Run) -> None:
        """Take a run off the shelf at once, then remove its files."""
        trash = self.root / _TRASH
        trash.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(run.folder.rename(trash / f"{run.run_id}-{secrets.token_hex(4)}"))

    def _each(self) -> Iterator[Run | StoreError]:
        for folder in self._folders().values():
            try:
                yield read_run(folder)
            except StoreError as error:
                yield error

    def _folders(self) -> dict[str, Path]:
        if not self.folder.exists():
            return {}
        return {folder.name: folder for folder in self.folder.iterdir() if (folder / MANIFEST).exists()}


def predictions_file(split: str) -> str:
    """The name of the file of a split's predictions."""
    return f"predictions-{split}.npz"


def new_run_id(recipe: Recipe) -> str:
    """An id that no other run has ("cnn-7f3a9c21")."""
    return f"{recipe.family}-{secrets.token_hex(4)}"


def read_run(folder: Path) -> Run:
    """The run in a folder. Raises StoreError where it is damaged."""
    try:
        run, operating_point = (json.loads((folder / name).read_text(encoding="utf-8")) for name in (RUN, POINT))
        return from_document(run, operating_point, folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecipeError) as error:
        raise StoreError(f"run {folder.name} is damaged ({type(error).__name__})", "", "Delete its folder and train it again") from None


def _as_document(point: OperatingPoint) -> dict:
    return {**vars(point), "thresholds": dict(point.thresholds), "metrics": dict(point.metrics)}
