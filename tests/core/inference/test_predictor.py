"""The life of one image: the same score from a file as in the run's test predictions, for every model family."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from core.errors import StoreError
from core.inference.predictor import Predictor
from tests.conftest import ROOT

FAMILIES = ("cnn", "transfer", "svm", "forest")


@pytest.mark.parametrize("family", FAMILIES)
def test_a_test_image_scores_alone_as_it_did_among_the_others(family, trained, store, class_folders):
    run = trained[family]
    stored = store.predictions(run, "test")
    files = [class_folders / image_id for image_id in stored.image_ids]
    answers = list(Predictor(store, run).answer_files(files))
    assert all(answer.accepted for answer in answers)
    label = run.data.labels[0]
    found = np.array([answer.scores[label] for answer in answers])
    assert np.abs(found - stored.y_score[:, 0]).max() <= 1e-5
    assert [answer.decisions[label] for answer in answers] == (stored.y_score[:, 0] >= np.float32(0.5)).astype(int).tolist()


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
    answers = list(Predictor(store, trained["cnn"]).answer_files([bad, good, Path("not there.png")]))
    assert [answer.accepted for answer in answers] == [False, True, False]
    assert answers[0].scores == {} and "\n" not in answers[0].reason and answers[0].reason
    assert answers[1].reason is None


def test_a_head_on_a_run_answers_after_that_run_is_gone(trained, store, class_folders, tmp_path):
    import shutil

    shutil.copytree(store.root, tmp_path / "copy")
    from core.runs.store import Store

    copy = Store(tmp_path / "copy")
    copy.delete(copy.get("cnn-small"))
    forest = copy.get("forest-small")
    file = class_folders / copy.predictions(forest, "test").image_ids[0]
    assert next(Predictor(copy, forest).answer_files([file])).accepted


def test_damaged_weights_are_found_before_they_are_used(trained, store, tmp_path):
    import shutil

    from core.runs.store import Store

    shutil.copytree(store.root, tmp_path / "copy")
    copy = Store(tmp_path / "copy")
    file = copy.get("cnn-small").folder / "weights.safetensors"
    data = bytearray(file.read_bytes())
    data[-5] ^= 1
    file.write_bytes(data)
    with pytest.raises(StoreError, match="changed"):
        Predictor(copy, copy.get("cnn-small"))
