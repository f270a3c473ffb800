import csv
import io
import string

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import EvaluationError
from core.evaluation.prediction_table import read_prediction_table, write_prediction_table
from core.evaluation.predictions import SPLITS, Predictions

HEAD = "id,split,true:A,score:A\n"
TWO = "id,split,true:A,score:A,true:B,score:B\n"


def read(text: str, task: str | None = None):
    return read_prediction_table(io.BytesIO(text.encode()), task).splits


def written(splits) -> io.BytesIO:
    stream = io.StringIO(newline="")
    write_prediction_table(splits, stream)
    return io.BytesIO(stream.getvalue().encode())


names = st.text(string.ascii_letters + string.digits + " ,;\"'äß/._-:é漢", min_size=1, max_size=12).filter(
    lambda text: text == text.strip()
)
float32_shares = st.floats(0, 1, width=32)


@st.composite
def runs(draw) -> list[Predictions]:
    """Predictions of one model on one to three splits, with ties, missing classes, patients or none, and groups."""
    task = draw(st.sampled_from(["binary", "multiclass", "multilabel"]))
    count = 1 if task == "binary" else draw(st.integers(2, 4))
    labels = tuple(draw(st.lists(names, min_size=count, max_size=count, unique=True)))
    knows_patients, rng = draw(st.booleans()), np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    splits = draw(st.lists(st.sampled_from(SPLITS), min_size=1, unique=True))
    made = []
    for split in sorted(splits, key=SPLITS.index):
        ids = draw(st.lists(names, min_size=1, max_size=8, unique=True))
        scores = np.array(draw(st.lists(float32_shares, min_size=len(ids) * count, max_size=len(ids) * count)), np.float32)
        truth, scores = rng.random((len(ids), count)) < 0.4, scores.reshape(len(ids), count)
        if task == "multiclass":
            truth, scores = np.eye(count)[rng.integers(count, size=len(ids))], rng.dirichlet(np.ones(count), len(ids))
        patients = np.array(draw(st.lists(names, min_size=len(ids), max_size=len(ids)))) if knows_patients else None
        made.append(Predictions(task, split, labels, np.array(ids), patients, truth.astype(np.uint8), scores))
    return made


def same(first: Predictions, second: Predictions):
    assert (first.task, first.split, first.labels) == (second.task, second.split, second.labels)
    for field in ("image_ids", "y_true", "y_score"):
        np.testing.assert_array_equal(getattr(first, field), getattr(second, field))
    assert (first.patients is None) == (second.patients is None)
    assert first.patients is None or first.patients.tolist() == second.patients.tolist()
    assert {name: one.tolist() for name, one in first.groups.items()} == {name: one.tolist() for name, one in second.groups.items()}


@settings(max_examples=150, deadline=None)
@given(runs())
def test_what_is_written_is_read_back_to_the_last_bit(splits):
    found = read_prediction_table(written(splits), splits[0].task).splits
    assert list(found) == [one.split for one in splits]
    for one in splits:
        same(found[one.split], one)


@settings(max_examples=60, deadline=None)
@given(runs(), st.randoms(use_true_random=False), st.sampled_from([",", ";", "\t"]), st.booleans())
def test_the_order_of_columns_and_rows_the_separator_and_a_mark_change_nothing(splits, shuffle, separator, has_mark):
    head, *rows = csv.reader(io.StringIO(written(splits).getvalue().decode(), newline=""))
    order = list(range(len(head)))
    shuffle.shuffle(order)
    shuffle.shuffle(rows)
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator, quoting=csv.QUOTE_ALL).writerows([[row[place] for place in order] for row in [head, *rows]])
    data = stream.getvalue().encode("utf-8-sig" if has_mark else "utf-8")
    found = read_prediction_table(io.BytesIO(data), splits[0].task).splits
    for one in splits:
        mine = found[one.split]
        place = {image_id: row for row, image_id in enumerate(mine.image_ids.tolist())}
        mine = mine.select(np.array([place[image_id] for image_id in one.image_ids.tolist()]))
        for label in one.labels:
            for left, right in zip(mine.column(label), one.column(label), strict=True):
                np.testing.assert_array_equal(left, right)


