"""All scores of one image, highest first, each with its threshold."""

from collections.abc import Mapping, Set

from core.figures.style import NEGATIVE, POSITIVE, QUIET, axis, figure


def image_scores_figure(scores: Mapping[str, float], thresholds: Mapping[str, float] | None, true: Set[str]) -> dict:
    """A bar per label; labels that the image truly has are bold and have a mark. `thresholds` is None where the highest score decides."""
    ranked = sorted(scores, key=lambda label: -scores[label])
    names = [f"<b>{label} \N{CHECK MARK}</b>" if label in true else label for label in ranked]
    lines = thresholds or dict.fromkeys(scores, max(scores.values()))
    called = [scores[label] >= lines[label] for label in ranked]
    bars = {
        "type": "bar", "orientation": "h", "x": [scores[label] for label in ranked], "y": names, "width": 0.6,
        "marker": {"color": [POSITIVE if one else NEGATIVE for one in called], "pattern": {"shape": ["/" if one else "" for one in called],
                                                                                           "solidity": 0.25}},
        "text": [f"{scores[label]:.3f}" for label in ranked], "textposition": "auto", "cliponaxis": False, "showlegend": False,
        "customdata": [lines[label] for label in ranked],
        "hovertemplate": "%{y}: score %{x:.3f}" + (", threshold %{customdata:.3f}" if thresholds else "") + "<extra></extra>",
    }  # fmt: skip
    traces = [bars] if thresholds is None else [bars, _marks(names, [lines[label] for label in ranked])]
    rows = axis("", autorange="reversed", type="category", dtick=1)
    return figure(traces, 84 + 26 * len(ranked), xaxis=axis("Score", 0, 1), yaxis=rows, margin={"l": 4, "r": 12, "t": 4, "b": 4},
                  showlegend=False)  # fmt: skip


def _marks(names: list[str], thresholds: list[float]) -> dict:
    line = {"symbol": "line-ns-open", "size": 18, "color": QUIET, "line": {"width": 3, "color": QUIET}}
    return {"type": "scatter", "mode": "markers", "x": thresholds, "y": names, "marker": line, "name": "threshold", "hoverinfo": "skip"}
