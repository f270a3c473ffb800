"""A run scored on other data says there what it says of its own images, and what is kept can be trusted, found and deleted."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from core.data import registry
from core.errors import DataError, EvaluationError, StoreError
from core.evaluation.metrics import evaluate
from core.evaluation.thresholds import choose, parse_rule
from core.inference.other_data import score_on
from core.inference.predictor import Predictor
from core.jobs.submission import fitting_recipe
from core.jobs.train_run import train_run
from core.runs.elsewhere import Elsewhere, predictions_of
from core.training.history import Silence
from tests.answers import answers_of
from tests.conftest import SMALL, write_class_folders

EACH = 12  # real X-rays of each class


@pytest.fixture(scope="module")
def real(shared, tmp_path_factory) -> Path:
    """Real X-rays of children, and a file that is none."""
    folder = tmp_path_factory.mktemp("real") / "hospital"
    for name in ("NORMAL", "PNEUMONIA"):
        place = folder / name.lower()
        place.mkdir(parents=True)
        for file in sorted((shared / "data" / "chest_xray" / "test" / name).glob("*.jpeg"))[:EACH]:
            shutil.copyfile(file, place / file.name)
    return folder


@pytest.fixture
def hospital(real, copy):
    return registry.load(str(real), copy.root)


@pytest.mark.parametrize("family", ["cnn", "transfer", "svm", "forest"])
def test_its_own_test_images_get_the_scores_that_they_had(family, copy, class_folders):
    run, own = copy.get(f"{family}-small"), registry.load(str(class_folders), copy.root)
    found = score_on(copy, run, own, "test")
    stored, again = copy.predictions(run, "test"), predictions_of(copy, run, f"on:{found.name}")
    assert np.allclose(again.y_score, stored.y_score, atol=1e-6) and again.image_ids.tolist() == stored.image_ids.tolist()
    assert np.array_equal(again.y_true, stored.y_true) and again.patients.tolist() == stored.patients.tolist()
    assert found.same_data and (found.learned_from, found.chosen_by) == (0, 0)
    assert found.remarks == ["This is the data set that the run was trained on, not another one."]


def test_an_ensemble_is_the_mean_of_its_members_there_too(copy, class_folders, hospital):
    own = registry.load(str(class_folders), copy.root)
    recipe = fitting_recipe(copy.root, own, "ensemble", {"members": "cnn-small,svm-small"})
    train_run(copy.root, "both", str(class_folders), recipe, Silence())
    scores = []
    for run_id in ("cnn-small", "svm-small", "both"):
        found = score_on(copy, copy.get(run_id), hospital)
        scores.append(Elsewhere(copy).predictions(copy.get(run_id), found.name).y_score)
    assert np.allclose(scores[2], (scores[0] + scores[1]) / 2, atol=1e-6)


def test_real_images_get_the_scores_that_they_have_one_by_one(copy, hospital, real):
    run = copy.get("cnn-small")
    found = score_on(copy, run, hospital)
    predictions = Elsewhere(copy).predictions(run, found.name)
    assert (found.images, predictions.n, predictions.split, predictions.labels) == (2 * EACH, 2 * EACH, "test", ("PNEUMONIA",))
    assert predictions.y_true[:, 0].tolist() == [image_id.startswith("pneumonia/") for image_id in predictions.image_ids.tolist()]
    alone = [answer.scores["PNEUMONIA"] for answer in answers_of(Predictor(copy, run), [real / one for one in predictions.image_ids])]
    assert np.allclose(predictions.y_score[:, 0], alone, atol=1e-5)
    assert evaluate(predictions, run.operating_point.thresholds)["roc_auc"] is not None


def test_it_is_scored_once_and_told_how_far_it_is(copy, hospital):
    run, told = copy.get("cnn-small"), []
    first = score_on(copy, run, hospital, tell=told.append)
    assert {one.phase for one in told} >= {"reading images", "scoring"} and told[-1].done == told[-1].total
    told.clear()
    assert score_on(copy, run, hospital, tell=told.append) == first and not told
    assert score_on(copy, run, hospital, tell=told.append, again=True).created > first.created and told
    assert Elsewhere(copy).list(run) == [first.name] and first.name == f"hospital, all ({hospital.fingerprint[:4]})"


def test_images_that_the_run_was_trained_on_are_counted_by_their_bytes(copy, tmp_path):
    """The same pictures in folders of other names are another data set."""
    run = copy.get("cnn-small")
    again = registry.load(str(write_class_folders(tmp_path / "copied", classes=("Normal", "Pneumonia"))), copy.root)
    found = score_on(copy, run, again)
    assert not found.same_data and found.images == SMALL
    assert (found.learned_from, found.chosen_by) == (run.data.images["train"], run.data.images["val"])
    assert "the numbers flatter it" in found.remarks[0] and f"{found.learned_from} images of these {SMALL}" in found.remarks[0]
    other = registry.load(str(write_class_folders(tmp_path / "other", images=60, side=40)), copy.root)
    assert (lambda one: (one.learned_from, one.chosen_by, one.remarks))(score_on(copy, run, other)) == (0, 0, [])


def test_whether_the_run_knows_images_is_not_guessed_where_its_data_is_gone(copy, class_folders, hospital, tmp_path):
    run = copy.get("svm-small")
    document = json.loads((run.folder / "run.json").read_text())
    document["data"]["source"] = str(tmp_path / "gone")
    (run.folder / "run.json").write_text(json.dumps(document))
    found = score_on(copy, copy.get("svm-small"), hospital)
    assert found.learned_from is None and "cannot be told" in found.remarks[0]


def test_a_file_that_is_no_picture_is_left_out_and_counted(copy, real, tmp_path):
    folder = tmp_path / "spoiled"
    shutil.copytree(real, folder)
    whole = next((folder / "normal").iterdir())
    whole.write_bytes(whole.read_bytes()[:2000])
    run = copy.get("cnn-small")
    found = score_on(copy, run, registry.load(str(folder), copy.root))
    assert found.images == 2 * EACH - 1 and Elsewhere(copy).predictions(run, found.name).n == found.images
    assert "1 image left out: they cannot be read." in found.remarks


def test_no_shared_label_and_no_such_split_are_refused_in_words(copy, hospital, tmp_path):
    run = copy.get("cnn-small")
    foreign = registry.load(str(write_class_folders(tmp_path / "tb", images=40, classes=("NORMAL", "TB"))), copy.root)
    with pytest.raises(DataError, match="NORMAL, TB; the run tells PNEUMONIA"):
        score_on(copy, run, foreign)
    with pytest.raises(DataError, match="the split is 'rest'"):
        score_on(copy, run, hospital, "rest")
    assert Elsewhere(copy).list(run) == []


def test_what_was_stopped_leaves_nothing(copy, hospital):
    run = copy.get("cnn-small")

    def stop(progress):
        if progress.phase == "scoring":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        score_on(copy, run, hospital, tell=stop)
    assert Elsewhere(copy).list(run) == [] and not (run.folder / "elsewhere").exists()


def test_a_threshold_is_not_chosen_on_other_data(copy, hospital):
    run = copy.get("cnn-small")
    found = score_on(copy, run, hospital)
    with pytest.raises(EvaluationError, match="test"):
        choose(parse_rule("youden"), Elsewhere(copy).predictions(run, found.name))


def test_it_goes_with_the_run_or_alone(copy, hospital, class_folders):
    first, second = copy.get("cnn-small"), copy.get("svm-small")
    found = score_on(copy, first, hospital)
    score_on(copy, second, hospital)
    Elsewhere(copy).delete(first, found.name)
    assert Elsewhere(copy).list(first) == [] and Elsewhere(copy).list(second) == [found.name]
    copy.delete(second)
    assert not second.folder.exists() and not list((copy.root / "trash").iterdir())
    with pytest.raises(StoreError, match=r"was not scored on 'hospital.*it was scored on no other data set"):
        Elsewhere(copy).predictions(first, found.name)


@pytest.mark.parametrize("name", ["", "..", "../predictions-test.npz", "/etc", "x" * 5000, "a\0b"])
def test_a_name_from_outside_is_looked_up_and_never_joined_to_a_path(name, copy):
    with pytest.raises(StoreError, match="was not scored on"):
        predictions_of(copy, copy.get("cnn-small"), f"on:{name}")


def test_changed_scores_are_found_and_a_damaged_entry_spoils_no_other(copy, hospital):
    run = copy.get("cnn-small")
    found = score_on(copy, run, hospital)
    other = score_on(copy, run, hospital, "test")
    file = run.folder / "elsewhere" / found.key / "predictions.npz"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(StoreError, match="changed.*Score the run on that data set again"):
        Elsewhere(copy).predictions(run, found.name)
    (run.folder / "elsewhere" / found.key / "about.json").write_text("{}")
    assert Elsewhere(copy).list(run) == [other.name]


def test_the_splits_of_the_run_itself_come_by_the_same_door(copy):
    run = copy.get("cnn-small")
    assert predictions_of(copy, run, "val").split == "val"
