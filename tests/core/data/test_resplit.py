"""A new split keeps what belongs together on one side, stratified, and says how it came about."""

import numpy as np
import pytest

from core.data.inspection.audit import audit
from core.data.registry import load
from core.data.resplit import by_patient
from core.errors import DataError
from tests.core.data.small_sets import rows


def test_the_published_chest_x_rays_become_a_split_by_patient(shared, tmp_path):
    before = load(str(shared / "data/chest_xray"), tmp_path)
    after = by_patient(before, seed=1)
    assert audit(before).patients_across == 170 and audit(after).split_level == "patient" and audit(after).duplicates_across == 0
    for split, share in (("train", 0.7), ("val", 0.15), ("test", 0.15)):
        part = after.y[after.rows(split)]
        assert abs(len(part) / 5840 - share) < 0.01 and abs(part.mean() - after.y.mean()) < 0.01
    assert "by patient" in after.split_rule and "seed 1" in after.split_rule
    assert len({before.fingerprint, after.fingerprint, by_patient(before, seed=2).fingerprint}) == 3
    assert by_patient(before, seed=1).fingerprint == after.fingerprint


def test_near_copies_stay_together_where_they_are_given(rng):
    data = rows(rng.integers(0, 2, (400, 3)))
    near = rng.integers(0, 150, 400)
    after = by_patient(data, near=near)
    assert audit(after, near).near_across == 0 and audit(by_patient(data), near).near_across > 0
    assert "by image, since nobody knows the patients, near copies together" in after.split_rule


def test_unlabelled_images_stay_and_unknown_patients_are_told(rng):
    patients = np.where(np.arange(300) < 40, "", rng.integers(0, 90, 300).astype(str))
    splits = np.where(np.arange(300) % 7 == 0, "unlabelled", "test")
    after = by_patient(rows(rng.integers(0, 2, 300), splits, patients))
    assert np.array_equal(after.splits == "unlabelled", splits == "unlabelled")
    assert set(after.splits) == {"train", "val", "test", "unlabelled"}
    assert "40 images of unknown patients" in after.split_rule and after.origin["split"] == after.split_rule


@pytest.mark.parametrize("shares", [{}, {"train": 1.0}, {"train": 0.8, "val": 0.2, "test": 0}, {"train": 0.8, "val": 0.2, "test": 0.2}])
def test_shares_that_are_none_are_one_clear_error(shares):
    with pytest.raises(DataError, match="add up to 1"):
        by_patient(rows([0, 1] * 20), shares=shares)


def test_a_class_of_two_patients_is_one_clear_error():
    with pytest.raises(DataError, match="L0 of rows has 2 different patients"):
        by_patient(rows([0] * 30 + [1] * 9, patients=[f"p{number}" for number in range(30)] + ["a"] * 5 + ["b"] * 4))
    with pytest.raises(DataError, match="labelled images of rows has 2 different images"):
        by_patient(rows(np.ones((4, 2)), hashes=["1", "1", "2", "2"]))


def test_a_multi_class_set_has_every_class_in_every_split(rng):
    index = rng.choice(4, 500, p=[0.7, 0.2, 0.08, 0.02])
    after = by_patient(rows(np.eye(4)[index], patients=rng.integers(0, 300, 500).astype(str), task="multiclass"))
    assert all(after.y[after.rows(split)].sum(axis=0).min() > 0 for split in ("train", "val", "test"))
