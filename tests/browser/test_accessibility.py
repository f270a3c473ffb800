"""axe finds nothing serious or critical on any page, light and dark, but what is Streamlit's own, which is listed here."""

from urllib.parse import quote_plus

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import serve, settled
from tests.made_scores import made_runs

PAGES = ("", "data", "train", "progress", "compare", "thresholds", "thresholds?plain=true", "mistakes", "single_image", "lessons",
         "lessons?lesson=costs")  # fmt: skip
GRAVE = ("serious", "critical")
# Streamlit's own: it writes what is chosen in the primary colour, and white upon it; on dark paper no colour has contrast enough for both.
CHOSEN = "[data-testid^='stBaseButton-segmented_control'], [role=radio], [role=tab], [data-testid^='stSliderThumb'], [role=slider]"


@pytest.fixture(scope="module")
def addresses(tmp_path_factory):
    """The app's address, and the runs in view."""
    store = tmp_path_factory.mktemp("axe") / "store"
    runs = "&".join(f"runs={quote_plus(run.title)}" for run in made_runs(store, "multilabel", 2))
    for server in serve(store):
        yield {page: f"{server.url}/{page}{'&' if '?' in page else '?'}{runs}" for page in PAGES}


def grave(page: Page, scheme: str) -> list[str]:
    """What axe finds, in a line each: rule, grade and the part that it is about."""
    found = Axe().run(page).response["violations"]
    parts = [(one["id"], node) for one in found if one["impact"] in GRAVE for node in one["nodes"]]
    return [f"{rule}: {node['html'][:300]}" for rule, node in parts if not (scheme == "dark" and is_streamlits(page, rule, node))]


def is_streamlits(page: Page, rule: str, node: dict) -> bool:
    part = node["target"][0]
    return rule == "color-contrast" and page.evaluate("([part, own]) => !!document.querySelector(part).closest(own)", [part, CHOSEN])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_no_grave_finding_of_ours(page, scheme, addresses, visit):
    opened = visit(addresses[page], scheme=scheme)
    settled(opened)
    assert grave(opened, scheme) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_cards_of_trained_runs_have_no_grave_finding_of_ours(scheme, full_server, visit):
    opened = visit(full_server.url, scheme=scheme)
    settled(opened)
    opened.get_by_role("img", name="ROC AUC on val over").first.wait_for()
    assert grave(opened, scheme) == []
