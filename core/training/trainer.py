"""Finding a network's weights. It knows no architecture and no images: a module, inputs and labels in, weights and a history out."""

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from core.errors import RecipeError
from core.evaluation.ranking import mean_roc_auc
from core.recipe import Training
from core.runs.history import EpochRecord
from core.training.averaging import Averaging
from core.training.checkpoint import Checkpoint
from core.training.device import Device
from core.training.history import Monitor, Progress
from core.training.losses import Objective, Penalty, class_weights, scores
from core.training.memory import keep_freed_memory
from core.training.monitored import badness, best_epoch, is_stale
from core.training.optimizer import Optimizer
from core.training.rate import Plateau
from core.training.samples import Inputs, Samples, in_order, shuffled
from core.training.score_record import ScoreRecord
from core.training.tally import Tally

SCORING_BATCH = 64
_TELL_SECONDS = 0.25


@dataclass(frozen=True, eq=False)
class Task:
    """What is learned: the kind of task, and what the module takes of a raw batch.

    `prepare` makes an input to learn from, augmented, drawing from `random`; `views` makes those to score, one after the
    other, whose mean score counts.
    """

    kind: str
    prepare: Callable[[torch.Tensor], torch.Tensor]
    views: Callable[[torch.Tensor], Iterable[torch.Tensor]]
    random: torch.Generator


@dataclass(frozen=True, eq=False)
class _Placed:
    """Samples where the network computes."""

    x: Inputs
    y: torch.Tensor

    @classmethod
    def on(cls, device: torch.device, samples: Samples) -> "_Placed":
        return cls(Inputs(samples.x, device, read_often=True), torch.from_numpy(samples.y).to(device))


