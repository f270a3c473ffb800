"""The tabs below the lab that set the line into other lights: prevalence, other models, epochs, subgroups, calibration."""

import io

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.evaluation import comparison
from core.evaluation.answers import answers
from core.evaluation.calibration import fit_temperature
from core.evaluation.counts import counts_at
from core.evaluation.epochs import metrics_over_epochs
from core.evaluation.intervals import metric_intervals
from core.evaluation.logistic_calibration import fit_logistic
from core.evaluation.subgroups import subgroup_intervals
from core.evaluation.thresholds import choose
from core.jobs.external_run import keep_external
from core.runs.store import STORE_VARIABLE, Store
from pages.components.line import Moved
from tests.conftest import ROOT
from tests.made_scores import LABELS, made_runs, made_scores
from tests.pages.conftest import texts
from tests.pages.shown_figures import figure


def one_tab(module: str, run_id: str, label: str, split: str, calibrated: bool) -> None:
    """A page with one tab over a run in view."""
    import importlib

    from pages.components import view
    from pages.components.lab_scene import Scene

    run = next(run for run in view.runs_in_view() if run.run_id == run_id)
    with view.told(stop=False):
        importlib.import_module(f"pages.components.{module}").show(Scene(view.root(), run, label, split, calibrated, 9.0, False, False))


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> dict:
    """A store with three drawn runs of each task: {task: runs} and the store's folder."""
    root = tmp_path_factory.mktemp("shelf")
    return {"root": root, **{task: made_runs(root, task, 3) for task in LABELS}}


@pytest.fixture
def tab(monkeypatch):
    """Opens a tab of the first of some runs, which are all in view, with its line at `place`."""

    def opening(module: str, root, runs, label=None, place=None, split="test", calibrated=False, **chosen) -> AppTest:
        monkeypatch.setenv(STORE_VARIABLE, str(root))
        monkeypatch.chdir(ROOT)
        label = label or runs[0].data.labels[0]
        app = AppTest.from_function(one_tab, args=(module, runs[0].run_id, label, split, calibrated), default_timeout=60)
        app.session_state["runs"] = [run.run_id for run in runs]
        for key, value in chosen.items():
            app.session_state[key] = value
        if place is not None:
            line = f"line_{runs[0].run_id}_{label}_{calibrated}"
            app.session_state[line], app.session_state[f"{line}_how"] = place, Moved(place, split)
        app.run()
        assert not app.exception
        return app

    return opening


def stored(shelf, task: str, split: str = "test", number: int = 0):
    return Store(shelf["root"]).predictions(shelf[task][number], split)


def metrics(app: AppTest) -> dict[str, str]:
    return {one.label: one.value for one in app.metric}


def test_ppv_and_npv_follow_the_prevalence_and_the_line(tab, shelf):
    for place, prevalence in ((0.5, 0.05), (0.5, 0.2), (0.8, 0.2)):
        app = tab("lab_prevalence", shelf["root"], shelf["binary"], place=place, prevalence=prevalence)
        found, shown = answers(stored(shelf, "binary"), place), metrics(app)
        assert shown[f"PPV at {100 * prevalence:g} %"] == f"{found.ppv(prevalence).value:.3f}"
        assert shown[f"NPV at {100 * prevalence:g} %"] == f"{found.npv(prevalence).value:.3f}"
        assert f"{found.ppv(prevalence).low:.3f} to {found.ppv(prevalence).high:.3f}" in [one.delta for one in app.metric]


def test_the_thousand_people_are_counted_and_drawn(tab, shelf):
    app = tab("lab_prevalence", shelf["root"], shelf["binary"], place=0.4, prevalence=0.2)
    people = answers(stored(shelf, "binary"), 0.4).of_people(0.2)
    assert [len(one["x"]) for one in figure(app, "figure_people")["data"]] == [people.fn, people.tp, people.fp, people.tn]
    assert f"**{people.tp}** are found and **{people.fn}** are missed" in texts(app)
    assert f"**{people.fp}** are alarmed and **{people.tn}** are left alone" in texts(app)


