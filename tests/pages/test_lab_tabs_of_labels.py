"""The tabs below the lab that are about labels, classes and the grey zone, without a browser and without the lab itself."""

import io
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.evaluation.counts import counts_at
from core.evaluation.grey_zone import find_zone
from core.evaluation.label_rows import label_rows
from core.evaluation.no_finding import exclusion
from core.evaluation.one_vs_rest import by_highest, by_thresholds
from core.evaluation.thresholds import choose
from core.jobs.external_run import keep_external
from core.runs.store import STORE_VARIABLE, Store
from tests.conftest import ROOT
from tests.made_scores import made_runs, made_scores
from tests.pages.conftest import texts

_LABELS = ("No Finding", "Edema", "Nodule")


def _script():
    import importlib

    import streamlit as st

    from core.runs.store import Store, store_root
    from pages.components.lab_scene import Scene

    asked = st.session_state["asked"]
    run = Store(store_root()).get(asked["run"])
    scene = Scene(store_root(), run, asked["label"], asked["split"], asked.get("calibrated", False), 10.0, False, True)
    importlib.import_module(f"pages.components.{asked['module']}").show(scene)
    st.session_state["lines"] = {name: scene.line(name).place for name in run.data.labels}


@pytest.fixture
def shelf(tmp_path) -> dict:
    """A store with one run of each task, and one with 'No Finding' of which validation has no Nodule: {name: run}."""
    runs = {task: made_runs(tmp_path, task, 1)[0] for task in ("binary", "multiclass", "multilabel")}
    splits = {split: _with_no_finding(split) for split in ("val", "test")}
    runs["no finding"] = keep_external(tmp_path, "no finding", splits, "ab" * 32)
    return {"root": tmp_path, **runs}


def _with_no_finding(split):
    found = replace(made_scores("multilabel", split), labels=_LABELS)
    truth = found.y_true.copy()
    truth[:, 2] *= split == "test"
    truth[:, 0] = ~truth[:, 1:].any(axis=1)
    return replace(found, y_true=truth)


@pytest.fixture
def tab(shelf, monkeypatch):
    """Opens a tab of a run."""

    def opening(module, run, label, split="test", address=None, state=None, **more) -> AppTest:
        monkeypatch.setenv(STORE_VARIABLE, str(shelf["root"]))
        monkeypatch.chdir(ROOT)
        app = AppTest.from_function(_script, default_timeout=60)
        app.session_state["asked"] = {"module": module, "run": shelf[run].run_id, "label": label, "split": split, **more}
        app.query_params.update(address or {})
        for key, value in (state or {}).items():
            app.session_state[key] = value
        app.run()
        assert not app.exception
        return app

    return opening


def _scores(shelf, run, split="test"):
    return Store(shelf["root"]).predictions(shelf[run], split)


def _metrics(app) -> dict:
    return {one.label: one.value for one in app.metric}


def _edited(app, **cells) -> AppTest:
    """What a person types into the first row of the table."""
    app.session_state[f"labels_{app.session_state['labels_edition']}"] = {"edited_rows": {0: cells}, "added_rows": [], "deleted_rows": []}
    return app.run()


def test_the_table_has_the_counts_and_intervals_of_every_label(tab, shelf):
    table = tab("lab_labels", "multilabel", "Mass").data_editor[0].value
    rows = label_rows(_scores(shelf, "multilabel"), dict.fromkeys(("Mass", "Edema", "Nodule"), 0.5))
    for shown, row in zip(table.to_dict("records"), rows, strict=True):
        counts, found = row.counts, row.entries["sensitivity"]
        assert [shown[cell] for cell in ("Label", "TP", "FP", "FN", "TN")] == [row.label, counts.tp, counts.fp, counts.fn, counts.tn]
        assert shown["Sensitivity"] == f"{found.value:.3f} ({found.low:.3f} to {found.high:.3f})"
        assert shown["Rule"] == "0.5" and shown["F1 over thresholds"].startswith("data:image/svg+xml")


def test_a_binary_run_has_a_table_of_one_row_and_nothing_on_no_finding(tab):
    app = tab("lab_labels", "binary", "pneumonia")
    assert len(app.data_editor[0].value) == 1 and not app.toggle and "finding" not in texts(app).lower()


