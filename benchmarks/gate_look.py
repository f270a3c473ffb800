"""Makes core/images/chest_look.npz, what chest X-rays look like, from training images alone: `python benchmarks/gate_look.py FOLDER`

FOLDER holds `chest_xray/train` (Kermany) and `nih` (images and train_val_list.txt); the phantom is drawn here. Of each source some images
give means, directions and filters, and others the bounds. The filters learn to tell upright images from the same images turned, laid on a
side or inverted; no other picture is looked at.
"""

import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from core.data.phantom.drawing import draw, plan
from core.images.chest_look import FILE, GRID, distances, layout_of, squared, texture_of
from core.images.decode import read

SHARES = {"kermany": 0.4, "nih": 0.4, "phantom": 0.2}  # of the sources, however many images each has
FITTED = 0.7  # of a source's images; the others set the bounds
DIRECTIONS = 64  # of 256 along which layouts vary most; what is beside them counts alike
LAYOUT_SHRINK, TEXTURE_SHRINK = 0.3, 0.05  # added to variances, in units of a pixel of the layout, and of a texture measure
QUANTILE = 0.985  # of the images that set bounds, of the source with the widest, lie within a bound
FILTER_QUANTILE = 0.02
MOST = 2000  # images of a source


def squares(folder: Path) -> dict[str, np.ndarray]:
    """Uint8 (n, SIDE, SIDE) of each source, shuffled."""
    rng = np.random.default_rng(0)
    training = set((folder / "nih/train_val_list.txt").read_text().split())
    paths = {
        "kermany": sorted((folder / "chest_xray/train").rglob("*.jpeg")),
        "nih": sorted(path for path in (folder / "nih/images").iterdir() if path.name in training),
    }
    found = {name: [some[row] for row in rng.permutation(len(some))[:MOST]] for name, some in paths.items()}
    made = {name: np.stack([squared(read(path).pixels) for path in some]) for name, some in found.items()}
    return made | {"phantom": np.stack([squared(draw(case, 128)) for case in plan(400, 5)])}


def learn(parts: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """All arrays of the file, from the squares of each source."""
    cut = {name: int(FITTED * len(some)) for name, some in parts.items()}
    layouts = {name: np.stack([layout_of(one) for one in some]) for name, some in parts.items()}
    textures = {name: np.stack([texture_of(one) for one in some]) for name, some in parts.items()}
    weights = np.concatenate([np.full(cut[name], SHARES[name] / cut[name]) for name in parts])
    fitted = np.concatenate([layouts[name][: cut[name]] for name in parts])
    found = _layouts(fitted, weights) | _textures(np.concatenate([textures[name][: cut[name]] for name in parts]), weights)
    found["bounds"] = np.ones(3)
    for column in ([0, 1], [2]):  # that of both counts in the bounds of the two
        far = {name: distances(found, layouts[name][cut[name] :], textures[name][cut[name] :]) for name in parts}
        found["bounds"][column] = np.max([np.quantile(one, QUANTILE, axis=0) for one in far.values()], axis=0)[column]
    found["filters"], starts = _filters(fitted, weights)
    held = [np.quantile(layouts[name][cut[name] :] @ found["filters"].T, FILTER_QUANTILE, axis=0) for name in parts]
    found["filter_bounds"] = np.minimum(np.min(held, axis=0), -starts)
    return found


def _layouts(layouts: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    both, twice = np.concatenate([layouts, _turned(layouts, lambda one: one[:, :, ::-1])]), np.tile(weights / 2, 2)
    mean = twice @ both
    variances, directions = np.linalg.eigh(((both - mean).T * twice) @ (both - mean))
    kept, rest = slice(-DIRECTIONS, None), variances[:-DIRECTIONS].mean()
    return {"layout_mean": mean, "directions": directions[:, kept].T, "weights": 1 / (variances[kept] + LAYOUT_SHRINK),
            "rest_weight": 1 / (rest + LAYOUT_SHRINK)}  # fmt: skip


def _textures(textures: np.ndarray, weights: np.ndarray) -> dict[str, np.ndarray]:
    mean = weights @ textures
    spread = np.sqrt(weights @ np.square(textures - mean))
    scaled = (textures - mean) / spread
    inverse = np.linalg.inv((scaled.T * weights) @ scaled + TEXTURE_SHRINK * np.eye(len(mean)))
    return {"texture_mean": mean, "texture_spread": spread, "texture_inverse": inverse}


def _filters(layouts: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Three directions (3, GRID * GRID) and what is added to each."""
    wrong = {
        "upright": [lambda one: one[:, ::-1], lambda one: one[:, ::-1, ::-1]],
        "lying": [lambda one: np.rot90(one, 1, (1, 2)), lambda one: np.rot90(one, 3, (1, 2))],
        "inverted": [lambda one: -one, lambda one: -one[:, :, ::-1]],
    }
    right = np.concatenate([layouts, _turned(layouts, lambda one: one[:, :, ::-1])])
    fitted = []
    for changes in wrong.values():
        x = np.concatenate([right, *[_turned(layouts, change) for change in changes]])
        model = LogisticRegression(C=1.0, max_iter=2000)
        fitted.append(model.fit(x, np.repeat([1, 0], len(right)), sample_weight=np.tile(weights, 4)))
    return np.concatenate([model.coef_ for model in fitted]), np.concatenate([model.intercept_ for model in fitted])


def _turned(layouts: np.ndarray, change) -> np.ndarray:
    return change(layouts.reshape(-1, GRID, GRID)).reshape(len(layouts), -1)


def main() -> None:
    found = learn(squares(Path(sys.argv[1])))
    np.savez_compressed(FILE, **{name: np.asarray(one, np.float32) for name, one in found.items()})
    print(f"{FILE.name}: {FILE.stat().st_size:,} bytes; bounds {found['bounds'].round(2)}, filters {found['filter_bounds'].round(2)}")


if __name__ == "__main__":
    main()
