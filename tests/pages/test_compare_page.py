"""What stands in the head and the tables of the compare page, without a browser."""

import io
import json
import shutil
import statistics
from dataclasses import replace

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from core.evaluation.estimates import estimates, label_estimates
from core.evaluation.metrics import METRICS
from core.evaluation.prediction_table import read_prediction_table
from core.published import catalogue
from core.recipe import build
from core.runs.marks import Marks
from core.runs.run import Run
from core.runs.store import Store
from pages.components import score_tables
from tests.made_scores import made_runs
from tests.pages.conftest import texts

SHOWN = ("roc_auc", "sensitivity", "specificity", "accuracy", "f1")


@pytest.fixture
def shelf(store, tmp_path) -> Store:
    """A copy of the small trained runs, which may be changed."""
    shutil.copytree(store.root, tmp_path / "store", ignore=shutil.ignore_patterns("estimates"))
    return Store(tmp_path / "store")


def put_again(shelf: Store, run: Run, run_id: str, **changes) -> Run:
    """The same run once more under another id, with other settings or another recipe."""
    draft = shelf.root / "drafts" / run_id
    draft.mkdir(parents=True)
    for file in run.folder.glob("*.safetensors"):
        shutil.copy(file, draft)
    recipe = changes.pop("recipe", None) or build(run.recipe.family, {**run.recipe.settings, **changes})
    again = replace(run, run_id=run_id, recipe=recipe)
    return shelf.put(draft, again, shelf.history(run), {split: shelf.predictions(run, split) for split in run.data.images})


def compare(opened, root, runs: list[Run], **chosen) -> AppTest:
    app = opened(root, "start")
    app.session_state["runs"] = [run.run_id for run in runs]
    for key, value in chosen.items():
        app.session_state[key] = value
    app.switch_page("pages/compare.py").run()
    assert not app.exception and not app.error
    return app


def table(app: AppTest, name: str):
    """The table with that column in front, by it."""
    return next(one.value for one in app.dataframe if one.value.columns[0] == name).set_index(name)


def counted(app: AppTest, name: str = "Run"):
    """The table of metrics, when no interval is being counted any more."""
    for _ in range(60):
        found = table(app, name)
        if not found.astype(str).apply(lambda column: column.str.contains("being counted")).any(axis=None):
            return found
        app.run()
    raise AssertionError("intervals are still being counted")


def words(entry) -> str:
    return f"{entry.value:.3f} ({entry.low:.3f} to {entry.high:.3f})"


@pytest.mark.parametrize("split", ["test", "val"])
def test_the_table_has_the_metrics_of_the_chosen_split_with_their_intervals(split, opened, shelf):
    runs = shelf.runs()
    found = counted(compare(opened, shelf.root, runs, split=split))
    for run in runs:
        expected = estimates(shelf.predictions(run, split), run.operating_point.thresholds, SHOWN)
        for name, entry in expected.items():
            cell = found.loc[run.title, METRICS[name].title]
            assert cell == (words(entry) if entry.low is not None else f"{entry.value:.3f} (no interval)"), name
            assert pd.isna(found.loc[run.title, f"{METRICS[name].title} drawn"]) == (entry.low is None)


def test_a_metric_that_is_chosen_comes_and_one_that_is_not_goes(opened, shelf):
    app = compare(opened, shelf.root, shelf.runs())
    app.multiselect(key="metrics").set_value(["brier", "mcc"]).run()
    columns = set(counted(app).columns)
    assert {"Brier score", "Matthews correlation"} <= columns and "ROC AUC" not in columns
    assert METRICS["brier"].definition in texts(app)


def test_epochs_and_drawings_go_when_they_are_switched_off(opened, shelf):
    app = compare(opened, shelf.root, shelf.runs())
    found = counted(app)
    history = [record.val_roc_auc for record in shelf.history(shelf.get("cnn-small"))]
    assert list(found.loc[shelf.get("cnn-small").title, "ROC AUC epochs"]) == history
    assert pd.isna(found.loc[shelf.get("svm-small").title, "ROC AUC epochs"])
    app.toggle(key="intervals").set_value(False).run()
    app.toggle(key="epochs").set_value(False).run()
    assert not [column for column in counted(app).columns if column.endswith((" drawn", " epochs"))]


