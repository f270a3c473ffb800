import numpy as np
import pytest

from core.errors import EvaluationError
from core.evaluation.intervals import label_metric_intervals
from core.evaluation.label_rows import SHARES, label_rows
from core.evaluation.metrics import per_label


@pytest.mark.parametrize("patients", [None, np.array([f"p{row // 5}" for row in range(80)])])
def test_each_label_has_at_its_own_threshold_the_numbers_of_the_other_pages(random_multilabel, patients):
    predictions = random_multilabel(11, patients=patients)
    thresholds = {"finding 0": 0.3, "finding 1": 0.5, "finding 2": 0.8}
    values, intervals = per_label(predictions, thresholds), label_metric_intervals(predictions, thresholds)
    for row in label_rows(predictions, thresholds):
        assert row.threshold == thresholds[row.label]
        for name in ("sensitivity", "specificity", "precision", "f1"):
            known = intervals[row.label][name]
            assert row.entries[name].value == pytest.approx(values[row.label][name])
            limits = (known.low, known.high) if known else (None, None)
            assert (row.entries[name].low, row.entries[name].high) == pytest.approx(limits)


def test_counts_and_the_flagged_share_are_those_of_counting(random_multilabel):
    predictions = random_multilabel(4)
    row = label_rows(predictions, dict.fromkeys(predictions.labels, 0.4))[2]
    pairs = list(zip(predictions.y_true[:, 2].tolist(), (predictions.y_score[:, 2] >= np.float32(0.4)).tolist(), strict=True))
    counts = row.counts
    assert [counts.tp, counts.fp, counts.fn, counts.tn] == [pairs.count(cell) for cell in ((1, True), (0, True), (1, False), (0, False))]
    assert row.entries["flagged"].value == (counts.tp + counts.fp) / 80


def test_classes_are_taken_against_the_rest_at_their_thresholds(random_multiclass):
    predictions = random_multiclass(2)
    row = label_rows(predictions, dict.fromkeys(predictions.labels, 0.3))[1]
    assert row.counts.tp + row.counts.fp == int((predictions.y_score[:, 1] >= np.float32(0.3)).sum())


def test_what_cannot_be_had_says_why(random_multilabel):
    predictions = random_multilabel(6)
    predictions.y_score[:, 0] *= np.float32(0.9)
    row = label_rows(predictions, dict.fromkeys(predictions.labels, 1.0))[0]
    assert row.entries["precision"].method == "not available: no image of val is called finding 0 at this threshold"
    assert set(row.entries) == {*SHARES, "f1"} and row.entries["sensitivity"].value == 0


@pytest.mark.parametrize(("thresholds", "words"), [({"finding 0": 0.5}, "no threshold for finding 1"), ({}, "no threshold")])
def test_a_missing_threshold_is_refused(random_multilabel, thresholds, words):
    with pytest.raises(EvaluationError, match=words):
        label_rows(random_multilabel(1), thresholds)
