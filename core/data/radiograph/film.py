"""The film: how attenuation becomes grey, with exposure, noise, and what lies on the patient or the cassette."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from core.data.radiograph.fields import Frame, Strokes, View, bounded, soft_lines

_WHITE = 255
_TONES_PER_UNIT = 1024
_TONES = np.arange(-0.5, 2.0, 1 / _TONES_PER_UNIT, dtype=np.float32)  # attenuations of the table that develops a film
_NORMAL_QUANTILES = ndtri((np.arange(256) + 0.5) / 256).astype(np.float32)  # a random byte to a normal value: ten times as fast


@dataclass(frozen=True)
class Film:
    """How one image was exposed and developed."""

    centre: float  # attenuation that becomes middle grey
    contrast: float
    gamma: float
    noise: float  # deviation at middle grey, as a share of white
    slope_across: float  # uneven exposure, as attenuation over the whole side
    slope_down: float
    leads: int
    marker: str  # "", "L" or "R"


def random_view(rng: np.random.Generator) -> View:
    """How the patient stands: seldom straight, centred or filling the film alike."""
    return View(rng.uniform(0.96, 1.16), rng.normal(0, 0.035), rng.normal(0, 0.018), rng.normal(0.01, 0.02))


def random_film(rng: np.random.Generator) -> Film:
    """An exposure."""
    return Film(
        centre=rng.normal(0.6, 0.045),
        contrast=rng.uniform(4.0, 5.6),
        gamma=float(np.exp(rng.normal(0, 0.13))),
        noise=rng.uniform(0.012, 0.04),
        slope_across=rng.normal(0, 0.05),
        slope_down=rng.normal(0, 0.05),
        leads=int(rng.binomial(2, 0.1)),
        marker=("", "", "L", "R")[rng.integers(4)],
    )


def expose(film: Film, attenuation: np.ndarray, ground: Frame, rng: np.random.Generator) -> np.ndarray:
    """Attenuation, float32 (size, size), to grey, uint8 (size, size); dense is white."""
    attenuation = attenuation + film.slope_across * ground.u + film.slope_down * (ground.v - 0.5)
    if film.leads:
        attenuation += _leads(film, ground, rng)
    grey = _developed(film, attenuation)
    if film.marker:
        grey = np.maximum(grey, 0.97 * _marker(film.marker, ground, rng))
    grey += _noise(film, grey, rng)
    return bounded(grey * _WHITE + 0.5, 0, _WHITE).astype(np.uint8)


def _developed(film: Film, attenuation: np.ndarray) -> np.ndarray:
    """The S-shaped curve of film, as a table: grey 0..1 of attenuation."""
    table = (1 + np.exp(film.contrast * (film.centre - _TONES))) ** np.float32(-film.gamma)
    return table.take(((attenuation - _TONES[0]) * _TONES_PER_UNIT).astype(np.intp), mode="clip")


def _noise(film: Film, grey: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Quantum noise of each pixel: stronger where less radiation arrives, which is where the film is white."""
    grain = np.frombuffer(rng.bytes(grey.size), np.uint8).reshape(grey.shape)
    return _NORMAL_QUANTILES.take(grain) * (film.noise * (0.5 + grey))


def _leads(film: Film, ground: Frame, rng: np.random.Generator) -> np.ndarray:
    """Leads of a monitor: an electrode on the chest and a thin wire from it to the edge of the film."""
    drawn = np.zeros((ground.size, ground.size), np.float32)
    along = np.linspace(0, 1, 250)
    for _ in range(film.leads):
        u, v, leave, bow = rng.uniform(-0.35, 0.35), rng.uniform(0.12, 0.75), rng.uniform(-0.45, 0.45), rng.normal(0, 0.1)
        wire = Strokes(u + (leave - u) * along + bow * np.sin(math.pi * along), v + (1.05 - v) * along, np.full(250, 0.3), (1.05 - v) / 250)
        drawn += soft_lines(ground, wire, 0.0028) + 0.2 * ground.disc(u, v, 0.016, 0.016, 0.15)
    return drawn


_LETTERS = {  # ends of the strokes, across and down in units of the height of the letter
    "L": [((0, 0), (0, 1)), ((0, 1), (0.55, 1))],
    "R": [((0, 0), (0, 1)), ((0, 0), (0.5, 0.05)), ((0.5, 0.05), (0.5, 0.45)), ((0.5, 0.45), (0, 0.5)), ((0.1, 0.5), (0.55, 1))],
}


def _marker(letter: str, ground: Frame, rng: np.random.Generator) -> np.ndarray:
    """A lead letter on the side that it names (the patient's right is on the left of the image), 0..1."""
    height, left, top = rng.uniform(0.045, 0.065), 0.37 if letter == "L" else -0.41, rng.uniform(0.05, 0.2)
    along = np.linspace(0, 1, 24)[:, None]
    start, end = (np.array(ends, float) for ends in zip(*_LETTERS[letter], strict=True))
    u, v = ((start[:, axis] + (end - start)[:, axis] * along).ravel() * height for axis in (0, 1))
    return np.minimum(1.3 * soft_lines(ground, Strokes(left + u, top + v, np.ones(u.shape), height / 16), 0.004), 1)
