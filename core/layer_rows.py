"""Settings of blocks and dense layers as the rows of a table: one value for all becomes one per layer, and back where it can.

The rules are those of `core.limits`: filters double from block to block up to 512, units halve from dense layer to dense layer.
"""

from collections.abc import Mapping, Sequence

BLOCK_COLUMNS = (
    "filters", "convolutions", "kernel_size", "stride", "padding", "pooling", "pool_size", "pool_stride", "pool_padding", "block_dropout",
)  # fmt: skip
DENSE_COLUMNS = ("dense_units", "dropout")
_MOST_DOUBLED = 512


def per_layer(name: str, value, count: int) -> tuple:
    """The value of a setting in each of `count` layers. A list that is too short goes on with its last value."""
    if isinstance(value, tuple):
        return (*value[:count], *(value[-1:] * (count - len(value))))
    if name == "filters":
        return tuple(min(value * 2**layer, max(_MOST_DOUBLED, value)) for layer in range(count))
    if name == "dense_units":
        return tuple(max(value // 2**layer, 1) for layer in range(count))
    return (value,) * count


def as_setting(name: str, values: Sequence, begin=None):
    """The setting that means these values, one per layer: in the form of `begin` where that means the same, else the shortest."""
    values = tuple(values)
    for form in (begin, values[0]):
        fits = form is not None and (not isinstance(form, tuple) or len(form) == len(values))
        if fits and per_layer(name, form, len(values)) == values:
            return form
    return values


def rows_of(values: Mapping, columns: Sequence[str], count: int) -> list[dict]:
    """One row per layer, of the settings in `columns`."""
    each = {name: per_layer(name, values[name], count) for name in columns}
    return [{name: each[name][layer] for name in columns} for layer in range(count)]


def columns_of(rows: Sequence[Mapping]) -> dict[str, tuple]:
    """The values of each setting, one per row; the inverse of `rows_of`."""
    return {name: tuple(row[name] for row in rows) for name in rows[0]}
