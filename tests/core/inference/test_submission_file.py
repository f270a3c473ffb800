"""Answers for pictures without truth, in the form of an example."""

import csv
from dataclasses import replace

import numpy as np
import pytest

from core.data import registry
from core.data.dataset import UNLABELLED
from core.errors import DataError
from core.inference.predictor import Predictor
from core.inference.submission_file import filled, submission
from core.jobs.submission import fitting_recipe
from core.jobs.train_run import train_run
from core.runs.store import Store
from core.training.history import Silence
from tests.answers import answers_of
from tests.core.data.layouts.test_label_table import LABELS, PER_SPLIT, picture, rows, write


@pytest.fixture(scope="module")
def competition(tmp_path_factory):
    """A folder of three tables, and a store with a run trained on it."""
    folder, root = tmp_path_factory.mktemp("competition"), tmp_path_factory.mktemp("store")
    for split, count in PER_SPLIT.items():
        for n in range(count):
            picture(folder / split / f"{split}_{n}.png", len(split) * 1000 + n)
    write(folder / "train_labels.csv", rows("train"))
    write(folder / "val_labels.csv", rows("val"))
    write(folder / "sample_submission.txt", [[name, "0", "0", "0"] for name, *_ in reversed(rows("test"))])
    recipe = fitting_recipe(root, registry.load(str(folder), root), "cnn", {"image_size": 16, "filters": 4, "blocks": 2, "max_epochs": 1})
    train_run(root, "asked", str(folder), recipe, Silence())
    return folder, Store(root)


def test_it_keeps_the_names_the_order_and_the_columns_of_the_example(competition, tmp_path):
    folder, store = competition
    submission(store, store.get("asked"), folder / "sample_submission.txt").write(tmp_path / "answers.csv")
    with (tmp_path / "answers.csv").open() as stream:
        head, *answers = csv.reader(stream)
    assert head == ["id", *LABELS] and [row[0] for row in answers] == [row[0] for row in reversed(rows("test"))]
    assert {cell for row in answers for cell in row[1:]} <= {"0", "1"}


@pytest.mark.parametrize("separator", [";", "\t"])
def test_it_keeps_the_separator_of_the_example(separator, competition, tmp_path):
    _, store = competition
    sample = f"id{separator}label1\ntest_0.png{separator}0\n"
    (tmp_path / "sample.csv").write_text(sample)
    found = submission(store, store.get("asked"), tmp_path / "sample.csv")
    head, row = found.text().splitlines()
    assert head == f"id{separator}label1" and row in (f"test_0.png{separator}0", f"test_0.png{separator}1")
    uploaded = filled("sample.csv", sample.encode(), store.get("asked"), {("test_0.png", ""): dict.fromkeys(LABELS, 0)})
    assert uploaded.text() == sample


def test_each_answer_is_what_the_run_says_of_the_file(competition):
    folder, store = competition
    predictor = Predictor(store, store.get("asked"))
    found = submission(store, store.get("asked"), None)
    for name, *answers in found.rows:
        (answer,) = answers_of(predictor, [folder / "test" / name])
        assert [str(answer.decisions[label]) for label in LABELS] == answers


def test_columns_may_stand_in_another_order(competition, tmp_path):
    folder, store = competition
    write(tmp_path / "turned.csv", [["test_2.png", "0", "0"]], ("picture", "label3", "label1"))
    found = submission(store, store.get("asked"), tmp_path / "turned.csv")
    whole = {row[0]: row for row in submission(store, store.get("asked"), None).rows}
    assert found.rows == (("test_2.png", whole["test_2.png"][3], whole["test_2.png"][1]),)


@pytest.mark.parametrize(
    ("table", "head", "words"),
    [
        ([["gone.png", "0"]], ("id", "label1"), "gone.png"),
        ([["test_1.png", "0"]], ("id", "hernia"), "hernia"),
        ([["test_1.png"]], ("id",), "one column"),
    ],
)
def test_an_example_that_does_not_fit_is_one_clear_error(table, head, words, competition, tmp_path):
    _, store = competition
    write(tmp_path / "odd.csv", table, head)
    with pytest.raises(DataError, match=words):
        submission(store, store.get("asked"), tmp_path / "odd.csv")


