"""How long a run takes for one picture, measured here and now."""

import time

import numpy as np

from core.data.phantom.drawing import draw, plan
from core.images.decoded import Decoded
from core.inference.predictor import Predictor
from core.machine import this_machine
from core.runs.cost import Latency

PICTURE = 512  # px; a picture of an exam room is larger, one of a public data set often smaller
REPEATS = 30
_WARM_UP = 3  # the first answers pay for memory and for choosing kernels


def measure_latency(predictor: Predictor, repeats: int = REPEATS) -> Latency:
    """One picture after the other, each prepared and scored alone on this machine: what a person waits for.

    The picture is drawn, so that every run is asked the same, whatever data it was trained on. Reading and decoding a file is left out.
    """
    picture = Decoded(draw(plan(40, 0)[0], PICTURE), "array", "L")
    for _ in range(_WARM_UP):
        predictor.scores(picture)
    taken = 1000 * np.array([_seconds(predictor, picture) for _ in range(repeats)])
    low, high = np.quantile(taken, (0.025, 0.975))
    return Latency(float(np.median(taken)), float(low), float(high), repeats, PICTURE, this_machine().title)


def _seconds(predictor: Predictor, picture: Decoded) -> float:
    began = time.perf_counter()
    predictor.scores(picture)
    return time.perf_counter() - began
