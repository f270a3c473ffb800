"""The commands score and epochs: one JSON document, told in words where something is not there."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, roc_auc_score

from tests.conftest import write_class_folders
from tests.core.commands.conftest import run


def test_a_run_is_scored_on_other_data_once_and_told_at_its_frozen_operating_point(capsys, copy, tmp_path):
    other = write_class_folders(tmp_path / "other", images=60, side=40, classes=("Normal", "Pneumonia"))
    run(capsys, copy.root, "threshold", "cnn-small", "--rule", "youden", "--save")
    frozen = copy.get("cnn-small").operating_point
    code, found, told = run(capsys, copy.root, "score", "cnn-small", "--data", other)
    assert code == 0 and found["cached"] is False and "scoring" in told and found["rule"] == "youden"
    assert (found["n"], found["labels"], found["thresholds"]) == (60, ["PNEUMONIA"], dict(frozen.thresholds))
    auc = found["metrics"]["all/roc_auc"]
    assert auc["low"] <= auc["value"] <= auc["high"] and auc["method"].startswith("DeLong")
    again = run(capsys, copy.root, "score", "cnn-small", "--data", other)[1]
    assert again["cached"] is True and again["metrics"] == found["metrics"]
    shown = run(capsys, copy.root, "runs", "show", "cnn-small")[1]
    assert [f"on:{name}" for name in shown["scored_on"]] == [found["name"]]


def test_one_split_of_other_data_can_be_asked_for(capsys, copy, tmp_path):
    other = write_class_folders(tmp_path / "other", images=60, side=40)
    found = run(capsys, copy.root, "score", "cnn-small", "--data", other, "--split", "test")[1]
    assert found["n"] == len(list((other / "test").rglob("*.png"))) and "test/f1" in found["metrics"]


def test_data_without_a_shared_label_is_refused_in_one_line(capsys, copy, tmp_path):
    other = write_class_folders(tmp_path / "tb", images=40, classes=("NORMAL", "TB"))
    code, found, told = run(capsys, copy.root, "score", "cnn-small", "--data", other)
    assert code == 2 and found is None and told.count("\n") == 1 and "the run tells PNEUMONIA" in told


def test_every_label_of_a_run_with_several_is_told(capsys, tmp_path):
    """Scores of a network of several findings on other data of these findings."""
    learned, other = (f"phantom:multilabel:images=120:size=32:seed={seed}" for seed in (0, 1))
    small = ("--set", "image_size=32", "--set", "max_epochs=1", "--set", "blocks=1")
    trained = run(capsys, tmp_path, "train", "--data", learned, "--model", "cnn", *small)[1]
    found = run(capsys, tmp_path, "score", trained["run_id"], "--data", other, "--split", "test")[1]
    assert len(found["labels"]) > 1
    assert {f"test/sensitivity/{label}" for label in found["labels"]} <= set(found["metrics"]) and "test/macro_f1" in found["metrics"]


def test_metrics_over_epochs_are_those_of_the_scores_of_each_epoch(capsys, trained, store):
    code, found, _ = run(capsys, store.root, "epochs", "cnn-small", "--thresholds", "0.4,0.5,0.6")
    assert code == 0 and found["split"] == "val" and found["epochs"] == [1, 2, 3] and found["thresholds"] == [0.4, 0.5, 0.6]
    val, kept = store.predictions(trained["cnn"], "val"), store.epoch_scores(trained["cnn"])
    for epoch, y_score in enumerate(kept.y_score[:, :, 0].astype(float)):
        assert found["metrics"]["val/roc_auc"][epoch] == pytest.approx(roc_auc_score(val.y_true[:, 0], y_score))
        for threshold in (0.4, 0.5, 0.6):
            decided = y_score >= float(np.float16(threshold))
            f1 = found["metrics"]["val/f1"][f"{threshold:g}"][epoch]
            assert f1 == pytest.approx(f1_score(val.y_true[:, 0], decided))
            told = found["metrics"]["val/decision_roc_auc"][f"{threshold:g}"][epoch]
            assert told == pytest.approx(roc_auc_score(val.y_true[:, 0], decided))


def test_the_last_epoch_holds_the_scores_that_the_run_kept_of_validation(trained, store):
    """Of the weights of the last epoch; those of training may be in bfloat16."""
    for family in ("cnn", "transfer"):
        last = store.epoch_scores(trained[family]).y_score[-1]
        assert np.abs(last - store.predictions(trained[family], "val").y_score).max() < 0.02


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("svm-small",), "has no scores of its epochs"),
        (("cnn-small", "--thresholds", "0.4,high"), "--thresholds is '0.4,high'"),
        (("cnn-small", "--thresholds", "1.4"), "a threshold is 1.4"),
        (("cnn-small", "--metrics", "beauty"), "'beauty' is no metric over epochs"),
        (("cnn-small", "--label", "Mass"), "there is no label 'Mass'"),
    ],
)
def test_what_cannot_be_drawn_over_epochs_is_refused_in_one_line(words, told, capsys, trained, store):
    code, found, line = run(capsys, store.root, "epochs", *words)
    assert code == 2 and found is None and line.count("\n") == 1 and told in line
