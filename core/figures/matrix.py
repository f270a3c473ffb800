"""The confusion matrix: counts large, shares of each row as colour."""

import numpy as np

from core.figures.style import axis, figure


def matrix_figure(counts: np.ndarray, classes: tuple[str, ...], height: int = 300, called: tuple[str, ...] | None = None) -> dict:
    """Counts int (k, c), rows actual, columns called, in the order of `classes`; `called` names the columns where
    they are others.
    """
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    texts = [[f"<b>{count}</b><br>{share:.0%}" for count, share in zip(*row, strict=True)] for row in zip(counts, shares, strict=True)]
    heat = {
        "type": "heatmap", "z": shares.tolist(), "x": list(called or classes), "y": list(classes), "text": texts, "texttemplate": "%{text}",
        "textfont": {"size": 16}, "colorscale": [[0, "#EAF2F8"], [1, "#5BA3D0"]], "zmin": 0, "zmax": 1, "showscale": False,
        "xgap": 3, "ygap": 3, "hovertemplate": "actual %{y}, called %{x}: %{text}<extra></extra>",
    }  # fmt: skip
    heat["textfont"]["color"] = "#10212E"
    return figure([heat], height, xaxis=axis("Called"), yaxis=axis("Actual", autorange="reversed"))


def confusion(y_true: np.ndarray, decided: np.ndarray, classes: int) -> np.ndarray:
    """Counts int (k, k) from class indices, rows actual."""
    return np.bincount(y_true * classes + decided, minlength=classes * classes).reshape(classes, classes)
