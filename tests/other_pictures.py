"""Pictures that are no upright frontal chest X-rays, made here: what the gate is to catch.

Each kind gives a list of uint8 arrays, grey (H, W) or colour (H, W, 3), always the same. Photographs are those that scikit-image brings;
what is made of chest X-rays (inverted, turned, photographed from a screen) is made of those that are given.
"""

from collections.abc import Callable
from importlib.resources import files

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

PHOTOGRAPHS = (
    *("astronaut.png", "brick.png", "camera.png", "cell.png", "chelsea.png", "clock_motion.png", "coffee.png", "coins.png", "color.png"),
    *("grass.png", "gravel.png", "hubble_deep_field.jpg", "ihc.png", "microaneurysms.png", "moon.png", "motorcycle_left.png"),
    *("retina.jpg", "rocket.jpg"),
)
PRINTED = ("page.png", "text.png", "horse.png", "logo.png", "chessboard_GRAY.png", "phantom.png")
_WORDS = ("the", "patient", "was", "seen", "on", "tuesday", "and", "film", "shows", "no", "change", "since", "last", "report", "of", "day")


def photographs() -> list[np.ndarray]:
    """Of all things, in their own colours; the third is a photographer and the fifth a cat."""
    return [_brought(name) for name in PHOTOGRAPHS]


def grey_photographs() -> list[np.ndarray]:
    """The same without colour."""
    return [_grey(one) for one in photographs()]


def cat() -> np.ndarray:
    """uint8 (300, 451, 3)."""
    return _brought("chelsea.png")


def printed() -> list[np.ndarray]:
    """Scans of pages, signs and drawings."""
    return [_brought(name) for name in PRINTED]


