"""The learning rate over a run, before or after it."""

from core.figures.style import COLORS, axis, figure


def rate_figure(epochs: list[float], rates: list[float], height: int = 220) -> dict:
    """The rate at each place of a run; `epochs` are places in passes over the training images, 0 being the start."""
    trace = {
        "type": "scatter", "mode": "lines", "x": epochs, "y": rates, "line": {"color": COLORS[0], "width": 2}, "showlegend": False,
        "hovertemplate": "epoch %{x:.1f}: %{y:.2e}<extra></extra>",
    }  # fmt: skip
    upright = axis("Learning rate", 0, 1.08 * max(rates), exponentformat="power", nticks=5)
    return figure([trace], height, xaxis=axis("Epoch", 0, max(epochs)), yaxis=upright)