def test_a_threshold_that_is_typed_moves_its_line_and_the_numbers_of_that_label_alone(tab, shelf):
    app = tab("lab_labels", "multilabel", "Mass")
    before = app.data_editor[0].value
    after = _edited(app, Threshold=0.31).data_editor[0].value
    counts = counts_at(*_scores(shelf, "multilabel").column("Mass"), 0.31)
    assert app.session_state["lines"] == {"Mass": 0.31, "Edema": 0.5, "Nodule": 0.5}
    assert after["TP"].tolist() == [counts.tp, *before["TP"].tolist()[1:]] and after["Rule"].tolist() == ["hand", "0.5", "0.5"]
    assert not app.query_params.get("line")


def test_a_rule_that_is_chosen_in_the_table_sets_the_threshold_of_validation(tab, shelf):
    app = _edited(tab("lab_labels", "multilabel", "Mass"), Rule="sensitivity=0.9")
    wanted = choose("sensitivity=0.9", _scores(shelf, "multilabel", "val")).thresholds["Mass"]
    assert app.session_state["lines"] == {"Mass": wanted, "Edema": 0.5, "Nodule": 0.5}
    assert app.data_editor[0].value["Rule"].tolist() == ["sensitivity=0.9", "0.5", "0.5"]


def test_one_rule_for_all_moves_all_but_the_label_that_cannot_meet_it_and_says_why(tab, shelf):
    app = tab("lab_labels", "no finding", "Edema")
    app.selectbox(key="labels_rule").set_value("youden").run()
    app.button(key="labels_choose").click().run()
    val = _scores(shelf, "no finding", "val")
    wanted = {label: choose("youden", val.of_label(label)).thresholds[label] for label in _LABELS[:2]}
    assert app.session_state["lines"] == {**wanted, "Nodule": 0.5}
    assert "Nodule: not moved: no image of val has Nodule" in texts(app)


def test_a_rule_that_is_none_is_told_once_and_moves_nothing(tab):
    app = tab("lab_labels", "multilabel", "Mass", state={"labels_rule": "best"})
    app.button(key="labels_choose").click().run()
    assert [one.value for one in app.warning] and "Mass, Edema, Nodule: not moved: 'best' is no rule" in app.warning[0].value
    assert set(app.session_state["lines"].values()) == {0.5}


def test_thresholds_by_one_rule_are_frozen_with_its_name_and_metrics(tab, shelf):
    app = tab("lab_labels", "multilabel", "Mass")
    app.button(key="labels_choose").click().run()
    app.button(key="labels_freeze").click().run()
    point = Store(shelf["root"]).get(shelf["multilabel"].run_id).operating_point
    assert point.rule == "youden" and point.thresholds == choose("youden", _scores(shelf, "multilabel", "val")).thresholds
    assert point.metrics["test/macro_f1"] != shelf["multilabel"].metrics["test/macro_f1"]


def test_a_hand_may_not_freeze_what_it_chose_on_test_but_what_it_chose_on_validation(tab, shelf):
    app = _edited(tab("lab_labels", "multilabel", "Mass"), Threshold=0.31)
    assert app.button(key="labels_freeze").disabled and "test only reports" in app.button(key="labels_freeze").help
    app.session_state["asked"] = {**app.session_state["asked"], "split": "val"}
    app.run()
    assert app.session_state["lines"]["Mass"] == 0.31 and app.button(key="labels_freeze").disabled
    app = _edited(tab("lab_labels", "multilabel", "Mass", "val"), Threshold=0.31)
    app.button(key="labels_freeze").click().run()
    point = Store(shelf["root"]).get(shelf["multilabel"].run_id).operating_point
    assert (point.rule, point.thresholds["Mass"]) == ("hand", 0.31)


def test_calibrated_thresholds_are_not_frozen_and_it_says_why(tab):
    app = _edited(tab("lab_labels", "multilabel", "Mass", "val", calibrated=True), Threshold=0.31)
    assert app.button(key="labels_freeze").disabled and "as they are" in app.button(key="labels_freeze").help
    assert [one.proto.popover.disabled for one in app.get("popover")] == [True, True]


def test_all_lines_go_back_to_the_frozen_thresholds(tab):
    app = _edited(tab("lab_labels", "multilabel", "Mass"), Threshold=0.31)
    app.button(key="labels_reset").click().run()
    assert set(app.session_state["lines"].values()) == {0.5} and app.button(key="labels_reset").disabled


