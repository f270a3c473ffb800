"""How quickly all views of the threshold lab follow the line, with 25,596 test images and 14 labels: `python benchmarks/lab.py`.

Serves the app over one run of simulated scores and moves the line 60 times in Chromium, in each of some rounds. "Work" is from the event
to the end of drawing, with one pixel read back; "to the next frame" adds the browser's wait for the screen, 16.7 ms at 60 Hz. "Python
knows" is from the last move to the answer that Python sends back, the line's place in the address, and so includes the 100 ms after which
the line counts as resting. For the plain slider the times are from a step to the last change of its numbers, and of the server's figures
below them.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote_plus

from playwright.sync_api import Locator, Page

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from browser import served  # noqa: E402  (after the path is set)
from compare_page import make_runs  # noqa: E402

from core.runs.store import Store  # noqa: E402

MOVES = 60
_PLACES = "const place = plot.getBoundingClientRect(), at = (i) => place.left + place.width * (0.1 + (0.8 * ((i * 37) % 60)) / 60);"
_MOVE = "plot.dispatchEvent(new PointerEvent('pointermove', { clientX: at(i), buttons: 1, bubbles: true }));"
FRAME = f"""async (plot) => {{ {_PLACES} const found = [];
    for (let i = 0; i < {MOVES}; i++) {{ const began = performance.now(); {_MOVE}
        await new Promise((done) => requestAnimationFrame(() => {{
            const channel = new MessageChannel(); channel.port1.onmessage = done; channel.port2.postMessage(0); }}));
        found.push(performance.now() - began); }}
    return found; }}"""
WORK = f"""async (plot) => {{ {_PLACES} const found = [], real = window.requestAnimationFrame;
    for (let i = 0; i < {MOVES}; i++) {{ let draw = () => null;
        window.requestAnimationFrame = (callback) => {{ draw = callback; return 1; }};
        const began = performance.now(); {_MOVE} draw(began);
        plot.querySelector('canvas').getContext('2d').getImageData(0, 0, 1, 1);
        found.push(performance.now() - began);
        window.requestAnimationFrame = real;
        await new Promise((done) => setTimeout(done, 20)); }}
    return found; }}"""


REST = """async (plot, i) => {
    const place = plot.getBoundingClientRect(), began = performance.now(), before = location.search;
    const clientX = place.left + place.width * (0.2 + 0.03 * i);
    plot.dispatchEvent(new PointerEvent('pointermove', { clientX, buttons: 1, bubbles: true }));
    while (location.search === before) await new Promise((done) => setTimeout(done, 2));
    return performance.now() - began; }"""
KEY = """async (slider) => {
    const began = performance.now(), last = { numbers: 0, figures: 0 }, at = (name) => () => (last[name] = performance.now() - began);
    const watch = [["numbers", slider.getRootNode()], ["figures", document.querySelector("[data-testid='stApp']")]].map(([name, place]) => {
        const one = new MutationObserver((found) => (name === "numbers" || found.some(({ target }) => target.closest?.(".stPlotlyChart")))
            && at(name)());
        one.observe(place, { subtree: true, childList: true, characterData: true });
        return one; });
    slider.stepUp();
    slider.dispatchEvent(new Event('input'));
    await new Promise((done) => setTimeout(done, 1500));
    watch.forEach((one) => one.disconnect());
    return last; }"""


def spread(times: list[float]) -> str:
    """Median and range, in ms."""
    return f"median {statistics.median(times):.0f} ms, {min(times):.0f} to {max(times):.0f}, n = {len(times)}"


def told(plot: Locator, moves: str) -> str:
    """Median and worst of the moves, in ms."""
    times = sorted(plot.evaluate(moves))
    return f"median {times[MOVES // 2]:.1f} ms, worst {times[-1]:.1f} ms"


def measure(page: Page, rounds: int) -> None:
    """Prints the times of the line in the browser, then those of the plain slider."""
    page.wait_for_selector(".lab .rate", timeout=120_000)
    page.wait_for_timeout(5000)
    plot = page.locator(".lab .histogram")
    for _ in range(rounds):
        print(f"work: {told(plot, WORK)}; to the next frame: {told(plot, FRAME)}")
        page.wait_for_timeout(3000)
    rests = [(plot.evaluate(REST, number), page.wait_for_timeout(700))[0] for number in range(MOVES // 3)]
    print(f"Python knows: {spread(rests)}")
    page.goto(f"{page.url.split('&line=')[0]}&line=0.3&plain=true")
    slider = page.get_by_role("slider").first
    slider.wait_for(timeout=120_000)
    page.wait_for_timeout(5000)
    keys = [slider.evaluate(KEY) for _ in range(MOVES // 3)]
    for name in ("numbers", "figures"):
        print(f"plain slider, to the last of its {name}: {spread([one[name] for one in keys if one[name]])}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        make_runs(store, 1)
        with served(store) as app:
            page = app.browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"{app.url}/thresholds?runs={quote_plus(Store(store).runs()[0].title)}")
            measure(page, asked.rounds)


if __name__ == "__main__":
    main()
