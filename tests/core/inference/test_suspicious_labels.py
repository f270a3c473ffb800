"""Suspicious labels: found where labels were changed on purpose, by a judge that saw neither label nor patient."""

import csv
import io

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from core.data import registry
from core.data.splits import groups_of
from core.errors import DataError
from core.inference.suspicious_labels import HEAD, out_of_fold, suspicious_labels, write_csv
from core.runs.store import Store

NOISE = 0.15
NOISY = f"phantom:binary:images=600:size=96:seed=3:noise={NOISE}"


@pytest.fixture(scope="module")
def noisy(tmp_path_factory):
    """A store, and the noisy phantom with what its labels truly are."""
    root = tmp_path_factory.mktemp("noisy")
    truth = registry.load(NOISY.replace(f":noise={NOISE}", ""), root)
    return Store(root), registry.load(NOISY, root), dict(zip(truth.image_ids.tolist(), truth.y[:, 0].tolist(), strict=True))


@pytest.fixture(scope="module")
def suspicion(noisy, trained):
    store, dataset, _ = noisy
    return suspicious_labels(store, trained["cnn"], [], dataset)


def test_the_first_are_wrong_far_more_often_than_any_label(suspicion, noisy):
    """15 % are wrong; of the first 50 at least twice as many, whatever the machine's arithmetic."""
    _, dataset, truth = noisy
    given = dict(zip(dataset.image_ids.tolist(), dataset.y[:, 0].tolist(), strict=True))
    wrong = [truth[one.image_id] != given[one.image_id] for one in suspicion.found]
    assert suspicion.images == (dataset.splits == "train").sum() and len(wrong) > 50
    assert np.mean(wrong[:50]) >= 2 * NOISE
    assert np.mean(wrong) > NOISE


def test_suspects_are_ranked_are_of_train_and_say_what_they_are(suspicion, noisy):
    _, dataset, _ = noisy
    y = dict(zip(dataset.image_ids.tolist(), dataset.y[:, 0].tolist(), strict=True))
    train = set(dataset.image_ids[dataset.splits == "train"].tolist())
    assert [one.margin for one in suspicion.found] == sorted(one.margin for one in suspicion.found)
    for one in suspicion.found:
        assert one.image_id in train and one.label == "pneumonia" and one.asked == 0
        assert one.given == dataset.classes[y[one.image_id]] != one.suggested
        assert one.margin == pytest.approx(2 * one.score - 1, abs=1e-5)
    assert "trained on other pictures" in suspicion.judge


def test_the_judge_never_sees_a_label_or_a_patient_that_it_judges(rng):
    """Two images of a patient are alike and share a random label: whoever saw one would know the other."""
    patients = np.repeat(np.arange(120), 2)
    features = np.repeat(rng.normal(size=(120, 300)), 2, axis=0).astype(np.float32)
    y = np.repeat(rng.integers(2, size=120), 2)[:, None].astype(np.uint8)
    parted = out_of_fold(features, y, patients, "binary")[:, 0]
    assert roc_auc_score(y[:, 0], parted) < 0.6
    known = out_of_fold(features, y, np.arange(240), "binary")[:, 0]
    assert roc_auc_score(y[:, 0], known) > 0.7


@pytest.mark.parametrize("task", ["multiclass", "multilabel"])
def test_other_tasks_have_a_score_for_each_label(task, rng):
    centre = rng.integers(3, size=150)
    y = np.eye(3, dtype=np.uint8)[centre]
    features = (3 * y + rng.normal(size=y.shape)).astype(np.float32)
    scores = out_of_fold(features, y, np.arange(150), task)
    assert scores.shape == y.shape and np.mean(scores.argmax(axis=1) == centre) > 0.8


def test_a_class_of_too_few_patients_is_refused_in_words(rng):
    y = np.array([[1], *[[0]] * 30], np.uint8)
    with pytest.raises(DataError, match="too few patients"):
        out_of_fold(rng.normal(size=(31, 4)).astype(np.float32), y, np.arange(31), "binary")


def test_runs_in_view_are_asked_and_those_of_other_data_are_not(trained, store, noisy):
    runs = list(trained.values())
    dataset = registry.load(runs[0].data.source, store.root)
    found = suspicious_labels(store, trained["svm"], runs, dataset)
    groups = groups_of(dataset.patients, dataset.content_hashes, len(dataset))
    assert len(set(groups.tolist())) <= len(dataset) and found.judge == f"features of {trained['svm'].description}"
    for one in found.found:
        said = [store.predictions(run, "train") for run in runs]
        against = sum(int(((p.y_score >= np.float32(0.5)) != p.y_true)[p.image_ids == one.image_id, 0][0]) for p in said)
        assert (one.against, one.asked) == (against, 4)
    other, data, _ = noisy
    assert all(one.asked == 0 for one in suspicious_labels(other, trained["cnn"], runs, data).found)


def test_all_suspects_are_written_as_csv(suspicion):
    stream = io.StringIO()
    count = write_csv(suspicion, stream)
    rows = list(csv.DictReader(io.StringIO(stream.getvalue())))
    assert len(rows) == count == len(suspicion.found) and tuple(rows[0]) == HEAD
    assert [row["image_id"] for row in rows] == [one.image_id for one in suspicion.found]


def test_a_label_that_one_patient_has_does_not_keep_others_from_being_judged(rng):
    y = np.stack([rng.integers(2, size=60), np.arange(60) < 4], axis=1).astype(np.uint8)
    features = (3 * y[:, :1] + rng.normal(size=(60, 3))).astype(np.float32)
    patients = np.where(np.arange(60) < 4, 0, np.arange(60))
    scores = out_of_fold(features, y, patients, "multilabel")
    assert roc_auc_score(y[:, 0], scores[:, 0]) > 0.9
