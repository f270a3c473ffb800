"""Class folders: what is counted, what is left out and why, and how a missing split is made."""

import shutil

import numpy as np
import pytest
from PIL import Image

from core.data.cache.prepared import prepare
from core.data.inspection.audit import audit
from core.data.layouts.folder import load_folder
from core.data.layouts.labelled_files import order_classes
from core.data.registry import entries, load, remember
from core.errors import DataError
from tests.conftest import SMALL, write_class_folders


def test_every_image_is_counted_once(class_folders, tmp_path):
    dataset = load_folder(class_folders, tmp_path / "store")
    assert len(dataset) == SMALL and dataset.task == "binary"
    for split, counts in dataset.counts().items():
        for name, count in counts["per_class"].items():
            assert count == len(list((class_folders / split / name).iterdir()))


def test_the_real_chest_x_rays_are_counted_to_the_image(shared, tmp_path):
    dataset = load_folder(shared / "data/chest_xray", tmp_path / "store")
    counts = dataset.counts()
    both = {name: counts["train"]["per_class"][name] + counts["val"]["per_class"][name] for name in dataset.classes}
    assert both == {"NORMAL": 1341, "PNEUMONIA": 3875} and counts["test"]["per_class"] == {"NORMAL": 234, "PNEUMONIA": 390}
    assert [one.reason for one in dataset.skipped] == ["left by the operating system"] * 2
    found = audit(dataset)
    assert (found.duplicates_within, found.duplicates_across) == (30, 0)


def test_a_missing_val_is_split_off_by_patient_and_stratified(shared, tmp_path):
    dataset = load_folder(shared / "data/chest_xray", tmp_path / "store")
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
    found = audit(load_folder(folder, tmp_path / "store"))
    assert found.duplicates_within == 10 and found.duplicates_across == 0


def test_the_same_folder_gives_the_same_fingerprint_and_a_changed_image_another(tmp_path):
    folder = write_class_folders(tmp_path / "a", images=40)
    first = load_folder(folder, tmp_path / "store").fingerprint
    assert load_folder(folder, tmp_path / "store").fingerprint == first
    file = next((folder / "test/NORMAL").iterdir())
    Image.fromarray(np.full((48, 48), 7, np.uint8)).save(file)
    assert load_folder(folder, tmp_path / "store").fingerprint != first


def test_what_cannot_be_used_is_left_out_with_its_reason(tmp_path, shared):
    folder = write_class_folders(tmp_path / "odd", images=40)
    (folder / "train/NORMAL/notes.txt").write_text("hello")
    (folder / "train/NORMAL/._x.png").write_bytes(b"x")
    (folder / "train/stray.png").write_bytes(b"x")
    (folder / "extra/NORMAL").mkdir(parents=True)
    (folder / "extra/NORMAL/x.png").write_bytes(b"x")
    shutil.copy(shared / "badinputs/files/bad_truncated.jpg", folder / "train/NORMAL/broken.jpg")
    dataset = prepare(load_folder(folder, tmp_path / "store"), 32, tmp_path / "store").dataset
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
    dataset = load_folder(folder, tmp_path / "store")
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


def covid_tree(folder, counts, with_images_folder=True):
    """The layout of the COVID-19 Radiography Database: class folders with images/ and masks/ in each, and a table beside each."""
    number = 0
    for name, count in counts.items():
        for row in range(count):
            for inner in ("images", "masks") if with_images_folder else ("",):
                place = folder / name / inner
                place.mkdir(parents=True, exist_ok=True)
                pixels = np.random.default_rng(number).integers(0, 255, (24, 24), dtype=np.uint8)
                Image.fromarray(pixels if inner != "masks" else (pixels > 127).astype(np.uint8) * 255).save(place / f"{name}-{row + 1}.png")
            number += 1
        (folder / f"{name}.metadata.xlsx").write_bytes(b"PK")
    (folder / "README.md.txt").write_text("COVID-19 CHEST X-RAY DATABASE\n\nA team of researchers, in one table: none")
    return folder


@pytest.mark.parametrize("with_images_folder", [True, False])
def test_class_folders_without_splits_are_split_and_masks_left_out(with_images_folder, tmp_path):
    counts = {"COVID": 36, "Lung_Opacity": 60, "Normal": 100, "Viral Pneumonia": 14}
    folder = covid_tree(tmp_path / "outer/COVID-19_Radiography_Dataset", counts, with_images_folder)
    dataset = load_folder(folder.parent, tmp_path / "store")
    assert dataset.task == "multiclass" and dataset.classes == ("Normal", "COVID", "Lung_Opacity", "Viral Pneumonia")
    found = dataset.counts()
    assert {name: sum(found[split]["per_class"][name] for split in found) for name in counts} == counts
    for split, share in (("train", 0.72), ("val", 0.15), ("test", 0.13)):
        assert all(abs(found[split]["per_class"][name] / count - share) < 0.08 for name, count in counts.items())
    kinds = [line.kind for line in dataset.skipped]
    assert kinds.count("mask") == (210 if with_images_folder else 0) and kinds.count("no picture") == 5


def test_splits_inside_the_classes_are_splits(tmp_path):
    plain = write_class_folders(tmp_path / "plain", images=40)
    for file in plain.rglob("*.png"):
        target = tmp_path / "turned" / file.parent.name / file.parent.parent.name / file.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
    assert load_folder(tmp_path / "turned", tmp_path / "store").counts() == load_folder(plain, tmp_path / "store").counts()


