"""Does a picture look like a frontal chest X-ray? Remarks in plain words, never a refusal: the visitor decides.

The bounds were set so that 0 of 624 images of the Kermany test set and 5 of 621 NIH images get a remark; two of the five are inverted in
the data set itself. Pictures are judged by their pixels alone; what their files say of them is among `Decoded.warnings`.
"""

import numpy as np
from PIL import Image

from core.images.decoded import Decoded

MAX_ASPECT = 2.5  # the long side over the short one; chest films of infants reach 2
SMALL_SIDE = 64  # pixels
MIN_CONTRAST = 40  # grey levels between the darkest and the brightest hundredth; the lowest of 1,245 real images is 99
MAX_FLAT_SHARE = 0.6  # of the pixels having one and the same grey level; the highest of 1,245 real images is 0.50
MIN_LEVELS = 32  # different grey levels; the fewest in 1,245 real images are 143
MIN_LIKENESS = 0.25  # correlation with LAYOUT: half of the Kermany images have above 0.8, photographs lie around 0

# What a frontal chest X-ray looks like from very far: the mean of 521 Kermany training images and of 621 NIH images, each standardised and
# shrunk to 8 x 8, made symmetrical; 50 is one standard deviation.
LAYOUT = np.array(
    [
        [-65, -47, -24, 19, 19, -24, -47, -65],
        [-27, 1, -8, 12, 12, -8, 1, -27],
        [-22, 6, -27, 13, 13, -27, 6, -22],
        [-32, 0, -23, 30, 30, -23, 0, -32],
        [-42, -5, -5, 46, 46, -5, -5, -42],
        [-50, -5, 16, 55, 55, 16, -5, -50],
        [-57, 12, 47, 67, 67, 47, 12, -57],
        [-58, 33, 65, 75, 75, 65, 33, -58],
    ],
    dtype=np.float64,
)


def remarks(decoded: Decoded) -> tuple[str, ...]:
    """One sentence for each way in which the picture does not look like a frontal chest X-ray; empty when it looks like one."""
    pixels = decoded.pixels
    return tuple(text for text in (*_of_shape(*pixels.shape), *_of_tones(pixels), _of_layout(likeness(pixels))) if text)


def _of_shape(height: int, width: int) -> tuple[str, str]:
    narrow = max(height, width) > MAX_ASPECT * min(height, width)
    small = min(height, width) < SMALL_SIDE
    return (
        f"At {width} x {height} pixels, the picture is unusually long and narrow. Models see a square of it." if narrow else "",
        f"At {width} x {height} pixels, the picture is very small. Fine signs of disease cannot be seen in it." if small else "",
    )


def _of_tones(pixels: np.ndarray) -> tuple[str, str, str]:
    counts = np.bincount(pixels.ravel(), minlength=256)
    dark, bright = np.searchsorted(np.cumsum(counts), [0.01 * pixels.size, 0.99 * pixels.size])
    flat_share, levels = counts.max() / pixels.size, np.count_nonzero(counts)
    return (
        f"The picture has almost no contrast: {bright - dark} of 255 grey levels." if bright - dark < MIN_CONTRAST else "",
        f"{flat_share:.0%} of the picture is one and the same grey level." if flat_share > MAX_FLAT_SHARE else "",
        f"The picture has only {levels} different grey levels, as a drawing or a text has." if levels < MIN_LEVELS else "",
    )


def _of_layout(correlation: float) -> str:
    if correlation >= MIN_LIKENESS:
        return ""
    if correlation <= -MIN_LIKENESS:
        return "The picture looks inverted, with air white and bones black, or it is no frontal chest X-ray."
    return "The picture does not look like an upright frontal chest X-ray."


def likeness(pixels: np.ndarray) -> float:
    """Correlation, -1..1, of a picture, uint8 (H, W), with the layout of frontal chest X-rays; 0 when it is even all over."""
    far = np.asarray(Image.fromarray(pixels).resize(LAYOUT.shape, Image.Resampling.BOX), dtype=np.float64)
    if far.std() == 0:
        return 0.0
    return float(np.mean((far - far.mean()) * (LAYOUT - LAYOUT.mean())) / (far.std() * LAYOUT.std()))
