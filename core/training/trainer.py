"""Finding a network's weights. It knows no architecture and no images: a module, inputs and labels in, weights and a history out."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from core.evaluation.ranking import roc_auc
from core.recipe import Training
from core.runs.history import EpochRecord
from core.training.device import Device
from core.training.history import Monitor, Progress
from core.training.losses import class_weights, loss, scores
from core.training.schedules import build_optimizer, build_schedule

SCORING_BATCH = 64


@dataclass(frozen=True, eq=False)
class Samples:
    """Inputs of a network and their labels: `x` (n, ...) of any dtype that the network's `prepare` takes, `y` float32 (n, L)."""

    x: torch.Tensor
    y: torch.Tensor

    def __len__(self) -> int:
        return len(self.x)


@dataclass(frozen=True)
class Task:
    """What is learned: the kind of task, and a function that turns a raw batch into what the module takes (augmented if training)."""

    kind: str
    prepare: Callable[[torch.Tensor, bool], torch.Tensor]


class Trainer:
    """One training of one module; `fit` runs it to the end."""

    def __init__(self, module: nn.Module, task: Task, training: Training, seed: int, device: Device, monitor: Monitor):
        self.module, self.task, self.training, self.device, self.monitor = module, task, training, device, monitor
        self.order = torch.Generator().manual_seed(seed)
        self.history: list[EpochRecord] = []
        self.best: tuple[float, dict] | None = None
        self.learning_rate = training.learning_rate  # the one of the last step

    def fit(self, train: Samples, val: Samples) -> list[EpochRecord]:
        """Train; the module ends with the weights that `keep` names. Raises what the monitor raises."""
        steps = self.training.max_epochs * max(len(train) // self.training.batch_size, 1)
        optimizer = build_optimizer(self.module, self.training)
        schedule = build_schedule(optimizer, self.training, steps)
        weights = class_weights(train.y.numpy(), self.task.kind, self.training.class_weight)
        weights = None if weights is None else weights.to(self.device.torch)
        for epoch in range(1, self.training.max_epochs + 1):
            begun = time.perf_counter()
            train_loss, images = self._train_epoch(train, optimizer, schedule, weights, epoch)
            self._close_epoch(epoch, begun, images, train_loss, val)
            if self._is_stale():
                break
        if self.training.keep == "best" and self.best:
            self.module.load_state_dict(self.best[1])
        return self.history

    def _train_epoch(self, train: Samples, optimizer, schedule, weights, epoch: int) -> tuple[float, int]:
        self.module.train()
        batches = self._batches(len(train))
        total, begun = torch.zeros((), device=self.device.torch), time.perf_counter()
        for number, rows in enumerate(batches):
            total += self._step(train.x[rows], train.y[rows], optimizer, weights)
            self.learning_rate = schedule.get_last_lr()[0]
            schedule.step()
            self._tell(epoch, number + 1, len(batches), len(rows), begun)
        return total.item() / len(batches), sum(len(rows) for rows in batches)

    def _step(self, x: torch.Tensor, y: torch.Tensor, optimizer, weights) -> torch.Tensor:
        x = self.task.prepare(x.to(self.device.torch, non_blocking=True), True)
        with self.device.autocast():
            logits = self.module(x)
        value = loss(logits, y.to(self.device.torch, non_blocking=True), self.task.kind, weights)
        optimizer.zero_grad(set_to_none=True)
        value.backward()
        optimizer.step()
        return value.detach()

    def _batches(self, count: int) -> list[torch.Tensor]:
        """Shuffled rows in full batches (a last short one would unsettle batch norm); one short batch where there is no full one."""
        order, size = torch.randperm(count, generator=self.order), self.training.batch_size
        return [order] if count < size else [order[start : start + size] for start in range(0, count - size + 1, size)]

    def _tell(self, epoch: int, done: int, batches: int, batch: int, begun: float) -> None:
        per_batch = (time.perf_counter() - begun) / done
        left = batches - done + batches * (self.training.max_epochs - epoch)
        phase = f"epoch {epoch} of {self.training.max_epochs}"
        total = batches * self.training.max_epochs
        self.monitor.progress(Progress(phase, batches * (epoch - 1) + done, total, batch / per_batch, left * per_batch))

    def _close_epoch(self, epoch: int, begun: float, images: int, train_loss: float, val: Samples) -> None:
        seconds = time.perf_counter() - begun
        y_score, val_loss = predict(self.module, val, self.task, self.device)
        y_true = val.y.numpy()
        record = EpochRecord(
            epoch=epoch, seconds=seconds, images_per_second=images / seconds, learning_rate=self.learning_rate, train_loss=train_loss,
            val_loss=val_loss, val_accuracy=_accuracy(y_true, y_score, self.task.kind), val_roc_auc=_mean_roc_auc(y_true, y_score),
        )  # fmt: skip
        self.history.append(record)
        self._keep_best(record)
        self.monitor.epoch(record)

    def _keep_best(self, record: EpochRecord) -> None:
        goodness = -record.val_loss if record.val_roc_auc is None else record.val_roc_auc
        if self.training.keep == "best" and (self.best is None or goodness > self.best[0]):
            self.best = goodness, {name: value.detach().clone() for name, value in self.module.state_dict().items()}

    def _is_stale(self) -> bool:
        if not self.training.patience:
            return False
        losses = [record.val_loss for record in self.history]
        return len(losses) - 1 - int(np.argmin(losses)) >= self.training.patience


@torch.inference_mode()
def predict(module: nn.Module, samples: Samples, task: Task, device: Device) -> tuple[np.ndarray, float]:
    """Scores (n, L) float32 and the mean loss, in the precision of training: for the curves, not for keeping."""
    module.eval()
    found, total = [], 0.0
    for start in range(0, len(samples), SCORING_BATCH):
        x = task.prepare(samples.x[start : start + SCORING_BATCH].to(device.torch), False)
        y = samples.y[start : start + SCORING_BATCH].to(device.torch)
        with device.autocast():
            logits = module(x)
        total += float(loss(logits, y, task.kind)) * len(x)
        found.append(scores(logits, task.kind).cpu().numpy())
    return np.concatenate(found), total / len(samples)


def _accuracy(y_true: np.ndarray, y_score: np.ndarray, kind: str) -> float:
    if kind == "multiclass":
        return float((y_true.argmax(axis=1) == y_score.argmax(axis=1)).mean())
    return float((y_true == (y_score >= 0.5)).mean())


def _mean_roc_auc(y_true: np.ndarray, y_score: np.ndarray) -> float | None:
    once = np.ones((1, len(y_true)))
    areas = [roc_auc(y_true[:, label], y_score[:, label], once)[0] for label in range(y_true.shape[1])]
    return None if np.isnan(areas).any() else float(np.mean(areas))
