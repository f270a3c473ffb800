import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from core.errors import EvaluationError
from core.evaluation.grey_zone import Zone, find_zone, zone_report
from core.evaluation.predictions import Predictions


def _drawn(seed, n=60):
    rng = np.random.default_rng(seed)
    truth = (rng.random(n) < 0.5).astype(np.uint8)
    truth[:2] = [0, 1]
    scores = np.round(np.clip(0.3 * truth + rng.random(n) * 0.7, 0, 0.99), 2).astype(np.float32)
    return Predictions("binary", "val", ("Mass",), np.arange(n).astype(str), None, truth[:, None], scores[:, None])


@settings(max_examples=50, deadline=None)
@given(seed=st.integers(0, 10_000), ends=st.tuples(st.floats(0, 1), st.floats(0, 1)))
def test_every_number_of_a_zone_is_that_of_going_image_by_image(seed, ends):
    predictions, zone = _drawn(seed), Zone(*sorted(ends))
    cells = {(truth, call): 0 for truth in (0, 1) for call in ("negative", "left", "positive")}
    for truth, score in zip(*(column.tolist() for column in predictions.column("Mass")), strict=True):
        call = "positive" if score >= np.float32(zone.high) else "left" if score >= np.float32(zone.low) else "negative"
        cells[truth, call] += 1
    found = zone_report(predictions, "Mass", zone)
    counts = found.decided
    assert [counts.tp, counts.fp, counts.fn, counts.tn] == [cells[one] for one in (
        (1, "positive"), (0, "positive"), (1, "negative"), (0, "negative"))]  # fmt: skip
    assert (found.left_with, found.left_without) == (cells[1, "left"], cells[0, "left"])
    assert found.entries["left"].value == (cells[0, "left"] + cells[1, "left"]) / 60
    for name, part, whole in (
        ("sensitivity", counts.tp, counts.tp + counts.fn), ("specificity", counts.tn, counts.tn + counts.fp),
        ("precision", counts.tp, counts.tp + counts.fp), ("npv", counts.tn, counts.tn + counts.fn),
        ("accuracy", counts.tp + counts.tn, counts.tp + counts.fp + counts.fn + counts.tn),
        ("missed", counts.fn, int(predictions.y_true.sum())), ("alarmed", counts.fp, 60 - int(predictions.y_true.sum())),
    ):  # fmt: skip
        entry = found.entries[name]
        if whole:
            low, high = proportion_confint(part, whole, method="wilson")
            assert (entry.value, entry.low, entry.high) == pytest.approx((part / whole, low, high), abs=1e-12)
        else:
            assert entry.value is None and entry.method.startswith("not available: ")


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10_000), sensitivity=st.sampled_from([0.7, 0.9, 0.95, 1.0]), specificity=st.sampled_from([0.6, 0.9, 1.0]))
def test_the_zone_found_keeps_both_promises_and_no_narrower_one_among_the_scores_does(seed, sensitivity, specificity):
    predictions = _drawn(seed)
    y_true, y_score = predictions.column("Mass")
    try:
        zone = find_zone(predictions, "Mass", sensitivity, specificity)
    except EvaluationError as error:
        assert "cannot reach specificity" in str(error) and (specificity == 1.0)
        return
    for widened in (zone, zone.widened(1000)):
        assert (y_score[y_true == 1] >= np.float32(widened.low)).mean() >= sensitivity
        assert (y_score[y_true == 0] < np.float32(widened.high)).mean() >= specificity
    tried = np.unique(y_score)
    lows = [one for one in tried if (y_score[y_true == 1] >= one).mean() >= sensitivity]
    highs = [one for one in tried if (y_score[y_true == 0] < one).mean() >= specificity]
    if max(lows) < min(highs):
        assert (zone.low, zone.high) == (pytest.approx(float(max(lows))), pytest.approx(float(min(highs))))
    else:
        assert zone.low == zone.high and zone_report(predictions, "Mass", zone).entries["left"].value == 0


def test_a_zone_is_widened_outwards_to_whole_steps():
    assert Zone(0.1234, 0.5671).widened(1000) == Zone(0.123, 0.568)
    assert Zone(0.5, 0.5).widened(1000) == Zone(0.5, 0.5) and Zone(0.0001, 0.9999).widened(1000) == Zone(0.0, 1.0)


@pytest.mark.parametrize("ends", [(0.6, 0.4), (-0.1, 0.5), (0.5, 1.1), (float("nan"), 0.5)])
def test_a_zone_that_goes_downwards_or_leaves_the_scores_is_refused(ends):
    with pytest.raises(EvaluationError, match="grey zone"):
        Zone(*ends)


def test_a_zone_is_found_on_validation_only(random_binary):
    with pytest.raises(EvaluationError, match="validation chooses, test reports"):
        find_zone(random_binary(1, split="test"), "Pneumonia", 0.9, 0.9)


def test_a_validation_split_without_the_label_has_no_zone(binary):
    with pytest.raises(EvaluationError, match="no image of val has Pneumonia"):
        find_zone(binary([0, 0, 0], [0.1, 0.2, 0.3]), "Pneumonia", 0.9, 0.9)
