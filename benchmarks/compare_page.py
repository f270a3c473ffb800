"""How quick the comparison page is with ten runs of 25,596 test images and 14 labels: `python benchmarks/compare_page.py`.

Makes the runs (scores alone, as of models trained elsewhere) in a store of their own, serves the app over it and moves its controls in
Chromium. A time is from the moment of the click, or of the address, to the moment at which the new content stands and the script has
ended. The first visit counts the intervals; all others find them counted ("warm").
"""

import argparse
import hashlib
import statistics
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote_plus

import numpy as np
import psutil
from playwright.sync_api import Browser, BrowserContext, Locator, Page

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from browser import Served, served  # noqa: E402  (after the path is set)

from core.evaluation.predictions import Predictions  # noqa: E402
from core.jobs.external_run import keep_external  # noqa: E402
from core.runs.store import Store  # noqa: E402

LABELS = (
    "Atelectasis", "Cardiomegaly", "Effusion", "Infiltration", "Mass", "Nodule", "Pneumonia", "Pneumothorax", "Consolidation", "Edema",
    "Emphysema", "Fibrosis", "Pleural Thickening", "Hernia",
)  # fmt: skip
IMAGES = {"val": 11_212, "test": 25_596}  # test as in ChestX-ray14, with its patients about 3.6 images each
_SCREEN = {"width": 1280, "height": 1400}
_CURVES = ("ROC", "Precision and recall", "Calibration", "Decision curve")
_TABLE = "Metrics of the runs in view on"
# How the words of the figures and tables begin that stand once a segment is chosen:
_ALL_OF = {
    "Test": (f"{_TABLE} test", "ROC AUC, test", *(f"{title} of the runs: test" for title in _CURVES)),
    "Validation": (f"{_TABLE} validation", "ROC AUC, validation", *(f"{title} of the runs: validation" for title in _CURVES)),
    "Sensitivity": ("Sensitivity, test",), "ROC AUC": ("ROC AUC, test",),
    LABELS[4]: (f"{_TABLE} test, {LABELS[4]}", *(f"{title} of the runs: test, {LABELS[4]}" for title in _CURVES)),
    "Cost": ("Cost of the runs in view",), "Metrics": (f"{_TABLE} test", "ROC AUC, test"),
}  # fmt: skip
# All parts, those within components of ours too:
_PARTS = """const inner = [...document.querySelectorAll("[data-testid='stBidiComponentIsolated']")].flatMap(one => one.shadowRoot || []);
    const parts = [document, ...inner].flatMap(one => [...one.querySelectorAll("[aria-label]")]);"""
_STANDS = f"""words => {{ {_PARTS} return document.querySelector("[data-testid='stApp']")?.dataset.testScriptState === 'notRunning' &&
    words.every(one => parts.some(part => part.ariaLabel.startsWith(one) && part.querySelector('svg path, canvas'))); }}"""
_LEFT = f"""() => {{ {_PARTS} return document.querySelector("[data-testid='stApp']")?.dataset.testScriptState === 'notRunning' &&
    !parts.some(part => part.ariaLabel.startsWith('ROC of the runs')); }}"""


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
    return clicked(page, page.get_by_role("radio", name=name, exact=True), name)


def labelled(page: Page, label: str) -> float:
    """Seconds from the choice of a label."""
    page.get_by_role("combobox", name="Label", exact=True).click()
    return clicked(page, page.get_by_role("option", name=label, exact=True), label)


def cleared(page: Page) -> float:
    """Seconds from the click that brings all labels back."""
    return clicked(page, page.get_by_test_id("stSelectbox").filter(has_text="Label").get_by_label("Clear value"), "Test")


def clicked(page: Page, place: Locator, name: str) -> float:
    """Seconds from a click until all figures named under `name` are drawn and the script has ended."""
    page.evaluate("document.addEventListener('click', () => { window.clicked = performance.now(); }, {capture: true, once: true})")
    place.click()
    page.wait_for_function(_STANDS, arg=[*_ALL_OF[name]], timeout=120_000)
    return page.evaluate("(performance.now() - window.clicked) / 1000")


def returned(page: Page) -> float:
    """Seconds from a click on the page's link, on the start page, until all figures are drawn and the script has ended."""
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Start").click()
    page.wait_for_function(_LEFT, timeout=60_000)
    return clicked(page, page.get_by_test_id("stSidebarNavLink").filter(has_text="Compare"), "Test")


def wait_until_idle(pid: int) -> float:
    """Seconds until the server has counted all that may be asked for next."""
    began, server, quiet = time.perf_counter(), psutil.Process(pid), 0
    while quiet < 3:
        quiet = quiet + 1 if server.cpu_percent(1.0) < 20 else 0
    return time.perf_counter() - began


def measure(app: Served, store: Path, repeats: int) -> None:
    """Prints each time as the least and the median of its repeats."""
    titles = "&".join(f"runs={quote_plus(run.title)}" for run in Store(store).runs())
    address, context = f"{app.url}/compare?{titles}", app.browser.new_context(viewport=_SCREEN)
    page, first = visit(context, address)
    print(f"first visit, nothing counted: {first:.1f} s")
    pressed(page, "Validation"), pressed(page, "Test"), pressed(page, "Sensitivity"), pressed(page, "ROC AUC")
    page.close()
    print(f"all that may be asked for next is counted after {wait_until_idle(app.pid):.0f} s more")
    told("warm visit", [_closed(visit(context, address)) for _ in range(repeats)])
    told("warm visit by a browser that never saw the app", [_alone(app.browser, address) for _ in range(repeats)])
    page, _ = visit(context, address)
    told("from the start page by the link", [returned(page) for _ in range(repeats)])
    told("to one label", [(labelled(page, LABELS[4]), cleared(page))[0] for _ in range(repeats)])
    for name, back in (("Validation", "Test"), ("Sensitivity", "ROC AUC"), ("Cost", "Metrics")):
        told(f"to {name}", [(pressed(page, name), pressed(page, back))[0] for _ in range(repeats)])


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
        with served(store) as app:
            measure(app, store, asked.repeats)


if __name__ == "__main__":
    main()