def test_the_slider_reaches_from_a_thousandth_to_nine_in_ten(tab, shelf):
    slider = tab("lab_prevalence", shelf["root"], shelf["binary"]).select_slider(key="prevalence")
    assert (slider.options[0], slider.options[-1]) == ("0.1 %", "90 %")


def test_costs_move_the_line_only_among_calibrated_scores(tab, shelf):
    raw = tab("lab_prevalence", shelf["root"], shelf["binary"])
    assert "= **0.100** on" in texts(raw) and not raw.button
    app = tab("lab_prevalence", shelf["root"], shelf["binary"], calibrated=True)
    app.button(key="line_by_costs").click().run()
    assert "at the line 0.100" in texts(app)


@pytest.fixture
def healthy(tmp_path):
    """Two runs on a test split in which no image has the label."""
    found = []
    for number in range(2):
        splits = {split: made_scores("binary", split, number) for split in ("val", "test")}
        splits["test"] = splits["test"].select(splits["test"].y_true[:, 0] == 0)
        found.append(keep_external(tmp_path, f"healthy only {number}", splits, f"{number}" * 64))
    return tmp_path, found


def test_without_an_image_of_the_label_prevalence_says_so(tab, healthy):
    assert "no image has the label" in tab("lab_prevalence", *healthy).error[0].value


def test_without_an_image_of_the_label_runs_keep_what_they_have(tab, healthy):
    app = tab("lab_models", *healthy, models_tested_line="sensitivity")
    shown = table(app)
    assert all(cell.startswith("not available: ") for cell in shown["Sensitivity"]) and shown["TP"].tolist() == [0, 0]
    assert "The ROC curve: not available" in texts(app) and "not available: Sensitivity of" in texts(app)


def test_without_an_image_of_the_label_subgroups_and_calibration_still_stand(tab, healthy):
    app = tab("lab_subgroups", *healthy)
    assert not app.error and all(cell.startswith("not available: ") for cell in table(app)["Sensitivity"])
    assert not tab("lab_calibration", *healthy).error


def table(app: AppTest, number: int = 0):
    return app.table[number].value


def test_at_the_line_every_run_has_the_same_threshold(tab, shelf):
    shown = table(tab("lab_models", shelf["root"], shelf["binary"], place=0.3))
    assert shown["Threshold"].tolist() == ["0.300"] * 3
    for number, run in enumerate(shelf["binary"]):
        counts = counts_at(*stored(shelf, "binary", number=number).column("pneumonia"), 0.3)
        row = shown[shown["Run"] == run.title].iloc[0]
        assert [int(row[cell]) for cell in ("TP", "FP", "FN", "TN")] == [counts.tp, counts.fp, counts.fn, counts.tn]
        one = metric_intervals(stored(shelf, "binary", number=number), {"pneumonia": 0.3})["f1"]
        assert row["F1"] == f"{one.value:.3f} ({one.low:.3f} to {one.high:.3f})"


@pytest.mark.parametrize("task", LABELS)
def test_at_one_sensitivity_each_threshold_is_that_of_validation(tab, shelf, task):
    app = tab("lab_models", shelf["root"], shelf[task], models_at="sensitivity", models_sensitivity=0.8)
    label = LABELS[task][0]
    for number, threshold in enumerate(table(app)["Threshold"]):
        chosen = choose("sensitivity=0.8", stored(shelf, task, "val", number).of_label(label)).thresholds[label]
        assert threshold == f"{chosen:.3f}"
    assert "chosen on validation and is reported on test" in texts(app)


