"""The audit counts what plain counting counts, and shows images of each kind."""

from collections import defaultdict

import numpy as np

from core.data.inspection.audit import COPIES_ACROSS, PATIENTS_ACROSS, UNLABELLED_COPIES, audit
from tests.core.data.small_sets import rows

SPLIT_NAMES = ["train", "val", "test"]


def counted(keys, splits) -> tuple[int, int]:
    """(groups twice in one split, groups in several), by dictionaries."""
    found = defaultdict(list)
    for key, split in zip(keys, splits, strict=True):
        if key and split in SPLIT_NAMES:
            found[key].append(split)
    return sum(len(set(some)) < len(some) for some in found.values()), sum(len(set(some)) > 1 for some in found.values())


def test_copies_and_patients_are_counted_as_by_hand(rng):
    for _ in range(20):
        splits = rng.choice([*SPLIT_NAMES, "unlabelled"], 60)
        hashes = rng.choice(["", *map(str, range(45))], 60)
        patients = rng.choice(["", *map(str, range(40))], 60)
        found = audit(rows(rng.integers(0, 2, 60), splits, patients, hashes))
        assert (found.duplicates_within, found.duplicates_across) == counted(hashes, splits)
        assert found.patients_across == counted(patients, splits)[1]


def test_the_level_is_patient_only_where_all_patients_are_known_and_apart():
    y, splits = [0, 1, 0, 1], ["train", "train", "val", "test"]
    assert audit(rows(y, splits, ["a", "a", "b", "c"])).split_level == "patient"
    assert audit(rows(y, splits, ["a", "a", "b", "a"])).split_level == "image"
    assert audit(rows(y, splits, ["a", "", "b", "c"])).split_level == "unknown"
    assert audit(rows(y, splits)).split_level == "unknown"
    assert audit(rows(y, splits, ["a", "b", "c", "d"], ["1", "2", "3", "1"])).split_level == "image"
    assert audit(rows(y, splits, ["a", "b", "c", "d"]), near=np.array([0, 1, 0, 2])).split_level == "image"


def test_near_copies_are_counted_where_files_differ_and_none_where_nobody_looked():
    data = rows([0, 1, 0, 1, 0], ["train", "train", "val", "test", "test"], hashes=["1", "2", "2", "3", "4"])
    assert audit(data).near_across is None and "near_within" in audit(data).as_dict()
    found = audit(data, near=np.array([0, 1, 1, 2, 2]))
    assert (found.near_within, found.near_across) == (1, 0), "rows 1 and 2 are byte-equal, and counted as such"
    assert audit(data, near=np.array([0, 0, 1, 0, 2])).near_across == 1


def test_unlabelled_images_spoil_no_split_but_their_copies_are_told():
    data = rows([1, 0, 0], ["train", "unlabelled", "unlabelled"], ["a", "a", ""], ["1", "1", "1"])
    found = audit(data)
    assert (found.duplicates_across, found.patients_across, found.split_level) == (0, 0, "patient")
    assert found.unlabelled_copies == 1 and found.labels_differ == 0
    assert [one.kind for one in found.examples] == [UNLABELLED_COPIES]


def test_copies_with_other_labels_are_told():
    assert audit(rows([0, 1, 1], hashes=["1", "1", "2"])).labels_differ == 1
    assert audit(rows([0, 0, 1], hashes=["1", "1", "2"])).labels_differ == 0


def test_the_table_names_images_of_every_split_of_a_group():
    data = rows([0] * 9, ["train"] * 8 + ["test"], ["p"] * 9, ["same", *"1234567", "same"])
    table = {line["what"]: line for line in audit(data).table()}
    assert table[PATIENTS_ACROSS]["patient"] == "p" and table[PATIENTS_ACROSS]["images"] == 9
    assert table[PATIENTS_ACROSS]["first images"].endswith("image 8") and table[PATIENTS_ACROSS]["splits"] == "train, test"
    assert table[COPIES_ACROSS]["first images"] == "image 0, image 8"
