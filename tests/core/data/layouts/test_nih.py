"""NIH ChestX-ray14 as published, in part and whole; counts are those of the real tables."""

import shutil

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from core.data.dataset import SPLITS
from core.data.inspection.audit import audit
from core.data.layouts.folder import load_folder
from core.data.layouts.nih import FINDINGS
from core.errors import DataError

COUNTS = {
    "Infiltration": 123, "Atelectasis": 92, "Nodule": 89, "Effusion": 82, "Consolidation": 81, "Mass": 72, "Pleural_Thickening": 68,
    "Fibrosis": 56, "Cardiomegaly": 56, "Pneumothorax": 44, "Emphysema": 41, "Pneumonia": 32, "Hernia": 20, "Edema": 18,
}  # fmt: skip


@pytest.fixture(scope="module")
def nih(shared, tmp_path_factory):
    return load_folder(shared / "data/nih", tmp_path_factory.mktemp("store"))


def test_a_partial_download_is_counted_to_the_image(nih):
    counts = nih.counts()
    assert nih.task == "multilabel" and nih.labels == FINDINGS and len(nih) == 621
    assert counts["test"]["images"] == 75 and counts["train"]["images"] + counts["val"]["images"] == 546
    assert {label: sum(counts[split]["per_class"][label] for split in SPLITS) for label in FINDINGS} == COUNTS
    assert int((nih.y.sum(axis=1) == 0).sum()) == 100


def test_the_images_that_are_not_here_are_one_line_with_all_names_behind_it(nih):
    (line,) = nih.skipped
    assert line.file == "Data_Entry_2017.csv: 111,499 rows" and len(line.files) == 111_499 and "00000001_000.png" in line.files


def test_labels_are_those_of_the_table(nih, shared):
    table = pd.read_csv(shared / "data/nih/Data_Entry_2017.csv", index_col="Image Index")
    for row in range(0, len(nih), 37):
        said = table.loc[nih.image_ids[row].split("/")[-1], "Finding Labels"]
        found = [label for label, value in zip(nih.labels, nih.y[row], strict=True) if value]
        assert sorted(said.split("|")) == sorted(found or ["No Finding"])


def test_the_published_lists_keep_patients_apart_and_so_does_the_split_off_val(nih):
    found = audit(nih)
    assert (found.split_level, found.patients_across, found.duplicates_across) == ("patient", 0, 0)


def test_age_sex_view_and_boxes_are_kept(nih, shared):
    table = pd.read_csv(shared / "data/nih/Data_Entry_2017.csv", index_col="Image Index", usecols=range(7))
    row = 11
    said = table.loc[nih.image_ids[row].split("/")[-1]]
    assert nih.metadata["sex"][row] == said["Patient Gender"] and nih.metadata["view"][row] == said["View Position"]
    assert nih.metadata["age"][row] == said["Patient Age"] and int(nih.patients[row]) == said["Patient ID"]
    boxes = nih.boxes["images/00004296_000.png"]
    assert [box.label for box in boxes] == ["Atelectasis"] and 0 < boxes[0].left < boxes[0].left + boxes[0].width < 1


def test_images_in_twelve_folders_the_table_of_2020_and_strange_rows(shared, tmp_path):
    folder = tmp_path / "nih"
    rows = [
        "00000001_000.png,Mass|Nodule,0,1,411,F,PA", "00000002_000.png,No Finding,0,2,058Y,M,AP", "00000003_000.png,,0,3,5,F,PA",
        "00000004_000.png,Unheard_Of,0,4,006M,F,PA", "00000005_000.png,Mass,0,5,30,F,PA", "00000006_000.png,Mass,0,6,30,F,PA",
    ]  # fmt: skip
    for number in range(1, 8):
        place = folder / f"images_{number:03}/images"
        place.mkdir(parents=True)
        Image.fromarray(np.arange(1024, dtype=np.uint8).reshape(32, 32) + number).save(place / f"{number:08}_000.png")
    head = "Image Index,Finding Labels,Follow-up #,Patient ID,Patient Age,Patient Sex,View Position\n"
    (folder / "Data_Entry_2017_v2020.csv").write_text(head + "\n".join(rows) + "\n")
    (folder / "train_val_list.txt").write_text("\n".join(f"{n:08}_000.png" for n in range(1, 5)))
    (folder / "test_list.txt").write_text("00000005_000.png\n")
    dataset = load_folder(folder, tmp_path / "store")
    assert len(dataset) == 4 and dataset.labels == (*FINDINGS, "Unheard_Of")
    age = dict(zip(dataset.patients, dataset.metadata["age"], strict=True))
    assert np.isnan(age["00000001"]) and age["00000002"] == 58 and age["00000004"] == 0.5
    kinds = {line.kind: line.files for line in dataset.skipped}
    assert kinds["row without labels"] == ("00000003_000.png",) and kinds["row in no list"] == ("00000006_000.png",)
    assert kinds["file without a row"] == ("images_007/images/00000007_000.png",)


def test_a_table_without_images_or_without_its_columns_is_one_clear_error(shared, tmp_path):
    shutil.copy(shared / "data/nih/Data_Entry_2017.csv", tmp_path)
    with pytest.raises(DataError, match="none of the 112,120 images"):
        load_folder(tmp_path, tmp_path / "store")
    (tmp_path / "Data_Entry_2017.csv").write_text("a,b\n1,2\n")
    with pytest.raises(DataError, match="no column 'Image Index'"):
        load_folder(tmp_path, tmp_path / "store")


def test_a_second_file_of_the_same_name_and_a_row_with_a_cell_too_many_are_told(tmp_path):
    folder = tmp_path / "nih"
    for place, count in (("images_001", 8), ("images_002", 2)):
        (folder / place).mkdir(parents=True)
        for n in range(count):
            Image.fromarray(np.arange(1024, dtype=np.uint8).reshape(32, 32) + n).save(folder / place / f"{n:08}_000.png")
    rows = [f"{n:08}_000.png,{'Mass' if n % 2 else 'No Finding'},{n}" + (",7" if n == 5 else "") for n in range(8)]
    (folder / "Data_Entry_2017.csv").write_text("\n".join(["Image Index,Finding Labels,Patient ID", *rows]))
    dataset = load_folder(folder, tmp_path / "store")
    told = {line.file: (line.reason, line.names) for line in dataset.skipped if line.kind != "file without a row"}
    assert len(dataset) == 7
    assert told == {
        "Data_Entry_2017.csv: 1 row": ("more cells than the head has", ("00000005_000.png",)),
        **{f"images_001/{n:08}_000.png": (f"images_002/{n:08}_000.png has the same name and is used", ()) for n in range(2)},
    }
