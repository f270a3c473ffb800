"""Where an interrupted training goes on: a file that the trainer writes after each epoch, and reads when it is started again."""

import os
import pickle
from pathlib import Path

import torch


class Checkpoint:
    """One training's state on disk: tensors, numbers, texts, lists and dicts of such, nothing else."""

    def __init__(self, file: Path):
        self.file = file

    def save(self, state: dict) -> None:
        """Replace the state, whole or not at all."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        draft = self.file.with_suffix(f".{os.getpid()}.draft")
        with draft.open("wb") as stream:
            torch.save(state, stream)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(self.file)

    def load(self) -> dict | None:
        """The last state; None where there is none, or none that can be read: then training begins anew."""
        try:
            return torch.load(self.file, map_location="cpu", weights_only=True)
        except (OSError, RuntimeError, ValueError, EOFError, pickle.UnpicklingError):
            return None
