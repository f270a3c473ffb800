"""What would spoil a comparison: copies of images, and patients, on both sides of a split.

Images of UNLABELLED are never trained or tested on, so they spoil nothing; copies of labelled images among them are counted apart, since
a score for them would be a score for what the model has seen.
"""

from dataclasses import dataclass, fields

import numpy as np

from core.data.dataset import SPLITS, UNLABELLED, Dataset

EXAMPLES = 5  # groups of each kind
_SHOWN = 6  # images of a group

COPIES_ACROSS, COPIES_WITHIN = "byte-equal copies across splits", "byte-equal copies inside a split"
NEAR_ACROSS, NEAR_WITHIN = "near copies across splits", "near copies inside a split"
PATIENTS_ACROSS, LABELS_DIFFER = "a patient across splits", "byte-equal copies with other labels"
UNLABELLED_COPIES = "copies of labelled images without labels"


@dataclass(frozen=True)
class Example:
    """A group of images that belong together. `kind` is one of the kinds above; `key` the patient, or "".

    `image_ids` are the first few of `images`, in the order of splits and with one of each split at least; `splits` theirs.
    """

    kind: str
    key: str
    images: int
    image_ids: tuple[str, ...]
    splits: tuple[str, ...]


@dataclass(frozen=True)
class Audit:
    """How far the splits keep apart what belongs together.

    `split_level` is "patient" (no patient and no copy in two splits), "image" (some are), or "unknown" (patients are not known).
    `duplicates_within` counts groups of byte-equal images inside one split, `duplicates_across` groups that lie in several;
    `patients_across` counts patients with images in several splits, None where patients are unknown.
    `near_within` and `near_across` count groups of near copies that are not all byte-equal; None where nobody looked for them.
    `labels_differ` counts groups of byte-equal images that do not all have the same labels.
    `unlabelled_copies` counts groups of byte-equal images in UNLABELLED and in a labelled split too.
    """

    split_level: str
    duplicates_within: int
    duplicates_across: int
    patients_across: int | None
    near_within: int | None = None
    near_across: int | None = None
    labels_differ: int = 0
    unlabelled_copies: int = 0
    examples: tuple[Example, ...] = ()

    def as_dict(self) -> dict:
        """Every count, without the examples; plain enough for JSON."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "examples"}

    def table(self) -> list[dict[str, str | int]]:
        """The examples as rows of a table, one per group."""
        return [
            {"what": one.kind, "patient": one.key, "images": one.images, "splits": ", ".join(dict.fromkeys(one.splits)),
             "first images": ", ".join(one.image_ids)}
            for one in self.examples
        ]  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Groups:
    """Images gathered by a key: `of_row` (n,) int, -1 where a row has no key; `splits` (G, splits) counts of rows."""

    of_row: np.ndarray
    splits: np.ndarray

    @property
    def across(self) -> np.ndarray:
        """(G,) bool: in several labelled splits."""
        return (self.splits[:, : len(SPLITS)] > 0).sum(axis=1) > 1

    @property
    def within(self) -> np.ndarray:
        """(G,) bool: twice or more in one labelled split."""
        return (self.splits[:, : len(SPLITS)] > 1).any(axis=1)

    @property
    def unlabelled_too(self) -> np.ndarray:
        """(G,) bool: in UNLABELLED and in a labelled split."""
        return (self.splits[:, len(SPLITS)] > 0) & (self.splits[:, : len(SPLITS)] > 0).any(axis=1)


def audit(dataset: Dataset, near: np.ndarray | None = None) -> Audit:
    """The audit of a data set as it is split. `near` (n,) int numbers near copies alike: `near_copies.near_groups` of its thumbnails."""
    copies = _gather(dataset.content_hashes, dataset)
    patients = _gather(dataset.patients, dataset)
    alike = _gather(near, dataset)
    several = _several_contents(alike, dataset)
    differ = _several_labels(copies, dataset)
    kinds = (
        (COPIES_ACROSS, copies, copies.across), (NEAR_ACROSS, alike, alike.across & several), (PATIENTS_ACROSS, patients, patients.across),
        (LABELS_DIFFER, copies, differ), (COPIES_WITHIN, copies, copies.within), (NEAR_WITHIN, alike, alike.within & several),
        (UNLABELLED_COPIES, copies, copies.unlabelled_too),
    )  # fmt: skip
    count = {kind: int(chosen.sum()) for kind, _, chosen in kinds}
    patients_across = None if dataset.patients is None else count[PATIENTS_ACROSS]
    return Audit(
        split_level=_level(dataset, count[COPIES_ACROSS] + count[NEAR_ACROSS], patients_across),
        duplicates_within=count[COPIES_WITHIN], duplicates_across=count[COPIES_ACROSS], patients_across=patients_across,
        near_within=None if near is None else count[NEAR_WITHIN], near_across=None if near is None else count[NEAR_ACROSS],
        labels_differ=count[LABELS_DIFFER], unlabelled_copies=count[UNLABELLED_COPIES],
        examples=tuple(one for kind, groups, chosen in kinds for one in _examples(kind, groups, chosen, dataset)),
    )  # fmt: skip


def _level(dataset: Dataset, across: int, patients_across: int | None) -> str:
    if patients_across or across:
        return "image"
    known = dataset.patients is not None and bool((dataset.patients[dataset.splits != UNLABELLED] != "").all())
    return "patient" if known else "unknown"


def _gather(keys: np.ndarray | None, dataset: Dataset) -> _Groups:
    """Rows by key; "" and None are no key."""
    of_row = np.full(len(dataset), -1)
    if keys is not None:
        known = keys != "" if keys.dtype.kind in "UO" else np.ones(len(keys), bool)
        of_row[known] = np.unique(keys[known], return_inverse=True)[1]
    places = (*SPLITS, UNLABELLED)
    groups = of_row.max(initial=-1) + 1
    counts = [np.bincount(of_row[(dataset.splits == place) & (of_row >= 0)], minlength=groups) for place in places]
    return _Groups(of_row, np.stack(counts, axis=1))


def _several_contents(groups: _Groups, dataset: Dataset) -> np.ndarray:
    """(G,) bool: groups with two different files or more; a file without a hash equals no other."""
    contents = np.arange(len(dataset))
    if dataset.content_hashes is not None:
        index = np.unique(dataset.content_hashes, return_index=True, return_inverse=True)
        contents = np.where(dataset.content_hashes == "", contents, index[1][index[2]])
    return _values_per_group(groups, contents, np.ones(len(dataset), bool)) > 1


def _several_labels(groups: _Groups, dataset: Dataset) -> np.ndarray:
    """(G,) bool: groups whose labelled rows do not all have the same labels."""
    labels = np.unique(dataset.y, axis=0, return_inverse=True)[1].ravel()
    return _values_per_group(groups, labels, dataset.splits != UNLABELLED) > 1


def _values_per_group(groups: _Groups, values: np.ndarray, used: np.ndarray) -> np.ndarray:
    """How many different values, (n,) int, the used rows of each group have: (G,) int."""
    used = used & (groups.of_row >= 0)
    pairs = np.unique(np.stack([groups.of_row[used], values[used]], axis=1), axis=0)
    return np.bincount(pairs[:, 0], minlength=len(groups.splits))


def _examples(kind: str, groups: _Groups, chosen: np.ndarray, dataset: Dataset) -> list[Example]:
    found = []
    for number in np.flatnonzero(chosen)[:EXAMPLES]:
        rows = np.flatnonzero(groups.of_row == number)
        shown = _first_of_each_split(rows, dataset.splits)
        key = str(dataset.patients[rows[0]]) if kind == PATIENTS_ACROSS else ""
        found.append(Example(kind, key, len(rows), tuple(dataset.image_ids[shown].tolist()), tuple(dataset.splits[shown].tolist())))
    return found


def _first_of_each_split(rows: np.ndarray, splits: np.ndarray) -> np.ndarray:
    """At most _SHOWN rows, the first of every split among them, in the order of splits."""
    first = [rows[splits[rows] == place][:1] for place in (*SPLITS, UNLABELLED)]
    rest = [rows[splits[rows] == place][1:] for place in (*SPLITS, UNLABELLED)]
    shown = np.concatenate([*first, *rest])[:_SHOWN]
    place_of = {place: number for number, place in enumerate((*SPLITS, UNLABELLED))}
    return shown[np.argsort([place_of[str(split)] for split in splits[shown]], kind="stable")]
