"""Each page's own content, empty and full, without a browser."""

import json
import re

import numpy as np
import pytest

PAGES = ("start", "data", "train", "progress", "compare", "thresholds", "mistakes", "single_image", "lessons")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_on_an_empty_store_and_says_what_to_do_next(page, opened, tmp_path):
    app = opened(tmp_path, page)
    assert not app.exception and not app.error
    assert app.title and app.button


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_on_a_full_store(page, opened, store):
    app = opened(store.root, page)
    assert not app.exception and not app.error


def test_start_shows_the_last_runs_with_their_auc_and_split(opened, store, trained):
    app = opened(store.root, "start")
    assert {run.title for run in trained.values()} <= {text.strip("*") for text in (one.value for one in app.markdown)}
    assert [one.label for one in app.metric] == ["ROC AUC, test"] * 4


def test_compare_shows_the_stored_numbers_of_the_chosen_split(opened, store, trained):
    app = opened(store.root, "compare")
    table = app.dataframe[0].value
    assert len(table) == 4
    by_title = table.set_index("Run")["ROC AUC"]
    for run in trained.values():
        assert by_title[run.title].startswith(f"{run.metrics['test/roc_auc']:.3f}")
    app.segmented_control(key="split").set_value("val").run()
    by_title = app.dataframe[0].value.set_index("Run")["ROC AUC"]
    for run in trained.values():
        assert by_title[run.title].startswith(f"{run.metrics['val/roc_auc']:.3f}")


def test_moving_the_threshold_moves_the_numbers_but_not_the_auc(opened, store):
    app = opened(store.root, "thresholds")
    app.toggle(key="plain").set_value(True).run()
    before = sent(app)
    app.session_state[line_key(app)] = 0.0123
    after = sent(app.run())
    exact = {one["threshold"]: one for one in after["exact"]}
    assert after["threshold"] == 0.0123 != before["threshold"] and exact[0.0123]["tp"] + exact[0.0123]["fn"] == after["positives"][0]
    assert after["still"] == before["still"] and {one["name"] for one in after["still"]} == {"roc_auc", "average_precision"}


def test_the_plain_lab_shows_the_images_nearest_the_line(opened, store):
    app = opened(store.root, "thresholds")
    app.toggle(key="plain").set_value(True).run()
    run, place = store.get(app.selectbox(key="threshold_run").value), sent(app)["threshold"]
    scores = np.sort(store.predictions(run, "test").y_score[:, 0])
    said = [one.value for one in app.caption if re.match(r"[01]\.\d{3}, ", one.value)]
    told = [float(one.partition(",")[0]) for one in said]
    below, called = scores[scores < np.float32(place)][-4:], scores[scores >= np.float32(place)][:4]
    assert told == [round(float(score), 3) for score in [*below, *called]]
    assert ["not called" in one for one in said] == [True] * len(below) + [False] * len(called)


def sent(app) -> dict:
    """What the browser is sent of the line."""
    shown = [json.loads(one.proto.json) for one in app.get("bidi_component")]
    return next(one for one in shown if "threshold" in one)


def line_key(app) -> str:
    return f"line_{app.selectbox(key='threshold_run').value}_PNEUMONIA_False"


def test_a_rule_moves_the_line_to_what_validation_chose(opened, store):
    from core.runs.operating import choose_point

    app = opened(store.root, "thresholds")
    app.toggle(key="plain").set_value(True).run()
    app.selectbox(key="rule").set_value("youden").run()
    run = store.get(app.selectbox(key="threshold_run").value)
    chosen = choose_point(store, run, "youden")
    assert app.session_state[line_key(app)] == chosen.thresholds["PNEUMONIA"]
    assert any("youden" in button.label.lower() for button in app.button)


def test_train_adds_a_run_to_the_queue_and_says_the_command(opened, tmp_path, class_folders, monkeypatch):
    from core.data import registry
    from core.jobs.queue import Queue

    registry.remember(registry.load(str(class_folders), tmp_path), tmp_path)
    monkeypatch.setattr("core.jobs.local.start_detached", lambda *anything: None)
    app = opened(tmp_path, "train")
    app.selectbox(key="train_source").set_value(str(class_folders)).run()
    assert "python -m core train --data" in app.code[0].value
    next(button for button in app.button if button.label == "Add to queue").click().run()
    assert [job.source for job in Queue(tmp_path).jobs()] == [str(class_folders)]