def test_pictures_loose_in_test_wait_for_an_answer(tmp_path):
    folder = write_class_folders(tmp_path / "loose", images=60)
    for number, file in enumerate((folder / "test").rglob("*.png")):
        shutil.move(file, folder / "test" / f"{number}.png")
    dataset = load_folder(folder, tmp_path / "store")
    assert len(dataset.rows("unlabelled")) == 15 and dataset.counts()["test"]["images"] > 0 and "unlabelled" not in dataset.counts()


def test_pictures_with_four_channels_are_converted_or_left_out_as_chosen(tmp_path):
    folder = write_class_folders(tmp_path / "four channels", images=40)
    odd = sorted((folder / "train/NORMAL").iterdir())[:3]
    for file in odd:
        Image.open(file).convert("RGBA").save(file)
    converted = prepare(load_folder(folder, tmp_path / "store"), 32, tmp_path / "store").dataset
    left_out = prepare(load_folder(folder, tmp_path / "store", four_channels=False), 32, tmp_path / "store").dataset
    assert len(converted) == 40 and len(left_out) == 37 and converted.fingerprint != left_out.fingerprint
    assert sorted(line.file for line in left_out.skipped) == [file.relative_to(folder).as_posix() for file in odd]
    assert all("four channels" in line.reason for line in left_out.skipped)


def test_dicom_stands_wherever_a_picture_may(shared, tmp_path):
    folder = write_class_folders(tmp_path / "dicom", images=40)
    shutil.copy(shared / "data/dicom/RG1_UNCI.dcm", folder / "train/NORMAL/IM0001")
    shutil.copy(shared / "data/dicom/html_page_named.dcm", folder / "train/NORMAL/page.dcm")
    dataset = prepare(load_folder(folder, tmp_path / "store"), 32, tmp_path / "store").dataset
    assert "train/NORMAL/IM0001" in dataset.image_ids and [line.file for line in dataset.skipped] == ["train/NORMAL/page.dcm"]


def test_a_folder_with_nothing_but_train_is_not_taken_for_a_wrapper(tmp_path):
    folder = write_class_folders(tmp_path / "lonely", images=60)
    shutil.rmtree(folder / "val")
    shutil.rmtree(folder / "test")
    dataset = load_folder(folder, tmp_path / "store")
    assert all(name.startswith("train/") for name in dataset.image_ids) and set(dataset.counts()) == {"train", "val", "test"}


def write_pictures(folder, *places, each=8):
    """Pictures of noise in each of these folders."""
    for seed, place in enumerate(places):
        (folder / place).mkdir(parents=True)
        for n in range(each):
            pixels = np.random.default_rng(100 * seed + n).integers(0, 255, (24, 24), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / place / f"{n}.png")
    return folder


@pytest.mark.parametrize(
    ("train", "val", "test"),
    [("train_set", "val_set", "test_set"), ("Training-Set", "valid-set", "Testing-Set"), ("train_images", "val_data", "test_images"),
     ("dataTrain", "data_dev", "testdata"), ("train folder", "Validation Folder", "test folder")],
)  # fmt: skip
def test_folders_of_splits_are_known_by_more_names_than_the_plain_ones(train, val, test, tmp_path):
    folder = write_pictures(tmp_path / "set", *(f"{split}/{name}" for split in (train, val, test) for name in "AB"))
    dataset = load_folder(folder, tmp_path / "store")
    assert dataset.classes == ("A", "B") and dataset.split_rule == "folders as they lie"
    assert {split: counts["images"] for split, counts in dataset.counts().items()} == {"train": 16, "val": 16, "test": 16}
    assert {name.split("/")[0] for name in dataset.image_ids[dataset.rows("test")]} == {test}


def test_parts_of_unknown_meaning_are_never_taken_for_classes(tmp_path):
    folder = write_pictures(tmp_path / "set", "part one/A", "part one/B", "part two/A", "part two/B")
    with pytest.raises(DataError, match=r"part one, part two of .* hold the same folders \(A, B\).*Name the parts train, val and test"):
        load_folder(folder, tmp_path / "store")


@pytest.mark.parametrize(
    "places",
    [("A/png", "B/png"), ("NORMAL/AP", "NORMAL/PA", "ILL/AP", "ILL/PA"), ("A/patient1", "A/patient2", "B/patient1", "B/patient2"),
     ("A/train", "A/test", "B/train", "B/test"), ("A/x", "A/y", "B/x", "B/z")],
)  # fmt: skip
def test_folders_in_class_folders_stay_what_they_are(places, tmp_path):
    dataset = load_folder(write_pictures(tmp_path / "set", *places), tmp_path / "store")
    assert set(dataset.classes) == {place.split("/")[0] for place in places}


def test_blanks_around_the_name_of_a_class_make_no_class_of_their_own(tmp_path):
    folder = write_pictures(tmp_path / "set", "train/NORMAL", "train/ILL", "val/NORMAL ", "val/ill")
    dataset = load_folder(folder, tmp_path / "store")
    assert dataset.classes == ("NORMAL", "ILL") and dataset.counts()["val"]["per_class"] == {"NORMAL": 8, "ILL": 8}


def test_a_class_folder_that_is_named_as_masks_are_is_named_in_the_error(tmp_path):
    folder = write_pictures(tmp_path / "set", "masks", "no masks")
    with pytest.raises(DataError, match=r"1 class folders with pictures \(no masks\), beside masks in masks; .* another name"):
        load_folder(folder, tmp_path / "store")
