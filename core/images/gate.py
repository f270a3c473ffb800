"""Does a picture look like a frontal chest X-ray? Remarks in plain words, each a note or a warning; whoever asks decides what follows.

Pictures are judged by their pixels, by their colour, and by what their files say. Bounds were set on training images alone, of which
about one in fifty gets a warning; `benchmarks/gate.py` counts how many others do, and what is caught. A picture of a kind that was never
seen may pass: how far it is from the images that a model learned from is told by `core.inference.familiarity`.
"""

from math import ceil

import numpy as np
from PIL import Image

from core.images.chest_look import FILTERS, Look, look_of
from core.images.decode import at_side
from core.images.decoded import Decoded
from core.images.moire import peak
from core.images.raster import DRAFT_FACTOR
from core.images.remark import NOTE, Remark

MAX_ASPECT = 2.5  # the long side over the short one; chest films of infants reach 2
SMALL_SIDE = 64  # pixels
DETAIL_SIDE = 100  # pixels; smaller pictures are too coarse for their texture to be judged
MIN_CONTRAST = 40  # grey levels between the darkest and the brightest hundredth; the lowest of 1,245 real images is 99
MAX_FLAT_SHARE = 0.6  # of the pixels having one and the same grey level; the highest of 1,245 real images is 0.50
MIN_LEVELS = 32  # different grey levels; the fewest in 1,245 real images are 143
STRONG_COLOUR = 16  # see `Decoded.colour`; JPEG noise makes 2, the faint tint of a scanned film 5 to 10
MAX_PEAK = 3.6  # see `moire.peak`; of 5,762 training images 0.2 % have more
_VIEW_SIDE = 256  # pixels; pictures are reduced by whole factors to this at least, for speed, and so that fine grain does not count
_MODEL_SIDE = ceil(_VIEW_SIDE / DRAFT_FACTOR)  # the side at which a JPEG has as many pixels as are looked at, or more

_TURNS = {  # filter -> what would set the picture right, and what is said where it does
    "upright": ((np.flipud,), "The picture looks upside down."),
    "lying": ((np.rot90, lambda pixels: np.rot90(pixels, 3)), "The picture looks as if it lay on its side."),
    "inverted": ((np.invert,), "The picture looks inverted, with air white and bones black."),
}


def remarks(decoded: Decoded) -> tuple[Remark, ...]:
    """What is to be said of a picture before any answer, the same at whatever side it was decoded; of a usual chest X-ray nothing.

    Raises ImageError in the rare case that a JPEG, reduced, is one even grey.
    """
    pixels = view(at_side(decoded, _MODEL_SIDE).pixels)
    return (
        *(Remark(text, NOTE) for text in decoded.warnings),
        *map(Remark, decoded.doubts),
        *_of_colour(decoded.colour),
        *_of_shape(*decoded.native_size),
        *_of_tones(pixels),
        *_of_look(pixels),
    )


def view(pixels: np.ndarray) -> np.ndarray:
    """A picture, uint8 (H, W), less its finest detail where it has more than is looked at."""
    factor = min(pixels.shape) // _VIEW_SIDE
    return np.asarray(Image.fromarray(pixels).reduce(factor)) if factor > 1 else pixels


def _of_colour(colour: float) -> list[Remark]:
    return [Remark("The picture is in strong colour, which X-rays are not. Its brightness was used.")] if colour > STRONG_COLOUR else []


def _of_shape(width: int, height: int) -> list[Remark]:
    found, size = [], f"At {width} x {height} pixels, the picture is"
    if max(height, width) > MAX_ASPECT * min(height, width):
        found.append(Remark(f"{size} unusually long and narrow. Models see a square of it."))
    if min(height, width) < SMALL_SIDE:
        found.append(Remark(f"{size} very small. Fine signs of disease cannot be seen in it.", NOTE))
    return found


def _of_tones(pixels: np.ndarray) -> list[Remark]:
    counts = np.array(Image.fromarray(pixels).histogram())  # a third of the time of `np.bincount`
    dark, bright = np.searchsorted(np.cumsum(counts), [0.01 * pixels.size, 0.99 * pixels.size])
    flat_share, levels, found = counts.max() / pixels.size, np.count_nonzero(counts), []
    if bright - dark < MIN_CONTRAST:
        found.append(Remark(f"The picture has almost no contrast: {bright - dark} of 255 grey levels."))
    if flat_share > MAX_FLAT_SHARE:
        found.append(Remark(f"{flat_share:.0%} of the picture is one and the same grey level."))
    if levels < MIN_LEVELS:
        found.append(Remark(f"The picture has only {levels} different grey levels, as a drawing or a text has."))
    return found


def _of_look(pixels: np.ndarray) -> list[Remark]:
    look, is_fine = look_of(pixels), min(pixels.shape) >= DETAIL_SIDE
    found = _of_layout(look, pixels)
    if is_fine and look.texture > 1:
        found.append(Remark("Its detail and tones are not those of an X-ray, but as photographs, drawings, texts or noise have them."))
    if is_fine and look.both > 1 and not found:
        found.append(Remark("Layout and texture, taken together, are unlike those of chest X-rays."))
    if is_fine and peak(pixels) > MAX_PEAK:
        found.append(Remark("A regular pattern lies over the picture, as when a screen is photographed."))
    return found


def _of_layout(look: Look, pixels: np.ndarray) -> list[Remark]:
    wrong = [name for name, value in zip(FILTERS, look.filters, strict=True) if value < 0]
    if not wrong and look.layout <= 1:
        return []
    righted = min(((look_of(turned), words) for name in wrong for turned, words in _turned(name, pixels)),
                  key=lambda one: one[0].layout, default=None)  # fmt: skip
    if righted and righted[0].layout <= 1 and min(righted[0].filters) >= 0:
        return [Remark(righted[1])]
    return [Remark("Dark and bright do not lie as in an upright frontal chest X-ray.")]


def _turned(name: str, pixels: np.ndarray) -> list[tuple[np.ndarray, str]]:
    """What a filter's name says to be wrong, undone, and the words for it."""
    turns, words = _TURNS[name]
    return [(turn(pixels), words) for turn in turns]
