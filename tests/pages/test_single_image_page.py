"""The answers of every run to one picture: verdict, threshold, what a positive means, firmness, agreement."""

import re
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.data import registry
from core.evaluation.answers import answers
from core.images.decode import decode
from core.inference.predictor import Answer, Predictor
from core.inference.reading import agreement, steadiness
from core.jobs.submission import fitting_recipe
from core.jobs.train_run import train_run
from core.recipe import build
from core.runs.store import Store
from core.training.history import Silence
from pages.components import answer_words
from pages.components.answer_card import drawn_labels
from pages.components.answer_words import of_how_many, whole
from tests.conftest import write_class_folders
from tests.pages.conftest import texts


@pytest.fixture
def single(opened, store):
    """The page with the conditions accepted, and a file where one is given."""

    def opening(file=None, root=store.root, **state):
        app = opened(root, "single_image")
        app.button(key="accept").click().run()
        for key, value in state.items():
            app.session_state[key] = value
        if file:
            app.get("file_uploader")[0].upload(file.name, file.read_bytes(), "image/png")
        return app.run()

    return opening


@pytest.fixture
def pneumonia(class_folders):
    """A test image."""
    return sorted((class_folders / "test/PNEUMONIA").iterdir())[0]


def test_nothing_is_asked_for_before_the_conditions_are_accepted(opened, store):
    app = opened(store.root, "single_image")
    assert not app.get("file_uploader") and "not for diagnosis" in texts(app)
    app.button(key="accept").click().run()
    assert app.get("file_uploader")[0].proto.max_upload_size_mb == 2000 and not app.exception
    app.run()
    assert not [button for button in app.button if button.key == "accept"]


def test_every_run_in_view_answers_with_its_own_score(single, store, trained, pneumonia):
    app = single(pneumonia)
    assert not app.exception and len([one for one in app.markdown if one.value.startswith("### ")]) == 4
    picture = decode(pneumonia.read_bytes())
    for run in trained.values():
        score = float(Predictor(store, run).scores(picture)[0])
        assert f"score {score:.3f} is" in texts(app)
        low, high = steadiness(Predictor(store, run), picture).moved("PNEUMONIA")
        assert f"Mirrored and moved by 2 % of its side: {low:.3f} to {high:.3f}" in texts(app)


def test_another_threshold_turns_the_verdict_of_its_run_alone(single, trained, pneumonia):
    app = single(pneumonia)
    before = re.findall(r"\*\*(NORMAL|PNEUMONIA)\*\*: score", texts(app))
    sliders = [one.key for one in app.slider if one.key.startswith("try_")]
    slider = app.slider(key=f"try_{trained['cnn'].run_id}_PNEUMONIA")
    slider.set_value(0.0 if before[sliders.index(slider.key)] == "NORMAL" else 1.0).run()
    after = re.findall(r"\*\*(NORMAL|PNEUMONIA)\*\*: score", texts(app))
    assert sum(one != other for one, other in zip(before, after, strict=True)) == 1 and "Trying out" in texts(app)


def test_what_an_answer_means_follows_the_prevalence(single, store, trained, pneumonia):
    app = single(pneumonia)
    for prevalence in (0.05, 0.5):
        app.select_slider(key="single_prevalence").set_value(prevalence).run()
        for run in trained.values():
            score = float(Predictor(store, run).scores(decode(pneumonia.read_bytes()))[0])
            threshold = run.operating_point.thresholds["PNEUMONIA"]
            found = answers(store.predictions(run, "test"), threshold)
            entry = found.ppv(prevalence) if score >= threshold else found.npv(prevalence)
            ill = entry.value if score >= threshold else 1 - entry.value
            ends = (entry.value, entry.value) if entry.low is None else (entry.low, entry.high)
            people = of_how_many(ill, *(ends if score >= threshold else (1 - ends[1], 1 - ends[0])))
            assert f"of {people:,} who get this answer **{people * ill:,.0f}" in texts(app)


def test_a_small_share_is_said_of_so_many_people_that_it_is_not_none():
    shares = (0.05, 0.01, 0.09), (0.0, 0.0, 0.0), (0.004, 0.001, 0.009), (0.0004, 0.0002, 0.0009), (0.03, 0.0002, 0.2), (0.00003, 0.0, 0.01)
    assert [of_how_many(*one) for one in shares] == [100, 100, 1000, 10000, 1000, 10000]


def test_what_is_none_or_all_only_by_rounding_is_not_said_to_be():
    shares = (0.0, 0.004, 0.006, 0.5, 0.994, 0.996, 1.0)
    assert [whole(100, share) for share in shares] == ["0", "less than 1", "1", "50", "99", "more than 99", "100"]


def test_an_example_shows_its_true_label(single):
    app = single()
    box = app.selectbox(key="example")
    box.set_value(next(option for option in box.options if "PNEUMONIA" in option)).run()
    assert "True label: **PNEUMONIA**" in texts(app) and not app.exception


