"""Processes that a test may leave behind."""

from pathlib import Path

import psutil


def end_training(store: Path) -> None:
    """End the runner and workers of this store, which outlive who started them by design, and the command that waits for them."""
    for _ in range(3):  # one that is killed is started again by another
        for process in psutil.process_iter(["cmdline"]):
            words = process.info["cmdline"] or []
            if str(store) in words and any(word == "core" or word.startswith("core.jobs") for word in words):
                process.kill()
