from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score
from statsmodels.stats.proportion import proportion_confint

from core.errors import EvaluationError
from core.evaluation.subgroups import in_order, subgroup_intervals, whole

AT_HALF = {"Pneumonia": 0.5}
NAMES = ("roc_auc", "sensitivity", "f1")


@pytest.fixture
def of_people(random_binary):
    """200 images: 120 F, 69 M, 11 of whom nothing is known; patients have two images each where asked."""

    def make(seed=0, patients=False):
        found = random_binary(seed, n=200, digits=3, patients=np.repeat(np.arange(100), 2).astype(str) if patients else None)
        return replace(found, groups={"sex": np.array(["F"] * 120 + [""] * 11 + ["M"] * 69)})

    return make


def test_each_subgroup_is_its_own_images_and_those_not_known_come_last(of_people):
    predictions = of_people()
    found = subgroup_intervals(predictions, AT_HALF, "sex", NAMES)
    assert [(one.value, one.images, one.is_small) for one in found] == [("F", 120, False), ("M", 69, False), ("not known", 11, True)]
    y_true, y_score = predictions.y_true[:120, 0], predictions.y_score[:120, 0]
    assert found[0].positives == y_true.sum()
    assert found[0].metrics["roc_auc"] == pytest.approx(roc_auc_score(y_true, y_score))
    assert found[0].intervals["roc_auc"].value == pytest.approx(found[0].metrics["roc_auc"])
    called = (y_score >= 0.5) & (y_true == 1)
    low, high = proportion_confint(called.sum(), y_true.sum(), method="wilson")
    assert (found[0].intervals["sensitivity"].low, found[0].intervals["sensitivity"].high) == (pytest.approx(low), pytest.approx(high))
    assert [found[0].intervals[name].method for name in NAMES] == ["DeLong", "Wilson", "bootstrap"]


def test_patients_with_several_images_are_drawn_together(of_people):
    found = subgroup_intervals(of_people(patients=True), AT_HALF, "sex", NAMES)
    assert [found[0].intervals[name].method for name in NAMES] == ["DeLong by patient", "bootstrap by patient", "bootstrap by patient"]


def test_what_a_subgroup_cannot_have_is_named(of_people):
    predictions = of_people()
    truth = predictions.y_true.copy()
    truth[120:131] = 0
    missing = subgroup_intervals(replace(predictions, y_true=truth), AT_HALF, "sex", (*NAMES, "specificity"))[-1]
    assert missing.metrics["roc_auc"] is None and missing.intervals["roc_auc"] is None
    assert missing.unavailable["roc_auc"] == "no image of val has Pneumonia"
    assert missing.intervals["specificity"] is not None and "specificity" not in missing.unavailable
    assert missing.positives == 0


def test_a_value_without_an_interval_says_so(binary):
    predictions = replace(binary([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9]), groups={"view": np.array(["PA"] * 4)})
    alone = subgroup_intervals(predictions, AT_HALF, "view", ("f1",))[0]
    assert alone.metrics["f1"] == 1 and alone.intervals["f1"] is None and "too few images" in alone.unavailable["f1"]


def test_all_images_are_a_row_too(of_people):
    predictions = of_people()
    found = whole(predictions, AT_HALF, NAMES)
    assert (found.value, found.images, tuple(found.intervals)) == ("all images", 200, NAMES)
    assert found.metrics["roc_auc"] == pytest.approx(roc_auc_score(predictions.y_true, predictions.y_score))


def test_positives_are_images_with_any_finding_and_no_number_for_classes(random_multilabel, random_multiclass):
    findings = replace(random_multilabel(0), groups={"sex": np.array(["F", "M"] * 40)})
    thresholds = dict.fromkeys(findings.labels, 0.5)
    assert [one.positives for one in subgroup_intervals(findings, thresholds, "sex", ("roc_auc",))] == [
        findings.y_true[start::2].any(axis=1).sum() for start in (0, 1)
    ]
    classes = replace(random_multiclass(0), groups={"sex": np.array(["F", "M"] * 40)})
    assert subgroup_intervals(classes, dict.fromkeys(classes.labels, 0.5), "sex", ("accuracy",))[0].positives is None


def test_an_unknown_column_is_said(of_people):
    with pytest.raises(EvaluationError, match="what is known of the images: sex"):
        subgroup_intervals(of_people(), AT_HALF, "age")


def test_bands_stand_in_their_order():
    assert in_order(["80 and above", "", "40 to below 60", "below 18", "18 to below 40", "below 18"]) == [
        "below 18", "18 to below 40", "40 to below 60", "80 and above", "",
    ]  # fmt: skip
    assert in_order(["10", "9", "-1", "2.5"]) == ["-1", "2.5", "9", "10"]
    assert in_order(["PA", "AP", "3-4"]) == ["3-4", "AP", "PA"]
