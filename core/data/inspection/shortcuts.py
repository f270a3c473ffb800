"""Do facts that are no finding tell the labels? Size, file format and brightness of an image should not; where they do, a model may
learn the hospital or the machine instead of the disease (Zech et al. 2018, PLOS Medicine 15:e1002683).

A decision tree of three questions sees nothing else of the images, and is asked for images of patients that it was not grown on.
"""

from dataclasses import dataclass
from math import sqrt

import numpy as np

from core.data.dataset import UNLABELLED, Dataset
from core.data.image_facts import ImageFacts
from core.data.splits import groups_of

FEWEST = 50  # images with a label, and as many without, or nothing is said of it
MOST = 5_000  # images with a label, and as many without, that are looked at
WARN_FROM = 0.6  # ROC AUC; the lower end of the interval must lie above it

_DEPTH, _LEAF, _FOLDS = 3, 20, 5
_FRAME = 4  # px of a thumbnail of 64
_TELLING = 0.1  # share of what a tree gains; a feature that gives less is not named
_MOST_KINDS = 6  # of modes or formats; rarer ones are one kind
_BRIGHTNESS = {"mean grey", "border grey"}


@dataclass(frozen=True)
class Shortcut:
    """How well facts tell a label from the rest.

    `roc_auc` is out of fold, `low` and `high` its 95 % interval. `features` are those that do it, the strongest first. `positives` and
    `negatives` count the images looked at. Where nothing can be said, `unavailable` says why, and the numbers are nan.
    """

    label: str
    roc_auc: float
    low: float
    high: float
    features: tuple[str, ...]
    positives: int
    negatives: int
    unavailable: str = ""

    @property
    def warns(self) -> bool:
        """Whether the facts tell the label clearly better than chance."""
        return not self.unavailable and self.low > WARN_FROM

    def __str__(self) -> str:
        if self.unavailable:
            return f"{self.label}: not available: {self.unavailable}"
        told = f"AUC {self.roc_auc:.2f} (95 % interval {self.low:.2f} to {self.high:.2f})"
        if not self.warns:
            return f"Size, format and brightness hardly tell {self.label}: {told}"
        part = ", which may in part be the disease itself" if set(self.features) <= _BRIGHTNESS else ""
        told_by = _and(self.features)
        return f"{told_by[0].upper()}{told_by[1:]} alone tell{'s' * (len(self.features) == 1)} {self.label} with {told}{part}"


@dataclass(frozen=True)
class Shortcuts:
    """The shortcuts of a data set, one per label, or `unavailable`, why none can be looked for."""

    found: tuple[Shortcut, ...]
    unavailable: str = ""

    @property
    def warnings(self) -> tuple[Shortcut, ...]:
        """Those to warn of, the strongest first."""
        return tuple(sorted((one for one in self.found if one.warns), key=lambda one: -one.roc_auc))

    @property
    def macro(self) -> float:
        """The mean ROC AUC of the labels that could be looked at; nan without any."""
        known = [one.roc_auc for one in self.found if not one.unavailable]
        return float(np.mean(known)) if known else float("nan")


def shortcuts(dataset: Dataset, facts: ImageFacts, thumbnails: np.ndarray, seed: int = 0) -> Shortcuts:
    """What width, height, aspect, mode, format, mean grey and border grey alone tell of each label; a class is told from the rest.

    Parameters
    ----------
    facts : a row per image. thumbnails : uint8 (n, 64, 64), a row per image. Rows of UNLABELLED are left out.
    seed : chooses the images looked at where there are more than MOST of a kind, and the folds.
    """
    columns, names = _columns(facts, thumbnails)
    if not names:
        return Shortcuts((), "all images have the same size, mode, format and brightness")
    random = np.random.default_rng(seed)
    groups = groups_of(dataset.patients, dataset.content_hashes, len(dataset))
    fold = random.integers(0, _FOLDS, groups.max() + 1)[groups]
    labelled = dataset.splits != UNLABELLED
    return Shortcuts(tuple(
        _shortcut(label, *_sampled(y, labelled, random), columns, names, fold, groups) for label, y in _labels(dataset)
    ))  # fmt: skip


def mean_grey(thumbnails: np.ndarray) -> np.ndarray:
    """The mean of each thumbnail, uint8 (n, H, W) -> float32 (n,), in grey levels 0..255."""
    return (_sums(thumbnails) / np.prod(thumbnails.shape[1:])).astype(np.float32)


def border_grey(thumbnails: np.ndarray) -> np.ndarray:
    """The mean of the outer frame, a sixteenth of the side wide, of each thumbnail: uint8 (n, 64, 64) -> float32 (n,)."""
    inner = thumbnails[:, _FRAME:-_FRAME, _FRAME:-_FRAME]
    pixels = np.prod(thumbnails.shape[1:]) - np.prod(inner.shape[1:])
    return ((_sums(thumbnails) - _sums(inner)) / pixels).astype(np.float32)


def _sums(pictures: np.ndarray) -> np.ndarray:
    """The sum of each picture, uint8 (n, H, W) -> int64 (n,)."""
    starts = range(0, len(pictures), 4096)
    return np.concatenate([pictures[start : start + 4096].sum(axis=(1, 2), dtype=np.uint32).astype(np.int64) for start in starts])


