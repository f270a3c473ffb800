"""What of a run leaves a page, and what comes in: the parts that any page may show."""

import io
import zipfile

import pytest
from streamlit.testing.v1 import AppTest

from core.jobs.external_run import keep_external
from core.runs.run_archive import pack_into
from core.runs.store import STORE_VARIABLE, Store
from tests.pages.conftest import texts


def _export_page():
    import streamlit as st

    from core.runs.store import Store, store_root
    from pages.components import run_export

    root = store_root()
    run_export.show(root, Store(root).get(st.query_params["run"]))


def _import_page():
    from core.runs.store import store_root
    from pages.components import run_import

    run_import.show(store_root())


def opened(page, root, monkeypatch, **query) -> AppTest:
    monkeypatch.setenv(STORE_VARIABLE, str(root))
    app = AppTest.from_function(page, default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def part_open(app: AppTest, run_id: str) -> AppTest:
    app.session_state[f"export_{run_id}"] = True
    return app.run()


def test_a_model_is_written_on_the_click_and_its_parity_told(trained, store, monkeypatch):
    app = opened(_export_page, store.root, monkeypatch, run="cnn-small")
    assert not app.button  # nothing is made before the part is opened
    app = part_open(app, "cnn-small")
    assert [one.label for one in app.button] == ["Write the model"] and "largest difference" not in texts(app)
    app.button[0].click().run()
    assert not app.exception and not app.error and "over 32 images the largest difference" in texts(app)


def test_a_run_without_weights_says_so_and_can_still_go_whole(trained, store, tmp_path, monkeypatch):
    run = keep_external(tmp_path, "My net", {"test": store.predictions(trained["cnn"], "test")}, "ab" * 32)
    app = part_open(opened(_export_page, tmp_path, monkeypatch, run=run.run_id), run.run_id)
    assert "Not available: this model was trained elsewhere" in texts(app) and not app.button and not app.exception
    assert "Whole run, ZIP" in [one.proto.label for one in app.get("download_button")]


@pytest.fixture
def packed(trained) -> bytes:
    stream = io.BytesIO()
    pack_into(trained["cnn"], stream)
    return stream.getvalue()


def test_a_run_is_taken_in_put_in_view_and_told_as_plain_text(packed, tmp_path, monkeypatch):
    app = opened(_import_page, tmp_path, monkeypatch)
    app.file_uploader[0].set_value(("cnn.zip", packed, "application/zip")).run()
    app.button[0].click().run()
    assert not app.exception and not app.error
    assert Store(tmp_path).get("cnn-small").run_id == "cnn-small" and app.session_state["runs_wished"] == ["cnn-small"]
    assert "on the shelf and in view" in app.success[0].value and app.text[0].value.startswith("CNN smal: CNN, 2 blocks")
    app.file_uploader[0].set_value(("again.zip", packed, "application/zip")).run()
    app.button[0].click().run()
    assert "here already" in app.success[0].value


def test_what_is_no_run_is_refused_in_one_line_and_the_form_stays(packed, tmp_path, monkeypatch):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("../![x](http://e.x/a.png)", "{}")
    app = opened(_import_page, tmp_path, monkeypatch)
    app.file_uploader[0].set_value(("bad.zip", stream.getvalue(), "application/zip")).run()
    app.button[0].click().run()
    assert not app.exception and "not taken in" in app.error[0].value and "e.x" not in app.error[0].value
    assert "leads out of its folder" in app.text[0].value and "\n" not in app.text[0].value  # plain text: no picture is fetched
    assert app.button and not Store(tmp_path).runs()
