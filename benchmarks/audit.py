"""How long the checks of a data set of NIH ChestX-ray14's size take: 112,120 images, 30,805 patients, 14 labels.

    .venv/bin/python benchmarks/audit.py [--images 112120]

Thumbnails are made: two phantoms laid over each other, one moved, with a smooth random field and noise; 1 % are brighter copies of
others. About as many of their pairs have like hashes as of real X-rays, 1 or 2 in 100,000; some are of the same two phantoms, and are
linked rightly. The near-copy search is set against two plain peers that compare all pairs; these run on a part of the images, and their
seconds are scaled by the square. About two minutes on two cores.
"""

import argparse
import sys
import tempfile
import time
import tracemalloc
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.data.dataset import ArrayReader, Dataset  # noqa: E402  (after the path is set)
from core.data.inspection.near_copies import ALIKE, HAMMING, SIDE, hashes, near_groups  # noqa: E402
from core.data.phantom.dataset import PhantomSpec, make_phantom  # noqa: E402
from core.data.resplit import by_patient  # noqa: E402
from core.data.splits import groups_of, split_off  # noqa: E402
from core.machine import this_machine  # noqa: E402

IMAGES, PATIENTS, LABELS = 112_120, 30_805, 14
COPIES = 0.01
BASES = 400
FIELD = 60  # grey levels times 64; how strong the smooth field is
CHUNK = 1000
PART = 6000  # images that the peers compare
SHARES = np.array([0.10, 0.02, 0.12, 0.18, 0.05, 0.06, 0.013, 0.05, 0.04, 0.02, 0.022, 0.015, 0.03, 0.002])  # about those of NIH's labels


def thumbnails(images: int, file: Path, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Made thumbnails as a memory map, and the pairs (row, copy of it), int (m, 2)."""
    from scipy.fft import idctn

    reader = make_phantom("bases", PhantomSpec(BASES, SIDE)).reader
    bases = np.stack([reader.read(row) for row in range(BASES)]).astype(np.float32)
    made = np.lib.format.open_memmap(file, mode="w+", dtype=np.uint8, shape=(images, SIDE, SIDE))
    for start in range(0, images, CHUNK):
        some = min(CHUNK, images - start)
        left, right = random.integers(0, BASES, (2, some))
        blend = (bases[left] + np.roll(bases[right], tuple(random.integers(-4, 5, 2)), axis=(1, 2))) / 2
        field = np.zeros((some, SIDE, SIDE), np.float32)
        field[:, :10, :10] = random.normal(0, FIELD, (some, 10, 10))
        made[start : start + some] = np.clip(blend + idctn(field, axes=(1, 2), norm="ortho") + random.normal(0, 3, blend.shape), 0, 255)
    pairs = random.permutation(images)[: 2 * int(COPIES * images / 2)].reshape(-1, 2)
    for row, copy in pairs:
        made[copy] = np.clip(made[row] * 1.1 + 10 + random.normal(0, 3, (SIDE, SIDE)), 0, 255)
    return made, pairs


def search(made: np.ndarray, pairs: np.ndarray) -> None:
    begun = time.perf_counter()
    groups = near_groups(made)
    seconds = time.perf_counter() - begun
    tracemalloc.start()
    near_groups(made)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    found = (groups[pairs[:, 0]] == groups[pairs[:, 1]]).mean()
    others = len(made) - len(np.unique(groups)) - round(found * len(pairs))
    print(f"near-copy search of {len(made):,} thumbnails: {seconds:.1f} s, peak {peak:.0f} MB;")
    print(f"  {found:.1%} of {len(pairs):,} planted copies found, {others} other links")


def peers(made: np.ndarray) -> None:
    part, scale = np.asarray(made[:PART]), (len(made) / PART) ** 2
    codes = hashes(part)
    begun = time.perf_counter()
    alike = sum(int((np.bitwise_count(codes[start : start + 500, None] ^ codes) <= HAMMING).sum()) for start in range(0, PART, 500))
    seconds = time.perf_counter() - begun
    print(
        f"peer, all pairs of hashes: {seconds:.2f} s for {PART:,}, scaled {seconds * scale:.0f} s ({(alike - PART) // 2} pairs, unverified)"
    )
    flat = part.reshape(PART, -1).astype(np.float32)
    begun = time.perf_counter()
    flat -= flat.mean(axis=1, keepdims=True)
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    alike = sum(int((flat[start : start + 500] @ flat.T >= ALIKE).sum()) for start in range(0, PART, 500))
    seconds = time.perf_counter() - begun
    print(f"peer, all pairs of pixels: {seconds:.2f} s for {PART:,}, scaled {seconds * scale:.0f} s ({(alike - PART) // 2} pairs)")


def splitting(images: int, random: np.random.Generator) -> None:
    y = (random.random((images, LABELS)) < SHARES).astype(np.uint8)
    patients = np.char.add("p", random.integers(0, round(PATIENTS / IMAGES * images), images).astype(str))
    ids = np.arange(images).astype(str)
    names = tuple(f"label {number}" for number in range(LABELS))
    dataset = Dataset("made", "made", "made", "multilabel", names, names, ids, np.full(images, "train"), y, patients,
                      ArrayReader(np.zeros((1, 1, 1), np.uint8)), SIDE, "none")  # fmt: skip
    begun = time.perf_counter()
    made = by_patient(dataset)
    seconds = time.perf_counter() - begun
    worst = max(abs(y[made.rows(split)].sum(axis=0) / y.sum(axis=0) - share).max() for split, share in
                (("train", 0.7), ("val", 0.15), ("test", 0.15)))  # fmt: skip
    print(f"resplit by patient, {images:,} x {LABELS}: {seconds:.1f} s; worst label {100 * worst:.2f} points off its share")
    begun = time.perf_counter()
    groups = groups_of(patients, None, images)
    split_off(y.argmax(axis=1), groups, 0.15, 0)
    print(f"split off val, {images:,} rows in {groups.max() + 1:,} groups: {time.perf_counter() - begun:.1f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=IMAGES)
    images = parser.parse_args().images
    random = np.random.default_rng(0)
    print(f"{this_machine().processor}, {this_machine().title}; numpy {np.__version__}")
    with tempfile.TemporaryDirectory() as folder:
        made, pairs = thumbnails(images, Path(folder) / "thumbnails.npy", random)
        search(made, pairs)
        peers(made)
    splitting(images, random)


if __name__ == "__main__":
    main()
