"""Which patient an image is of, read from its file name where the name tells."""

import re
from pathlib import PurePath

_PATTERNS = (
    re.compile(r"(?P<patient>person\d+)_(bacteria|virus)_\d+", re.IGNORECASE),
    re.compile(r"(?P<patient>(NORMAL\d+-)?IM-\d+)-\d+", re.IGNORECASE),
    re.compile(r"(?P<patient>\d{8})_\d{3}"),
    re.compile(r"(?P<patient>patient[-_ ]?\d+)\b", re.IGNORECASE),
)


def patient_of(file: str) -> str | None:
    """The patient in a file name ("person23_bacteria_1.jpeg" -> "person23"), or None where the name tells none.

    The patterns are those of the paediatric pneumonia set, of NIH ChestX-ray14, and "patient12".
    """
    stem = PurePath(file).stem
    found = (pattern.match(stem) for pattern in _PATTERNS)
    return next((match["patient"] for match in found if match), None)
