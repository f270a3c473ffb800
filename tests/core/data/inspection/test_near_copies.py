"""Near copies are found, other patients' X-rays are not; no pair of like hashes is missed."""

import io

import numpy as np
import pytest
from PIL import Image

from core.data.cache.prepared import prepare
from core.data.inspection.near_copies import hashes, like_hashes, near_groups, near_pairs
from core.data.registry import load
from core.errors import DataError
from core.images.preprocess import resize


def altered(picture: np.ndarray) -> np.ndarray:
    """Brighter, 10 % smaller, and once more through JPEG."""
    brighter = Image.fromarray(np.clip(picture * 1.1 + 12.0, 0, 255).astype(np.uint8))
    smaller = brighter.resize((round(picture.shape[1] * 0.9), round(picture.shape[0] * 0.9)), Image.Resampling.BILINEAR)
    smaller.save(file := io.BytesIO(), "JPEG", quality=60)
    return np.asarray(Image.open(file))


@pytest.fixture(scope="module")
def x_rays(shared, tmp_path_factory):
    """NIH's 621 X-rays, no two of a patient, prepared at 64 px."""
    store = tmp_path_factory.mktemp("store")
    return prepare(load(str(shared / "data/nih"), store), 64, store)


def test_altered_copies_are_found_and_no_other_patient(x_rays, rng):
    rows = rng.choice(len(x_rays.dataset), 60, replace=False)
    copies = np.stack([resize(altered(x_rays.dataset.reader.read(int(row))), 64) for row in rows])
    thumbnails = x_rays.of(np.arange(len(x_rays.dataset)))[:]
    assert not len(near_pairs(thumbnails))
    groups = near_groups(np.concatenate([thumbnails, copies]))
    found = groups[len(thumbnails) :] == groups[rows]
    assert found.sum() >= 58
    assert len(np.unique(groups)) == len(groups) - found.sum(), "nothing else is linked"


def test_byte_equal_x_rays_of_the_paediatric_set_are_found_and_nothing_else(shared, tmp_path):
    prepared = prepare(load(str(shared / "data/pneumoniamnist/pneumoniamnist.npz"), tmp_path), 64, tmp_path)
    groups, contents = near_groups(prepared.pixels), np.unique(prepared.dataset.content_hashes, return_inverse=True)[1]
    pairs = {(groups[row], contents[row]) for row in range(len(groups))}
    assert len(pairs) == len(np.unique(groups)) == len(np.unique(contents))


def test_no_pair_of_like_hashes_is_missed(rng):
    codes = rng.integers(0, 2**63, 400, dtype=np.uint64)
    flips = [sum(1 << int(bit) for bit in rng.choice(64, rng.integers(0, 12), replace=False)) for _ in range(400)]
    codes = np.concatenate([codes, codes ^ np.array(flips, np.uint64)])
    expected = np.argwhere(np.triu(np.bitwise_count(codes[:, None] ^ codes) <= 7, 1))
    assert np.array_equal(like_hashes(codes), expected) and len(expected) > 200
    assert like_hashes(codes[:1]).shape == like_hashes(codes[:0]).shape == (0, 2)


def test_brightness_and_contrast_do_not_change_a_hash(x_rays):
    pixels = x_rays.of(np.arange(200))[:].astype(float)
    plain, paler = hashes((pixels * 0.8).astype(np.uint8)), hashes((pixels * 0.4 + 90).astype(np.uint8))
    assert np.bitwise_count(plain ^ paler).max() <= 4
    pairs = np.bitwise_count(plain[:, None] ^ plain)[np.triu_indices(200, 1)]
    assert 29 < pairs.mean() < 35, "of other patients every second bit differs"


def test_a_crowd_of_equal_and_blank_thumbnails_is_taken(rng):
    picture = rng.integers(0, 256, (1, 64, 64), np.uint8)
    crowd = np.concatenate([np.repeat(picture, 3000, 0), np.zeros((2, 64, 64), np.uint8), 255 - picture])
    groups = near_groups(crowd)
    assert len(np.unique(groups[:3000])) == 1 and len(np.unique(groups)) == 4


def test_what_is_no_thumbnail_or_too_alike_is_one_clear_error(monkeypatch, rng):
    with pytest.raises(DataError, match="64, 64"):
        near_groups(np.zeros((3, 32, 32), np.uint8))
    monkeypatch.setattr("core.data.inspection.near_copies.MOST_COMPARED", 10)
    with pytest.raises(DataError, match="too alike"):
        like_hashes(np.arange(64, dtype=np.uint64))


def test_one_image_is_alone():
    assert near_groups(np.zeros((1, 64, 64), np.uint8)).tolist() == [0]
