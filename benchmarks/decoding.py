"""What the pixel cache costs: time on one core and on all, beside plain Pillow, and memory.

    .venv/bin/python benchmarks/decoding.py [--images 5216] [--many 20000] [--parts speed memory phantom]

It makes JPEG files of about 1,200 x 900 pixels in a temporary folder (about 200 kB each) and decodes them to 150 px. Each figure is
taken in a process of its own; files are in the system's memory, so that the disk is not measured. About four minutes on two cores.
Speed is taken in rounds, each with its share of the files, plain Pillow and the cache turn by turn.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path

import numpy as np
import psutil
from PIL import Image, features
from PIL import __version__ as pillow_version

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.data.cache.prepared import prepare  # noqa: E402  (after the path is set)
from core.data.dataset import Dataset  # noqa: E402
from core.data.file_reader import FileReader  # noqa: E402
from core.data.phantom.dataset import PhantomSpec, make_phantom  # noqa: E402
from core.data.phantom.drawing import draw, plan  # noqa: E402
from core.machine import this_machine  # noqa: E402

SIDE = 150  # px, of what is decoded
DRAWN, DISTINCT = 8, 160  # drawings, and files with grain of their own; further files are copies or links of these
PHANTOM_SIDE = 64
ROUNDS = 4


def make_files(folder: Path, count: int, linked: bool = False) -> None:
    """`count` JPEG files of about 1,200 x 900; `linked` ones share their bytes on the disk."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    grain = rng.normal(0, 4, (1300, 1700)).astype(np.float32)
    films = [Image.fromarray(draw(case, 512)) for case in plan(20, 1)[:DRAWN]]
    large = [
        np.asarray(film.resize((1140 + 20 * number, 830 + 20 * number), Image.Resampling.BICUBIC)) for number, film in enumerate(films)
    ]
    pictures = [_jpeg(large[number % DRAWN], grain, rng) for number in range(min(DISTINCT, count))]
    for number in range(count):
        file = folder / f"{number:05d}.jpg"
        if linked and number >= DISTINCT:
            file.hardlink_to(folder / f"{number % DISTINCT:05d}.jpg")
        else:
            file.write_bytes(pictures[number % DISTINCT])


def _jpeg(film: np.ndarray, grain: np.ndarray, rng: np.random.Generator) -> bytes:
    top, left = rng.integers(0, 300, 2)
    stream = BytesIO()
    noisy = film + grain[top : top + film.shape[0], left : left + film.shape[1]]
    Image.fromarray(noisy.clip(0, 255).astype(np.uint8)).save(stream, "JPEG", quality=85)
    return stream.getvalue()


def of_files(folder: Path) -> Dataset:
    files = tuple(sorted(folder.iterdir()))
    names = np.array([file.name for file in files])
    return Dataset(
        "bench", "bench", "bench", "binary", ("no", "yes"), ("yes",), names, np.full(len(names), "train"),
        np.zeros((len(names), 1), np.uint8), None, FileReader(files), 900, "none",
    )  # fmt: skip


def plain(folder: Path, cores: int) -> str:
    """One thread of plain Pillow, decoding in full."""
    begun = time.perf_counter()
    pixels = [np.array(Image.open(file).convert("L").resize((SIDE, SIDE), Image.Resampling.BILINEAR)) for file in sorted(folder.iterdir())]
    seconds = time.perf_counter() - begun
    np.save(folder.parent / "plain.npy", pixels[:DISTINCT])
    return f"{seconds}"


def cached(folder: Path, cores: int) -> str:
    """Seconds to decode, to read what was decoded (all pixels), and the mean difference from `plain` in grey levels."""
    dataset = of_files(folder)
    with tempfile.TemporaryDirectory(dir=folder.parent) as store:
        begun = time.perf_counter()
        prepare(dataset, SIDE, Path(store))
        seconds, reading = time.perf_counter() - begun, []
        for _ in range(5):
            begun = time.perf_counter()
            pixels = prepare(dataset, SIDE, Path(store)).of(np.arange(len(dataset)))[:]
            reading.append(time.perf_counter() - begun)
    difference = np.abs(np.load(folder.parent / "plain.npy").astype(int) - pixels[: min(DISTINCT, len(pixels))]).mean()
    return f"{seconds} {np.median(reading)} {difference}"


def many_files(folder: Path, cores: int) -> str:
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=folder.parent) as store:
        prepare(of_files(folder), SIDE, Path(store))
    return f"{time.perf_counter() - begun}"


