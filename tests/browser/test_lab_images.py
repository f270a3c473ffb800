"""The pictures of the lab in Chromium: of more images than it is sent, those nearest to where the line rests."""

import re
import time
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from core.data import registry
from core.evaluation.line_view import rows_beside, spread_rows
from core.evaluation.predictions import Predictions
from core.jobs.submission import fitting_recipe
from core.jobs.train_run import train_run
from core.runs.store import Store
from core.training.history import Silence
from tests.browser.conftest import Server, serve

RUN = "cnn-many-images"
SOURCE = "phantom:binary:images=4000:size=32"
SENT, EACH = 640, 5  # pictures for all places of the line; fewer of each side than the window has
MOVE = """(plot, threshold) => {
    const place = plot.getBoundingClientRect(), clientX = place.left + threshold * place.width;
    plot.dispatchEvent(new PointerEvent('pointermove', { clientX, buttons: 1, bubbles: true })); }"""


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[Server]:
    store = tmp_path_factory.mktemp("images") / "store"
    dataset = registry.load(SOURCE, store)
    settings = {"image_size": 32, "filters": 4, "blocks": 2, "max_epochs": 1, "batch_size": 128}
    train_run(store, RUN, SOURCE, fitting_recipe(store, dataset, "cnn", settings), Silence())
    yield from serve(store)


@pytest.fixture
def tested(server) -> Predictions:
    store = Store(server.store)
    found = store.predictions(store.get(RUN), "test")
    assert found.n > SENT
    return found


def shown(page: Page) -> str:
    """All numbers of the lab's SVG, in the order in which they are drawn; the pictures' scores go from left to right."""
    with page.expect_download() as waited:
        page.locator(".lab .tools").get_by_role("button", name="SVG").click()
    root = ElementTree.parse(waited.value.path()).getroot()
    return " ".join(text.text or "" for text in root.iter("{http://www.w3.org/2000/svg}text"))


def in_words(y_score: np.ndarray) -> str:
    return " ".join(f"{score:.3f}" for score in y_score)


def beside(y_score: np.ndarray, place: float) -> str:
    """The scores of the pictures beside a place of the line, as they are written below them."""
    return in_words(y_score[np.concatenate(rows_beside(y_score, place, EACH))])


def test_where_the_line_rests_the_pictures_are_the_nearest_of_all_images(server, visit, tested):
    page, (_, y_score) = visit(f"{server.url}/thresholds"), tested.column(tested.labels[0])
    expect(page.get_by_text(f"the nearest of all {tested.n:,} where the line rests")).to_be_visible()
    spread, places = y_score[spread_rows(y_score, SENT)], np.quantile(y_score, (0.05, 0.3, 0.5, 0.8)).round(3).tolist()
    assert any(beside(spread, place) != beside(y_score, place) for place in places), "it would not be seen which are shown"
    for place in places:
        page.locator(".lab .histogram").evaluate(MOVE, place)
        expect(page).to_have_url(re.compile(rf"line={place:g}\b"))
        until(lambda place=place: beside(y_score, place) in shown(page))


def test_while_the_line_moves_the_pictures_are_of_those_that_were_sent(server, visit, tested):
    page, (_, y_score) = visit(f"{server.url}/thresholds"), tested.column(tested.labels[0])
    place = round(float(np.quantile(y_score, 0.2)), 3)
    page.locator(".lab .histogram").evaluate(f"(plot, threshold) => setInterval(() => ({MOVE})(plot, threshold), 30)", place)
    until(lambda: beside(y_score[spread_rows(y_score, SENT)], place) in shown(page))
    assert "line=" not in page.url, "it has not rested"


def until(holds: Callable[[], bool]) -> None:
    for _ in range(40):
        if holds():
            return
        time.sleep(0.25)
    raise AssertionError("not within ten seconds")
