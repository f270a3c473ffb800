"""Every control of the mistakes page, moved in Chromium: a number, a figure or an image changes."""

import re
import shutil
from collections.abc import Iterator
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import Page, expect

from core.data import registry
from core.evaluation.mistakes import cell_of
from core.jobs.submission import fitting_recipe
from core.jobs.train_run import train_run
from core.runs.image_notes import ImageNotes
from core.runs.store import Store
from core.training.history import Silence
from tests.browser.conftest import Server, choose, serve, settled

RUN = "cnn-small"
LABEL = "Infiltration"
MANY = "cnn-many"
SOURCE = "phantom:multilabel:images=160:size=48"


@pytest.fixture(scope="module")
def mistakes(tmp_path_factory, trained) -> Iterator[Server]:
    """The app over the small runs and one of several labels, whose images have subgroups and boxes."""
    copy = tmp_path_factory.mktemp("mistakes") / "store"
    shutil.copytree(next(iter(trained.values())).folder.parents[1], copy)
    dataset = registry.load(SOURCE, copy)
    recipe = fitting_recipe(copy, dataset, "cnn", {"image_size": 32, "filters": 4, "blocks": 2, "max_epochs": 2})
    train_run(copy, MANY, SOURCE, recipe, Silence())
    yield from serve(copy)


@pytest.fixture(scope="module")
def address(mistakes) -> str:
    """The page with the run of several labels and the cell that has the most images, whatever was learnt."""
    store = Store(mistakes.store)
    run = store.get(MANY)
    cells = cell_of(store.predictions(run, "test"), run.operating_point.thresholds, LABEL)
    largest = max(("FN", "FP", "TP", "TN"), key=lambda cell: (cells == cell).sum())
    return f"{mistakes.url}/mistakes?mistake_run={MANY}&mistake_label={LABEL}&cell={largest}"


@pytest.fixture
def many(address, visit) -> Page:
    return visit(address)


def told(page: Page):
    """The line that counts the images of the cell."""
    return page.get_by_text(re.compile(r"of [\d,]+ images on (test|val)"))


def large(page: Page):
    """The name of the large image."""
    return page.get_by_role("heading", level=3).first


def names(page: Page):
    """The buttons below the thumbnails."""
    return page.locator("[class*='st-key-open_'] button")


def press(page: Page, words: str) -> None:
    page.get_by_role("radio", name=words, exact=True).click()


def test_cells_splits_labels_and_subgroups_change_the_count_and_stand_in_the_address(many):
    before = told(many).inner_text()
    press(many, "val")
    expect(told(many)).not_to_have_text(before)
    expect(told(many)).to_contain_text("on val")
    before = told(many).inner_text()
    choose(many, "Label", "Effusion")
    expect(told(many)).not_to_have_text(before)
    before = told(many).inner_text()
    press(many, "All mistakes")
    expect(told(many)).not_to_have_text(before)
    before = told(many).inner_text()
    choose(many, "Subgroup", "sex: F")
    expect(told(many)).not_to_have_text(before)
    for part in ("mistake_split=val", "mistake_label=Effusion", "mistake_group=sex"):
        expect(many).to_have_url(re.compile(part))
    before = told(many).inner_text()
    many.reload()
    settled(many)
    expect(told(many)).to_have_text(before)


def test_another_run_has_other_images(mistakes, visit):
    titles = [run.title for run in Store(mistakes.store).runs() if run.run_id in (RUN, MANY)]
    page = visit(f"{mistakes.url}/mistakes?mistake_run={MANY}&" + "&".join(f"runs={quote_plus(title)}" for title in titles))
    before = large(page).inner_text()
    choose(page, "Run", RUN)
    expect(large(page)).not_to_have_text(before)


def test_a_click_on_a_cell_of_the_matrix_opens_it(many):
    before = told(many).inner_text()
    figure = many.locator(".st-key-mistake_matrix .nsewdrag").first
    box = figure.bounding_box()
    cell, across = ("FP", 0.75) if "cell=TN" in many.url else ("TN", 0.25)
    many.mouse.click(box["x"] + across * box["width"], box["y"] + 0.25 * box["height"])  # the row of those that lack the label
    expect(told(many)).not_to_have_text(before)
    expect(many).to_have_url(re.compile(f"cell={cell}"))


