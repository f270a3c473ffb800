"""Every control of the compare page above its tabs, moved in Chromium: a table, a figure or the runs in view change."""

import csv
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import Locator, Page, expect

from core.data import registry
from core.jobs.submission import fitting_recipe
from core.jobs.train_run import train_run
from core.runs.marks import Marks
from core.runs.store import Store
from core.training.history import Silence
from tests.browser.conftest import WAIT, Server, choose, serve, settled
from tests.made_scores import made_runs, made_scores

SEEDS = ("seed-one", "seed-two")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory, trained) -> Iterator[Server]:
    """The app over the small runs, two seeds of one recipe, and runs of drawn scores."""
    store, source = tmp_path_factory.mktemp("head") / "store", trained["cnn"].data.source
    shutil.copytree(trained["cnn"].folder.parents[1], store)
    made_runs(store, "binary", 2)
    made_runs(store, "multilabel", 2)
    dataset = registry.load(source, store)
    for seed, name in enumerate(SEEDS):
        settings = {"image_size": 32, "filters": 4, "blocks": 2, "max_epochs": 2, "seed": seed}
        train_run(store, name, source, fitting_recipe(store, dataset, "cnn", settings), Silence())
    yield from serve(store)


@pytest.fixture
def compare(shelf, visit) -> Callable[..., Page]:
    """Opens the page with some runs in view."""
    runs = Store(shelf.store).runs()
    names = {run.run_id: run.title for run in runs} | {run.title: run.title for run in runs}

    def opening(*wanted: str) -> Page:
        chosen = "&".join(f"runs={quote_plus(names[one])}" for one in wanted)
        page = visit(f"{shelf.url}/compare?{chosen}")
        expect(page.get_by_text(re.compile(f"{len(wanted)} of .* in view"))).to_be_visible()
        for _ in range(WAIT // 500):
            if "being counted" not in told(page):
                settled(page)
                return page
            page.wait_for_timeout(500)
        raise AssertionError("intervals are not counted")

    return opening


def told(page: Page, table: int = 0) -> str:
    """All cells of a table in the middle of the page, as a screen reader finds them; waits until they are there."""
    cells = page.get_by_test_id("stDataFrame").nth(table).locator("canvas td")
    expect(cells.first).to_be_attached()
    return " | ".join(cells.all_text_contents())


def changes(page: Page, act: Callable[[], object], table: int = 0) -> str:
    """What a table says after `act`, which changes it."""
    before = told(page, table)
    act()
    for _ in range(WAIT // 200):
        settled(page)
        if told(page, table) != before:
            return told(page, table)
        page.wait_for_timeout(200)
    raise AssertionError(f"the table stays: {before}")


def shows(page: Page, words: str) -> None:
    """Waits until the table has some words: it may be drawn once more after the script has ended."""
    for _ in range(WAIT // 200):
        if words in told(page):
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"{words!r} is not in {told(page)}")


def press(page: Page, words: str) -> None:
    page.get_by_role("radio", name=words, exact=True).click()


def switch(page: Page, words: str) -> None:
    page.get_by_test_id("stCheckbox").get_by_text(words, exact=True).click()


def open_picker(page: Page) -> None:
    page.get_by_text(re.compile("^Choose runs")).click()
    expect(page.get_by_role("searchbox", name="Search")).to_be_visible()
    settled(page)


def search(page: Page, words: str) -> None:
    changes(page, lambda: (page.get_by_role("searchbox", name="Search").fill(words), page.keyboard.press("Enter")))


def select(page: Page, *rows: int) -> None:
    """Tick rows of the table of all runs at their left edge."""
    canvas = page.get_by_test_id("stDataFrame").first.locator("canvas").first
    for row in rows:
        canvas.scroll_into_view_if_needed()
        box = canvas.bounding_box()
        page.mouse.click(box["x"] + 16, box["y"] + 35 * (row + 1) + 17)
        settled(page)


def do(page: Page, words: str) -> None:
    """Press a button that is for the first run of the table, which is ticked unless it still is."""
    settled(page)
    button = page.get_by_role("button", name=words).first  # an old one may still be there for a moment
    if button.is_disabled():
        select(page, 0)
    expect(button).to_be_enabled()
    button.click()


def test_split_label_and_metrics_change_the_table_and_survive_a_reload(compare):
    page = compare("multilabel 0", "multilabel 1")
    changes(page, lambda: press(page, "Validation"))
    changes(page, lambda: choose(page, "Label", "Edema"))
    found = changes(page, lambda: page.get_by_role("button", name="Remove ROC AUC").click())
    choose(page, "Metrics", "Brier score")
    for part in ("split=Validation", "label=Edema", "metrics="):
        expect(page).to_have_url(re.compile(part))
    page.reload()
    settled(page)
    expect(page.get_by_role("button", name="Remove Brier score")).to_be_visible()
    assert told(page).split(" | ")[:2] == found.split(" | ")[:2]


def test_the_metric_that_is_drawn_is_chosen(compare):
    page = compare("binary 0", "binary 1")
    chart = page.locator(".st-key-intervals_drawn[data-stale=false]")
    expect(chart).to_contain_text("ROC AUC")
    page.get_by_role("radiogroup", name=re.compile("^Drawn")).get_by_text("Specificity", exact=True).click()
    expect(chart).to_contain_text("Specificity, test")


def test_each_table_and_each_switch_shows_something_else(compare):
    page = compare(*SEEDS)
    changes(page, lambda: switch(page, "Epochs"))
    changes(page, lambda: switch(page, "Draw intervals"))
    assert "2 seeds of" in changes(page, lambda: switch(page, "Fold seeds"))
    assert "Image size" not in changes(page, lambda: press(page, "What differs"))
    assert "Image size" in changes(page, lambda: switch(page, "Only what differs"))
    changes(page, lambda: press(page, "Cost"))
    press(page, "Published figures")
    expect(page.get_by_text(re.compile("published recipe")).first).to_be_visible()


def test_the_table_is_downloaded(compare):
    page = compare("binary 0", "binary 1")
    with page.expect_download() as waited:
        page.get_by_role("button", name="Download this table").click()
    with waited.value.path().open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["run"] for row in rows] == ["binary 0", "binary 1"]
    assert all(float(row["roc_auc_low"]) < float(row["roc_auc"]) < float(row["roc_auc_high"]) for row in rows)


def test_runs_are_searched_filtered_sorted_and_put_in_view(compare):
    page = compare("binary 0")
    open_picker(page)
    changes(page, lambda: choose(page, "Sort", "Name"))
    assert "multilabel" not in changes(page, lambda: choose(page, "Task", "Two classes"))
    page.keyboard.press("Escape")
    assert "binary" not in changes(page, lambda: choose(page, "Family", "CNN"))
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Remove CNN").click()
    search(page, "binary")
    select(page, 0, 1)
    page.get_by_role("button", name="Put 2 in view").click()
    expect(page.get_by_text(re.compile("2 of .* in view"))).to_be_visible()
    expect(page.get_by_role("button", name="Remove binary 1")).to_be_visible()


def test_a_run_is_added_pinned_archived_and_deleted_only_after_a_question(compare, shelf):
    page = compare("binary 0")
    open_picker(page)
    search(page, "two")
    do(page, "Add to view")
    expect(page.get_by_text(re.compile("2 of .* in view"))).to_be_visible()
    open_picker(page)  # it closes, so that the runs are seen
    expect(page.get_by_role("searchbox", name="Search")).to_have_value("two")
    for words, mark, is_there in (("Pin", "pinned", True), ("Unpin", "pinned", False), ("Archive", "archived", True)):
        do(page, words)
        settled(page)
        assert (SEEDS[1] in Marks(shelf.store).of(mark)) == is_there
    expect(page.get_by_text("No run is as asked for")).to_be_visible()
    switch(page, "Show archived runs")
    expect(page.get_by_test_id("stDataFrame").first.locator("canvas td").first).to_be_attached()
    for answer in ("Keep", "Delete 1 run"):
        assert any(run.run_id == SEEDS[1] for run in Store(shelf.store).runs())
        do(page, "Delete")
        page.get_by_role("dialog").get_by_role("button", name=answer, exact=True).click()
        expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text(re.compile("1 of .* in view"))).to_be_visible()
    assert all(run.run_id != SEEDS[1] for run in Store(shelf.store).runs())


