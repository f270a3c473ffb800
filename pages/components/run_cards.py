"""A card for a run: what it is, its ROC AUC on test with interval, and how it learned."""

from pathlib import Path

import streamlit as st

from core.evaluation.metrics import METRICS
from core.figures.epoch_spark import epoch_spark
from core.runs.run import Run
from core.runs.store import Store
from pages.components import cached
from pages.components.view import thresholds_of
from pages.components.wording import ago, duration, share


def run_card(root: Path, run: Run) -> None:
    """One cell of a grid."""
    with st.container(border=True, height="stretch"):
        st.markdown(f"**{run.title}**")
        trained = f" · trained in {duration(run.seconds)}" if run.has_weights else ""
        st.caption(f"{run.description} · {run.data.title} · {ago(run.created)}{trained}")
        split = "test" if "test" in run.data.images else "val"
        interval = cached.intervals(str(root), run.run_id, split, thresholds_of(run))["roc_auc"]
        history = [record.val_roc_auc for record in Store(root).history(run) if record.val_roc_auc is not None]
        st.metric(f"ROC AUC, {split}", share(interval and interval.value), help=METRICS["roc_auc"].definition)
        if len(history) > 1:
            told = f"ROC AUC on val over {len(history)} epochs, from {min(history):.3f} to {max(history):.3f}"
            st.image(epoch_spark(history), width="stretch", alt=told)
        if interval:
            st.caption(f"95 % interval {interval.low:.3f} to {interval.high:.3f}")