def test_seeds_fold_into_mean_spread_and_range_and_are_no_run_of_their_own(opened, shelf):
    cnn = shelf.get("cnn-small")
    again = [put_again(shelf, cnn, f"cnn-seed{seed}", seed=seed) for seed in (1, 2)]
    shelf.save_operating_point(again[0], replace(again[0].operating_point, thresholds=dict.fromkeys(cnn.data.labels, 0.6)))
    runs = [shelf.get(run.run_id) for run in (cnn, *again)]
    found = counted(compare(opened, shelf.root, [*runs, shelf.get("svm-small")], fold=True), "Recipe")
    values = [estimates(shelf.predictions(run, "test"), run.operating_point.thresholds, ("accuracy",))["accuracy"].value for run in runs]
    row = found.loc[f"3 seeds of {cnn.title} (cnn-small)" if f"3 seeds of {cnn.title}" not in found.index else f"3 seeds of {cnn.title}"]
    expected = f"{statistics.fmean(values):.3f} ± {statistics.stdev(values):.3f} ({min(values):.3f} to {max(values):.3f})"
    assert row["Accuracy"] == expected and row["Seeds"] == "0, 1, 2" and len(found) == 2


def test_runs_of_different_recipes_cannot_be_folded(opened, shelf):
    assert compare(opened, shelf.root, [shelf.get("cnn-small"), shelf.get("svm-small")]).toggle(key="fold").disabled


def test_only_the_settings_that_differ_are_shown_until_all_are_asked_for(opened, shelf):
    cnn = shelf.get("cnn-small")
    other = put_again(shelf, cnn, "cnn-other", learning_rate=0.01)
    app = compare(opened, shelf.root, [cnn, other], table="settings")
    found = table(app, "Setting")
    assert list(found.index) == ["Learning rate"]
    assert set(found.loc["Learning rate"]) == {str(cnn.recipe.training.learning_rate), "0.01"}
    app.toggle(key="differs").set_value(False).run()
    assert {"Blocks", "Learning rate", "Data"} <= set(table(app, "Setting").index)


def test_costs_are_those_of_the_record_and_a_latency_is_measured_once(opened, shelf):
    run = shelf.get("cnn-small")
    app = compare(opened, shelf.root, [run], table="cost")
    before = table(app, "Run").loc[run.title]
    assert before["Learned numbers"] == f"{run.parameters:,}" and before["One image"] == "not measured"
    app.button(key="measure").click().run(timeout=120)
    assert table(app, "Run").loc[run.title, "One image"].endswith(")") and not [one for one in app.button if one.key == "measure"]
    app.segmented_control(key="cost").set_value("latency").run()
    assert "Not drawn" not in texts(app)


def test_a_published_recipe_stands_beside_its_report_and_says_why_it_cannot_be_compared(opened, shelf):
    cnn, published = shelf.get("cnn-small"), catalogue.get("portsmouth-cnn")
    run = put_again(shelf, cnn, "cnn-published", recipe=published.recipe)
    app = compare(opened, shelf.root, [run, shelf.get("svm-small")])
    figure = next(one.value for one in published.figures if one.metric == "test/accuracy")
    assert counted(app).loc[run.title, "Accuracy published"].startswith(f"{figure:.3f}, not comparable")
    app.segmented_control(key="table").set_value("published").run()
    found = table(app, "Figure")
    assert found.loc["Accuracy", "Published"] == f"{figure:.4g}"
    ours = estimates(shelf.predictions(run, "test"), dict.fromkeys(run.data.labels, 0.5), ("accuracy",))["accuracy"].value
    assert found.loc["Accuracy", "Ours"] == f"{ours:.4g}" and "Not comparable: " in texts(app)


def test_a_label_chosen_above_is_that_of_every_number(opened, tmp_path):
    runs = made_runs(tmp_path, "multilabel", 2)
    app, store = compare(opened, tmp_path, runs), Store(tmp_path)
    label = runs[0].data.labels[1]
    whole = counted(app)
    app.selectbox(key="label").set_value(label).run()
    found = counted(app)
    for run in runs:
        expected = label_estimates(store.predictions(run, "test"), run.operating_point.thresholds, label, ("f1",))["f1"]
        assert found.loc[run.title, "F1"] == words(expected) != whole.loc[run.title, "F1"]


