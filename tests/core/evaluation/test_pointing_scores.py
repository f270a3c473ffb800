"""Scores of the pointing game: counted by hand, with the intervals of other libraries."""

import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from core.errors import EvaluationError
from core.evaluation.pointing import Turn, pointing_score, scores_by_label


def turn(hit: bool, patient: str, label: str = "mass", inside: float | None = 0.5) -> Turn:
    return Turn(label, f"image of {patient}", patient, hit, True, inside, 0.1, 0.2)


def test_hits_are_counted_and_have_wilsons_interval():
    found = pointing_score([turn(number < 30, str(number), inside=0.4 + 0.2 * (number % 2)) for number in range(50)])
    low, high = proportion_confint(30, 50, method="wilson")
    assert (found.turns, found.flat, found.hits.value, found.near.value) == (50, 0, 0.6, 1.0)
    assert found.hits.method == "Wilson" and (found.hits.low, found.hits.high) == pytest.approx((low, high))
    assert (found.chance, found.chance_near, found.inside.value) == pytest.approx((0.1, 0.2, 0.5))


def test_where_a_patient_has_several_turns_patients_are_drawn_whole():
    once = [turn(number < 30, str(number)) for number in range(50)]
    many = [turn(number < 30, str(number)) for number in range(50) for _ in range(4)]
    one, other = pointing_score(once).hits, pointing_score(many).hits
    assert other.value == one.value and other.method == "bootstrap by patient"
    assert other.high - other.low == pytest.approx(one.high - one.low, rel=0.15)  # four times as many turns tell no more


def test_a_flat_map_is_a_miss_and_counts_in_no_share_of_the_map():
    found = pointing_score([turn(False, "a", inside=None), turn(True, "b", inside=0.8), turn(True, "c", inside=0.6)])
    assert (found.flat, found.hits.value, found.inside.value) == (1, pytest.approx(2 / 3), pytest.approx(0.7))
    assert pointing_score([turn(False, "a", inside=None)]).inside is None


def test_no_interval_says_that_few_patients_settle_it():
    found = pointing_score([turn(True, "a"), turn(True, "a"), turn(True, "b")])
    assert found.hits.method == "Wilson over patients"
    assert (found.hits.low, found.hits.high) == pytest.approx(proportion_confint(2, 2, method="wilson"))
    assert found.inside is None


def test_each_label_has_its_score_and_none_is_made_of_nothing():
    found = scores_by_label([turn(True, "a"), turn(False, "b", "nodule"), turn(False, "c", "nodule")])
    assert [(one.label, one.turns, one.hits.value) for one in found] == [("mass", 1, 1.0), ("nodule", 2, 0.0)]
    with pytest.raises(EvaluationError, match="box"):
        pointing_score([])
    assert np.isfinite([found[0].hits.low, found[0].hits.high]).all()