def test_every_float32_between_0_and_1_survives():
    bits = np.random.default_rng(0).integers(0, np.float32(1).view(np.uint32), 20_000, dtype=np.uint32)
    scores = np.concatenate([bits.view(np.float32), np.array([0, 1, np.finfo(np.float32).tiny, 1e-45], np.float32)])
    ids = np.arange(scores.size).astype(str)
    one = Predictions("binary", "test", ("A",), ids, None, np.zeros((scores.size, 1), np.uint8), scores[:, None])
    np.testing.assert_array_equal(read_prediction_table(written([one])).splits["test"].y_score, one.y_score)


def test_groups_of_a_run_are_its_groups_again():
    sex, age = np.array(["F", "", "M", "F"]), np.array(["below 18", "80 and above", "", "18 to below 40"])
    truth, ids = np.array([[0], [1], [1], [0]], np.uint8), np.array(list("abcd"))
    one = Predictions("binary", "val", ("A",), ids, ids, truth, np.full((4, 1), 0.5, np.float32), {"sex": sex, "age": age})
    same(read_prediction_table(written([one])).splits["val"], one)


def test_other_columns_become_subgroups_and_those_that_make_none_are_told():
    rows = [f"image-{row},{('val', 'test')[row % 2]},1,0.5,{20 + row},{'FM'[row % 2]},note {row},always" for row in range(40)]
    table = read_prediction_table(io.BytesIO(("id,split,true:A,score:A,age,Sex,note,site\n" + "\n".join(rows)).encode()))
    assert set(table.splits["test"].groups["age"].tolist()) == {"18 to below 40", "40 to below 60"}
    assert set(table.splits["test"].groups["Sex"].tolist()) == {"M"}  # it makes two groups in the file as a whole
    assert table.unused == ("note", "site") and table.images == {"val": 20, "test": 20}


def test_splits_go_by_their_usual_names():
    found = read(HEAD + "a,Train,1,.5\nb,valid,1,.5\nc,VALIDATION,0,.25\nd,val,1,.5\ne,Test,1,1\n")
    assert {split: one.image_ids.tolist() for split, one in found.items()} == {"train": ["a"], "val": ["b", "c", "d"], "test": ["e"]}


def test_german_numbers_and_capital_heads_are_read():
    found = read("ID;Split;True: Mass;SCORE:Mass\na;test;1,0;0,125\nb;test;0;1e-3\n")["test"]
    assert found.labels == ("Mass",) and found.y_score[:, 0].tolist() == [0.125, np.float32(0.001)]


def test_patients_that_nobody_names_are_unknown_or_one_for_each_image():
    assert read("id,split,patient,true:A,score:A\na,test,,1,.5\n")["test"].patients is None
    assert read("id,split,patient,true:A,score:A\na,test,,1,.5\nb,test,p,1,.5\n")["test"].patients.tolist() == ["image a", "p"]


def test_the_same_image_may_be_in_two_splits():
    assert {split: one.n for split, one in read(HEAD + "a,val,1,.5\na,test,1,.5\n").items()} == {"val": 1, "test": 1}


@pytest.mark.parametrize(
    ("rows", "given", "task"),
    [
        ("a,test,1,.7,0,.3\nb,val,0,.2,1,.8\n", None, "multiclass"),
        ("a,test,1,.7,0,.3\nb,val,0,.2,1,.8\n", "multilabel", "multilabel"),
        ("a,test,1,.7,0,.3\nb,val,1,.2,1,.8\n", None, "multilabel"),
        ("a,test,1,.7,0,.9\nb,val,0,.2,0,.8\n", None, "multilabel"),
    ],
)
def test_one_label_in_each_row_of_the_whole_file_makes_classes(rows, given, task):
    assert {one.task for one in read(TWO + rows, given).values()} == {task}