def test_pictures_without_truth_are_neither_trained_nor_tested_on(competition):
    _, store = competition
    run = store.get("asked")
    assert sum(run.data.images.values()) == PER_SPLIT["train"] + PER_SPLIT["val"]
    assert not np.isin([name for split in ("val", "test") for name in store.predictions(run, split).image_ids.tolist()],
                       [f"test/test_{n}.png" for n in range(8)]).any()  # fmt: skip


def test_an_uploaded_example_is_filled_with_what_was_decided(competition):
    folder, store = competition
    run = store.get("asked")
    expected = submission(store, run, folder / "sample_submission.txt")
    decided = {(f"some.zip/{row[0]}", row[0]): dict(zip(LABELS, map(int, row[1:]), strict=True)) for row in reversed(expected.rows)}
    found = filled("sample.csv", (folder / "sample_submission.txt").read_bytes(), run, decided)
    assert (found.head, found.rows) == (expected.head, expected.rows)
    assert list(csv.reader(found.text().splitlines())) == [list(found.head), *map(list, found.rows)]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"id,label1\ntest_0.png,0\nelse.png,0\n", "'else.png'"),
        (b"id,nothing\ntest_0.png,0\n", "'nothing'"),
        (b"id\ntest_0.png\n", "one column"),
        (b"id,label1\ntest_0.png,0\ntest_1.png,0,1\n", "more cells in the row of .test_1.png. than in its head"),
    ],
)
def test_an_uploaded_example_that_asks_for_what_is_not_there_is_refused(competition, data, word):
    with pytest.raises(DataError, match=word):
        filled("sample.csv", data, competition[1].get("asked"), {("test_0.png", ""): dict.fromkeys(LABELS, 1)})


def said(*pictures: tuple[str, str]) -> dict[tuple[str, str], dict[str, int]]:
    """Decisions of pictures, by path and digest: the last one has every label, those before it none."""
    return {picture: dict.fromkeys(LABELS, int(picture == pictures[-1])) for picture in pictures}


@pytest.mark.parametrize(
    ("decided", "name"),
    [
        (said(("z.zip/NORMAL/1.png", "a"), ("z.zip/PNEUMONIA/1.png", "b")), "1.png"),
        (said(("z.zip/NORMAL/1.png", "a"), ("z.zip/PNEUMONIA/1.png", "b")), "1"),
        (said(("1.png", "a"), ("1.png", "b")), "1.png"),
        (said(("1.png", "a"), ("1.jpg", "b")), "1"),
    ],
)
def test_a_name_that_two_pictures_have_is_refused(decided, name, competition):
    with pytest.raises(DataError, match="two pictures are called") as error:
        filled("sample.csv", f"id,label1\n{name},0\n".encode(), competition[1].get("asked"), decided)
    assert error.value.remedy


def test_a_folder_in_a_sample_tells_pictures_of_equal_name_apart_and_the_same_bytes_are_one_picture(competition):
    decided = said(("z.zip/NORMAL/1.png", "a"), ("z.zip/PNEUMONIA/1.png", "b"))
    sample = b"id,label1\nPNEUMONIA/1.png,0\nNORMAL/1.png,0\nz.zip/PNEUMONIA/1.png,0\n"
    assert [row[1] for row in filled("sample.csv", sample, competition[1].get("asked"), decided).rows] == ["1", "0", "1"]
    twice = {(path, "a"): dict.fromkeys(LABELS, 1) for path in ("z.zip/1.png", "y.zip/1.png")}
    assert filled("sample.csv", b"id,label1\n1.png,0\n", competition[1].get("asked"), twice).rows == (("1.png", "1"),)


def test_an_example_whose_name_two_pictures_of_the_data_set_have_is_refused(competition, tmp_path, monkeypatch):
    folder, store = competition
    dataset = registry.load(str(folder), store.root)
    open_rows = dataset.rows(UNLABELLED)
    ids = dataset.image_ids.tolist()
    ids[open_rows[0]], ids[open_rows[1]] = "a/1.png", "b/1.png"
    monkeypatch.setattr(registry, "load", lambda *anything: replace(dataset, image_ids=np.array(ids)))
    write(tmp_path / "sample.csv", [["1.png", "0"]], ("id", "label1"))
    with pytest.raises(DataError, match="two pictures are called '1.png'.*: a/1.png and b/1.png"):
        submission(store, store.get("asked"), tmp_path / "sample.csv")
