"""A run as files that answer without Cutpoint: the model as ONNX, a small program that asks it, and proof that both say the same."""

import json
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from core.errors import StoreError
from core.inference.export.card import KEY, USE, card_of
from core.inference.export.parity import Parity, asked_of, parity
from core.inference.export.readme import readme
from core.inference.export.sources import picture_sources
from core.inference.predictor import Predictor
from core.parts import Image
from core.runs.run import Run
from core.runs.store import Store

MODEL, PROGRAM, CARD, PARITY, README = "model.onnx", "predict.py", "model.json", "parity.json", "README.txt"


@dataclass(frozen=True, eq=False)
class ModelExport:
    """`files` by their names, `card` what the model says of itself, `parity` how near it is to the run."""

    files: dict[str, bytes]
    card: dict
    parity: Parity

    def summary(self) -> dict:
        """For the command line."""
        return {
            "run_id": self.card["run_id"], "files": {name: len(data) for name, data in self.files.items() if "/" not in name},
            "labels": self.card["labels"], "inputs": [f"{one['name']}: uint8 (images, {one['size']}, {one['size']})"
                                                      for one in self.card["inputs"]],
            "opset": self.card["opset"], "parity": self.parity.as_dict(), "use": USE,
        }  # fmt: skip

    def write(self, out: Path) -> None:
        """Into a ZIP archive where the name ends so, which is replaced, else into a folder that is empty or not there.

        Raises StoreError for a folder that holds something.
        """
        if out.suffix.lower() == ".zip":
            draft = out.with_name(f".{out.name}.draft")
            with draft.open("wb") as stream:
                self.write_zip(stream)
            draft.replace(out)
            return
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            found, expected = f"{out} is there already", "an empty folder, a new one, or a name that ends in .zip is needed"
            raise StoreError(found, expected, "Choose another")
        for name, data in self.files.items():
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            (out / name).write_bytes(data)

    def write_zip(self, stream: BinaryIO) -> None:
        """As a ZIP archive, in a folder named after the run. The same export is the same bytes: its files have no date."""
        with zipfile.ZipFile(stream, "w") as archive:
            for name, data in self.files.items():
                entry = zipfile.ZipInfo(f"{self.card['run_id']}/{name}")
                entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
                archive.writestr(entry, data)


def export_model(store: Store, run: Run) -> ModelExport:
    """A run, or the mean of an ensemble's members, as ONNX.

    Raises StoreError for a run without a model and where the export says something else than the run, WeightsError for a network that
    cannot be written as ONNX.
    """
    from core.models.onnx_graph import inputs_of, onnx_bytes  # torch is imported here, not when a page opens
    from core.models.onnx_trace import OPSET

    store.weights_folder(run)
    asked = asked_of(store, run, lambda: Predictor(store, run).scores)
    members = store.members(run)
    parts = _parts(store, members or [run])
    inputs = [(one.name, Image(one.size, one.aspect)) for one in inputs_of(parts)]
    card = card_of(store, run, members, inputs) | {"opset": OPSET}
    model = _with_card(onnx_bytes(parts), card)
    found = parity(asked, inputs, _scoring(model))
    found.check(has_trees=any(one.recipe.family == "forest" for one in (run, *members)))
    return ModelExport(_files(model, card, found), card, found)


def _parts(store: Store, runs: Sequence[Run]) -> list:
    """Each run loaded anew, since the exporter moves it, with the pixels that it reads."""
    from core.models.onnx_graph import GraphInput, Part
    from core.models.registry import Base, load_classifier

    found = []
    for run in runs:
        base, image = run.base and Base(**vars(run.base)), run.recipe.image
        classifier = load_classifier(run.recipe, run.data.task, len(run.data.labels), base, run.folder, store.root)
        found.append(Part(classifier, GraphInput(image.image_size, image.aspect)))
    return found


def _with_card(model: bytes, card: dict) -> bytes:
    """The model with what it says of itself, checked by ONNX's own rules."""
    import onnx

    proto = onnx.load_from_string(model)
    proto.producer_name, proto.doc_string = "Cutpoint", USE
    onnx.helper.set_model_props(proto, {KEY: json.dumps(card, allow_nan=False)})
    onnx.checker.check_model(proto)
    return proto.SerializeToString()


def _scoring(model: bytes) -> Callable[[dict[str, np.ndarray]], np.ndarray]:
    """What asks a model, as `Model.scores` in the program beside it does."""
    import onnxruntime

    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return lambda pixels: session.run(["scores"], pixels)[0]


def _files(model: bytes, card: dict, found: Parity) -> dict[str, bytes]:
    program = (Path(__file__).parent / "standalone.py").read_bytes()
    texts = {CARD: json.dumps(card, indent=1), PARITY: json.dumps(found.as_dict(), indent=1), README: readme(card, found)}
    return {MODEL: model, PROGRAM: program, **{name: f"{text}\n".encode() for name, text in texts.items()}, **picture_sources()}
