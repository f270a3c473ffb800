"""Confident learning finds labels that were changed where scores can tell, and counts the confident joint by its definition."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from core.evaluation.confident_learning import confident_class, normalised_margins, suspects


def by_definition(labels: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """The confident joint as the paper writes it (equation 1), counted image by image."""
    k = scores.shape[1]
    least = [scores[labels == j, j].mean() if (labels == j).any() else np.inf for j in range(k)]
    joint = np.zeros((k, k), int)
    for label, row in zip(labels, scores, strict=True):
        reached = [j for j in range(k) if row[j] >= least[j]]
        if reached:
            joint[label, max(reached, key=lambda j: row[j])] += 1
    return joint


@settings(deadline=None)
@given(st.integers(2, 4), st.integers(1, 40), st.integers(0, 10_000))
def test_the_confident_joint_is_that_of_the_definition(k, n, seed):
    random = np.random.default_rng(seed)
    labels, scores = random.integers(k, size=n), random.dirichlet(np.ones(k), size=n)
    found = suspects(labels, scores)
    expected = by_definition(labels, scores)
    assert (found.joint == expected).all()
    assert len(found.rows) == expected.sum() - np.trace(expected)
    assert (np.diff(found.margins) >= 0).all() and (found.suggested != labels[found.rows]).all()


def test_only_labels_that_were_changed_are_found_where_scores_can_tell():
    random = np.random.default_rng(0)
    truth = random.integers(3, size=600)
    scores = 0.7 * np.eye(3)[truth] + 0.3 * random.dirichlet(np.ones(3), size=600)
    labels, changed = truth.copy(), random.choice(600, 40, replace=False)
    labels[changed] = (truth[changed] + 1) % 3
    found = suspects(labels, scores)
    assert set(found.rows.tolist()) <= set(changed.tolist()) and len(found.rows) >= 15
    assert (found.suggested == truth[found.rows]).all()


def test_a_class_that_no_image_is_labelled_as_is_suggested_to_none():
    assert confident_class(np.array([0, 0, 1]), np.array([[0.1, 0.1, 0.8], [0.9, 0.1, 0], [0.2, 0.8, 0]])).tolist() == [-1, 0, 1]


def test_the_margin_is_the_given_score_less_the_best_other():
    found = normalised_margins(np.array([0, 1]), np.array([[0.2, 0.5, 0.3], [0.1, 0.6, 0.3]]))
    assert np.allclose(found, [-0.3, 0.3])


def test_scores_that_are_all_alike_reach_their_own_mean():
    for value in np.random.default_rng(0).random(50).astype(np.float32):
        scores = np.tile(np.float32([value, 1 - value]), (7, 1))
        assert (confident_class(np.zeros(7, int), scores) == 0).all()
