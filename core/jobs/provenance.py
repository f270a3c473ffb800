"""What a run's record says of where it was made: versions of what it stands on, and the commit of the code."""

import importlib.metadata
import platform
import subprocess
from pathlib import Path

from core.machine import may_use

_PACKAGES = ("numpy", "scikit-learn", "torch", "torchvision", "timm", "pillow", "safetensors", "skops")
_EXTRAS = ("numba",)  # that make training faster where they are, and round otherwise


def versions() -> dict[str, str]:
    """Of Python and the packages that scores depend on."""
    found = [*_PACKAGES, *filter(may_use, _EXTRAS)]
    return {"python": platform.python_version(), **{name: importlib.metadata.version(name) for name in found}}


def git_commit() -> str | None:
    """The commit of the code that trained, where it lies in a git checkout."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short=12", "HEAD"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, timeout=5)
    except (OSError, subprocess.SubprocessError):
        return None
    return found.stdout.strip() or None
