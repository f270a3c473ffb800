"""Every st.cache_* of the app beside those of the compare page (cached_compare), and nothing else.

Keys are run ids, names, numbers and bytes, never arrays. A resource is shared by all sessions and not changed by them.
"""

import hashlib
import io
from pathlib import Path
from typing import BinaryIO

import numpy as np
import streamlit as st

from core.data import own, registry
from core.data.cache.prepared import prepare
from core.data.dataset import Dataset
from core.data.inspection.inspect import SIZE, Inspection, inspect
from core.data.phantom.dataset import DEFAULT_PHANTOM, load_phantom
from core.evaluation import label_curves, no_finding, one_vs_rest
from core.evaluation.answers import Answers
from core.evaluation.answers import answers as answers_at
from core.evaluation.calibration import Temperature, fit_temperature
from core.evaluation.comparison import Entry as Compared
from core.evaluation.comparison import pairs as tested
from core.evaluation.counts import Counts
from core.evaluation.epochs import EpochMetrics, metrics_over_epochs
from core.evaluation.estimates import estimates
from core.evaluation.grey_zone import Zone, ZoneReport, find_zone, zone_report
from core.evaluation.intervals import Interval, metric_intervals
from core.evaluation.label_point import LabelPoint, by_the_highest
from core.evaluation.label_point import label_point as make_label_point
from core.evaluation.label_rows import LabelRow, label_rows
from core.evaluation.line_limits import line_limits
from core.evaluation.line_view import LineView
from core.evaluation.line_view import line_view as make_line_view
from core.evaluation.logistic_calibration import LogisticCalibration, fit_logistic
from core.evaluation.pair import Pair
from core.evaluation.prediction_table import PredictionTable, read_prediction_table
from core.evaluation.predictions import Predictions
from core.evaluation.scorecard import Entry
from core.evaluation.subgroups import Subgroup, subgroup_intervals, whole
from core.evaluation.threshold_interval import ThresholdInterval
from core.evaluation.threshold_interval import threshold_interval as chosen_interval
from core.evaluation.thresholds import choose
from core.images.contact_sheet import contact_sheet as make_contact_sheet
from core.images.decoded import Decoded
from core.images.model_input import model_input
from core.images.preprocess import within
from core.inference.explanation import Explanation
from core.inference.export.model_export import export_model
from core.inference.familiarity import Distance, Familiarity
from core.inference.familiarity import familiarity as familiarity_of
from core.inference.predictor import Answer, Predictor
from core.inference.reading import Steadiness
from core.inference.reading import steadiness as steadiness_of
from core.lessons.course import lesson_of
from core.lessons.material import Material
from core.parts import Augmentation, Image
from core.runs.elsewhere import predictions_of
from core.runs.store import Store


@st.cache_resource(max_entries=64, show_spinner=False)
def predictions(root: str, run_id: str, split: str) -> Predictions:
    """The stored predictions of a run on "val", "test" or another data set ("on:<name>")."""
    store = Store(Path(root))
    return predictions_of(store, store.get(run_id), split)


@st.cache_data(max_entries=256, show_spinner=False)
def intervals(root: str, run_id: str, split: str, thresholds: tuple[tuple[str, float], ...]) -> dict[str, Interval]:
    """Every metric of a run with its 95 % interval, at these thresholds."""
    return metric_intervals(predictions(root, run_id, split), dict(thresholds))


@st.cache_data(max_entries=512, show_spinner=False)
def label_intervals(root: str, run_id: str, split: str, label: str, threshold: float) -> dict[str, Interval]:
    """Every metric of one label against the rest with its 95 % interval, at a threshold."""
    return metric_intervals(predictions(root, run_id, split).of_label(label), {label: threshold})


@st.cache_data(max_entries=128, show_spinner=False)
def epoch_metrics(root: str, run_id: str, thresholds: tuple[float, ...], label: str | None) -> EpochMetrics | None:
    """All metrics over the epochs of a run, on validation; None where the scores of its epochs were not kept."""
    store = Store(Path(root))
    scores = store.epoch_scores(store.get(run_id))
    return None if scores is None else metrics_over_epochs(predictions(root, run_id, "val"), scores, thresholds, label=label)


@st.cache_data(max_entries=64, show_spinner=False)
def temperature(root: str, run_id: str) -> Temperature:
    """The temperature of a run, fitted on validation."""
    return fit_temperature(predictions(root, run_id, "val"))


@st.cache_resource(max_entries=64, show_spinner=False)
def scores(root: str, run_id: str, split: str, calibrated: bool) -> Predictions:
    """A run's scores as they are, or calibrated by its temperature."""
    found = predictions(root, run_id, split)
    return temperature(root, run_id).applied(found) if calibrated else found


