"""A real server on loopback and a real Chromium, for tests that do what a visitor does."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlparse

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from playwright.sync_api import TimeoutError as Late

from core.runs.store import STORE_VARIABLE
from tests.conftest import ROOT
from tests.processes import end_training

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
WAIT = 60_000  # ms; two cores may be busy

expect.set_options(timeout=WAIT)


@dataclass(frozen=True)
class Server:
    url: str
    store: Path
    log: Path
    pid: int


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def serve(store: Path) -> Iterator[Server]:
    """The app over a store, ended with all that it started."""
    port, log = free_port(), store.parent / "server.log"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), "--server.headless", "true"]
    with log.open("w") as stream:
        process = subprocess.Popen(command, cwd=ROOT, stdout=stream, stderr=stream, env={**os.environ, STORE_VARIABLE: str(store)})
        try:
            wait_until_it_answers(f"http://127.0.0.1:{port}/_stcore/health", process)
            yield Server(f"http://127.0.0.1:{port}", store, log, process.pid)
        finally:
            process.terminate()
            process.wait(timeout=30)
            end_training(store)
    told = log.read_text()
    assert "Traceback" not in told and "deprecat" not in told.lower(), told[-3000:]


def wait_until_it_answers(url: str, process: subprocess.Popen) -> None:
    for _ in range(240):
        assert process.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.5)
    raise AssertionError("the server did not answer within two minutes")


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    """The app over an empty store."""
    yield from serve(tmp_path_factory.mktemp("empty") / "store")


@pytest.fixture(scope="module")
def full_server(tmp_path_factory, trained) -> Iterator[Server]:
    """The app over a store with one small run of each family."""
    root = next(iter(trained.values())).folder.parents[1]
    copy = tmp_path_factory.mktemp("full") / "store"
    shutil.copytree(root, copy)
    yield from serve(copy)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def windows(browser) -> Iterator[BrowserContext]:
    """Where all windows open: what the first one fetched of the front end the others have."""
    with browser.new_context(reduced_motion="reduce") as context:
        yield context


@pytest.fixture
def visit(windows) -> Iterator:
    """Opens an address in a window; at the end no request may have left this machine."""
    opened, away = [], set()

    def opening(url: str, width: int = 1280, scheme: str = "light") -> Page:
        page = windows.new_page()
        opened.append(page)
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        page.on("request", lambda request: away.add(request.url) if urlparse(request.url).hostname not in (None, "127.0.0.1") else None)
        page.goto(url)
        settled(page)
        return page

    yield opening
    for page in opened:
        page.close()
    assert not away, f"asked another host: {away}"


def choose(page: Page, control: str, option: str) -> None:
    """Choose in a list, which shows some options at a time: typing finds the others. A page drawn anew closes it: then once more."""
    box, wanted = page.get_by_role("combobox", name=control, exact=True), page.get_by_role("option", name=option, exact=True)
    for _ in range(5):
        box.click()
        try:
            if box.is_editable():
                box.fill(option)
            wanted.click(timeout=WAIT / 5)
        except Late:
            settled(page)
        else:
            return
    raise AssertionError(f"{control} has no {option}")


def settled(page: Page) -> None:
    """Wait until the page's script has run, without an exception, and nothing of the run before stays."""
    page.wait_for_selector("[data-testid='stApp'][data-test-connection-state='CONNECTED']", timeout=WAIT)
    page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']", timeout=2 * WAIT)
    expect(page.locator("[data-testid='stMain'] [data-stale='true']")).to_have_count(0)
    assert page.get_by_test_id("stException").count() == 0
