"""The threshold lab in Chromium: what it shows is what core computes, and every control changes something."""

import re
import shutil
from collections.abc import Callable, Iterator
from io import BytesIO
from urllib.parse import quote_plus

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from core.evaluation.counts import counts_at
from core.evaluation.intervals import metric_intervals
from core.evaluation.metrics import per_label
from core.evaluation.predictions import Predictions
from core.evaluation.rates import RATES, flagged
from core.evaluation.thresholds import choose as choose_threshold
from core.evaluation.utility import expected_cost, net_benefit
from core.jobs.external_run import keep_external
from core.runs.store import Store
from tests.browser.conftest import WAIT, Server, choose, serve, settled
from tests.made_scores import LABELS, made_runs, made_scores

CELLS = ("tp", "fp", "fn", "tn")
SHOWN = ("sensitivity", "specificity", "precision", "f1")
RANGED = ("sensitivity", "specificity", "precision", "npv", "f1", "accuracy", "youden")
AT = """async (plot, threshold) => {
    const place = plot.getBoundingClientRect(), lab = plot.closest('.lab');
    plot.dispatchEvent(new PointerEvent('pointermove', { clientX: place.left + threshold * place.width, buttons: 1, bubbles: true }));
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    return [[...lab.querySelectorAll('.rows tbody tr')].map((row) => [...row.cells].map((cell) => cell.textContent)),
            [...lab.querySelectorAll('[data-rate]')].map((card) => [card.dataset.rate, card.querySelector('.value').textContent])];
}"""
RULES = (  # each with a number of its own, and as the command line has it
    ("Specificity at least", "at least", "0.6", "specificity=0.6"), ("Flag at most", "at most", "0.5", "flagged=0.5"),
    ("Sensitivity and specificity at least", "spec.", "0.3", "sensitivity=0.9,specificity=0.3"),
    ("Match prevalence", "", "", "prevalence"), ("Best F1", "", "", "f1"), ("Youden's J", "", "", "youden"),
)  # fmt: skip
TABS = ["All labels", "Prevalence", "Several models", "Over epochs", "Subgroups", "Calibration", "Grey zone"]


@pytest.fixture(scope="module")
def lab_server(tmp_path_factory, trained) -> Iterator[Server]:
    store = tmp_path_factory.mktemp("lab") / "store"
    shutil.copytree(trained["cnn"].folder.parents[1], store)
    for task in LABELS:
        made_runs(store, task, 2)
    chance = np.random.default_rng(0)
    keep_external(store, "fourteen", {split: fourteen_labels(split, chance) for split in ("val", "test")}, "14".ljust(64, "0"))
    yield from serve(store)


def fourteen_labels(split: str, chance: np.random.Generator) -> Predictions:
    y_true = (chance.random((300, 14)) < 0.2).astype(np.uint8)
    y_score = np.clip(0.3 + 0.3 * y_true + chance.normal(0, 0.15, y_true.shape), 0, 1).astype(np.float32)
    names = tuple(f"Finding number {number + 1}" for number in range(14))
    return Predictions("multilabel", split, names, np.array([f"{split}{row}" for row in range(300)]), None, y_true, y_score)


@pytest.fixture
def lab(lab_server, visit) -> Callable[..., Page]:
    """Opens the lab over a run."""
    titles = [run.title for run in Store(lab_server.store).runs()]

    def opening(title: str, more: str = "", width: int = 1280, scheme: str = "light") -> Page:
        assert title in titles
        return visit(f"{lab_server.url}/thresholds?runs={quote_plus(title)}{more}", width, scheme)

    return opening


def rate(page: Page, name: str):
    return page.locator(f"[data-rate={name}] .value")


def changes(page: Page, locator, act: Callable[[], object]) -> None:
    expect(locator).to_be_visible()
    before = locator.inner_text()
    act()
    expect(locator).not_to_have_text(before)
    settled(page)


def view_switch(page: Page, words: str) -> None:
    page.get_by_role("button", name=re.compile("View$")).first.click()
    page.get_by_test_id("stPopoverBody").get_by_text(words, exact=True).click()
    page.keyboard.press("Escape")


