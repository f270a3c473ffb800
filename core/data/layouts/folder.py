"""Which layout a folder has, told by what lies in it and never by asking."""

from collections.abc import Callable
from pathlib import Path

from core.data.dataset import Dataset
from core.data.layouts.class_folders import is_class_folders, read_class_folders
from core.data.layouts.held_out import with_held_out
from core.data.layouts.label_table import is_label_table, read_label_table
from core.data.layouts.labelled_files import LabelledFiles
from core.data.layouts.nih import is_nih, read_nih
from core.data.layouts.table_choice import choose_tables, told
from core.data.layouts.tree import Tree, walk
from core.errors import DataError

EXPECTED = (
    "train/CLASS/picture (with val/ and test/ or without), CLASS/picture, a table of 0/1 labels with the pictures beside it, "
    "or NIH's Data_Entry_2017.csv with images/"
)

_TABLES_SHOWN = 3  # in an error

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
            try:
                return with_held_out(read(tree).dataset(four_channels, store))
            except DataError as error:
                raise error if read is not read_class_folders else _beside_tables(error, tree) from None
    found = f"{folder} has {len(tree.pictures):,} files that may be pictures, and no labels"
    raise _beside_tables(DataError(found, EXPECTED, "Give the folder that holds them"), tree)


def _beside_tables(error: DataError, tree: Tree) -> DataError:
    """The error, and why the tables that are here could not be used instead."""
    if not tree.tables:
        return error
    names = tree.tables[:_TABLES_SHOWN]
    more = f"; and {len(tree.tables) - len(names):,} more tables" if len(tree.tables) > len(names) else ""
    return DataError(f"{error.found} ({told(choose_tables(tree), names)}{more})", error.expected, error.remedy)
