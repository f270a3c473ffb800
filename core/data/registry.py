"""Every data set that can be named, and how a name or a path becomes one."""

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from core.data.dataset import Dataset
from core.data.folders import is_class_folders, load_folders
from core.data.medmnist import download_medmnist, load_medmnist
from core.data.phantom_dataset import CLASSES, PHANTOMS, load_phantom
from core.errors import DataError

DOWNLOADS = "downloads"
_REMEMBERED = "sources.json"


@dataclass(frozen=True)
class Entry:
    """A data set by name, and whether it can be used at once."""

    name: str
    title: str
    task: str
    classes: tuple[str, ...]
    here: bool
    how_to_get: str

    def as_dict(self) -> dict:
        return asdict(self)


def entries(root: Path) -> list[Entry]:
    """The data sets that this store knows by name: made here, downloadable, and remembered paths."""
    made = [Entry(name, spec.title, "binary", CLASSES, True, "made here in seconds") for name, spec in PHANTOMS.items()]
    return [*made, _pneumoniamnist(root), *_remembered_entries(root)]


def load(source: str, root: Path) -> Dataset:
    """The data set of a name or a path.

    Raises DataError where there is none, it is in no layout that can be read, or it cannot be fetched.
    """
    if not source or "\0" in source:
        raise DataError("no data set was named", "give a name or a path", "List the names with: python -m core data list")
    try:
        return _load(source, root)
    except OSError as error:  # a folder that may not be opened, a name that is too long, a disk that fails
        raise DataError(f"{source[:200]!r} cannot be read ({error.strerror})", "", "Check the path, and that you may read it") from error


def _load(source: str, root: Path) -> Dataset:
    if source in PHANTOMS:
        return load_phantom(source)
    if source == "pneumoniamnist":
        file = root / DOWNLOADS / "pneumoniamnist.npz"
        return _named(load_medmnist(file if file.exists() else download_medmnist(source, file.parent)), source)
    return _load_path(_path_of(source, root))


def remember(dataset: Dataset, root: Path) -> None:
    """Keep a data set's path under its name, so that it stands in the list from now on."""
    if not Path(dataset.source).is_absolute():
        return
    known = {entry["source"]: entry for entry in _remembered(root)}
    known[dataset.source] = {
        "name": dataset.name, "title": dataset.title, "task": dataset.task, "classes": dataset.classes, "source": dataset.source,
    }  # fmt: skip
    root.mkdir(parents=True, exist_ok=True)
    draft = root / f"{_REMEMBERED}.{os.getpid()}.draft"
    draft.write_text(json.dumps(list(known.values()), indent=1))
    draft.replace(root / _REMEMBERED)


def _pneumoniamnist(root: Path) -> Entry:
    here = (root / DOWNLOADS / "pneumoniamnist.npz").exists()
    how = "at hand" if here else f"fetched on first use, or copied to {root / DOWNLOADS}, or give the path of the npz file"
    return Entry("pneumoniamnist", "PneumoniaMNIST", "binary", ("normal", "pneumonia"), here, how)


def _remembered(root: Path) -> list[dict]:
    file = root / _REMEMBERED
    try:
        return json.loads(file.read_text()) if file.exists() else []
    except ValueError:
        raise DataError(f"the list of data sets in {file} is damaged", "JSON is expected", "Delete that file: no data is lost") from None


def _remembered_entries(root: Path) -> list[Entry]:
    return [
        Entry(known["source"], known["title"], known["task"], tuple(known["classes"]), Path(known["source"]).exists(), known["source"])
        for known in _remembered(root)
    ]


def _path_of(source: str, root: Path) -> Path:
    path = Path(os.path.expanduser(source)).absolute()  # noqa: PTH111 (unlike Path.expanduser, takes "~nobody" as it stands)
    if not path.exists():
        names = ", ".join(entry.name for entry in entries(root) if not Path(entry.name).is_absolute())
        raise DataError(f"{source!r} is no data set and no path here", f"the names are {names}", "See: python -m core data list")
    return path.resolve()


def _load_path(path: Path) -> Dataset:
    if path.is_file():
        if path.suffix.lower() == ".npz":
            return load_medmnist(path)
        raise DataError(f"{path.name} is a file", "a folder with train/CLASS/, or a MedMNIST .npz file, is expected")
    if is_class_folders(path):
        return load_folders(path)
    raise DataError(
        f"{path} has no folder train/",
        "images are expected as train/CLASS/picture, with val/ and test/ beside it where there are such",
        "Give the folder that holds train/",
    )


def _named(dataset: Dataset, name: str) -> Dataset:
    return replace(dataset, source=name)
