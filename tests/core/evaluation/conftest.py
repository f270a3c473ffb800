"""Small predictions of each task. Scores are rounded, so that there are ties."""

import numpy as np
import pytest

from core.evaluation.predictions import Predictions


def _predictions(task, labels, y_true, y_score, split="val", patients=None):
    ids = np.array([f"image-{row}.png" for row in range(len(y_true))])
    return Predictions(task, split, labels, ids, patients, np.asarray(y_true), np.asarray(y_score, dtype=np.float32))


@pytest.fixture
def binary():
    """binary(y_true, y_score, split, patients) from plain lists, of the label Pneumonia."""

    def make(y_true, y_score, split="val", patients=None):
        return _predictions("binary", ("Pneumonia",), np.reshape(y_true, (-1, 1)), np.reshape(y_score, (-1, 1)), split, patients)

    return make


@pytest.fixture
def random_binary(binary):
    """Both classes, at least two images of each; about nine of ten pairs in order."""

    def make(seed, n=60, split="val", digits=1, patients=None, skill=1.5):
        rng = np.random.default_rng(seed)
        y_true = rng.random(n) < 0.6
        y_true[:4] = [0, 0, 1, 1]
        y_score = np.round(1 / (1 + np.exp(-rng.normal(skill * (2 * y_true - 1), 1.5))), digits)
        return binary(y_true, y_score, split, patients)

    return make


@pytest.fixture
def random_multiclass():
    def make(seed, n=80, classes=4, split="val", patients=None):
        rng = np.random.default_rng(seed)
        truth = np.concatenate([np.arange(classes), rng.integers(classes, size=n - classes)])
        scores = rng.dirichlet(np.ones(classes), size=n) + np.eye(classes)[truth] * rng.random((n, 1))
        labels = tuple(f"class {index}" for index in range(classes))
        return _predictions("multiclass", labels, np.eye(classes)[truth], scores / scores.sum(axis=1, keepdims=True), split, patients)

    return make


@pytest.fixture
def random_multilabel():
    def make(seed, n=80, findings=3, split="val", patients=None):
        rng = np.random.default_rng(seed)
        truth = rng.random((n, findings)) < 0.4
        truth[0], truth[1] = 0, 1
        scores = np.round(np.clip(0.3 * truth + rng.random((n, findings)) * 0.7, 0, 1), 1)
        return _predictions("multilabel", tuple(f"finding {index}" for index in range(findings)), truth, scores, split, patients)

    return make