@st.cache_data(max_entries=64, show_spinner=False)
def line_view(root: str, run_id: str, split: str, calibrated: bool) -> LineView:
    """What follows a threshold as it moves, for all labels."""
    return make_line_view(scores(root, run_id, split, calibrated))


@st.cache_data(max_entries=256, show_spinner=False)
def still(root: str, run_id: str, split: str, label: str, calibrated: bool, names: tuple[str, ...]) -> dict[str, Entry]:
    """Metrics of a label that need no threshold, with their 95 % intervals."""
    return estimates(scores(root, run_id, split, calibrated).of_label(label), {label: 0.5}, names)


@st.cache_resource(max_entries=128, show_spinner=False)
def limits(root: str, run_id: str, split: str, label: str, calibrated: bool, thresholds: tuple[float, ...]) -> dict[str, np.ndarray]:
    """What `line_limits` tells of one label against the rest at thresholds."""
    return line_limits(scores(root, run_id, split, calibrated).of_label(label), np.array(thresholds))


@st.cache_data(max_entries=1024, show_spinner=False)
def label_row(root: str, run_id: str, split: str, calibrated: bool, label: str, threshold: float) -> LabelRow:
    """A label at a threshold, with intervals."""
    return label_rows(scores(root, run_id, split, calibrated).of_label(label), {label: threshold})[0]


@st.cache_data(max_entries=256, show_spinner=False)
def exclusion(
    root: str, run_id: str, split: str, calibrated: bool, thresholds: tuple[tuple[str, float], ...], label: str
) -> no_finding.Exclusion:
    """What the rule that 'No Finding' (`label`) excludes all others does at thresholds."""
    return no_finding.exclusion(scores(root, run_id, split, calibrated), dict(thresholds), label)


@st.cache_data(max_entries=256, show_spinner=False)
def derived_no_finding(
    root: str, run_id: str, split: str, calibrated: bool, thresholds: tuple[tuple[str, float], ...]
) -> no_finding.Derived:
    """Images of which nothing is called at thresholds."""
    return no_finding.derived(scores(root, run_id, split, calibrated), dict(thresholds))


@st.cache_data(max_entries=256, show_spinner=False)
def class_decisions(
    root: str, run_id: str, split: str, calibrated: bool, thresholds: tuple[tuple[str, float], ...] | None
) -> one_vs_rest.ClassDecisions:
    """Classes called by a threshold each, or where there are none by the highest score."""
    found = scores(root, run_id, split, calibrated)
    return one_vs_rest.by_highest(found) if thresholds is None else one_vs_rest.by_thresholds(found, dict(thresholds))


@st.cache_data(max_entries=256, show_spinner=False)
def grey_zone(root: str, run_id: str, split: str, label: str, calibrated: bool, zone: Zone) -> ZoneReport:
    """What a grey zone does to the images of a split."""
    return zone_report(scores(root, run_id, split, calibrated), label, zone)


@st.cache_data(max_entries=256, show_spinner=False)
def found_zone(root: str, run_id: str, label: str, calibrated: bool, sensitivity: float, specificity: float) -> Zone:
    """The grey zone that keeps both promises on validation. Raises EvaluationError where they cannot be kept."""
    return find_zone(scores(root, run_id, "val", calibrated), label, sensitivity, specificity)


@st.cache_data(max_entries=256, show_spinner=False)
def answers(root: str, run_id: str, split: str, label: str, calibrated: bool, threshold: float | None) -> Answers:
    """What the answers of one label at a threshold, or without one by the highest score, mean at any prevalence."""
    found = scores(root, run_id, split, calibrated)
    return answers_at(by_the_highest(found, label), 0.5) if threshold is None else answers_at(found.of_label(label), threshold)


@st.cache_data(max_entries=256, show_spinner=False)
def threshold_by(root: str, run_id: str, label: str, calibrated: bool, rule: str) -> float:
    """The threshold of one label that a rule chooses on validation."""
    return choose(rule, scores(root, run_id, "val", calibrated).of_label(label)).thresholds[label]


@st.cache_resource(max_entries=64, show_spinner="Computing intervals")
def label_point(root: str, run_id: str, name: str, split: str, label: str, calibrated: bool, threshold: float | None) -> LabelPoint:
    """One label of a run at a threshold, under a name; it keeps what took long. Shared by all sessions and not changed by them."""
    return make_label_point(name, scores(root, run_id, split, calibrated), label, threshold)


@st.cache_data(max_entries=128, show_spinner="Computing intervals of each subgroup")
def label_subgroups(
    root: str, run_id: str, split: str, label: str, calibrated: bool, threshold: float, group: str, names: tuple[str, ...]
) -> list[Subgroup]:
    """Metrics of one label at a threshold, of all images and of each subgroup, with intervals."""
    found, points = scores(root, run_id, split, calibrated).of_label(label), {label: threshold}
    return [whole(found, points, names), *subgroup_intervals(found, points, group, names)]


