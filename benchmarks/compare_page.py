"""How quick the comparison page is with ten runs of 25,596 test images and 14 labels: `python benchmarks/compare_page.py`.

Makes the runs (scores alone, as of models trained elsewhere) in a store of their own, serves the app over it and moves its controls in
Chromium. A time is from the moment of the click, or of the address, to the moment at which the new content stands and the script has
ended. The first visit counts the intervals; all others find them counted ("warm").
"""

import argparse
import hashlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from urllib.parse import quote_plus

import numpy as np
import psutil
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from core.evaluation.predictions import Predictions  # noqa: E402
from core.jobs.external_run import keep_external  # noqa: E402
from core.runs.store import Store  # noqa: E402

LABELS = (
    "Atelectasis", "Cardiomegaly", "Effusion", "Infiltration", "Mass", "Nodule", "Pneumonia", "Pneumothorax", "Consolidation", "Edema",
    "Emphysema", "Fibrosis", "Pleural Thickening", "Hernia",
)  # fmt: skip
IMAGES = {"val": 11_212, "test": 25_596}  # test as in ChestX-ray14, with its patients about 3.6 images each
CHROMIUM = "/usr/bin/chromium"
_SCREEN = {"width": 1280, "height": 1400}
_CURVES = ("ROC", "Precision and recall", "Calibration", "Decision curve")
_TABLE = "Metrics of the runs in view on"
# How the words of the figures and tables begin that stand once a segment is chosen:
_ALL_OF = {
    "Test": (f"{_TABLE} test", "ROC AUC, test", *(f"{title} of the runs: test" for title in _CURVES)),
    "Validation": (f"{_TABLE} validation", "ROC AUC, validation", *(f"{title} of the runs: validation" for title in _CURVES)),
    "Sensitivity": ("Sensitivity, test",), "ROC AUC": ("ROC AUC, test",),
    "Cost": ("Cost of the runs in view",), "Metrics": (f"{_TABLE} test", "ROC AUC, test"),
}  # fmt: skip
_STANDS = """words => document.querySelector("[data-testid='stApp']")?.dataset.testScriptState === 'notRunning' && words.every(
    one => [...document.querySelectorAll(`[aria-label^="${one}"]`)].some(
        part => part.querySelector(part.dataset.testid === 'stPlotlyChart' ? '.xtick' : 'canvas')))"""


def make_runs(store: Path, runs: int) -> None:
    """Scores of ever better models on the same images."""
    chance = np.random.default_rng(0)
    truth = {split: _truth(chance, n) for split, n in IMAGES.items()}
    for number in range(runs):
        splits = {split: _scored(split, y_true, 0.8 + 0.1 * number, chance) for split, y_true in truth.items()}
        keep_external(store, f"Model {number}", splits, hashlib.sha256(str(number).encode()).hexdigest())


def _truth(chance: np.random.Generator, images: int) -> np.ndarray:
    """(n, 14) uint8; from a tenth of the images to few."""
    return (chance.random((images, len(LABELS))) < np.geomspace(0.12, 0.003, len(LABELS))).astype(np.uint8)


def _scored(split: str, y_true: np.ndarray, skill: float, chance: np.random.Generator) -> Predictions:
    noise = chance.normal(size=y_true.shape) + skill * y_true - 2
    ids = np.array([f"{row:08d}_{split}.png" for row in range(len(y_true))])
    patients = np.array([f"{row * 10 // 36:06d}" for row in range(len(y_true))])
    return Predictions("multilabel", split, LABELS, ids, patients, y_true, (1 / (1 + np.exp(-noise))).astype(np.float32))


def serve(store: Path, log: Path) -> tuple[subprocess.Popen, str]:
    """The app over a store, on loopback."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port), "--server.headless", "true"]
    with log.open("w") as stream:
        process = subprocess.Popen(command, cwd=ROOT, stdout=stream, stderr=stream, env={**os.environ, "CUTPOINT_STORE": str(store)})
    url = f"http://127.0.0.1:{port}"
    for _ in range(240):
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=2):
                return process, url
        except OSError:
            time.sleep(0.25)
    raise SystemExit(f"the server did not answer: see {log}")


def visit(context: BrowserContext, url: str) -> tuple[Page, float]:
    """Seconds until the last of the page's figures is drawn and its script has ended."""
    page = context.new_page()
    began = time.perf_counter()
    page.goto(url)
    page.wait_for_function(_STANDS, arg=[*_ALL_OF["Test"]], timeout=120_000)
    return page, time.perf_counter() - began


def pressed(page: Page, name: str) -> float:
    """Seconds from a click on a segment until all figures that it changes are drawn and the script has ended.

    The end is read off the page: the script's state alone may turn to running and back between two looks of the browser.
    """
    page.evaluate("document.addEventListener('click', () => { window.clicked = performance.now(); }, {capture: true, once: true})")
    page.get_by_role("radio", name=name, exact=True).click()
    page.wait_for_function(_STANDS, arg=[*_ALL_OF[name]], timeout=120_000)
    return page.evaluate("(performance.now() - window.clicked) / 1000")


def wait_until_idle(process: subprocess.Popen) -> float:
    """Seconds until the server has counted all that may be asked for next."""
    began, server, quiet = time.perf_counter(), psutil.Process(process.pid), 0
    while quiet < 3:
        quiet = quiet + 1 if server.cpu_percent(1.0) < 20 else 0
    return time.perf_counter() - began


def measure(process: subprocess.Popen, url: str, store: Path, repeats: int) -> None:
    """Prints each time as the least and the median of its repeats."""
    titles = "&".join(f"runs={quote_plus(run.title)}" for run in Store(store).runs())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"])
        address, context = f"{url}/compare?{titles}", browser.new_context(viewport=_SCREEN)
        page, first = visit(context, address)
        print(f"first visit, nothing counted: {first:.1f} s")
        pressed(page, "Validation"), pressed(page, "Test"), pressed(page, "Sensitivity"), pressed(page, "ROC AUC")
        page.close()
        print(f"all that may be asked for next is counted after {wait_until_idle(process):.0f} s more")
        told("warm visit", [_closed(visit(context, address)) for _ in range(repeats)])
        told("warm visit by a browser that never saw the app", [_alone(browser, address) for _ in range(repeats)])
        page, _ = visit(context, address)
        for name, back in (("Validation", "Test"), ("Sensitivity", "ROC AUC"), ("Cost", "Metrics")):
            told(f"to {name}", [(pressed(page, name), pressed(page, back))[0] for _ in range(repeats)])
        browser.close()


def told(what: str, seconds: list[float]) -> None:
    print(f"{what}: {1000 * min(seconds):.0f} ms at best, {1000 * statistics.median(seconds):.0f} ms in the median of {len(seconds)}")


def _closed(visited: tuple[Page, float]) -> float:
    page, seconds = visited
    page.close()
    return seconds


def _alone(browser: Browser, address: str) -> float:
    """The time of a visit with nothing in the browser's cache."""
    context = browser.new_context(viewport=_SCREEN)
    seconds = visit(context, address)[1]
    context.close()
    return seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--store", type=Path, help="made and kept here; else in a folder that is removed")
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = asked.store or Path(folder) / "store"
        if not (store / "runs").exists():
            make_runs(store, asked.runs)
        process, url = serve(store, Path(folder) / "server.log")
        try:
            measure(process, url, store, asked.repeats)
        finally:
            process.terminate()
            process.wait(timeout=30)


if __name__ == "__main__":
    main()