def test_at_200_places_the_numbers_of_all_labels_are_those_of_core(lab):
    page, drawn = lab("multilabel 1", "&together=true"), made_scores("multilabel", "test", 1)
    expect(page.locator(".rows tbody tr")).to_have_count(len(LABELS["multilabel"]))
    plot = page.locator(".lab .histogram")
    for threshold in np.random.default_rng(0).integers(0, 1001, 200) / 1000:
        shown, cards = plot.evaluate(AT, float(threshold))
        compare_cards(dict(cards), drawn, threshold)
        metrics = per_label(drawn, dict.fromkeys(drawn.labels, threshold))
        for label, told, *numbers in shown:
            counts = counts_at(*drawn.column(label), threshold)
            assert float(told) == threshold and [int(one) for one in numbers[:4]] == [getattr(counts, cell) for cell in CELLS]
            for name, shown_rate in zip(SHOWN, numbers[4:], strict=True):
                value = metrics[label][name]
                assert shown_rate == "n/a" if value is None else abs(float(shown_rate) - value) < 0.000501, (label, name)


def compare_cards(shown: dict[str, str], scores: Predictions, threshold: float) -> None:
    """What the cards say of the first label, where a missed case costs as much as ten false alarms."""
    counts = counts_at(*scores.column(scores.labels[0]), threshold)
    wanted = {name: float(RATES[name](counts)) for name in RANGED} | {"cost": float(expected_cost(counts, 10.0))}
    wanted["flagged"] = float(flagged(counts))
    wanted["benefit"] = float(net_benefit(counts, threshold)) if threshold < 1 else np.nan
    for name, value in wanted.items():
        assert shown[name] == "n/a" if np.isnan(value) else abs(float(shown[name]) - value) < 0.000501, (name, threshold)


@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize("of", ["one image a patient", "several"])
def test_numbers_and_intervals_are_those_of_core_where_the_line_comes_and_where_it_goes(plain, of, lab, lab_server, trained):
    store = Store(lab_server.store)
    run = next(one for one in store.runs() if one.title == ("binary 1" if of == "one image a patient" else trained["cnn"].title))
    scores = store.predictions(run, "test")
    assert scores.has_repeated_patients == (of == "several")
    page = lab(run.title, f"&line=0.37125&plain={str(plain).lower()}")
    compare_with_core(page, scores, 0.37125)
    for key, place in (("ArrowRight", 0.372), ("ArrowRight", 0.373), ("Home", 0.0), ("End", 1.0)):
        page.get_by_role("slider", name=re.compile("^Threshold for")).press(key)
        compare_with_core(page, scores, place)


def compare_with_core(page: Page, scores: Predictions, threshold: float) -> None:
    label = scores.labels[0]
    known = metric_intervals(scores, {label: threshold}, names=RANGED)
    for name, value in {name: float(RATES[name](counts_at(*scores.column(label), threshold))) for name in RANGED}.items():
        expect(rate(page, name)).to_have_text("n/a" if np.isnan(value) else f"{value:.3f}")
        one = known[name]
        low, high = (float(one.low), float(one.high)) if one else (np.nan, np.nan)
        words = page.locator(f"[data-rate={name}] .range").inner_text().strip()
        assert (words == "") if one is None else np.allclose([float(part) for part in words.split(" to ")], [low, high], atol=0.00051), name


def test_fourteen_labels_stand_on_one_screen_with_all_else(lab):
    page = lab("fourteen", "&line=0.45")
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.get_by_text("Exploratory: moved while looking at test")).to_be_visible()
    expect(page.locator(".rows tbody tr")).to_have_count(14)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
    fits(page)
    choose(page, "Rule", "Sensitivity at least")
    expect(page.get_by_text("Chosen on validation, not frozen")).to_be_visible()
    fits(page)


def test_a_label_with_its_images_stands_on_one_screen(lab, trained):
    page = lab(trained["cnn"].title)
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(page.locator(".lab .nearest")).to_be_visible()
    settled(page)
    fits(page)


def fits(page: Page) -> None:
    for part in (".histogram", ".matrix", ".rates", ".curves", ".rows", ".nearest", ".tools"):
        box = page.locator(f".lab {part}").bounding_box()
        if box is not None:
            assert box["y"] > 0 and box["y"] + box["height"] <= 900, part
            assert box["x"] + box["width"] <= 1280, part


