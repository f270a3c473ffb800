"""One picture and many, in Chromium: every control changes a number, a sentence or an image."""

import json
import re
import zipfile

import pandas as pd
import psutil
import pytest
from playwright.sync_api import expect

from core.inference.row_table import FAULT, FILE, VERDICT
from tests.browser.conftest import settled

WAIT = 120_000


@pytest.fixture
def page(full_server, visit):
    """The page, with its conditions accepted."""

    def opening(address: str = "", *size):
        page = visit(f"{full_server.url}/single_image{address}", *size)
        page.get_by_role("button", name="I understand").click()
        settled(page)
        return page

    return opening


@pytest.fixture
def picture(class_folders):
    """A test image."""
    return sorted((class_folders / "test/PNEUMONIA").iterdir())[0]


def bring(page, *files) -> None:
    page.get_by_test_id("stFileUploader").first.locator("input[type=file]").set_input_files(list(files))


def shown(page) -> str:
    """The picture that is large, as its source."""
    return page.get_by_test_id("stImage").first.locator("img").get_attribute("src")


def test_the_controls_of_one_picture_change_what_they_say(page, picture):
    page = page()
    bring(page, picture)
    expect(page.get_by_text(re.compile("Mirrored and moved by 2 %"))).to_have_count(4, timeout=WAIT)
    settled(page)

    slider = page.get_by_role("slider", name=re.compile("Threshold of CNN")).first
    card = page.locator("[data-testid=stVerticalBlock]", has=slider).last
    before = card.inner_text()
    slider.focus()
    for key in ("Home", "End"):
        slider.press(key)
    expect(card).to_contain_text("Trying out: the frozen threshold is")
    assert card.inner_text() != before

    among = page.get_by_text(re.compile(r"Where 5 % of people have PNEUMONIA"))
    expect(among).to_have_count(4)
    prevalence = page.get_by_role("slider", name=re.compile("Explained among people"))
    prevalence.focus()
    prevalence.press("ArrowRight")
    expect(page.get_by_text(re.compile(r"Where 10 % of people have PNEUMONIA"))).to_have_count(4, timeout=WAIT)


def test_the_map_follows_its_controls_and_the_nearest_images_come(page, picture):
    page = page()
    bring(page, picture)
    expect(page.get_by_text(re.compile("Mirrored and moved by 2 %"))).to_have_count(4, timeout=WAIT)
    settled(page)
    before = shown(page)
    opacity = page.get_by_role("slider", name=re.compile("Opacity"))
    opacity.focus()
    opacity.press("PageUp")
    settled(page)
    page.get_by_role("radio", name="Off").click()
    expect(opacity).to_have_count(0)
    settled(page)
    assert shown(page) != before
    page.get_by_role("radio", name="By patches").click()
    expect(page.get_by_role("slider", name=re.compile("Opacity"))).to_be_visible(timeout=WAIT)

    page.get_by_text("Nearest training images").click()
    expect(page.get_by_text(re.compile("nearest of train"))).to_be_visible(timeout=WAIT)
    assert page.get_by_test_id("stException").count() == 0


def test_a_link_opens_an_example_with_its_true_label(page):
    first = page()
    first.get_by_role("combobox", name=re.compile("or an example")).click()
    first.get_by_role("option", name=re.compile("PNEUMONIA")).first.click()
    expect(first.get_by_text("True label: PNEUMONIA")).to_be_visible(timeout=WAIT)
    again = page("?" + first.url.partition("?")[2])
    expect(again.get_by_text("True label: PNEUMONIA")).to_be_visible(timeout=WAIT)


def test_a_strange_picture_is_warned_of_and_its_answers_can_be_withheld(page, shared, tmp_path):
    from PIL import Image, ImageOps

    inverted = tmp_path / "inverted.png"
    ImageOps.invert(Image.open(shared / "data/chest_xray/test/NORMAL" / "IM-0001-0001.jpeg").convert("L")).save(inverted)
    page = page()
    bring(page, inverted)
    expect(page.get_by_test_id("stAlert").filter(has_text="inverted")).to_be_visible(timeout=WAIT)
    expect(page.get_by_text(re.compile("sensitivity"))).not_to_have_count(0, timeout=WAIT)
    page.get_by_text("Withhold answers").click()
    expect(page.get_by_text("The answers are withheld")).to_be_visible(timeout=WAIT)
    expect(page.get_by_text(re.compile("At this operating point"))).to_have_count(0)


def test_many_pictures_and_a_zip_give_a_table_with_the_faults_in_it(page, class_folders, shared, tmp_path):
    files = sorted((class_folders / "test/NORMAL").iterdir())[:3]
    packed = tmp_path / "more.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for file in sorted((class_folders / "test/PNEUMONIA").iterdir())[:4]:
            archive.write(file, f"in/{file.name}")
    page = page()
    bring(page, *files, packed, shared / "badinputs/files/bad_truncated.png")
    expect(page.get_by_text(re.compile(r"\b7\b.*(pictures|images)", re.IGNORECASE)).first).to_be_visible(timeout=WAIT)
    settled(page)
    expect(page.get_by_test_id("stDataFrame").first).to_be_visible()
    with page.expect_download() as leaving:
        page.get_by_role("button", name="All answers as CSV").click()
    text = leaving.value.path().read_text()
    assert text.count("\n") >= 9 and "bad_truncated.png" in text and files[0].name in text
    assert page.get_by_test_id("stException").count() == 0


def test_every_odd_file_becomes_what_it_must_within_300_mb(page, picture, full_server, shared):
    folder = shared / "badinputs"
    expected = {name: one["expect"] for name, one in json.loads((folder / "expected.json").read_text()).items()}
    first, server = page(), psutil.Process(full_server.pid)
    bring(first, picture)  # so that the models are loaded
    expect(first.get_by_text(re.compile("Mirrored and moved by 2 %"))).to_have_count(4, timeout=WAIT)
    page = page()
    settled(page)
    idle = most = server.memory_info().rss
    bring(page, *(folder / "files" / name for name in expected))
    button = page.get_by_role("button", name="All answers as CSV")
    while button.count() == 0:
        most = max(most, server.memory_info().rss)
        page.wait_for_timeout(50)
    with page.expect_download() as leaving:
        button.click()
    rows = pd.read_csv(leaving.value.path())
    found = {}
    for name in expected:
        of_file = rows[rows[FILE].str.startswith(name)]
        assert len(of_file), name
        found[name] = "refuse" if of_file[FAULT].notna().all() else "accept"
        assert (of_file[FAULT].notna() == of_file[VERDICT].isna()).all(), name
    assert found == expected
    assert most - idle < 300 * 2**20
    assert page.get_by_test_id("stException").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_answers_fit_a_phone(page, picture, scheme):
    page = page("", 390, scheme)
    bring(page, picture)
    expect(page.get_by_text(re.compile("Mirrored and moved by 2 %"))).to_have_count(4, timeout=WAIT)
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