def test_by_their_own_rule_classes_are_called_by_the_highest_score(tab, shelf):
    shown = table(tab("lab_models", shelf["root"], shelf["multiclass"], models_at="rule"))
    scores = stored(shelf, "multiclass")
    hits = (scores.y_score.argmax(axis=1) == 0) & (scores.y_true[:, 0] == 1)
    assert set(shown["Threshold"]) == set(shown["Rule"]) == {"highest score"} and int(shown["TP"][0]) == hits.sum()


def test_the_point_of_each_run_stands_on_shared_axes(tab, shelf):
    made = figure(tab("lab_models", shelf["root"], shelf["multilabel"], place=0.6), "figure_models")
    marks = [one for one in made["data"] if one.get("mode") == "markers"]
    for number, mark in enumerate(marks):
        counts = counts_at(*stored(shelf, "multilabel", number=number).column("Mass"), 0.6)
        assert mark["customdata"] == [[0.6, counts.tp, counts.fp, counts.fn, counts.tn]]
    assert len(marks) == 3


def test_differences_are_told_in_the_chosen_metric(tab, shelf):
    app = tab("lab_models", shelf["root"], shelf["binary"], place=0.3, models_tested_line="specificity")
    entries = [
        comparison.Entry(run.title, stored(shelf, "binary", number=number), {"pneumonia": 0.3})
        for number, run in enumerate(shelf["binary"])
    ]
    for pair in comparison.pairs(entries, "specificity"):
        assert pair.sentence in texts(app)


def test_a_run_of_another_task_says_why_it_is_left_out(tab, shelf):
    app = tab("lab_models", shelf["root"], [*shelf["binary"][:2], shelf["multilabel"][0]])
    assert len(table(app)) == 2 and "multilabel 0: not available: it is a multilabel run" in texts(app)


def test_a_single_run_is_asked_for_company(tab, shelf):
    assert "Put a second run in view" in texts(tab("lab_models", shelf["root"], shelf["binary"][:1]))


def test_over_epochs_the_lines_are_those_of_the_kept_scores(tab, store, trained):
    app = tab("lab_epochs", store.root, [trained["cnn"]])
    expected = metrics_over_epochs(store.predictions(trained["cnn"], "val"), store.epoch_scores(trained["cnn"]), (0.4, 0.5, 0.6))
    for metric in ("f1", "decision_roc_auc"):
        lines = figure(app, f"lab_epochs_{metric}")["data"][:3]
        assert [line["name"] for line in lines] == ["threshold 0.4", "threshold 0.5", "threshold 0.6"]
        for line, row in zip(lines, expected.at_thresholds[metric], strict=True):
            assert np.allclose(np.array(line["y"], float), row, equal_nan=True)
    assert figure(app, "lab_epochs_roc_auc")["data"][0]["y"] == pytest.approx(expected.free["roc_auc"].tolist())
    assert table(app)["Threshold"].tolist() == ["0.4", "0.5", "0.6"]
    epoch, value = expected.highest("f1", 1)
    assert table(app)["F1"][1] == f"{value:.3f} in epoch {epoch}"


def test_a_run_without_epochs_says_why_and_what_to_do(tab, store, trained):
    alone = texts(tab("lab_epochs", store.root, [trained["forest"]]))
    assert "it has no epochs" in alone and "train a CNN" in alone
    assert f"In view with scores of their epochs: {trained['cnn'].title}" in texts(
        tab("lab_epochs", store.root, [trained["forest"], trained["cnn"]])
    )


def test_the_chosen_group_is_the_one_that_is_counted(tab, shelf):
    app = tab("lab_subgroups", shelf["root"], shelf["multilabel"])
    assert app.table[0].value.iloc[:, 0].tolist() == ["all images", "F", "M", "not known"]
    app.selectbox(key="lab_group").set_value("view").run()
    assert app.table[0].value.iloc[:, 0].tolist() == ["all images", "AP", "PA"]


