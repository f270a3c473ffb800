"""Processes that a test may leave behind."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.conftest import ROOT


@contextmanager
def command(words: list[str]) -> Iterator[subprocess.Popen]:
    """A command that hears the keyboard, even where the tests themselves were started to ignore it; it does not outlive the test."""
    heard = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **heard) as told:
        try:
            yield told
        finally:
            told.kill()


def end_training(store: Path) -> None:
    """End the runner and workers of this store, which outlive who started them by design, and the command that waits for them."""
    for _ in range(3):  # one that is killed is started again by another
        for process in psutil.process_iter(["cmdline"]):
            words = process.info["cmdline"] or []
            if str(store) in words and any(word == "core" or word.startswith("core.jobs") for word in words):
                process.kill()
