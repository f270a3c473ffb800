import os
import subprocess
import sys
import zlib

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from core.data.phantom.drawing import VERSION, draw, plan, traces
from core.errors import DataError


@pytest.fixture(scope="module")
def cases():
    return plan(320, 7)


@pytest.fixture(scope="module")
def pixels(cases):
    return np.stack([draw(case, 64) for case in cases])


def test_a_case_has_the_same_bytes_in_any_order(cases, pixels):
    for index in (40, 3, 17, 3):
        assert np.array_equal(draw(cases[index], 64), pixels[index])


def test_a_case_has_the_same_bytes_in_a_fresh_process_which_needs_no_torch(cases):
    script = (
        "import sys, zlib; from core.data.phantom.drawing import plan, draw; "
        "print(zlib.crc32(draw(plan(320, 7)[11], 96).tobytes()), 'torch' in sys.modules)"
    )
    answer = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert answer.split() == [str(zlib.crc32(draw(cases[11], 96).tobytes())), "False"]


def test_all_images_differ_also_those_of_one_patient(pixels):
    assert len({image.tobytes() for image in pixels}) == len(pixels)


def test_another_seed_draws_another_patient():
    one, other = plan(20, 0)[0], plan(20, 1)[0]
    assert np.abs(draw(one, 64).astype(int) - draw(other, 64)).mean() > 5


@pytest.mark.parametrize("feature", [np.mean, np.std, np.median])
def test_overall_grey_does_not_give_the_class_away(cases, pixels, feature):
    auc = roc_auc_score([case.pneumonia for case in cases], [feature(image) for image in pixels])
    assert 0.35 < auc < 0.65


def test_lungs_are_darker_than_the_heart_and_the_abdomen(pixels):
    typical = np.median(pixels, axis=0)
    lungs, heart, abdomen = typical[26:32, 14:20].mean(), typical[36:42, 31:36].mean(), typical[58:62, 12:24].mean()
    assert lungs + 60 < heart
    assert lungs + 60 < abdomen


def test_grey_values_are_spread_wide_and_seldom_clipped(pixels):
    low, high = np.percentile(pixels, [2, 98], axis=(1, 2))
    assert np.median(high - low) > 150
    assert (high - low).min() > 90
    clipped = ((pixels == 0) | (pixels == 255)).mean(axis=(1, 2))
    assert np.median(clipped) < 0.01
    assert np.percentile(clipped, 95) < 0.15


@pytest.mark.parametrize("size", [32, 128, 224, 1024])
def test_an_image_has_the_size_asked_for(cases, size):
    image = draw(cases[0], size)
    assert image.shape == (size, size)
    assert image.dtype == np.uint8


def test_a_case_looks_the_same_at_every_size(cases):
    for case in cases[:10]:
        small, large = draw(case, 64).astype(float), draw(case, 256).reshape(64, 4, 64, 4).mean(axis=(1, 3))
        assert np.corrcoef(small.ravel(), large.ravel())[0, 1] > 0.95


@pytest.mark.parametrize("size", [31, 1025, 0, -64])
def test_a_size_out_of_bounds_is_refused(cases, size):
    with pytest.raises(DataError, match="between 32 and 1024"):
        draw(cases[0], size)
    with pytest.raises(DataError, match="between 32 and 1024"):
        traces(cases[0], size)


OF_VERSION_2 = (
    "b079d11a60efe300f39e9453483ffc05c6fa8f68721fee8739b07ace835752c8"  # of the digest below: with other bytes goes another VERSION
)
_BYTES = """
import hashlib
from dataclasses import replace
from core.data.phantom.drawing import VERSION, draw, plan
from core.data.radiograph.findings import FINDINGS

digest = hashlib.sha256()
for task in ("binary", "multiclass", "multilabel"):
    cases = plan(200, 3, task)
    digest.update(repr(cases).encode())
    for size in (64, 128):
        for case in cases[:6]:
            digest.update(draw(case, size).tobytes())
for row, name in enumerate(FINDINGS):
    digest.update(draw(replace(cases[row], findings=((name, 0.8),)), 64).tobytes())
print(digest.hexdigest())
"""


def test_the_bytes_are_those_of_this_version_whatever_the_processor_can_do():
    """NumPy with its plainest loops, and a matrix product for a processor without fused multiply-add, beside those of this machine."""
    assert VERSION == 2
    found = np._core._multiarray_umath.__cpu_features__
    dispatched = [name for name in np._core._multiarray_umath.__cpu_dispatch__ if found.get(name)]
    plain = {"NPY_DISABLE_CPU_FEATURES": " ".join(dispatched), "OPENBLAS_CORETYPE": "Nehalem"}
    answers = [
        subprocess.run([sys.executable, "-c", _BYTES], capture_output=True, text=True, check=True, env=os.environ | extra).stdout
        for extra in ({}, plain)
    ]
    assert [answer.strip() for answer in answers] == [OF_VERSION_2, OF_VERSION_2]
