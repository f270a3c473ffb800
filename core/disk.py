"""What makes written files last."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Make sure that a file, or a folder's list of files, has reached the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
