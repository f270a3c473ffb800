"""The mistakes page: its numbers are those of the run, its images those of the cell, and what it cannot show it says."""

import json
import re

import numpy as np
import pytest

from core.data import registry
from core.evaluation.decisions import decisions
from core.evaluation.predictions import Predictions
from core.jobs.external_run import keep_external
from core.jobs.submission import fitting_recipe
from core.jobs.train_run import train_run
from core.runs.image_notes import ImageNotes
from core.runs.store import Store
from core.training.history import Silence
from pages.components.mistake_grid import PER_PAGE
from tests.pages.conftest import texts


def shown(app) -> list[str]:
    """The names of the images in the grid."""
    return [one.key.removeprefix("open_") for one in app.button if (one.key or "").startswith("open_")]


def counted(app) -> int:
    """How many images the cell holds, as the page says."""
    return int(next(one.value for one in app.markdown if "images on **" in one.value).split("**")[1].replace(",", ""))


def open_on(app, family: str):
    return app.selectbox(key="mistake_run").set_value(f"{family}-small").run()


def wrong(store, run_id: str, split: str, truth: int) -> list[str]:
    """The images of one true class that the run gets wrong, by plain counting, worst first."""
    run = store.get(run_id)
    found = store.predictions(run, split)
    called = decisions(found, run.operating_point.thresholds)[:, 0]
    rows = np.flatnonzero((found.y_true[:, 0] == truth) & (called != truth))
    scores = found.y_score[rows, 0] if truth else 1 - found.y_score[rows, 0]
    return found.image_ids[rows[np.argsort(scores, kind="stable")]].tolist()


@pytest.mark.parametrize("split", ["test", "val"])
@pytest.mark.parametrize(("cell", "truth"), [("FN", 1), ("FP", 0)])
def test_a_cell_opens_its_images_worst_first(split, cell, truth, opened, store):
    app = open_on(opened(store.root, "mistakes"), "cnn")
    app.segmented_control(key="mistake_split").set_value(split).run()
    app.segmented_control(key="cell").set_value(cell).run()
    expected = wrong(store, "cnn-small", split, truth)
    assert shown(app) == expected[:PER_PAGE] and counted(app) == len(expected) and not app.exception
    assert f"on **{split}**" in texts(app)


def test_only_images_with_such_scores_are_shown_and_their_number_is_said(opened, store):
    app = open_on(opened(store.root, "mistakes"), "svm")
    app.segmented_control(key="cell").set_value("TN").run()
    found = store.predictions(store.get("svm-small"), "test")
    scores, negatives = found.y_score[:, 0], np.flatnonzero((found.y_true[:, 0] == 0) & (found.y_score[:, 0] < 0.5))
    high = float(np.ceil(100 * np.median(scores[negatives])) / 100)
    kept = negatives[scores[negatives] <= np.float32(high)]
    assert 0 < len(kept) < len(negatives) == counted(app)
    app.slider(key="mistake_scores").set_range(0.0, high).run()
    assert shown(app) == found.image_ids[kept[np.argsort(-scores[kept], kind="stable")]].tolist()[:PER_PAGE]
    assert f"{len(kept)} of them have such scores" in texts(app)


def test_no_image_is_said_and_nothing_breaks(opened, store):
    app = open_on(opened(store.root, "mistakes"), "cnn")
    app.slider(key="mistake_scores").set_range(0.0, 0.0).run()
    assert not app.exception and not shown(app) and "No such image" in texts(app)


def test_the_name_below_an_image_makes_it_large_with_its_truth_and_what_other_runs_say(opened, store):
    app = open_on(opened(store.root, "mistakes"), "cnn")
    app.segmented_control(key="cell").set_value("TP").run()
    assert app.subheader[0].value == shown(app)[0]
    second = shown(app)[1]
    app.button(key=f"open_{second}").click().run()
    assert app.subheader[0].value == second and app.selectbox(key="image").value == second
    assert "Labelled **PNEUMONIA**" in texts(app)
    others = next(table.value for table in app.dataframe if "Run" in table.value)
    scores = {run.title: store.predictions(run, "test") for run in store.runs()}
    for title, score in zip(others["Run"], others["Score of PNEUMONIA"], strict=True):
        found = scores[title]
        assert score == pytest.approx(found.y_score[found.image_ids == second, 0][0], abs=1e-3)
    assert len(others) == 3


