"""The runs in view at one threshold, at one sensitivity, or each at its own rule: counts, rates with intervals, points on shared axes."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.errors import CoreError, EvaluationError
from core.evaluation.counts import Counts
from core.evaluation.label_point import COMPARED, LabelPoint, pairs, title_of
from core.figures.roc_pr import Point, roc_figure
from core.figures.style import headed
from core.runs.run import Run
from pages.components import cached, view
from pages.components.compare_head import split_words
from pages.components.lab_download import download
from pages.components.lab_scene import Scene
from pages.components.lab_words import at_the_line
from pages.components.line_chart import line_chart
from pages.components.metric_table import told
from pages.components.view import thresholds_of
from pages.components.wording import distinct

_WAYS = {"line": "At the line", "sensitivity": "At one sensitivity", "rule": "Each by its own rule"}
_FIRST = {"line": "f1", "sensitivity": "specificity", "rule": "f1"}  # the metric that is tested until another is chosen
_SHOWN = ("sensitivity", "specificity", "precision", "f1")
_POINTS = 300  # of a curve
_MOST_SENTENCES = 6
At = Callable[[Run], float | None]


def show(scene: Scene) -> None:
    """How the runs are set beside each other, the table, the curves, and which differences the images can tell."""
    way, at, words = _ask(scene)
    found, missing = _gather(scene, at)
    if not found:
        _tell(missing)
        return
    said = f"{split_words(scene.split)}, {scene.label}, {words}{', calibrated scores' if scene.calibrated else ''}"
    _table(scene, found, said, way == "rule")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _curves(scene, found, said)
    with right:
        _differences(found, way, said)
    _tell(missing)
    _notes(scene, way)


def _ask(scene: Scene) -> tuple[str, At, str]:
    """Which way, the threshold of each run by it, and the way in words."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        way = st.segmented_control("Runs in view", list(_WAYS), default="line", required=True, key="models_at", bind="query-params",
                                   format_func=_WAYS.get)  # fmt: skip
        if way == "sensitivity":
            least = st.slider("Sensitivity at least, on validation", 0.5, 1.0, 0.9, 0.01, key="models_sensitivity", bind="query-params")
            return way, lambda run: _at_sensitivity(scene, run, least), f"at a sensitivity of {least:g} on validation"
    if way == "rule":
        return way, lambda run: _own(scene, run), "each by its own frozen rule"
    place = scene.line().place
    return way, lambda _: place, at_the_line(scene)


def _at_sensitivity(scene: Scene, run: Run, least: float) -> float:
    if "val" not in run.data.images:
        raise EvaluationError("it has no scores on validation", "validation chooses its threshold")
    return cached.threshold_by(str(scene.root), run.run_id, scene.label, scene.calibrated, f"sensitivity={least:g}")


def _own(scene: Scene, run: Run) -> float | None:
    if run.data.task == "multiclass":
        return None
    threshold = run.operating_point.thresholds[scene.label]
    return cached.temperature(str(scene.root), run.run_id).threshold(scene.label, threshold) if scene.calibrated else threshold


def _gather(scene: Scene, at: At) -> tuple[dict[str, tuple[Run, LabelPoint]], dict[str, str]]:
    """Each run with its point, by its name, and why for those without."""
    runs = view.runs_in_view()
    names, found, missing = distinct({run.run_id: run.title for run in runs}), {}, {}
    for run in runs:
        name = names[run.run_id]
        try:
            _check(scene, run)
            found[name] = run, cached.label_point(str(scene.root), run.run_id, name, scene.split, scene.label, scene.calibrated, at(run))
        except CoreError as error:
            missing[name] = str(error)
    return found, missing


def _check(scene: Scene, run: Run) -> None:
    if run.data.task != scene.run.data.task or scene.label not in run.data.labels:
        raise EvaluationError(
            f"it is a {run.data.task} run with {len(run.data.labels)} labels", f"{scene.label} of a {scene.run.data.task} run is looked at"
        )
    if scene.split not in run.data.images:
        raise EvaluationError(f"it has no scores on {split_words(scene.split)}")


