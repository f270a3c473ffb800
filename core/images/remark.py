"""What is to be said of a picture before any answer: a sentence, and whether it speaks against answering at all."""

from collections.abc import Iterable
from dataclasses import dataclass

NOTE, WARNING = "note", "warning"


@dataclass(frozen=True)
class Remark:
    """A sentence in plain words. A WARNING says that the picture is likely no frontal chest X-ray; a NOTE is good to know."""

    text: str
    severity: str = WARNING


def is_doubtful(remarks: Iterable[Remark]) -> bool:
    """Whether any of them is a reason to withhold answers."""
    return any(remark.severity == WARNING for remark in remarks)
