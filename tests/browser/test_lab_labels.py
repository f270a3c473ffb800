"""All labels, the grey zone and the classes in Chromium: what is typed into the table moves the line, and the view is in the address."""

import re
from collections.abc import Callable
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import Page, expect

from core.runs.store import Store
from tests.browser.conftest import serve, settled
from tests.made_scores import made_runs

_ROW, _LABEL = 36, 70  # px: a row of the table, and half the column of names
_SECOND = 1.5  # rows below the header: the middle of the second


@pytest.fixture(scope="module")
def labels_server(tmp_path_factory):
    """The app over drawn runs: {task: run} beside the server."""
    store = tmp_path_factory.mktemp("labels") / "store"
    runs = {task: made_runs(store, task, 1)[0] for task in ("multilabel", "multiclass")}
    for server in serve(store):
        yield server, runs


@pytest.fixture
def tab(labels_server, visit) -> Callable[..., Page]:
    """Opens a tab over the run of a task."""
    server, runs = labels_server

    def opening(task: str, title: str, **chosen: str) -> Page:
        more = "".join(f"&{key}={quote_plus(value)}" for key, value in chosen.items())
        page = visit(f"{server.url}/thresholds?runs={quote_plus(runs[task].title)}&lab_tab={quote_plus(title)}{more}", 1280, "light")
        expect(page.get_by_role("tab", name=title)).to_have_attribute("aria-selected", "true")
        settled(page)
        return page

    return opening


def type_threshold(page: Page, text: str) -> None:
    """Into the cell of the second label."""
    canvas = page.locator("[data-testid='stDataFrame'] canvas").first
    expect(canvas).to_be_visible()
    canvas.scroll_into_view_if_needed()
    page.wait_for_timeout(500)  # the grid measures itself once it is in view
    canvas.dblclick(position={"x": 2 * _LABEL + 10, "y": _ROW * (1 + _SECOND)}, force=True)
    field = page.locator("#portal input").first
    expect(field).to_be_visible()
    field.fill(text)
    page.keyboard.press("Enter")


def test_a_threshold_that_is_typed_moves_the_line_of_the_lab_and_can_be_frozen(tab, labels_server):
    server, runs = labels_server
    page = tab("multilabel", "All labels", threshold_label="Edema", threshold_split="Validation")
    type_threshold(page, "0.22")
    expect(page.get_by_role("row", name=re.compile(r"^Edema 0\.220 "))).to_be_visible()  # of the lab, above the tabs
    settled(page)
    page.get_by_role("button", name="Freeze these thresholds").click()
    expect(page.get_by_text(re.compile("Frozen: 0.220, chosen by hand on validation"))).to_be_visible()
    point = Store(server.store).get(runs["multilabel"].run_id).operating_point
    assert point.rule == "hand" and point.thresholds == {"Mass": 0.5, "Edema": 0.22, "Nodule": 0.5}


def test_the_grey_zone_is_in_the_address_and_comes_back_with_it(tab):
    page = tab("multilabel", "Grey zone", threshold_label="Mass")
    end = page.get_by_role("slider", name=re.compile("Left to a human")).last
    begun = end.input_value()
    end.press("ArrowLeft")
    expect(end).not_to_have_value(begun)
    moved = end.input_value()
    expect(page.get_by_text("Exploratory: moved while looking at test")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"zone_Mass=[\d.]+&zone_Mass={moved}"))
    page.reload()
    settled(page)
    expect(end).to_have_value(moved)


def test_the_way_classes_are_decided_is_in_the_address(tab):
    page = tab("multiclass", "Classes")
    expect(page.get_by_text("No image stays undecided.")).to_be_visible()
    page.get_by_text("A threshold per class").click()
    expect(page.get_by_text(re.compile("images reach no threshold"))).to_be_visible()
    expect(page).to_have_url(re.compile("class_way="))
