"""Published recipes become jobs on data of their task, and say when their figures may not be compared."""

import shutil

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, recall_score

from core.data import registry
from core.data.dataset import ArrayReader, Dataset
from core.errors import EvaluationError, RecipeError
from core.jobs.first_point import begin_with
from core.jobs.published_figures import beside
from core.jobs.published_runs import changed_settings, not_comparable, submit_published
from core.jobs.queue import Queue
from core.jobs.submission import submit, submit_seeds
from core.jobs.train_run import train_run
from core.published.catalogue import get
from core.recipe import build
from core.runs.store import Store
from core.training.history import Silence

TINY = {"image_size": 16, "blocks": 1, "filters": 4, "max_epochs": 1, "batch_size": 32, "flip": False}


def table(counts: dict, task="binary", classes=("Normal", "Pneumonia"), side=224, **rest) -> Dataset:
    """A data set without pictures, of so many images of each class in each split."""
    splits = [split for split, numbers in counts.items() for _ in range(sum(numbers))]
    index = np.array([number for numbers in counts.values() for number, count in enumerate(numbers) for _ in range(count)])
    y = index[:, None] if task == "binary" else np.eye(len(classes), dtype=np.uint8)[index]
    return Dataset(
        name="t", title="t", source="t", task=task, classes=classes, labels=classes[1:] if task == "binary" else classes,
        image_ids=np.array([str(number) for number in range(len(y))]), splits=np.array(splits), y=y.astype(np.uint8), patients=None,
        reader=ArrayReader(np.zeros((1, 2, 2), np.uint8)), native_size=side, split_rule="as told", **rest,
    )  # fmt: skip


KAGGLE = {"train": (1341, 3875), "val": (8, 8), "test": (234, 390)}


@pytest.fixture
def dataset(class_folders, tmp_path):
    return registry.load(str(class_folders), tmp_path)


