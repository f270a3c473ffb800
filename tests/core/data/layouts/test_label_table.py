"""Label tables: 0/1 columns in text files, in the shapes in which people have them."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.data.dataset import UNLABELLED
from core.data.layouts.folder import load_folder
from core.errors import DataError

PER_SPLIT = {"train": 24, "val": 8, "test": 8}
LABELS = ("label1", "label2", "label3")


def picture(file: Path, number: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(number).integers(0, 255, (24, 24), dtype=np.uint8)).save(file)


def rows(split: str) -> list[list[str]]:
    """Name and three labels; each third row has no label at all."""
    return [[f"{split}_{n}.png", *("0" if n % 3 == 0 else str((n >> bit) & 1) for bit in range(3))] for n in range(PER_SPLIT[split])]


def write(file: Path, table: list[list[str]], head=("id", *LABELS), separator=",", encoding="utf-8") -> None:
    file.write_text("\n".join(separator.join(row) for row in [head, *table]) + "\n", encoding=encoding)


@pytest.fixture
def competition(tmp_path) -> Path:
    folder = tmp_path / "competition"
    for split in PER_SPLIT:
        for n in range(PER_SPLIT[split]):
            picture(folder / split / f"{split}_{n}.png", hash((split, n)) % 2**31)
    write(folder / "train_labels.csv", rows("train"))
    write(folder / "val_labels.csv", rows("val"))
    write(folder / "sample_submission.txt", [[name, "0", "0", "0"] for name, *_ in rows("test")])
    return folder


def test_three_tables_are_train_val_and_what_waits_for_an_answer(competition, tmp_path):
    dataset = load_folder(competition, tmp_path / "store")
    assert dataset.task == "multilabel" and dataset.labels == LABELS and not dataset.skipped
    assert len(dataset.rows(UNLABELLED)) == 8 and len(dataset.rows("val")) == 8
    assert len(dataset.rows("train")) + len(dataset.rows("test")) == 24 and "test split off train" in dataset.split_rule
    said = {row[0]: [int(cell) for cell in row[1:]] for split in ("train", "val") for row in rows(split)}
    for name, y, split in zip(dataset.image_ids, dataset.y, dataset.splits, strict=True):
        assert split == UNLABELLED or y.tolist() == said[name.split("/")[-1]]
    assert UNLABELLED not in dataset.counts()


def test_test_pictures_that_no_table_names_wait_for_an_answer_too(competition, tmp_path):
    (competition / "sample_submission.txt").unlink()
    dataset = load_folder(competition, tmp_path / "store")
    assert sorted(dataset.image_ids[dataset.rows(UNLABELLED)]) == sorted(f"test/test_{n}.png" for n in range(8))


def test_a_table_of_test_labels_is_a_test_split(competition, tmp_path):
    write(competition / "test_labels.csv", rows("test"))
    (competition / "sample_submission.txt").unlink()
    dataset = load_folder(competition, tmp_path / "store")
    assert {split: counts["images"] for split, counts in dataset.counts().items()} == PER_SPLIT


@pytest.mark.parametrize(("separator", "encoding"), [(";", "utf-8-sig"), ("\t", "latin-1"), (",", "utf-16")])
def test_separators_and_encodings_as_they_come(separator, encoding, tmp_path):
    folder = tmp_path / "one"
    table = [[f"bild_ä{n}" if encoding == "latin-1" else f"bild_{n}", str(n % 2)] for n in range(20)]
    for n, (name, _) in enumerate(table):
        picture(folder / f"{name}.png", n)
    write(folder / "labels.tsv", table, ("file", "Pneumonia"), separator, encoding)
    dataset = load_folder(folder, tmp_path / "store")
    assert dataset.task == "binary" and dataset.classes == ("no Pneumonia", "Pneumonia") and len(dataset) == 20
    assert int(dataset.y.sum()) == 10


def test_columns_that_exclude_each_other_are_classes(tmp_path):
    folder = tmp_path / "classes"
    for n in range(30):
        picture(folder / f"images/{n}.png", n)
    table = [[f"{n}.png", *(str(int(n % 3 == k)) for k in range(3))] for n in range(30)]
    write(folder / "labels.csv", table, ("id", "covid", "Normal", "viral"))
    dataset = load_folder(folder, tmp_path / "store")
    assert dataset.task == "multiclass" and dataset.classes == ("Normal", "covid", "viral")
    number = int(dataset.image_ids[0].split("/")[-1].split(".")[0])
    assert dataset.classes[dataset.class_index()[0]] == ("covid", "Normal", "viral")[number % 3]


def test_split_patient_and_metadata_columns_are_known(tmp_path):
    folder = tmp_path / "columns"
    table = [[f"{n}.png", str(n % 2), ("train", "valid", "test")[n % 3], f"P{n // 2}", str(30 + n), "F", "scanner A"] for n in range(30)]
    for n in range(30):
        picture(folder / f"{n}.png", n)
    write(folder / "labels.csv", table, ("file", "ill", "split", "patient_id", "age", "sex", "notes"))
    dataset = load_folder(folder, tmp_path / "store")
    assert {split: counts["images"] for split, counts in dataset.counts().items()} == {"train": 10, "val": 10, "test": 10}
    assert set(dataset.patients) == {f"P{n}" for n in range(15)} and dataset.metadata["age"].dtype == float
    assert [line.file for line in dataset.skipped] == ["column notes"]


def test_what_a_table_and_its_files_do_not_share_is_told(competition, tmp_path):
    table = rows("train")
    table[1][1], table[2][2] = "", "7"
    table.append(["gone.png", "0", "1", "0"])
    table.append(["train_3.png", "1", "1", "1"])
    table.append(table[4])
    write(competition / "train_labels.csv", table)
    picture(competition / "train/nobody.png", 1)
    (competition / "readme.txt").write_text("read me")
    (competition / "train/.DS_Store").write_bytes(b"x")
    kinds = {line.kind: line.files for line in load_folder(competition, tmp_path / "store").skipped}
    assert kinds["row without its image"] == ("gone.png",) and kinds["file without a row"] == ("train/nobody.png",)
    assert kinds["row without labels"] == ("train_1.png", "train_2.png") and kinds["rows that differ"] == ("train/train_3.png",)
    assert set(kinds) == {"row without its image", "file without a row", "row without labels", "rows that differ", "no picture",
                          "left by the operating system"}  # fmt: skip


def test_the_same_name_in_two_splits_is_the_one_of_the_tables_split(tmp_path):
    folder = tmp_path / "same"
    for number, split in enumerate(("train", "val", "test")):
        for n in range(12):
            picture(folder / split / f"{n}.png", 100 * number + n)
        write(folder / f"{split}_labels.csv", [[str(n), str((n + number) % 2)] for n in range(12)], ("id", "ill"))
    dataset = load_folder(folder, tmp_path / "store")
    assert not dataset.skipped
    for name, split, y in zip(dataset.image_ids, dataset.splits, dataset.y[:, 0], strict=True):
        number = int(name.split("/")[1].split(".")[0])
        assert name.startswith(split) and y == (number + ("train", "val", "test").index(split)) % 2


def read_rows(folder: Path, cells: list[str], pictures: list[str]):
    """The data set of a table that names these cells, beside these pictures; its rows that were left out, by reason."""
    for number, name in enumerate(pictures):
        picture(folder / name, number)
    write(folder / "labels.csv", [[cell, str(n % 2)] for n, cell in enumerate(cells)], ("image", "ill"))
    dataset = load_folder(folder, folder.parent / "store")
    return dataset, {line.reason: line.files for line in dataset.skipped if line.kind == "row without its image"}


def test_a_row_of_one_folder_is_never_given_the_picture_of_another(tmp_path):
    cells = [f"hospital{letter}/{n}.png" for letter in "AB" for n in range(7)]
    dataset, left_out = read_rows(tmp_path / "two", cells, [f"hospitalB/{n}.png" for n in range(7)])
    said = dict(zip(cells, (n % 2 for n in range(14)), strict=True))
    assert {name: y for name, (y,) in zip(dataset.image_ids.tolist(), dataset.y.tolist(), strict=True)} == {
        cell: ill for cell, ill in said.items() if cell.startswith("hospitalB")
    }
    assert left_out == {"the picture of that name lies in another folder": tuple(cells[:7])}


@pytest.mark.parametrize("prefix", ["images/", "D:\\sets\\pics\\", "/data/xrays/", "./"])
def test_a_tables_own_folders_are_passed_over_where_each_name_is_one_picture(prefix, tmp_path):
    dataset, left_out = read_rows(tmp_path / "one", [f"{prefix}{n}" for n in range(12)], [f"xrays/{n}.png" for n in range(12)])
    assert len(dataset) == 12 and not left_out


def test_folders_of_a_table_may_begin_higher_than_the_folder_that_is_read(tmp_path):
    cells = [f"set/{letter}/{n}.png" for letter in "AB" for n in range(6)]
    dataset, left_out = read_rows(tmp_path / "two", cells, [cell.removeprefix("set/") for cell in cells])
    assert len(dataset) == 12 and not left_out
    assert {f"set/{name}" for name in dataset.image_ids[dataset.y[:, 0] == 1]} == set(cells[1::2])


def test_a_name_that_several_pictures_have_is_told_as_such(tmp_path):
    cells = [*(f"A/{n}.png" for n in range(8)), "1.png", "gone.png"]
    dataset, left_out = read_rows(tmp_path / "two", cells, [f"{letter}/{n}.png" for letter in "AB" for n in range(8)])
    assert len(dataset) == 8
    assert left_out == {"several pictures have that name": ("1.png",), "no picture of that name is here": ("gone.png",)}


def read_columns(tmp_path, head: tuple[str, ...], cells_of, count=18):
    """The data set of a table with these columns after the name, and what is told of columns and rows that are not used."""
    folder = tmp_path / "columns"
    for n in range(count):
        picture(folder / f"{n}.png", n)
    write(folder / "labels.csv", [[f"{n}.png", str(n // 3 % 2), *cells_of(n)] for n in range(count)], ("image", "ill", *head))
    dataset = load_folder(folder, tmp_path / "store")
    return dataset, {line.file: line.reason for line in dataset.skipped}


def test_rows_of_a_split_that_nobody_knows_are_left_out_and_never_trained_on(tmp_path):
    dataset, told = read_columns(tmp_path, ("Split",), lambda n: [("TRAIN", "Holdout", "dev", "tset", "testing", "")[n % 6]])
    assert {split: counts["images"] for split, counts in dataset.counts().items()} == {"train": 6, "val": 3, "test": 3}
    assert told == {"labels.csv: 6 rows": 'the split is "Holdout", "tset", which is neither train, val nor test'}
    assert {int(name.split(".")[0]) % 6 for name in dataset.image_ids} == {0, 2, 4, 5}


def test_a_column_of_folds_is_no_split_and_no_label_and_is_told(tmp_path):
    dataset, told = read_columns(tmp_path, ("fold",), lambda n: [str(n % 2)])
    assert dataset.labels == ("ill",) and len(dataset) == 18 and "column" not in dataset.split_rule
    assert told == {"column fold": "no cell of it says train, val or test"}


@pytest.mark.parametrize("head", [("split", "fold"), ("fold", "split")])
def test_of_two_columns_that_tell_splits_one_is_used_and_the_other_told(head, tmp_path):
    said = {"split": lambda n: ("train", "val", "test")[n % 3], "fold": lambda n: ("test", "train", "val")[n % 3]}
    dataset, told = read_columns(tmp_path, head, lambda n: [said[name](n) for name in head])
    assert dataset.split_rule == "the column split" and told == {"column fold": "the column split is used instead"}
    assert {int(name.split(".")[0]) % 3 for name in dataset.image_ids[dataset.rows("test")]} == {2}


def test_an_empty_column_never_stands_for_a_full_one_of_the_same_meaning(tmp_path):
    head = ("patient", "age", "Patient Age", "subject_id", "sex")
    dataset, told = read_columns(tmp_path, head, lambda n: [f"P{n // 2}", str(40 + n), "", "", ""])
    assert set(dataset.patients) == {f"P{n}" for n in range(9)} and sorted(dataset.metadata["age"]) == list(range(40, 58))
    assert told == dict.fromkeys(("column Patient Age", "column subject_id", "column sex"), "all its cells are empty")


def test_what_one_of_several_tables_lacks_is_told_and_patients_are_kept_where_they_are_known(tmp_path):
    folder = tmp_path / "some"
    for n in range(24):
        picture(folder / f"{n}.png", n)
    train = [[f"{n}.png", str(n % 2), str(n % 3 // 2), f"P{n // 4}", str(50 + n)] for n in range(16)]
    write(folder / "train_labels.csv", train, ("id", "ill", "odd", "patient", "age"))
    write(folder / "test_labels.csv", [[f"{n}.png", str(n % 2)] for n in range(16, 24)], ("id", "ill"))
    dataset = load_folder(folder, tmp_path / "store")
    assert dataset.labels == ("ill",)
    assert {line.file: line.reason for line in dataset.skipped} == {"column odd": "no such column of 0 and 1 in test_labels.csv"}
    assert set(dataset.patients) == {"P0", "P1", "P2", "P3", ""} and (dataset.patients[dataset.rows("test")] == "").all()
    assert np.isnan(dataset.metadata["age"]).sum() == 8 and "by patient" in dataset.split_rule


def test_rows_of_one_picture_in_two_tables_complete_each_other(tmp_path):
    folder = tmp_path / "both"
    for n in range(12):
        picture(folder / f"{n}.png", n)
    write(folder / "a.csv", [[f"{n}.png", str(n % 2), f"P{n // 2}"] for n in range(12)], ("id", "ill", "patient"))
    write(folder / "b.csv", [[f"{n}.png", str(n % 2), str(30 + n)] for n in range(12)], ("id", "ill", "age"))
    dataset = load_folder(folder, tmp_path / "store")
    assert len(dataset) == 12 and set(dataset.patients) == {f"P{n}" for n in range(6)} and not np.isnan(dataset.metadata["age"]).any()


def test_findings_and_columns_may_have_any_name(tmp_path):
    head = ("file", "split", "metadata age", "label ill", "true:ill", "age")
    said = {"split": lambda n: ("train", "val", "test")[n % 3], "age": lambda n: str(20 + n)}
    dataset, told = read_columns(tmp_path, head, lambda n: [said.get(name, lambda n: str(n % 2))(n) for name in head])
    assert dataset.labels == ("ill", "file", "metadata age", "label ill", "true:ill") and not told
    assert sorted(dataset.metadata["age"]) == list(range(20, 38)) and dataset.split_rule == "the column split"
    numbers = np.array([int(name.split(".")[0]) for name in dataset.image_ids])
    assert (dataset.y[:, 0] == numbers // 3 % 2).all() and (dataset.y[:, 1:] == (numbers % 2)[:, None]).all()


def labelled(folder: Path, count=16) -> Path:
    """Pictures and a table of one finding."""
    for n in range(count):
        picture(folder / f"{n}.png", n)
    write(folder / "labels.csv", [[f"{n}.png", str(n % 2)] for n in range(count)], ("image", "ill"))
    return folder


@pytest.mark.parametrize("head", [("image", "portable"), ("image", "portable", "ill")])
def test_a_second_table_of_the_same_pictures_takes_no_finding_away(head, tmp_path):
    folder = labelled(tmp_path / "two")
    write(folder / "labels.csv", [[f"{n}.png", str(n % 2), str(n % 3 // 2)] for n in range(16)], ("image", "ill", "odd"))
    write(folder / "extra.csv", [[f"{n}.png", "1", "0"][: len(head)] for n in range(16)], head)
    dataset = load_folder(folder, tmp_path / "store")
    assert dataset.labels == ("ill", "odd") and len(dataset) == 16
    assert [(line.file, line.reason) for line in dataset.skipped] == [("extra.csv", "its findings are not those of labels.csv")]


def test_a_second_table_tells_patients_and_ages_of_the_pictures_that_it_names(tmp_path):
    folder = labelled(tmp_path / "two")
    meta = [[f"{n}", f"P{n // 2}", str(50 + n), "note"] for n in range(14)] + [["0", "P0", "99", "note"]]
    write(folder / "meta.csv", meta, ("file", "patient_id", "age", "note"))
    dataset = load_folder(folder, tmp_path / "store")
    age = dict(zip(dataset.image_ids.tolist(), dataset.metadata["age"].tolist(), strict=True))
    assert set(dataset.patients) == {f"P{n}" for n in range(7)} | {""} and "by patient" in dataset.split_rule
    assert age["13.png"] == 63 and np.isnan([age["0.png"], age["14.png"], age["15.png"]]).all()
    assert [(line.file, line.reason) for line in dataset.skipped] == [
        ("meta.csv", "none of its columns says 0 or 1; only age, patient are read from it")
    ]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("image,ill,ill\n1.png,0,1\n", "labels.csv has 2 columns called 'ill'"), ("image,ill\n1.png,ILL\n2.png,WELL\n", "says 0 or 1"),
        ("image,ill\nx1.png,0\n", "labels.csv: a table that names no pictures here"),
        ('image,ill\n"1.png,0\n', "no table that can be read"),
        ("", "labels.csv is no table"), (",\n1,2\n", "labels.csv: a table that names no pictures here"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("place", ["", "pictures/"])
def test_a_table_that_cannot_be_used_is_named_with_the_reason(text, why, place, tmp_path):
    folder = tmp_path / "one"
    for n in range(4):
        picture(folder / f"{place}{n}.png", n)
    (folder / "labels.csv").write_text(text)
    with pytest.raises(DataError, match="labels.csv") as told:
        load_folder(folder, tmp_path / "store")
    assert why in str(told.value)


def test_a_table_of_which_no_row_is_used_is_named_with_the_reason(tmp_path):
    folder = labelled(tmp_path / "one")
    for n in range(16):
        picture(folder / f"{n}.jpg", n)
    write(folder / "labels.csv", [[str(n), str(n % 2)] for n in range(16)], ("image", "ill"))
    with pytest.raises(DataError, match=r"no row of labels.csv can be used \(several pictures have that name\)"):
        load_folder(folder, tmp_path / "store")


def test_a_row_with_a_cell_too_many_is_left_out_and_told(tmp_path):
    folder = labelled(tmp_path / "one")
    (folder / "labels.csv").write_text((folder / "labels.csv").read_text().replace("5.png,1", "5.png,0,1", 1))
    dataset = load_folder(folder, tmp_path / "store")
    assert len(dataset) == 15 and [(line.reason, line.files) for line in dataset.skipped] == [("more cells than the head has", ("5.png",))]


def test_boxes_in_pixels_are_refused_and_boxes_in_shares_are_read(tmp_path):
    folder = labelled(tmp_path / "one")
    head = ("image", "label", "left", "top", "width", "height")
    write(folder / "boxes.csv", [["1.png", "ill", "0", "0.25", "0.5", "1"]], head)
    (box,) = load_folder(folder, tmp_path / "store").boxes["1.png"]
    assert (box.left, box.top, box.width, box.height) == (0, 0.25, 0.5, 1)
    write(folder / "boxes.csv", [["1.png", "ill", "0", "0.25", "0.5", "1"], ["2.png", "ill", "10", "10", "20", "20"]], head)
    with pytest.raises(
        DataError, match="boxes.csv has 1 box outside .* '2.png' .*from 0 to 1. Divide pixels by the picture's width and height"
    ):
        load_folder(folder, tmp_path / "store")
