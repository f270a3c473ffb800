"""A run of consecutive rows, decoded: the unit in which pixels are decoded, written, checked and, after an interruption, found again."""

from dataclasses import dataclass

import numpy as np

from core.data.dataset import Reader
from core.data.file_reader import FourChannelsError
from core.data.image_facts import ImageFacts
from core.errors import ImageError
from core.images.model_input import model_input

ROWS = 32  # of a chunk: about a tenth of a second of work
_UNKNOWN = (0, 0, "", "")  # the facts of a picture that could not be read


@dataclass(frozen=True, eq=False)
class Chunk:
    """Chunk `number` holds the rows of a data set from `number * ROWS` on, ROWS of them or what is left.

    `pixels` is uint8 (k, size, size) and `facts` has k rows; black and empty where a picture failed. `failed` gives, by the place of a
    row in the chunk, the reason and its kind.
    """

    number: int
    pixels: np.ndarray
    facts: ImageFacts
    failed: dict[int, tuple[str, str]]


def rows_of(number: int, total: int) -> np.ndarray:
    """The rows that a chunk holds, (k,) int."""
    return np.arange(number * ROWS, min((number + 1) * ROWS, total))


def decode_chunk(reader: Reader, number: int, count: int, size: int, aspect: str) -> Chunk:
    """The chunk of a number, from a reader of its `count` rows alone."""
    pixels, facts, failed = np.zeros((count, size, size), np.uint8), [_UNKNOWN] * count, {}
    read = getattr(reader, "decoded", None) or (lambda place, side: Reader.decoded(reader, place, side))  # some readers have `read` only
    for place in range(count):
        try:
            picture = read(place, size)
            pixels[place] = model_input(picture, size, aspect)
            facts[place] = (*picture.native_size, picture.mode, picture.format)
        except ImageError as error:
            failed[place] = (str(error), "four channels" if isinstance(error, FourChannelsError) else "unreadable picture")
    return Chunk(number, pixels, ImageFacts.of(facts), failed)
