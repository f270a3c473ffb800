"""ROC, precision-recall, calibration and decision curves of all runs, one over the other, with each run's operating point."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from core.evaluation.counts import Counts
from core.evaluation.label_curves import LabelCurves, MeanCurve
from core.evaluation.recalibration import recalibration_note
from core.figures.calibration import calibration_figure
from core.figures.decision_curve import decision_figure
from core.figures.roc_pr import Point, mean_pr_figure, mean_roc_figure, pr_figure, roc_figure
from core.figures.style import headed
from core.runs.run import Run
from core.runs.store import Store
from pages.components import cached, cached_compare
from pages.components.compare_scope import Scope, ask_label, download, gather, tell_missing
from pages.components.line_chart import line_chart
from pages.components.view import thresholds_of

_MEAN = "Mean of the labels"
_FEW, _MANY_POINTS, _FEW_POINTS = 3, 400, 140  # runs; points of a curve of so few runs, and of more
_HEIGHT = 320  # px
_AS_THEY_ARE, _CALIBRATED = "As they are", "Calibrated by temperature"
_NAMES = {"roc": "The ROC curve", "pr": "The precision-recall curve", "decision": "The decision curve"}


@dataclass(frozen=True, eq=False)
class Overlaid:
    """The curves of the runs by name, why others have none, and a figure of each kind that some run has."""

    found: Mapping[str, LabelCurves]
    missing: Mapping[str, str]
    figures: Mapping[str, dict]


def show(scope: Scope) -> None:
    """The controls, four figures, and what has to be said of them."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        label = ask_label(
            scope, "Curves of", "curve_label", None if "multilabel" not in scope.tasks and "multiclass" not in scope.tasks else _MEAN
        )
        how = st.segmented_control("Scores", (_AS_THEY_ARE, _CALIBRATED), default=_AS_THEY_ARE, required=True, key="scores",
                                   bind="query-params")  # fmt: skip
    calibrated = how == _CALIBRATED
    of_runs = [(run.run_id, scope.names[run.run_id], thresholds_of(run)) for run in scope.runs]
    key = repr((str(scope.root), of_runs, scope.split, label, calibrated))
    made = cached_compare.overlaid(key, lambda: _overlaid(scope, label, calibrated))
    _show(
        scope, made, f"{scope.on}, {label or 'mean of the labels'}, {'calibrated by temperature' if calibrated else 'scores as they are'}"
    )
    tell_missing(made.missing, "Curves")
    for name, title in _NAMES.items():
        tell_missing({run: curves.unavailable[name] for run, curves in made.found.items() if name in curves.unavailable}, title)
    _notes(scope, label, calibrated)


def _overlaid(scope: Scope, label: str | None, calibrated: bool) -> Overlaid:
    found, missing = gather(scope, lambda run: _curves(scope, run, label, calibrated))
    points, _ = gather(scope, lambda run: _point(scope, run, label, calibrated)) if label else ({}, {})
    return Overlaid(found, missing, _figures(found, points, calibrated))


def _curves(scope: Scope, run: Run, label: str | None, calibrated: bool) -> LabelCurves:
    points = _MANY_POINTS if len(scope.runs) <= _FEW else _FEW_POINTS
    return cached.curves(str(scope.root), run.run_id, scope.split, label, calibrated, thresholds_of(run), points)


def _point(scope: Scope, run: Run, label: str, calibrated: bool) -> Point:
    """The operating point: the decisions stay the same, calibrated or not, and the threshold moves with the scores."""
    counts = cached.operating_counts(str(scope.root), run.run_id, scope.split, thresholds_of(run))[label]
    if run.data.task == "multiclass":
        return Point(None, counts)
    threshold = run.operating_point.thresholds[label]
    return Point(cached.temperature(str(scope.root), run.run_id).threshold(label, threshold) if calibrated else threshold, counts)


def _figures(found: Mapping[str, LabelCurves], points: Mapping[str, Point], calibrated: bool) -> dict[str, dict]:
    roc, pr, decision = (_of_all(found, name) for name in _NAMES)
    means = any(isinstance(curve, MeanCurve) for curve in roc.values())
    at = {run: point for run, point in points.items() if point.threshold is not None}
    figures = {}
    if roc:
        figures["roc"] = mean_roc_figure(roc, _HEIGHT) if means else roc_figure(roc, points, _HEIGHT)
    if pr:
        figures["pr"] = mean_pr_figure(pr, _HEIGHT) if means else pr_figure(pr, points, _HEIGHT)
    if decision:
        figures["decision"] = decision_figure(decision, at, _HEIGHT)
    if found:
        reliability = {run: curves.calibration for run, curves in found.items()}
        figures["calibration"] = calibration_figure(reliability, _HEIGHT, "Probability" if calibrated else "Score")
    return figures


