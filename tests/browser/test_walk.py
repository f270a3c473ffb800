"""The main job as a visitor does it, in Chromium: starter comparison, compare, thresholds, one image."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import settled

STARTER_MS = 300_000  # about 100 s on two quiet cores


def rate(page: Page, name: str):
    """A number of the lab."""
    return page.locator(f".rate[data-rate={name}] .value")


def go(page: Page, title: str) -> None:
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", name=title, exact=True, level=1)).to_be_visible()
    settled(page)


@pytest.mark.timeout(900)
def test_a_newcomer_walks_from_the_start_to_a_verdict(server, visit, shared):
    page = visit(server.url)
    expect(page.get_by_role("heading", name="Cutpoint", level=1)).to_be_visible()
    expect(page.get_by_alt_text(re.compile("Synthetic chest X-ray")).first).to_be_visible()
    page.get_by_role("button", name="Run the starter comparison").click()
    expect(page.get_by_text(re.compile(r"\d of 4 runs are ready"))).to_be_visible()
    expect(page.get_by_text("4 of 4 runs are ready")).to_be_visible(timeout=STARTER_MS)
    page.get_by_role("button", name="Compare them").click()

    expect(page.get_by_role("heading", name="Compare", exact=True, level=1)).to_be_visible()
    settled(page)
    expect(page.get_by_text("Synthetic images").first).to_be_visible()
    expect(page.get_by_role("group", name=re.compile("^ROC of the runs")).locator("svg").first).to_be_visible()
    page.get_by_role("tab", name="Tests in words").click()
    expect(page.get_by_text(re.compile("points of ROC AUC")).first).to_be_visible()

    go(page, "Thresholds")
    before = rate(page, "sensitivity").inner_text(), rate(page, "roc_auc").inner_text()
    slider = page.get_by_role("slider", name="Threshold for pneumonia")
    slider.focus()
    for _ in range(4):
        slider.press("PageDown")
    expect(rate(page, "sensitivity")).not_to_have_text(before[0])
    expect(rate(page, "roc_auc")).to_have_text(before[1])
    expect(page.get_by_text("Exploratory: moved while looking at test")).to_be_visible()

    go(page, "Single image")
    page.get_by_role("button", name="I understand").click()
    file = shared / "data/chest_xray/test/PNEUMONIA/person100_bacteria_475.jpeg"
    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(file)
    expect(page.get_by_role("heading", name=re.compile("^(normal|pneumonia)$"))).to_have_count(4, timeout=120_000)
    assert page.get_by_test_id("stException").count() == 0


def test_a_link_to_a_page_opens_it_on_a_fresh_server(full_server, visit):
    page = visit(f"{full_server.url}/compare")
    expect(page.get_by_role("heading", name="Compare", exact=True, level=1)).to_be_visible()
    expect(page.get_by_test_id("stSidebarNav").get_by_role("link", name="Thresholds")).to_be_visible()
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()


def test_a_rule_chosen_on_validation_can_be_frozen(full_server, visit):
    page = visit(f"{full_server.url}/thresholds")
    page.get_by_role("button", name="Choose on validation").click()
    page.get_by_role("combobox", name="Rule", exact=True).click()
    page.get_by_role("option", name="Sensitivity at least", exact=True).click()
    page.get_by_role("button", name="Freeze sensitivity=0.95").click()
    expect(page.get_by_text(re.compile("chosen by sensitivity=0.95 on validation"))).to_be_visible()


def test_the_runs_in_view_are_in_the_address_and_stay_on_other_pages(full_server, visit):
    page = visit(f"{full_server.url}/compare")
    page.get_by_test_id("stSidebar").get_by_role("button", name=re.compile("Remove.*SVM|SVM.*")).first.click()
    settled(page)
    expect(page).to_have_url(re.compile("runs="))
    again = visit(page.url)
    chips = again.get_by_test_id("stSidebar").get_by_test_id("stMultiSelect")
    expect(chips.get_by_text(re.compile("^CNN"))).to_be_visible()
    expect(chips.get_by_text(re.compile("^SVM"))).to_have_count(0)


def test_a_bad_file_is_refused_with_its_reason_and_nothing_breaks(full_server, visit, shared):
    page = visit(f"{full_server.url}/single_image")
    page.get_by_role("button", name="I understand").click()
    uploader = page.get_by_test_id("stFileUploader").locator("input[type=file]")
    uploader.set_input_files(shared / "badinputs/files/bad_html.jpg")
    expect(page.get_by_test_id("stAlert").filter(has_text="bad_html.jpg")).to_be_visible()


@pytest.mark.parametrize("path", ["", "data", "train", "progress", "compare", "thresholds", "mistakes", "single_image", "lessons"])
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_every_page_fits_the_window(path, width, scheme, full_server, visit):
    page = visit(f"{full_server.url}/{path}", width, scheme)
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
