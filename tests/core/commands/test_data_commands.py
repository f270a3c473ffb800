"""The commands about data sets: list, check, add, remove, make, and submission."""

import csv

import pytest

from core.data.registry import load
from tests.core.commands.conftest import run
from tests.core.data.layouts.test_class_folders import covid_tree


def test_data_list_says_what_is_here_and_how_to_get_the_rest(capsys, tmp_path):
    code, found, _ = run(capsys, tmp_path, "data", "list")
    entries = {entry["name"]: entry for entry in found}
    assert code == 0 and entries["phantom"]["here"] and not entries["pneumoniamnist"]["here"]
    assert set(entries["phantom"]) == {"name", "title", "task", "classes", "here", "how_to_get"}
    assert "synthetic" in entries["phantom"]["title"]


def test_data_check_counts_real_x_rays(capsys, tmp_path, shared):
    code, found, _ = run(capsys, tmp_path, "data", "check", shared / "data/pneumoniamnist/pneumoniamnist.npz")
    assert code == 0 and found["task"] == "binary"
    assert {split: counts["images"] for split, counts in found["splits"].items()} == {"train": 4708, "val": 524, "test": 624}
    assert found["audit"]["duplicates_across"] == 8 and found["skipped"] == []


def test_data_check_counts_the_paediatric_x_rays_to_the_image(capsys, tmp_path, shared):
    code, found, _ = run(capsys, tmp_path, "data", "check", shared / "data/chest_xray")
    both = {name: sum(found["splits"][split]["per_class"][name] for split in ("train", "val")) for name in found["classes"]}
    assert code == 0 and both == {"NORMAL": 1341, "PNEUMONIA": 3875}
    assert found["splits"]["test"]["per_class"] == {"NORMAL": 234, "PNEUMONIA": 390}
    assert (found["audit"]["duplicates_within"], found["audit"]["duplicates_across"], found["audit"]["patients_across"]) == (30, 0, 170)
    assert found["audit"]["split_level"] == "image" and len(found["skipped"]) == 2


def test_data_check_writes_the_full_list_of_what_was_left_out(capsys, tmp_path, shared):
    code, found, _ = run(capsys, tmp_path, "data", "check", shared / "data/nih", "--skipped", tmp_path / "left out.csv")
    assert code == 0 and found["task"] == "multilabel" and found["audit"]["patients_across"] == 0
    (line,) = found["skipped"]
    (cause,) = found["left_out"]
    assert line["file"] == "Data_Entry_2017.csv: 111,499 rows" and cause["count"] == 111_499 and len(cause["first"]) == 5
    with (tmp_path / "left out.csv").open() as stream:
        head, *rows = csv.reader(stream)
    assert head == ["file", "cause", "reason"] and len(rows) == 111_499


def test_a_new_split_by_patient_is_recorded_in_the_fingerprint(capsys, tmp_path, class_folders):
    as_found = run(capsys, tmp_path, "data", "check", class_folders)[1]
    anew = run(capsys, tmp_path, "data", "check", class_folders, "--split", "by-patient", "--seed", 1)[1]
    assert anew["fingerprint"] != as_found["fingerprint"] and anew["audit"]["split_level"] == "patient" and "seed 1" in anew["split_rule"]
    for name in anew["classes"]:
        before, after = (sum(part["per_class"][name] for part in found["splits"].values()) for found in (as_found, anew))
        assert before == after > 0


def test_a_data_set_is_added_used_and_removed_under_its_name(capsys, tmp_path):
    folder = covid_tree(tmp_path / "covid", {"COVID": 12, "Normal": 20, "Lung_Opacity": 14, "Viral Pneumonia": 12})
    code, found, _ = run(capsys, tmp_path / "store", "data", "add", folder, "--name", "Radiography")
    assert code == 0 and found["source"] == "Radiography" and found["task"] == "multiclass"
    assert load("Radiography", tmp_path / "store").fingerprint == found["fingerprint"]
    assert run(capsys, tmp_path / "store", "data", "remove", "Radiography")[1] == {
        "name": "Radiography", "status": "removed", "files_deleted": False,
    }  # fmt: skip
    code, _, told = run(capsys, tmp_path / "store", "data", "check", "Radiography")
    assert code == 2 and "no data set" in told and folder.exists()


def test_every_odd_archive_comes_out_as_expected(capsys, tmp_path, shared):
    import json

    expected = json.loads((shared / "badinputs/expected.json").read_text())
    archives = {name: what["expect"] for name, what in expected.items() if "zip" in name}
    assert len(archives) >= 8
    for name, what in archives.items():
        code, found, told = run(capsys, tmp_path / "store", "data", "check", shared / "badinputs/files" / name)
        assert (code, found is not None) == ((0, True) if what == "accept" else (2, False)), name
        assert what == "accept" or (told.strip().count("\n") == 0 and len(told) > 40), name


@pytest.mark.parametrize(
    "words",
    [
        ("data", "add", "phantom", "--name", "a/b"), ("data", "add", "nope", "--name", "x"), ("data", "remove", "nope"),
        ("data", "check", "phantom", "--seed", "-1"), ("submission", "nope"), ("data", "make", "phantom", "--images", "3"),
        ("data", "make", "phantom", "--size", "4"), ("data", "make", "phantom", "--label-noise", "2"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_mistake_about_data_is_one_line_and_exit_code_2(words, capsys, tmp_path):
    code, found, told = run(capsys, tmp_path, *words)
    assert code == 2 and found is None and told.strip().count("\n") == 0 and len(told) > 20


def test_a_made_phantom_is_drawn_written_and_read_back(capsys, tmp_path):
    words = ("data", "make", "phantom", "--task", "multilabel", "--images", 100, "--size", 32, "--seed", 4, "--out", tmp_path / "out")
    code, found, _ = run(capsys, tmp_path / "store", *words)
    assert code == 0 and found["synthetic"] and len(found["classes"]) == 14 and found["source"].startswith("phantom:multilabel")
    again = run(capsys, tmp_path / "other store", *words[:-2])[1]
    assert again["sha256_of_pixels"] == found["sha256_of_pixels"] and again["fingerprint"] == found["fingerprint"]
    back = load(str(tmp_path / "out"), tmp_path / "store")
    assert found["source"] in [entry["name"] for entry in run(capsys, tmp_path / "store", "data", "list")[1]]
    assert back.counts() == found["splits"] and set(back.metadata) >= {"age", "sex", "view", "hospital"} and not back.skipped
    made = load(found["source"], tmp_path / "store")
    ill = int(made.y.sum(axis=1).argmax())
    there, here = made.boxes[str(made.image_ids[ill])], back.boxes[f"{made.splits[ill]}/{made.image_ids[ill]}.png"]
    assert [box.label for box in there] == [box.label for box in here] and abs(there[0].left - here[0].left) < 1e-4


def test_a_data_set_that_another_is_made_of_stays(capsys, tmp_path):
    store = tmp_path / "store"
    run(capsys, store, "data", "add", "phantom:binary:images=60:size=32", "--name", "first")
    run(capsys, store, "data", "add", "first", "--name", "second", "--split", "by-patient")
    code, _, told = run(capsys, store, "data", "remove", "first")
    assert code == 2 and "'second' is made of 'first'" in told
    assert run(capsys, store, "data", "remove", "second")[0] == 0 and run(capsys, store, "data", "remove", "first")[0] == 0
