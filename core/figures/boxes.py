"""A picture with its boxes drawn on it."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.data.dataset import Box
from core.figures.style import color_of

_LINE = 256  # a line is one pixel for each so many of the picture's longer side
_TEXT = 32  # and a letter is one pixel high for each so many


def with_boxes(pixels: np.ndarray, boxes: Sequence[Box]) -> np.ndarray:
    """Grey pixels uint8 (H, W) -> uint8 (H, W, 3), each box in a colour of its own with its label above it."""
    height, width = pixels.shape
    image = Image.fromarray(pixels).convert("RGB")
    pen = ImageDraw.Draw(image)
    line, letters = max(2, max(width, height) // _LINE), max(10, max(width, height) // _TEXT)
    for number, box in enumerate(boxes):
        corner = (box.left * width, box.top * height)
        opposite = (corner[0] + box.width * width, corner[1] + box.height * height)
        pen.rectangle((*corner, *opposite), outline=color_of(number + 4), width=line)
        pen.text((corner[0], max(0, corner[1] - letters * 1.2)), box.label, fill=color_of(number + 4), font=ImageFont.load_default(letters))
    return np.asarray(image)
