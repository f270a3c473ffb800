"""Reliability of the scores of several runs: how often images with such a score have the label. Hover tells interval and images."""

from core.evaluation.curves import CalibrationCurve
from core.figures.roc_pr import COUNTS, diagonal, told_of
from core.figures.style import axis, color_of, dash_of, figure, short, symbol_of

SMALL = 20  # images; a bin with fewer is drawn hollow


def calibration_figure(curves: dict[str, CalibrationCurve], height: int = 380, score: str = "Score") -> dict:
    """Calibration curves by run title, each bin with its Wilson interval; on the diagonal scores are probabilities.

    `score` is what the axis calls them: "Score", or "Probability" after calibration.
    """
    traces = [diagonal()]
    for number, (title, curve) in enumerate(curves.items()):
        traces += [_line(number, title, curve), _bins(number, title, curve)]
    across, upright = axis(f"{score}, mean of each bin", -0.01, 1.01), axis("Share with the label", -0.01, 1.02)
    return figure(traces, height, xaxis=across, yaxis=upright)


def _line(number: int, title: str, curve: CalibrationCurve) -> dict:
    return {
        "type": "scatter", "mode": "lines", "name": title, "legendgroup": title, "x": short(curve.mean_score),
        "y": short(curve.positive_share), "line": {"color": color_of(number), "dash": dash_of(number), "width": 1.8}, "hoverinfo": "skip",
    }  # fmt: skip


def _bins(number: int, title: str, curve: CalibrationCurve) -> dict:
    """The bins for themselves: the legend would show the mark of the first, which may be hollow."""
    color, symbol = color_of(number), symbol_of(number)
    share, low, high = curve.positive_share, curve.low, curve.high
    return {
        "type": "scatter", "mode": "markers", "name": title, "legendgroup": title, "showlegend": False,
        "x": short(curve.mean_score), "y": short(share),
        "customdata": [(*told, *rest) for told, *rest in zip(told_of(curve.thresholds, curve.counts), short(low), short(high),
                                                             curve.images.tolist(), strict=True)],
        "marker": {"size": 8, "color": color, "symbol": [f"{symbol}-open" if few else symbol for few in curve.images < SMALL]},
        "error_y": {"type": "data", "symmetric": False, "array": short(high - share), "arrayminus": short(share - low),
                    "color": color, "thickness": 1.4, "width": 3},
        "hovertemplate": f"{title}<br>mean score %{{x:.3f}}<br>%{{y:.1%}} have the label (%{{customdata[5]:.1%}} to %{{customdata[6]:.1%}})"
                         f"<br>%{{customdata[7]}} images<br>where it begins, {COUNTS}<extra></extra>",
    }  # fmt: skip
