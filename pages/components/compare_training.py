"""How the runs learned, epoch by epoch: any value that was recorded; and metrics at any thresholds from the scores of each epoch."""

import pandas as pd
import streamlit as st

from core.figures.training import metric_figure
from core.runs.history import EpochRecord
from core.runs.store import Store
from pages.components import epoch_curves
from pages.components.compare_scope import Scope, download
from pages.components.line_chart import line_chart

_VALUES = {
    "val_roc_auc": "ROC AUC, validation", "val_loss": "Loss, validation", "val_accuracy": "Accuracy, validation",
    "val_f1": "F1, validation", "val_precision": "Precision, validation", "val_recall": "Recall, validation", "train_loss": "Loss, train",
    "train_accuracy": "Accuracy, train", "train_f1": "F1, train", "train_precision": "Precision, train", "train_recall": "Recall, train",
    "learning_rate": "Learning rate", "images_per_second": "Images per second", "seconds": "Seconds",
}  # fmt: skip


def show(scope: Scope) -> None:
    """One figure of the chosen value, all runs in it."""
    histories = {scope.names[run.run_id]: Store(scope.root).history(run) for run in scope.runs}
    if not any(histories.values()):
        st.info("None of these runs has epochs; put a CNN, an LSTM or a transfer run in view.", icon=":material/info:")
        return
    recorded = [name for name in _VALUES if any(_is_recorded(history, name) for history in histories.values())]
    value = st.selectbox("Recorded value", recorded, key="recorded", bind="query-params", format_func=_VALUES.get, width=260)
    drawn = {run: history if _is_recorded(history, value) else [] for run, history in histories.items()}
    said = f"{_VALUES[value]} per epoch of each run"
    line_chart(metric_figure(drawn, value, _VALUES[value], 380), key="figure_training", alt=said, name=said)
    for run, history in histories.items():
        if not drawn[run]:
            why = "this value was not recorded" if history else "it has no epochs"
            st.caption(f":material/block: {_VALUES[value]} of {run}: not available: {why}.")
    st.caption("What train says is of the images as they were trained on, augmented. Accuracy, precision, recall and F1 are at 0.5.")
    download(scope, "training", lambda: _table(histories), "CSV of all recorded values")
    st.subheader("At any threshold")
    epoch_curves.show(scope.root, list(scope.runs), scope.label)


def _is_recorded(history: list[EpochRecord], value: str) -> bool:
    return any(getattr(record, value) is not None for record in history)


def _table(histories: dict[str, list[EpochRecord]]) -> pd.DataFrame:
    return pd.DataFrame([{"run": run, **vars(record)} for run, history in histories.items() for record in history])
