"""How the learning rate moves over a run. It imports no torch, so that a page can draw the rates of a run that has not begun."""

import math
from dataclasses import dataclass

from core.recipe import Training

_RISE = 0.25  # share of a one-cycle run in which the rate rises
_FEWEST_TO_RISE = 4  # steps; a shorter run only falls
_FIRST, _LAST = 1 / 25, 1 / 25e4  # of the largest rate: where one cycle begins and ends
_SWING = 0.05  # of momentum around its setting, against the rate
_LEAST_GAIN = 1e-4  # below it a value stands still


def rates(training: Training, steps_per_epoch: int) -> list[float]:
    """The rate of each step of a whole run; plateau as if the monitored value never stood still."""
    return [rate_at(training, step, steps_per_epoch) for step in range(training.max_epochs * steps_per_epoch)]


def rate_at(training: Training, step: int, steps_per_epoch: int) -> float:
    """The rate of a step, counted from 0.

    One cycle is that of Smith and Topin 2018 as torch's OneCycleLR draws it. All others first rise in a straight line from zero where
    there is a warm-up; then cosine falls to zero over what is left (Loshchilov and Hutter 2017, without restarts).
    """
    steps, peak = training.max_epochs * steps_per_epoch, training.learning_rate
    if training.schedule == "one_cycle":
        return _cycle(step, steps, peak * _FIRST, peak, peak * _LAST)
    warm_up = round(training.warm_up_epochs * steps_per_epoch)
    if step < warm_up:
        return peak * (step + 1) / warm_up
    if training.schedule == "cosine":
        return peak * (1 + math.cos(math.pi * (step - warm_up) / max(steps - warm_up, 1))) / 2
    return peak


def momentum_at(training: Training, momentum: float, step: int, steps_per_epoch: int) -> float:
    """The momentum of a step, or Adam's beta1: one cycle lowers it while the rate is high; elsewhere it is the setting."""
    if training.schedule != "one_cycle":
        return momentum
    swing = min(_SWING, momentum, (1 - momentum) / 2)
    return _cycle(step, training.max_epochs * steps_per_epoch, momentum + swing, momentum - swing, momentum + swing)


@dataclass
class Plateau:
    """The share of the rate that is left, lowered when the monitored value stands still; Keras' ReduceLROnPlateau.

    `waited` counts epochs since `best`, the lowest value so far. All are plain numbers, so that they can be kept and put back.
    """

    factor: float
    patience: int
    share: float = 1.0
    best: float = math.inf
    waited: int = 0

    def see(self, value: float) -> None:
        """Take note of an epoch's value, of which lower is better."""
        if value < self.best - _LEAST_GAIN:
            self.best, self.waited = value, 0
            return
        self.waited += 1
        if self.waited >= self.patience:
            self.share, self.waited = self.share * self.factor, 0


def _cycle(step: int, steps: int, first: float, middle: float, last: float) -> float:
    top = _RISE * (steps + 1) - 1 if steps >= _FEWEST_TO_RISE else -1.0
    if step <= top:
        return _wave(first, middle, step / top)
    return _wave(middle, last, (step - top) / (steps - top))


def _wave(begin: float, end: float, share: float) -> float:
    """Half a cosine from one value to another."""
    return end + (begin - end) / 2 * (1 + math.cos(math.pi * share))
