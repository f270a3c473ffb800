"""Can the scores be read as probabilities? As they are and calibrated on validation, and what that does to a threshold."""

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from core.errors import CoreError, EvaluationError
from core.evaluation.calibration import UNCHANGED
from core.evaluation.counts import counts_at
from core.evaluation.curves import CalibrationCurve, calibration_curve
from core.evaluation.metrics import METRICS
from core.evaluation.predictions import Predictions
from core.evaluation.recalibration import recalibration_note
from core.evaluation.utility import cost_threshold
from core.figures.calibration import calibration_figure
from core.figures.style import headed
from pages.components import cached, view
from pages.components.compare_head import split_words
from pages.components.lab_download import download
from pages.components.lab_scene import Scene
from pages.components.line_chart import line_chart
from pages.components.metric_table import told

_RAW = "As they are"
_KINDS = {_RAW: "raw", "Temperature": "temperature", "Slope and shift": "logistic"}
_METRICS = ("ece", "brier", "log_loss")
Raw = Callable[[float], float | None]  # from a threshold of calibrated scores to one of the scores as they are


def show(scene: Scene) -> None:
    """The curves, the temperature, the errors with intervals, and what it all does to a threshold."""
    kinds, missing = _kinds(scene)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _curve(scene, list(kinds))
    with right:
        _say(scene, kinds)
    for name, why in missing.items():
        st.caption(f":material/block: {name}: not available: {why}")
    _errors(scene, list(kinds))
    _thresholds(scene, kinds)
    _note(scene)


def _kinds(scene: Scene) -> tuple[dict[str, Raw], dict[str, str]]:
    """Each kind of scores with its way back to the scores as they are, and why a kind cannot be had."""
    found, missing, key = {_RAW: lambda threshold: threshold}, {}, (str(scene.root), scene.run.run_id)
    ways = {
        "Temperature": lambda: partial(cached.temperature(*key).raw_threshold, scene.label),
        "Slope and shift": lambda: cached.logistic(*key, scene.label).raw_threshold,
    }
    for name, way in ways.items():
        try:
            if "val" not in scene.run.data.images:
                raise EvaluationError("it is fitted on validation", "this run has no scores there")
            found[name] = way()
        except CoreError as error:
            missing[name] = str(error)
    return found, missing


def _scores(scene: Scene, name: str) -> Predictions:
    return cached.label_scores(str(scene.root), scene.run.run_id, scene.split, scene.label, _KINDS[name])


def _curve(scene: Scene, kinds: list[str]) -> None:
    split, found = split_words(scene.split), {name: calibration_curve(*_scores(scene, name).column(scene.label)) for name in kinds}
    made = headed(calibration_figure(found, 400), f"{split}, {scene.label}")
    alt = f"Reliability of the scores of {scene.label} on {split}: {', '.join(found)}"
    line_chart(made, "figure_lab_calibration", alt, f"calibration-{scene.label}-{split}")
    download(scene, "calibration", lambda: _bins(found), "CSV of the curves")
    st.caption(f"On {split}. On the dotted line a score is a probability: of images with 0.3, three in ten have {scene.label}. Below it "
               "scores are too high, above it too low. Hollow: fewer than 20 images.")  # fmt: skip


def _say(scene: Scene, kinds: dict[str, Raw]) -> None:
    """The numbers that were fitted, and what they mean."""
    key = (str(scene.root), scene.run.run_id)
    if "Temperature" in kinds:
        temperature = cached.temperature(*key)
        value, kept = temperature.values[scene.label], temperature.kept.get(scene.label)
        st.metric("Temperature", f"{value:.2f}", help=temperature.sentence)
        st.markdown(f"It stays 1: {kept}." if kept else f"Fitted on {temperature.images:,} validation images. {_means(value)}")
    if "Slope and shift" in kinds:
        found = cached.logistic(*key, scene.label)
        st.metric(
            "Slope and shift", f"{found.slope:.2f}, {found.intercept:+.2f}", help="Of the logit of the score: slope times it, plus shift."
        )
        moved = found.raw_threshold(0.5)
        st.markdown(f"Fitted on the same images. Here 0.5 moves: it is **{moved:.3f}** of the scores as they are, which are "
                    f"{'too high' if moved > 0.5 else 'too low'} there.")  # fmt: skip
    if len(kinds) > 1 and scene.split == "val":
        st.caption("Both were fitted on these very images, so calibration looks better here than it is.")


