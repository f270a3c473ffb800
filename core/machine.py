"""What this machine is: cores, memory, GPU, and whether bf16 pays here. Found without importing torch, so that every page can say it."""

import os
import platform
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import psutil

# With tiles (AMX) bfloat16 doubles the speed of convolutions, and so does avx512_bf16 on AMD's Zen 4 (a plain CNN: 93 images/s for 35).
# On Intel's processors with avx512_bf16 alone a step takes 1.4 to 1.9 times as long as in float32 (ResNet-18, EfficientNet-Lite0,
# MobileNetV3; torch 2.15), and a plain CNN's .85.
_TILES, _VECTORS, _AMD = "amx_bf16", "avx512_bf16", "AuthenticAMD"
GIGABYTE = 1e9
SWITCH = "CUTPOINT_ACCELERATOR"  # "off" leaves out what only makes things faster, for comparisons


@dataclass(frozen=True)
class Machine:
    """`memory` is in bytes; `bf16` says that the processor is quicker with bfloat16 than with float32."""

    cores: int
    memory: int
    processor: str
    bf16: bool
    gpus: tuple[str, ...]

    @property
    def title(self) -> str:
        """One line for a person ("2 CPU cores, 23 GB, float32")."""
        if self.gpus:
            return f"{self.gpus[0]}, {self.cores} CPU cores"
        precision = "bf16" if self.bf16 else "float32"
        return f"{self.cores} CPU cores, {self.memory / 2**30:.0f} GB, {precision}"


@cache
def this_machine() -> Machine:
    """What this process runs on."""
    model, maker, flags = _processor()
    bf16 = _TILES in flags or (_VECTORS in flags and maker == _AMD)
    return Machine(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
                   psutil.virtual_memory().total, model, bf16, _gpus())  # fmt: skip


def may_use(library: str) -> bool:
    """Whether a library that makes things faster is here, and is not switched off."""
    return os.environ.get(SWITCH) != "off" and _is_here(library)


@cache
def _is_here(library: str) -> bool:
    return find_spec(library) is not None


def _processor() -> tuple[str, str, set[str]]:
    """Its name, its maker, and what it can do."""
    cpuinfo = Path("/proc/cpuinfo")
    if not cpuinfo.exists():
        return platform.processor() or platform.machine(), "", set()
    fields = dict(line.split(":", 1) for line in cpuinfo.read_text().splitlines() if ":" in line)
    fields = {name.strip(): value.strip() for name, value in fields.items()}
    return fields.get("model name", platform.machine()), fields.get("vendor_id", ""), set(fields.get("flags", "").split())


def _gpus() -> tuple[str, ...]:
    if not shutil.which("nvidia-smi"):
        return ()
    command = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return ()
    return tuple(line.strip() for line in found.stdout.splitlines() if line.strip())


def gigabytes(size: float) -> str:
    """Bytes for a person ("1.5 GB")."""
    return f"{size / GIGABYTE:.1f} GB"