def test_what_is_copied_is_taken_over_again_as_it_was(tab):
    app = _edited(tab("lab_labels", "multilabel", "Mass"), Threshold=0.317)
    copied = app.code[0].value
    assert json.loads(copied)["thresholds"] == {"Mass": 0.317, "Edema": 0.5, "Nodule": 0.5}
    app.button(key="labels_reset").click().run()
    app.text_area(key="thresholds_pasted").set_value(copied).run()
    app.button(key="thresholds_take").click().run()
    assert app.session_state["lines"]["Mass"] == 0.317 and "3 thresholds of run" in app.success[0].value


@pytest.mark.parametrize(("text", "words"), [
    ("{", "no JSON"), ('{"thresholds": {"Mass": 0.2}}', "no threshold for Edema"),
    ('{"thresholds": {"Mass": 0.2, "Edema": 0.2, "Nodule": 2}}', "Nodule is 2"),
])  # fmt: skip
def test_an_import_that_cannot_be_read_moves_nothing_and_says_why(tab, text, words):
    app = _edited(tab("lab_labels", "multilabel", "Mass"), Threshold=0.31)
    app.text_area(key="thresholds_pasted").set_value(text).run()
    app.button(key="thresholds_take").click().run()
    assert words in app.error[0].value and app.session_state["lines"] == {"Mass": 0.31, "Edema": 0.5, "Nodule": 0.5}


def test_a_file_of_thresholds_is_taken_over(tab):
    app = tab("lab_labels", "multilabel", "Mass")
    app.file_uploader(key="thresholds_uploaded").set_value(
        ("t.json", b'{"thresholds": {"Mass": 0.2, "Edema": 0.3, "Nodule": 0.4}}', "application/json")
    ).run()
    assert app.session_state["lines"] == {"Mass": 0.2, "Edema": 0.3, "Nodule": 0.4}


def test_the_switch_of_no_finding_changes_the_contradictions_and_shows_both_macro_f1(tab, shelf):
    app = tab("lab_labels", "no finding", "Edema")
    found = exclusion(_scores(shelf, "no finding"), dict.fromkeys(_LABELS, 0.5), "No Finding")
    both = {
        "Macro F1, rule off": f"{found.macro_f1.before.value:.3f}",
        "Macro F1, rule on": f"{found.macro_f1.after.value:.3f}",
    }
    counts = ("Called both", "Called nothing")
    assert _metrics(app) == {counts[0]: str(found.before.both), counts[1]: str(found.before.nothing)} | both
    app.toggle(key="no_finding_rule").set_value(True).run()
    assert _metrics(app) == {counts[0]: str(found.after.both), counts[1]: str(found.after.nothing)} | both
    assert found.after != found.before


def test_what_no_finding_contradicts_leaves_the_page_as_csv(tab, shelf, monkeypatch):
    handed = {}
    monkeypatch.setattr(st, "download_button", lambda label, data, file_name, *rest, **more: handed.update({file_name: data}))
    tab("lab_labels", "no finding", "Edema")
    found = exclusion(_scores(shelf, "no finding"), dict.fromkeys(_LABELS, 0.5), "No Finding")
    table = pd.read_csv(io.StringIO(handed["no-finding-Edema-test.csv"]())).set_index("what")
    assert table.loc["called both, share of images, rule off", "value"] == pytest.approx(found.before.both_share.value)
    assert table.loc["macro F1, rule on", ["value", "low", "high"]].tolist() == pytest.approx(
        [found.macro_f1.after.value, found.macro_f1.after.low, found.macro_f1.after.high]
    )


def test_without_the_label_no_finding_is_derived(tab, shelf):
    app = tab("lab_labels", "multilabel", "Mass")
    assert _metrics(app)["Called nothing"] == str(int((_scores(shelf, "multilabel").y_score < 0.5).all(axis=1).sum()))


def _heat(app, key) -> list:
    chart = next(one for one in app.get("plotly_chart") if one.proto.id.endswith(f"-{key}"))
    return json.loads(chart.proto.spec)["data"]


def test_classes_are_called_by_the_highest_score_until_thresholds_are_asked_for(tab, shelf):
    app, scores = tab("lab_classes", "multiclass", "viral"), _scores(shelf, "multiclass")
    highest, thresholds = by_highest(scores), by_thresholds(scores, dict.fromkeys(scores.labels, 0.5))
    assert _metrics(app)["Accuracy, highest score"] == f"{highest.accuracy.value:.3f}" and "Undecided" not in _metrics(app)
    app.segmented_control(key="class_way").set_value("thresholds").run()
    shown = _metrics(app)
    assert shown["Undecided"] == f"{thresholds.undecided.value:.3f}" and shown["Accuracy, decided"] == f"{thresholds.accuracy.value:.3f}"
    assert shown["Macro F1"] == f"{thresholds.macro_f1.value:.3f}"
    heat = _heat(app, "figure_classes_undecided")[0]
    assert heat["x"] == [*scores.labels, "undecided"]
    assert [int(row[-1].split("<b>")[1].split("<")[0]) for row in heat["text"]] == thresholds.matrix[:, -1].tolist()


