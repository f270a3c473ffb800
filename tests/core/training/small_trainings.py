"""Settings by name, a set of numbers that a line tells apart, and a small module that learns from it."""

import numpy as np
import torch
from torch import nn

from core.recipe import Training, build
from core.training.device import Device
from core.training.history import SILENCE, Monitor
from core.training.samples import Samples
from core.training.trainer import Task, Trainer

CPU = Device(torch.device("cpu"), False, "cpu")


def training_of(**settings) -> Training:
    """The training part of a recipe with these settings."""
    return build("cnn", settings).training


def numbers(count: int, labels: int = 1, seed: int = 0, width: int = 6, task: str = "multilabel") -> Samples:
    """Normal numbers float32 (n, width), with labels that follow from their first columns."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(count, width)).astype(np.float32)
    y = np.eye(labels)[x[:, :labels].argmax(axis=1)] if task == "multiclass" else x[:, :labels] > 0
    return Samples(x, y.astype(np.float32))


def module_of(outputs: int = 1, width: int = 6, seed: int = 0) -> nn.Sequential:
    """Two dense layers with batch norm and dropout between them."""
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(width, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, outputs))


def trainer_of(module: nn.Module, training: Training, kind: str = "multilabel", monitor: Monitor = SILENCE, noise: float = 0.0) -> Trainer:
    """A trainer on numbers, which it changes at random by `noise`."""
    random = torch.Generator().manual_seed(1)

    def prepare(batch: torch.Tensor) -> torch.Tensor:
        return batch + noise * torch.randn(batch.shape, generator=random)

    return Trainer(module, Task(kind, prepare, lambda batch: [batch], random), training, 0, CPU, monitor)
