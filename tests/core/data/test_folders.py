"""Class folders: what is counted, what is left out and why, and how a missing split is made."""

import shutil

import numpy as np
import pytest
from PIL import Image

from core.data.audit import audit
from core.data.cache import prepare
from core.data.folders import load_folders, order_classes
from core.data.registry import entries, load, remember
from core.errors import DataError
from tests.conftest import SMALL, write_class_folders


def test_every_image_is_counted_once(class_folders):
    dataset = load_folders(class_folders)
    assert len(dataset) == SMALL and dataset.task == "binary"
    for split, counts in dataset.counts().items():
        for name, count in counts["per_class"].items():
            assert count == len(list((class_folders / split / name).iterdir()))


def test_the_real_chest_x_rays_are_counted_to_the_image(shared):
    dataset = load_folders(shared / "data/chest_xray")
    counts = dataset.counts()
    both = {name: counts["train"]["per_class"][name] + counts["val"]["per_class"][name] for name in dataset.classes}
    assert both == {"NORMAL": 1341, "PNEUMONIA": 3875} and counts["test"]["per_class"] == {"NORMAL": 234, "PNEUMONIA": 390}
    assert [one.reason for one in dataset.skipped] == ["left by the operating system"] * 2
    found = audit(dataset)
    assert (found.duplicates_within, found.duplicates_across) == (30, 0)


def test_a_missing_val_is_split_off_by_patient_and_stratified(shared):
    dataset = load_folders(shared / "data/chest_xray")
    train, val = (set(dataset.patients[dataset.rows(split)]) for split in ("train", "val"))
    assert not train & val
    shares = [dataset.y[dataset.rows(split)].mean() for split in ("train", "val")]
    assert abs(shares[0] - shares[1]) < 0.01
    assert abs(len(dataset.rows("val")) / 5216 - 0.15) < 0.01
    assert "by patient" in dataset.split_rule


def test_copies_stay_on_one_side_of_a_made_split(tmp_path):
    folder = write_class_folders(tmp_path / "copies", images=60)
    shutil.rmtree(folder / "val")
    for number, file in enumerate(sorted((folder / "train/NORMAL").iterdir())[:10]):
        shutil.copy(file, file.with_name(f"person{9000 + number}_virus_1.png"))
    found = audit(load_folders(folder))
    assert found.duplicates_within == 10 and found.duplicates_across == 0


def test_the_same_folder_gives_the_same_fingerprint_and_a_changed_image_another(tmp_path):
    folder = write_class_folders(tmp_path / "a", images=40)
    first = load_folders(folder).fingerprint
    assert load_folders(folder).fingerprint == first
    file = next((folder / "test/NORMAL").iterdir())
    Image.fromarray(np.full((48, 48), 7, np.uint8)).save(file)
    assert load_folders(folder).fingerprint != first


def test_what_cannot_be_used_is_left_out_with_its_reason(tmp_path, shared):
    folder = write_class_folders(tmp_path / "odd", images=40)
    (folder / "train/NORMAL/notes.txt").write_text("hello")
    (folder / "train/NORMAL/._x.png").write_bytes(b"x")
    (folder / "train/stray.png").write_bytes(b"x")
    (folder / "extra/NORMAL").mkdir(parents=True)
    (folder / "extra/NORMAL/x.png").write_bytes(b"x")
    shutil.copy(shared / "badinputs/files/bad_truncated.jpg", folder / "train/NORMAL/broken.jpg")
    dataset = prepare(load_folders(folder), 32, tmp_path / "store").dataset
    reasons = {one.file: one.reason for one in dataset.skipped}
    assert len(dataset) == 40 and len(reasons) == 5
    assert reasons["train/NORMAL/notes.txt"] == "no picture, by its suffix"
    assert reasons["train/stray.png"] == "not in a class folder"
    assert reasons["extra/NORMAL/x.png"] == "not in a train, val or test folder"
    assert "trunc" in reasons["train/NORMAL/broken.jpg"].lower()


def test_four_folders_are_a_multi_class_task(tmp_path):
    folder = write_class_folders(tmp_path / "four", images=40)
    for split in ("train", "val", "test"):
        shutil.copytree(folder / split / "NORMAL", folder / split / "COVID")
    dataset = load_folders(folder)
    assert dataset.task == "multiclass" and dataset.classes == ("NORMAL", "COVID", "PNEUMONIA")
    assert (dataset.y.sum(axis=1) == 1).all()


def test_the_class_that_means_healthy_comes_first():
    assert order_classes({"PNEUMONIA", "NORMAL"}) == ("NORMAL", "PNEUMONIA")
    assert order_classes({"abnormal", "No Finding"}) == ("No Finding", "abnormal")


@pytest.mark.parametrize("made", [[], ["train"], ["train/NORMAL"], ["test/NORMAL", "test/PNEUMONIA"]])
def test_a_folder_without_images_is_one_clear_error(made, tmp_path):
    for name in made:
        (tmp_path / "folder" / name).mkdir(parents=True)
    (tmp_path / "folder").mkdir(exist_ok=True)
    with pytest.raises(DataError, match="train|class"):
        load(str(tmp_path / "folder"), tmp_path / "store")


def test_a_remembered_path_stands_in_the_list(class_folders, tmp_path):
    remember(load(str(class_folders), tmp_path), tmp_path)
    remember(load(str(class_folders), tmp_path), tmp_path)
    assert [entry.name for entry in entries(tmp_path)].count(str(class_folders)) == 1
