"""The app over a store, on loopback, and a Chromium that looks at it: what the benchmarks of pages share."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]


@dataclass(frozen=True)
class Served:
    """A server that answers, its process's id, and a browser."""

    url: str
    pid: int
    browser: Browser


@contextmanager
def served(store: Path) -> Iterator[Served]:
    """The app over a store until the end of the block; what it writes goes to `server.log` beside the store."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), "--server.headless", "true"]
    log = store.with_name("server.log")
    with log.open("w") as stream:
        process = subprocess.Popen(command, cwd=ROOT, stdout=stream, stderr=stream, env={**os.environ, "CUTPOINT_STORE": str(store)})
    try:
        _wait(f"http://127.0.0.1:{port}", log)
        with sync_playwright() as playwright:
            yield Served(f"http://127.0.0.1:{port}", process.pid, playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS))
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(url: str, log: Path) -> None:
    for _ in range(240):
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.25)
    raise SystemExit(f"the server did not answer: see {log}")