def test_nearest_training_images_are_counted_by_their_labels(single, copy, pneumonia):
    app = single(pneumonia, root=copy.root, single_near=True)
    assert "The 8 nearest of train" in texts(app) and not app.exception


def test_a_bad_upload_is_refused_with_its_reason(single, shared):
    app = single(shared / "badinputs/files/bad_truncated.png")
    assert len(app.error) == 1 and "bad_truncated.png" in app.error[0].value and not app.exception


def test_a_picture_that_is_even_grey_once_reduced_is_refused_with_its_reason(single, tmp_path):
    checker = (np.indices((2400, 2400)).sum(axis=0) % 2 * 255).astype(np.uint8)
    Image.fromarray(checker).save(tmp_path / "checker.jpg", quality=95)
    app = single(tmp_path / "checker.jpg")
    assert not app.exception and len(app.error) == 1 and "checker.jpg" in app.error[0].value


def test_of_many_labels_the_highest_and_the_explained_one_have_a_bar():
    scores = {f"label {number}": number / 20 for number in range(16)}
    highest = [f"label {number}" for number in range(15, 1, -1)]
    assert drawn_labels(scores, "label 9") == highest and drawn_labels(scores, "label 0") == [*highest, "label 0"]
    assert drawn_labels({"one": 0.2, "two": 0.4}, "one") == ["two", "one"]


def test_labels_without_a_bar_are_counted_and_all_scores_are_in_a_table():
    def page():
        from pathlib import Path
        from types import SimpleNamespace

        from core.inference.predictor import Answer
        from pages.components.answer_card import Asked, undrawn

        scores = {f"label {number}": number / 20 for number in range(16)}
        answer = Answer(
            "a.png", True, None, scores, dict.fromkeys(scores, 0.5), {label: int(score >= 0.5) for label, score in scores.items()}
        )
        undrawn(Asked(Path(), SimpleNamespace(title="CNN"), answer, "label 0", 0.05))

    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception and app.expander[0].label == "and 1 more label with lower scores than the 14 highest"
    table = app.dataframe[0].value
    assert table["Label"].tolist() == [f"label {number}" for number in range(15, -1, -1)] and table["Called"].sum() == 6


def test_agreement_names_those_who_differ(store, trained, pneumonia):
    said = {run.title: Predictor(store, run).answer(pneumonia.name, pneumonia.read_bytes()) for run in trained.values()}
    called = [title for title, answer in said.items() if answer.decisions["PNEUMONIA"]]
    line = agreement(said, "PNEUMONIA")
    assert all(title in line for title in called) if 0 < len(called) < 4 else "All 4 runs agree" in line
    assert agreement({"one": next(iter(said.values()))}, "PNEUMONIA") == "" and agreement(said, "another") == ""


def test_agreement_counts_a_label_that_is_written_in_two_ways():
    said = {
        name: Answer("a.png", True, None, decisions=decisions) for name, decisions in (("one", {"PNEUMONIA": 1}), ("two", {"Pneumonia": 0}))
    }
    assert agreement(said, "PNEUMONIA") == agreement(said, "Pneumonia").replace("Pneumonia", "PNEUMONIA")
    assert agreement(said, "PNEUMONIA") == "1 of 2 runs calls PNEUMONIA (one); not two."


def test_a_run_that_writes_the_label_in_another_way_answers_too(single, copy, pneumonia, tmp_path):
    folder = str(write_class_folders(tmp_path / "others", classes=("Normal", "Pneumonia")))
    recipe = fitting_recipe(copy.root, registry.load(folder, copy.root), "forest", {"n_estimators": 20, "features": "run:cnn-small"})
    train_run(copy.root, "other-words", folder, recipe, Silence())
    app = single(pneumonia, root=copy.root, runs=["other-words", "cnn-small"])
    assert not app.exception and "does not tell" not in texts(app) and "2 runs" in texts(app)
    sliders = {one.key for one in app.slider if one.key.startswith("try_")}
    assert sliders == {"try_other-words_Pneumonia", "try_cnn-small_PNEUMONIA"}


def test_a_name_with_markup_in_it_is_shown_as_text(single, tmp_path):
    hostile = tmp_path / "![x](http:evil.example).png"
    hostile.write_text("no picture")
    app = single(hostile)
    assert r"!\[x\](http:evil.example).png" in app.error[0].value and not app.exception


def test_an_ensemble_tells_what_its_members_did_to_the_scores(trained, store, pneumonia, monkeypatch):
    run = trained["cnn"]
    answer = Predictor(store, run).answer(pneumonia.name, pneumonia.read_bytes())
    members = [replace(run, recipe=build("cnn", {"class_weight": "balanced"})), trained["svm"]]
    monkeypatch.setattr(Store, "members", lambda *anything: members)
    mean = replace(run, recipe=build("ensemble", {"members": "a,b"}))
    assert "rare classes were weighed up" in answer_words.probability(store.root, mean, answer, "PNEUMONIA")
