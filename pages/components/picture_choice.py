"""A run's answer to one image: score, threshold, verdict, and what such a verdict was worth on test."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from core.figures.scores import score_bar_figure
from core.images.decode import Decoded
from core.images.gate import remarks
from core.inference.predictor import Answer
from core.runs.run import Run
from pages.components import cached
from pages.components.view import thresholds_of, told
from pages.components.wording import with_interval

_EXAMPLES = 12


@dataclass(frozen=True)
class Example:
    """A test image with its truth."""

    name: str
    decoded: Decoded
    truth: str


def choose_example(root: Path, run: Run) -> Example | None:
    """A test image of the run's data set, if one is wanted and the data set is still there."""
    with told():
        dataset = cached.dataset(str(root), run.data.source)
    rows = _spread(dataset.rows("test"))
    names = {int(row): f"Example {number}: {_truth(dataset, row)}" for number, row in enumerate(rows, 1)}
    row = st.selectbox(f"or an example of {dataset.title}", list(names), format_func=names.get, index=None, key="example",
                       placeholder="Choose an example")  # fmt: skip
    if row is None:
        return None
    with told():
        return Example(str(dataset.image_ids[row]), dataset.reader.decoded(row), _truth(dataset, row))


def remarks_of(decoded: Decoded) -> None:
    """What speaks against trusting any answer, above all answers."""
    for remark in (*decoded.warnings, *remarks(decoded)):
        st.warning(remark, icon=":material/warning:")


def card(root: Path, run: Run, answer: Answer) -> None:
    """One run's answer."""
    with st.container(border=True):
        st.markdown(f"**{run.title}** · {run.description} · trained on {run.data.title}")
        for label in _shown(answer):
            st.markdown(_verdict(run, answer, label))
            if run.data.task != "multiclass":
                figure = score_bar_figure(answer.scores[label], answer.thresholds[label], label)
                st.plotly_chart(figure, key=f"score_{run.run_id}_{label}", alt=f"Score of {label} with its threshold")
        _worth(root, run)


def _verdict(run: Run, answer: Answer, label: str) -> str:
    score, threshold, called = answer.scores[label], answer.thresholds[label], answer.decisions[label]
    if run.data.task == "multiclass":
        return f"### {label}" if called else f"{label}: score {score:.3f}"
    if run.data.task == "binary":
        verdict = run.data.classes[1] if called else run.data.classes[0]
        return f"### {verdict}\nScore {score:.3f} is {'at least' if called else 'below'} the threshold {threshold:.3f}"
    return f"**{label}: {'yes' if called else 'no'}**, score {score:.3f}, threshold {threshold:.3f}"


def _worth(root: Path, run: Run) -> None:
    """How often such verdicts were right on test."""
    found = cached.intervals(str(root), run.run_id, "test", thresholds_of(run))
    st.caption(f"At this operating point ({run.operating_point.rule}), on test with 95 % intervals: sensitivity "
               f"{with_interval(found['sensitivity'])}, specificity {with_interval(found['specificity'])}. "
               "The score is not a probability.")  # fmt: skip


def _shown(answer: Answer) -> list[str]:
    """Labels by score, highest first."""
    return sorted(answer.scores, key=lambda label: -answer.scores[label])


def _truth(dataset, row: int) -> str:
    labels = [label for label, value in zip(dataset.labels, dataset.y[row], strict=True) if value]
    return ", ".join(labels) or (dataset.classes[0] if dataset.task == "binary" else "none")


def _spread(rows: np.ndarray) -> np.ndarray:
    return rows[np.linspace(0, len(rows) - 1, min(_EXAMPLES, len(rows))).astype(int)]
