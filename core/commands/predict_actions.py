"""What a run says of pictures: in files, in folders and in ZIP archives."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from core.commands.telling import tell, tell_reading
from core.data.dataset import Skipped
from core.data.layouts.tree import LITTER
from core.errors import DataError, ImageError
from core.inference.familiarity import Familiarity, familiarity
from core.inference.many import Asker, Row, answer_many
from core.inference.predictor import Answer, Predictor
from core.inference.sources import of_paths
from core.runs.store import Store

_TOLD = 3  # files that are left out are named, at most


def predict(root: Path, arguments: argparse.Namespace) -> list[dict]:
    """An answer, or a reason, for each picture."""
    store = Store(root)
    predictor = Predictor(store, store.get(arguments.run_id))
    known = None if arguments.no_distance else _familiarity(predictor, root)
    told = [_told(row, arguments) for row in answer_many([Asker(predictor, known)], of_paths(arguments.files, _tell_skipped))]
    if not told:
        raise ImageError(f"there is no picture in {', '.join(map(str, arguments.files))[:200]}", "at least one is needed to be answered")
    return told


def _familiarity(predictor: Predictor, root: Path) -> Familiarity | None:
    """None where the training images are not at hand, and the reason on stderr."""
    try:
        return familiarity(predictor, root, tell_reading)
    except DataError as error:
        tell(f"Distance to the training images: not available: {error}", None)
        return None


def _tell_skipped(folder: Path, skipped: Sequence[Skipped]) -> None:
    """Which files of a folder are not asked, but for those of which nobody knows."""
    several = [one for one in skipped if one.kind != LITTER]
    if several:
        some = "; ".join(f"{one.file[:80]}: {one.reason}" for one in several[:_TOLD])
        files = "file is" if len(several) == 1 else "files are"
        tell(f"{folder}: {len(several):,} {files} left out ({some}{'; ...' if len(several) > _TOLD else ''})")


def _told(row: Row, arguments: argparse.Namespace) -> dict:
    answer = row.answers.get(arguments.run_id) or Answer(row.file, False, row.reason)
    far = row.distances.get(arguments.run_id)
    told = (answer.strict() if arguments.strict else answer).as_dict()
    return told | {"farther_than": far.farther_than if far else None}
