"""`predict`: files, folders and ZIP archives, with what speaks against an answer."""

import shutil
import zipfile

import numpy as np
import pytest
from PIL import Image

from tests.core.commands.conftest import run
from tests.other_pictures import hand


@pytest.fixture
def root(copy):
    return copy.root


@pytest.fixture
def brought(class_folders, tmp_path):
    """A folder with a chest, a hand and a text."""
    folder = tmp_path / "brought"
    folder.mkdir()
    shutil.copy(sorted((class_folders / "test/NORMAL").iterdir())[0], folder / "chest.png")
    Image.fromarray(hand()).save(folder / "hand.png")
    (folder / "text.png").write_text("no picture")
    return folder


def test_files_a_folder_and_a_zip_get_the_same_answers(capsys, root, brought, tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for path in sorted(brought.iterdir()):
            archive.write(path, path.name)
    ways = [sorted(brought.iterdir()), [brought], [tmp_path / "all.zip"]]
    found = [run(capsys, root, "predict", "svm-small", *words)[1] for words in ways]
    assert [one["accepted"] for one in found[0]] == [True, True, False]
    assert len({str([{**one, "file": ""} for one in some]) for some in found}) == 1


def test_a_hand_is_warned_of_and_with_strict_not_answered(capsys, root, brought):
    (usual,) = run(capsys, root, "predict", "svm-small", brought / "hand.png")[1]
    (strict,) = run(capsys, root, "predict", "svm-small", brought / "hand.png", "--strict")[1]
    assert usual["scores"] and usual["doubtful"] and not usual["withheld"] and usual["farther_than"] == 1
    assert any("farther from the training images" in text for text in usual["warnings"])
    assert strict["withheld"] and not strict["scores"] and strict["warnings"] == usual["warnings"]


def test_the_distance_can_be_left_out_and_a_reason_stands_where_it_cannot_be_had(capsys, root, brought, monkeypatch):
    from core.errors import DataError

    def gone(*anything):
        raise DataError("the images are gone")

    code, (without,), told = run(capsys, root, "predict", "svm-small", brought / "chest.png", "--no-distance")
    assert code == 0 and without["farther_than"] is None and told == ""
    monkeypatch.setattr("core.inference.familiarity._data_of", gone)
    code, (answer,), told = run(capsys, root, "predict", "svm-small", brought / "chest.png")
    assert code == 0 and answer["scores"] and "not available: the images are gone" in told


def test_the_same_noise_is_warned_of_whatever_file_it_comes_in(capsys, root, tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (300, 300), dtype=np.uint8)
    for name in ("noise.png", "noise.bmp", "noise.tif", "noise.jpg"):
        Image.fromarray(noise).save(tmp_path / name)
    found = run(capsys, root, "predict", "cnn-small", *sorted(tmp_path.glob("noise.*")), "--no-distance")[1]
    assert all(one["doubtful"] for one in found) and len(found) == 4


def test_where_there_is_no_picture_at_all_that_is_a_mistake(capsys, root, tmp_path):
    (tmp_path / "empty").mkdir()
    code, found, told = run(capsys, root, "predict", "svm-small", tmp_path / "empty")
    assert code == 2 and found is None and "no picture in" in told


def test_what_of_a_folder_is_left_out_is_told(capsys, root, brought):
    for name in ("a.docx", "b.mp4", "c.json", "d.xls", ".DS_Store"):
        (brought / name).write_bytes(b"something else")
    code, found, told = run(capsys, root, "predict", "svm-small", brought, "--no-distance")
    assert code == 0 and len(found) == 3
    assert "4 files are left out (a.docx: no picture, by its suffix; b.mp4:" in told and "d.xls" not in told and "DS_Store" not in told
