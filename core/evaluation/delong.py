"""The variance of ROC AUC after DeLong, DeLong and Clarke-Pearson (1988), in the fast midrank form of Sun and Xu (2014).

Where patients have several images, the terms of a patient are added up first, since images of one patient are alike (the idea of
Obuchowski 1997, here as the sandwich variance of the influences).
"""

from dataclasses import dataclass

import numpy as np

from core.evaluation.ranking import midranks


@dataclass(frozen=True, eq=False)
class Components:
    """For k scorings of the same n images.

    roc_auc : (k,) float64. placement : (k, n) float64, for an image with the label the share of images without it that score lower,
    for one without it the share of images with it that score higher; equal scores count one half. y_true : (n,) bool.
    """

    roc_auc: np.ndarray
    placement: np.ndarray
    y_true: np.ndarray


def components(y_true: np.ndarray, y_scores: np.ndarray) -> Components:
    """From (n,) labels with both classes and (k, n) scores."""
    true = np.asarray(y_true, dtype=bool)
    placement = np.stack([_placement(true, y_score) for y_score in y_scores])
    return Components(roc_auc=placement[:, true].mean(axis=1), placement=placement, y_true=true)


def covariance(parts: Components, patients: np.ndarray | None = None) -> np.ndarray:
    """(k, k) covariance of the k values of ROC AUC; by patient where (n,) patients are given.

    nan where a class has one image only (or there is one patient only).
    """
    true = parts.y_true
    if patients is not None:
        return clustered_covariance(influence(parts), patients)
    return _share(parts.placement[:, true]) + _share(parts.placement[:, ~true])


def influence(parts: Components) -> np.ndarray:
    """(k, n) how much each image moves the AUC; rows add up to 0."""
    size = np.where(parts.y_true, parts.y_true.sum(), (~parts.y_true).sum())
    return (parts.placement - parts.roc_auc[:, None]) / size


def clustered_covariance(influences: np.ndarray, patients: np.ndarray) -> np.ndarray:
    """(k, k) covariance from (k, n) influences that are added up by patient; nan where there is one patient only."""
    _, patient = np.unique(patients, return_inverse=True)
    clusters = int(patient.max()) + 1
    if clusters < 2:
        return np.full((len(influences), len(influences)), np.nan)
    sums = np.stack([np.bincount(patient, row) for row in influences])  # (k, clusters)
    return sums @ sums.T * (clusters / (clusters - 1))


def _placement(true: np.ndarray, y_score: np.ndarray) -> np.ndarray:
    """(n,) in 0..1. Of n images, the rank in all minus the rank in its own class counts the other class below."""
    ranks, placement = midranks(y_score), np.empty(true.size)
    positives = int(true.sum())
    placement[true] = (ranks[true] - midranks(y_score[true])) / (true.size - positives)
    placement[~true] = 1 - (ranks[~true] - midranks(y_score[~true])) / positives
    return placement


def _share(placement: np.ndarray) -> np.ndarray:
    """(k, k) covariance of the means of (k, m) placements."""
    size = placement.shape[1]
    if size < 2:
        return np.full((len(placement), len(placement)), np.nan)
    centred = placement - placement.mean(axis=1, keepdims=True)
    return centred @ centred.T / (size * (size - 1))
