"""What the commands about data sets do: list, check, add, remove, make."""

import argparse
import hashlib
from pathlib import Path

from core.commands.telling import tell_reading
from core.data.sources import Reading
from core.errors import DataError


def data_list(root: Path, arguments: argparse.Namespace) -> list[dict]:
    """The data sets that have a name."""
    from core.data.registry import entries

    return [entry.as_dict() for entry in entries(root)]


def data_check(root: Path, arguments: argparse.Namespace) -> dict:
    """Counts, what was left out, and the audit of a data set, after every image was read."""
    from core.data.registry import load, remember

    reading = _reading(arguments)
    loaded = load(arguments.source, root, reading)
    found = _checked(root, loaded, arguments.skipped)
    if not reading.words:
        remember(loaded, root)
    return {"source": arguments.source, **found}


def data_add(root: Path, arguments: argparse.Namespace) -> dict:
    """Give a data set a name, after every image was read."""
    from core.data.registry import add

    added = add(arguments.name, arguments.source, _reading(arguments), root)
    return {"source": added.source, **_checked(root, added, arguments.skipped)}


def data_remove(root: Path, arguments: argparse.Namespace) -> dict:
    """Take a data set off the list; files that were unpacked for it go too, those of the user stay."""
    from core.data.own import remove

    return {"name": arguments.name, "status": "removed", "files_deleted": remove(arguments.name, root)}


def data_make(root: Path, arguments: argparse.Namespace) -> dict:
    """Draw a phantom data set, so that every later use finds it drawn, and put it on the list."""
    from core.data.cache.prepared import prepare
    from core.data.phantom.dataset import PhantomSpec, load_phantom
    from core.data.picture_export import export
    from core.data.registry import remember

    spec = PhantomSpec(arguments.images, arguments.size, arguments.seed, arguments.task, arguments.label_noise, arguments.shifted)
    dataset = load_phantom(spec.source)
    prepared = prepare(dataset, spec.size, root, tell_reading)
    remember(dataset, root)
    if arguments.out is not None:
        export(prepared, arguments.out)
    return {
        "source": spec.source, "task": dataset.task, "classes": list(dataset.classes), "splits": dataset.counts(),
        "sha256_of_pixels": _digest(prepared.pixels), "synthetic": True, "fingerprint": dataset.fingerprint,
        "folder": None if arguments.out is None else str(arguments.out),
    }  # fmt: skip


def _digest(pixels) -> str:
    """Of all pixels in their order, a thousand images at a time."""
    digest = hashlib.sha256()
    for start in range(0, len(pixels), 1000):
        digest.update(pixels[start : start + 1000].tobytes())
    return digest.hexdigest()


def _checked(root: Path, loaded, skipped: Path | None) -> dict:
    from core.data.cache.prepared import prepare
    from core.data.inspection.cleaning import causes, write_csv
    from core.data.inspection.inspect import SIZE, inspect

    prepared = prepare(loaded, SIZE, root, tell_reading)
    dataset = prepared.dataset
    if skipped is not None:
        with skipped.open("w", newline="", encoding="utf-8") as stream:
            write_csv(dataset, stream)
    return {
        "task": dataset.task, "classes": list(dataset.classes), "splits": dataset.counts(), "unlabelled": len(dataset.unlabelled),
        "skipped": [{"file": one.file, "reason": one.reason} for one in dataset.skipped],
        "left_out": [vars(cause) | {"first": list(cause.first)} for cause in causes(dataset)],
        "audit": inspect(prepared).as_dict(), "split_rule": dataset.split_rule, "synthetic": dataset.synthetic,
        "fingerprint": dataset.fingerprint,
    }  # fmt: skip


def _reading(arguments: argparse.Namespace) -> Reading:
    if arguments.seed < 0:
        raise DataError(f"--seed is {arguments.seed}", "it must be 0 or more")
    return Reading(arguments.four_channels == "convert", arguments.split == "by-patient", arguments.seed)


DATA_ACTIONS = {"list": data_list, "check": data_check, "add": data_add, "remove": data_remove, "make": data_make}
