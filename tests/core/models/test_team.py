"""Several threads share a loop: each image is done once, by OpenMP's threads and by others."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from core.models import team
from core.models.team import share

VALUES = np.zeros((13, 4096), np.float32)


@pytest.fixture(params=["torch's threads", "a pool"])
def threads(request, monkeypatch):
    """Three threads of either kind."""
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    if request.param == "a pool":
        monkeypatch.setattr(team, "_openmp", lambda: None)
    yield 3
    torch.set_num_threads(before)


def test_each_image_is_done_once(threads):
    done = np.zeros(len(VALUES), int)

    def count(first: int, last: int, values: np.ndarray, goal: np.ndarray) -> None:
        goal[first:last] += 1

    for _ in range(50):
        share(count, VALUES, done)
    assert done.tolist() == [50] * len(VALUES)


def test_what_goes_wrong_in_any_thread_comes_back(threads):
    def fail(first: int, last: int, values: np.ndarray) -> None:
        if last == len(values):
            raise ValueError("the last images")

    with pytest.raises(ValueError, match="the last images"):
        share(fail, VALUES)


def test_few_values_are_done_at_once(threads):
    calls = []
    share(lambda first, last, values: calls.append((first, last)), VALUES[:, :5])
    assert calls == [(0, len(VALUES))]


def test_the_threads_are_those_that_torch_has_already():
    program = (
        "import numpy, psutil, torch; torch.set_num_threads(2); torch.ones(512, 512) @ torch.ones(512, 512)\n"
        "from core.models.team import share\n"
        "values = numpy.zeros((8, 65536), numpy.float32); before = psutil.Process().num_threads()\n"
        "share(lambda first, last, values: None, values); print(psutil.Process().num_threads() - before)"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert told == ("0\n" if sys.platform == "linux" else "1\n")  # elsewhere torch has another OpenMP
