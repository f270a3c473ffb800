"""What a command found, as text for a person or as one JSON document."""

import json
from collections.abc import Iterable

LONGEST_WORD = 40  # characters; texts longer than this stand on a line each


def as_json(found: list | dict) -> str:
    """One JSON document in ASCII, which every terminal and pipe takes; numbers are plain, nothing is nan."""
    return json.dumps(found, indent=1, allow_nan=False)


def as_text(found: list | dict) -> str:
    """The same for a person: one block per entry, one line per fact."""
    if isinstance(found, dict):
        return "\n".join(_lines(found))
    return "\n\n".join("\n".join(_lines(entry)) for entry in found) or "nothing here yet"


def _lines(entry: dict, indent: str = "") -> Iterable[str]:
    for name, value in entry.items():
        if isinstance(value, dict) and value:
            yield f"{indent}{name}:"
            yield from _lines(value, indent + "  ")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            yield f"{indent}{name}: {len(value)}"
            for one in value:
                yield from _block(one, f"{indent}  ")
        elif _are_sentences(value):
            yield f"{indent}{name}:"
            yield from (f"{indent}  - {sentence}" for sentence in value)
        else:
            yield f"{indent}{name}: {short(value)}"


def _block(entry: dict, indent: str) -> Iterable[str]:
    """One line where all facts are plain, else a line per fact."""
    if any(isinstance(value, dict) for value in entry.values()):
        yield from _lines(entry, indent)
    else:
        yield indent + "  ".join(short(value) for value in entry.values() if value != "")


def _are_sentences(value) -> bool:
    return isinstance(value, list) and any(isinstance(one, str) and len(one) > LONGEST_WORD for one in value)


def short(value) -> str:
    """One fact on a line."""
    if value is None:
        return "not available"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple):
        return ", ".join(short(one) for one in value)
    return str(value)
