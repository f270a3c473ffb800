"""`evaluate` and `runs predictions`: scores of any model in, every number out."""

import csv
import json
import shutil

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from core.__main__ import main
from core.evaluation.metrics import metrics_of
from core.evaluation.prediction_table import read_prediction_table
from core.runs.store import Store
from tests.core.commands.conftest import run


def write(path, rows: list[list]):
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows(rows)
    return path


@pytest.fixture
def findings(tmp_path):
    """A table of two findings on val and test, made without Cutpoint: the file, truths and scores of test."""
    rng = np.random.default_rng(0)
    truth, noise = rng.random((120, 2)) < 0.4, rng.random((120, 2))
    score = np.round(0.3 * truth + 0.7 * noise, 3)
    split = np.where(np.arange(120) < 50, "valid", "test")
    rows = [[*map(str, (score[row, 0], int(truth[row, 1]), f"{row}.png", split[row], "FM"[row % 2], int(truth[row, 0]), score[row, 1]))]
            for row in range(120)]  # fmt: skip
    head = ["score:Mass", "true:Edema", "id", "split", "sex", "true:Mass", "score:Edema"]
    return write(tmp_path / "findings.csv", [head, *rows]), truth[50:], score[50:]


def test_the_document_has_every_metric_of_each_split_in_all_and_per_label(capsys, tmp_path, findings):
    file, truth, score = findings
    code, found, _ = run(capsys, tmp_path / "store", "evaluate", file)
    assert code == 0 and (found["task"], found["labels"], found["n"]) == ("multilabel", ["Edema", "Mass"], {"val": 50, "test": 70})
    assert all(set(one) == {"value", "low", "high", "method"} for one in found["metrics"].values())
    assert {f"{split}/{name}" for split in ("val", "test") for name in metrics_of("multilabel")} <= set(found["metrics"])
    for column, label in enumerate(("Mass", "Edema")):
        one = found["metrics"][f"test/roc_auc/{label}"]
        assert one["value"] == pytest.approx(roc_auc_score(truth[:, column], score[:, column])) and one["low"] < one["value"] < one["high"]
        assert found["metrics"][f"test/average_precision/{label}"]["value"] == pytest.approx(
            average_precision_score(truth[:, column], score[:, column])
        )
        assert found["metrics"][f"test/accuracy/{label}"]["value"] == pytest.approx(((score[:, column] >= 0.5) == truth[:, column]).mean())


def test_one_label_is_binary_and_classes_are_told_from_findings_by_the_truths(capsys, tmp_path):
    one = write(tmp_path / "one.csv", [["id", "split", "true:A", "score:A"], *[[i, "test", i % 2, (i % 7) / 7] for i in range(30)]])
    head = ["id", "split", "true:A", "score:A", "true:B", "score:B"]
    two = write(tmp_path / "two.csv", [head, *[[i, "test", i % 2, (i % 5) / 5, 1 - i % 2, 1 - (i % 5) / 5] for i in range(30)]])
    assert run(capsys, tmp_path, "evaluate", one)[1]["task"] == "binary"
    assert run(capsys, tmp_path, "evaluate", two)[1]["task"] == "multiclass"
    told = run(capsys, tmp_path, "evaluate", two, "--rule", "0.3")[1]
    assert "the highest score decides" in told["remarks"][0]
    assert run(capsys, tmp_path, "evaluate", two, "--task", "multilabel")[1]["task"] == "multilabel"
    code, found, told = run(capsys, tmp_path, "evaluate", two, "--task", "binary")
    assert code == 2 and found is None and "2 labels" in told


def test_a_rule_is_chosen_on_the_val_rows_of_the_file(capsys, tmp_path, findings):
    file, truth, score = findings
    found = run(capsys, tmp_path, "evaluate", file, "--rule", "sensitivity=0.95")[1]
    assert found["rule"] == "sensitivity=0.95" and found["chosen_on"] == "val"
    assert found["metrics"]["val/sensitivity/Mass"]["value"] >= 0.95
    called = score[:, 0].astype(np.float32) >= found["thresholds"]["Mass"]
    assert found["metrics"]["test/sensitivity/Mass"]["value"] == pytest.approx(called[truth[:, 0]].mean())


def test_with_a_name_it_stands_beside_a_trained_run_and_repeats_its_numbers(capsys, trained, store, tmp_path):
    shutil.copytree(store.root, tmp_path / "copy")
    root, table = tmp_path / "copy", tmp_path / "cnn.csv"
    written = run(capsys, root, "runs", "predictions", "cnn-small", "--out", table)[1]
    assert written["n"] == dict(trained["cnn"].data.images) and written["rows"] == sum(written["n"].values())
    with table.open("rb") as stream:
        back = read_prediction_table(stream).splits
    for split, one in back.items():
        stored = Store(root).predictions(trained["cnn"], split)
        assert one.image_ids.tolist() == stored.image_ids.tolist() and one.patients.tolist() == stored.patients.tolist()
        np.testing.assert_array_equal(one.y_score, stored.y_score)
    found = run(capsys, root, "evaluate", table, "--name", "The CNN, from its own table")
    assert found[0] == 2 and "cannot name a run" in found[2]
    found = run(capsys, root, "evaluate", table, "--name", "Twin of the CNN")[1]
    assert found["data"] == trained["cnn"].data.title
    row, twin = run(capsys, root, "compare", "cnn-small", found["run_id"])[1]["rows"]
    assert twin["title"] == "Twin of the CNN" and twin["metrics"] == row["metrics"] and twin["intervals"] == row["intervals"]
    for name in metrics_of("binary"):
        value = found["metrics"][f"test/{name}"]["value"]
        assert value == row["metrics"][f"test/{name}"]


