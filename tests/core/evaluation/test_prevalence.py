import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import expit, logit

from core.errors import EvaluationError
from core.evaluation.counts import Counts
from core.evaluation.prevalence import adjusted_npv, adjusted_ppv, npv_interval, of_people, ppv_interval, threshold_at
from core.evaluation.rates import npv, precision, sensitivity, specificity

SHARES = st.floats(0, 1, allow_subnormal=False)
INNER = st.floats(0.001, 0.999)
CELLS = st.integers(1, 400)


@pytest.mark.parametrize(("prevalence", "ppv"), [(0.625, 0.89), (0.20, 0.54), (0.05, 0.20), (0.01, 0.05)])
def test_the_lesson_of_rare_diseases(prevalence, ppv):
    assert round(float(adjusted_ppv(0.95, 0.80, prevalence)), 2) == ppv


@given(CELLS, CELLS, CELLS, CELLS)
def test_at_the_prevalence_of_the_data_they_are_precision_and_npv(tp, fp, fn, tn):
    counts = Counts(tp, fp, fn, tn)
    share = (tp + fn) / (tp + fp + fn + tn)
    found = adjusted_ppv(sensitivity(counts), specificity(counts), share), adjusted_npv(sensitivity(counts), specificity(counts), share)
    assert found == (pytest.approx(precision(counts)), pytest.approx(npv(counts)))


@given(INNER, INNER, INNER)
def test_a_negative_answer_is_a_positive_one_of_the_opposite(se, sp, prevalence):
    assert adjusted_npv(se, sp, prevalence) == pytest.approx(adjusted_ppv(sp, se, 1 - prevalence))


def test_nobody_called_is_nan_and_arrays_are_taken_whole():
    found = adjusted_ppv(np.array([0.0, 0.5, 1.0]), np.array([1.0, 0.5, 1.0]), 0.1)
    assert np.isnan(found[0]) and found[1:].tolist() == pytest.approx([0.1, 1.0])


def test_a_prevalence_outside_0_to_1_is_refused():
    with pytest.raises(EvaluationError, match="the prevalence is 5"):
        adjusted_ppv(0.9, 0.9, 5)


@pytest.mark.parametrize("cells", [(240, 87, 178, 288), (30, 12, 4, 90), (9, 1, 1, 9)])
def test_intervals_are_those_of_the_delta_method(cells):
    """The variance of the logit by numerical derivatives, sensitivity and specificity being binomial and independent."""
    counts, prevalence, step = Counts(*cells), 0.03, 1e-6
    se, sp = float(sensitivity(counts)), float(specificity(counts))
    spread = se * (1 - se) / (counts.tp + counts.fn), sp * (1 - sp) / (counts.fp + counts.tn)
    for interval, adjusted in ((ppv_interval, adjusted_ppv), (npv_interval, adjusted_npv)):
        slopes = [
            (logit(adjusted(se + one, sp + other, prevalence)) - logit(adjusted(se - one, sp - other, prevalence))) / (2 * step)
            for one, other in ((step, 0), (0, step))
        ]
        half = 1.959964 * np.sqrt(slopes[0] ** 2 * spread[0] + slopes[1] ** 2 * spread[1])
        found, centre = interval(counts, prevalence), logit(adjusted(se, sp, prevalence))
        assert (found.low, found.value, found.high) == (
            pytest.approx(expit(centre - half), rel=1e-5), pytest.approx(expit(centre)), pytest.approx(expit(centre + half), rel=1e-5),
        )  # fmt: skip


def test_intervals_cover_the_truth():
    rng = np.random.default_rng(0)
    se, sp, prevalence = 0.85, 0.9, 0.05
    truth = {ppv_interval: float(adjusted_ppv(se, sp, prevalence)), npv_interval: float(adjusted_npv(se, sp, prevalence))}
    tables = [
        Counts(tp, fp, 100 - tp, 150 - fp) for tp, fp in zip(rng.binomial(100, se, 2000), rng.binomial(150, 1 - sp, 2000), strict=True)
    ]
    for interval, value in truth.items():
        found = [interval(counts, prevalence) for counts in tables]
        assert 0.935 < np.mean([one.low <= value <= one.high for one in found]) < 0.97


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.floats(1e-4, 0.9999))
def test_every_interval_holds_its_value_or_is_none(tp, fp, fn, tn, prevalence):
    for interval, needs in ((ppv_interval, tp + fp), (npv_interval, tn + fn)):
        found = interval(Counts(tp, fp, fn, tn), prevalence)
        assert (found is None) == (tp + fn == 0 or fp + tn == 0 or needs == 0)
        assert found is None or 0 <= found.low <= found.value <= found.high <= 1


def test_an_interval_at_the_prevalence_0_or_1_cannot_be_had():
    assert ppv_interval(Counts(5, 5, 5, 5), 0.0) is None and npv_interval(Counts(5, 5, 5, 5), 1.0) is None


def test_of_1000_people():
    assert of_people(0.95, 0.80, 0.05) == Counts(tp=48, fp=190, fn=2, tn=760)


@given(SHARES, SHARES, SHARES, st.integers(1, 5000))
def test_no_person_is_lost(se, sp, prevalence, people):
    found = of_people(se, sp, prevalence, people)
    cells = (found.tp, found.fp, found.fn, found.tn)
    assert sum(cells) == people and min(cells) >= 0


@given(st.floats(0.01, 100), INNER, INNER)
def test_a_threshold_moves_as_the_probability_of_every_image_does(likelihood_ratio, own, other):
    """Bayes' theorem: what an image with this likelihood ratio is given at each prevalence."""
    here, there = (prevalence * likelihood_ratio / (prevalence * likelihood_ratio + 1 - prevalence) for prevalence in (own, other))
    assert threshold_at(there, own, other) == pytest.approx(here, rel=1e-6)


def test_where_a_label_is_rarer_the_same_decision_asks_for_a_higher_score():
    assert threshold_at(0.5, 0.5, 0.1) == pytest.approx(0.9) and threshold_at(0.5, 0.1, 0.5) == pytest.approx(0.1)
    assert threshold_at(0.3, 0.2, 0.2) == pytest.approx(0.3) and (threshold_at(0, 0.5, 0.1), threshold_at(1, 0.5, 0.1)) == (0, 1)


def test_no_threshold_can_be_moved_to_where_nobody_has_the_label():
    with pytest.raises(EvaluationError, match="the prevalence is 0"):
        threshold_at(0.5, 0.3, 0)
