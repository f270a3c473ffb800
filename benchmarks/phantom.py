"""The phantom's figures: milliseconds per image, and how near the labels of 20,000 planned images are to those of NIH ChestX-ray14.

    .venv/bin/python benchmarks/phantom.py [--frequencies ../shared/data/nih/Data_Entry_2017.csv] [--sheets FOLDER]

--frequencies counts NIH's combinations of labels again, compares and prints them as they stand in `core.data.phantom.frequencies`;
--sheets writes a contact sheet of each finding, from faint to plain, with its boxes below.
"""

import argparse
import csv
import sys
import time
from collections import Counter, defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.data.phantom.drawing import draw, plan, traces  # noqa: E402  (after the path is set)
from core.data.phantom.frequencies import NIH_LABELS, nih_combinations  # noqa: E402
from core.data.radiograph.findings import FINDINGS  # noqa: E402

GRADES = (0.1, 0.3, 0.5, 0.7, 0.9, 0.99)
SIDE = 224  # px of a picture in a contact sheet


def milliseconds(task: str, size: int, images: int = 60) -> float:
    """Processor time to draw an image, on one core."""
    cases = plan(200, 0, task)
    for case in cases[:15]:
        draw(case, size)
    begun = time.process_time()
    for case in cases[:images]:
        draw(case, size)
    return 1000 * (time.process_time() - begun) / images


def print_labels() -> None:
    """Shares of labels in NIH and in a plan of 20,000 images, and the widest gap among pairs."""
    combinations, counts = nih_combinations()
    names = [name.lower() for name in NIH_LABELS]
    ours = np.array([[name in dict(case.findings) for name in names] for case in plan(20000, 0, "multilabel")], float)
    weights = counts / counts.sum()
    for name, theirs, mine in zip(NIH_LABELS, weights @ combinations, ours.mean(axis=0), strict=True):
        print(f"  {name:18} NIH {100 * theirs:5.2f} %  phantom {100 * mine:5.2f} %")
    gap = (combinations.T * weights) @ combinations.astype(float) - ours.T @ ours / len(ours)
    np.fill_diagonal(gap, 0)
    print(f"  widest gap of a pair of labels: {np.abs(gap).max() * 20000:.1f} of 20,000 images")


def print_combinations(file: Path) -> None:
    """NIH's combinations of labels, counted, as text for `core.data.phantom.frequencies`."""
    with file.open() as rows:
        found = Counter(sum(1 << NIH_LABELS.index(name) for name in row["Finding Labels"].split("|") if name != "No Finding")
                        for row in csv.DictReader(rows))  # fmt: skip
    groups = defaultdict(list)
    for code, images in found.items():
        groups[images].append(code)
    for images in sorted(groups, reverse=True):
        print(f"{images}:{','.join(f'{code:x}' for code in sorted(groups[images]))}", end=" ")
    combinations, counts = nih_combinations()
    codes = combinations.astype(int) @ (1 << np.arange(len(NIH_LABELS)))
    print("\nas in the code" if dict(zip(codes.tolist(), counts.tolist(), strict=True)) == found else "\nNOT as in the code")


def sheet(name: str) -> Image.Image:
    """A finding in six patients, from faint to plain, and below the same with its boxes."""
    cases = [case for case in plan(200, 5) if case.view == "PA"]
    pictures, boxed = [], []
    for number, grade in enumerate(GRADES):
        case = replace(cases[7 * number], findings=((name, grade),))
        picture = Image.fromarray(draw(case, SIDE))
        pictures.append(np.array(picture))
        pen = ImageDraw.Draw(picture)
        for trace in traces(case, SIDE):
            rows, columns = np.nonzero(trace.mask > 0.3 * trace.mask.max())
            pen.rectangle((columns.min(), rows.min(), columns.max(), rows.max()), outline=255)
        pen.text((4, SIDE - 14), f"{name} {grade}", fill=255)
        boxed.append(np.array(picture))
    return Image.fromarray(np.vstack([np.hstack(pictures), np.hstack(boxed)]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frequencies", type=Path, metavar="FILE")
    parser.add_argument("--sheets", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    for task in ("binary", "multiclass", "multilabel"):
        print(f"{task}: " + ", ".join(f"{milliseconds(task, size):.1f} ms at {size} px" for size in (64, 128, 224)))
    print_labels()
    if arguments.frequencies:
        print_combinations(arguments.frequencies)
    if arguments.sheets:
        arguments.sheets.mkdir(parents=True, exist_ok=True)
        for name in FINDINGS:
            sheet(name).save(arguments.sheets / f"{name}.png")


if __name__ == "__main__":
    main()
