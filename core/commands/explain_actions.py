"""What the command explain does: maps of pictures, written as images, or the pointing game on a data set with boxes."""

import argparse
from itertools import chain, count
from pathlib import Path

import numpy as np
from PIL import Image

from core.commands.telling import tell
from core.data import registry
from core.errors import ExplanationError, ImageError
from core.evaluation.pointing import TOLERANCE, PointingScore
from core.figures.heat_map import with_heat
from core.images.decode import Decoded, read
from core.inference.explanation import Explanation, HeatMap
from core.inference.pointing import PATCHES, play
from core.inference.predictor import Predictor
from core.runs.pointing_record import PointingGame, keep_pointing
from core.runs.run import Run
from core.runs.store import Store

_OPACITY = 0.5
_TOLD_EACH = 25
_LONGEST_NAME = 100  # letters of a file's name, which systems allow 255 bytes


def explain(root: Path, arguments: argparse.Namespace) -> dict | list[dict]:
    """Maps of each file, or with `--pointing` the game, kept with the run."""
    store = Store(root)
    run = store.get(arguments.run_id)
    if arguments.pointing and arguments.files:
        raise ExplanationError("--pointing and files were given", "the pointing game is played on a data set", "Leave one of them out")
    if arguments.pointing:
        return _pointing(root, store, run, arguments)
    if not arguments.files:
        raise ExplanationError("there is nothing to explain", "a FILE, or --pointing is expected")
    predictor = Predictor(store, run)
    written: set[Path] = set()
    return [_of_file(predictor, run, file, arguments, written) for file in arguments.files]


def _pointing(root: Path, store: Store, run: Run, arguments: argparse.Namespace) -> dict:
    if arguments.most < 1:
        raise ExplanationError(f"--most is {arguments.most}", "one image is needed at least")
    dataset = registry.load(arguments.data or run.data.source, root)
    game = play(Predictor(store, run), dataset, arguments.split, arguments.way, arguments.most, _tell)
    keep_pointing(run, game)
    return {"run_id": run.run_id, "title": run.title} | _told(game)


def _tell(done: int, total: int) -> None:
    if done % _TOLD_EACH == 0 or done == total:
        tell(f"explaining images  {done}/{total}")


def _told(game: PointingGame) -> dict:
    return {
        "data": {"source": game.source, "title": game.title, "fingerprint": game.fingerprint, "synthetic": game.synthetic},
        "split": game.split, "method": game.method, "tolerance": TOLERANCE, "in_words": game.words, **_numbers(game.whole),
        "labels": {score.label: _numbers(score) for score in game.labels}, "left_out": game.left_out,
    }  # fmt: skip


def _numbers(score: PointingScore) -> dict:
    return {
        "turns": score.turns, "flat": score.flat, "hits": vars(score.hits), "chance": score.chance, "hits_with_tolerance": vars(score.near),
        "chance_with_tolerance": score.chance_near, "share_of_map_in_box": score.inside and vars(score.inside),
    }  # fmt: skip


def _of_file(predictor: Predictor, run: Run, file: Path, arguments: argparse.Namespace, written: set[Path]) -> dict:
    try:
        picture = read(file)
        explained = _explained(predictor, picture, arguments)
    except ImageError as error:
        return {"file": str(file), "accepted": False, "reason": str(error)}
    height, width = picture.pixels.shape
    maps = [explained.heat_map(label, height, width) for label in explained.labels]
    scores = dict(zip(run.data.labels, map(float, explained.scores), strict=True))
    told = {one.label: _about(one) for one in maps}
    if arguments.out:
        for one in maps:
            told[one.label]["image"] = str(_written(picture, one, _free(arguments.out, file.stem, one.label, written)))
    return {"file": str(file), "accepted": True, "method": explained.method, "scores": scores, "maps": told}


def _explained(predictor: Predictor, picture: Decoded, arguments: argparse.Namespace) -> Explanation:
    labels = arguments.label or None
    return predictor.occlude(picture, labels) if arguments.way == PATCHES else predictor.explain(picture, labels)


def _about(found: HeatMap) -> dict:
    peak = found.peak and dict(zip(("left", "top"), found.peak, strict=True))
    return {"in_words": found.words, "peak": peak, "share_above_half": float(np.mean(found.values > 0.5))}


def _free(folder: Path, picture: str, label: str, written: set[Path]) -> Path:
    """A PNG file for the map of a label, and none of those written before it: pictures of several folders may have one name."""
    name = f"{picture}-{''.join(letter if letter.isalnum() else '-' for letter in label)}"[:_LONGEST_NAME]
    names = chain([name], (f"{name}-{number}" for number in count(2)))
    place = next(place for place in (folder / f"{one}.png" for one in names) if place not in written)
    written.add(place)
    return place


def _written(picture: Decoded, found: HeatMap, place: Path) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(with_heat(picture.pixels, found.values, _OPACITY, found.peak)).save(place)
    return place