@st.cache_data(max_entries=128, show_spinner=False)
def logistic(root: str, run_id: str, label: str) -> LogisticCalibration:
    """Slope and shift of a label's scores, fitted on validation."""
    return fit_logistic(predictions(root, run_id, "val").of_label(label))


@st.cache_data(max_entries=128, show_spinner=False)
def label_scores(root: str, run_id: str, split: str, label: str, kind: str) -> Predictions:
    """One label of a run: "raw" scores, calibrated by "temperature", or by slope and shift ("logistic")."""
    if kind == "logistic":
        return logistic(root, run_id, label).applied(predictions(root, run_id, split).of_label(label))
    return scores(root, run_id, split, kind == "temperature").of_label(label)


@st.cache_data(max_entries=256, show_spinner="Computing intervals")
def score_errors(root: str, run_id: str, split: str, label: str, kind: str, names: tuple[str, ...]) -> dict[str, Entry]:
    """How far the scores of a label are from probabilities, with intervals."""
    return estimates(label_scores(root, run_id, split, label, kind), {label: 0.5}, names)


@st.cache_data(max_entries=128, show_spinner="Testing the calibration")
def recalibrated(root: str, run_id: str, split: str, label: str, kinds: tuple[tuple[str, str], ...], metric: str) -> list[Pair]:
    """Kinds of scores of a label, (name, kind), tested against each other in a metric of scores."""
    found = {name: label_scores(root, run_id, split, label, kind) for name, kind in kinds}
    return tested([Compared(name, one, {label: 0.5}, (metric,)) for name, one in found.items()], metric)


@st.cache_resource(max_entries=64, show_spinner=False)
def lesson_limits(lesson_id: str, data: str, scene: str, thresholds: tuple[float, ...], _one: Predictions) -> dict[str, np.ndarray]:
    """What `line_limits` tells of a lesson's scores at thresholds."""
    return line_limits(_one, np.array(thresholds))


@st.cache_data(max_entries=64, show_spinner="Looking at the images")
def contact_sheet(
    root: str, source: str, fingerprint: str, size: int, aspect: str, image_ids: tuple[str, ...], tile: int, columns: int
) -> bytes:
    """Images as a JPEG sheet of tiles, as a model that was given them at `size` saw them; black where one cannot be read any more."""
    prepared = prepare(dataset(root, source), size, Path(root), aspect=aspect)
    place = {image_id: row for row, image_id in enumerate(prepared.dataset.image_ids.tolist())}
    missing = np.zeros((tile, tile), np.uint8)
    pictures = [prepared.of(np.array([place[one]]))[0] if one in place else missing for one in image_ids]
    return make_contact_sheet(pictures, tile, columns)


@st.cache_data(max_entries=256, show_spinner="Choosing again on resampled images")
def threshold_interval(root: str, run_id: str, label: str, rule: str) -> ThresholdInterval | None:
    """How much a rule's threshold depends on the validation images that were met."""
    return chosen_interval(rule, predictions(root, run_id, "val"), label)


@st.cache_data(max_entries=256, show_spinner=False)
def operating_counts(root: str, run_id: str, split: str, thresholds: tuple[tuple[str, float], ...]) -> dict[str, Counts]:
    """TP, FP, FN and TN of each label at a run's operating point."""
    return label_curves.operating_counts(predictions(root, run_id, split), dict(thresholds))


@st.cache_resource(max_entries=1024, show_spinner=False)
def curves(
    root: str, run_id: str, split: str, label: str | None, calibrated: bool, thresholds: tuple[tuple[str, float], ...], points: int
) -> label_curves.LabelCurves:
    """The curves of a label, or where it is None of the labels on average, which have a mark at the mean of their `thresholds`."""
    found = scores(root, run_id, split, calibrated)
    if label is not None:
        return label_curves.label_curves(found, label, points)
    return label_curves.macro_curves(found, operating_counts(root, run_id, split, thresholds), points)


@st.cache_resource(max_entries=10, show_spinner="Loading the model")
def predictor(root: str, run_id: str, thresholds: tuple[tuple[str, float], ...]) -> Predictor:
    """A run ready to answer; shared by all sessions and only read."""
    store = Store(Path(root))
    return Predictor(store, store.get(run_id))


@st.cache_data(max_entries=256, show_spinner="Looking at the image")
def answer(root: str, run_id: str, thresholds: tuple[tuple[str, float], ...], name: str, digest: str, _decoded: Decoded) -> Answer:
    """What a run says of a picture, which the digest names."""
    return predictor(root, run_id, thresholds).answer_decoded(name, _decoded)


