"""Right and wrong decisions, counted where the network computes, so that no step of a training waits for them."""

import numpy as np
import torch

from core.evaluation.counts import Counts
from core.evaluation.rates import f1, precision, sensitivity


class Tally:
    """Decisions of many batches at 0.5, or of the highest score where an image has one of several classes."""

    def __init__(self, task: str, labels: int, device: torch.device):
        self._task = task
        self._sums = torch.zeros(3, labels, dtype=torch.int64, device=device)  # true positives, called positive, positive
        self._images = 0

    @torch.no_grad()
    def add(self, y_score: torch.Tensor, y: torch.Tensor) -> None:
        """Count a batch: scores in 0..1 and labels, both float (B, L)."""
        positive, called = y > 0, self._decided(y_score)
        self._sums += torch.stack([positive & called, called, positive]).sum(dim=1)
        self._images += len(y)

    def metrics(self) -> dict[str, float | None]:
        """accuracy, precision, recall and f1 as `core.evaluation.metrics.evaluate` has them; None where one cannot be had."""
        tp, called, positives = self._sums.cpu().numpy()
        counts = Counts(tp=tp, fp=called - tp, fn=positives - tp, tn=self._images - called - positives + tp)
        both = (positives > 0) & (positives < self._images) | (len(tp) == 1)
        rates = {"precision": precision, "recall": sensitivity, "f1": f1}
        return {"accuracy": self._accuracy(counts), **{name: _mean(rate(counts), both) for name, rate in rates.items()}}

    def _decided(self, y_score: torch.Tensor) -> torch.Tensor:
        if self._task != "multiclass":
            return y_score >= 0.5
        return torch.zeros_like(y_score, dtype=torch.bool).scatter_(1, y_score.argmax(dim=1, keepdim=True), True)

    def _accuracy(self, counts: Counts) -> float:
        if self._task == "multiclass":
            return float(counts.tp.sum() / self._images)
        return float((counts.tp + counts.tn).sum() / (self._images * len(counts.tp)))


def _mean(values: np.ndarray, counted: np.ndarray) -> float | None:
    """The mean over the labels that have both classes; a label whose rate is undefined counts 0, and None where all are."""
    if not (counted & ~np.isnan(values)).any():
        return None
    return float(np.nan_to_num(values[counted]).mean())
