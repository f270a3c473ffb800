"""From the numbers that a DICOM file stores to the grey levels that its makers meant to be seen (DICOM PS3.3 C.11.1 and C.11.2).

All of it maps number to number, so it is worked out once for every number that occurs, not for every pixel.
"""

import numpy as np
from pydicom import Dataset
from pydicom.pixels import apply_modality_lut, apply_voi

from core.images.grey import scale, to_8_bit

_WINDOW_IGNORED = "The DICOM file's display window leaves one grey level and was ignored."


def displayed(stored: np.ndarray, header: Dataset) -> tuple[np.ndarray, tuple[str, ...]]:
    """Grey levels, uint8 (H, W), bright = dense, of stored whole numbers (H, W), and warnings.

    Modality LUT; then VOI LUT, else the first window, else the rule of `core.images.grey`; last, MONOCHROME1 is inverted.
    """
    first = int(stored.min())
    index = stored.astype(np.int32) - first
    values = apply_modality_lut(np.arange(first, int(stored.max()) + 1), header)
    pixels, warnings = _toned(values, index, header)
    return (255 - pixels if header.PhotometricInterpretation == "MONOCHROME1" else pixels), warnings


def _toned(values: np.ndarray, index: np.ndarray, header: Dataset) -> tuple[np.ndarray, tuple[str, ...]]:
    """Pixels before inversion. `values` (N,) are those of the modality; `index` (H, W) says which of them a pixel has."""
    if header.get("VOILUTSequence"):
        return to_8_bit(apply_voi(values, header)[index]), ()
    window = _window(header)
    if window is None:
        return to_8_bit(values[index]), ()
    pixels = _windowed(values, *window)[index]
    if pixels.min() == pixels.max():
        return to_8_bit(values[index]), (_WINDOW_IGNORED,)
    return pixels, ()


def _window(header: Dataset) -> tuple[float, float, str] | None:
    """Centre, width and function of the first window; None where there is none that is wider than one number."""
    centre, width = _first(header.get("WindowCenter")), _first(header.get("WindowWidth"))
    if centre is None or width is None or not (np.isfinite(centre) and np.isfinite(width)) or width <= 1:
        return None
    return centre, width, str(header.get("VOILUTFunction") or "LINEAR").strip().upper()


def _first(numbers) -> float | None:
    """The first of one or several numbers, or None."""
    if numbers is None or numbers == "":
        return None
    several = np.atleast_1d(np.asarray(numbers, dtype=np.float64))
    return float(several[0]) if several.size else None


def _windowed(values: np.ndarray, centre: float, width: float, function: str) -> np.ndarray:
    """uint8 (N,), by the equations of DICOM PS3.3 C.11.2.1.2 and C.11.2.1.3."""
    numbers = values.astype(np.float64)
    if function == "SIGMOID":
        return scale(1 / (1 + np.exp(np.clip(-4 * (numbers - centre) / width, -50, 50))), 0, 1)
    if function == "LINEAR_EXACT":
        return scale(numbers, centre - width / 2, centre + width / 2)
    return scale(numbers, centre - 0.5 - (width - 1) / 2, centre - 0.5 + (width - 1) / 2)
