"""Each two runs tested against each other on the same images: a grid of differences, and a sentence for each."""

from dataclasses import asdict

import pandas as pd
import streamlit as st

from core.evaluation.metrics import METRICS
from core.evaluation.pair import Pair
from core.figures.pair_grid import pair_grid_figure
from pages.components import cached_compare
from pages.components.chart import chart
from pages.components.compare_scope import Scope, download
from pages.components.view import thresholds_of
from pages.components.wording import p_value

_RESOLVED_FIRST = {True: 0, False: 1, None: 2}


def show(scope: Scope) -> None:
    """The grid, what it means, and the sentences: what is resolved first, what cannot be had last."""
    if len(scope.runs) < 2:
        st.info("Put a second run in view to test one against the other.", icon=":material/info:")
        return
    runs = tuple((run.run_id, scope.names[run.run_id], thresholds_of(run)) for run in scope.runs)
    pairs = cached_compare.pairs(str(scope.root), runs, scope.split, scope.label, scope.metric)
    known = [pair for pair in pairs if pair.unavailable is None]
    title = METRICS[scope.metric].title
    if known:
        figure = pair_grid_figure(list(scope.names.values()), pairs, f"{title}, {scope.said}", METRICS[scope.metric].higher_is_better)
        chart(figure, key="figure_pairs", alt=f"Differences in {title} between the runs on {scope.on}, told in the list below")
        st.caption("Blue: the run of the row is better. Orange: it is worse. Grey: the images at hand do not tell the two apart. "
                   "Empty: not available, and why stands below.")  # fmt: skip
    for pair in sorted(pairs, key=lambda pair: _RESOLVED_FIRST[_is_resolved(pair)]):
        st.markdown(f"- {pair.sentence}")
    methods = ", ".join(dict.fromkeys(pair.method for pair in known if pair.method))
    if known:
        st.caption(f"{title} on {scope.said}, the metric that is chosen above. {methods}; Holm-adjusted over {len(known)} pairs. Resolved "
                   "means that chance alone would rarely give such a difference.")  # fmt: skip
        st.caption(_of_decisions(known))
    download(scope, "paired-tests", lambda: pd.DataFrame(map(asdict, pairs)))


def _of_decisions(pairs: list[Pair]) -> str:
    """McNemar's test beside the one of the metric, or why it is not to be had."""
    tested = [f"{pair.first} and {pair.second} {p_value(pair.mcnemar_p)}" for pair in pairs if pair.mcnemar_p is not None]
    if not tested:
        return "McNemar's test of the decisions: not available where patients have several images, or images several findings."
    return f"McNemar's test of the decisions at the frozen thresholds, not adjusted: {'; '.join(tested)}."


def _is_resolved(pair: Pair) -> bool | None:
    return None if pair.unavailable is not None else pair.p_holm < 0.05