def test_patients_who_are_known_of_the_images_count_in_the_printed_intervals_too(capsys, trained, store, tmp_path):
    shutil.copytree(store.root, tmp_path / "copy")
    root, table = tmp_path / "copy", tmp_path / "cnn.csv"
    run(capsys, root, "runs", "predictions", "cnn-small", "--out", table)
    rows = list(csv.DictReader(table.read_text().splitlines()))
    names = [name for name in rows[0] if name != "patient"]
    bare = write(tmp_path / "bare.csv", [names, *[[row[name] for name in names] for row in rows]])
    found = run(capsys, root, "evaluate", bare, "--name", "Twin without patients")[1]
    (kept,) = run(capsys, root, "compare", found["run_id"])[1]["rows"]
    shown, wanted = found["metrics"]["test/accuracy"], kept["intervals"]["test/accuracy"]
    assert "patient" in shown["method"] and (shown["low"], shown["high"]) == (wanted["low"], wanted["high"])


def test_the_text_form_says_metric_interval_and_method_or_why_not(capsys, tmp_path, findings):
    assert main(["--store", str(tmp_path), "evaluate", str(findings[0])]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "test, Mass:" in lines and "subgroups: sex" in lines and "rule: 0.5, prespecified" in lines
    assert any(line.startswith("  Sensitivity: 0.") and "Wilson)" in line for line in lines)
    one = write(tmp_path / "one.csv", [["id", "split", "note", "true:A", "score:A"], *[[i, "test", f"n{i}", 0, i / 20] for i in range(20)]])
    assert main(["--store", str(tmp_path), "evaluate", str(one)]) == 0
    text = capsys.readouterr().out
    assert "  ROC AUC: not available: no image of test has A" in text and "columns not used: note" in text and "nan" not in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("evaluate", "absent.csv"), "absent.csv cannot be read (No such file"),
        (("evaluate", "."), "cannot be read (Is a directory)"),
        (("evaluate", "test.csv", "--rule", "youden"), "no scores on val, only on test"),
        (("evaluate", "test.csv", "--rule", "best"), "no rule for a threshold"),
        (("evaluate", "test.csv", "--name", "../x"), "cannot name a run"),
        (("evaluate", "logits.csv"), "row 2, column score:A: '4.5' lies outside 0 to 1"),
        (("runs", "predictions", "nope", "--out", "x.csv"), "no run 'nope'"),
        (("evaluate", "train.csv", "--name", "x"), "on train only"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_mistake_is_one_line_and_exit_code_2(words, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, score in (("test", 0.5), ("train", 0.5), ("logits", 4.5)):
        split = "train" if name == "train" else "test"
        write(tmp_path / f"{name}.csv", [["id", "split", "true:A", "score:A"], ["a", split, 1, score], ["b", split, 0, 0.1]])
    code, found, told = run(capsys, tmp_path / "store", *words)
    assert code == 2 and found is None and told.strip().count("\n") == 0 and message in told
    assert Store(tmp_path / "store").runs() == []


def test_the_document_is_plain_json(capsys, tmp_path, findings):
    assert main(["--store", str(tmp_path), "evaluate", str(findings[0]), "--json"]) == 0
    out = capsys.readouterr().out
    assert out.isascii() and json.loads(out)["metrics"]


def test_one_name_is_one_task_and_an_empty_rule_is_none(capsys, tmp_path):
    head = ["id", "split", "true:A", "score:A", "true:B", "score:B"]
    file = write(tmp_path / "two.csv", [head, *[[i, "test", i % 2, (i % 5) / 5, 1 - i % 2, 1 - (i % 5) / 5] for i in range(30)]])
    assert run(capsys, tmp_path / "store", "evaluate", file, "--name", "two")[1]["task"] == "multiclass"
    code, found, told = run(capsys, tmp_path / "store", "evaluate", file, "--name", "two", "--task", "multilabel")
    assert code == 2 and found is None and "multiclass" in told and "Choose another name" in told
    code, found, told = run(capsys, tmp_path / "store", "evaluate", file, "--rule", "")
    assert code == 2 and "is no rule" in told


def test_scores_that_float32_cannot_tell_apart_are_told(capsys, tmp_path):
    rows = [[i, "test", i % 2, 1 - 1e-9 * i] for i in range(8)]
    file = write(tmp_path / "near.csv", [["id", "split", "true:A", "score:A"], *rows])
    assert "scores of A differ by less than float32 can tell" in run(capsys, tmp_path, "evaluate", file)[1]["remarks"][0]
    wide = write(tmp_path / "wide.csv", [["id", "split", "true:A", "score:A"], *[[i, "test", i % 2, i / 8] for i in range(8)]])
    assert "remarks" not in run(capsys, tmp_path, "evaluate", wide)[1]
