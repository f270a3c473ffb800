"""Where the scores of both classes lie, and the grey zone between two thresholds among them."""

from core.evaluation.curves import ScoreHistogram
from core.evaluation.grey_zone import Zone
from core.figures.scores import histogram_figure, threshold_line
from core.figures.style import QUIET


def grey_zone_figure(histogram: ScoreHistogram, classes: tuple[str, str], zone: Zone, height: int = 300) -> dict:
    """Counts per score bin of both classes; the zone shaded between its two lines."""
    made = histogram_figure(histogram, classes, zone.low, height)
    shade = {"type": "rect", "x0": zone.low, "x1": zone.high, "y0": 0, "y1": 1, "yref": "paper", "line": {"width": 0},
             "fillcolor": QUIET, "opacity": 0.25, "layer": "below"}  # fmt: skip
    words = [_words(zone.low, f"negative below {zone.low:.3f} ", "right"), _words(zone.high, f" positive from {zone.high:.3f}", "left")]
    return made | {
        "layout": made["layout"] | {
            "shapes": [shade, threshold_line(zone.low), threshold_line(zone.high)], "annotations": words,
            "margin": made["layout"]["margin"] | {"t": 48},
        }
    }  # fmt: skip


def _words(place: float, text: str, anchor: str) -> dict:
    """Above the plot, where they cannot hide a bar; turned inwards near an edge."""
    inwards = "left" if place < 0.25 else "right" if place > 0.75 else anchor
    row = 1.02 if anchor == "right" else 1.1
    return {"x": place, "y": row, "yref": "paper", "text": text, "showarrow": False, "xanchor": inwards, "yanchor": "bottom"}
