"""Groups stay whole, and every part gets its share of every label."""

import numpy as np

from core.data import splits


def merged(*columns) -> list[set]:
    """Rows that share a key in any column, merged until nothing changes."""
    sets = [{row} for row in range(len(columns[0]))]
    for column in columns:
        for key in {key for key in column.tolist() if key != ""}:
            touching = [one for one in sets if any(column[row] == key for row in one)]
            sets = [one for one in sets if one not in touching] + [set().union(*touching)]
    return sets


def test_groups_are_the_closure_of_patients_copies_and_near_copies(rng):
    for _ in range(10):
        patients, hashes = rng.choice(["", *map(str, range(30))], 50), rng.choice(["", *map(str, range(60))], 50)
        near = rng.integers(0, 80, 50)
        found = splits.groups_of(patients, hashes, 50, near)
        gathered = {frozenset(np.flatnonzero(found == number).tolist()) for number in np.unique(found)}
        assert gathered == {frozenset(one) for one in merged(patients, hashes, near)}
    assert len(np.unique(splits.groups_of(None, None, 5))) == 5


def test_parts_are_whole_and_stratified(rng):
    groups = rng.integers(0, 1500, 4000)
    y = (rng.random((4000, 6)) < [0.3, 0.1, 0.05, 0.03, 0.02, 0.01]).astype(np.uint8)
    part = splits.share_out(y, groups, (0.7, 0.15, 0.15), 3)
    assert all(len(set(part[groups == number].tolist())) == 1 for number in np.unique(groups))
    for number, share in enumerate((0.7, 0.15, 0.15)):
        held = part == number
        assert abs(held.mean() - share) < 0.01
        assert np.abs(y[held].sum(axis=0) - share * y.sum(axis=0)).max() <= 3
        assert abs((y[held].sum(axis=1) == 0).sum() - share * (y.sum(axis=1) == 0).sum()) <= 3
    assert np.array_equal(part, splits.share_out(y, groups, (0.7, 0.15, 0.15), 3))
    assert not np.array_equal(part, splits.share_out(y, groups, (0.7, 0.15, 0.15), 4))


def test_a_label_of_three_patients_is_in_all_three_parts():
    y = np.zeros((300, 2), np.uint8)
    y[[5, 6, 100, 250], 0] = 1
    y[::3, 1] = 1
    groups = np.arange(300)
    groups[6] = 5
    part = splits.share_out(y, groups, (0.7, 0.15, 0.15), 0)
    assert set(part[y[:, 0] == 1].tolist()) == {0, 1, 2}


def test_what_is_split_off_leaves_every_class_whatever_the_number_of_groups(rng, monkeypatch):
    groups, strata = rng.integers(0, 900, 3000), np.minimum(rng.geometric(0.4, 3000) - 1, 6)
    for few in (splits.FEW_GROUPS, 10):
        monkeypatch.setattr(splits, "FEW_GROUPS", few)
        chosen = splits.split_off(strata, groups, 0.15, 0)
        assert not set(groups[chosen]) & set(groups[~chosen]) and abs(chosen.mean() - 0.15) < 0.02
        assert set(strata[chosen].tolist()) == set(strata[~chosen].tolist()) == set(range(7))
    assert not splits.split_off(np.array([0, 0, 1, 1]), np.array([0, 0, 1, 1]), 0.15, 0).any()


def test_the_size_of_nih_is_no_trouble(rng):
    groups, strata = rng.integers(0, 28_000, 86_524), rng.integers(0, 15, 86_524)
    assert splits.split_off(strata, groups, 0.15, 0).any()
