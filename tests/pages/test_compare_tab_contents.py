"""What stands in the tabs of the compare page, without a browser."""

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from core.evaluation.classification_report import classification_report
from core.evaluation.curves import roc_curve
from core.evaluation.label_curves import operating_counts
from core.evaluation.paired_tests import delong_test
from core.runs.store import Store
from tests.made_scores import LABELS, made_runs
from tests.pages.conftest import texts
from tests.pages.shown_figures import figure


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> dict:
    """A store with three drawn runs of each task: {task: runs} and the store's folder."""
    root = tmp_path_factory.mktemp("shelf")
    return {"root": root, **{task: made_runs(root, task, 3) for task in LABELS}}


@pytest.fixture
def tab(opened, shelf):
    """Opens a tab over the runs of a task."""

    def opening(task: str, title: str, **chosen) -> AppTest:
        app = opened(shelf["root"], "start")
        app.session_state["runs"] = [run.run_id for run in shelf[task]]
        app.session_state["tab"] = title
        for key, value in chosen.items():
            app.session_state[key] = value
        app.switch_page("pages/compare.py").run()
        assert not app.exception and not app.error
        return app

    return opening


def named(found: dict, mode: str) -> dict[str, dict]:
    return {trace["name"]: trace for trace in found["data"] if trace.get("mode") == mode and "name" in trace}


def test_the_operating_point_on_the_roc_curve_is_that_of_the_stored_scores(tab, shelf):
    marks = named(figure(tab("binary", "Curves"), "figure_roc"), "markers")
    store = Store(shelf["root"])
    for run in shelf["binary"]:
        counts = operating_counts(store.predictions(run, "test"), run.operating_point.thresholds)["pneumonia"]
        assert marks[run.title]["customdata"] == [[0.5, counts.tp, counts.fp, counts.fn, counts.tn]]
        assert marks[run.title]["y"] == [pytest.approx(counts.tp / (counts.tp + counts.fn))]


def test_the_drawn_curve_has_a_point_for_each_threshold_that_matters(tab, shelf):
    line = named(figure(tab("binary", "Curves"), "figure_roc"), "lines")["binary 2"]
    curve = roc_curve(*Store(shelf["root"]).predictions(shelf["binary"][2], "test").column("pneumonia"), 400)
    assert line["y"] == pytest.approx(curve.sensitivity, abs=1e-6)


@pytest.mark.parametrize(("split", "words"), [("test", "test"), ("val", "validation")])
def test_the_split_and_the_scores_are_said_on_every_figure(split, words, tab):
    app = tab("binary", "Curves", split=split)
    for name in ("roc", "precision-recall", "calibration", "decision-curve"):
        assert figure(app, f"figure_{name}")["layout"]["title"]["text"] == f"{words}, pneumonia, scores as they are"


def test_calibrated_scores_are_called_probabilities_and_move_the_marks_threshold_only(tab):
    plain, calibrated = tab("binary", "Curves"), tab("binary", "Curves", scores="Calibrated by temperature")
    assert "Score" in figure(plain, "figure_calibration")["layout"]["xaxis"]["title"]["text"]
    assert "Probability" in figure(calibrated, "figure_calibration")["layout"]["xaxis"]["title"]["text"]
    before, after = (named(figure(app, "figure_decision-curve"), "markers")["binary 0"]["customdata"][0] for app in (plain, calibrated))
    assert before[0] == 0.5 and before[1:] == after[1:]
    assert "Temperature fitted on 240 validation images" in texts(calibrated)


def test_a_multilabel_task_begins_with_the_mean_of_its_labels_and_shows_one_when_asked(tab):
    app = tab("multilabel", "Curves")
    assert "mean of the labels" in figure(app, "figure_roc")["layout"]["title"]["text"]
    app.selectbox(key="curve_label").set_value("Edema").run()
    assert "Edema" in figure(app, "figure_roc")["layout"]["title"]["text"] and not app.exception


def test_classes_are_marked_where_the_highest_score_puts_them(tab):
    marks = named(figure(tab("multiclass", "Curves", curve_label="viral"), "figure_roc"), "markers")
    assert "by the highest score" in marks["multiclass 1"]["hovertemplate"] and marks["multiclass 1"]["customdata"][0][0] is None


def test_bars_of_each_class_have_the_value_and_its_interval(tab, shelf):
    app = tab("multilabel", "Per class", class_metric="sensitivity")
    told = " ".join(str(one) for trace in figure(app, "figure_classes")["data"] for one in trace.get("customdata", []))
    run = shelf["multilabel"][0]
    counts = operating_counts(Store(shelf["root"]).predictions(run, "test"), run.operating_point.thresholds)["Mass"]
    assert f"Mass: {counts.tp / (counts.tp + counts.fn):.3f} (" in told and "Wilson" in told


