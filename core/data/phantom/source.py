"""How a phantom is named: a specification, its source text, and the way back from the text.

"phantom:multilabel:images=20000:size=128:seed=0:noise=0.05:shifted" is everything that is needed to make the same data set again.
"""

from dataclasses import dataclass

from core.data.phantom.drawing import SIZES
from core.data.phantom.plan import CLASSES, LEAST_IMAGES, check, columns
from core.errors import DataError

DEFAULT_PHANTOM = "phantom"
MOST_NOISE = 0.4
_TITLES = {"binary": "Phantom, synthetic", "multiclass": "Phantom, 4 classes, synthetic", "multilabel": "Phantom, 14 findings, synthetic"}
_EXAMPLE = "Write it like phantom:multilabel:images=5000:size=128:seed=0:noise=0.05:shifted"


@dataclass(frozen=True)
class PhantomSpec:
    """`images` pictures of `size` pixels from `seed`.

    `task` is "binary" (normal, pneumonia), "multiclass" (normal, pneumonia, effusion, cardiomegaly) or "multilabel" (the labels of NIH
    ChestX-ray14, as frequent as there). `label_noise` is the share of wrong labels in train and val, 0 to 0.4; the labels of test stay
    true. Of single labels, this share of the images gets another class; of many labels, this share of the images with a label loses it,
    and as many others get it. `shifted`: the test split comes from hospital B alone, train and val from hospital A.

    Raises DataError for values out of bounds.
    """

    images: int
    size: int
    seed: int = 0
    task: str = "binary"
    label_noise: float = 0.0
    shifted: bool = False

    def __post_init__(self):
        check(self.images, self.seed, self.task)
        if not SIZES[0] <= self.size <= SIZES[1]:
            raise DataError(f"size is {self.size} pixels", f"it must lie between {SIZES[0]} and {SIZES[1]}")
        if not 0 <= self.label_noise <= MOST_NOISE:
            raise DataError(f"label noise is {self.label_noise}", f"it must lie between 0 and {MOST_NOISE}")

    @property
    def title(self) -> str:
        """For people."""
        noise = f", {100 * self.label_noise:g} % of labels wrong" if self.label_noise else ""
        return f"{_TITLES[self.task]}, {self.size} px{noise}{', tested on another hospital' if self.shifted else ''}"

    @property
    def classes(self) -> tuple[str, ...]:
        """All class names, for people."""
        return CLASSES.get(self.task, columns(self.task))

    @property
    def labels(self) -> tuple[str, ...]:
        """The columns of `Dataset.y`."""
        return columns(self.task)

    @property
    def source(self) -> str:
        """The text that `parse` turns into this specification again."""
        words = ["phantom", self.task, f"images={self.images}", f"size={self.size}", f"seed={self.seed}"]
        words += [f"noise={float(self.label_noise)!r}"] if self.label_noise else []
        return ":".join(words + (["shifted"] if self.shifted else []))


PHANTOMS = {
    DEFAULT_PHANTOM: PhantomSpec(2000, 128),
    "phantom-64": PhantomSpec(2000, 64),
    "phantom-224": PhantomSpec(2000, 224),
    "phantom-4class": PhantomSpec(2000, 128, task="multiclass"),
    "phantom-14": PhantomSpec(5000, 128, task="multilabel"),
}
_NUMBERS = {"images": ("images", int), "size": ("size", int), "seed": ("seed", int), "noise": ("label_noise", float)}


def is_phantom(source: str) -> bool:
    """Whether a source names a phantom: one of PHANTOMS, or a text that starts with "phantom:"."""
    return source in PHANTOMS or source.startswith("phantom:")


def parse(source: str) -> PhantomSpec:
    """The specification of a name in PHANTOMS or of a text like those of `PhantomSpec.source`.

    What is left out is as in the default phantom. Raises DataError for unknown words, a word twice, and values out of bounds.
    """
    if source in PHANTOMS:
        return PHANTOMS[source]
    first, *words = source.split(":")
    if first != "phantom":
        raise DataError(f"{source!r} names no phantom", f"the names are {', '.join(PHANTOMS)}", _EXAMPLE)
    default = PHANTOMS[DEFAULT_PHANTOM]
    given: dict[str, int | float | str | bool] = {}
    for word in words:
        field, value = _setting(word)
        if field in given:
            raise DataError(f"{source!r} says twice what {field} is", "each word is given once", _EXAMPLE)
        given[field] = value
    return PhantomSpec(**{"images": default.images, "size": default.size} | given)


def _setting(word: str) -> tuple[str, int | float | str | bool]:
    """The field of a specification that a word sets, and its value."""
    if word in LEAST_IMAGES:
        return "task", word
    if word == "shifted":
        return "shifted", True
    name, is_pair, text = word.partition("=")
    if name not in _NUMBERS or not is_pair:
        known = f"the words are {', '.join(LEAST_IMAGES)}, {', '.join(f'{key}=NUMBER' for key in _NUMBERS)} and shifted"
        raise DataError(f"{word!r} says nothing about a phantom", known, _EXAMPLE)
    field, number = _NUMBERS[name]
    try:
        return field, number(text)
    except ValueError:
        kind = "a whole number" if number is int else "a number"
        raise DataError(f"{name} is {text!r}", f"{kind} is expected", _EXAMPLE) from None
