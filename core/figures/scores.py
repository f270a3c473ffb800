"""Where the scores of the two classes lie, and a threshold among them."""

from core.evaluation.curves import ScoreHistogram
from core.figures.style import NEGATIVE, POSITIVE, QUIET, axis, figure


def histogram_figure(histogram: ScoreHistogram, classes: tuple[str, str], threshold: float, height: int = 300) -> dict:
    """Counts per score bin of both classes, side by side; a line where the threshold is."""
    edges = histogram.edges
    middles, widths = ((edges[1:] + edges[:-1]) / 2).tolist(), (edges[1:] - edges[:-1]).tolist()
    bars = [
        _bars(middles, widths, counts.tolist(), name, color, pattern)
        for counts, name, color, pattern in (
            (histogram.negatives, classes[0], NEGATIVE, ""),
            (histogram.positives, classes[1], POSITIVE, "/"),
        )
    ]
    top = max(histogram.negatives.max(), histogram.positives.max())
    return figure(
        bars, height, barmode="overlay", xaxis=axis("Score", 0, 1), yaxis=axis("Images", 0, float(top) * 1.12),
        shapes=[threshold_line(threshold)], annotations=[_threshold_label(threshold)],
    )  # fmt: skip


def threshold_line(threshold: float) -> dict:
    """The threshold as an upright line, as a shape of a layout."""
    line = {"color": QUIET, "width": 3}
    return {"type": "line", "x0": threshold, "x1": threshold, "y0": 0, "y1": 1, "yref": "paper", "line": line}


def _bars(middles: list, widths: list, counts: list, name: str, color: str, pattern: str) -> dict:
    return {
        "type": "bar", "x": middles, "y": counts, "width": widths, "name": name, "opacity": 0.65,
        "marker": {"color": color, "pattern": {"shape": pattern, "solidity": 0.25}},
        "hovertemplate": f"{name}: %{{y}} images at score %{{x:.2f}}<extra></extra>",
    }  # fmt: skip


def _threshold_label(threshold: float) -> dict:
    side = "right" if threshold > 0.8 else "left"
    return {"x": threshold, "y": 1, "yref": "paper", "text": f" threshold {threshold:.3f} ", "showarrow": False, "xanchor": side}
