import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from core.evaluation.counts import counts_at
from core.evaluation.label_curves import label_curves, macro_curves, operating_counts
from core.evaluation.utility import net_benefit
from tests.made_scores import made_scores

HALF = {"Mass": 0.5, "Edema": 0.4, "Nodule": 0.6}


@pytest.fixture
def found():
    return made_scores("multilabel", "test", images=4000)


def drawn(predictions):
    return macro_curves(predictions, operating_counts(predictions, HALF), 500)


def without_positives(predictions, label: str):
    """The same, but no image has the label."""
    y_true = predictions.y_true.copy()
    y_true[:, predictions.label_index(label)] = 0
    return type(predictions)(**{**vars(predictions), "y_true": y_true})


def test_the_area_below_the_mean_roc_curve_is_the_macro_auc(found):
    curve = drawn(found).roc
    assert np.trapezoid(curve.y, curve.x) == pytest.approx(roc_auc_score(found.y_true, found.y_score, average="macro"), abs=2e-3)


def test_the_area_below_the_mean_precision_curve_is_the_macro_average_precision(found):
    curve = drawn(found).pr
    area = (curve.y[1:] * np.diff(curve.x)).sum()
    assert area == pytest.approx(average_precision_score(found.y_true, found.y_score, average="macro"), abs=5e-3)


@pytest.mark.parametrize("kind", ["roc", "pr"])
def test_a_point_of_a_mean_curve_has_the_labels_thresholds_and_their_counts_together(found, kind):
    curve = getattr(drawn(found), kind)
    for place in (1, 60, 120, 200):
        apart = []
        for label in found.labels:
            y_true, y_score = found.column(label)
            reached = {threshold: counts_at(y_true, y_score, threshold) for threshold in np.unique(y_score)}
            if kind == "roc":
                inside = [cut for cut, counts in reached.items() if counts.fp <= curve.x[place] * (y_true == 0).sum() + 1e-9]
                apart.append(min(inside, default=np.inf))
            else:
                apart.append(max(cut for cut, counts in reached.items() if counts.tp >= curve.x[place] * y_true.sum() - 1e-9))
        parts = [counts_at(*found.column(label), cut) for label, cut in zip(found.labels, apart, strict=True)]
        assert (curve.lowest[place], curve.highest[place]) == (min(apart), max(apart))
        for cell in ("tp", "fp", "fn", "tn"):
            assert getattr(curve.counts, cell)[place] == sum(getattr(one, cell) for one in parts)


def test_the_mean_point_is_the_mean_of_the_labels_points(found):
    x, y = drawn(found).roc.point
    called = found.y_score >= np.float32(list(HALF.values()))
    assert y == pytest.approx(np.mean([called[found.y_true[:, k] == 1, k].mean() for k in range(3)]))
    assert x == pytest.approx(np.mean([called[found.y_true[:, k] == 0, k].mean() for k in range(3)]))


def test_net_benefit_of_all_pairs_is_the_mean_over_labels_at_a_common_threshold(found):
    curve = drawn(found).decision
    place = len(curve.thresholds) // 2
    threshold = curve.thresholds[place]
    each = [net_benefit(counts_at(*found.column(label), threshold), threshold) for label in found.labels]
    assert curve.net_benefit[place] == pytest.approx(np.mean(each))


def test_a_label_without_positives_is_left_out_of_the_mean(found):
    curves = drawn(without_positives(found, "Edema"))
    assert curves.roc.labels == curves.pr.labels == ("Mass", "Nodule")


def test_a_curve_that_cannot_be_had_says_why(found):
    curves = label_curves(without_positives(found, "Edema"), "Edema", 500)
    assert curves.roc is None and curves.pr is None and curves.decision is None
    assert set(curves.unavailable) == {"roc", "pr", "decision"} and "no image has the label" in curves.unavailable["roc"]
    assert curves.calibration.images.sum() == found.n


def test_classes_count_as_the_highest_score_decides():
    predictions = made_scores("multiclass", "test")
    counts = operating_counts(predictions, dict.fromkeys(predictions.labels, 0.9))
    right = (predictions.y_score.argmax(axis=1) == predictions.y_true.argmax(axis=1)).sum()
    assert sum(one.tp for one in counts.values()) == right
    assert sum(one.tp + one.fp for one in counts.values()) == predictions.n
