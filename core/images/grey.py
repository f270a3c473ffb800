"""Numbers of more than 8 bits to 8-bit grey levels, by one rule for every file format.

Whole numbers from 0 up are scaled by their significant bits: by the smallest of 255, 511, 1023, ... 65535, ... that covers all but a
thousandth of the pixels. So a 12-bit picture stored in 16 bits comes out neither black (as it would by the range of its type) nor
dependent on its own darkest and brightest pixel (as it would by minimum to maximum), and equals the 8-bit copy that others made of it
by dropping low bits. The thousandth that may be clipped is for burned-in markers, which often have the largest number of the type.
"""

import math

import numpy as np

from core.errors import ImageError

OUTLIER_PERCENT = 0.1  # of the pixels, at an end of the range


def to_8_bit(values: np.ndarray) -> np.ndarray:
    """Grey levels, uint8, of finite numbers of any shape and real dtype. Raises ImageError for NaN and infinity."""
    return scale(values, *display_range(values))


def display_range(values: np.ndarray) -> tuple[float, float]:
    """The numbers to be shown as black and as white: low < high.

    0 and 1 for fractions within 0..1; 0 and 2**bits - 1 for other numbers from 0 up (see the module); where there are negative numbers,
    which have no natural black, all but the outer thousandths. Raises ImageError for NaN and infinity.
    """
    smallest, largest = float(values.min()), float(values.max())
    if not (math.isfinite(smallest) and math.isfinite(largest)):
        raise ImageError("some pixels are not numbers or are infinite", "every pixel must be finite", "Export the picture again")
    if values.dtype.kind == "f" and smallest >= 0 and largest <= 1:
        return 0.0, 1.0
    low, high = (float(level) for level in np.percentile(values, [OUTLIER_PERCENT, 100 - OUTLIER_PERCENT]))
    if smallest >= 0:
        return 0.0, 2.0 ** _significant_bits(high) - 1
    return (low, high) if low < high else (smallest, max(largest, smallest + 1))


def _significant_bits(number: float) -> int:
    return max(8, math.ceil(number).bit_length())


def scale(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """`low` to 0 and `high` to 255, linear between, clipped outside: uint8 in the shape of `values`."""
    precise = values.astype(np.float64 if values.dtype.kind == "f" else np.float32)
    precise -= low
    precise *= 255 / (high - low)
    return np.rint(np.clip(precise, 0, 255, out=precise), out=precise).astype(np.uint8)