def page(size: int = 16, inverted: bool = False) -> np.ndarray:
    """uint8 (1000, 800): a page of text in letters of `size` pixels."""
    rng, image = np.random.default_rng(size), Image.new("L", (800, 1000), 255)
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(size)
    for top in range(40, 960, int(1.4 * size)):
        draw.text((50, top), " ".join(rng.choice(_WORDS, size=max(3, 230 // size))), fill=0, font=font)
    return 255 - np.asarray(image) if inverted else np.asarray(image)


def pages() -> list[np.ndarray]:
    """Small, usual and large letters, black on white and white on black."""
    return [page(size, inverted) for size in (10, 16, 28) for inverted in (False, True)]


def noises() -> list[np.ndarray]:
    """White, normal, coarse and of every roughness between, and dots and waves."""
    rng = np.random.default_rng(0)
    found = [rng.integers(0, 256, (300, 300), dtype=np.uint8), _clipped(rng.normal(128, 40, (256, 256)))]
    found += [_cloud(rng, roughness) for roughness in (0.25, 0.5, 0.75, 1, 1.25, 1.5) for _ in range(2)]
    found += [
        np.where(rng.random((256, 256)) < 0.1, 255, 0).astype(np.uint8),
        np.tile(_clipped(127 + 120 * np.sin(np.arange(256) / 6)), (256, 1)),
    ]
    return found + [_enlarged(rng.integers(0, 256, (cells, cells), dtype=np.uint8), 256) for cells in (12, 64)]


def hand(seed: int = 0, side: int = 300) -> np.ndarray:
    """uint8 (side, side): a hand as an X-ray shows it, bones in soft tissue on black."""
    rng, scale = np.random.default_rng(seed), side / 300
    film = np.full((side, side), 10.0)
    _lay(film, 70, 3 * scale, lambda draw: draw.ellipse(_of(scale, 90, 150, 210, 280), fill=255))
    _lay(film, 70, 3 * scale, lambda draw: draw.rectangle(_of(scale, 115, 250, 185, 300), fill=255))
    for length, degrees in zip((80, 120, 135, 125, 100), np.linspace(-50, 40, 5) + rng.normal(0, 4, 5), strict=True):
        away = np.array([np.sin(np.radians(degrees)), -np.cos(np.radians(degrees))]) * scale
        start = np.array([150, 210]) * scale + 50 * away
        _bone(film, start, start + length * away, (0, 1), 26 * scale, 70)
        for part in ((-0.35, 0.05), (0.1, 0.42), (0.47, 0.72), (0.77, 0.97)):
            _bone(film, start, start + length * away, part, 11 * scale, 90)
    return _clipped(film + rng.normal(0, 3, film.shape))


def hands() -> list[np.ndarray]:
    """Ten, each with other fingers."""
    return [hand(seed) for seed in range(10)]


def other_bones() -> list[np.ndarray]:
    """A skull, a knee, and a slice of a chest, drawn roughly."""
    skull = [("ellipse", (30, 20, 270, 300), 190), ("ellipse", (45, 35, 255, 285), 120), ("ellipse", (80, 150, 140, 200), 60),
             ("ellipse", (160, 150, 220, 200), 60), ("rectangle", (100, 260, 200, 330), 150)]  # fmt: skip
    knee = [("rectangle", (60, 0, 200, 360), 70), ("rectangle", (95, 0, 165, 150), 170), ("ellipse", (75, 110, 185, 185), 180),
            ("ellipse", (75, 190, 185, 240), 175), ("rectangle", (100, 210, 160, 360), 165)]  # fmt: skip
    slice_ = [("ellipse", (20, 60, 280, 250), 110), ("ellipse", (50, 90, 140, 220), 15), ("ellipse", (160, 90, 250, 220), 15),
              ("ellipse", (130, 200, 170, 240), 230), ("ellipse", (120, 110, 190, 170), 130)]  # fmt: skip
    return [_drawn((300, 360), 5, skull), _drawn((260, 360), 8, knee), _drawn((300, 300), 0, slice_)]


def drawings() -> list[np.ndarray]:
    """A bar chart, lines, dots, ramps and a disc."""
    rng, chart, lines = np.random.default_rng(3), Image.new("RGB", (400, 300), "white"), Image.new("L", (400, 400), 255)
    for number, height in enumerate((50, 120, 80, 200, 160)):
        ImageDraw.Draw(chart).rectangle((40 + 60 * number, 280 - height, 80 + 60 * number, 280), fill="#1f77b4")
    for _ in range(30):
        ImageDraw.Draw(lines).line(rng.integers(0, 400, 4).tolist(), fill=0, width=3)
    dots = [
        ("ellipse", (x, y, x + wide, y + wide), tone)
        for x, y, wide, tone in rng.integers((0, 0, 5, 60), (350, 350, 175, 255), (12, 4)).tolist()
    ]
    ramp, rows = np.tile(np.linspace(0, 255, 300), (300, 1)).astype(np.uint8), np.mgrid[-1:1:300j, -1:1:300j]
    disc = (255 * np.exp(-3 * np.square(rows).sum(axis=0))).astype(np.uint8)
    return [np.asarray(chart), np.asarray(lines), _drawn((400, 400), 40, dots), ramp, ramp.T.copy(), ramp.T[::-1].copy(), disc, 255 - disc]


def false_colours(chest: np.ndarray) -> np.ndarray:
    """A chest X-ray in rainbow colours, uint8 (H, W, 3)."""
    level = chest[:, :, None] / 255
    return (255 * np.clip(1.5 - np.abs(4 * level - np.array([3, 2, 1])), 0, 1)).astype(np.uint8)


def on_screen(chest: np.ndarray, seed: int, bezel: bool = True) -> np.ndarray:
    """A photograph of a screen with a chest X-ray: fringes, a cast of colour, askew, and with the screen's edge unless cut away."""
    rng, side = np.random.default_rng(seed), 600
    rows, columns = np.mgrid[0:side, 0:side]
    period, angle, depth = rng.uniform(3, 9), rng.uniform(0.05, 0.5), rng.uniform(0.06, 0.2)
    along, across = columns * np.cos(angle) + rows * np.sin(angle), rows * np.cos(angle) - columns * np.sin(angle)
    fringes = 1 + depth * np.sin(2 * np.pi * along / period) * np.sin(2 * np.pi * across / (1.3 * period))
    cast = np.array([0.9 + 0.05 * rng.random(), 1.0, 1.0 + 0.15 * rng.random()])
    screen = _clipped((_enlarged(chest, side) * fringes)[:, :, None] * cast + 18)
    corners = np.array([(150, 50), (750, 60), (740, 640), (160, 650)]) + rng.uniform(-30, 30, (4, 2))
    seen = _askew(screen, corners, (900, 700))
    return seen if bezel else seen[90:610, 190:710]


OF_NOTHING: dict[str, Callable[[], list[np.ndarray]]] = {
    "photographs": photographs, "grey photographs": grey_photographs, "printed": printed, "pages of text": pages, "noise": noises,
    "hands": hands, "other bones": other_bones, "drawings": drawings,
}  # fmt: skip
OF_A_CHEST: dict[str, Callable[[np.ndarray, int], np.ndarray]] = {
    "inverted": lambda chest, seed: 255 - chest,
    "upside down": lambda chest, seed: chest[::-1].copy(),
    "turned by half": lambda chest, seed: chest[::-1, ::-1].copy(),
    "on the left side": lambda chest, seed: np.rot90(chest).copy(),
    "on the right side": lambda chest, seed: np.rot90(chest, 3).copy(),
    "false colours": lambda chest, seed: false_colours(chest),
    "screen": on_screen,
    "screen, filling the frame": lambda chest, seed: on_screen(chest, seed, bezel=False),
    "grey screen": lambda chest, seed: _grey(on_screen(chest, seed)),
}


def _brought(name: str) -> np.ndarray:
    return np.asarray(Image.open(str(files("skimage") / "data" / name)).convert("RGB"))


def _grey(colour: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(colour).convert("L"))


def _clipped(values: np.ndarray) -> np.ndarray:
    return np.clip(values, 0, 255).astype(np.uint8)


def _enlarged(pixels: np.ndarray, side: int) -> np.ndarray:
    return np.asarray(Image.fromarray(pixels).resize((side, side), Image.Resampling.BICUBIC))


def _cloud(rng: np.random.Generator, roughness: float) -> np.ndarray:
    """Noise whose amplitude falls with the frequency to the power of `roughness`."""
    frequency = np.fft.fftfreq(256)
    distance = np.hypot(*np.meshgrid(frequency, frequency))
    distance[0, 0] = 1
    found = np.fft.ifft2(np.fft.fft2(rng.normal(size=(256, 256))) / distance**roughness).real
    return _clipped(128 + 50 * (found - found.mean()) / found.std())


def _of(scale: float, *places: float) -> list[float]:
    return [scale * place for place in places]


def _lay(film: np.ndarray, density: float, blur: float, shape: Callable) -> None:
    mask = Image.new("L", film.shape[::-1], 0)
    shape(ImageDraw.Draw(mask))
    film += density / 255 * np.asarray(mask.filter(ImageFilter.GaussianBlur(blur)), float)


def _bone(film: np.ndarray, start: np.ndarray, end: np.ndarray, part: tuple[float, float], width: float, density: float) -> None:
    ends = [*(start + (end - start) * part[0]), *(start + (end - start) * part[1])]
    _lay(film, density, 1.2 + width / 15, lambda draw: draw.line(ends, fill=255, width=int(width)))


def _drawn(size: tuple[int, int], ground: int, shapes: list) -> np.ndarray:
    image = Image.new("L", size, ground)
    for kind, place, tone in shapes:
        getattr(ImageDraw.Draw(image), kind)(place, fill=tone)
    film = np.asarray(image.filter(ImageFilter.GaussianBlur(4)), float)
    return _clipped(film + np.random.default_rng(0).normal(0, 4, film.shape))


def _askew(screen: np.ndarray, corners: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A square seen with its corners at these places, on grey-brown."""
    side = len(screen)
    rows, right = [], []
    for (x, y), (u, v) in zip(corners, [(0, 0), (side, 0), (side, side), (0, side)], strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    way = tuple(np.linalg.solve(np.array(rows), np.array(right)))
    seen, mask = (one.transform(size, Image.Transform.PERSPECTIVE, way, Image.Resampling.BILINEAR)
                  for one in (Image.fromarray(screen), Image.new("L", (side, side), 255)))  # fmt: skip
    ground = Image.new("RGB", size, (60, 55, 50))
    ground.paste(seen, (0, 0), mask)
    return np.asarray(ground)