def _of_all(found: Mapping[str, LabelCurves], name: str) -> dict:
    """One kind of curve of the runs that have it."""
    return {run: getattr(curves, name) for run, curves in found.items() if getattr(curves, name)}


def _show(scope: Scope, made: Overlaid, said: str) -> None:
    """The four figures, two in a row, each with its table."""
    left, right = st.columns(2, gap="medium")
    with left:
        _figure(scope, "ROC", "roc", made.figures.get("roc"), said,
                lambda: _table(_of_all(made.found, "roc"), "false positive rate", "sensitivity"))  # fmt: skip
        _figure(
            scope, "Calibration", "calibration", made.figures.get("calibration"), said, lambda: _bins(_of_all(made.found, "calibration"))
        )
    with right:
        _figure(scope, "Precision and recall", "precision-recall", made.figures.get("pr"), said,
                lambda: _table(_of_all(made.found, "pr"), "recall", "precision"))  # fmt: skip
        _figure(scope, "Decision curve", "decision-curve", made.figures.get("decision"), said,
                lambda: _benefit(_of_all(made.found, "decision")))  # fmt: skip


def _figure(scope: Scope, title: str, name: str, figure: dict | None, said: str, table) -> None:
    st.subheader(title)
    if not figure:
        st.info("No run has this curve here; the reasons stand below.", icon=":material/block:")
        return
    line_chart(headed(figure, said), key=f"figure_{name}", alt=f"{title} of the runs: {said}", name=f"{name}-{said}")
    download(scope, name, table)


def _notes(scope: Scope, label: str | None, calibrated: bool) -> None:
    mark = "The mark on each curve is the run's operating point; hover for threshold and counts." if label else (
        "The mark on each curve is the mean of the labels' operating points. On a mean curve each label has its own threshold; hover "
        "for their range and the counts of all labels. Calibration and decision curve take all pairs of an image and a label "
        "together."
    )  # fmt: skip
    st.caption(f"On {scope.on}. {mark} Decision curves read the threshold as the least probability at which one would act.")
    if calibrated:
        told, missing = gather(scope, lambda run: cached.temperature(str(scope.root), run.run_id).sentence)
        for name, sentence in told.items():
            st.caption(f"{name}: {sentence}")
        if scope.split == "val":
            st.caption("The temperatures were fitted on these very images, so calibration looks better here than it is.")
    notes, _ = gather(scope, _recalibration)
    for note in dict.fromkeys(note for note in notes.values() if note):
        st.info(f"{', '.join(name for name, said in notes.items() if said == note)}: {note}", icon=":material/thermostat:")


def _recalibration(run: Run) -> str | None:
    members = Store(run.folder.parents[1]).members(run) if run.recipe.member_runs else []
    return recalibration_note(run.recipe, run.data.task, [member.recipe for member in members])


def _table(curves: Mapping, x: str, y: str) -> pd.DataFrame:
    """All points of the curves, one below the other."""
    parts = []
    for run, curve in curves.items():
        if isinstance(curve, MeanCurve):
            columns = {"run": run, "lowest threshold": curve.lowest, "highest threshold": curve.highest, x: curve.x, y: curve.y}
            parts.append(pd.DataFrame(columns | {"labels": len(curve.labels)} | _counts(curve.counts)))
            continue
        first = getattr(curve, x.replace(" ", "_"))
        parts.append(pd.DataFrame({"run": run, "threshold": curve.thresholds, x: first, y: getattr(curve, y)} | _counts(curve.counts)))
    return pd.concat(parts)


def _benefit(curves: Mapping) -> pd.DataFrame:
    return pd.concat([
        pd.DataFrame({"run": run, "threshold": one.thresholds, "net benefit": one.net_benefit, "treat all": one.treat_all}
                     | _counts(one.counts)) for run, one in curves.items()
    ])  # fmt: skip


def _bins(curves: Mapping) -> pd.DataFrame:
    return pd.concat([
        pd.DataFrame({"run": run, "mean score": one.mean_score, "share with the label": one.positive_share, "low": one.low,
                      "high": one.high, "images": one.images, "from threshold": one.thresholds} | _counts(one.counts))
        for run, one in curves.items()
    ])  # fmt: skip


def _counts(counts: Counts) -> dict[str, np.ndarray]:
    return {"TP": counts.tp, "FP": counts.fp, "FN": counts.fn, "TN": counts.tn}
