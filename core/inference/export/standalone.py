"""What the model in model.onnx says of pictures, as JSON: python predict.py PICTURE [PICTURE ...]

It needs NumPy, Pillow and ONNX Runtime (and pydicom for DICOM). Beside it lie model.onnx, which holds labels, thresholds and how
pictures are prepared, and the folder core/, the few files of Cutpoint that turn a picture's bytes into a model's pixels. A file *.npy
holds such pixels already, uint8 (size, size) or (images, size, size), and is read with NumPy alone.

For teaching and research only, not for diagnosis.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime

MODEL = "model.onnx"
CARD = "cutpoint"  # the entry of the model's metadata_props
_AT_ONCE = 8  # images; a model may look at each in ten views, all in memory at a time
_EPSILON = float(np.finfo(np.float32).eps)  # scores nearer to 0 or 1 count as this near


class Model:
    """A model in an ONNX file; `card` is what it says of itself."""

    def __init__(self, file: Path):
        self._session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
        self.card = json.loads(self._session.get_modelmeta().custom_metadata_map[CARD])

    def scores(self, pixels: dict[str, np.ndarray]) -> np.ndarray:
        """Scores float32 (images, labels) of uint8 (images, size, size) for each input by its name."""
        starts = range(0, max(len(next(iter(pixels.values()))), 1), _AT_ONCE)
        parts = ({name: rows[start : start + _AT_ONCE] for name, rows in pixels.items()} for start in starts)
        return np.concatenate([self._session.run(["scores"], part)[0] for part in parts])

    def answers(self, file: Path) -> Iterator[dict]:
        """What the model says of a picture, or of each in a *.npy file; a file that cannot be read is refused with the reason."""
        try:
            pixels, warnings = self._rows(file) if file.suffix == ".npy" else self._prepared(file)
        except ValueError as error:
            yield {"file": str(file), "accepted": False, "reason": str(error)}
            return
        for row in self.scores(pixels):
            yield {"file": str(file), "accepted": True, "reason": None, **self._verdict(row), "warnings": list(warnings)}

    def _prepared(self, file: Path) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
        """A picture as each input wants it, (1, size, size), and what there is to say of the file. Raises ValueError."""
        from core.errors import ImageError
        from core.images.decode import read
        from core.images.model_input import model_input

        try:
            picture = read(file)
            found = {one["name"]: model_input(picture, one["size"], one["aspect"])[None] for one in self.card["inputs"]}
        except ImageError as error:
            raise ValueError(str(error)) from None
        except ImportError as error:
            raise ValueError(f"the package {error.name} is needed to read this picture: pip install {error.name}") from None
        return found, picture.warnings

    def _rows(self, file: Path) -> tuple[dict[str, np.ndarray], tuple[str, ...]]:
        """Pixels that are prepared already, (images, size, size). Raises ValueError."""
        inputs = self.card["inputs"]
        if len(inputs) > 1:
            raise ValueError("the models in this file want pictures of different sizes: give the picture itself")
        try:
            pixels = np.load(file, allow_pickle=False)
        except (OSError, EOFError) as error:
            raise ValueError(f"the file cannot be read ({type(error).__name__})") from None
        pixels, size = pixels[None] if pixels.ndim == 2 else pixels, inputs[0]["size"]
        if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[1:] != (size, size):
            raise ValueError(f"the array is {pixels.dtype} {pixels.shape}; it must be uint8 (images, {size}, {size})")
        return {inputs[0]["name"]: pixels}, ()

    def _verdict(self, row: np.ndarray) -> dict:
        """Scores, thresholds and verdicts of one picture; of several classes the highest score decides."""
        labels, thresholds = self.card["labels"], self.card["thresholds"]
        if self.card["task"] == "multiclass":
            decided = [int(place == row.argmax()) for place in range(len(labels))]
        else:
            decided = (row >= np.array([thresholds[label] for label in labels], row.dtype)).astype(int).tolist()
        found = {"scores": _named(labels, row), "thresholds": thresholds, "decisions": dict(zip(labels, decided, strict=True))}
        calibrated = self._calibrated(row)
        return found if calibrated is None else found | {"calibrated": _named(labels, calibrated)}

    def _calibrated(self, row: np.ndarray) -> np.ndarray | None:
        """The scores by the temperatures that were fitted on validation; None where none could be fitted."""
        temperatures = self.card["calibration"].get("temperatures")
        if temperatures is None:
            return None
        clipped = np.clip(row.astype(np.float64), _EPSILON, 1 - _EPSILON)
        sharpness = 1 / np.array([temperatures[label] for label in self.card["labels"]])
        if self.card["task"] == "multiclass":
            powers = np.exp((np.log(clipped) - np.log(clipped).max()) * sharpness)
            return powers / powers.sum()
        return np.where(sharpness == 1, row, 1 / (1 + np.exp((np.log1p(-clipped) - np.log(clipped)) * sharpness)))


def _named(labels: list[str], row: np.ndarray) -> dict[str, float]:
    return dict(zip(labels, map(float, row), strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description="What the model says of pictures, as JSON. For teaching and research only.")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--model", type=Path, default=Path(__file__).resolve().parent / MODEL)
    arguments = parser.parse_args()
    model = Model(arguments.model)
    json.dump([answer for file in arguments.files for answer in model.answers(file)], sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
