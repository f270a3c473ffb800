"""Which layout a folder has, told by what lies in it and never by asking."""

from collections.abc import Callable
from pathlib import Path

from core.data.dataset import Dataset
from core.data.layouts.class_folders import is_class_folders, read_class_folders
from core.data.layouts.held_out import with_held_out
from core.data.layouts.label_table import is_label_table, read_label_table
from core.data.layouts.labelled_files import LabelledFiles
from core.data.layouts.nih import is_nih, read_nih
from core.data.layouts.tree import Tree, walk
from core.errors import DataError

EXPECTED = (
    "train/CLASS/picture (with val/ and test/ or without), CLASS/picture, a table of 0/1 labels with the pictures beside it, "
    "or NIH's Data_Entry_2017.csv with images/"
)

# The more particular a layout is, the earlier it is asked for: tables may lie beside class folders.
_LAYOUTS: tuple[tuple[Callable[[Tree], bool], Callable[[Tree], LabelledFiles]], ...] = (
    (is_nih, read_nih),
    (is_label_table, read_label_table),
    (is_class_folders, read_class_folders),
)


def load_folder(folder: Path, store: Path, four_channels: bool = True) -> Dataset:
    """The data set in a folder, with train, val and test. Raises DataError where it lies in no layout that is read.

    Without `four_channels`, pictures stored with four channels are left out when they are decoded.
    """
    tree = walk(folder)
    for fits, read in _LAYOUTS:
        if fits(tree):
            return with_held_out(read(tree).dataset(four_channels, store))
    found = f"{folder} has {len(tree.pictures):,} files that may be pictures, and no labels"
    raise DataError(found, EXPECTED, "Give the folder that holds them")
