"""What is done on the compare page, in Chromium: a game is played, other data scored and left, a label and a task chosen."""

import re

import pytest
from playwright.sync_api import Page, expect

from core.data import registry
from core.jobs.submission import fitting_recipe
from core.jobs.train_run import train_run
from core.training.history import Silence
from tests.browser.conftest import choose, serve, settled

BOXED = "phantom:multilabel:images=150:size=32:seed=0"


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The app over one trained run, of images with boxes and several labels."""
    store = tmp_path_factory.mktemp("boxed") / "store"
    recipe = fitting_recipe(store, registry.load(BOXED, store), "cnn", {"image_size": 32, "max_epochs": 2, "blocks": 1})
    train_run(store, "boxed", BOXED, recipe, Silence())
    yield from serve(store)


def opened(server, visit, tab: str = "Curves") -> Page:
    page = visit(f"{server.url}/compare?tab={tab}")
    settled(page)
    return page


def test_the_pointing_game_is_played(server, visit):
    page = opened(server, visit, "Pointing+game")
    page.get_by_role("button", name=re.compile("^Play it on test for")).click()
    expect(page.locator(".st-key-csv_pointing-game")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Play it on test for"))).to_have_count(0)


def test_a_label_of_the_epochs_is_drawn_and_stands_in_the_address(server, visit):
    page = opened(server, visit, "Training")
    drawn = page.locator(".st-key-epochs_boxed svg").first
    expect(drawn.locator("path").first).to_be_attached()
    before = drawn.inner_html()
    choose(page, "Of the label", "Cardiomegaly")
    expect(page).to_have_url(re.compile("epoch_label=Cardiomegaly"))
    settled(page)
    assert drawn.inner_html() != before
    again = visit(page.url)
    expect(again.get_by_role("combobox", name="Of the label", exact=True)).to_have_value("Cardiomegaly")


def test_a_part_of_other_data_is_scored_and_left_again(server, visit):
    page = opened(server, visit)
    page.get_by_text("Score on other data").click()
    box = page.get_by_role("combobox", name="Data set", exact=True)
    box.fill(BOXED.replace("seed=0", "seed=1"))
    box.press("Enter")
    settled(page)
    page.get_by_role("radiogroup", name="Images", exact=True).get_by_text("Test", exact=False).first.click()
    page.get_by_role("button", name="Score 1 run").click()
    elsewhere = page.get_by_role("radio", name=re.compile(r"^On .*test \("))
    expect(elsewhere).to_be_checked()
    page.get_by_text("Score on other data").click()
    page.get_by_role("button", name="Remove", exact=True).click()
    expect(elsewhere).to_have_count(0)


def test_the_task_of_an_upload_is_chosen(server, visit, tmp_path):
    rows = [f"{row},test,{row % 2},{row % 5 / 5},{1 - row % 2},{1 - row % 5 / 5}" for row in range(40)]
    (tmp_path / "scores.csv").write_text("\n".join(["id,split,true:A,score:A,true:B,score:B", *rows]))
    page = opened(server, visit)
    page.get_by_text("Add the scores of a model trained elsewhere").click()
    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(tmp_path / "scores.csv")
    expect(page.get_by_text("multiclass: one of several classes. 40 images.")).to_be_visible()
    choose(page, "Task", "multilabel (any of several findings)")
    expect(page.get_by_text("multilabel: any of several findings. 40 images.")).to_be_visible()