def test_the_range_of_scores_is_moved_by_keys_and_leaves_fewer_images(many):
    slider = many.get_by_role("slider", name="Score from and to").last
    slider.focus()
    for _ in range(8):
        slider.press("PageDown")
    expect(many.get_by_text(re.compile("of them have such scores"))).to_be_visible()
    expect(many).to_have_url(re.compile("mistake_scores="))


def test_pages_names_and_the_list_choose_the_large_image(many):
    first = large(many).inner_text()
    many.get_by_role("button", name=re.compile("^(Go to )?page 2$", re.I)).click()
    expect(large(many)).not_to_have_text(first)
    second = large(many).inner_text()
    names(many).nth(2).focus()
    names(many).nth(2).press("Enter")
    expect(large(many)).not_to_have_text(second)
    expect(many).to_have_url(re.compile("image=phantom-"))
    third = large(many).inner_text()
    many.get_by_role("combobox", name="Large").click()
    many.get_by_role("option").first.click()
    expect(large(many)).not_to_have_text(third)


def test_boxes_are_drawn_on_request(mistakes, address, visit):
    dataset, shown = registry.load(SOURCE, mistakes.store), Store(mistakes.store).predictions(Store(mistakes.store).get(MANY), "test")
    boxed = next(image_id for image_id in shown.image_ids.tolist() if dataset.boxes.get(image_id))
    page = visit(f"{address}&image={boxed}")
    image = page.get_by_role("img", name=re.compile(", large$"))
    before = image.get_attribute("src")
    page.get_by_text("Show the boxes").click()
    expect(image).not_to_have_attribute("src", before)


def test_the_nearest_training_images_appear_and_change_with_the_image(many):
    many.get_by_text("Nearest training images").click()
    expect(many.get_by_text("The 8 nearest of train")).to_be_visible(timeout=120_000)
    settled(many)
    near = many.locator("[data-testid='stImage'] img")
    count = near.count()
    many.get_by_text("Nearest training images").click()
    expect(near).to_have_count(count - 8)


def test_a_note_and_its_mark_are_kept_and_can_be_downloaded(many, mistakes):
    image_id = large(many).inner_text()
    many.get_by_text("The label looks wrong").click()
    many.get_by_role("textbox", name="Note").fill("turned by a quarter")
    many.get_by_role("button", name="Keep the note").click()
    expect(many.get_by_text(re.compile("^Notes on .*: 1$"))).to_be_visible()
    run = Store(mistakes.store).get(MANY)
    note = ImageNotes(mistakes.store).of(run.data.fingerprint)[image_id]
    assert note.looks_wrong and note.text == "turned by a quarter"
    settled(many)
    many.get_by_text(re.compile("^Notes on ")).click()
    with many.expect_download() as download:
        many.get_by_role("button", name="Download the notes").click()
    assert image_id in download.value.path().read_text()


def test_the_list_of_a_cell_is_downloaded(many):
    with many.expect_download() as download:
        many.get_by_role("button", name="Download this list").click()
    assert large(many).inner_text() in download.value.path().read_text()


def test_suspicious_labels_are_looked_for_and_downloaded(mistakes, visit):
    page = visit(f"{mistakes.url}/mistakes?mistake_run=svm-small")
    press(page, "Suspicious labels")
    page.get_by_text("Look for them").click()
    expect(page.get_by_text(re.compile("suspicious labels.* images of train"))).to_be_visible(timeout=120_000)
    expect(names(page).first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download all suspects").click()
    assert download.value.path().read_text().startswith("image_id,label,given,suggested")


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (390, "light")])
def test_the_page_fits_the_window(width, scheme, mistakes, visit):
    page = visit(f"{mistakes.url}/mistakes?mistake_run={MANY}", width, scheme)
    expect(told(page)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
