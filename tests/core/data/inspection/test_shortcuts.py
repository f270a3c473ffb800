"""A planted shortcut is told with what does it; chance is not called a shortcut."""

import math

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from core.data.image_facts import ImageFacts
from core.data.inspection import shortcuts as module
from core.data.inspection.shortcuts import border_grey, hanley_mcneil, mean_grey, shortcuts
from tests.core.data.small_sets import rows

N = 600


def made(rng, width=1024, height=1024, mode="L", kind="PNG") -> tuple[ImageFacts, np.ndarray]:
    """Facts that tell nothing unless told otherwise, and thumbnails of noise."""
    facts = ImageFacts(*(np.broadcast_to(value, N).copy() for value in (width, height, mode, kind)))
    return facts, rng.integers(0, 256, (N, 1, 1), np.uint8).repeat(64, 1).repeat(64, 2)


def test_a_planted_size_is_told(rng):
    y = rng.integers(0, 2, N)
    facts, thumbnails = made(rng, width=np.where(y == 1, 1000, 1400) + rng.integers(0, 300, N))
    told = shortcuts(rows(y), facts, thumbnails)
    (one,) = told.warnings
    assert one.label == "L0" and one.features[0] in ("width", "aspect") and one.roc_auc > 0.95 and one.positives == y.sum()
    assert "tell" in str(one) and f"AUC {one.roc_auc:.2f}" in str(one) and "part" not in str(one)


def test_a_planted_mode_is_told_for_its_label_only(rng):
    y = rng.integers(0, 2, (N, 2))
    facts, thumbnails = made(rng, mode=np.where(y[:, 1] & (rng.random(N) < 0.6), "RGBA", "L"))
    first, second = shortcuts(rows(y), facts, thumbnails).found
    assert not first.warns and second.warns and second.features == ("mode",)
    best = roc_auc_score(y[:, 1], facts.mode == "RGBA")
    assert second.roc_auc == pytest.approx(best, abs=0.05)


def test_brightness_is_called_what_may_be_the_disease(rng):
    y = rng.integers(0, 2, N)
    facts, thumbnails = made(rng)
    told = shortcuts(rows(y), facts, np.clip(thumbnails // 2 + 60 * y[:, None, None], 0, 255).astype(np.uint8))
    assert "may in part be the disease" in str(told.warnings[0])


def test_chance_is_no_shortcut():
    for seed in range(8):
        rng = np.random.default_rng(seed)
        y = rng.integers(0, 2, (N, 3))
        facts, thumbnails = made(rng, width=rng.integers(900, 1100, N), height=rng.integers(900, 1100, N))
        told = shortcuts(rows(y, patients=rng.integers(0, 200, N).astype(str)), facts, thumbnails, seed)
        assert not told.warnings and 0.35 < told.macro < 0.65


def test_patients_are_not_learnt_by_heart(rng):
    patients = np.repeat(np.arange(60), 10)
    y = rng.integers(0, 2, 60)[patients]
    facts, thumbnails = made(rng, width=1000 + 7 * rng.permutation(60)[patients])
    assert not shortcuts(rows(y, patients=patients.astype(str)), facts, thumbnails).warnings


def test_where_nothing_can_be_said_it_says_why(rng):
    y = (np.arange(N) < 40).astype(int)
    facts, thumbnails = made(rng)
    (one,) = shortcuts(rows(y), facts, thumbnails).found
    assert "40 images with it, 50 are needed" in str(one) and math.isnan(one.roc_auc) and not one.warns
    flat = shortcuts(rows(y), facts, np.zeros((N, 64, 64), np.uint8))
    assert flat.found == () and "same size, mode, format and brightness" in flat.unavailable
    one = shortcuts(rows([0, 1] * 300, patients=["a", "b"] * 300), facts, thumbnails).found[0]
    assert "images of 1 patients only" in one.unavailable


def test_unlabelled_images_are_not_looked_at(rng):
    splits = np.where(np.arange(N) < 100, "unlabelled", "train")
    (one,) = shortcuts(rows(rng.integers(0, 2, N), splits), *made(rng)).found
    assert one.positives + one.negatives == 500


def test_of_many_images_some_are_looked_at(rng, monkeypatch):
    monkeypatch.setattr(module, "MOST", 120)
    y = rng.random(N) < 0.3
    (one,) = shortcuts(rows(y), *made(rng)).found
    assert (one.positives, one.negatives) == (120, 120)


def test_the_interval_is_that_of_hanley_and_mcneil():
    low, high = hanley_mcneil(0.8945, 51, 58)  # their example of 51 abnormal and 58 normal CT images: SE 0.032
    assert (high - low) / 2 / 1.96 == pytest.approx(0.032, abs=0.001)


def test_greys_are_plain_means(rng):
    pixels = rng.integers(0, 256, (5, 64, 64), np.uint8)
    assert mean_grey(pixels) == pytest.approx([one.mean() for one in pixels], rel=1e-5)
    frame = [np.concatenate([one[:4].ravel(), one[-4:].ravel(), one[4:-4, :4].ravel(), one[4:-4, -4:].ravel()]).mean() for one in pixels]
    assert border_grey(pixels) == pytest.approx(frame, rel=1e-5)
