"""The variance of ROC AUC after DeLong, DeLong and Clarke-Pearson (1988), in the fast midrank form of Sun and Xu (2014).

Where patients have several images, the terms of a patient are added up first, since images of one patient are alike (the idea of
Obuchowski 1997, here as the sandwich variance of the influences). Each class's terms are scaled by its own number of images, or patients:
few of one class make the area uncertain, however many there are of the other.
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

    nan where a class has one image, or images of one patient, only.
    """
    return covariance_of(influence(parts, patients), patients)


def influence(parts: Components, patients: np.ndarray | None = None) -> np.ndarray:
    """(k, n) how much each image moves the AUC, so that the squares of units (images or patients) add up to its variance without bias.

    nan for the images of a class that has one unit only.
    """
    moved = np.empty_like(parts.placement)
    for of in (parts.y_true, ~parts.y_true):
        units = units_of(of, patients)
        scale = np.sqrt(units / (units - 1)) if units > 1 else np.nan
        moved[:, of] = (parts.placement[:, of] - parts.roc_auc[:, None]) / of.sum() * scale
    return moved


def covariance_of(influences: np.ndarray, patients: np.ndarray | None = None) -> np.ndarray:
    """(k, k) from influences (k, n), added up by patient where (n,) patients are given."""
    if patients is not None:
        unit = np.unique(patients, return_inverse=True)[1]
        influences = np.stack([np.bincount(unit, row) for row in influences])
    return influences @ influences.T


def units_of(of: np.ndarray, patients: np.ndarray | None = None) -> int:
    """How many of the images `of` (n,) bool there are, or of how many patients (n,) they are."""
    return int(of.sum()) if patients is None else np.unique(patients[of]).size


def _placement(true: np.ndarray, y_score: np.ndarray) -> np.ndarray:
    """(n,) in 0..1. Of n images, the rank in all minus the rank in its own class counts the other class below."""
    ranks, placement = midranks(y_score), np.empty(true.size)
    positives = int(true.sum())
    placement[true] = (ranks[true] - midranks(y_score[true])) / (true.size - positives)
    placement[~true] = 1 - (ranks[~true] - midranks(y_score[~true])) / positives
    return placement
