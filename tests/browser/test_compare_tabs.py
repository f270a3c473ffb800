"""Every control of the compare page's tabs, moved in Chromium: a number, a figure or a table changes, and the view is in the address."""

import csv
import re
import shutil
from collections.abc import Callable
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import WAIT, choose, serve, settled
from tests.made_scores import made_runs

PLOT = "document.querySelector(`.st-key-${key} .js-plotly-plot`)"
OURS = "document.querySelector(`.st-key-${key} [data-testid='stBidiComponentIsolated']`)?.shadowRoot.querySelector('svg')"
FIGURE = f"""key => {{ const plot = {PLOT}, ours = {OURS};
    return plot?.data ? JSON.stringify([plot.data, plot.layout.title]) : ours?.childElementCount ? ours.innerHTML : null }}"""


@pytest.fixture(scope="module")
def tabs_server(tmp_path_factory, trained):
    """The app over trained runs and drawn ones: {what: titles} beside the server."""
    store = tmp_path_factory.mktemp("tabs") / "store"
    shutil.copytree(next(iter(trained.values())).folder.parents[1], store)
    titles = {task: [run.title for run in made_runs(store, task, 3)] for task in ("binary", "multiclass", "multilabel")}
    for server in serve(store):
        yield server, titles | {"trained": [run.title for run in trained.values()]}


@pytest.fixture
def tab(tabs_server, visit) -> Callable[..., Page]:
    """Opens a tab over the runs of a task."""
    server, titles = tabs_server

    def opening(task: str, title: str, width: int = 1280, scheme: str = "light") -> Page:
        runs = "&".join(f"runs={quote_plus(run)}" for run in titles[task])
        page = visit(f"{server.url}/compare?{runs}&tab={quote_plus(title)}", width, scheme)
        expect(page.get_by_role("tab", name=title)).to_have_attribute("aria-selected", "true")
        settled(page)
        return page

    return opening


def figure(page: Page, key: str) -> str:
    """The numbers that a chart shows; waits until it is drawn."""
    page.wait_for_function(f"key => ({FIGURE})(key)", arg=key, timeout=WAIT)
    return page.evaluate(FIGURE, key)


def changes(page: Page, key: str, act: Callable[[], None]) -> None:
    """What `act` does changes a chart."""
    before = figure(page, key)
    act()
    page.wait_for_function(
        f"([key, before]) => {{ const now = ({FIGURE})(key); return now && now !== before }}", arg=[key, before], timeout=WAIT
    )
    settled(page)


def test_label_and_calibration_move_all_four_curves_and_survive_a_reload(tab, visit):
    page = tab("multilabel", "Curves")
    changes(page, "figure_roc", lambda: choose(page, "Curves of", "Edema"))
    for key in ("figure_precision-recall", "figure_calibration", "figure_decision-curve"):
        assert "Edema" in figure(page, key)
    changes(page, "figure_calibration", lambda: page.get_by_text("Calibrated by temperature", exact=True).click())
    expect(page.get_by_text(re.compile("Temperature fitted on 240 validation images")).first).to_be_visible()
    again = visit(page.url)
    assert "Edema, calibrated by temperature" in figure(again, "figure_roc")


def test_hover_tells_threshold_and_counts(tab):
    page = tab("binary", "Curves")
    figure(page, "figure_roc")
    chart = page.locator(".st-key-figure_roc")
    chart.locator(".mark").first.hover()
    expect(chart.locator(".tip")).to_contain_text("threshold 0.500")
    expect(chart.locator(".tip")).to_contain_text(re.compile(r"TP \d+ +FP \d+ +FN \d+ +TN \d+"))


def test_a_curve_downloads_as_csv(tab):
    page = tab("binary", "Curves")
    with page.expect_download() as waited:
        page.locator(".st-key-csv_roc button").first.click()  # the label is there twice, once for the hint
    with waited.value.path().open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["run"] for row in rows} == {"binary 0", "binary 1", "binary 2"}
    assert all(int(row["TP"]) + int(row["FP"]) + int(row["FN"]) + int(row["TN"]) == 240 for row in rows)


def test_metric_bars_and_every_control_of_the_report(tab):
    page = tab("multilabel", "Per class")
    changes(page, "figure_classes", lambda: choose(page, "Metric of each class", "Specificity"))
    page.get_by_text("Text", exact=True).click()
    report = page.get_by_test_id("stCode")
    expect(report).to_contain_text("Nodule")
    first = report.inner_text()
    choose(page, "Run", "multilabel 2")
    expect(report).not_to_have_text(first)
    page.get_by_role("combobox", name="Classes", exact=True).click()
    page.get_by_role("option", name="Mass", exact=True).click()
    page.keyboard.press("Escape")
    expect(report).not_to_contain_text("Nodule")