def test_subgroups_are_counted_at_the_line(tab, shelf):
    for place in (0.3, 0.7):
        app = tab("lab_subgroups", shelf["root"], shelf["multilabel"], label="Edema", place=place)
        expected = subgroup_intervals(
            stored(shelf, "multilabel").of_label("Edema"), {"Edema": place}, "sex", ["sensitivity", "specificity"]
        )
        shown = table(app)
        assert shown["sex"].tolist() == ["all images", "F", "M", "not known"]
        for title in ("Sensitivity", "Specificity"):
            told = [f"{one.value:.3f} ({one.low:.3f} to {one.high:.3f})" for one in (group.intervals[title.lower()] for group in expected)]
            assert shown[title].tolist()[1:] == told


def test_groups_with_few_images_of_the_label_are_named(tab, shelf):
    app = tab("lab_subgroups", shelf["root"], shelf["multilabel"], label="Edema")
    scores = stored(shelf, "multilabel")
    few = int(scores.column("Edema")[0][scores.groups["sex"] == ""].sum())
    assert few < 20 and f"on which sensitivity rests: not known ({few})" in texts(app)


def test_images_of_which_nothing_is_known_have_no_subgroups(tab, store, trained):
    assert "Nothing is known of the images of test that makes groups" in texts(tab("lab_subgroups", store.root, [trained["cnn"]]))


def test_calibration_is_shown_for_each_kind_of_scores(tab, shelf):
    app = tab("lab_calibration", shelf["root"], shelf["binary"], place=0.3)
    temperature, shifted = fit_temperature(stored(shelf, "binary", "val")), fit_logistic(stored(shelf, "binary", "val"))
    assert metrics(app)["Temperature"] == f"{temperature.values['pneumonia']:.2f}"
    assert metrics(app)["Slope and shift"] == f"{shifted.slope:.2f}, {shifted.intercept:+.2f}"
    raw = stored(shelf, "binary")
    kinds = {"As they are": raw, "Temperature": temperature.applied(raw), "Slope and shift": shifted.applied(raw)}
    for row in app.dataframe[0].value.to_dict("records"):
        for name, title in (("ece", "Calibration error"), ("brier", "Brier score")):
            one = metric_intervals(kinds[row["Scores"]], {"pneumonia": 0.5}, names=[name])[name]
            assert row[title] == f"{one.value:.3f} ({one.low:.3f} to {one.high:.3f})"
    assert len(figure(app, "figure_lab_calibration")["data"]) == 1 + 2 * len(kinds)
    entries = [comparison.Entry(name, one, {"pneumonia": 0.5}) for name, one in kinds.items()]
    assert all(pair.sentence in texts(app) for pair in comparison.pairs(entries, "brier"))


def test_a_threshold_is_counted_on_each_kind_of_scores(tab, shelf):
    app = tab("lab_calibration", shelf["root"], shelf["binary"], place=0.3)
    temperature, shifted, raw = (
        fit_temperature(stored(shelf, "binary", "val")), fit_logistic(stored(shelf, "binary", "val")), stored(shelf, "binary"),
    )  # fmt: skip
    kinds = {"As they are": raw, "Temperature": temperature.applied(raw), "Slope and shift": shifted.applied(raw)}
    thresholds = {"0.5": 0.5, "0.300, the line": 0.3, "0.100, asked by costs": 0.1}
    rows = app.dataframe[1].value.to_dict("records")
    assert len(rows) == 9
    for row in rows:
        counts = counts_at(*kinds[row["Scores"]].column("pneumonia"), thresholds[row["Threshold"]])
        assert [row[cell] for cell in ("TP", "FP", "FN", "TN")] == [counts.tp, counts.fp, counts.fn, counts.tn]
    assert [row["As they are, that is"] for row in rows[:3]] == ["0.500", "0.500", f"{shifted.raw_threshold(0.5):.3f}"]


def test_the_temperature_of_several_classes_has_no_threshold_of_the_scores_as_they_are(tab, shelf):
    app = tab("lab_calibration", shelf["root"], shelf["multiclass"])
    rows = app.dataframe[1].value.to_dict("records")
    assert {row["As they are, that is"] for row in rows if row["Scores"] == "Temperature"} == {"n/a"}
    assert "no single threshold" in texts(app)


