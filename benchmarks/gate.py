"""How many chest X-rays the gate warns of, and what else it catches: `python benchmarks/gate.py [--store STORE --run ID] [--images 200]`

The chests are test images, which no bound was set on: those of a run's data set, or without a run of Kermany and NIH. Each kind of other
picture is drawn or made from some of these chests, photographs are scikit-image's. With a run, the distance to its training images counts
too, and the first table tells both shares. The measures were chosen with pictures like these in view; their bounds and weights know
chest X-rays alone, so nothing is fitted to what is to be caught.
"""

import argparse
import sys
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.data import registry  # noqa: E402  (after the path is set)
from core.evaluation.proportion import wilson  # noqa: E402
from core.images.decode import decode, read  # noqa: E402
from core.images.decoded import Decoded  # noqa: E402
from core.images.gate import remarks  # noqa: E402
from core.images.remark import is_doubtful  # noqa: E402
from core.inference.familiarity import familiarity  # noqa: E402
from core.inference.predictor import Predictor  # noqa: E402
from core.runs.store import Store  # noqa: E402
from tests import other_pictures  # noqa: E402

FROM_A_CHEST = 20  # pictures of each kind that is made of chests
MOST_WARNED, LEAST_CAUGHT = 0.05, 0.95


def as_file(pixels: np.ndarray) -> Decoded:
    """As a picture comes in."""
    stream = BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return decode(stream.getvalue())


def chests_of_folders(folder: Path, images: int) -> dict[str, list[Decoded]]:
    """Test images of Kermany and of NIH."""
    held_out = set((folder / "nih/test_list.txt").read_text().split())
    paths = {
        "kermany": sorted((folder / "chest_xray/test").rglob("*.jpeg")),
        "nih": sorted(path for path in (folder / "nih/images").iterdir() if path.name in held_out),
    }
    return {name: [read(some[row]) for row in spread(len(some), images)] for name, some in paths.items()}


def chests_of_run(run, root: Path, images: int) -> dict[str, list[Decoded]]:
    """Test images of the run's data set."""
    dataset = registry.load(run.data.source, root)
    rows = dataset.rows("test")
    return {run.data.title: [dataset.reader.decoded(int(rows[row])) for row in spread(len(rows), images)]}


def spread(count: int, wanted: int) -> np.ndarray:
    """Numbers below `count`, at most as many as wanted, evenly apart."""
    return np.linspace(0, count - 1, min(wanted, count)).astype(int)


def others(chests: list[Decoded]) -> dict[str, list[Decoded]]:
    """Each kind of picture that is no upright chest X-ray."""
    some = [chests[row].pixels for row in spread(len(chests), FROM_A_CHEST)]
    found = {name: made() for name, made in other_pictures.OF_NOTHING.items()}
    found |= {name: [made(chest, seed) for seed, chest in enumerate(some)] for name, made in other_pictures.OF_A_CHEST.items()}
    return {name: [as_file(one) for one in made] for name, made in found.items()}


def warned(pictures: list[Decoded], asked) -> np.ndarray:
    """(n, 2) bool: by the gate alone, and with the distance to the training images of a run."""
    alone = np.array([is_doubtful(remarks(one)) for one in pictures])
    if asked is None:
        return np.stack([alone, alone], axis=1)
    predictor, known = asked
    far = np.array([one.is_far for one in known.of(np.stack([predictor.features_of_picture(picture) for picture in pictures]))])
    return np.stack([alone, alone | far], axis=1)


def line(name: str, found: np.ndarray, with_run: bool) -> str:
    """Shares with their 95 % intervals (Wilson)."""
    cells = [f"{name:28s} {len(found):5d}"]
    for column in found.T[: 1 + with_run]:
        low, high = wilson(int(column.sum()), len(column))
        cells.append(f"{100 * column.mean():6.1f} % ({100 * low:.1f} to {100 * high:.1f})".ljust(28))
    return "  ".join(cells)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data")
    parser.add_argument("--store", type=Path)
    parser.add_argument("--run")
    parser.add_argument("--images", type=int, default=200)
    arguments = parser.parse_args()
    asked = None
    chests = chests_of_folders(arguments.data, arguments.images)
    if arguments.run:
        store = Store(arguments.store)
        run = store.get(arguments.run)
        predictor = Predictor(store, run)
        asked = predictor, familiarity(predictor, arguments.store)
        chests = chests_of_run(run, arguments.store, arguments.images)
    print(f"{'':28s} {'n':>5s}  {'gate alone':26s}  {'with distance to training' if asked else ''}")
    real = {name: warned(some, asked) for name, some in chests.items()}
    print("\n".join(line(f"warned: {name}", found, asked is not None) for name, found in real.items()))
    made = {name: warned(some, asked) for name, some in others([one for some in chests.values() for one in some]).items()}
    print("\n".join(line(f"caught: {name}", found, asked is not None) for name, found in made.items()))
    print(line("caught: all", np.concatenate(list(made.values())), asked is not None))
    last = np.concatenate(list(real.values()))[:, 1].mean(), np.mean([found[:, 1].mean() for found in made.values()])
    print(
        f"mean over kinds {100 * last[1]:.1f} %; bars: at most {100 * MOST_WARNED:.0f} % warned, at least {100 * LEAST_CAUGHT:.0f} % caught"
    )
    return int(last[0] > MOST_WARNED or last[1] < LEAST_CAUGHT)


if __name__ == "__main__":
    sys.exit(main())
