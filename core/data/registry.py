"""Every data set that can be named, and how a name or a path becomes one."""

import os
import zipfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from core.data import sources
from core.data.dataset import Dataset
from core.data.layouts.archive import unpacked
from core.data.layouts.medmnist import NAMES, download_medmnist, load_medmnist
from core.data.phantom.dataset import PHANTOMS, is_phantom, load_phantom
from core.data.resplit import by_patient
from core.data.sources import Reading, Source
from core.errors import DataError

DOWNLOADS = "downloads"


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
    """The data sets that this store knows by name: made here, downloadable, and those that people brought."""
    made = [Entry(name, spec.title, spec.task, spec.classes, True, "made here in seconds") for name, spec in PHANTOMS.items()]
    return [*made, *(_medmnist_entry(name, root) for name in NAMES), *_brought(root)]


def load(source: str, root: Path, reading: Reading | None = None) -> Dataset:
    """The data set of a name or a path; a path is read as `reading` says, a name as it was added.

    Raises DataError where there is none, it is in no layout that can be read, or it cannot be fetched.
    """
    if not source or "\0" in source:
        raise DataError("no data set was named", "give a name or a path", "List the names with: python -m core data list")
    try:
        return _load(source, root, reading)
    except OSError as error:  # a folder that may not be opened, a name that is too long, a disk that fails
        raise DataError(f"{source[:200]!r} cannot be read ({error.strerror})", "", "Check the path, and that you may read it") from error


def add(name: str, path: str, reading: Reading, root: Path) -> Dataset:
    """Give a path, read in one way, a name. Raises DataError for a name that another data set has, or a path that cannot be read."""
    name = sources.check_name(name)
    known = sources.remembered(root).get(name)
    dataset = load(path, root, reading)
    if _is_made(name) or known and (known.path, known.reading) != (dataset.source, reading):
        raise DataError(f"there is a data set {name!r} already", "another name is needed", f"Or first: python -m core data remove {name!r}")
    sources.keep(Source(name, dataset.source, name, dataset.task, dataset.classes, reading), root)
    return replace(dataset, name=name, title=name, source=name)


def remember(dataset: Dataset, root: Path) -> None:
    """Keep a path, or a phantom that was specified, in the list, so that it stands there from now on."""
    if Path(dataset.source).is_absolute() or is_phantom(dataset.source) and dataset.source not in PHANTOMS:
        sources.keep(Source(dataset.source, dataset.source, dataset.title, dataset.task, dataset.classes), root)


def _load(source: str, root: Path, reading: Reading | None) -> Dataset:
    known = sources.remembered(root).get(source)
    if known and known.path != source:
        found = _load(known.path, root, known.reading.then(reading or Reading()))
        return replace(found, name=known.name, title=known.title, source=known.name)
    if _is_made(source):
        found = load_phantom(source) if is_phantom(source) else _medmnist(source, root)
    else:
        found = _load_path(_path_of(source, root), root, reading or Reading())
    return _resplit(found, reading)


def _is_made(name: str) -> bool:
    return is_phantom(name) or name in NAMES


def _resplit(dataset: Dataset, reading: Reading | None) -> Dataset:
    return by_patient(dataset, reading.seed) if reading and reading.by_patient else dataset


def _load_path(path: Path, root: Path, reading: Reading) -> Dataset:
    if path.suffix.lower() == ".npz":
        return load_medmnist(path)
    if path.is_dir():
        return _load_folder(path, root, reading)
    if path.suffix.lower() == ".zip" or zipfile.is_zipfile(path):
        return replace(_load_folder(unpacked(path, root), root, reading), name=path.stem, title=path.stem, source=str(path))
    raise DataError(
        f"{path.name} is a file", "a folder, a ZIP archive or a MedMNIST .npz file is expected", "Give the folder that holds it"
    )


def _load_folder(folder: Path, root: Path, reading: Reading) -> Dataset:
    from core.data.layouts.folder import load_folder  # late, for pandas: a file is refused without it

    return load_folder(folder, root, reading.four_channels)


def _medmnist(name: str, root: Path) -> Dataset:
    file = root / DOWNLOADS / f"{name}.npz"
    return replace(load_medmnist(file if file.exists() else download_medmnist(name, file.parent)), source=name)


def _medmnist_entry(name: str, root: Path) -> Entry:
    here = (root / DOWNLOADS / f"{name}.npz").exists()
    how = "at hand" if here else f"fetched on first use, or copied to {root / DOWNLOADS}, or give the path of the npz file"
    return Entry(name, NAMES[name].title, NAMES[name].task, NAMES[name].classes, here, how)


def _brought(root: Path) -> list[Entry]:
    return [
        Entry(source.name, source.title, source.task, source.classes, Path(source.path).exists() or not Path(source.path).is_absolute(),
              ", ".join(filter(None, (source.path, source.reading.words))))
        for source in sources.remembered(root).values()
    ]  # fmt: skip


def _path_of(source: str, root: Path) -> Path:
    path = Path(os.path.expanduser(source)).absolute()  # noqa: PTH111 (unlike Path.expanduser, takes "~nobody" as it stands)
    if not path.exists():
        names = ", ".join(entry.name for entry in entries(root) if not Path(entry.name).is_absolute())
        raise DataError(f"{source!r} is no data set and no path here", f"the names are {names}", "See: python -m core data list")
    return path.resolve()
