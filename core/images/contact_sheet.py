"""Many small pictures as one JPEG file, side by side in rows."""

from collections.abc import Sequence
from io import BytesIO

import numpy as np
from PIL import Image

_QUALITY = 70


def contact_sheet(pictures: Sequence[np.ndarray], tile: int, columns: int) -> bytes:
    """Pictures uint8 (H, W), each squeezed to `tile` px, in rows of `columns`; the rest of the last row is black."""
    rows = -(-len(pictures) // columns)
    sheet = Image.new("L", (columns * tile, rows * tile))
    for number, pixels in enumerate(pictures):
        small = Image.fromarray(np.asarray(pixels)).resize((tile, tile), Image.Resampling.BILINEAR)
        sheet.paste(small, (number % columns * tile, number // columns * tile))
    file = BytesIO()
    sheet.save(file, "JPEG", quality=_QUALITY)
    return file.getvalue()
