"""Scores from elsewhere as a run: what is stored, when it counts as the data of another run, and what it cannot do."""

from dataclasses import replace

import numpy as np
import pytest

from core.errors import EvaluationError, RecipeError, StoreError
from core.evaluation.predictions import Predictions
from core.inference.predictor import Predictor
from core.jobs.external_run import keep_external
from core.jobs.members import checked_members
from core.jobs.submission import fitting_recipe
from core.recipe import EXTERNAL, FAMILIES, Recipe, build
from core.runs.comparing import compare_runs
from core.runs.operating import choose_point, freeze
from core.runs.store import Store

HASH = "0123456789abcdef" * 4


def scores(split: str, n: int = 60, seed: int = 0, labels=("Mass", "Edema"), patients: bool = False) -> Predictions:
    """Several findings; the truth depends on the split alone, the scores on the seed."""
    truth = np.random.default_rng(len(split)).random((n, len(labels))) < 0.5
    noise = np.random.default_rng(seed).random((n, len(labels)))
    ids = np.array([f"folder/{split}-{row}.png" for row in range(n)])
    task = "multilabel" if len(labels) > 1 else "binary"
    known = np.array([f"{split} {row // 2}" for row in range(n)]) if patients else None
    return Predictions(task, split, labels, ids, known, truth.astype(np.uint8), (0.4 * truth + 0.6 * noise).astype(np.float32))


def splits(*names: str, **more) -> dict[str, Predictions]:
    return {name: scores(name, **more) for name in names}


def test_a_run_from_a_file_opens_with_its_scores_metrics_and_name(tmp_path):
    made = splits("val", "test")
    run = keep_external(tmp_path, "  My   net (2024) ", made, HASH, "youden")
    again = Store(tmp_path).get(run.run_id)
    assert (again.title, again.description, again.recipe.family) == ("My net (2024)", "Trained elsewhere", "external")
    assert (again.parameters, again.seconds, again.device, again.has_weights) == (0, 0.0, "elsewhere", False)
    assert again.data.images == {"val": 60, "test": 60} and again.data.labels == ("Mass", "Edema")
    assert again.operating_point.rule == "youden" and again.metrics["test/roc_auc"] is not None
    for split, one in made.items():
        np.testing.assert_array_equal(Store(tmp_path).predictions(again, split).y_score, one.y_score)
    assert Store(tmp_path).history(again) == [] and not any((tmp_path / "jobs").iterdir())


def test_the_same_file_under_the_same_name_is_one_run_and_a_name_means_one_file(tmp_path):
    first = keep_external(tmp_path, "My net", splits("val", "test"), HASH)
    assert keep_external(tmp_path, "My net", splits("val", "test"), HASH).run_id == first.run_id
    with pytest.raises(EvaluationError, match="a run 'My net' already, of another file.*runs delete external-"):
        keep_external(tmp_path, "My net", splits("val", "test", seed=1), "f" * 64)
    assert len(Store(tmp_path).runs()) == 1
    moved = keep_external(tmp_path, "My net", splits("val", "test"), HASH, "f1")
    assert moved.run_id == first.run_id and moved.operating_point.rule == "f1"


@pytest.mark.parametrize("name", ["", "  ", "../up", "a/b", "x" * 61, "<b>", "_hidden", "$x$"])
def test_a_name_that_could_be_something_else_is_refused(name, tmp_path):
    with pytest.raises(EvaluationError, match="cannot name a run; 1 to 60 letters"):
        keep_external(tmp_path, name, splits("test"), HASH)


def test_scores_on_train_alone_make_no_run(tmp_path):
    with pytest.raises(EvaluationError, match="on train only"):
        keep_external(tmp_path, "My net", splits("train"), HASH)


def test_a_run_with_test_alone_is_compared_and_moves_by_a_fixed_threshold_only(tmp_path):
    store = Store(tmp_path)
    whole, part = (
        keep_external(tmp_path, "Whole", splits("val", "test"), HASH),
        keep_external(tmp_path, "Part", splits("test", seed=1), HASH),
    )
    found = compare_runs(store, [whole, part], "test")
    assert [row["title"] for row in found["rows"]] == ["Whole", "Part"] and " beats " in found["pairs"][0]["sentence"]
    on_val = compare_runs(store, [whole, part], "val")
    assert on_val["rows"][0]["metrics"]["val/roc_auc"] is not None and on_val["rows"][0]["images"] == 60
    assert on_val["rows"][1]["metrics"]["val/roc_auc"] is None and on_val["rows"][1]["unavailable"]["roc_auc"] == "it has no scores on val"
    assert on_val["pairs"][0]["sentence"] == "Whole and Part: not available: no scores on val: Part." and on_val["pairs"][0]["p"] is None
    choice = choose_point(store, part, "0.3")
    assert choice.on("val") == {} and choice.on("test")["sensitivity"] is not None
    assert freeze(store, part, choice).operating_point.thresholds == {"Mass": 0.3, "Edema": 0.3}
    with pytest.raises(EvaluationError, match="no scores on val, only on test"):
        choose_point(store, part, "youden")
    with pytest.raises(StoreError, match="Part has no scores on val; it was read from a file that has test only"):
        store.predictions(part, "val")


