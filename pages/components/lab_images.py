"""The pictures that the lab is sent: some of all scores, for while the line moves, and the nearest of all to where it rests."""

import base64

import numpy as np

from core.evaluation.line_view import rows_beside, spread_rows
from pages.components import cached, run_pictures
from pages.components.lab_data import packed
from pages.components.lab_scene import Scene

_MOST = 640  # pictures sent for all places of the line
_EACH = 32  # nearest ones sent of each side; more than the widest screen shows
_TILE, _COLUMNS = 56, 16  # px of a picture, pictures in a row of the sheet


def of_line(scene: Scene, place: float) -> list[dict]:
    """Sets of pictures by ascending score, the one to prefer first; none where the images cannot be had.

    A set that is `whole` lacks no image between its first and its last; it `opens` and `closes` where none lies below and above it.
    """
    if run_pictures.of_run(scene.root, scene.run).dataset is None:
        return []
    y_score = scene.predictions().column(scene.label)[1]
    if len(y_score) <= _MOST:
        return [_set(scene, spread_rows(y_score, _MOST), whole=True, opens=True, closes=True)]
    below, called = rows_beside(y_score, place, _EACH)
    near = _set(scene, np.concatenate([below, called]), whole=True, opens=len(below) < _EACH, closes=len(called) < _EACH)
    return [near, _set(scene, spread_rows(y_score, _MOST), whole=False)]


def words(scene: Scene) -> str:
    """Which pictures are shown, where it is not plain."""
    number = scene.predictions().n
    if number <= _MOST or run_pictures.of_run(scene.root, scene.run).dataset is None:
        return ""
    return f" Pictures: the nearest of all {number:,} where the line rests; while it moves, of {_MOST} that are spread over their scores."


def _set(scene: Scene, rows: np.ndarray, **told: bool) -> dict:
    """The pictures of some rows (m,) of the predictions: scores, truths, and one JPEG sheet."""
    y_true, y_score = scene.predictions().column(scene.label)
    image, pictures = scene.run.recipe.image, run_pictures.of_run(scene.root, scene.run)
    ids = tuple(scene.predictions().image_ids[rows].tolist())
    sheet = cached.contact_sheet(
        str(scene.root), pictures.source, pictures.fingerprint, image.image_size, image.aspect, ids, _TILE, _COLUMNS
    )
    return {
        "scores": packed(y_score[rows], np.float32), "truths": packed(y_true[rows], np.uint8), "tile": _TILE, "columns": _COLUMNS,
        "sheet": "data:image/jpeg;base64," + base64.b64encode(sheet).decode(), **told,
    }  # fmt: skip