def test_a_moved_line_of_a_class_changes_who_is_undecided(tab, shelf):
    app, scores = tab("lab_classes", "multiclass", "viral"), _scores(shelf, "multiclass")
    app.session_state["asked"] = app.session_state["asked"] | {"module": "lab_labels"}
    _edited(app.run(), Threshold=0.1)
    app.session_state["asked"] = app.session_state["asked"] | {"module": "lab_classes"}
    app.session_state["class_way"] = "thresholds"
    app.run()
    wanted = by_thresholds(scores, dict.fromkeys(scores.labels, 0.5) | {scores.labels[0]: 0.1})
    assert _metrics(app)["Undecided"] == f"{wanted.undecided.value:.3f}"


@pytest.mark.parametrize("run", ["binary", "multilabel"])
def test_a_run_without_classes_says_so(tab, run, shelf):
    assert "several classes" in texts(tab("lab_classes", run, shelf[run].data.labels[0]))


def test_the_zone_begins_where_validation_puts_it_and_a_hand_is_called_exploratory(tab, shelf):
    app = tab("lab_grey", "binary", "pneumonia")
    zone = find_zone(_scores(shelf, "binary", "val"), "pneumonia", 0.95, 0.95).widened(1000)
    slider = app.slider(key="zone_pneumonia")
    assert slider.value == (zone.low, zone.high) and "Chosen on validation" in texts(app)
    slider.set_value((0.4, 0.6)).run()
    y_true, y_score = _scores(shelf, "binary").column("pneumonia")
    between = (y_score >= np.float32(0.4)) & (y_score < np.float32(0.6))
    assert _metrics(app)["Left to a human"] == f"{between.mean():.3f}" and "Exploratory" in texts(app)
    assert _metrics(app)["Missed"] == f"{(y_score[y_true == 1] < np.float32(0.4)).mean():.3f}"
    app.button(key="zone_find").click().run()
    assert app.slider(key="zone_pneumonia").value == (zone.low, zone.high) and "Chosen on validation" in texts(app)


def test_another_promise_finds_another_zone(tab, shelf):
    app = tab("lab_grey", "multilabel", "Edema")
    app.number_input(key="zone_sensitivity").set_value(0.8).run()
    zone = find_zone(_scores(shelf, "multilabel", "val"), "Edema", 0.8, 0.95).widened(1000)
    assert app.slider(key="zone_Edema").value == (zone.low, zone.high)


@pytest.mark.parametrize(("given", "value"), [
    (["0.2", "0.7"], (0.2, 0.7)), (["0.2"], None), (["a", "b"], None), (["0.2", "1.7"], None),
    (["nan", "0.5"], None),
])  # fmt: skip
def test_the_zone_is_read_from_the_address_and_anything_else_there_is_passed_over(tab, given, value):
    begun = tab("lab_grey", "binary", "pneumonia").slider(key="zone_pneumonia").value
    app = tab("lab_grey", "binary", "pneumonia", address={"zone_pneumonia": given})
    assert app.slider(key="zone_pneumonia").value == (value or begun)


def test_ends_the_wrong_way_round_in_the_address_make_the_same_zone(tab):
    told = [_metrics(tab("lab_grey", "binary", "pneumonia", address={"zone_pneumonia": ends})) for ends in (["0.2", "0.7"], ["0.7", "0.2"])]
    assert told[0] == told[1]


def test_the_switches_are_read_from_the_address(tab):
    app = tab("lab_classes", "multiclass", "viral", address={"class_way": "A threshold per class"})
    assert "Undecided" in _metrics(app)
    app = tab("lab_labels", "no finding", "Edema", address={"no_finding_rule": "true"})
    assert app.toggle(key="no_finding_rule").value is True


def test_a_label_that_validation_lacks_has_a_zone_by_hand_only_and_says_why(tab):
    app = tab("lab_grey", "no finding", "Nodule")
    assert app.button(key="zone_find").disabled and "not available: no image of val has Nodule" in texts(app)
    assert app.slider(key="zone_Nodule").value == (0.3, 0.7)
