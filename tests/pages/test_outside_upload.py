"""The scores of a model trained elsewhere, from an upload to every page that shows runs."""

import io

import numpy as np
import pytest

from core.evaluation.prediction_table import write_prediction_table
from core.evaluation.predictions import Predictions
from core.evaluation.thresholds import choose
from core.jobs.external_run import keep_external
from core.runs.store import Store

HASH = "ab" * 32


def scores(split: str, seed: int = 0, n: int = 60) -> Predictions:
    truth = np.random.default_rng(len(split)).random((n, 1)) < 0.5
    noise = np.random.default_rng(seed).random((n, 1))
    ids = np.array([f"{split}-{row}.png" for row in range(n)])
    return Predictions("binary", split, ("Mass",), ids, None, truth.astype(np.uint8), (0.4 * truth + 0.6 * noise).astype(np.float32))


def table(*splits: Predictions) -> bytes:
    stream = io.StringIO(newline="")
    write_prediction_table(splits, stream)
    return stream.getvalue().encode()


@pytest.fixture
def compare(opened, tmp_path):
    """The compare page over a store with one run from elsewhere."""
    keep_external(tmp_path, "Known net", {"val": scores("val"), "test": scores("test")}, HASH)
    return opened(tmp_path, "compare")


def upload(app, name: str, content: bytes):
    return app.file_uploader[0].set_value((name, content, "text/csv")).run()


def test_an_upload_is_shown_named_and_put_in_view_beside_the_others(compare, tmp_path):
    app = upload(compare, "New net.v2.csv", table(scores("test", seed=1)))
    assert not app.exception and not app.error
    counted = next(one.value for one in app.dataframe if "all images" in one.value.index)
    assert counted.loc["all images", "test"] == 60 and counted.loc["Mass", "test"] == int(scores("test").y_true.sum())
    name = next(one for one in app.text_input if one.label == "Name of the run")
    assert name.value == "New net.v2"
    name.set_value("New net")
    next(one for one in app.button if one.label == "Add and put in view").click().run()
    assert not app.exception and not app.error
    new, known = Store(tmp_path).runs()
    assert (new.title, new.data.fingerprint) == ("New net", known.data.fingerprint)
    assert app.session_state["runs_wished"] == [known.run_id, new.run_id]  # what the front door puts in view
    assert not any(one.label == "Name of the run" for one in app.text_input)  # an empty form for the next one


def test_a_rule_is_chosen_on_the_validation_rows_of_an_upload(compare, tmp_path):
    app = upload(compare, "chosen.csv", table(scores("val", seed=1), scores("test", seed=1)))
    app.selectbox(key="outside_rule").set_value("youden")
    next(one for one in app.button if one.label == "Add and put in view").click().run()
    assert not app.exception and not app.error
    new = Store(tmp_path).runs()[0]
    assert new.operating_point.rule == "youden"
    assert new.operating_point.thresholds == choose("youden", Store(tmp_path).predictions(new, "val")).thresholds


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"PK\x03\x04rest of a workbook", "an Excel workbook"),
        (b"id,split,true:A,score:A\na,test,1,3.5\nb,test,0,-2\n", "row 2, column score:A: '3.5' lies outside 0 to 1"),
        (b"id,true:A,score:A\na,1,.5\n", "there is no column 'split'"),
    ],
)
def test_a_fault_is_told_and_nothing_is_kept(content, message, compare, tmp_path):
    app = upload(compare, "faulty.csv", content)
    assert not app.exception and any(message in one.value for one in app.error)
    assert len(Store(tmp_path).runs()) == 1


def test_a_task_that_is_chosen_is_the_task_that_is_read(compare):
    text = b"id,split,true:A,score:A,true:B,score:B\na,test,1,.9,0,.1\nb,test,0,.2,1,.8\n"
    app = upload(compare, "two.csv", text)
    assert any("**multiclass**" in one.value for one in app.markdown)
    app.selectbox(key="outside_task").set_value("multilabel").run()
    assert any("**multilabel**" in one.value for one in app.markdown)


def test_a_name_that_is_taken_is_told(compare, tmp_path):
    app = upload(compare, "other.csv", table(scores("test", seed=2)))
    next(one for one in app.text_input if one.label == "Name of the run").set_value("Known net")
    next(one for one in app.button if one.label == "Add and put in view").click().run()
    assert any("there is a run 'Known net' already" in one.value for one in app.error) and len(Store(tmp_path).runs()) == 1


@pytest.mark.parametrize("page", ["start", "train", "progress", "compare", "thresholds", "mistakes", "single_image"])
@pytest.mark.parametrize("split", ["test", "val"])
def test_every_page_opens_on_a_run_with_one_split_and_no_weights(split, page, opened, tmp_path):
    keep_external(tmp_path, "Lonely net", {split: scores(split)}, HASH)
    app = opened(tmp_path, page)
    assert not app.exception


def test_the_single_image_page_says_who_cannot_answer(opened, tmp_path):
    keep_external(tmp_path, "Lonely net", {"test": scores("test")}, HASH)
    app = opened(tmp_path, "single_image")
    assert any("No run that can answer is in view" in one.value for one in app.markdown)


def test_the_train_page_begins_with_no_run_that_has_no_weights(opened, tmp_path):
    keep_external(tmp_path, "Lonely net", {"test": scores("test")}, HASH)
    app = opened(tmp_path, "train")
    app.segmented_control(key="train_way").set_value("run").run()
    assert any("No run is complete yet" in one.value for one in app.info)
