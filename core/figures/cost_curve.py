"""What decisions cost per image over the threshold, where a miss costs more than a false alarm."""

import numpy as np

from core.evaluation.counts import Counts
from core.evaluation.utility import expected_cost
from core.figures.roc_pr import COUNTS, Point, mark_trace, told_of
from core.figures.style import axis, color_of, figure, short

_TOLD = "cost %{y:.4f}<br>"


def cost_figure(title: str, thresholds: np.ndarray, counts: Counts, missed_costs: float, point: Point, height: int = 380) -> dict:
    """Cost per image of a run at (t,) thresholds with `counts` (t,); the mark is its operating point. A false alarm costs 1."""
    cost = expected_cost(counts, missed_costs)
    line = {
        "type": "scatter", "mode": "lines", "name": title, "x": short(thresholds), "y": short(cost),
        "customdata": told_of(thresholds, counts), "line": {"color": color_of(0), "width": 2.2},
        "hovertemplate": f"{title}<br>{_TOLD}{COUNTS}<extra></extra>",
    }  # fmt: skip
    mark = mark_trace(0, title, np.float64(point.threshold), expected_cost(point.counts, missed_costs), point, told=_TOLD)
    top = 1.05 * max(float(cost.max()), 1e-9)
    return figure([line, mark], height, xaxis=axis("Threshold", -0.01, 1.01), yaxis=axis("Cost per image", 0, top))
