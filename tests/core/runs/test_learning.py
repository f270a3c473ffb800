import pytest

from core.runs.learning import AT, epoch_values


def test_a_recorded_metric_is_that_of_the_history(store, trained):
    history = store.history(trained["cnn"])
    assert epoch_values(store, trained["cnn"], "roc_auc") == [record.val_roc_auc for record in history]
    assert epoch_values(store, trained["cnn"], "sensitivity") == [record.val_recall for record in history]


def test_another_metric_is_counted_from_the_scores_of_each_epoch(store, trained):
    run = trained["cnn"]
    scores, val = store.epoch_scores(run), store.predictions(run, "val")
    found = epoch_values(store, run, "specificity")
    assert len(found) == len(scores.epochs) == 3
    for value, y_score in zip(found, scores.y_score, strict=True):
        called = y_score[:, 0].astype(float) >= AT
        assert value == pytest.approx((~called[val.y_true[:, 0] == 0]).mean())


def test_of_a_label_it_is_that_label_against_the_rest(store, trained):
    run = trained["cnn"]
    label = run.data.labels[0]
    assert epoch_values(store, run, "roc_auc", label) == pytest.approx(epoch_values(store, run, "roc_auc"), abs=0.02)


def test_what_was_not_recorded_is_empty(store, trained):
    assert epoch_values(store, trained["svm"], "roc_auc") == []
    assert epoch_values(store, trained["cnn"], "brier") == []