def _labels(dataset: Dataset) -> list[tuple[str, np.ndarray]]:
    return [(label, dataset.y[:, number] == 1) for number, label in enumerate(dataset.labels)]


def _columns(facts: ImageFacts, thumbnails: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """The facts as numbers, float32 (n, F), and the fact that each column tells of; those that are the same everywhere are left out."""
    width, height = facts.width.astype(np.float32), facts.height.astype(np.float32)
    columns = [("width", width), ("height", height), ("aspect", width / np.maximum(height, 1)),
               ("mean grey", mean_grey(thumbnails)), ("border grey", border_grey(thumbnails))]  # fmt: skip
    for name, kinds in (("mode", facts.mode), ("format", facts.format)):
        values, counts = np.unique(kinds, return_counts=True)
        columns += [(name, (kinds == value).astype(np.float32)) for value in values[np.argsort(-counts, kind="stable")][:_MOST_KINDS]]
    varied = [(name, column) for name, column in columns if np.ptp(column) > 0]
    return np.stack([column for _, column in varied], axis=1) if varied else np.empty((len(width), 0)), tuple(name for name, _ in varied)


def _sampled(y: np.ndarray, labelled: np.ndarray, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Rows, in order, with at most MOST of each kind, and their labels, bool."""
    kinds = [np.flatnonzero(labelled & (y == value)) for value in (True, False)]
    rows = np.sort(np.concatenate([random.choice(kind, MOST, replace=False) if len(kind) > MOST else kind for kind in kinds]))
    return rows, y[rows]


def _shortcut(
    label: str, rows: np.ndarray, y: np.ndarray, columns: np.ndarray, names: tuple[str, ...], fold: np.ndarray, groups: np.ndarray
) -> Shortcut:
    positives, negatives = int(y.sum()), int((~y).sum())
    few = min(positives, negatives)
    if few < FEWEST:
        which = "with" if positives == few else "without"
        return _unavailable(label, f"{few} images {which} it, {FEWEST} are needed", positives, negatives)
    units = [len(np.unique(groups[rows[kind]])) for kind in (y, ~y)]
    if min(units) < _FOLDS:
        return _unavailable(label, f"images of {min(units)} patients only, {_FOLDS} are needed", positives, negatives)
    y_score, gain = _out_of_fold(columns[rows], y, fold[rows])
    roc_auc = _roc_auc(y, y_score)
    low, high = hanley_mcneil(roc_auc, *units)
    return Shortcut(label, roc_auc, low, high, _telling(gain, names), positives, negatives)


def _unavailable(label: str, why: str, positives: int, negatives: int) -> Shortcut:
    return Shortcut(label, float("nan"), float("nan"), float("nan"), (), positives, negatives, why)


def _out_of_fold(columns: np.ndarray, y: np.ndarray, fold: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The score of each row from a tree that saw no image of its fold, (n,), and what each column gained the trees, (F,)."""
    from sklearn.tree import DecisionTreeClassifier

    y_score, gain = np.full(len(y), y.mean()), np.zeros(columns.shape[1])
    for number in np.unique(fold):
        held = fold == number
        if y[~held].all() or not y[~held].any():
            continue
        tree = DecisionTreeClassifier(max_depth=_DEPTH, min_samples_leaf=_LEAF, class_weight="balanced", random_state=0)
        tree.fit(columns[~held], y[~held])
        y_score[held] = tree.predict_proba(columns[held])[:, 1]
        gain += tree.feature_importances_
    return y_score, gain


def _telling(gain: np.ndarray, names: tuple[str, ...]) -> tuple[str, ...]:
    """The facts that gave the trees at least a tenth of what they gained, the strongest first."""
    total = dict.fromkeys(names, 0.0)
    for name, part in zip(names, gain / max(gain.sum(), 1e-12), strict=True):
        total[name] += float(part)
    return tuple(name for name in sorted(total, key=lambda name: -total[name]) if total[name] >= _TELLING)


def _roc_auc(y: np.ndarray, y_score: np.ndarray) -> float:
    """The share of pairs in the right order, ties half: the Mann-Whitney statistic."""
    from scipy.stats import rankdata

    positives, negatives = int(y.sum()), int((~y).sum())
    return float((rankdata(y_score)[y].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def hanley_mcneil(roc_auc: float, positives: int, negatives: int) -> tuple[float, float]:
    """The 95 % interval of a ROC AUC after Hanley and McNeil (1982), Radiology 143:29, within 0..1.

    Where patients have several images, the numbers of patients are to be given, which is cautious: an image more tells little more.
    """
    q1, q2 = roc_auc / (2 - roc_auc), 2 * roc_auc**2 / (1 + roc_auc)
    square = roc_auc**2
    spread = roc_auc * (1 - roc_auc) + (positives - 1) * (q1 - square) + (negatives - 1) * (q2 - square)
    half = 1.96 * sqrt(max(spread, 0) / (positives * negatives))
    return max(roc_auc - half, 0.0), min(roc_auc + half, 1.0)


def _and(words: tuple[str, ...]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
