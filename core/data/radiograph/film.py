"""The film: how attenuation becomes grey, with exposure, noise, and what lies on the patient or the cassette."""

import math
from dataclasses import dataclass

import numpy as np

from core.data.radiograph.chance import Chance, coarse
from core.data.radiograph.curves import decay, sine, softplus
from core.data.radiograph.fields import Frame, Strokes, View, bounded, soft_lines

_WHITE = 255
_TONES_PER_UNIT = 1024
_TONES = np.arange(-0.5, 2.0, 1 / _TONES_PER_UNIT, dtype=np.float32)  # attenuations of the table that develops a film
_MARKERS = ("", "", "L", "R")


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
    plate: bool  # the name plate of hospital B in the upper left corner


@dataclass(frozen=True)
class _House:
    """The habits of a hospital: mean exposure, range of contrast, grain against that of hospital A, a name plate on the film."""

    centre: float
    contrast: tuple[float, float]
    grain: float
    plate: bool


_HOUSES = {"A": _House(0.605, (4.1, 5.7), 1.0, False), "B": _House(0.58, (3.8, 5.1), 1.15, True)}


def random_view(chance: Chance) -> View:
    """How the patient stands: seldom straight, centred or filling the film alike."""
    return View(chance.uniform(0.96, 1.16), chance.normal(0, 0.035), chance.normal(0, 0.018), chance.normal(0.01, 0.02))


def random_film(chance: Chance, hospital: str, view: str) -> Film:
    """An exposure by the habits of a hospital; AP views, made at the bedside, are grainier, and leads lie on more of them."""
    house, bedside = _HOUSES[hospital], view == "AP"
    return Film(
        centre=chance.normal(house.centre, 0.045),
        contrast=chance.uniform(*house.contrast),
        gamma=coarse(math.exp(chance.normal(0, 0.13))),
        noise=chance.uniform(0.011, 0.037) * house.grain * (1.15 if bedside else 1),
        slope_across=chance.normal(0, 0.05),
        slope_down=chance.normal(0, 0.05),
        leads=sum(chance.happens(0.2 if bedside else 0.05) for _ in range(2)),
        marker=_MARKERS[chance.whole(0, len(_MARKERS))],
        plate=house.plate,
    )


def expose(film: Film, attenuation: np.ndarray, ground: Frame, chance: Chance) -> np.ndarray:
    """Attenuation, float32 (size, size), to grey, uint8 (size, size); dense is white."""
    attenuation = attenuation + film.slope_across * ground.u + film.slope_down * (ground.v - 0.5)
    if film.leads:
        attenuation += _leads(film, ground, chance)
    grey = _developed(film, attenuation)
    if film.marker:
        grey = np.maximum(grey, 0.97 * _marker(film.marker, ground, chance))
    if film.plate:
        size = ground.size
        grey[round(0.02 * size) : round(0.05 * size), round(0.02 * size) : round(0.11 * size)] = 0.95
    grey += _noise(film, grey, chance)
    return bounded(grey * _WHITE + 0.5, 0, _WHITE).astype(np.uint8)


def _developed(film: Film, attenuation: np.ndarray) -> np.ndarray:
    """The S-shaped curve of film, as a table: grey 0..1 of attenuation."""
    # a logistic curve to the power of gamma
    table = decay(film.gamma * softplus(film.contrast * (film.centre - _TONES)))
    return table.take(((attenuation - _TONES[0]) * _TONES_PER_UNIT).astype(np.intp), mode="clip")


def _noise(film: Film, grey: np.ndarray, chance: Chance) -> np.ndarray:
    """Quantum noise of each pixel: stronger where less radiation arrives, which is where the film is white."""
    return chance.normals(*grey.shape) * (film.noise * (0.5 + grey))


def _leads(film: Film, ground: Frame, chance: Chance) -> np.ndarray:
    """Leads of a monitor: an electrode on the chest and a thin wire from it to the edge of the film."""
    drawn = np.zeros((ground.size, ground.size), np.float32)
    along = np.linspace(0, 1, 250)
    for _ in range(film.leads):
        u, v, leave, bow = chance.uniform(-0.35, 0.35), chance.uniform(0.12, 0.75), chance.uniform(-0.45, 0.45), chance.normal(0, 0.1)
        wire = Strokes(u + (leave - u) * along + bow * sine(math.pi * along), v + (1.05 - v) * along, np.full(250, 0.3), (1.05 - v) / 250)
        drawn += soft_lines(ground, wire, 0.0028) + 0.2 * ground.disc(u, v, 0.016, 0.016, 0.15)
    return drawn


_LETTERS = {  # ends of the strokes, across and down in units of the height of the letter
    "L": [((0, 0), (0, 1)), ((0, 1), (0.55, 1))],
    "R": [((0, 0), (0, 1)), ((0, 0), (0.5, 0.05)), ((0.5, 0.05), (0.5, 0.45)), ((0.5, 0.45), (0, 0.5)), ((0.1, 0.5), (0.55, 1))],
}


def _marker(letter: str, ground: Frame, chance: Chance) -> np.ndarray:
    """A lead letter on the side that it names (the patient's right is on the left of the image), 0..1."""
    height, left, top = chance.uniform(0.045, 0.065), 0.37 if letter == "L" else -0.41, chance.uniform(0.05, 0.2)
    along = np.linspace(0, 1, 24)[:, None]
    start, end = (np.array(ends, float) for ends in zip(*_LETTERS[letter], strict=True))
    u, v = ((start[:, axis] + (end - start)[:, axis] * along).ravel() * height for axis in (0, 1))
    return np.minimum(1.3 * soft_lines(ground, Strokes(left + u, top + v, np.ones(u.shape), height / 16), 0.004), 1)
