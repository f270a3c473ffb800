"""What is known of a published model: how to train it, on which data it was trained, and which figures its report gives.

Plain data. A figure is named as Cutpoint names the same number of a run ("test/accuracy"), or has a name of its own where no number of
a run is the same thing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.recipe import Recipe, build

Matrix = tuple[tuple[int, ...], ...]
FACTS = "facts"  # stands in the place of a split for figures of no split


@dataclass(frozen=True)
class Original:
    """The data of a report.

    `classes` as in a data set of the task, in the report's order; `labels` are the columns that a model answers with. `images` counts
    those of each split that the report tells ("all": of all splits), `per_class` those of each class in a split. `side` is the size in
    pixels to which larger images were brought; None where it is not told, or images may have been smaller.
    """

    name: str
    task: str
    classes: tuple[str, ...]
    images: Mapping[str, int] = field(default_factory=dict)
    per_class: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    side: int | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """All classes, or the positive one of two."""
        return self.classes[1:] if self.task == "binary" else self.classes


@dataclass(frozen=True)
class Figure:
    """A published number.

    `metric` is "<split>/<metric>", for one class "<split>/<metric>/<class>", or "facts/<name>" for what is of no split. `value` is a number
    (shares in 0..1), or a confusion matrix with the actual classes in rows. `words` say what must be known to read it.
    """

    metric: str
    value: float | Matrix
    words: str = ""

    @property
    def split(self) -> str:
        return self.metric.split("/")[0]

    @property
    def name(self) -> str:
        """The metric without its split and class."""
        return self.metric.split("/")[1]

    @property
    def label(self) -> str | None:
        """The class that the figure is of, if it is of one."""
        return (self.metric.split("/", 2) + [None])[2]

    def as_dict(self) -> dict:
        return {"metric": self.metric, "value": self.value, "words": self.words}


@dataclass(frozen=True)
class Published:
    """One published model.

    `settings` are those of `family`; what they leave out has Cutpoint's default. `base` is the id of the published model whose trained
    network yields the features, `rule` the operating point. `source` says where it comes from, `open_points` what the report leaves open
    and what stands in its place.
    """

    id: str
    title: str
    task: str
    family: str
    settings: Mapping
    source: str
    original: Original
    figures: tuple[Figure, ...]
    open_points: tuple[str, ...]
    base: str | None = None
    rule: str = "0.5"

    @property
    def recipe(self) -> Recipe:
        """Its recipe with seed 0; on a backbone in the place of the base run, which is named when it is there."""
        return build(self.family, self.settings)

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits other than train that its figures are of."""
        return tuple(split for split in ("val", "test") if any(figure.split == split for figure in self.figures))


def figures_of(split: str, **values: float) -> tuple[Figure, ...]:
    """Figures of one split by the names of their metrics."""
    return tuple(Figure(f"{split}/{name}", value) for name, value in values.items())


def class_figures(split: str, metric: str, classes: tuple[str, ...], values: tuple[float, ...]) -> tuple[Figure, ...]:
    """One figure for each class."""
    return tuple(Figure(f"{split}/{metric}/{name}", value) for name, value in zip(classes, values, strict=True))


def class_key(name: str) -> str:
    """A class name without case, blanks and marks, which data sets write in several ways."""
    return "".join(filter(str.isalnum, name)).casefold()