def test_the_reports_own_data_is_comparable_however_its_classes_are_written():
    for published_id in ("portsmouth-cnn", "portsmouth-svm"):
        assert not_comparable(get(published_id), table(KAGGLE)) is None
        assert not_comparable(get(published_id), table(KAGGLE, classes=("NORMAL", "pneumonia"))) is None
    few_unread = {**KAGGLE, "test": (233, 389)}
    assert not_comparable(get("portsmouth-cnn"), table(few_unread)) is None


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (table(KAGGLE, synthetic=True), "synthetic"),
        (table(KAGGLE, side=28), "28 px"),
        (table(KAGGLE, classes=("Normal", "COVID")), "COVID"),
        (table({**KAGGLE, "test": (234, 300)}), "534 images"),
        (table({**KAGGLE, "test": (390, 234)}), "390 images of NORMAL"),
        (table({"train": (2, 2), "val": (2, 2)}), "0 images"),
        (table({"train": (2, 2), "test": (2, 2)}, "multiclass"), "multiclass"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_figures_on_other_data_are_not_comparable_with_the_reason(other, reason):
    assert reason in not_comparable(get("portsmouth-cnn"), other)


def test_a_part_of_nih_and_real_chest_x_rays_are_told_apart(shared, tmp_path):
    part = registry.load(str(shared / "data/nih"), tmp_path)
    assert "the report's 25,596" in not_comparable(get("beltran-resnet50-t40"), part)
    assert not_comparable(get("portsmouth-forest"), registry.load(str(shared / "data/chest_xray"), tmp_path)) is None
    same_patients = registry.load(str(shared / "data/pneumoniamnist/pneumoniamnist.npz"), tmp_path)
    assert "28 px" in not_comparable(get("portsmouth-cnn"), same_patients)


def test_data_of_another_task_is_refused_with_the_recipes_for_it(dataset, tmp_path):
    with pytest.raises(RecipeError, match=r"multilabel data; .* is binary\. Recipes for it: portsmouth-cnn, portsmouth-svm"):
        submit_published(tmp_path, dataset, "tomeh-1")
    assert Queue(tmp_path).jobs() == []


@pytest.mark.parametrize("classes", [("a", "b", "c"), ("Normal", "b", "c", "d", "e", "f")])
def test_a_recipe_of_several_classes_takes_any_number_of_them(classes, tmp_path):
    few = table({"train": (2,) * len(classes), "val": (1,) * len(classes), "test": (1,) * len(classes)}, "multiclass", classes)
    (submission,) = submit_published(tmp_path, few, "novaims-2", (5,))
    (job,) = Queue(tmp_path).jobs()
    assert job.id == submission.run_id and changed_settings(get("novaims-2"), job.recipe) == {} and job.recipe.seed == 5
    assert "the classes are" in not_comparable(get("novaims-2"), few)


def test_the_run_whose_features_are_read_is_queued_first_once_for_each_seed(dataset, tmp_path):
    changes = {"max_epochs": 2, "C": 0.5, "image_size": 64}
    svms = submit_published(tmp_path, dataset, "portsmouth-svm", (0, "3", 0), changes)
    forests = submit_published(tmp_path, dataset, "portsmouth-forest", (0, 3), {"max_epochs": 2, "image_size": 64})
    jobs = {job.id: job for job in Queue(tmp_path).jobs()}
    assert len(svms) == len(forests) == 2 and len(jobs) == 6
    for svm, forest, seed in zip(svms, forests, (0, 3), strict=True):
        base = jobs[jobs[svm.run_id].depends_on]
        assert base.id == jobs[forest.run_id].depends_on == svm.recipe.base_run and base.number < jobs[svm.run_id].number
        assert svm.recipe.seed == forest.recipe.seed == base.recipe.seed == seed
        assert changed_settings(get("portsmouth-cnn"), base.recipe) == {"max_epochs": 2, "image_size": 64}
        assert changed_settings(get("portsmouth-svm"), svm.recipe) == {"C": 0.5, "image_size": 64}
        expected = {"C": 0.5, "image_size": 64, "base.max_epochs": 2}
        assert changed_settings(get("portsmouth-svm"), svm.recipe, base.recipe) == expected


@pytest.mark.parametrize(
    ("published_id", "seeds", "changes"),
    [
        ("portsmouth-svm", (0,), {"colour": "red"}), ("portsmouth-svm", (0,), {"C": 0}), ("portsmouth-svm", (0,), {"features": "resnet18"}),
        ("portsmouth-svm", (0,), {"max_epochs": 0}), ("portsmouth-cnn", (0, -1), {}), ("portsmouth-cnn", (), {}),
        ("portsmouth-cnn", (0,), {"filters": "8,16"}), ("portsmouth", (0,), {}),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_before_anything_is_queued(published_id, seeds, changes, dataset, tmp_path):
    with pytest.raises(RecipeError):
        submit_published(tmp_path, dataset, published_id, seeds, changes)
    assert Queue(tmp_path).jobs() == []


def test_seeds_are_submitted_in_their_order_and_each_once(dataset, tmp_path):
    found = submit_seeds(tmp_path, dataset, "cnn", TINY, ("2", 0, 2))
    assert [one.recipe.seed for one in found] == [2, 0]
    assert [one.run_id for one in submit_seeds(tmp_path, dataset, "cnn", TINY, (2, 0))] == [one.run_id for one in found]
    with pytest.raises(RecipeError, match="seed"):
        submit_seeds(tmp_path, dataset, "cnn", TINY, ())


def test_a_run_begins_with_the_threshold_last_asked_for(dataset, tmp_path):
    recipe = build("cnn", TINY)
    first = submit(tmp_path, dataset, recipe, rule="0.4")
    assert submit(tmp_path, dataset, recipe, rule="0.6") == first
    train_run(tmp_path, first.run_id, dataset.source, recipe, Silence())
    run = Store(tmp_path).get(first.run_id)
    assert (run.operating_point.rule, dict(run.operating_point.thresholds)) == ("0.6", {"PNEUMONIA": 0.6})
    test = Store(tmp_path).predictions(run, "test")
    called = test.y_score[:, 0] >= np.float32(0.6)
    assert run.metrics["test/accuracy"] == pytest.approx((called == test.y_true[:, 0]).mean())
    assert submit(tmp_path, dataset, recipe, rule="0.4").cached
    assert Store(tmp_path).get(first.run_id).operating_point.rule == "0.4"
    submit(tmp_path, dataset, recipe)
    assert Store(tmp_path).get(first.run_id).operating_point.rule == "0.4"
    with pytest.raises(EvaluationError, match="a number from 0 to 1"):
        begin_with(tmp_path, "cnn-2", "youden")


def test_published_figures_stand_beside_those_of_the_run(trained, store, tmp_path):
    run = trained["cnn"]
    predictions = store.predictions(run, "test")
    y, called = predictions.y_true[:, 0], predictions.y_score[:, 0] >= np.float32(0.5)
    ours = {one.figure.metric: one.ours for one in beside(store, run, get("portsmouth-cnn"))}
    assert ours["test/accuracy"] == pytest.approx(accuracy_score(y, called))
    assert ours["test/f1"] == pytest.approx(f1_score(y, called))
    assert np.array_equal(ours["test/confusion_matrix"], confusion_matrix(y, called))
    assert ours["test/sensitivity/PNEUMONIA"] == pytest.approx(recall_score(y, called))
    assert ours["test/sensitivity/NORMAL"] == pytest.approx(recall_score(y, called, pos_label=0))
    of_another_task = {one.figure.metric: one.ours for one in beside(store, run, get("tomeh-1"))}
    assert of_another_task["val/keras_accuracy"] is None and of_another_task["val/precision/label1"] is None
    assert of_another_task["val/loss"] == store.history(run)[-1].val_loss
    shutil.copytree(store.root, tmp_path / "copy")
    copy = Store(tmp_path / "copy")
    moved = copy.get(run.run_id)
    submit(copy.root, registry.load(run.data.source, copy.root), run.recipe, rule="0.9")
    assert copy.get(moved.run_id).operating_point.rule == "0.9"
    assert {one.figure.metric: one.ours for one in beside(copy, copy.get(moved.run_id), get("portsmouth-cnn"))}["test/f1"] == ours[
        "test/f1"
    ]
