"""What the commands export and import do: a run as a model for elsewhere, or whole, and a run that was exported whole brought in."""

import argparse
from pathlib import Path

from core.runs.run_archive import pack, take_in_file
from core.runs.store import Store


def export(root: Path, arguments: argparse.Namespace) -> dict:
    """A run as ONNX with a program that asks it, or whole."""
    store = Store(root)
    run = store.get(arguments.run_id)
    if arguments.whole:
        return {"run_id": run.run_id, "out": str(arguments.out), "files": pack(store, run, arguments.out)}
    from core.inference.export.model_export import export_model

    found = export_model(store, run)
    found.write(arguments.out)
    return {"out": str(arguments.out)} | found.summary()


def take_in(root: Path, arguments: argparse.Namespace) -> dict:
    """A run that was exported whole elsewhere, on the shelf from now on."""
    return take_in_file(Store(root), arguments.file).summary()
