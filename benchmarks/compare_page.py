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
from playwright.sync_api import Page, sync_playwright

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
_ENDED = "[data-testid='stApp'][data-test-script-state='notRunning']"


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


def visit(browser, url: str) -> tuple[Page, float]:
    """Seconds until the page's table is there and its script has ended."""
    page = browser.new_page(viewport={"width": 1280, "height": 1400})
    began = time.perf_counter()
    page.goto(url)
    page.wait_for_selector(".st-key-table_csv", timeout=120_000)
    page.wait_for_selector(_ENDED, timeout=120_000)
    return page, time.perf_counter() - began


def pressed(page: Page, name: str) -> float:
    """Seconds from a click on a segment to the end of the run that it starts."""
    page.evaluate(
        """() => { window.runs = []; const app = document.querySelector("[data-testid='stApp']");
        window.watch?.disconnect(); window.watch = new MutationObserver(() => window.runs.push(
            [performance.now(), app.getAttribute('data-test-script-state')]));
        window.watch.observe(app, {attributes: true, attributeFilter: ['data-test-script-state']});
        document.addEventListener('click', () => { window.clicked = performance.now(); }, {capture: true, once: true}); }"""
    )
    page.get_by_role("radio", name=name, exact=True).click()
    page.wait_for_function("window.runs.length > 1 && window.runs.at(-1)[1] === 'notRunning'", timeout=120_000)
    return page.evaluate("(window.runs.at(-1)[0] - window.clicked) / 1000")


def wait_until_idle(process: subprocess.Popen) -> float:
    """Seconds until the server has counted all that may be asked for next."""
    began, server, quiet = time.perf_counter(), psutil.Process(process.pid), 0
    while quiet < 3:
        quiet = quiet + 1 if server.cpu_percent(1.0) < 20 else 0
    return time.perf_counter() - began


def measure(process: subprocess.Popen, url: str, store: Path, repeats: int) -> None:
    """Prints each time as the median of its repeats."""
    titles = "&".join(f"runs={quote_plus(run.title)}" for run in Store(store).runs())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"])
        address = f"{url}/compare?{titles}"
        page, first = visit(browser, address)
        print(f"first visit, nothing counted: {first:.1f} s")
        pressed(page, "Validation"), pressed(page, "Test"), pressed(page, "Sensitivity"), pressed(page, "ROC AUC")
        page.close()
        print(f"all that may be asked for next is counted after {wait_until_idle(process):.0f} s more")
        warm = [visit(browser, address) for _ in range(repeats)]
        for opened, _ in warm[1:]:
            opened.close()
        print(f"warm visit: {statistics.median(seconds for _, seconds in warm):.2f} s")
        page = warm[0][0]
        for name, back in (("Validation", "Test"), ("Sensitivity", "ROC AUC"), ("Cost", "Metrics")):
            times = [(pressed(page, name), pressed(page, back))[0] for _ in range(repeats)]
            print(f"to {name}: {1000 * statistics.median(times):.0f} ms")
        browser.close()


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