def test_a_link_opens_run_split_cell_and_image(opened, store):
    app = opened(store.root, "start")
    predictions = store.predictions(store.get("svm-small"), "val")
    image_id = str(predictions.image_ids[5])
    link = {"mistake_run": "svm-small", "mistake_split": "val", "cell": "TN", "image": image_id}
    for name, value in link.items():
        app.query_params[name] = value
    app.switch_page("pages/mistakes.py").run()
    assert app.selectbox(key="mistake_run").value == "svm-small" and app.segmented_control(key="cell").value == "TN"
    assert app.segmented_control(key="mistake_split").value == "val" and app.subheader[0].value == image_id and not app.exception


@pytest.mark.parametrize(
    "link", [{"mistake_run": "none-such"}, {"cell": "XX"}, {"image": "none"}, {"mistake_split": "train"}, {"mistake_page": "99"}]
)
def test_a_link_to_what_is_not_there_opens_what_is(link, opened, store):
    app = opened(store.root, "start")
    for name, value in link.items():
        app.query_params[name] = value
    app.switch_page("pages/mistakes.py").run()
    assert not app.exception and not app.error and counted(app) >= 0


def test_a_note_and_the_mark_are_kept_and_shown_again(opened, copy):
    app = open_on(opened(copy.root, "mistakes"), "cnn")
    app.segmented_control(key="cell").set_value("TP").run()
    image_id = app.subheader[0].value
    app.checkbox[0].check()
    app.text_area[0].set_value("a nodule, no pneumonia")
    next(button for button in app.button if button.label == "Keep the note").click().run()
    note = ImageNotes(copy.root).of(copy.get("cnn-small").data.fingerprint)[image_id]
    assert note.looks_wrong and note.text == "a nodule, no pneumonia"
    again = opened(copy.root, "mistakes")
    assert any(re.match("Notes on .*: 1$", one.label) for one in again.expander)
    again.session_state["notes"] = True
    assert again.run().dataframe[-1].value["Note"].tolist() == ["a nodule, no pneumonia"]


def test_the_nearest_training_images_come_on_request_with_their_labels(opened, store):
    app = open_on(opened(store.root, "mistakes"), "svm")
    app.segmented_control(key="cell").set_value("TN").run()
    before = len(app.get("image"))
    assert "nearest of train" not in texts(app)
    app.toggle(key="mistake_near").set_value(True).run()
    assert not app.exception and not app.error and "The 8 nearest of train" in texts(app)
    assert len(app.get("image")) == before + 8


def test_suspicious_labels_come_on_request_ranked_and_are_said_to_be_of_train(opened, store):
    app = open_on(opened(store.root, "mistakes"), "svm")
    app.segmented_control(key="mistake_view").set_value("Suspicious labels").run()
    assert not shown(app)
    app.toggle(key="mistake_suspects").set_value(True).run()
    assert not app.exception and not app.error and "images of **train**" in texts(app)
    table = next((one.value for one in app.dataframe if "margin" in one.value), None)
    assert table is not None and table["margin"].is_monotonic_increasing and (table["given"] != table["suggested"]).all()
    assert (table["asked"] == 4).all() and shown(app)[0] == table["image_id"].iloc[0]


def test_where_no_run_is_in_view_the_page_says_what_to_do(opened, tmp_path):
    app = opened(tmp_path, "mistakes")
    assert "No run is in view" in texts(app) and [one.label for one in app.button] == ["Go to start"]


def scores_from_elsewhere() -> dict[str, Predictions]:
    random = np.random.default_rng(0)
    ids, y = np.array([f"far-{number}" for number in range(60)]), random.integers(2, size=(60, 1))
    return {"test": Predictions("binary", "test", ("sick",), ids, None, y, random.random((60, 1)), {"sex": np.array(["F", "M"] * 30)})}