class Trainer:
    """One training of one module. One that has `begin` is told before each epoch how many are done, and may change what learns."""

    def __init__(self, module: nn.Module, task: Task, training: Training, seed: int, device: Device, monitor: Monitor):
        self.module, self.task, self.training, self.device, self.monitor = module, task, training, device, monitor
        self.order = torch.Generator().manual_seed(seed)
        self.optimizer = Optimizer(module, training, device)
        self.penalty = Penalty(module, training)
        self.averaging = Averaging(module, training.ema)
        self.plateau = Plateau(training.plateau_factor, training.plateau_patience)
        self.history: list[EpochRecord] = []
        self.best: dict[str, torch.Tensor] | None = None
        self.record: ScoreRecord | None = None
        self._told, self._progress = 0.0, Progress("", 0, 1)  # when the monitor last heard, and what

    def fit(
        self, train: Samples, val: Samples, checkpoint: Checkpoint | None = None, fits: str = "", record: ScoreRecord | None = None
    ) -> list[EpochRecord]:
        """Train to the end; the module ends with the weights that `keep` names.

        It goes on from a checkpoint that was written under the same name `fits`, which tells all that decides the weights. The scores
        of val go into the record, where the settings want one. Raises what the monitor raises, and RecipeError where the loss is no
        number any more.
        """
        keep_freed_memory()
        self._restore(checkpoint and checkpoint.load(), fits)
        self.record = record if self.training.epoch_scores else None
        if self.record:
            images, labels = val.y.shape
            self.record.begin(images, labels, self.training.max_epochs, len(self.history))
        weights = class_weights(train.y, self.task.kind, self.training.class_weight)
        objective = Objective(self.training, self.task.kind, weights if weights is None else weights.to(self.device.torch))
        train, val = (_Placed.on(self.device.torch, samples) for samples in (train, val))
        while len(self.history) < self.training.max_epochs and not is_stale(self.training, self.history):
            self._epoch(train, val, objective)
            if checkpoint:
                checkpoint.save(self._state(fits))
            self.monitor.epoch(self.history[-1])
        self._keep()
        return self.history

    def details(self) -> dict:
        """Which epoch was best, which one's weights are kept, and whether early stopping ended the training."""
        best = best_epoch(self.training, self.history)
        kept = best if self.training.keep == "best" else len(self.history)
        return {"best_epoch": best, "kept_epoch": kept, "stopped_early": len(self.history) < self.training.max_epochs}

    def _epoch(self, train: _Placed, val: _Placed, objective: Objective) -> None:
        batches, begun = shuffled(len(train.y), self.training.batch_size, self.order), time.perf_counter()
        rate, learned = self._learn(train, batches, objective, begun)
        seconds = time.perf_counter() - begun
        with self.averaging.used():
            metrics = _named("train", learned) | _named("val", self._validated(val, objective))
            record = EpochRecord(
                epoch=len(self.history) + 1,
                seconds=seconds,
                images_per_second=sum(map(len, batches)) / seconds,
                learning_rate=rate,
                **metrics,
            )
            self.history.append(record)
            if self.training.keep == "best" and best_epoch(self.training, self.history) == record.epoch:
                self.best = {name: value.detach().clone() for name, value in self.module.state_dict().items()}
        if self.training.schedule == "plateau":
            self.plateau.see(badness(self.training, record))

    def _learn(self, train: _Placed, batches: list[torch.Tensor], objective: Objective, begun: float) -> tuple[float, dict]:
        """One pass over batches of rows: the last rate, and the mean loss and the metrics of the batches as they were trained on."""
        self.module.train()
        if hasattr(self.module, "begin"):
            self.module.begin(len(self.history))
        total, tally = torch.zeros((), device=self.device.torch), Tally(self.task.kind, train.y.shape[1], self.device.torch)
        first = len(self.history) * len(batches)
        for number, (rows, x) in enumerate(zip(batches, train.x.batches(batches), strict=True)):
            y = train.y[rows.to(self.device.torch, non_blocking=True)]
            logits = self._logits(self.task.prepare(x))
            value = objective(logits, y) + self.penalty()
            value.backward()
            rate = self.optimizer.step(first + number, len(batches), self.plateau.share)
            self.averaging.step()
            total += value.detach()
            tally.add(scores(logits.detach(), self.task.kind), y)
            self._tell(number + 1, len(batches), begun, len(y))
        loss = total.item() / len(batches)
        if not math.isfinite(loss):
            raise self._diverged("the loss is")
        return rate, {"loss": loss, **tally.metrics()}

    @torch.inference_mode()
    def _validated(self, val: _Placed, objective: Objective) -> dict[str, float | None]:
        """Loss and metrics in the precision of training: for the curves and for choosing, not for keeping."""
        self.module.eval()
        found = []  # one (views, B, L) per batch
        for x in val.x.batches(in_order(len(val.y), SCORING_BATCH)):
            found.append(torch.stack([self._scored(view) for view in self.task.views(x)]))
        logits = torch.cat(found, dim=1)
        loss = torch.stack([objective(view, val.y) for view in logits]).mean() + self.penalty()
        y_score, tally = mean_scores(logits, self.task.kind), Tally(self.task.kind, val.y.shape[1], self.device.torch)
        tally.add(y_score, val.y)
        found = y_score.cpu().numpy()
        if not np.isfinite(found).all():
            raise self._diverged("scores of validation images are")
        if self.record:
            self.record.append(len(self.history) + 1, found)
        return {"loss": float(loss), **tally.metrics(), "roc_auc": mean_roc_auc(val.y.cpu().numpy(), found)}

    def _diverged(self, what: str) -> RecipeError:
        return RecipeError(f"{what} no number in epoch {len(self.history) + 1}", "", "Lower learning_rate, or set clip_norm to 1")

    def _scored(self, view: torch.Tensor) -> torch.Tensor:
        """Logits float32 (B, L); the monitor may stop the run after each view."""
        logits = self._logits(view).float()
        self._tell_again()
        return logits

    def _logits(self, x: torch.Tensor) -> torch.Tensor:
        with self.device.autocast():
            return self.module(x)

    def _keep(self) -> None:
        """Leave the weights of the best epoch in the module, or the last ones."""
        if self.training.keep == "best":
            self.module.load_state_dict(self.best)
        else:
            self.averaging.settle()

    def _tell(self, done: int, batches: int, begun: float, batch: int) -> None:
        now = time.perf_counter()
        if now - self._told < _TELL_SECONDS and done < batches:
            return
        self._told, per_batch = now, (now - begun) / done
        epoch, epochs = len(self.history) + 1, self.training.max_epochs
        left = batches - done + batches * (epochs - epoch)
        told = (f"epoch {epoch} of {epochs}", batches * (epoch - 1) + done, batches * epochs, batch / per_batch, left * per_batch)
        self._progress = Progress(*told)
        self.monitor.progress(self._progress)

    def _tell_again(self) -> None:
        """Let the monitor stop the run while validation images are scored."""
        if time.perf_counter() - self._told >= _TELL_SECONDS:
            self._told = time.perf_counter()
            self.monitor.progress(self._progress)

    def _state(self, fits: str) -> dict:
        is_cuda = self.device.torch.type == "cuda"
        return {
            "fits": fits, "module": self.module.state_dict(), "best": self.best, "optimizer": self.optimizer.torch.state_dict(),
            "averaging": self.averaging.state(), "plateau": vars(self.plateau), "history": [vars(record) for record in self.history],
            "order": self.order.get_state(), "augmentation": self.task.random.get_state(), "random": torch.get_rng_state(),
            "cuda": torch.cuda.get_rng_state() if is_cuda else None,
        }  # fmt: skip

    def _restore(self, state: dict | None, fits: str) -> None:
        """Be where the training was that wrote a state; one of another training is left unread."""
        if not state or state["fits"] != fits:
            return
        self.module.load_state_dict(state["module"])
        self.optimizer.torch.load_state_dict(state["optimizer"])
        self.averaging.restore(state["averaging"])
        self.best, self.plateau = state["best"], Plateau(**state["plateau"])
        self.history = [EpochRecord(**record) for record in state["history"]]
        self.order.set_state(state["order"])
        self.task.random.set_state(state["augmentation"])
        torch.set_rng_state(state["random"])
        if state["cuda"] is not None:
            torch.cuda.set_rng_state(state["cuda"])


def mean_scores(logits: torch.Tensor, task: str) -> torch.Tensor:
    """The mean of the scores of several views, float32 (B, L), from logits (views, B, L)."""
    return torch.stack([scores(view, task) for view in logits]).mean(dim=0)


def _named(split: str, metrics: dict) -> dict:
    return {f"{split}_{name}": value for name, value in metrics.items()}
