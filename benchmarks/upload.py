"""From the moment a file is chosen on the single-image page until the verdict stands, in Chromium: `python benchmarks/upload.py`.

Serves the app over one run of ResNet-18 at 224 px (see `single_image.py`). Each file is another drawn X-ray of 1,200 x 900 pixels as JPEG,
and each page a new visit to a server that has answered before. How firm the answer is, and the map, come after the verdict.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote_plus

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from browser import served  # noqa: E402  (after the path is set)
from single_image import jpeg, predictor  # noqa: E402

from core.machine import this_machine  # noqa: E402

BAR = 1.5  # seconds
_LISTEN = "document.addEventListener('change', () => { window.chosen = performance.now(); }, {capture: true, once: true})"
_STANDS = """() => [...document.querySelectorAll("[data-testid='stMain'] h3, [data-testid='stMain'] h2")].some(
    one => ['normal', 'pneumonia'].includes(one.innerText.trim().toLowerCase())) && performance.now() - window.chosen"""


def seconds_of(page: Page, address: str, number: int) -> float:
    """Of a new visit, from the choice of a file to its verdict."""
    file = {"name": f"{number}.jpg", "mimeType": "image/jpeg", "buffer": jpeg(number)}
    page.goto(address)
    page.get_by_role("button", name="I understand").click()
    chooser = page.get_by_test_id("stFileUploader").locator("input[type=file]")
    chooser.wait_for(state="attached", timeout=60_000)
    page.wait_for_timeout(1500)
    page.evaluate(_LISTEN)
    chooser.set_input_files(file)
    return page.wait_for_function(_STANDS, timeout=60_000, polling="raf").json_value() / 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=10)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        title = predictor(store).run.title
        with served(store) as app:
            page, address = (
                app.browser.new_page(viewport={"width": 1280, "height": 900}),
                f"{app.url}/single_image?runs={quote_plus(title)}",
            )
            first, *later = [seconds_of(page, address, number) for number in range(asked.rounds + 1)]
    print(f"{this_machine().title}; n = {len(later)}")
    print(f"the first, with the model to load: {first:.2f} s")
    print(f"warm: median {statistics.median(later):.2f} s, {min(later):.2f} to {max(later):.2f} (bar {BAR})")


if __name__ == "__main__":
    main()
