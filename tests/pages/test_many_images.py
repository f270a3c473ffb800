"""Many pictures on a page: a table of all answers, faults among them, filtered without scoring again; and the gate of one picture."""

import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from core.inference.familiarity import Distance
from core.inference.predictor import Predictor
from core.runs.store import Store
from tests.other_pictures import hand
from tests.pages.conftest import texts


@pytest.fixture
def single(opened, copy):
    """The page over a copy of the store, the conditions accepted, with some files: names and bytes."""

    def opening(files: dict[str, bytes]):
        app = opened(copy.root, "single_image")
        app.button(key="accept").click().run()
        for name, data in files.items():
            app.get("file_uploader")[0].upload(name, data, "image/png")
        return app.run(timeout=120)

    return opening


@pytest.fixture
def pictures(class_folders) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((class_folders / "test").rglob("*.png"))[:4]}


def verdicts(app) -> list[str]:
    return [one.value for one in app.markdown if one.value.startswith("### ")]


def packed(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def as_png(pixels: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "PNG")
    return stream.getvalue()


def test_files_and_a_zip_become_one_table_with_the_scores_of_each_run(single, pictures, store, trained):
    names = list(pictures)
    app = single({names[0]: pictures[names[0]], "rest.zip": packed({name: pictures[name] for name in names[1:]}), "bad.png": b"no picture"})
    assert not app.exception and "**5 pictures**: 4 answered" in texts(app) and "1 not read" in texts(app)
    table = app.dataframe[0].value
    assert table["file"].unique().tolist() == [names[0], *(f"rest.zip/{name}" for name in names[1:]), "bad.png"]
    assert len(table) == 4 * len(trained) + 1
    assert table["fault"].iloc[-1].startswith("the file is no picture but text")
    for run in trained.values():
        answer = Predictor(store, run).answer(names[0], pictures[names[0]])
        (score,) = table[(table["file"] == names[0]) & (table["run"].str.startswith(run.title.split()[0]))]["score PNEUMONIA"]
        assert score == pytest.approx(answer.scores["PNEUMONIA"], abs=1e-5)


def test_a_filter_scores_nothing_again(single, pictures, monkeypatch):
    app = single(pictures | {"bad.png": b""})
    monkeypatch.setattr("pages.components.many_images.answer_many", lambda *anything: pytest.fail("scored again"))
    whole = app.dataframe[0].value
    app.selectbox(key="many_show").select("Not read").run()
    assert not app.exception and app.dataframe[0].value["file"].tolist() == ["bad.png"]
    verdict = whole["verdict"].dropna().iloc[0]
    app.selectbox(key="many_show").select(verdict).run()
    assert set(app.dataframe[0].value["verdict"]) == {verdict}
    assert len(app.dataframe[0].value) == (whole["verdict"] == verdict).sum()


def test_answers_to_doubtful_pictures_are_withheld_on_request(single, pictures):
    app = single(pictures | {"hand.png": as_png(hand())})
    app.toggle(key="strict").set_value(True).run()
    table = app.dataframe[0].value
    assert set(table[table["file"] == "hand.png"]["verdict"]) == {"withheld"}
    app.selectbox(key="many_show").select("Doubtful pictures").run()
    assert "hand.png" in set(app.dataframe[0].value["file"])


def test_a_sample_becomes_a_submission(single, pictures):
    app = single(pictures)
    sample = "picture,PNEUMONIA,NORMAL\n" + "".join(f"{name},0,0\n" for name in reversed(pictures))
    app.get("file_uploader")[1].upload("sample.csv", sample.encode(), "text/csv")
    app.run()
    assert not app.exception and not app.error
    assert any("4 rows" in button.label for button in app.get("download_button"))


def test_a_sample_that_asks_for_other_pictures_is_refused(single, pictures):
    app = single(pictures)
    app.get("file_uploader")[1].upload("sample.csv", b"picture,PNEUMONIA\nelse.png,0\n", "text/csv")
    app.run()
    assert "else.png" in app.error[0].value


def test_two_uploads_of_equal_name_are_not_answered_for_one_another(single, pictures):
    first, second = list(pictures.values())[:2]
    app = single({"a.png": first, "more.zip": packed({"x/1.png": first, "y/1.png": second})})
    app.get("file_uploader")[1].upload("sample.csv", b"picture,PNEUMONIA\n1.png,0\n", "text/csv")
    app.run()
    assert "two pictures are called" in app.error[0].value
    app.get("file_uploader")[1].set_value(("sample.csv", b"picture,PNEUMONIA\nx/1.png,0\ny/1.png,0\n", "text/csv"))
    app.run()
    assert not app.error and any("2 rows" in button.label for button in app.get("download_button"))


def test_one_hand_is_warned_of_and_its_answer_withheld_on_request(single):
    app = single({"hand.png": as_png(hand())})
    assert "may be no frontal chest X-ray" in texts(app) and app.get("plotly_chart")
    app.toggle(key="strict").set_value(True).run()
    assert not app.exception and "answers are withheld" in texts(app).lower() and not app.get("plotly_chart")


def test_the_answer_of_a_run_the_picture_is_far_to_is_withheld_though_others_are_not_measured(single, pictures, trained, monkeypatch):
    name = next(iter(pictures))
    monkeypatch.setattr("pages.components.gate_card.cached.distance", lambda *anything: Distance(9.0, 1.0, True))
    app = single({name: pictures[name]})
    before = len(verdicts(app))
    app.toggle(key="strict").set_value(True).run()
    assert not app.exception and "to which the picture is too far" in texts(app)
    measured = before - texts(app).count("not measured yet")
    assert before == len(trained) and 0 < measured < before and len(verdicts(app)) == before - measured


def test_the_distance_to_the_training_images_is_measured_when_it_is_asked_for(single, pictures):
    name = next(iter(pictures))
    app = single({name: pictures[name]})
    assert "not available: not measured yet" in texts(app) and "Farther from the training images" in texts(app)
    app.button(key="measure_far").click().run(timeout=120)
    assert not app.exception and "not measured yet" not in texts(app)


def test_without_training_images_the_reason_stands_where_the_distance_would(single, pictures, tmp_path, monkeypatch):
    from core.errors import DataError

    def gone(*anything):
        raise DataError("the images are gone")

    monkeypatch.setattr("core.inference.familiarity._data_of", gone)
    name = next(iter(pictures))
    app = single({name: pictures[name]})
    assert not app.exception and "not available: the images are gone." in texts(app)


def test_the_store_has_no_picture_that_was_uploaded(single, pictures, tmp_path):
    single(pictures)
    assert Store(tmp_path / "copy").runs()
    assert not [path for path in (tmp_path / "copy").rglob("*") if path.name in pictures]


def test_of_many_pictures_the_distance_is_measured_when_it_is_asked_for(single, pictures, trained):
    app = single(pictures)
    assert "not available: not measured yet" in texts(app)
    before = app.dataframe[0].value
    app.button(key="measure_far").click().run(timeout=120)
    after = app.dataframe[0].value
    assert not app.exception and "not measured yet" not in texts(app)
    (column,) = (name for name in after.columns if "farther" in name)
    assert before[column].isna().any() and after[column].notna().sum() == len(pictures) * len(trained)
