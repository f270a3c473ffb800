"""Drawn scores have the truth that they claim."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, roc_auc_score

from core.errors import EvaluationError
from core.lessons.simulated import Population, calibrated, drawn, exact, hospitals, leaked, rivals, several

MANY = Population(images=60_000, prevalence=0.3, separation=1.5)


def area(predictions) -> float:
    return roc_auc_score(predictions.y_true[:, 0], predictions.y_score[:, 0])


def test_the_same_seed_gives_the_same_scores_and_another_seed_or_split_others():
    people = Population(images=50, prevalence=0.4, separation=1.0)
    first, again = (drawn(people, calibrated(people), "test", 1) for _ in range(2))
    assert np.array_equal(first.y_score, again.y_score) and np.array_equal(first.y_true, again.y_true)
    for split, seed in (("test", 2), ("val", 1)):
        assert not np.array_equal(first.y_score, drawn(people, calibrated(people), split, seed).y_score)


@given(images=st.integers(1, 300), prevalence=st.floats(0.01, 0.99), seed=st.integers(0, 99))
def test_the_number_of_images_with_the_label_is_exact(images, prevalence, seed):
    people = Population(images, prevalence, 1.0)
    found = drawn(people, calibrated(people), "test", seed)
    assert found.n == images and found.y_true.sum() == round(images * prevalence)


@pytest.mark.parametrize("spread", [0.6, 1.0, 1.8])
def test_the_area_of_many_scores_is_the_true_one(spread):
    people = Population(60_000, 0.4, 1.5, spread, shift=0.7)
    found = drawn(people, calibrated(MANY), "test", 3)
    assert area(found) == pytest.approx(people.roc_auc, abs=0.006)


def test_calibrated_scores_are_probabilities_in_every_bin():
    found = drawn(MANY, calibrated(MANY), "test", 4)
    truth, score = found.y_true[:, 0], found.y_score[:, 0].astype(float)
    for low in np.arange(0, 1, 0.1):
        inside = (score >= low) & (score < low + 0.1)
        off = 4 * np.sqrt(score[inside].mean() * (1 - score[inside].mean()) / inside.sum())  # standard errors
        assert truth[inside].mean() == pytest.approx(score[inside].mean(), abs=off)


def test_a_shifted_population_has_a_calibrated_scale_of_its_own():
    people = Population(60_000, 0.2, 1.2, shift=2.0)
    assert drawn(people, calibrated(people), "test", 5).y_score.mean() == pytest.approx(0.2, abs=0.005)


def test_sharpened_scores_keep_their_order_and_claim_more():
    scale = calibrated(MANY)
    plain, sharp = drawn(MANY, scale, "test", 6), drawn(MANY, scale.sharpened(3), "test", 6)
    assert area(sharp) == pytest.approx(area(plain), abs=1e-4)
    assert np.abs(sharp.y_score - 0.5).mean() > np.abs(plain.y_score - 0.5).mean()


@pytest.mark.parametrize("people", [Population(10, 0.5, 1.0, spread=2.0), Population(10, 0.0, 1.0), Population(10, 1.0, 1.0)])
def test_no_calibrated_scale_is_made_up(people):
    with pytest.raises(EvaluationError, match="no calibrated scale"):
        calibrated(people)


@pytest.mark.parametrize(("sensitivity", "specificity"), [(0.95, 0.8), (0.5, 1.0), (1.0, 0.0)])
def test_an_exact_model_has_its_rates_at_one_half(sensitivity, specificity):
    found = exact(960, 0.625, sensitivity, specificity, "test", 7)
    (tn, fp), (fn, tp) = confusion_matrix(found.y_true[:, 0], found.y_score[:, 0] >= 0.5)
    assert tp / (tp + fn) == pytest.approx(sensitivity) and tn / (tn + fp) == pytest.approx(specificity)


def test_several_labels_are_independent_and_each_has_its_own_prevalence_and_area():
    people = {"a": Population(40_000, 0.3, 2.0), "b": Population(40_000, 0.05, 1.0)}
    found = several(people, "val", 8)
    assert found.task == "multilabel" and found.y_true.mean(axis=0) == pytest.approx([0.3, 0.05])
    for label, one in people.items():
        assert roc_auc_score(*found.column(label)) == pytest.approx(one.roc_auc, abs=0.01)
    assert abs(np.corrcoef(found.y_true.T)[0, 1]) < 0.02


def test_rivals_see_the_same_images_and_their_errors_are_as_alike_as_asked():
    first, second = rivals(MANY, 2.0, 0.6, "test", 9)
    assert np.array_equal(first.y_true, second.y_true)
    assert area(second) == pytest.approx(Population(1, 0.5, 2.0).roc_auc, abs=0.006)
    healthy = first.y_true[:, 0] == 0
    logits = [np.log(one.y_score[healthy, 0] / (1 - one.y_score[healthy, 0])) for one in (first, second)]
    assert np.corrcoef(logits)[0, 1] == pytest.approx(0.6, abs=0.02)


def test_a_shortcut_lifts_the_area_on_all_images_and_not_within_a_hospital():
    people = {"North": Population(20_000, 0.75, 1.0), "South": Population(20_000, 0.1, 1.0)}
    found = hospitals(people, 3.0, "test", 10)
    for name in people:
        assert area(found.select(found.groups["hospital"] == name)) == pytest.approx(people[name].roc_auc, abs=0.012)
    assert area(found) > people["North"].roc_auc + 0.1


def test_a_leak_lifts_the_area_of_remembered_patients_alone():
    people = Population(100_000, 0.4, 1.2)
    found = leaked(people, 0.5, 3.0, "test", 11)
    new = found.groups["patient"] == "new"
    assert new.mean() == pytest.approx(0.5, abs=0.02)
    assert area(found.select(new)) == pytest.approx(people.roc_auc, abs=0.01)
    assert area(found.select(~new)) > 0.99
