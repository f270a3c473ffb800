"""Every st.cache_* of the app, and nothing else. Keys are run ids, names, numbers and bytes, never arrays."""

from pathlib import Path
from typing import BinaryIO

import numpy as np
import streamlit as st

from core.data import own, registry
from core.data.cache.prepared import prepare
from core.data.dataset import Dataset
from core.data.inspection.inspect import SIZE, Inspection, inspect
from core.data.phantom.dataset import DEFAULT_PHANTOM, load_phantom
from core.evaluation.curves import PrCurve, RocCurve, ScoreHistogram, pr_curve, roc_curve, score_histogram
from core.evaluation.intervals import Interval, metric_intervals
from core.evaluation.predictions import Predictions
from core.images.model_input import model_input
from core.inference.predictor import Predictor
from core.parts import Augmentation, Image
from core.runs.comparing import compare_runs
from core.runs.store import Store


@st.cache_data(max_entries=64, show_spinner=False)
def predictions(root: str, run_id: str, split: str) -> Predictions:
    """The stored predictions of a run."""
    store = Store(Path(root))
    return store.predictions(store.get(run_id), split)


@st.cache_data(max_entries=256, show_spinner=False)
def intervals(root: str, run_id: str, split: str, thresholds: tuple[tuple[str, float], ...]) -> dict[str, Interval]:
    """Every metric of a run with its 95 % interval, at these thresholds."""
    return metric_intervals(predictions(root, run_id, split), dict(thresholds))


@st.cache_data(max_entries=512, show_spinner=False)
def label_intervals(root: str, run_id: str, split: str, label: str, threshold: float) -> dict[str, Interval]:
    """Every metric of one label against the rest with its 95 % interval, at a threshold."""
    return metric_intervals(predictions(root, run_id, split).of_label(label), {label: threshold})


@st.cache_data(max_entries=256, show_spinner=False)
def roc(root: str, run_id: str, split: str, label: str) -> RocCurve:
    """The ROC curve of a label."""
    return roc_curve(*predictions(root, run_id, split).column(label))


@st.cache_data(max_entries=256, show_spinner=False)
def precision_recall(root: str, run_id: str, split: str, label: str) -> PrCurve:
    """The precision-recall curve of a label."""
    return pr_curve(*predictions(root, run_id, split).column(label))


@st.cache_data(max_entries=256, show_spinner=False)
def histogram(root: str, run_id: str, split: str, label: str) -> ScoreHistogram:
    """Scores of both classes in bins."""
    return score_histogram(*predictions(root, run_id, split).column(label), bins=40)


@st.cache_data(max_entries=64, show_spinner="Comparing")
def comparison(root: str, run_ids: tuple[str, ...], split: str, points: tuple) -> dict:
    """Rows and pairs of runs; `points`, their operating points, is part of the key."""
    store = Store(Path(root))
    return compare_runs(store, [store.get(run_id) for run_id in run_ids], split)


@st.cache_resource(max_entries=6, show_spinner="Loading the model")
def predictor(root: str, run_id: str, thresholds: tuple[tuple[str, float], ...]) -> Predictor:
    """A run ready to answer; shared by all sessions and only read."""
    store = Store(Path(root))
    return Predictor(store, store.get(run_id))


@st.cache_resource(max_entries=8, ttl="10m", show_spinner="Looking at the data set")
def dataset(root: str, source: str) -> Dataset:
    """A data set as it lies now; looked at again after ten minutes."""
    return registry.load(source, Path(root))


@st.cache_data(max_entries=16, show_spinner="Looking for copies and shortcuts")
def inspection(root: str, source: str, fingerprint: str) -> Inspection:
    """The audit, near copies and shortcuts of a data set; `fingerprint` is part of the key."""
    return inspect(prepare(dataset(root, source), SIZE, Path(root)))


@st.cache_data(max_entries=8, show_spinner="Unpacking")
def unpacked_upload(root: str, file_id: str, _upload: BinaryIO) -> str:
    """The folder of an uploaded archive's files; the same upload is unpacked once."""
    return str(own.take_in(_upload, Path(root)))


@st.cache_data(max_entries=32, show_spinner="Changing images")
def augmented(
    root: str, source: str, fingerprint: str, rows: tuple[int, ...], image: Image, changes: Augmentation, copies: int, seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Images as a network is given them, and `copies` random changes of each; `fingerprint` is part of the key. torch is loaded now."""
    from core.training.preview import augmented

    reader, size = dataset(root, source).reader, image.image_size
    pixels = np.stack([model_input(reader.decoded(row, size), size, image.aspect) for row in rows])
    return pixels, augmented(pixels, changes, copies, seed)


@st.cache_data(show_spinner=False)
def phantoms(each: int) -> list[tuple[str, np.ndarray]]:
    """The first phantoms without and with pneumonia, class name and grey pixels."""
    made = load_phantom(DEFAULT_PHANTOM)
    rows = [row for number in (0, 1) for row in np.flatnonzero(made.class_index() == number)[:each]]
    return [(made.classes[made.class_index()[row]], made.reader.read(row)) for row in rows]
