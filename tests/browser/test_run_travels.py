"""A run leaves one Cutpoint whole and is taken in by another, both in Chromium, and answers there."""

import re
import zipfile

import pytest
from playwright.sync_api import expect

from core.runs.store import Store
from tests.browser.conftest import settled


@pytest.fixture
def packed(full_server, visit, tmp_path):
    """A CNN's run, as the page hands it out."""
    run = Store(full_server.store).get("cnn-small")
    page = visit(f"{full_server.url}/compare?runs={run.title}")
    page.get_by_text(f"Take {run.title} along").click()
    settled(page)
    with page.expect_download() as leaving:
        page.get_by_role("button", name="Whole run, ZIP").click()
    file = tmp_path / leaving.value.suggested_filename
    leaving.value.save_as(file)
    return run, file


def test_a_run_goes_from_one_cutpoint_to_another(packed, server, visit, class_folders):
    run, file = packed
    page = visit(server.url)
    take_in(page, file)
    expect(page.get_by_test_id("stAlert").filter(has_text="The run is on the shelf and in view")).to_be_visible()
    arrived = Store(server.store).get(run.run_id)
    assert arrived.operating_point == run.operating_point

    there = visit(f"{server.url}/single_image")
    there.get_by_role("button", name="I understand").click()
    settled(there)
    there.get_by_test_id("stFileUploader").first.locator("input[type=file]").set_input_files(
        sorted((class_folders / "test/PNEUMONIA").iterdir())[0]
    )
    expect(there.get_by_text(re.compile("Mirrored and moved by 2 %"))).to_have_count(1, timeout=120_000)


def test_a_zip_that_is_no_run_is_refused_and_leaves_nothing(server, visit, tmp_path):
    before = {run.run_id for run in Store(server.store).runs()}
    strange = tmp_path / "strange.zip"
    with zipfile.ZipFile(strange, "w") as archive:
        archive.writestr("run/run.json", "{}")
    page = visit(server.url)
    take_in(page, strange)
    expect(page.get_by_test_id("stAlert").filter(has_text="This file is not taken in")).to_be_visible()
    assert {run.run_id for run in Store(server.store).runs()} == before


def take_in(page, file) -> None:
    page.get_by_text("Take in a run from another Cutpoint").click()
    page.locator("[data-testid=stFileUploader] input[type=file]").last.set_input_files(file)
    page.get_by_role("button", name="Take it in").click()
    settled(page)