def many_phantoms(folder: Path, images: int) -> str:
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory(dir=folder) as store:
        prepare(make_phantom("many", PhantomSpec(images, PHANTOM_SIDE)), PHANTOM_SIDE, Path(store))
    return f"{time.perf_counter() - begun}"


ACTS = {act.__name__: act for act in (plain, cached, many_files, many_phantoms)}


def measured(act: str, folder: Path, cores: int, number: int = 0) -> tuple[list[float], float]:
    """What an act printed, on so many cores, and the most memory in MB that its process and their children had together."""
    command = [sys.executable, __file__, "--act", act, str(folder), str(number)]
    some = set(sorted(os.sched_getaffinity(0))[:cores])
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=lambda: os.sched_setaffinity(0, some))
    watched, most = psutil.Process(process.pid), 0
    while process.poll() is None:
        most = max(most, _memory(watched))
        time.sleep(0.2)
    if process.returncode:
        sys.exit(f"{act} failed")
    return [float(word) for word in process.stdout.read().split()], most / 1e6


def _memory(process: psutil.Process) -> int:
    total = 0
    for one in (process, *_children(process)):
        try:
            total += one.memory_info().rss
        except psutil.Error:
            continue
    return total


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []


def speed(folder: Path, images: int, cores: int) -> None:
    parts = [folder / f"files-{number}" for number in range(ROUNDS)]
    for part in parts:
        make_files(part, images // ROUNDS)
    size = sum(file.stat().st_size for part in parts for file in part.iterdir()) / images / 1e3
    print(
        f"{images:,} JPEG files of about 1,200 x 900, {size:.0f} kB each, to {SIDE} px; {ROUNDS} rounds, turn by turn, the quickest counts:"
    )
    rounds = [
        (measured("plain", part, 1)[0], measured("cached", part, 1)[0], measured("cached", part, cores)[0], _told(number))
        for number, part in enumerate(parts)
    ]
    plainly, one, every = (ROUNDS * min(one_round[kind][0] for one_round in rounds) for kind in range(3))
    reading = ROUNDS * min(one_round[2][1] for one_round in rounds)
    print(f"  plain Pillow in full, one thread: {plainly:.1f} s")
    print(f"  cache, 1 core: {one:.1f} s ({plainly / one:.2f} times as fast)")
    print(f"  cache, {cores} cores: {every:.1f} s ({plainly / every:.2f} times as fast; {one / every:.2f} times 1 core)")
    print(f"  reading all pixels from the cache: {reading * 1e3:.0f} ms, 1/{every / reading:.0f} of decoding on {cores} cores")
    print(f"  mean difference from plain Pillow: {rounds[0][2][2]:.2f} of 255 grey levels", flush=True)


def _told(number: int) -> None:
    print(f"  round {number + 1} is over; load {os.getloadavg()[0]:.1f}", flush=True)


def memory(folder: Path, images: int, cores: int) -> None:
    make_files(folder / "many", images, linked=True)
    (seconds,), most = measured("many_files", folder / "many", cores)
    print(f"{images:,} such files, {cores} cores: {seconds:.1f} s, at most {most:.0f} MB with all processes", flush=True)


def phantom(folder: Path, images: int, cores: int) -> None:
    (seconds,), most = measured("many_phantoms", folder, cores, images)
    print(f"{images:,} phantoms of {PHANTOM_SIDE} px, {cores} cores: {seconds:.1f} s, at most {most:.0f} MB with all processes", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=5216)
    parser.add_argument("--many", type=int, default=20000)
    parser.add_argument("--parts", nargs="+", default=["speed", "memory", "phantom"])
    parser.add_argument("--act", nargs=3, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.act:
        name, folder, number = chosen.act
        print(ACTS[name](Path(folder), int(number)))
        return
    jpeg = f"libjpeg-turbo {features.version('libjpeg_turbo')}"
    print(f"{this_machine().processor}, {this_machine().title}; Pillow {pillow_version}, {jpeg}", flush=True)
    parts = {"speed": (speed, chosen.images), "memory": (memory, chosen.many), "phantom": (phantom, chosen.many)}
    with tempfile.TemporaryDirectory() as folder:
        for part in chosen.parts:
            parts[part][0](Path(folder), parts[part][1], this_machine().cores)


if __name__ == "__main__":
    main()
