"""Where tensors are computed, and in which precision."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch

from core.machine import this_machine


@dataclass(frozen=True)
class Device:
    """A torch device and whether training there runs in bfloat16; `title` is for people and for the run's record."""

    torch: torch.device
    bf16: bool
    title: str

    def autocast(self) -> AbstractContextManager:
        """Mixed precision where it pays; for training and validation curves, never for the scores that are kept."""
        return torch.autocast(self.torch.type, torch.bfloat16, enabled=self.bf16)


def best_device() -> Device:
    """The first CUDA GPU with bfloat16, else the processor, with bfloat16 only where that is quicker."""
    if torch.cuda.is_available():
        bf16 = torch.cuda.is_bf16_supported(including_emulation=False)
        return Device(torch.device("cuda"), bf16, f"cuda, {torch.cuda.get_device_name()}, {_precision(bf16)}")
    machine = this_machine()
    torch.set_num_threads(machine.cores)
    return Device(torch.device("cpu"), machine.bf16, f"cpu, {machine.processor}, {machine.cores} cores, {_precision(machine.bf16)}")


def exact_float32() -> None:
    """Multiply float32 as float32 on CUDA (no TF32), so that kept scores agree between machines to 1e-5."""
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False


def _precision(bf16: bool) -> str:
    return "bf16" if bf16 else "float32"