def test_scores_of_another_model_are_uploaded_and_stand_beside(compare, tmp_path):
    made = made_scores("binary", "test", 3)
    table = tmp_path / "other model.csv"
    with table.open("w", newline="") as file:
        csv.writer(file).writerows([("id", "split", "true:pneumonia", "score:pneumonia"), *(
            (image, "test", int(true), float(score))
            for image, true, score in zip(made.image_ids, made.y_true[:, 0], made.y_score[:, 0], strict=True)
        )])  # fmt: skip
    page = compare("binary 0")
    page.get_by_text("Add the scores of a model trained elsewhere").click()
    expect(page.get_by_test_id("stFileUploader")).to_be_visible()
    settled(page)
    page.locator("input[type=file]").set_input_files(table)
    expect(page.get_by_text(re.compile("240 images"))).to_be_visible()
    settled(page)
    added = page.get_by_role("button", name="Remove other model", exact=True)
    _press_until(page.get_by_role("button", name="Add and put in view"), added)
    settled(page)
    shows(page, "other model")


def _press_until(button: Locator, appears: Locator) -> None:
    """Presses a button, and once more where that was lost since its form was drawn anew just then."""
    for _ in range(3):
        if button.is_visible():
            button.press("Enter")
        with suppress(AssertionError):
            expect(appears).to_be_visible()
            return
    raise AssertionError("pressed three times, and nothing came")


def test_the_runs_in_view_are_scored_on_other_data(compare):
    page = compare("cnn-small")
    page.get_by_text("Score on other data").click()
    box = page.get_by_role("combobox", name="Data set")
    box.fill("phantom:binary:images=40:size=32:seed=9")
    page.keyboard.press("Enter")
    changes(page, lambda: page.get_by_role("button", name="Score 1 run").click())
    expect(page.get_by_text(re.compile("^Scored on .*: 40 images"))).to_be_visible()
    expect(page).to_have_url(re.compile("split=On"))
