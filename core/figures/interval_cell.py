"""An interval as a small picture for the cell of a table: all cells of a column share one axis, so that overlap is seen in place."""

from urllib.parse import quote

from core.figures.style import QUIET, color_of

WIDTH, HEIGHT = 150, 28  # px
_MARGIN = 8


def interval_cell(value: float, low: float, high: float, axis: tuple[float, float], number: int, is_dashed: bool = False) -> str:
    """A data URL of an SVG: a line from `low` to `high` with a dot at `value`, in the colour of the n-th run, on an axis from..to."""

    def place(at: float) -> float:
        start, end = axis
        share = (at - start) / (end - start) if end > start else 0.5
        return round(_MARGIN + share * (WIDTH - 2 * _MARGIN), 1)

    middle, color = HEIGHT / 2, color_of(number)
    dash = ' stroke-dasharray="4 3"' if is_dashed else ""
    ends = "".join(f'<path d="M{place(at)} {middle - 5}v10" stroke="{color}" stroke-width="2"/>' for at in (low, high))
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<path d="M{_MARGIN} {HEIGHT - 2}H{WIDTH - _MARGIN}" stroke="{QUIET}" stroke-width="1" opacity="0.5"/>'
        f'<path d="M{place(low)} {middle}H{place(high)}" stroke="{color}" stroke-width="2"{dash}/>{ends}'
        f'<circle cx="{place(value)}" cy="{middle}" r="4.5" fill="{color}"/></svg>'
    )
    return "data:image/svg+xml;utf8," + quote(svg)
