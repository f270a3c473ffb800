"""What a run says of files, for tests."""

from collections.abc import Iterable
from pathlib import Path

from core.inference.predictor import Answer, Predictor


def answers_of(predictor: Predictor, files: Iterable[Path]) -> list[Answer]:
    """One answer for each file, from its bytes."""
    return [predictor.answer(str(file), file.read_bytes()) for file in files]
