"""What a model sees of a picture: the one way from a decoded picture to a model's square, for data sets and for uploads.

A JPEG is decoded at the reduced scale that suits the model (`core.images.decode.at_side`), be it now or before; so a picture scores the
same whether it comes from a data set or by itself.
"""

import numpy as np

from core.images.decode import at_side
from core.images.decoded import Decoded
from core.images.preprocess import resize

VERSION = 2  # raised when the same file would come out with other pixels; 1 decoded every JPEG in full


def model_input(picture: Decoded, size: int, aspect: str) -> np.ndarray:
    """uint8 (size, size) of a picture, at whatever side it was decoded.

    Raises ImageError in the rare case that a JPEG, reduced, is one even grey.
    """
    return resize(at_side(picture, size).pixels, size, aspect)
