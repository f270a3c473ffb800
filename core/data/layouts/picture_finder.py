"""Which picture of a folder a cell of a table means: by its path, its name or its name without suffix.

A cell that names folders means a picture that lies in them. Only where no picture does are they passed over, and then for a name that
one picture has and that no other row names in other folders.
"""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

from core.data.dataset import UNLABELLED
from core.data.layouts.tree import Tree, split_of_folder


class PictureFinder:
    """Finds pictures by the cells of tables; among equals the one in the split's folder. `used` are those that rows were read for."""

    def __init__(self, tree: Tree):
        self._paths = set(tree.pictures)
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path in tree.pictures:
            for key in {PurePosixPath(path).name, PurePosixPath(path).stem}:
                self._by_name[key].append(path)
        self._named_in: dict[str, set[str]] = defaultdict(set)
        self.used: set[str] = set()

    def note(self, cells: Iterable[str], splits: Iterable[str]) -> None:
        """Remember in which folders the rows of a table name each picture; all tables are noted before any is asked for."""
        for cell, split in zip(cells, splits, strict=True):
            cell = _as_path(cell)
            for path in self._meant(cell, split)[0]:
                self._named_in[path].add(cell.rpartition("/")[0])

    def find(self, cell: str, split: str) -> str:
        """The path of the picture, or "" where none or several could be meant."""
        cell = _as_path(cell)
        meant, is_sure = self._meant(cell, split)
        if not is_sure:
            meant = [path for path in meant if self._named_in[path] <= {cell.rpartition("/")[0]}]
        return meant[0] if len(meant) == 1 else ""

    def _meant(self, cell: str, split: str) -> tuple[list[str], bool]:
        """The pictures that a cell may mean, and whether it is sure that it means one of them."""
        if cell in self._paths:
            return [cell], True
        folder, _, name = cell.rpartition("/")
        named = self._by_name.get(name, [])
        inside = [path for path in named if f"/{path}".rpartition("/")[0].endswith(f"/{folder}")] if folder else named
        if inside:
            return self._of_split(inside, split), True
        deeper = [path for path in named if "/" in path and f"/{folder}".endswith(f"/{path.rpartition('/')[0]}")]
        return self._of_split(deeper or named, split), False

    def why_none(self, cell: str) -> str:
        """Why `find` gave "" for a cell."""
        named = self._by_name.get(_as_path(cell).rpartition("/")[2], [])
        if not named:
            return "no picture of that name is here"
        return "several pictures have that name" if len(named) > 1 else "the picture of that name lies in another folder"

    def split_of(self, path: str) -> str:
        """The split that the folders of a picture tell; train where they tell none."""
        told = map(split_of_folder, PurePosixPath(path).parts[:-1])
        return next(filter(None, told), "train")

    def _of_split(self, paths: list[str], split: str) -> list[str]:
        if len(paths) < 2:
            return paths
        wanted = "test" if split == UNLABELLED else split
        return [path for path in paths if self.split_of(path) == wanted]


def _as_path(cell: str) -> str:
    return cell.replace("\\", "/").removeprefix("./")