def test_the_line_is_dragged_and_what_does_not_depend_on_it_stays(lab):
    page = lab("binary 1")
    still, box = rate(page, "roc_auc").inner_text(), page.locator(".lab .histogram").bounding_box()
    before = {name: rate(page, name).inner_text() for name in ("sensitivity", "specificity", "cost", "flagged")}
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + 60, steps=8)
    for name, value in before.items():
        expect(rate(page, name)).not_to_have_text(value)
    page.mouse.up()
    expect(page.get_by_text("Exploratory: moved while looking at test")).to_be_visible()
    expect(page).to_have_url(re.compile("line=0.8"))
    assert rate(page, "roc_auc").inner_text() == still
    spoken = page.locator(".lab table.spoken")
    expect(spoken).to_contain_text("False negatives, missed")
    assert rate(page, "sensitivity").inner_text() in spoken.inner_text()
    page.get_by_role("button", name="Back", exact=True).click()
    expect(rate(page, "sensitivity")).to_have_text(before["sensitivity"])


def test_hover_on_a_curve_tells_threshold_and_counts_and_a_click_moves_the_line(lab):
    page = lab("binary 1")
    for curve in ("benefit", "cost", "pr", "roc"):
        box = page.locator(f".lab .{curve}").bounding_box()
        page.mouse.move(box["x"] + box["width"] / 3, box["y"] + box["height"] / 2)
        expect(page.locator(".lab .tip")).to_have_text(re.compile(r"threshold \d\.\d{3} +TP \d+ +FP \d+ +FN \d+ +TN \d+"))
        page.mouse.move(0, 0)
        expect(page.locator(".lab .tip")).to_be_hidden()
    changes(page, rate(page, "sensitivity"), lambda: page.mouse.click(box["x"] + box["width"] / 3, box["y"] + box["height"] / 2))


def test_a_finger_moves_the_line_and_it_is_told_to_those_who_listen(browser, lab_server):
    with browser.new_context(has_touch=True, viewport={"width": 390, "height": 844}) as phone:
        page = phone.new_page()
        page.goto(f"{lab_server.url}/thresholds?runs=binary+1")
        expect(rate(page, "sensitivity")).to_be_visible(timeout=WAIT)
        settled(page)
        page.locator(".lab .histogram").scroll_into_view_if_needed()
        box = page.locator(".lab .histogram").bounding_box()
        page.touchscreen.tap(box["x"] + box["width"] * 0.7, box["y"] + box["height"] / 2)
        expect(page.get_by_role("slider", name=re.compile("^Threshold for"))).to_have_attribute("aria-valuenow", re.compile(r"0\.(69|70)"))
        expect(page.get_by_role("status").filter(has_text="Threshold 0.")).to_have_text(re.compile(r"Threshold 0\.(69|70)\d?: \d+ missed"))


def test_every_control_above_the_lab_changes_it(lab):
    page = lab("multilabel 1")
    changes(page, rate(page, "sensitivity"), lambda: page.get_by_role("radio", name="Validation").click())
    changes(page, rate(page, "roc_auc"), lambda: choose(page, "Label", "Edema"))
    changes(page, rate(page, "sensitivity"), lambda: choose(page, "Rule", "Sensitivity at least"))
    changes(page, rate(page, "sensitivity"), lambda: fill(page, "at least", "0.7"))
    for rule, number, value, said in RULES:
        choose(page, "Rule", rule)
        settled(page)
        if number:
            fill(page, number, value)
        expect(page.get_by_text(re.compile(rf"^{said}: 0\.\d+ for Edema"))).to_be_visible()
        settled(page)
    changes(page, rate(page, "sensitivity"), lambda: choose(page, "Rule", "Least cost"))
    changes(page, rate(page, "cost"), lambda: fill(page, "Alarms a miss", "3"))
    changes(page, page.locator(".rows"), lambda: view_switch(page, "All labels at the line"))
    changes(page, rate(page, "benefit"), lambda: view_switch(page, "Calibrated scores"))
    view_switch(page, "Plain slider")
    expect(page.locator(".lab")).to_have_count(0)
    changes(page, rate(page, "sensitivity"), lambda: page.get_by_role("slider", name="Threshold for Edema").press("PageUp"))
    for part in ("threshold_split=", "threshold_label=Edema", "rule=", "missed_costs=3", "together=true", "plain=true"):
        expect(page).to_have_url(re.compile(part))


def fill(page: Page, control: str, value: str) -> None:
    page.get_by_role("spinbutton", name=control).first.fill(value)
    page.keyboard.press("Enter")


