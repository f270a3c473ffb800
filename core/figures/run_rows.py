"""Rows that each hold a place for every run, one below the other: what the forest plot and the label bars stand on."""

from core.figures.style import axis

PLACE = 18  # px for a run within a row
_GAP = 16  # px between rows
_AROUND = 92  # px for the axis below and the space above
_LEGEND_LINE = 22  # px; on a phone each run has a line of its own
_SHARE = 0.8  # of a row is used by its places
_STRIPE = "rgba(128,128,128,0.10)"
_LINE_LENGTH = 16  # letters of a row's name before it is broken


def place(row: int, number: int, runs: int) -> float:
    """Where the n-th of so many runs stands on the axis, whose rows are 0, 1, 2, ... from the top."""
    return row + (number + 0.5) / runs * _SHARE - _SHARE / 2


def thickness(runs: int) -> float:
    """How thick a place is, in rows."""
    return _SHARE / runs


def height_of(rows: int, runs: int) -> int:
    """The height of the figure in px."""
    return _AROUND + rows * (max(runs * PLACE, 2 * PLACE) + _GAP) + (runs * _LEGEND_LINE if runs > 1 else 0)


def row_layout(names: list[str]) -> dict:
    """The upright axis with the names of the rows as they are, and a stripe behind every second row."""
    upright = axis("", tickvals=list(range(len(names))), ticktext=names) | {
        "range": [len(names) - 0.5, -0.5], "showgrid": False, "tickmode": "array", "fixedrange": True,
    }  # fmt: skip
    stripes = [
        {"type": "rect", "xref": "paper", "x0": 0, "x1": 1, "y0": row - 0.5, "y1": row + 0.5, "fillcolor": _STRIPE,
         "line": {"width": 0}, "layer": "below"}
        for row in range(0, len(names), 2)
    ]  # fmt: skip
    return {"yaxis": upright, "shapes": stripes}


def not_available(number: int, title: str, places: list[tuple[float, str]], x: float, color: str) -> dict:
    """The words "not available" at (place, why) of a run; hover tells why."""
    return {
        "type": "scatter", "mode": "text", "name": title, "x": [x] * len(places), "y": [place for place, _ in places],
        "text": ["not available"] * len(places), "textposition": "middle right", "textfont": {"size": 11, "color": color},
        "customdata": [why for _, why in places], "showlegend": False, "legendgroup": str(number),
        "hovertemplate": f"{title}<br>not available: %{{customdata}}<extra></extra>",
    }  # fmt: skip


def broken(name: str) -> str:
    """A name in lines of about _LINE_LENGTH letters, broken at spaces and underscores."""
    lines = [""]
    for word in name.replace("_", "_ ").split(" "):
        joint = "" if lines[-1].endswith("_") or not lines[-1] else " "
        if lines[-1] and len(lines[-1]) + len(joint) + len(word) > _LINE_LENGTH:
            lines.append(word)
        else:
            lines[-1] += joint + word
    return "<br>".join(lines)