def test_the_same_images_in_another_order_under_their_file_names_are_the_same_data(tmp_path):
    store = Store(tmp_path)
    known = keep_external(tmp_path, "Known", splits("val", "test", patients=True), HASH)
    order, other = np.random.default_rng(3).permutation(60), scores("test", seed=1, labels=("Mass", "Edema"))
    shuffled = replace(
        other.select(order), image_ids=np.array([f"test-{row}" for row in order]), labels=("Edema", "Mass"),
        y_true=other.y_true[order][:, ::-1], y_score=other.y_score[order][:, ::-1],
    )  # fmt: skip
    found = keep_external(tmp_path, "Other", {"test": shuffled}, HASH)
    assert found.data.fingerprint == known.data.fingerprint and found.data.title == known.data.title
    mine, theirs = store.predictions(found, "test"), store.predictions(known, "test")
    assert mine.labels == theirs.labels and mine.image_ids.tolist() == theirs.image_ids.tolist()
    assert mine.patients.tolist() == theirs.patients.tolist()  # known of the images, so known of these scores too
    np.testing.assert_array_equal(mine.y_score, other.y_score)
    np.testing.assert_array_equal(mine.y_true, theirs.y_true)


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one.select(np.arange(59)),
        lambda one: replace(one, y_true=1 - one.y_true),
        lambda one: replace(one, image_ids=np.char.replace(one.image_ids, "test", "probe")),
        lambda one: replace(one, labels=("Mass", "Nodule")),
    ],
    ids=["fewer images", "other truths", "other names", "other labels"],
)
def test_other_images_truths_or_labels_are_other_data(change, tmp_path):
    known = keep_external(tmp_path, "Known", splits("val", "test"), HASH)
    found = keep_external(tmp_path, "Other", {"test": change(scores("test", seed=1))}, HASH)
    assert found.data.fingerprint != known.data.fingerprint and found.data.title == "images of Other"


def test_a_run_with_test_alone_does_not_hide_the_whole_data_behind_it(tmp_path):
    known = keep_external(tmp_path, "Known", splits("val", "test"), HASH)
    keep_external(tmp_path, "Part", splits("test", seed=1), HASH)
    found = keep_external(tmp_path, "Whole", splits("val", "test", seed=2), HASH)
    assert found.data.fingerprint == known.data.fingerprint


def test_training_rows_of_other_images_are_kept_beside_known_test_images(tmp_path):
    keep_external(tmp_path, "Known", splits("train", "val", "test"), HASH)
    found = keep_external(tmp_path, "Other", {"train": scores("train", n=10), "test": scores("test", seed=1)}, HASH)
    assert found.data.images == {"train": 10, "test": 60} and found.data.title == "images of Known"


def test_the_split_level_says_what_the_file_can_tell(tmp_path):
    def level(name, made):
        return keep_external(tmp_path / name, name, made, HASH).data

    assert level("a", splits("train", "val", "test", patients=True)).split_level == "patient"
    assert level("b", splits("val", "test", patients=True)).split_level == "unknown"
    assert level("c", splits("train", "test")).patients_across is None
    mixed = splits("train", "test", patients=True)
    mixed["test"] = replace(mixed["test"], patients=mixed["train"].patients)
    assert (level("d", mixed).split_level, level("e", mixed).patients_across) == ("image", 30)
    partly = splits("train", "val", "test", patients=True)
    partly["val"] = replace(partly["val"], patients=np.where(np.arange(partly["val"].n) < 3, partly["val"].patients, ""))
    assert level("g", partly).split_level == "unknown"
    twice = splits("train", "test")
    twice["test"] = replace(twice["test"], image_ids=twice["train"].image_ids)
    assert level("f", twice).split_level == "image"


def test_without_weights_it_answers_nothing_yields_no_features_and_joins_no_ensemble(trained, store, tmp_path, class_folders):
    import shutil

    from core.data import registry

    root = tmp_path / "copy"
    shutil.copytree(store.root, root)
    copy, dataset = Store(root), registry.load(str(class_folders), root)
    test = copy.predictions(trained["cnn"], "test")
    run = keep_external(root, "My net", {"test": replace(test, y_score=test.y_score**2)}, HASH)
    assert run.data.fingerprint == dataset.fingerprint and run.data.source == trained["cnn"].data.source
    with pytest.raises(StoreError, match="My net was trained elsewhere: its scores are here, its weights are not"):
        Predictor(copy, run)
    with pytest.raises(RecipeError, match=f"run {run.run_id}, whose features are used, is of family external"):
        fitting_recipe(root, dataset, "svm", {"features": f"run:{run.run_id}"})
    with pytest.raises(RecipeError, match=r"My net\) was trained elsewhere"):
        checked_members(copy, build("ensemble", {"members": f"cnn-small,{run.run_id}"}), dataset)
    (pair,) = compare_runs(copy, [copy.get("cnn-small"), run])["pairs"]
    assert pair["unavailable"] is None and pair["difference"] == 0


def test_its_recipe_is_known_but_never_offered():
    recipe = build(EXTERNAL, {"name": "My net", "file_hash": "00ff"})
    assert EXTERNAL not in FAMILIES and Recipe.from_dict(recipe.as_dict()) == recipe
    assert recipe.settings == {"name": "My net", "file_hash": "00ff"} and recipe.image is None
    assert recipe.digest != build(EXTERNAL, {"name": "My net", "file_hash": "00fe"}).digest