def test_a_rule_that_cannot_be_met_says_so_and_changes_nothing(lab):
    page, val, test = lab("binary 0"), made_scores("binary", "val"), made_scores("binary", "test")
    choose(page, "Rule", "Sensitivity and specificity at least")
    fill(page, "sens.", "0.3")
    fill(page, "spec.", "0.3")
    met = choose_threshold("sensitivity=0.3,specificity=0.3", val).thresholds[val.labels[0]]
    before = f"{RATES['sensitivity'](counts_at(*test.column(test.labels[0]), met)):.3f}"
    expect(rate(page, "sensitivity")).to_have_text(before, timeout=WAIT)
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    fill(page, "sens.", "1")
    fill(page, "spec.", "1")
    expect(page.get_by_test_id("stAlert").first).to_contain_text("not moved")
    expect(page.get_by_text("Not met: see below")).to_be_visible()
    expect(rate(page, "sensitivity")).to_have_text(before)
    page.locator(".lab .handle").press("ArrowRight")
    expect(page.get_by_test_id("stAlert")).to_have_count(0, timeout=WAIT)
    expect(page.get_by_role("button", name="Choose on validation")).to_be_visible()


def test_the_lab_fills_the_screen_and_hands_out_its_counts(lab):
    page = lab("binary 1")
    assert len(handed_out(page, "CSV").splitlines()) == 1002
    page.locator(".lab .tools").get_by_role("button", name="Lecture view").click()
    page.wait_for_function("document.fullscreenElement !== null")


def test_the_lab_hands_out_its_picture_as_pixels_and_as_svg(lab):
    page = lab("binary 1")
    shown, numbers = Image.open(BytesIO(handed_out(page, "PNG"))).convert("RGB"), page.locator(".lab .rate dd").all_inner_texts()
    for part in (".histogram", ".matrix", ".rate[data-rate=sensitivity] .value", ".roc"):
        low, high = shown.crop(place_in_lab(page, part)).convert("L").getextrema()
        assert high - low > 100, part
    written = handed_out(page, "SVG").decode()
    assert set(filter(None, numbers)) <= set(re.findall(r"<text [^>]*>([^<]*)</text>", written))
    opened = page.context.new_page()
    opened.set_viewport_size({"width": shown.width, "height": shown.height})
    opened.set_content(f"<body style='margin: 0'>{written}</body>")
    drawn = Image.open(BytesIO(opened.screenshot())).convert("RGB")
    coarse = [np.asarray(one.resize((one.width // 8, one.height // 8), Image.Resampling.BOX), int) for one in (shown, drawn)]
    assert (np.abs(coarse[0] - coarse[1]).max(axis=2) > 60).mean() < 0.01, "both show the same, but for the edges of letters"
    assert np.ptp(coarse[1]) > 150


def handed_out(page: Page, kind: str) -> bytes:
    with page.expect_download() as waited:
        page.locator(".lab .tools").get_by_role("button", name=kind).click()
    return waited.value.path().read_bytes()


def place_in_lab(page: Page, part: str) -> tuple[int, int, int, int]:
    """Left, top, right and bottom in pixels of the lab's picture."""
    home, box = page.locator(".lab").bounding_box(), page.locator(f".lab {part}").bounding_box()
    left, top = box["x"] - home["x"], box["y"] - home["y"]
    return int(left), int(top), int(left + box["width"]), int(top + box["height"])


@pytest.mark.parametrize("tab", TABS)
def test_a_tab_below_the_lab_opens_and_fits_a_phone(tab, lab):
    page = lab("multilabel 1", f"&lab_tab={quote_plus(tab)}", 390, "dark")
    panel = page.get_by_role("tabpanel", name=tab)
    expect(panel).to_be_visible()
    assert len(panel.inner_text()) > 40
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_classes_are_decided_by_the_highest_score_or_by_thresholds(lab):
    page = lab("multiclass 1", "&lab_tab=Classes")
    expect(page.get_by_role("tabpanel", name="Classes")).to_contain_text(re.compile("undecided", re.I))


def test_a_figure_of_a_tab_leaves_as_svg(lab):
    page = lab("binary 1", f"&lab_tab={quote_plus('Grey zone')}")
    figure = page.get_by_role("tabpanel", name="Grey zone").locator(".js-plotly-plot").first
    figure.hover()
    with page.expect_download() as waited:
        figure.locator(".modebar-btn[data-title^='Download plot']").click()
    content = waited.value.path().read_text()
    assert waited.value.suggested_filename == "figure_grey_zone.svg" and content.startswith("<svg") and "pneumonia" in content
