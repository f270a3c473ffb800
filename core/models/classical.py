"""A classifier that is a scikit-learn estimator on a network's features: the SVM, forest and logistic families."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import skops.io
import torch
from sklearn.base import ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC

from core.errors import RecipeError, StoreError
from core.models.attribution import LEFT_OUT, Attribution, by_leaving_out
from core.models.classifier import Labelled
from core.models.heads import Table, exact_scores, fit_head, head_scores
from core.models.network import NetworkClassifier
from core.recipe import Recipe
from core.runs.history import EpochRecord
from core.training.checkpoint import Checkpoint
from core.training.features import LAST, as_images
from core.training.history import SILENCE, Monitor
from core.training.samples import Rows
from core.training.score_record import ScoreRecord

HEAD_FILE = "head.skops"
_TRUSTED = (
    "sklearn.tree._tree.Tree", "sklearn.calibration._CalibratedClassifier", "sklearn.calibration._SigmoidCalibration",
)  # fmt: skip


class ClassicalClassifier:
    """A head on the features of a network, which is saved with it, so that a run stands alone.

    Raises RecipeError for a layer that the network does not have.
    """

    def __init__(self, recipe: Recipe, task: str, network: NetworkClassifier):
        self.recipe, self.task, self.network, self.device = recipe, task, network, network.device
        self.head: ClassifierMixin | None = None
        self._details: dict = {}
        known = (LAST, *network.module.layers)
        if recipe.model.layer not in known:
            found, expected = f"layer is {recipe.model.layer!r}", f"{recipe.model.features} has {', '.join(known)}"
            raise RecipeError(found, expected)

    def fit(
        self, train: Labelled, val: Labelled, monitor: Monitor, checkpoint: Checkpoint | None = None, record: ScoreRecord | None = None
    ) -> list[EpochRecord]:
        """Fit the head on train; there are no epochs, and val chooses nothing here."""
        features = self.features(train.pixels, train.key, monitor)
        fitted = fit_head(self.recipe, Table(features, train.y, train.groups, self.task), monitor)
        self.head, self._details = fitted.head, fitted.details
        return []

    def predict_proba(self, pixels: Rows, key: tuple[str, ...] | None = None, monitor: Monitor = SILENCE) -> np.ndarray:
        """Scores float32 (n, L); see `Classifier.predict_proba`."""
        return head_scores(self.head, self.features(pixels, key, monitor), self.task)

    @torch.no_grad()
    def explain(self, pixels: np.ndarray, columns: Sequence[int]) -> Attribution:
        """See `Classifier.explain`; of one image after the other."""
        found = [self._explained(image, columns) for image in as_images(torch.from_numpy(pixels).to(self.device.torch)).split(1)]
        scores, maps = (np.concatenate(parts) for parts in zip(*found, strict=True))
        return Attribution(scores.astype(np.float32), maps, LEFT_OUT)

    def _explained(self, image: torch.Tensor, columns: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        maps = self.network.last_maps(image, self.recipe.model.layer)
        return by_leaving_out(maps, lambda features: exact_scores(self.head, features, self.task), columns)

    def scores_and_features(self, pixels: Rows) -> tuple[np.ndarray, np.ndarray]:
        """See `Classifier.scores_and_features`."""
        features = self.features(pixels, None, SILENCE)
        return head_scores(self.head, features, self.task), features

    def quicken(self) -> None:
        """See `Classifier.quicken`."""
        self.network.quicken()

    def parameters(self) -> int:
        """Numbers of the head: support vectors' coefficients, nodes of the trees, or weights."""
        return _numbers(self.head)

    def details(self) -> dict:
        """What a search chose and tried, and what sped the fitting up; see `Classifier.details`."""
        return self._details

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

    def features(self, pixels: Rows, key: tuple[str, ...] | None, monitor: Monitor) -> np.ndarray:
        """What the head is given of uint8 (n, H, W): float32 (n, F), kept where the images have a key."""
        return self.network.features(pixels, key, monitor, self.recipe.model.layer)


def _numbers(model: ClassifierMixin) -> int:
    """How many numbers a fitted estimator has learned; a constant score of a label that could not be learned counts none."""
    if isinstance(model, MultiOutputClassifier):
        return sum(map(_numbers, model.estimators_))
    if isinstance(model, CalibratedClassifierCV):
        return _numbers(model.calibrated_classifiers_[0].estimator)
    if isinstance(model, Pipeline):
        return _numbers(model[-1])
    if isinstance(model, RandomForestClassifier):
        return sum(tree.tree_.node_count for tree in model.estimators_)
    if isinstance(model, SVC):
        return model.dual_coef_.size
    return model.coef_.size + model.intercept_.size if isinstance(model, LogisticRegression) else 0