def _table(scene: Scene, found: dict[str, tuple[Run, LabelPoint]], said: str, with_rule: bool) -> None:
    rows = []
    for name, (run, point) in found.items():
        where = "highest score" if point.threshold is None else f"{point.threshold:.3f}"
        rates = {title_of(metric): told(point.rates[metric]) for metric in _SHOWN}
        rows.append({"Run": name, "Threshold": where, **_cells(point.counts), **rates, **({"Rule": _rule(run)} if with_rule else {})})
    st.table(pd.DataFrame(rows), border="horizontal", hide_index=True, alt=f"Counts and rates of the runs: {said}")
    st.caption(f"On {said}; with 95 % intervals. PPV is precision.")
    download(scene, "models", lambda: _plain(scene, found, said))


def _rule(run: Run) -> str:
    return "highest score" if run.data.task == "multiclass" else run.operating_point.rule


def _cells(counts: Counts) -> dict[str, int]:
    return {"TP": counts.tp, "FP": counts.fp, "FN": counts.fn, "TN": counts.tn}


def _curves(scene: Scene, found: dict[str, tuple[Run, LabelPoint]], said: str) -> None:
    curves = {}
    for name, (run, _) in found.items():
        key = (str(scene.root), run.run_id, scene.split, scene.label, scene.calibrated, thresholds_of(run), _POINTS)
        if (roc := cached.curves(*key).roc) is not None:
            curves[name] = roc
    if not curves:
        st.caption(":material/block: The ROC curve: not available: it needs images with and without the label.")
        return
    points = {name: Point(point.threshold, point.counts) for name, (_, point) in found.items()}
    made = headed(roc_figure(curves, points, 360), said)
    alt = f"ROC curves of the runs with a point for each: {said}; the table above has the numbers"
    line_chart(made, key="figure_models", alt=alt, name=f"roc-{said}")


def _differences(found: dict[str, tuple[Run, LabelPoint]], way: str, said: str) -> None:
    """Which runs the images can tell apart, in a metric."""
    st.markdown("**Can these images tell them apart?**")
    if len(found) < 2:
        st.caption("Put a second run in view, in the sidebar, to test one against the other.")
        return
    metric = st.selectbox("Tested", COMPARED, COMPARED.index(_FIRST[way]), format_func=title_of, key=f"models_tested_{way}",
                          bind="query-params")  # fmt: skip
    tested = sorted(pairs([point for _, point in found.values()], metric), key=lambda pair: 2 if pair.p_holm is None else pair.p_holm)
    _sentences(tested[:_MOST_SENTENCES])
    if len(tested) > _MOST_SENTENCES:
        with st.expander(f"{len(tested) - _MOST_SENTENCES} more pairs"):
            _sentences(tested[_MOST_SENTENCES:])
    methods = " and ".join(dict.fromkeys(pair.method for pair in tested if pair.method))
    st.caption(f"On {said}. By {methods}; Holm-adjusted over {len(tested)} pairs. The thresholds count as fixed.")


def _sentences(tested: list) -> None:
    st.markdown("\n".join(f"- {pair.sentence}" for pair in tested))


def _tell(missing: dict[str, str]) -> None:
    for name, why in missing.items():
        st.caption(f":material/block: {name}: not available: {why}")


def _notes(scene: Scene, way: str) -> None:
    split = split_words(scene.split)
    notes = {
        "line": "The same number need not mean the same among the scores of two runs: one may give .5 where another gives .1. Look at the "
                "points: they stand at different places of their curves.",
        "sensitivity": f"Each threshold was chosen on validation and is reported on {split}, where the sensitivity comes out a little "
                       "different in each run: compare specificities with that in mind.",
        "rule": "Each run decides by the rule in its last column, as it does on all other pages.",
    }  # fmt: skip
    st.caption(notes[way])


def _plain(scene: Scene, found: dict[str, tuple[Run, LabelPoint]], said: str) -> pd.DataFrame:
    rows = []
    for name, (run, point) in found.items():
        row = {"run_id": run.run_id, "run": name, "split": scene.split, "label": scene.label, "way": said, "threshold": point.threshold}
        row |= _cells(point.counts)
        for metric, entry in point.rates.items():
            row |= {metric: entry.value, f"{metric}_low": entry.low, f"{metric}_high": entry.high, f"{metric}_method": entry.method}
        rows.append(row)
    return pd.DataFrame(rows)