def test_scores_that_cannot_be_calibrated_are_still_shown(tab, tmp_path):
    run = keep_external(tmp_path, "test only", {"test": made_scores("binary", "test")}, "b" * 64)
    app = tab("lab_calibration", tmp_path, [run])
    assert "Temperature: not available: it is fitted on validation" in texts(app)
    assert app.dataframe[0].value["Scores"].tolist() == ["As they are"]


@pytest.fixture
def files(monkeypatch) -> dict[str, pd.DataFrame]:
    """What every download button of a page hands out, by the name of the file."""
    handed = {}

    def kept(label, data, file_name, *args, **kwargs):
        handed[file_name] = pd.read_csv(io.StringIO(data()))

    monkeypatch.setattr(st, "download_button", kept)
    return handed


def test_every_table_and_figure_leaves_the_page_as_csv(tab, shelf, files):
    for module in ("lab_prevalence", "lab_models", "lab_subgroups", "lab_calibration"):
        tab(module, shelf["root"], shelf["multilabel"], label="Edema", place=0.4)
    assert set(files) == {f"{name}-Edema-test.csv" for name in (
        "prevalence", "models", "at-the-line-by-sex", "calibration", "calibration-errors", "calibrated-thresholds",
    )}  # fmt: skip
    counts = counts_at(*stored(shelf, "multilabel", number=2).column("Edema"), 0.4)
    row = files["models-Edema-test.csv"].iloc[2]
    assert [row[cell] for cell in ("TP", "FP", "FN", "TN", "threshold")] == [counts.tp, counts.fp, counts.fn, counts.tn, 0.4]
    at = files["prevalence-Edema-test.csv"].query("prevalence == 0.05 and of == 'PPV'").iloc[0]
    expected = answers(stored(shelf, "multilabel").of_label("Edema"), 0.4).ppv(0.05)
    assert (at["value"], at["low"], at["high"]) == pytest.approx((expected.value, expected.low, expected.high))
    assert files["at-the-line-by-sex-Edema-test.csv"]["metric"].tolist() == ["sensitivity"] * 4 + ["specificity"] * 4
    assert files["calibration-errors-Edema-test.csv"]["scores"].nunique() == 3


def test_the_epochs_leave_the_page_as_csv(tab, store, trained, files):
    tab("lab_epochs", store.root, [trained["cnn"]])
    table = next(iter(files.values()))
    assert set(table["threshold"]) == {0.4, 0.5, 0.6} and set(table["split"]) == {"val"} and {"f1", "roc_auc"} <= set(table.columns)


def test_a_line_moved_by_hand_over_test_is_called_exploratory_and_one_on_validation_is_not(tab, shelf):
    for module in ("lab_prevalence", "lab_models", "lab_subgroups"):
        assert "exploratory" in texts(tab(module, shelf["root"], shelf["binary"], place=0.7))
        assert "exploratory" not in texts(tab(module, shelf["root"], shelf["binary"], place=0.7, split="val"))
        assert "exploratory" not in texts(tab(module, shelf["root"], shelf["binary"]))


def test_the_tabs_stand_below_the_lab_and_follow_its_line(opened, shelf):
    app = opened(shelf["root"], "start")
    run = shelf["binary"][1]
    app.session_state["runs"] = [one.run_id for one in shelf["binary"]]
    app.session_state["threshold_run"] = run.run_id
    app.session_state["lab_tab"] = "Prevalence"
    app.session_state[f"line_{run.run_id}_pneumonia_False"] = 0.7
    app.switch_page("pages/thresholds.py").run()
    assert not app.exception
    assert metrics(app)["PPV at 5 %"] == f"{answers(stored(shelf, 'binary', number=1), 0.7).ppv(0.05).value:.3f}"
