"""How long the tables of NIH ChestX-ray14 take: all 112,120 rows read, joined with the files that are here, and split by patient.

python benchmarks/tables.py --nih ../shared/data/nih

The published tables are read where they lie; a temporary folder holds an empty file for each image, so that every row is joined. Beside
it, in the same run, the plain way: pandas reads the table and merges it with a list of the files, with pathlib and without any check.
"""

import argparse
import shutil
import tempfile
import time
from pathlib import Path

import pandas as pd

from core.data.layouts.nih import read_nih
from core.data.layouts.tree import walk

TABLES = ("Data_Entry_2017.csv", "train_val_list.txt", "test_list.txt", "BBox_List_2017.csv")


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _fill(folder, arguments.nih)
        ours = min(_seconds(_ours, folder) for _ in range(arguments.times))
        plain = min(_seconds(_plain, folder) for _ in range(arguments.times))
    print(f"Cutpoint {ours:.2f} s, plain pandas {plain:.2f} s, ratio {plain / ours:.2f}; best of {arguments.times}")


def _ours(folder: Path) -> None:
    found = read_nih(walk(folder))
    assert len(found.names) == 112_120


def _plain(folder: Path) -> None:
    table = pd.read_csv(folder / TABLES[0])
    files = pd.DataFrame({"path": list(folder.rglob("*.png"))})
    files["Image Index"] = [path.name for path in files["path"]]
    joined = table.merge(files, on="Image Index")
    labels = joined["Finding Labels"].str.get_dummies("|")
    test = joined["Image Index"].isin((folder / TABLES[2]).read_text().split())
    assert len(labels) == len(test) == 112_120


def _fill(folder: Path, nih: Path) -> None:
    for name in TABLES:
        shutil.copy(nih / name, folder)
    (folder / "images").mkdir()
    for image in pd.read_csv(nih / TABLES[0])["Image Index"]:
        (folder / "images" / image).touch()


def _seconds(work, folder: Path) -> float:
    begun = time.perf_counter()
    work(folder)
    return time.perf_counter() - begun


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--nih", type=Path, required=True, help="folder with the published tables")
    parser.add_argument("--times", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    main()