def test_a_run_without_scores_on_the_split_is_named_and_the_others_stay(opened, shelf):
    from core.jobs.external_run import keep_external

    outside = keep_external(shelf.root, "Theirs", {"test": shelf.predictions(shelf.get("svm-small"), "test")}, "ab" * 32)
    app = compare(opened, shelf.root, [outside, shelf.get("cnn-small")], split="val")
    assert "Without scores on validation: Theirs." in texts(app) and list(counted(app).index) == [shelf.get("cnn-small").title]


def picked(app: AppTest):
    return next(one for one in app.dataframe if "Marks" in one.value.columns)


def select(app: AppTest, *titles: str) -> None:
    """Select rows of the table of all runs."""
    one = picked(app)
    rows = [list(one.value["Run"]).index(title) for title in titles]
    app.session_state[one.key] = {"selection": {"rows": rows, "columns": [], "cells": []}}
    app.run()


@pytest.fixture
def picking(opened, shelf) -> AppTest:
    return compare(opened, shelf.root, [shelf.get("cnn-small")], picker=True)


def test_search_and_filters_leave_the_runs_that_fit(picking, shelf):
    assert len(picked(picking).value) == 4
    picking.text_input(key="find").set_value("efficientnet svm").run()
    assert list(picked(picking).value["Run"]) == [shelf.get("svm-small").title]
    picking.text_input(key="find").set_value("nothing like that").run()
    assert "No run is as asked for" in texts(picking)
    picking.text_input(key="find").set_value("").run()
    picking.multiselect(key="of_family").set_value(["forest", "cnn"]).run()
    assert len(picked(picking).value) == 2


def test_runs_are_sorted_as_asked_for_and_pinned_ones_come_first(picking, shelf):
    picking.selectbox(key="sort").set_value("small").run()
    counts = list(picked(picking).value["Parameters"])
    assert counts == sorted(counts)
    last = picked(picking).value["Run"].iloc[-1]
    select(picking, last)
    picking.button(key="mark_pinned").click().run()
    assert picked(picking).value["Run"].iloc[0] == last and "pinned" in picked(picking).value["Marks"].iloc[0]


def test_an_archived_run_is_hidden_until_archived_runs_are_asked_for(picking, shelf):
    title = shelf.get("svm-small").title
    select(picking, title)
    picking.button(key="mark_archived").click().run()
    assert title not in list(picked(picking).value["Run"])
    picking.toggle(key="archived").set_value(True).run()
    assert title in list(picked(picking).value["Run"])
    select(picking, title)
    picking.button(key="mark_archived").click().run()
    assert Marks(shelf.root).of("archived") == frozenset()


def test_an_empty_store_says_what_to_do_next(opened, tmp_path):
    assert "No run is in view" in texts(opened(tmp_path, "compare"))


def test_the_predictions_of_each_run_in_view_can_be_had_as_the_table_that_an_upload_reads(opened, store):
    runs = store.runs()
    app = compare(opened, store.root, runs, predictions=True)
    labels = [button.label for button in app.get("download_button")]
    for run in runs:
        assert any(label.startswith(f"{run.title}: ") and f"test {run.data.images['test']:,}" in label for label in labels)
        read = read_prediction_table(io.BytesIO(score_tables.table(store, run).encode())).splits
        assert set(read) == set(run.data.images)
        for split, found in read.items():
            kept = store.predictions(run, split)
            assert found.image_ids.tolist() == kept.image_ids.tolist() and (found.y_true == kept.y_true).all()
            np.testing.assert_allclose(found.y_score, kept.y_score, atol=1e-6)


def test_the_figures_are_sent_as_plotly_itself_would_send_them(opened, store):
    """They go round Plotly's checks, so nothing in them may need its mending."""
    app = compare(opened, store.root, store.runs(), tab="Per class", table="cost")
    charts = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    assert len(charts) == 2
    for spec in charts:
        made = go.Figure(spec)
        assert spec["layout"]["template"] == json.loads(made.to_json())["layout"]["template"]
        assert json.loads(go.Figure(spec).to_json()) == spec
