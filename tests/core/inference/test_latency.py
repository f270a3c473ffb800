import pytest

from core.inference.latency import PICTURE, measure_latency
from core.inference.predictor import Predictor
from core.machine import this_machine


@pytest.mark.parametrize("family", ["cnn", "svm", "forest"])
def test_a_picture_takes_some_milliseconds_and_it_is_said_how_that_was_measured(family, store, trained):
    found = measure_latency(Predictor(store, trained[family]), repeats=5)
    assert 0 < found.low <= found.median <= found.high < 60_000
    assert (found.repeats, found.picture, found.device) == (5, PICTURE, this_machine().title)