def test_scores_from_elsewhere_are_a_table_of_names_without_images(opened, tmp_path):
    run = keep_external(tmp_path, "Their model", scores_from_elsewhere(), "0" * 64)
    app = opened(tmp_path, "mistakes")
    assert not app.exception and not app.error and "came from elsewhere" in texts(app) and not app.get("image")
    assert app.segmented_control(key="mistake_split").options == ["test"]
    table = next(one.value for one in app.dataframe if "Cell" in one.value)
    assert table["Image"].tolist() == wrong_both(Store(tmp_path), run.run_id) and len(table) == counted(app)
    app.segmented_control(key="mistake_view").set_value("Suspicious labels").run()
    assert not app.exception and not app.error and not app.toggle


def test_a_subgroup_has_a_matrix_and_images_of_its_own(opened, tmp_path):
    keep_external(tmp_path, "Their model", scores_from_elsewhere(), "0" * 64)
    app = opened(tmp_path, "mistakes")
    everyone = counted(app)
    parts = []
    for sex in ("F", "M"):
        app.selectbox(key="mistake_group").set_value(f"sex: {sex}").run()
        parts.append(counted(app))
        assert "of 30 images" in texts(app) and f"sex: **{sex}**" in texts(app)
    assert min(parts) > 0 and sum(parts) == everyone


def wrong_both(store, run_id: str) -> list[str]:
    found = store.predictions(store.get(run_id), "test")
    truth, scores = found.y_true[:, 0], found.y_score[:, 0]
    rows = np.flatnonzero((scores >= 0.5) != truth)
    return found.image_ids[rows[np.argsort(-np.abs(scores - np.float32(0.5))[rows], kind="stable")]].tolist()


@pytest.mark.parametrize(
    ("field", "value", "said"), [("source", "/no/such/folder", "images are not here"), ("fingerprint", "0" * 16, "has changed since")]
)
def test_numbers_stay_where_the_data_set_is_gone_or_changed_and_the_page_says_why_images_are_missing(field, value, said, opened, copy):
    run = copy.get("cnn-small")
    file = run.folder / "run.json"
    document = json.loads(file.read_text())
    document["data"][field] = value
    file.write_text(json.dumps(document))
    app = opened(copy.root, "start")
    app.query_params["mistake_run"] = "cnn-small"
    app.switch_page("pages/mistakes.py").run()
    app.segmented_control(key="cell").set_value("TP").run()
    assert not app.exception and said in texts(app) and counted(app) > 0 and not app.get("image")
    names = next(one.value for one in app.dataframe if "Cell" in one.value and "Image" in one.value)["Image"].tolist()
    app.selectbox(key="image").set_value(names[1]).run()
    assert app.subheader[0].value == names[1] and not app.exception


@pytest.mark.parametrize("task", ["multiclass", "multilabel"])
def test_other_tasks_have_their_own_cells(task, opened, tmp_path):
    source = f"phantom:{task}:images={100 if task == 'multilabel' else 60}:size=32"
    dataset = registry.load(source, tmp_path)
    recipe = fitting_recipe(tmp_path, dataset, "cnn", {"image_size": 16, "filters": 4, "blocks": 1, "max_epochs": 1})
    train_run(tmp_path, "cnn-many", source, recipe, Silence())
    app = opened(tmp_path, "mistakes")
    assert not app.exception and not app.error and app.get("image")
    found = Store(tmp_path).predictions(Store(tmp_path).get("cnn-many"), "test")
    if task == "multiclass":
        called, truth = found.y_score.argmax(axis=1), found.y_true.argmax(axis=1)
        assert counted(app) == (called != truth).sum()
        row = int(np.flatnonzero(called != truth)[0])
        cell = f"{found.labels[truth[row]]} > {found.labels[called[row]]}"
        app.selectbox(key="cell").set_value(cell).run()
        assert counted(app) == ((truth == truth[row]) & (called == called[row])).sum()
    else:
        label = found.labels[3]
        app.selectbox(key="mistake_label").set_value(label).run()
        app.segmented_control(key="cell").set_value("FN").run()
        assert counted(app) == (found.y_true[:, 3] * (found.y_score[:, 3] < 0.5)).sum()
    assert not app.exception and not app.error
