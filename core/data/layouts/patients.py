"""Which patient an image is of, read from its file name, or from the folders that it lies in, where these tell."""

import re
from pathlib import PurePosixPath

_NAMES = (
    re.compile(r"(?P<patient>person\d+)_(bacteria|virus)_\d+", re.IGNORECASE),
    re.compile(r"(?P<patient>(NORMAL\d+-)?IM-\d+)-\d+", re.IGNORECASE),
    re.compile(r"(?P<patient>\d{8})_\d{3}(?!\d)"),
    re.compile(r"(?P<patient>patient[-_ ]?\d+)(?!\d)", re.IGNORECASE),
)
_FOLDERS = (
    re.compile(r"patient[-_ ]?\d+", re.IGNORECASE),  # CheXpert: patient00001/study1/view1_frontal.jpg
    re.compile(r"p\d{8}"),  # MIMIC-CXR: p10/p10000032/s50414267/02aa804e-....jpg
)


def patient_of(file: str) -> str | None:
    """The patient in a name or a relative path ("person23_bacteria_1.jpeg" -> "person23"), or None where neither tells one.

    The patterns of names are those of the paediatric pneumonia set, of NIH ChestX-ray14, and "patient12"; those of folders are
    CheXpert's and MIMIC-CXR's. VinDr-CXR and the COVID-19 Radiography Database tell no patients.
    """
    path = PurePosixPath(file.replace("\\", "/"))
    names = (pattern.match(path.stem) for pattern in _NAMES)
    found = next((match["patient"] for match in names if match), None)
    folders = (part for part in path.parts[:-1] if any(pattern.fullmatch(part) for pattern in _FOLDERS))
    return found or next(folders, None)
