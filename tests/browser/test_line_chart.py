"""Our own chart of lines in Chromium: it draws the numbers that it is given, tells them, hides, magnifies, and can be taken along."""

import csv
import re
from pathlib import Path
from urllib.parse import quote_plus
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import serve, settled
from tests.made_scores import made_runs

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def curves(tmp_path_factory):
    """The address of the curves of two runs."""
    store = tmp_path_factory.mktemp("lines") / "store"
    titles = [run.title for run in made_runs(store, "binary", 2)]
    for server in serve(store):
        yield f"{server.url}/compare?{'&'.join(f'runs={quote_plus(title)}' for title in titles)}"


def chart(page: Page, key: str = "figure_roc") -> Locator:
    settled(page)
    found = page.locator(f".st-key-{key}")
    expect(found.locator(".chart svg path").first).to_be_visible()
    return found


def taken(page: Page, shown: Locator, kind: str) -> Path:
    """The file of a button, which the mouse brings to sight."""
    shown.locator(".chart").hover()
    with page.expect_download() as waited:
        shown.get_by_role("button", name=kind, exact=True).click()
    assert re.fullmatch(rf"roc-test--[\w-]+\.{kind.lower()}", waited.value.suggested_filename)
    return waited.value.path()


def corners(path: str) -> np.ndarray:
    """(n, 2) pixels of a path of straight lines."""
    return np.array([[float(number) for number in pair.split(",")] for pair in re.split("[ML]", path)[1:]])


def ticks(root: ElementTree.Element, upright: bool) -> dict[float, float]:
    """The pixel of each number along an axis."""
    place, anchor = ("y", "end") if upright else ("x", "middle")
    found = [one for one in root.iter(f"{SVG}text") if one.get("text-anchor") == anchor and re.fullmatch(r"[\d.]+", one.text or "")]
    return {float(one.text): float(one.get(place)) - (4 if upright else 0) for one in found}


def test_the_drawn_line_lies_where_its_table_says(curves, visit):
    """Read off the SVG that is taken along, by the numbers of its axes, and held against the CSV beside it."""
    page = visit(curves)
    shown = chart(page)
    root = ElementTree.parse(taken(page, shown, "SVG")).getroot()
    with page.expect_download() as waited:
        page.locator(".st-key-csv_roc button").first.click()
    with waited.value.path().open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["run"] == "binary 0"]
    wanted = np.array([[float(row["false positive rate"]), float(row["sensitivity"])] for row in rows])
    line = next(one for one in root.iter(f"{SVG}path") if one.get("stroke") == "#0072B2" and one.get("class") is None)
    for place, (pixels, upright) in enumerate(zip(corners(line.get("d")).T, (False, True), strict=True)):
        numbers = ticks(root, upright)
        slope, shift = np.polyfit(list(numbers.values()), list(numbers), 1)
        assert len(numbers) >= 4 and abs(slope * pixels + shift - wanted[:, place]).max() < 0.003
    assert "ROC of the runs: test" in root.find(f"{SVG}title").text and {"binary 0", "binary 1"} <= {
        one.text for one in root.iter(f"{SVG}text")
    }


def test_a_picture_is_taken_along_with_its_legend(curves, visit):
    page = visit(curves, scheme="dark")
    shown = chart(page)
    with Image.open(taken(page, shown, "PNG")) as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    box = shown.locator(".chart > svg").bounding_box()
    assert picture.width == 2 * (round(box["width"]) + 24) and picture.height > 2 * box["height"]
    assert pixels[0, 0].tolist() == [15, 21, 27]  # the dark page
    below = pixels[2 * round(box["height"]) :]
    assert (abs(pixels - (0, 114, 178)).sum(axis=2) < 20).sum() > 500 and (abs(below - (213, 94, 0)).sum(axis=2) < 20).any()


def test_the_legend_hides_a_run_and_brings_it_back(curves, visit):
    page = visit(curves)
    shown = chart(page)
    whole, button = shown.locator("svg path").count(), shown.get_by_role("button", name="binary 1")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "false")
    assert shown.locator("svg path").count() == whole - 2  # its line and its mark
    page.get_by_text("Calibrated by temperature", exact=True).click()
    settled(page)
    expect(shown.get_by_role("button", name="binary 1")).to_have_attribute("aria-pressed", "false")
    shown.get_by_role("button", name="binary 1").click()
    assert shown.locator("svg path").count() == whole


def test_a_drag_magnifies_and_a_button_shows_the_whole(curves, visit):
    page = visit(curves)
    shown = chart(page)
    shown.locator(".legend").scroll_into_view_if_needed()
    line = shown.locator("svg g path").nth(1)
    before, box = line.get_attribute("d"), shown.locator(".chart > svg").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 140, steps=4)
    page.mouse.up()
    expect(line).not_to_have_attribute("d", before)
    assert abs(corners(line.get_attribute("d"))[:, 0]).max() > box["width"] * 2
    shown.get_by_role("button", name="Whole").click()
    expect(line).to_have_attribute("d", before)
    expect(shown.get_by_role("button", name="Whole")).to_be_hidden()
