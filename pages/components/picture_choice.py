"""Which pictures are looked at: uploads, one or many, or an example from the test images of a run's data."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from core.data.dataset import Dataset
from core.errors import ImageError
from core.images.decode import Decoded, decode
from core.images.gate import remarks
from core.images.remark import Remark
from core.inference.sources import is_archive
from core.runs.run import Run
from pages.components import run_pictures
from pages.components.view import told
from pages.components.wording import plain

_EXAMPLES = 12
_LIMIT = 2000  # MB; Streamlit holds uploads in memory, so more come by the command line
KINDS = "PNG, JPEG, TIFF, BMP or DICOM; several, or a ZIP of them"


@dataclass(frozen=True, eq=False)
class Choice:
    """One picture: its name, its pixels, a digest that names its bytes, what is to be said of it, and its label, where that is known."""

    name: str
    decoded: Decoded
    digest: str
    said: tuple[Remark, ...]
    truth: str | None = None


def uploads() -> list:
    """What the visitor brings; empty where nothing is chosen yet."""
    return st.file_uploader(KINDS, key="upload", accept_multiple_files=True, max_upload_size=_LIMIT) or []


def is_many(files: list) -> bool:
    """Whether this is more than one picture."""
    return len(files) > 1 or any(is_archive(file.name, file.getvalue()[:4]) for file in files)


def of_upload(file) -> Choice:
    """The one picture. The page ends with the reason where it is refused."""
    data = file.getvalue()
    try:
        decoded = decode(data)
        return Choice(file.name, decoded, hashlib.sha256(data).hexdigest(), remarks(decoded))
    except ImageError as error:
        st.error(plain(f"{file.name}: {error}"), icon=":material/image_not_supported:")
        st.stop()


def of_example(root: Path, run: Run) -> Choice | None:
    """A test image of the run's data set, if one is wanted and the data set is still there."""
    found = run_pictures.of_run(root, run)
    if found.dataset is None or not len(found.dataset.rows("test")):
        return None
    rows = {f"Example {number}: {_truth(found.dataset, row)}": int(row) for number, row in enumerate(_spread(found.dataset), 1)}
    name = st.selectbox(f"or an example of the test images of {found.dataset.title}", list(rows), index=None, key="example",
                        bind="query-params", placeholder="Choose an example")  # fmt: skip
    if name is None:
        return None
    row = rows[name]
    with told():
        decoded = found.dataset.reader.decoded(row)
        name, digest = str(found.dataset.image_ids[row]), f"{found.fingerprint}:{row}"
        return Choice(name, decoded, digest, remarks(decoded), _truth(found.dataset, row))


def _truth(dataset: Dataset, row: int) -> str:
    return run_pictures.truth(dataset.labels, dataset.classes, dataset.task, dataset.y[row])


def _spread(dataset: Dataset) -> np.ndarray:
    rows = dataset.rows("test")
    return rows[np.linspace(0, len(rows) - 1, min(_EXAMPLES, len(rows))).astype(int)]
