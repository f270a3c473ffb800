"""Files of arrays from elsewhere, looked at without loading them: what they say that they hold, and whether they hold so much.

What lies in a run is data: tensors in safetensors, arrays in npz, scikit-learn heads in skops. Each has a head that tells types and shapes;
here it is read as plain JSON or text, so that nothing in the file decides what is made of it, or how much memory is asked for.
"""

import json
import math
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
from safetensors import SafetensorError, safe_open

from core.errors import StoreError

_MOST = 50  # times its own size that a file of arrays may unpack to, beside the allowance
_ALLOWANCE = 64 * 2**20  # bytes
_DAMAGE = (OSError, ValueError, TypeError, KeyError, EOFError, RecursionError, NotImplementedError, zipfile.BadZipFile, zlib.error)
_ARRAYS, _SCHEMA = ".npy", "schema.json"

# Every type in the heads that Cutpoint writes: (how skops loads it, module, class). Anything else is refused unread.
_PLAIN = {
    ("DictNode", "builtins", "dict"), ("ListNode", "builtins", "list"), ("TupleNode", "builtins", "tuple"),
    ("JsonNode", "builtins", "str"), ("TypeNode", "builtins", "str"), ("TreeNode", "sklearn.tree._tree", "Tree"),
    *(("NdArrayNode", "numpy", name) for name in ("ndarray", "float32", "float64", "int32", "int64", "bool")),
}  # fmt: skip
_ESTIMATORS = {
    ("sklearn.calibration", "CalibratedClassifierCV"), ("sklearn.calibration", "_CalibratedClassifier"),
    ("sklearn.calibration", "_SigmoidCalibration"), ("sklearn.decomposition._pca", "PCA"), ("sklearn.dummy", "DummyClassifier"),
    ("sklearn.ensemble._forest", "RandomForestClassifier"), ("sklearn.linear_model._logistic", "LogisticRegression"),
    ("sklearn.multioutput", "MultiOutputClassifier"), ("sklearn.pipeline", "Pipeline"),
    ("sklearn.preprocessing._data", "StandardScaler"), ("sklearn.svm._classes", "SVC"),
    ("sklearn.tree._classes", "DecisionTreeClassifier"),
}  # fmt: skip
_KNOWN = _PLAIN | {("ObjectNode", *one) for one in _ESTIMATORS}


def check_file(file: Path) -> None:
    """Look at a file by its suffix. Raises StoreError where it is not what its name says, or holds what no run holds."""
    check = {".safetensors": _check_tensors, ".npz": _check_arrays, ".skops": _check_head}.get(file.suffix, _check_json)
    try:
        check(file)
    except (*_DAMAGE, SafetensorError) as error:
        found = f"{file.name} is not what its name says ({type(error).__name__})"
        raise StoreError(found, f"a {file.suffix} file as Cutpoint writes it is expected", "Export the run again") from None


def _check_json(file: Path) -> None:
    json.loads(file.read_text(encoding="utf-8"))


def _check_tensors(file: Path) -> None:
    """The head of a safetensors file must tell the whole file, name for name; opening reads no tensor."""
    with safe_open(file, framework="numpy") as tensors:
        if not list(tensors.keys()):
            raise ValueError("no tensor")


def _check_arrays(file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        _check_members(file, archive, {_ARRAYS})


def _check_head(file: Path) -> None:
    """Each node of the schema must be of a known type, and each array where it says."""
    with zipfile.ZipFile(file) as archive:
        _check_members(file, archive, {_ARRAYS, ".json"})
        there = set(archive.namelist())
        for node in _nodes(json.loads(archive.read(_SCHEMA))):
            kind = tuple(str(node.get(part)) for part in ("__loader__", "__module__", "__class__"))
            if kind not in _KNOWN:
                found = f"{file.name} holds a {'.'.join(kind[1:])[:80]}"
                raise StoreError(found, "only the types of an SVM, a forest or a logistic regression are taken in", "Train it here instead")
            if "file" in node and (node["file"] not in there or node.get("type") != "numpy"):
                raise ValueError("an array that is not there")


def _nodes(schema: object) -> Iterator[dict]:
    """Every node of a schema, and every other mapping that names a loader."""
    waiting = [schema]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if "__loader__" in one or "__class__" in one or "__module__" in one:
                yield one
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def _check_members(file: Path, archive: zipfile.ZipFile, suffixes: set[str]) -> None:
    """The files in a file: of known kinds, each once, not blown up, and arrays as large as they say. Raises StoreError or ValueError."""
    entries = archive.infolist()
    total = sum(entry.file_size for entry in entries)
    if total > _MOST * file.stat().st_size + _ALLOWANCE:
        raise StoreError(f"{file.name} unpacks to {total / 2**20:,.0f} MiB", "that is far more than arrays do", "Export the run again")
    if len({entry.filename for entry in entries}) < len(entries) or any(Path(entry.filename).suffix not in suffixes for entry in entries):
        raise ValueError("another file, or one twice")
    for entry in entries:
        if entry.filename.endswith(_ARRAYS):
            with archive.open(entry) as stream:
                _check_array(stream, entry.file_size)


def _check_array(stream: BinaryIO, size: int) -> None:
    """The head of an npy file of `size` bytes must tell numbers or texts, as many as there are, and no objects."""
    version = np.lib.format.read_magic(stream)
    read_head = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read_head(stream)
    if dtype.hasobject or math.prod(shape) * dtype.itemsize != size - stream.tell():
        raise ValueError("an array of another size than it says, or of objects")
