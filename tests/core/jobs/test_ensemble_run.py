"""The mean of runs is a run: what may be averaged, what is stored, and that it stands alone."""

import json
import shutil

import numpy as np
import pytest

from core.commands.actions import action_of
from core.commands.parser import build_parser
from core.data import registry
from core.errors import RecipeError, StoreError
from core.inference.predictor import Predictor
from core.jobs.queue import Queue
from core.jobs.submission import fitting_recipe, submit
from core.jobs.train_run import train_run
from core.training.history import Silence
from tests.answers import answers_of
from tests.conftest import write_class_folders

MEMBERS = ("svm-small", "cnn-small", "forest-small")  # of 64 and 32 px; the forest reads the CNN's features


@pytest.fixture
def dataset(copy, class_folders):
    return registry.load(str(class_folders), copy.root)


@pytest.fixture
def ensemble(copy, dataset, class_folders):
    """The mean of three runs, in the store."""
    recipe = fitting_recipe(copy.root, dataset, "ensemble", {"members": ", ".join(MEMBERS)})
    train_run(copy.root, "ensemble-small", str(class_folders), recipe, Silence())
    return copy.get("ensemble-small")


def test_its_predictions_on_every_split_are_the_mean_of_its_members(ensemble, copy):
    for split in ("train", "val", "test"):
        found = copy.predictions(ensemble, split)
        members = [copy.predictions(copy.get(run_id), split) for run_id in MEMBERS]
        assert np.abs(found.y_score - sum(one.y_score.astype(float) for one in members) / 3).max() < 1e-7
        assert all(np.array_equal(found.image_ids, one.image_ids) for one in members)
    assert ensemble.metrics["test/roc_auc"] is not None and ensemble.operating_point.rule == "0.5"


def test_an_image_is_prepared_for_each_member_at_its_own_size_and_scores_as_in_the_stored_predictions(ensemble, copy, class_folders):
    stored = copy.predictions(ensemble, "test")
    answers = answers_of(Predictor(copy, ensemble), [class_folders / image_id for image_id in stored.image_ids[:8]])
    assert all(answer.accepted for answer in answers)
    found = np.array([answer.scores[ensemble.data.labels[0]] for answer in answers])
    assert np.abs(found - stored.y_score[:8, 0]).max() <= 1e-5 and found.std() > 0.001


def test_its_record_tells_its_members_and_what_they_took(ensemble, copy):
    members = [copy.get(run_id) for run_id in MEMBERS]
    assert [one["run_id"] for one in ensemble.details["members"]] == list(MEMBERS)
    assert ensemble.seconds == pytest.approx(sum(run.seconds for run in members))
    assert ensemble.parameters == sum(run.parameters for run in members)
    assert ensemble.recipe.image == members[0].recipe.image and ensemble.description == "Mean of 3 runs"
    assert ensemble.data == members[0].data and copy.history(ensemble) == []


def test_it_stands_alone_when_its_members_and_their_base_are_deleted(ensemble, copy, class_folders):
    stored = copy.predictions(ensemble, "test")
    for run_id in MEMBERS:
        copy.delete(copy.get(run_id))
    answer = answers_of(Predictor(copy, copy.get("ensemble-small")), [class_folders / stored.image_ids[0]])[0]
    assert answer.scores[ensemble.data.labels[0]] == pytest.approx(float(stored.y_score[0, 0]), abs=1e-5)


@pytest.mark.parametrize("name", ["cnn-small/weights.safetensors", "svm-small/head.skops", "svm-small/run.json"])
def test_a_changed_file_of_a_member_is_found_before_it_is_used(name, ensemble, copy):
    file = ensemble.folder / "members" / name
    file.write_bytes(file.read_bytes() + b" ")
    with pytest.raises(StoreError, match=f"members/{name} of ensemble-small is changed"):
        Predictor(copy, ensemble)


def test_a_missing_member_is_one_clear_error(ensemble, copy):
    shutil.rmtree(ensemble.folder / "members" / "cnn-small")
    with pytest.raises(StoreError, match="member cnn-small of ensemble-small is missing"):
        Predictor(copy, ensemble)


REFUSED = [
    ("", "names 0 runs"), ("cnn-small", "names 1 runs"), ("cnn-small,cnn-small", "cnn-small twice"),
    ("cnn-small,nobody", "there is no run 'nobody'"), ("cnn-small,../cnn-small", "there is no run"),
    ("cnn-small,ensemble-small", "is an ensemble"),
]  # fmt: skip


@pytest.mark.parametrize(("members", "reason"), REFUSED)
def test_what_cannot_be_averaged_is_refused_with_the_reason_and_nothing_is_queued(members, reason, ensemble, copy, dataset):
    with pytest.raises((RecipeError, StoreError), match=reason):
        fitting_recipe(copy.root, dataset, "ensemble", {"members": members})
    assert Queue(copy.root).jobs() == []


def test_another_size_than_that_of_the_first_member_is_refused(copy, dataset):
    with pytest.raises(RecipeError, match="image_size is 99; its first member svm-small has 64. Leave image_size out"):
        fitting_recipe(copy.root, dataset, "ensemble", {"members": "svm-small,cnn-small", "image_size": 99})


def test_a_run_on_other_data_is_refused(copy, tmp_path):
    other = registry.load(str(write_class_folders(tmp_path / "others", 40)), copy.root)
    with pytest.raises(RecipeError, match="member cnn-small was trained on other data"):
        fitting_recipe(copy.root, other, "ensemble", {"members": "cnn-small,svm-small"})


def test_a_run_that_is_still_in_the_queue_is_refused(copy, dataset):
    waiting = submit(copy.root, dataset, fitting_recipe(copy.root, dataset, "cnn", {"blocks": 1}))
    with pytest.raises(RecipeError, match=f"member {waiting.run_id} is queued"):
        fitting_recipe(copy.root, dataset, "ensemble", {"members": f"cnn-small,{waiting.run_id}"})


def test_members_that_were_deleted_before_their_turn_fail_it_and_leave_nothing(copy, dataset, class_folders):
    recipe = fitting_recipe(copy.root, dataset, "ensemble", {"members": "cnn-small,svm-small"})
    copy.delete(copy.get("svm-small"))
    with pytest.raises(StoreError, match="there is no run 'svm-small'"):
        train_run(copy.root, "ensemble-late", str(class_folders), recipe, Silence())
    assert "ensemble-late" not in {run.run_id for run in copy.runs()}


def test_the_command_line_makes_one_through_the_queue_and_shows_it(copy, class_folders):
    words = ["train", "--data", str(class_folders), "--model", "ensemble", "--set", "members=cnn-small,svm-small"]
    arguments = build_parser().parse_args(words)
    made = action_of(arguments)(copy.root, arguments)
    made = made[0] if isinstance(made, list) else made
    assert made["status"] == "done" and json.dumps(made["details"]["members"][1]["run_id"]) == '"svm-small"'
    again = action_of(arguments)(copy.root, arguments)
    assert (again[0] if isinstance(again, list) else again) == made | {"cached": True}


def test_it_scores_a_data_set_whose_images_come_to_each_member_at_its_own_size(ensemble, copy, dataset):
    stored = copy.predictions(ensemble, "test")
    found = Predictor(copy, ensemble).scores_of(dataset.select(dataset.rows("test")))
    assert found.dtype == np.float32 and np.abs(found - stored.y_score).max() <= 1e-5
