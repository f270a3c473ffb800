"""Runs of drawn scores, as of models trained elsewhere, on the same drawn truth: quick to make, of any task and size."""

from pathlib import Path

import numpy as np

from core.evaluation.predictions import Predictions
from core.jobs.external_run import keep_external
from core.runs.run import Run

LABELS = {"binary": ("pneumonia",), "multiclass": ("normal", "bacterial", "viral", "other"), "multilabel": ("Mass", "Edema", "Nodule")}


def made_runs(root: Path, task: str, runs: int, images: int = 240) -> list[Run]:
    """Ever better models of one task, on validation and test; of each image the sex and the view are known, of some only the view."""
    return [_run(root, task, number, images) for number in range(runs)]


def made_scores(task: str, split: str, number: int = 0, images: int = 240) -> Predictions:
    """The scores of the n-th model; the truth of a split is the same for all models of a task."""
    rng = np.random.default_rng([images, split == "test"])
    y_true = _truth(task, images, rng)
    groups = {"sex": rng.choice(["F", "M", ""], images, p=[0.5, 0.4, 0.1]), "view": rng.choice(["AP", "PA"], images)}
    noise = np.random.default_rng([number, split == "test"]).normal(size=y_true.shape)
    logits = 2 * (noise + (1 + number / 2) * (y_true - 0.5))
    y_score = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True) if task == "multiclass" else 1 / (1 + np.exp(-logits))
    ids = np.array([f"{split}{row:04d}.png" for row in range(images)])
    return Predictions(task, split, LABELS[task], ids, None, y_true, y_score.astype(np.float32), groups)


def _truth(task: str, images: int, rng: np.random.Generator) -> np.ndarray:
    if task == "multiclass":
        return np.eye(len(LABELS[task]), dtype=np.uint8)[rng.integers(0, len(LABELS[task]), images)]
    return (rng.random((images, len(LABELS[task]))) < 0.4).astype(np.uint8)


def _run(root: Path, task: str, number: int, images: int) -> Run:
    splits = {split: made_scores(task, split, number, images) for split in ("val", "test")}
    return keep_external(root, f"{task} {number}", splits, f"{task} {number}".encode().hex().ljust(64, "0"))
