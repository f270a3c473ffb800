"""Labels that scores disagree with confidently. The scores must be of a model that did not see the label it judges.

Confident learning (Northcutt, Jiang and Chuang 2021, "Confident learning: estimating uncertainty in dataset labels", JAIR 70): an image
counts as confidently of a class where its score for it reaches the mean score of the images that are labelled so. Images that are
confidently of another class than their label, those off the diagonal of the confident joint, are suspicious. They are ranked by the
normalised margin: the score of the given class less the highest score of another.
"""

from dataclasses import dataclass

import numpy as np

_ROUNDING = 1e-6  # scores that are all alike reach their mean


@dataclass(frozen=True, eq=False)
class Suspects:
    """Rows whose label is suspicious, the most suspicious first; all arrays (m,).

    `suggested` is the class that the scores say, int; `margins` float64 in -1..1, lower is more suspicious. `joint` int (k, k) counts
    images by given class and the class they are confidently of, those of no class left out.
    """

    rows: np.ndarray
    suggested: np.ndarray
    margins: np.ndarray
    joint: np.ndarray


def suspects(given: np.ndarray, scores: np.ndarray) -> Suspects:
    """Suspicious labels among (n,) given classes, int, by scores (n, k) that add up to 1 in each row."""
    believed = confident_class(given, scores)
    sure = believed >= 0
    k = scores.shape[1]
    joint = np.bincount(given[sure] * k + believed[sure], minlength=k * k).reshape(k, k)
    rows = np.flatnonzero(sure & (believed != given))
    margins = normalised_margins(given, scores)[rows]
    order = np.argsort(margins, kind="stable")
    return Suspects(rows[order], believed[rows[order]], margins[order], joint)


def confident_class(given: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """The class that each image is confidently of, (n,) int, -1 for none; of several the one with the highest score."""
    classes, scores = scores.shape[1], scores.astype(np.float64)
    own = [scores[given == number, number] for number in range(classes)]
    least = np.array([one.mean() if one.size else np.inf for one in own])  # a class that no image is labelled as is suggested to none
    reaching = np.where(scores >= least - _ROUNDING, scores, -1.0)
    return np.where((reaching >= 0).any(axis=1), reaching.argmax(axis=1), -1)


def normalised_margins(given: np.ndarray, scores: np.ndarray) -> np.ndarray:
    """The score of the given class less the highest of another, (n,) float64."""
    is_given = np.arange(scores.shape[1]) == given[:, None]
    return scores[is_given].astype(np.float64) - np.where(is_given, -1, scores).max(axis=1)