@st.cache_resource(max_entries=10, show_spinner="Measuring how far the training images are from one another")
def familiarity(root: str, run_id: str, thresholds: tuple[tuple[str, float], ...]) -> Familiarity:
    """The training images of a run, to tell how far others are; computed where it was not. Raises DataError where they are not here."""
    return familiarity_of(predictor(root, run_id, thresholds), Path(root))


@st.cache_data(max_entries=256, show_spinner=False)
def distance(root: str, run_id: str, thresholds: tuple[tuple[str, float], ...], digest: str, _decoded: Decoded) -> Distance:
    """How far a picture, which the digest names, is from the training images of a run. Raises as `familiarity`."""
    features = predictor(root, run_id, thresholds).features_of_picture(_decoded)
    return familiarity(root, run_id, thresholds).of(features[None])[0]


@st.cache_resource(max_entries=256, show_spinner="Moving the image a little")
def steadiness(root: str, run_id: str, thresholds: tuple[tuple[str, float], ...], digest: str, _decoded: Decoded) -> Steadiness:
    """How firmly a run says it."""
    return steadiness_of(predictor(root, run_id, thresholds), _decoded)


@st.cache_resource(max_entries=64, show_spinner="Looking where the score comes from")
def explanation(root: str, run_id: str, thresholds: tuple[tuple[str, float], ...], digest: str, _decoded: Decoded) -> Explanation:
    """Where a run's scores of a picture, which the digest names, come from. Raises ExplanationError."""
    return predictor(root, run_id, thresholds).explain(_decoded)


@st.cache_data(max_entries=4, show_spinner="Writing the model, and asking it what the run was asked")
def exported_model(root: str, run_id: str, thresholds: tuple[tuple[str, float], ...]) -> tuple[bytes, dict]:
    """A run as ONNX with the program beside it, as a ZIP file, and what there is to say of it; `thresholds` are part of the key."""
    store, stream = Store(Path(root)), io.BytesIO()
    found = export_model(store, store.get(run_id))
    found.write_zip(stream)
    return stream.getvalue(), found.summary()


@st.cache_resource(max_entries=8, ttl="10m", show_spinner="Looking at the data set")
def dataset(root: str, source: str) -> Dataset:
    """A data set as it lies now; looked at again after ten minutes."""
    return registry.load(source, Path(root))


@st.cache_resource(max_entries=8, ttl="10m", show_spinner=False)
def identified_dataset(root: str, source: str) -> tuple[Dataset, str]:
    """A data set as it lies now and its fingerprint, which takes a while where there are many images."""
    found = dataset(root, source)
    return found, found.fingerprint


@st.cache_data(max_entries=512, show_spinner=False)
def picture(root: str, source: str, fingerprint: str, row: int, side: int) -> np.ndarray:
    """Grey pixels uint8 of an image, no larger than `side`; `fingerprint` is part of the key. Raises ImageError."""
    return within(dataset(root, source).reader.decoded(row, side).pixels, side)


@st.cache_data(max_entries=16, show_spinner="Looking for copies and shortcuts")
def inspection(root: str, source: str, fingerprint: str) -> Inspection:
    """The audit, near copies and shortcuts of a data set; `fingerprint` is part of the key."""
    return inspect(prepare(dataset(root, source), SIZE, Path(root)))


@st.cache_data(max_entries=8, show_spinner="Unpacking")
def unpacked_upload(root: str, file_id: str, _upload: BinaryIO) -> str:
    """The folder of an uploaded archive's files; the same upload is unpacked once."""
    return str(own.take_in(_upload, Path(root)))


@st.cache_resource(max_entries=4, show_spinner="Reading the table")
def prediction_table(file_id: str, task: str | None, _upload: BinaryIO) -> tuple[PredictionTable, str]:
    """An uploaded table of predictions, and the sha256 of the file; only read, never changed."""
    _upload.seek(0)
    table = read_prediction_table(_upload, task)
    _upload.seek(0)
    return table, hashlib.file_digest(_upload, "sha256").hexdigest()


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


@st.cache_resource(max_entries=16, show_spinner=False)
def drawn_lesson(lesson_id: str) -> Material:
    """The simulated scores of a lesson; shared by all sessions and only read."""
    return lesson_of(lesson_id).draw()


@st.cache_data(max_entries=64, show_spinner=False)
def lesson_view(lesson_id: str, key: str, scene: str, names: tuple[str, ...], _one: Predictions) -> tuple[LineView, dict[str, Entry]]:
    """What follows a threshold over a scene of a lesson, and metrics of it that need none; `key` names the scores `_one`."""
    return make_line_view(_one), estimates(_one, dict.fromkeys(_one.labels, 0.5), names)
