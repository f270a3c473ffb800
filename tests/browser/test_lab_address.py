"""The address of the lab, and of a lesson, names the lines as they stand: opened again, in another window, it shows the same."""

import re
from dataclasses import replace
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import Locator, Page, expect

from core.evaluation.thresholds import choose as chosen_by
from core.jobs.external_run import keep_external
from core.runs.store import Store
from tests.browser.conftest import choose, serve, settled
from tests.made_scores import made_runs, made_scores


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """The app over two runs: of many labels, and one of whose labels validation has no image."""
    store = tmp_path_factory.mktemp("address") / "store"
    made_runs(store, "multilabel", 1)
    splits = {split: made_scores("multilabel", split) for split in ("val", "test")}
    truth = splits["val"].y_true.copy()
    truth[:, splits["val"].labels.index("Nodule")] = 0
    keep_external(store, "without nodules", splits | {"val": replace(splits["val"], y_true=truth)}, "ab" * 32)
    yield from serve(store)


def opened(visit, shelf, title: str, more: str = "") -> Page:
    page = visit(f"{shelf.url}/thresholds?runs={quote_plus(title)}&threshold_label=Mass{more}")
    expect(handle(page)).to_be_visible()
    settled(page)
    return page


def handle(page: Page) -> Locator:
    return page.get_by_role("slider", name=re.compile("^Threshold for"))


def at(page: Page) -> str:
    return handle(page).get_attribute("aria-valuenow")


def same_elsewhere(page: Page, visit) -> None:
    """Another window shows the line where this one has it."""
    again = visit(page.url)
    expect(handle(again)).to_have_attribute("aria-valuenow", at(page))
    again.close()


def test_each_label_has_its_own_line_in_the_address(shelf, visit):
    page = opened(visit, shelf, "multilabel 0", "&line=0.35")
    assert at(page) == "0.350"
    choose(page, "Label", "Edema")
    expect(handle(page)).to_have_attribute("aria-valuenow", "0.500")
    expect(page).to_have_url(re.compile(r"line=Mass(:|%3A)0\.35"))
    same_elsewhere(page, visit)
    choose(page, "Label", "Mass")
    expect(handle(page)).to_have_attribute("aria-valuenow", "0.350")
    same_elsewhere(page, visit)


def test_a_rule_moves_the_address_too_and_the_frozen_threshold_clears_it(shelf, visit):
    page = opened(visit, shelf, "multilabel 0", "&line=0.35")
    choose(page, "Rule", "Sensitivity at least")
    expect(handle(page)).not_to_have_attribute("aria-valuenow", "0.350")
    expect(page.get_by_text(re.compile("95 % interval of the threshold itself"))).to_be_visible()
    same_elsewhere(page, visit)
    page.get_by_role("button", name="Back to the frozen thresholds").click()
    expect(page).not_to_have_url(re.compile("line="))


def test_the_lines_come_back_into_the_address_with_the_page(shelf, visit):
    page = opened(visit, shelf, "multilabel 0", "&line=0.35")
    for name in ("Lessons", "Thresholds"):
        page.get_by_test_id("stSidebarNavLink").filter(has_text=name).click()
        expect(page.get_by_role("heading", name=name, exact=True, level=1)).to_be_visible()
    expect(page).to_have_url(re.compile(r"line=0\.35"))
    page.reload()
    expect(handle(page)).to_have_attribute("aria-valuenow", "0.350")


def test_a_lesson_that_is_opened_again_names_its_line(shelf, visit):
    page = visit(f"{shelf.url}/lessons?lesson=costs&line=0.45")
    expect(handle(page)).to_have_attribute("aria-valuenow", "0.450")
    page.get_by_role("button", name="All lessons").click()
    expect(page).not_to_have_url(re.compile("line="))
    page.locator(".st-key-open_costs").get_by_role("button").click()
    expect(handle(page)).to_have_attribute("aria-valuenow", "0.450")
    expect(page).to_have_url(re.compile(r"line=0\.45"))


def test_a_rule_moves_the_labels_that_can_meet_it_and_says_which_cannot(shelf, visit):
    page = opened(visit, shelf, "without nodules", "&runs=multilabel+0")
    choose(page, "Rule", "Youden's J")
    run = next(run for run in Store(shelf.store).runs() if run.title == "without nodules")
    wanted = chosen_by("youden", Store(shelf.store).predictions(run, "val").of_label("Mass")).thresholds["Mass"]
    expect(handle(page)).to_have_attribute("aria-valuenow", f"{wanted:.3f}")
    expect(page.get_by_text("Nodule: not moved: no image of val has Nodule")).to_be_visible()
    choose(page, "One rule for all labels", "f1")
    page.get_by_role("button", name="Choose each on validation").click()
    expect(page.get_by_text("Chosen on validation, not frozen")).to_be_visible()
    expect(page.get_by_text(re.compile(r"^f1: 0\.\d+ for Mass"))).to_be_visible()
    other = next(run for run in Store(shelf.store).runs() if run.title == "multilabel 0")
    choose(page, "Run", f"{other.title}: {other.description}")
    expect(page.get_by_text("Nodule: not moved")).to_have_count(0)