def test_matrices_follow_label_and_run_and_a_click_opens_the_images(tab):
    page = tab("multilabel", "Matrices")
    cards = page.locator("[class*='st-key-card_']")
    expect(cards).to_have_count(3)
    expect(cards.first).to_contain_text("Mass")
    expect(page.get_by_role("link", name=re.compile("^FN"))).to_have_count(3)
    numbers = page.get_by_role("link", name=re.compile("^FN")).all_inner_texts()
    choose(page, "Run", "multilabel 2")
    expect(page.get_by_role("link", name=re.compile("^FN")).first).not_to_have_text(numbers[0])
    choose(page, "Matrices of", "Edema")
    expect(cards.first).to_contain_text("multilabel")
    link = page.get_by_role("link", name=re.compile("^FP")).first
    count = link.inner_text().split()[-1]
    link.click()
    expect(page.get_by_role("heading", name="Mistakes", level=1)).to_be_visible()
    expect(page.get_by_text(re.compile(rf"^{count} of \d+ images on test"))).to_be_visible()
    expect(page).to_have_url(re.compile("mistake_label=Edema"))


def test_a_click_on_a_cell_opens_its_images(tab):
    page = tab("binary", "Matrices")
    plot = page.locator("[class*='st-key-matrix_']").first
    expect(plot.locator(".scatterlayer .points path").first).to_be_attached()
    plot.scroll_into_view_if_needed()
    box = plot.locator(".scatterlayer .points path").first.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_role("heading", name="Mistakes", level=1)).to_be_visible()
    expect(page).to_have_url(re.compile("cell=TN"))


def test_the_chosen_metric_is_tested(tab):
    page = tab("binary", "Tests in words")
    expect(page.get_by_text(re.compile("points of ROC AUC")).first).to_be_visible()
    changes(page, "figure_pairs", lambda: page.get_by_test_id("stButtonGroup").get_by_text("Sensitivity", exact=True).click())
    expect(page.get_by_text(re.compile("points of sensitivity", re.I)).first).to_be_visible()


def test_recorded_values_and_metrics_over_epochs(tab):
    page = tab("trained", "Training")
    changes(page, "figure_training", lambda: choose(page, "Recorded value", "Learning rate"))
    changes(page, "epochs_cnn-small", lambda: choose(page, "Metric over epochs", "Sensitivity"))


def test_thresholds_over_epochs_are_chosen_and_stand_in_the_address(tab, visit):
    page = tab("trained", "Training")
    changes(page, "epochs_cnn-small", lambda: page.get_by_role("button", name="Remove 0.4").click())
    kept = page.locator(".st-key-epochs_cnn-small .legend button")
    expect(kept).to_have_text(["threshold 0.5", "threshold 0.6", "ROC AUC"])
    again = visit(page.url)
    expect(again.locator(".st-key-epochs_cnn-small .legend button")).to_have_text(["threshold 0.5", "threshold 0.6", "ROC AUC"])


def test_the_cost_axis_moves_the_scatter_and_a_latency_is_measured(tab):
    page = tab("trained", "Training")
    page.get_by_role("radiogroup", name="Table", exact=True).get_by_text("Cost", exact=True).click()
    changes(page, "pareto", lambda: page.get_by_role("radiogroup", name="Cost", exact=True).get_by_text("Size on disk").click())
    expect(page).to_have_url(re.compile("cost=Size"))
    page.get_by_role("button", name=re.compile("Measure the latency")).click()
    expect(page.get_by_role("button", name=re.compile("Measure the latency"))).to_have_count(0)


def test_the_predictions_of_a_run_are_downloaded(tab):
    page = tab("binary", "Training")
    page.get_by_role("button", name="Download predictions").click()
    with page.expect_download() as waited:
        page.get_by_role("button", name=re.compile("^binary 1: ")).click()
    with waited.value.path().open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 480 and {row["split"] for row in rows} == {"val", "test"}


def test_group_and_metric_move_the_forest_plot(tab):
    page = tab("binary", "Subgroups")
    changes(page, "figure_subgroups", lambda: choose(page, "Subgroups by", "view"))
    changes(page, "figure_subgroups", lambda: choose(page, "Metric in each", "Specificity"))
    expect(page).to_have_url(re.compile("group=view"))


@pytest.mark.parametrize("title", ["Curves", "Per class", "Matrices", "Tests in words", "Subgroups"])
def test_a_tab_fits_a_phone(title, tab):
    page = tab("multiclass", title, 390, "dark")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
