"""Scores with known truth, drawn from a seed: what the lessons run on before anything was trained.

A drawn model sees evidence: a normal number for each image, higher on average where the label is there (the binormal model of ROC
analysis). Its score is the evidence on a scale from 0 to 1. The same seed gives the same scores, and the number of images with the
label is exact.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log, sqrt
from statistics import NormalDist

import numpy as np
from scipy.special import expit

from core.errors import EvaluationError
from core.evaluation.predictions import SPLITS, Predictions

LABEL, CLASSES = "pneumonia", ("normal", "pneumonia")


@dataclass(frozen=True)
class Population:
    """Images whose evidence is N(shift, 1) without the label and N(shift + separation, spread) with it.

    `images` > 0; `prevalence` 0..1, the share with the label; `spread` > 0, a standard deviation.
    """

    images: int
    prevalence: float
    separation: float
    spread: float = 1.0
    shift: float = 0.0

    @property
    def positives(self) -> int:
        """How many images have the label."""
        return round(self.images * self.prevalence)

    @property
    def roc_auc(self) -> float:
        """The true area under the ROC curve, 0..1: the chance that evidence with the label is higher than evidence without it."""
        return NormalDist().cdf(self.separation / sqrt(1 + self.spread**2))


@dataclass(frozen=True)
class Scale:
    """score = 1 / (1 + exp(-(slope * evidence + intercept)))."""

    slope: float
    intercept: float

    def scores(self, evidence: np.ndarray) -> np.ndarray:
        """(n,) float32 in 0..1 from (n,) float64."""
        return expit(self.slope * evidence + self.intercept).astype(np.float32)

    def sharpened(self, factor: float) -> "Scale":
        """The same scale with all logits `factor` times as large: above 1 scores claim more than they know."""
        return Scale(self.slope * factor, self.intercept * factor)


def calibrated(population: Population) -> Scale:
    """The scale on which a score is the probability of the label, by Bayes' theorem.

    Raises EvaluationError where the spreads differ (then the log odds are no straight line of the evidence), or a class is absent.
    """
    share = population.prevalence
    if population.spread != 1 or not 0 < share < 1:
        raise EvaluationError("this population has no calibrated scale", "it needs equal spreads and images with and without the label")
    separation = population.separation
    return Scale(separation, log(share / (1 - share)) - separation**2 / 2 - separation * population.shift)


def drawn(population: Population, scale: Scale, split: str, seed: int) -> Predictions:
    """One label, one model."""
    rng = _generator(seed, split)
    truth = _truth(population, rng)
    return _binary(split, truth, scale.scores(_evidence(population, truth, rng)))


def several(populations: Mapping[str, Population], split: str, seed: int) -> Predictions:
    """Several labels of the same images, independent of each other, each on its calibrated scale. All have as many images."""
    rng = _generator(seed, split)
    truths = {label: _truth(population, rng) for label, population in populations.items()}
    scores = [calibrated(one).scores(_evidence(one, truths[label], rng)) for label, one in populations.items()]
    y_true = np.stack(list(truths.values()), axis=1)
    return Predictions("multilabel", split, tuple(populations), _ids(split, len(y_true)), None, y_true, np.stack(scores, axis=1))


def rivals(population: Population, better: float, alike: float, split: str, seed: int) -> tuple[Predictions, Predictions]:
    """Two models on the same images; the second has the separation `better`. `alike` 0..1 is the correlation of their errors."""
    rng = _generator(seed, split)
    truth = _truth(population, rng)
    shared, *own = rng.normal(size=(3, population.images))
    scores = []
    for separation, noise in zip((population.separation, better), own, strict=True):
        scale = calibrated(Population(population.images, population.prevalence, separation))
        scores.append(scale.scores(separation * truth + sqrt(alike) * shared + sqrt(1 - alike) * noise))
    return _binary(split, truth, scores[0]), _binary(split, truth, scores[1])


def exact(images: int, prevalence: float, sensitivity: float, specificity: float, split: str, seed: int) -> Predictions:
    """A model that has this sensitivity and specificity at the threshold 0.5, as exactly as whole images allow."""
    rng = _generator(seed, split)
    truth = _truth(Population(images, prevalence, 0), rng)
    logits = np.empty(images)
    for value, called in ((1, sensitivity), (0, 1 - specificity)):
        rows = np.flatnonzero(truth == value)
        evidence = rng.normal(size=rows.size)
        logits[rows] = 1.6 * (evidence - _place_above(evidence, round(rows.size * called)))
    return _binary(split, truth, expit(logits).astype(np.float32))


def hospitals(populations: Mapping[str, Population], shortcut: float, split: str, seed: int) -> Predictions:
    """Images of several hospitals in the group "hospital"; a model that reads the lungs, and adds `shortcut` to those of the first."""
    rng = _generator(seed, split)
    names = np.repeat(list(populations), [one.images for one in populations.values()])
    truths = [_truth(one, rng) for one in populations.values()]
    evidence = np.concatenate([_evidence(one, truth, rng) for one, truth in zip(populations.values(), truths, strict=True)])
    separation = next(iter(populations.values())).separation
    logits = separation * (evidence - separation / 2) + shortcut * (names == next(iter(populations))) - shortcut / 2
    return _binary(split, np.concatenate(truths), expit(logits).astype(np.float32), {"hospital": names})


def leaked(population: Population, share: float, memory: float, split: str, seed: int) -> Predictions:
    """A test in which a share of the images is of patients who were trained on; the group "patient" says which.

    Of those the model remembers the answer: their separation is larger by `memory`.
    """
    rng = _generator(seed, split)
    truth = _truth(population, rng)
    seen = rng.random(population.images) < share
    evidence = _evidence(population, truth, rng) + memory * seen * (truth - 0.5)
    groups = {"patient": np.where(seen, "in training too", "new")}
    return _binary(split, truth, calibrated(population).scores(evidence), groups)


def _generator(seed: int, split: str) -> np.random.Generator:
    return np.random.default_rng([seed, SPLITS.index(split)])


def _truth(population: Population, rng: np.random.Generator) -> np.ndarray:
    """(n,) uint8 with the exact number of ones, in random order."""
    return rng.permutation(np.arange(population.images) < population.positives).astype(np.uint8)


def _evidence(population: Population, truth: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    spread = np.where(truth == 1, population.spread, 1.0)
    return population.shift + population.separation * truth + spread * rng.normal(size=truth.size)


def _place_above(evidence: np.ndarray, called: int) -> float:
    """A number that so many of the evidence lie above."""
    ranked = np.sort(evidence)[::-1]
    return float(np.concatenate([[ranked[0] + 1], (ranked[1:] + ranked[:-1]) / 2, [ranked[-1] - 1]])[called])


def _binary(split: str, truth: np.ndarray, scores: np.ndarray, groups: Mapping[str, np.ndarray] | None = None) -> Predictions:
    return Predictions("binary", split, (LABEL,), _ids(split, truth.size), None, truth[:, None], scores[:, None], groups or {})


def _ids(split: str, images: int) -> np.ndarray:
    return np.array([f"{split} {number:05d}" for number in range(images)])
