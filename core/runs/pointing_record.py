"""Pointing games that were played, kept in the folder of their run beside its own files; they go when the run goes."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from core.errors import StoreError
from core.evaluation.intervals import Interval
from core.evaluation.pointing import PointingScore
from core.runs.files import write_json
from core.runs.run import Run

_FILE = "pointing.json"
VERSION = 1  # raised when the same run on the same images would get other numbers


@dataclass(frozen=True)
class PointingGame:
    """A game on a split of a data set, by a method (its name as `Explanation.method` has it).

    `way` is "quick" or "patches". `whole` is the score of all turns, `labels` those of each label. `left_out` counts images with boxes
    that were not played, by the reason.
    """

    source: str
    title: str
    fingerprint: str
    split: str
    way: str
    method: str
    whole: PointingScore
    labels: tuple[PointingScore, ...]
    left_out: dict[str, int]
    synthetic: bool
    created: float
    version: int = VERSION

    @property
    def words(self) -> str:
        """One sentence for a page ("In 52 of 80 (65 %, ...) ...")."""
        hits, whole = self.whole.hits, self.whole
        return (
            f"The map's highest place lies in the box of the finding in {hits.value:.0%} ({hits.low:.0%} to {hits.high:.0%}) of "
            f"{whole.turns} on {self.split} of {self.title}; by chance it would in {whole.chance:.0%}."
        )


def keep_pointing(run: Run, game: PointingGame) -> None:
    """Keep a game, in the place of an earlier one on the same images in the same way. Raises StoreError where the run is gone."""
    others = [one for one in kept_pointing(run) if _key(one) != _key(game)]
    try:
        write_json(run.folder / _FILE, [asdict(one) for one in (game, *others)])
    except FileNotFoundError:
        raise StoreError(f"run {run.run_id} was deleted meanwhile", "", "Take another run") from None


def kept_pointing(run: Run) -> list[PointingGame]:
    """All games of a run, the newest first; those of another version are left out. Raises StoreError for a file that cannot be read."""
    file = run.folder / _FILE
    if not file.exists():
        return []
    try:
        return [_read(one) for one in json.loads(file.read_text(encoding="utf-8")) if one["version"] == VERSION]
    except (OSError, ValueError, TypeError, KeyError):
        raise StoreError(f"{_FILE} of {run.run_id} cannot be read", "", "Delete this file and play the game again") from None


def own_pointing(run: Run, split: str = "test", way: str = "quick") -> PointingGame | None:
    """The game on the run's own data, if it was played."""
    wanted = (run.data.fingerprint, split, way)
    return next((one for one in kept_pointing(run) if _key(one) == wanted), None)


def _key(game: PointingGame) -> tuple[str, str, str]:
    return game.fingerprint, game.split, game.way


def _read(document: dict) -> PointingGame:
    scores: Sequence[dict] = document["labels"]
    return PointingGame(**document | {"whole": _score(document["whole"]), "labels": tuple(map(_score, scores))})


def _score(document: dict) -> PointingScore:
    intervals = {name: document[name] and Interval(**document[name]) for name in ("hits", "near", "inside")}
    return PointingScore(**document | intervals)
