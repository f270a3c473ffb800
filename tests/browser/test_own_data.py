"""One's own data as a visitor brings it, in Chromium: a ZIP is looked at, added, explored; the link leads back to what was seen."""

import re
import zipfile

from playwright.sync_api import expect

from tests.browser.conftest import choose, settled


def test_a_zip_is_looked_at_added_and_found_again_by_its_link(full_server, visit, class_folders, tmp_path):
    file = tmp_path / "small chests.zip"
    with zipfile.ZipFile(file, "w") as packed:
        for path in sorted(class_folders.rglob("*.png")):
            packed.write(path, path.relative_to(class_folders))
    page = visit(f"{full_server.url}/data")
    page.get_by_text("Use your own images").click()
    page.get_by_text("A ZIP file", exact=True).click()
    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("160 images, binary, 2 classes")).to_be_visible()
    page.get_by_label("Name of the data set").fill("Ward 7")
    page.get_by_role("button", name="Add data set").click()
    expect(page.get_by_role("heading", name="Ward 7", level=2)).to_be_visible(timeout=60_000)
    settled(page)
    page.get_by_role("tab", name="Images", exact=True).click()
    settled(page)
    choose(page, "What they show", "PNEUMONIA")
    expect(page.get_by_text(re.compile(r"\d+ images of PNEUMONIA in train"))).to_be_visible()
    expect(page).to_have_url(re.compile("gallery_class=PNEUMONIA"))
    again = visit(page.url)
    expect(again.get_by_text(re.compile(r"\d+ images of PNEUMONIA in train"))).to_be_visible()
    assert again.get_by_test_id("stException").count() == 0


def test_a_bad_zip_is_refused_with_its_reason_and_the_page_goes_on(full_server, visit, shared):
    page = visit(f"{full_server.url}/data")
    page.get_by_text("Use your own images").click()
    page.get_by_text("A ZIP file", exact=True).click()
    page.get_by_test_id("stFileUploader").locator("input[type=file]").set_input_files(shared / "badinputs/files/bad_symlink.zip")
    expect(page.get_by_test_id("stAlert").filter(has_text="is a link")).to_be_visible()
    expect(page.get_by_role("tab", name="Overview")).to_be_visible()