def _means(value: float) -> str:
    if value > UNCHANGED:
        return "Above 1: the scores were too extreme, and are drawn to the middle."
    return "Below 1: the scores were too timid, and are drawn apart."


def _errors(scene: Scene, kinds: list[str]) -> None:
    split, key = split_words(scene.split), (str(scene.root), scene.run.run_id, scene.split, scene.label)
    found = {name: cached.score_errors(*key, _KINDS[name], _METRICS) for name in kinds}
    rows = [{"Scores": name, **{METRICS[metric].title: told(entries[metric]) for metric in _METRICS}} for name, entries in found.items()]
    columns = {METRICS[metric].title: st.column_config.TextColumn(help=f"{METRICS[metric].definition} On {split}.") for metric in _METRICS}
    st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=columns, alt=f"Calibration errors of the scores on {split}")
    st.caption(f"On {split}, with 95 % intervals; less is better.")
    plain = [{"scores": name, "metric": metric} | vars(entry) for name, entries in found.items() for metric, entry in entries.items()]
    download(scene, "calibration-errors", pd.DataFrame(plain), "CSV of the errors")
    if len(kinds) > 1:
        pairs = cached.recalibrated(*key, tuple((name, _KINDS[name]) for name in kinds), "brier")
        st.markdown("\n".join(f"- {pair.sentence}" for pair in pairs))


def _thresholds(scene: Scene, kinds: dict[str, Raw]) -> None:
    """What a number decides on each kind of scores, and where the same decisions lie among the scores as they are."""
    st.markdown("**What it does to a threshold**")
    place, costs = scene.line().place, cost_threshold(scene.missed_costs)
    words = {0.5: "0.5"} | {place: f"{place:.3f}, the line"} | {costs: f"{costs:.3f}, asked by costs"}
    rows = []
    for threshold, said in words.items():
        for name, raw in kinds.items():
            counts, before = counts_at(*_scores(scene, name).column(scene.label), threshold), raw(threshold)
            rows.append({"Threshold": said, "Scores": name, "As they are, that is": "n/a" if before is None else f"{before:.3f}",
                         "TP": counts.tp, "FP": counts.fp, "FN": counts.fn, "TN": counts.tn})  # fmt: skip
    table = pd.DataFrame(rows)
    st.dataframe(table, hide_index=True, alt=f"What thresholds decide on each kind of scores, on {split_words(scene.split)}")
    st.caption(f"On {split_words(scene.split)}. {_why(scene)} One missed case is taken to cost {scene.missed_costs:g} false alarms.")
    download(scene, "calibrated-thresholds", table, "CSV of the thresholds")


def _why(scene: Scene) -> str:
    if scene.run.data.task == "multiclass":
        return ("Several classes share one temperature: each image keeps the order of its classes, but no single threshold of the scores "
                "as they are decides alike, since it depends on the other classes of the image.")  # fmt: skip
    return ("A temperature never moves 0.5: it draws scores towards it or away from it, so what is decided at 0.5 stays. A shift moves "
            "it too, as weighing classes in training does.")  # fmt: skip


def _note(scene: Scene) -> None:
    """What training did that keeps scores from being probabilities."""
    run = scene.run
    members = view.store().members(run) if run.recipe.member_runs else []
    if note := recalibration_note(run.recipe, run.data.task, [member.recipe for member in members]):
        st.info(note, icon=":material/thermostat:")


def _bins(curves: dict[str, CalibrationCurve]) -> pd.DataFrame:
    return pd.concat([
        pd.DataFrame({"scores": name, "mean score": one.mean_score, "share with the label": one.positive_share, "low": one.low,
                      "high": one.high, "images": one.images}) for name, one in curves.items()
    ])  # fmt: skip
