"""Numbers in a row of tiles, as one piece of HTML: one message and one change, where as many of Streamlit's own take 45 ms more."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

_STYLE = """<style>
.numbers { display: grid; grid-template-columns: repeat(auto-fill, minmax(130px, 1fr)); gap: 8px; }
.numbers div { border: 1px solid color-mix(in srgb, currentColor 20%, transparent); border-radius: 0.5rem; padding: 4px 12px; }
.numbers dt { font-size: 0.875rem; font-weight: 400; }
.numbers dd { margin: 0; font-variant-numeric: tabular-nums; }
.numbers dd.value { font-size: 1.6rem; line-height: 1.25; }
.numbers dd.range { font-size: 0.8rem; }
</style>"""


@dataclass(frozen=True)
class Tile:
    """A number as it is shown, how sure it is, and what it means, which is told under the mouse."""

    title: str
    value: str
    range: str
    words: str


def number_tiles(tiles: Sequence[Tile]) -> None:
    """Show tiles, as many beside each other as there is room for."""
    st.html(f'{_STYLE}<dl class="numbers" style="margin: 0; padding: 0">{"".join(map(_tile, tiles))}</dl>')


def _tile(tile: Tile) -> str:
    title, value, low_high, words = map(escape, (tile.title, tile.value, tile.range, tile.words))
    return f'<div title="{words}"><dt>{title}</dt><dd class="value">{value}</dd><dd class="range">{low_high}</dd></div>'
