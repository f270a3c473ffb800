"""The life of one image: the same score from a file as in the run's test predictions, for every model family."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from core.data import registry
from core.data.phantom.drawing import draw, plan
from core.errors import StoreError
from core.images.decode import decode
from core.images.model_input import model_input
from core.images.preprocess import resize
from core.inference.predictor import Predictor
from core.jobs.submission import fitting_recipe
from core.jobs.train_run import train_run
from core.runs.run import Run
from core.runs.store import Store
from core.training.history import Silence
from tests.answers import answers_of
from tests.conftest import ROOT

FAMILIES = ("cnn", "transfer", "svm", "forest")
OTHERS = {"lstm": {"image_size": 32, "max_epochs": 2, "batch_size": 16}, "logistic": {"features": "run:cnn-small", "image_size": 32}}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_test_image_scores_alone_as_it_did_among_the_others(family, trained, store, class_folders):
    assert _apart(store, trained[family], class_folders) <= 1e-5


@pytest.mark.parametrize(("family", "settings"), OTHERS.items())
def test_so_it_does_by_the_families_that_are_not_in_the_starter_comparison(family, settings, copy, class_folders):
    """An ensemble: tests/core/jobs/test_ensemble_run.py."""
    recipe = fitting_recipe(copy.root, registry.load(str(class_folders), copy.root), family, settings)
    train_run(copy.root, family, str(class_folders), recipe, Silence())
    assert _apart(copy, copy.get(family), class_folders) <= 1e-5


def _apart(store: Store, run: Run, folder: Path) -> float:
    """How far scores of test images alone lie from those that the run stored, at most."""
    stored = store.predictions(run, "test")
    answers = answers_of(Predictor(store, run), [folder / image_id for image_id in stored.image_ids])
    assert all(answer.accepted for answer in answers)
    label = run.data.labels[0]
    found = np.array([answer.scores[label] for answer in answers])
    assert [answer.decisions[label] for answer in answers] == (stored.y_score[:, 0] >= np.float32(0.5)).astype(int).tolist()
    assert np.ptp(found) > 0.001, "else any model would agree"
    return float(np.abs(found - stored.y_score[:, 0]).max())


@pytest.fixture(scope="module")
def large_jpegs(tmp_path_factory) -> Path:
    """40 phantoms as JPEG files of 1200 x 900, in train|val|test/CLASS."""
    folder, grain = tmp_path_factory.mktemp("large"), np.random.default_rng(0).normal(0, 3, (900, 1200))
    for case in plan(40, 7):
        place = folder / case.split / ("PNEUMONIA" if case.pneumonia else "NORMAL")
        place.mkdir(parents=True, exist_ok=True)
        film = np.asarray(Image.fromarray(draw(case, 128)).resize((1200, 900), Image.Resampling.BICUBIC)) + grain
        Image.fromarray(film.clip(0, 255).astype(np.uint8)).save(place / f"{case.image_id}.jpg", quality=85)
    return folder


@pytest.mark.parametrize("aspect", ["squeeze", "pad", "centre-crop"])
def test_a_large_jpeg_scores_alone_as_it_did_among_the_others(aspect, large_jpegs, tmp_path):
    dataset = registry.load(str(large_jpegs), tmp_path)
    recipe = fitting_recipe(tmp_path, dataset, "cnn", {"image_size": 48, "filters": 4, "max_epochs": 1, "batch_size": 8, "aspect": aspect})
    train_run(tmp_path, "large", str(large_jpegs), recipe, Silence())
    store = Store(tmp_path)
    run = store.get("large")
    stored = store.predictions(run, "test")
    files = [large_jpegs / image_id for image_id in stored.image_ids]
    predictor, label = Predictor(store, run), run.data.labels[0]
    found = [answer.scores[label] for answer in answers_of(predictor, files)]
    assert np.abs(np.array(found) - stored.y_score[:, 0]).max() <= 1e-5
    image = decode(files[0].read_bytes())
    assert not np.array_equal(resize(image.pixels, 48, aspect), model_input(image, 48, aspect))  # so that decoding in full would show


def test_another_process_gives_the_same_score(trained, store, class_folders):
    run = trained["forest"]
    stored = store.predictions(run, "test")
    words = ["--store", str(store.root), "predict", run.run_id, str(class_folders / stored.image_ids[0]), "--json"]
    command = [sys.executable, "-m", "core", *words]
    found = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    assert abs(found[0]["scores"][run.data.labels[0]] - float(stored.y_score[0, 0])) <= 1e-5


def test_a_file_that_is_no_picture_is_refused_and_the_others_are_answered(trained, store, class_folders, shared):
    good = class_folders / store.predictions(trained["cnn"], "test").image_ids[0]
    bad = shared / "badinputs/files/bad_html.jpg"
    answers = answers_of(Predictor(store, trained["cnn"]), [bad, good])
    assert [answer.accepted for answer in answers] == [False, True]
    assert answers[0].scores == {} and "\n" not in answers[0].reason and answers[0].reason
    assert answers[1].reason is None


def test_a_head_on_a_run_answers_after_that_run_is_gone(trained, store, class_folders, tmp_path):
    shutil.copytree(store.root, tmp_path / "copy")
    copy = Store(tmp_path / "copy")
    copy.delete(copy.get("cnn-small"))
    forest = copy.get("forest-small")
    file = class_folders / copy.predictions(forest, "test").image_ids[0]
    assert answers_of(Predictor(copy, forest), [file])[0].accepted


def test_damaged_weights_are_found_before_they_are_used(trained, store, tmp_path):
    shutil.copytree(store.root, tmp_path / "copy")
    copy = Store(tmp_path / "copy")
    file = copy.get("cnn-small").folder / "weights.safetensors"
    data = bytearray(file.read_bytes())
    data[-5] ^= 1
    file.write_bytes(data)
    with pytest.raises(StoreError, match="changed"):
        Predictor(copy, copy.get("cnn-small"))