def test_the_report_has_the_chosen_classes_as_table_and_as_text(tab, shelf):
    run = shelf["multiclass"][1]
    app = tab("multiclass", "Per class", report_run=run.run_id, report_classes=["viral", "normal"])
    assert app.dataframe[-1].value["class"].tolist()[:2] == ["viral", "normal"]
    app.segmented_control(key="report_as").set_value("Text").run()
    made = classification_report(Store(shelf["root"]).predictions(run, "test"), run.operating_point.thresholds, ("viral", "normal"))
    assert app.code[0].value.strip() == made.as_text().strip()


def test_each_run_has_its_matrix_and_links_with_its_counts(tab, shelf):
    app = tab("multiclass", "Matrices")
    assert len([one for one in app.get("plotly_chart") if "matrix_" in one.proto.id]) == 3
    links = [one.proto for one in app.get("page_link")]
    assert all(re.search(r"mistake_run=.*cell=\w+", one.query_string) for one in links)
    assert any(one.label.startswith("normal > ") for one in links)


def test_every_label_of_one_run_has_a_matrix(tab):
    app = tab("multilabel", "Matrices")
    assert len([one for one in app.get("plotly_chart") if "matrix_" in one.proto.id]) == 3
    app.selectbox(key="matrix_label").set_value("Edema").run()
    assert figure_titles(app) == ["test, Edema"] * 3


def figure_titles(app: AppTest) -> list[str]:
    return [json.loads(one.proto.spec)["layout"]["title"]["text"] for one in app.get("plotly_chart") if "matrix_" in one.proto.id]


def test_the_grid_of_tests_and_its_sentences_are_those_of_delong(tab, shelf):
    app = tab("binary", "Tests in words")
    first, _, third = (Store(shelf["root"]).predictions(run, "test") for run in shelf["binary"])
    tested = delong_test(first.y_true[:, 0], third.y_score[:, 0], first.y_score[:, 0])
    assert f"binary 2 beats binary 0 by {100 * tested.difference:.1f} points" in texts(app)
    heat = figure(app, "figure_pairs")["data"][0]
    assert "McNemar's test of the decisions at the frozen thresholds, not adjusted: binary 0 and binary 1 p" in texts(app)
    place = [heat["y"].index("binary 2"), heat["x"].index("binary 0")]
    assert heat["text"][place[0]][place[1]].startswith(f"<b>+{100 * tested.difference:.1f}</b>")


def test_runs_on_other_images_are_not_tested_and_it_says_why(opened, shelf):
    app = opened(shelf["root"], "start")
    app.session_state["runs"] = [shelf["binary"][0].run_id, shelf["multilabel"][0].run_id]
    app.session_state["tab"] = "Tests in words"
    app.switch_page("pages/compare.py").run()
    assert "not available: the task differ" in texts(app) and not app.exception


def test_each_recorded_value_of_a_training_can_be_drawn(opened, store, trained):
    app = opened(store.root, "start")
    app.session_state["runs"] = [run.run_id for run in trained.values()]
    app.session_state["tab"] = "Training"
    app.switch_page("pages/compare.py").run()
    history = store.history(trained["cnn"])
    for value in ("val_loss", "learning_rate"):
        app.selectbox(key="recorded").set_value(value).run()
        assert named(figure(app, "figure_training"), "lines+markers")[trained["cnn"].title]["y"] == [getattr(one, value) for one in history]
    assert "it has no epochs" in texts(app)


def test_a_subgroup_has_its_images_and_interval_and_the_unknown_come_last(tab, shelf):
    app = tab("binary", "Subgroups", group="sex", group_metric="sensitivity")
    table = app.dataframe[-1].value
    found = Store(shelf["root"]).predictions(shelf["binary"][0], "test")
    of_run = table[table["run"] == "binary 0"]
    assert of_run["sex"].tolist() == ["all images", "F", "M", "not known"]
    assert of_run["images"].tolist() == [240, *((found.groups["sex"] == value).sum() for value in ("F", "M", ""))]
    assert set(of_run["method"]) == {"Wilson"}


def test_the_label_of_the_page_is_that_of_its_subgroups(tab, shelf):
    app = tab("multilabel", "Subgroups", label="Edema", group="sex", group_metric="sensitivity")
    table, run = app.dataframe[-1].value, shelf["multilabel"][0]
    found = Store(shelf["root"]).predictions(run, "test").of_label("Edema")
    women = found.select(found.groups["sex"] == "F")
    shown = table[(table["run"] == run.title) & (table["sex"] == "F")].iloc[0]
    assert shown["with a label"] == women.y_true.sum()
    assert float(shown["value"]) == pytest.approx((women.y_score >= 0.5)[women.y_true == 1].mean(), abs=5e-4)
    assert figure(app, "figure_subgroups")["layout"]["xaxis"]["title"]["text"].startswith("Sensitivity, test, Edema")


def test_without_groups_the_tab_says_what_is_missing(opened, store, trained):
    app = opened(store.root, "start")
    app.session_state["runs"] = [trained["svm"].run_id]
    app.session_state["tab"] = "Subgroups"
    app.switch_page("pages/compare.py").run()
    assert not app.exception and ("Nothing is known of the images" in texts(app) or app.selectbox(key="group").value)
