"""A classifier that is a scikit-learn estimator on a network's features: the SVM and forest families."""

from pathlib import Path

import numpy as np
import skops.io
from sklearn.base import ClassifierMixin

from core.errors import StoreError
from core.models.classifier import Labelled
from core.models.heads import fit_head, head_scores
from core.models.network import NetworkClassifier
from core.recipe import Recipe
from core.runs.history import EpochRecord
from core.training.checkpoint import Checkpoint
from core.training.history import SILENCE, Monitor, Progress

HEAD_FILE = "head.skops"
_TRUSTED = (
    "sklearn.tree._tree.Tree", "sklearn.calibration._CalibratedClassifier", "sklearn.calibration._SigmoidCalibration",
)  # fmt: skip


class ClassicalClassifier:
    """A head on the features of a network, which is saved with it, so that a run stands alone."""

    def __init__(self, recipe: Recipe, task: str, network: NetworkClassifier):
        self.recipe, self.task, self.network, self.device = recipe, task, network, network.device
        self.head: ClassifierMixin | None = None

    def fit(self, train: Labelled, val: Labelled, monitor: Monitor, checkpoint: Checkpoint | None = None) -> list[EpochRecord]:
        """Fit the head on train; there are no epochs, and val chooses nothing here."""
        features = self.network.features(train.pixels, train.key, monitor)
        monitor.progress(Progress("fitting", 0, 1))
        self.head = fit_head(self.recipe, features, train.y, train.groups, self.task)
        monitor.progress(Progress("fitting", 1, 1))
        return []

    def predict_proba(self, pixels: np.ndarray, key: tuple[str, ...] | None = None, monitor: Monitor = SILENCE) -> np.ndarray:
        """Scores float32 (n, L); see `Classifier.predict_proba`."""
        return head_scores(self.head, self.network.features(pixels, key, monitor), self.task)

    def parameters(self) -> int:
        """Numbers of the head: support vectors' coefficients, or nodes of the trees."""
        trees = getattr(self.head, "estimators_", [])
        if trees and hasattr(trees[0], "tree_"):
            return sum(tree.tree_.node_count for tree in trees)
        return sum(svm.dual_coef_.size for svm in _machines(self.head))

    def details(self) -> dict:
        """See `Classifier.details`."""
        return {}

    def save(self, folder: Path) -> None:
        """Write the head as skops and the network as safetensors."""
        skops.io.dump(self.head, folder / HEAD_FILE)
        self.network.save(folder)

    def load(self, folder: Path) -> None:
        """Read both back, trusting only the types that this module writes."""
        self.network.load(folder)
        try:
            self.head = skops.io.load(folder / HEAD_FILE, trusted=list(_TRUSTED))
        except (OSError, ValueError, KeyError, skops.io.exceptions.UntrustedTypesFoundException) as error:
            raise StoreError(f"the head in {folder.name} cannot be read ({type(error).__name__})", "", "Train the run again") from None


def _machines(head: ClassifierMixin) -> list:
    calibrated = head.estimators_ if hasattr(head, "estimators_") else [head]
    return [one.calibrated_classifiers_[0].estimator[-1] for one in calibrated if hasattr(one, "calibrated_classifiers_")]
