"""A score as a small strip with its threshold, light enough to stand below each of many thumbnails."""

from core.figures.style import NEGATIVE, POSITIVE, QUIET

_WIDTH, _HEIGHT, _BAR = 200, 18, 10  # px of the drawing, which is scaled to its place


def score_strip(score: float, line: float) -> str:
    """An SVG drawing: the score as a bar from 0 to 1, striped where it reaches the line, and the line across it."""
    top = (_HEIGHT - _BAR) / 2
    fill = "url(#s)" if score >= line else NEGATIVE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}">'
        f'<defs><pattern id="s" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        f'<rect width="6" height="6" fill="{POSITIVE}"/><rect width="2" height="6" fill="#ffffff" fill-opacity="0.45"/></pattern></defs>'
        f'<rect x="0" y="{top}" width="{_WIDTH}" height="{_BAR}" rx="2" fill="{QUIET}" fill-opacity="0.25"/>'
        f'<rect x="0" y="{top}" width="{_at(score)}" height="{_BAR}" rx="2" fill="{fill}"/>'
        f'<rect x="{_at(line) - 1.5}" y="0" width="3" height="{_HEIGHT}" fill="{QUIET}"/></svg>'
    )


def _at(value: float) -> float:
    """Where a score lies, in px, less what the line needs at both ends."""
    return round(1.5 + min(max(value, 0.0), 1.0) * (_WIDTH - 3), 1)
