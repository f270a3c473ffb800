"""What a run says of pictures: from bytes to a score, a threshold and a verdict for each label."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np

from core.data.dataset import Dataset
from core.errors import ExplanationError, ImageError
from core.evaluation.decisions import decide
from core.evaluation.ensembles import mean_scores
from core.images.decode import Decoded, decode
from core.images.gate import remarks
from core.images.remark import Remark, is_doubtful
from core.inference.explanation import Explanation, SquareMaps
from core.inference.image_features import ImageFeatures, side_by_side
from core.inference.occlusion import OCCLUSION
from core.inference.scorer import Scorer
from core.runs.run import Run
from core.runs.store import Store
from core.training.history import Monitor

View = tuple[int, str]


@dataclass(frozen=True)
class Answer:
    """What one run says of one picture. A picture that was not accepted has a `reason` and no scores.

    `doubtful` says that a warning speaks against the picture being a frontal chest X-ray like those the run learned from.

    `decisions` are 1 where a label is called present: its score is at least its threshold; in a multi-class task, the highest score.
    """

    file: str
    accepted: bool
    reason: str | None
    scores: Mapping[str, float] = field(default_factory=dict)
    thresholds: Mapping[str, float] = field(default_factory=dict)
    decisions: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    doubtful: bool = False
    withheld: bool = False

    def strict(self) -> "Answer":
        """The same, but nothing is said of a doubtful picture."""
        return replace(self, withheld=True, scores={}, thresholds={}, decisions={}) if self.doubtful else self

    def as_dict(self) -> dict:
        return {**vars(self), "warnings": list(self.warnings)}


class Predictor:
    """A run, loaded once, that answers as often as asked."""

    def __init__(self, store: Store, run: Run):
        folder = store.weights_folder(run)
        members = [(one, one.folder) for one in store.members(run)] or [(run, folder)]
        self.run = run
        self._scorers = [Scorer(one, place, store.root) for one, place in members]
        self._beside = ThreadPoolExecutor(1)  # kept: a new thread for each picture takes longer than what it is to do

    def answer(self, name: str, data: bytes) -> Answer:
        """What the run says of a picture's bytes."""
        try:
            return self.answer_decoded(name, decode(data, self.side))
        except ImageError as error:
            return Answer(name, False, str(error))

    def scores(self, picture: Decoded) -> np.ndarray:
        """Scores float32 (L,) of a picture, prepared as this run's training images were. Raises ImageError as `model_input` does."""
        return mean_scores([scorer.of_picture(picture) for scorer in self._scorers])

    def member_scores(self, picture: Decoded) -> np.ndarray:
        """Scores float32 (M, L) by each member of an ensemble; of any other run M is 1. Raises ImageError as `scores`."""
        return np.stack([scorer.of_picture(picture) for scorer in self._scorers])

    def changed_scores(self, picture: Decoded) -> np.ndarray:
        """Scores float32 (CHANGES, L) of a picture as it is, mirrored and moved a little; see `small_changes`. Raises as `scores`."""
        return mean_scores([scorer.of_changed(picture) for scorer in self._scorers])

    def explain(self, picture: Decoded, labels: Sequence[str] | None = None) -> Explanation:
        """Why the run scores a picture as it does, for some labels or all, with those scores: one pass of the network for both.

        Raises ImageError as `scores`, ExplanationError where a map cannot be had.
        """
        asked, columns = self._asked(labels)
        found = [scorer.explain(picture, columns) for scorer in self._scorers]
        return self._explanation(asked, [scores for scores, _, _ in found], [maps for _, maps, _ in found], [how for *_, how in found])

    def occlude(
        self, picture: Decoded, labels: Sequence[str] | None = None, progress: Callable[[int, int], None] = lambda done, total: None
    ) -> Explanation:
        """The same by laying patches on the picture: for every model, and slower. `progress` counts patches, of each member anew."""
        asked, columns = self._asked(labels)
        found = [scorer.occlude(picture, columns, progress) for scorer in self._scorers]
        return self._explanation(asked, [scores for scores, _ in found], [maps for _, maps in found], [OCCLUSION])

    def features_of_picture(self, picture: Decoded) -> np.ndarray:
        """What `features_of` tells of a data set's images, float32 (F,), of any picture. Raises ImageError as `scores`."""
        return np.concatenate([scorer.features_of_picture(picture) for scorer in self._scorers])

    def scores_of(self, dataset: Dataset, progress: Callable[[int, int], None] = lambda done, total: None) -> np.ndarray:
        """Scores float32 (n, L) of a data set's images. Raises DataError for one that cannot be read."""
        return mean_scores([scorer.of_dataset(dataset, progress) for scorer in self._scorers])

    def scores_of_splits(self, dataset: Dataset, splits: tuple[str, ...], monitor: Monitor) -> tuple[Dataset, np.ndarray]:
        """The readable images of some splits and their scores float32 (m, L). Raises DataError where none can be read."""
        found = [scorer.of_splits(dataset, splits, monitor) for scorer in self._scorers]
        return found[0][0], mean_scores([y_score for _, y_score in found])

    def features_of(
        self, dataset: Dataset, split: str, progress: Callable[[int, int], None] = lambda done, total: None, most: int | None = None
    ) -> ImageFeatures:
        """What the run's last layer, or its head, is given of the images of a split; of an ensemble that of all members, side by side.

        Computed once and kept. `most` and errors as in `features_of_split`.
        """
        return side_by_side([scorer.features_of(dataset, split, progress, most) for scorer in self._scorers])

    def answer_decoded(self, name: str, decoded: Decoded) -> Answer:
        """What the run says of a picture, at whatever side it was decoded."""
        said = self._beside.submit(remarks, decoded)
        try:
            return self.told(name, self.scores(decoded), said.result())
        except ImageError as error:
            return Answer(name, False, str(error))

    @property
    def side(self) -> int:
        """The side, in pixels, at which a picture is best decoded where only an answer is wanted."""
        return max(size for size, _ in self.views)

    @property
    def views(self) -> tuple[View, ...]:
        """How each member wants a picture prepared: image size and aspect."""
        return tuple(scorer.view for scorer in self._scorers)

    def of_views(self, views: Mapping[View, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Scores float32 (n, L) and features float32 (n, F), from one pass over pictures prepared as `views` says, uint8 (n, S, S)."""
        found = [scorer.of_views(views[scorer.view]) for scorer in self._scorers]
        return mean_scores([scores for scores, _ in found]), np.concatenate([features for _, features in found], axis=1)

    def told(self, name: str, scores: np.ndarray, said: Sequence[Remark]) -> Answer:
        """The answer that scores (L,) are, with what is to be said of the picture."""
        found = dict(zip(self.run.data.labels, map(float, scores), strict=True))
        thresholds = dict(self.run.operating_point.thresholds)
        warnings = tuple(remark.text for remark in said)
        return Answer(name, True, None, found, thresholds, self._decide(found, thresholds), warnings, is_doubtful(said))

    def _asked(self, labels: Sequence[str] | None) -> tuple[tuple[str, ...], list[int]]:
        known = self.run.data.labels
        strange = [label for label in labels or () if label not in known]
        if strange:
            raise ExplanationError(f"the run has no label {strange[0][:80]!r}", f"it has {', '.join(known)}")
        asked = tuple(labels) if labels else known
        return asked, [known.index(label) for label in asked]

    def _explanation(self, asked: tuple[str, ...], scores: list, maps: list[SquareMaps], methods: list[str]) -> Explanation:
        opposite = self.run.data.classes[0] if self.run.data.task == "binary" else None
        return Explanation(mean_scores(scores), asked, tuple(maps), " and ".join(dict.fromkeys(methods)), opposite)

    def _decide(self, found: dict[str, float], thresholds: dict[str, float]) -> dict[str, int]:
        y_score = np.array([list(found.values())], np.float32)
        return dict(zip(found, decide(y_score, self.run.data.task, tuple(found), thresholds)[0].tolist(), strict=True))
