"""Settings of a classical model searched on a small grid around those given, by folds of train that part no patient.

A setting's score is the ROC AUC of the rows that each fold held out: the mean over labels, then over folds.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from sklearn.base import ClassifierMixin

from core.errors import DataError
from core.evaluation.ranking import has_both, mean_roc_auc
from core.limits import MODEL_LIMITS
from core.models.estimators import Classical, scale_gamma
from core.models.folds import FOLDS, Fold
from core.recipe import SVM, Forest
from core.training.history import Monitor, Progress

MOST_TREES = 100  # of a forest while it is searched for: settings keep their order with more

FitScore = Callable[[Classical, np.ndarray, np.ndarray], np.ndarray]  # settings, kept and held rows -> scores (held, L)


@dataclass(frozen=True)
class Searched:
    """The settings with the best score, and all that were tried: `{setting: value, ..., "roc_auc": score}`."""

    model: Classical
    chosen: dict
    tried: tuple[dict, ...]

    def details(self) -> dict:
        """What the run's record says of it."""
        return {"search": f"mean ROC AUC on {FOLDS} folds of train by patient", "chosen": self.chosen, "tried": list(self.tried)}


def search(model: Classical, grid: list[dict], folds: list[Fold], y: np.ndarray, fit_score: FitScore, monitor: Monitor) -> Searched:
    """Try all settings of a grid; of equal ones the first is chosen.

    Parameters
    ----------
    y : uint8 (n, L). fit_score : fits on the kept rows of a fold and scores the held ones, any scale.

    Raises DataError where no fold holds both images with a label and images without it.
    """
    folds = [(kept, held) for kept, held in folds if has_both(y[held]).any()]
    if not folds:
        raise DataError(
            "no fold of train has images with a label and without it", "a search needs both to score settings", "Set search=none"
        )
    tried = []
    for number, settings in enumerate(grid):
        found = []
        for fold, (kept, held) in enumerate(folds):
            monitor.progress(Progress("searching", number * len(folds) + fold, len(grid) * len(folds)))
            found.append(mean_roc_auc(y[held], fit_score(_smaller(replace(model, **settings)), kept, held)))
        tried.append({**settings, "roc_auc": round(float(np.mean(found)), 6)})
    chosen = grid[max(range(len(grid)), key=lambda number: tried[number]["roc_auc"])]
    return Searched(replace(model, **chosen), chosen, tuple(tried))


def grid_around(model: Classical, family: str, seed: int, features: np.ndarray) -> list[dict]:
    """The settings that are tried: those given, and others near them within their limits, the smoothest first."""
    axes = _forest_axes(model) if isinstance(model, Forest) else {"C": _times(model.C, (0.1, 1, 10, 100))}
    if isinstance(model, SVM) and model.kernel == "rbf":
        axes["gamma"] = _times(model.gamma or scale_gamma(model, seed, features), (0.25, 1, 4))
    limits = MODEL_LIMITS[family]
    inside = {name: [one for one in values if _is_inside(limits[name], one)] for name, values in axes.items()}
    return [dict(zip(inside, values, strict=True)) for values in product(*inside.values())]


def decisions(fitted: ClassifierMixin, features: np.ndarray) -> np.ndarray:
    """What a fitted estimator of one target ranks images by, (n, L): margins where it has them, else scores."""
    if hasattr(fitted, "decision_function"):
        found = fitted.decision_function(features)
        return found[:, None] if found.ndim == 1 else found
    found = fitted.predict_proba(features)
    return found[:, 1:] if found.shape[1] == 2 else found


def _forest_axes(model: Forest) -> dict[str, list]:
    depths = (8, 0) if model.max_depth == 0 else (max(model.max_depth // 2, 1), model.max_depth, 2 * model.max_depth)
    leaves = (3 * model.min_samples_leaf, model.min_samples_leaf, max(model.min_samples_leaf // 2, 1))
    features = dict.fromkeys((model.max_features, "log2", "sqrt"))  # "all" costs too much to be tried unasked
    return {"max_depth": list(depths), "min_samples_leaf": list(dict.fromkeys(leaves)), "max_features": list(features)}


def _times(value: float, factors: tuple[float, ...]) -> list[float]:
    return [float(f"{value * factor:.6g}") for factor in factors]


def _is_inside(limit, value) -> bool:
    return limit.low is None or limit.low <= value <= limit.high


def _smaller(model: Classical) -> Classical:
    return replace(model, n_estimators=min(model.n_estimators, MOST_TREES)) if isinstance(model, Forest) else model
