"""The gate lets chest X-rays pass and remarks on what looks like none."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.images.decode import read
from core.images.decoded import Decoded
from core.images.gate import LAYOUT, likeness, remarks

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"
FOLDERS = {"kermany": DATA / "chest_xray" / "test", "nih": DATA / "nih" / "images"}


def chest(size: int = 256) -> np.ndarray:
    """uint8 (size, size): the layout itself, smoothly enlarged, with grain."""
    tones = Image.fromarray((110 + 1.2 * LAYOUT).astype(np.uint8)).resize((size, size), Image.Resampling.BICUBIC)
    grain = np.random.default_rng(0).normal(0, 4, (size, size))
    return np.clip(np.asarray(tones) + grain, 0, 255).astype(np.uint8)


def remark(pixels: np.ndarray) -> str:
    return " ".join(remarks(Decoded(pixels, "PNG", "L")))


@pytest.mark.parametrize("name", FOLDERS)
def test_at_most_3_percent_of_real_chest_x_rays_are_remarked_on(name):
    paths = [path for path in FOLDERS[name].rglob("*") if path.suffix in (".jpeg", ".jpg", ".png")]
    remarked = [path.name for path in paths if remarks(read(path))]
    assert len(paths) > 600
    assert len(remarked) <= 0.03 * len(paths), remarked


def test_most_inverted_chest_x_rays_are_remarked_on():
    paths = sorted(FOLDERS["kermany"].rglob("*.jpeg"))[::20]
    inverted = ["inverted" in remark(255 - read(path).pixels) for path in paths]
    assert np.mean(inverted) > 0.97


def test_most_chest_x_rays_that_lie_on_their_side_are_remarked_on():
    paths = sorted(FOLDERS["kermany"].rglob("*.jpeg"))[::20]
    assert np.mean([bool(remark(np.rot90(read(path).pixels))) for path in paths]) > 0.7


def test_a_chest_passes():
    assert remark(chest()) == ""


@pytest.mark.parametrize(
    ("pixels", "words"),
    [
        (chest(40), "very small"),
        (chest()[:90], "long and narrow"),
        (chest() // 12 + 100, "no contrast"),
        (255 - chest(), "inverted"),
        (chest().T, "does not look like"),
        (np.where(chest() > 100, 255, 0).astype(np.uint8), "2 different grey levels"),
        (np.where(np.arange(256) < 170, 0, chest()).astype(np.uint8), "one and the same grey level"),
        (np.random.default_rng(0).integers(0, 256, (256, 256), dtype=np.uint8), "does not look like"),
    ],
)
def test_what_looks_unlike_is_said_in_words(pixels, words):
    assert words in remark(pixels)


def test_likeness_is_the_correlation_with_the_layout():
    pixels = np.random.default_rng(2).integers(0, 256, (8, 8), dtype=np.uint8)
    assert likeness(pixels) == pytest.approx(np.corrcoef(pixels.ravel(), LAYOUT.ravel())[0, 1])
    assert likeness(np.full((32, 32), 7, dtype=np.uint8)) == 0