FAULTS = [
    ("id,true:A,score:A\na,1,.5\n", None, "no column 'split'; the columns are id, true:A, score:A"),
    ("split,true:A,score:A\ntest,1,.5\n", None, "no column 'id'"),
    ("id,split,A\na,test,1\n", None, "no column 'true:<label>'"),
    ("id,split,true:A\na,test,1\n", None, "no column 'score:A'"),
    ("id,split,score:A\na,test,1\n", None, "no column 'true:A'"),
    ("id,split,true:A,score:A,score:B\na,test,1,1,1\n", None, "no column 'true:B'"),
    ("id,split,true:A,score:A,true: A\na,test,1,1,1\n", None, "column 'true:A' is there twice"),
    ("id,split,true:,score:\na,test,1,1\n", None, "column is called 'true:'"),
    ("one two three\nfour\n", None, "no column 'id'"),
    (HEAD + "a,val,1,.5\nb,holdout,1,.5\n", None, "row 3, column split: 'holdout' is no split; it must be train, val"),
    (HEAD + "a,val,1,.5\nb,,1,.5\nc,,1,.5\n", None, "row 3, column split: the cell is empty (and 1 more row)"),
    (HEAD + "a,val,1,.5\n,val,1,.5\n", None, "row 3, column id: the cell is empty"),
    (HEAD + "a,val,1,.5\nb,val,1,.5\n\na,val,1,.25\n", None, "row 5, column id: 'a' stands in row 2 already; each image has one row"),
    (HEAD + "a,val,2,.5\n", None, "row 2, column true:A: '2' is no truth; it must be 1"),
    (HEAD + "a,val,True,.5\n", None, "column true:A: 'True' is no truth"),
    (HEAD + "a,val,,.5\n", None, "column true:A: the cell is empty"),
    (HEAD + "a,val,0.5,.5\n", None, "'0.5' is no truth"),
    (HEAD + "a,val,1,high\n", None, "row 2, column score:A: 'high' is no number; it must be a number from 0 to 1"),
    (HEAD + "a,val,1,.1\nb,val,1,nan\nc,val,0,inf\n", None, "row 3, column score:A: 'nan' is no number (and 1 more row)"),
    (HEAD + "a,val,1,\n", None, "column score:A: the cell is empty"),
    (HEAD + "a,val,1,3.5\nb,val,0,-1.25\n", None, "'3.5' lies outside 0 to 1 (and 1 more row); scores go from 0 to 1. These look like log"),
    (HEAD + "a,val,1,97.5\n", None, "These look like per cent: divide by 100"),
    (HEAD + "a,val,1,1.01\n", None, "Check how the scores were made"),
    (TWO + "a,val,1,.5,0,.5\nb,val,0,.9,1,.9\n", None, "row 3, the scores add up to 1.8; each image has one label, so they are read"),
    (TWO + "a,val,1,.5,1,.5\n", "multiclass", "row 2, the image has 2 of the labels; each image has one class"),
    (TWO + "a,val,1,.5,1,.5\n", "binary", "the file has 2 labels (A, B); a binary task has one label"),
    (HEAD + "a,val,1,.5\n", "multiclass", "the file has 1 label (A); a multiclass task has two labels or more"),
    (HEAD + "a,val,1,.5\n", "regression", "the task is 'regression'; it must be one of binary"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "task", "message"), FAULTS, ids=[message[:40] for *_, message in FAULTS])
def test_every_fault_is_one_error_that_names_its_place(text, task, message):
    with pytest.raises(EvaluationError) as refused:
        read(text, task)
    assert message in str(refused.value) and "\n" not in str(refused.value) and len(str(refused.value)) < 500


def test_a_sum_that_is_off_names_the_way_out():
    with pytest.raises(EvaluationError, match="choose the task multilabel"):
        read(TWO + "a,val,1,.5,0,.49\n")


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.text(max_size=300).map(str.encode),
        st.text('id,split;true:A\tscore\n"01.', max_size=120).map(str.encode),
    )
)
def test_garbage_is_refused_in_words_or_read_and_never_crashes(data):
    try:
        found = read_prediction_table(io.BytesIO(data)).splits
    except EvaluationError as refused:
        assert len(str(refused)) < 1500 and "\n" not in str(refused)
    else:
        assert all(isinstance(one, Predictions) for one in found.values())
