"""A classical model on a network trained here: the layer that it reads, what is kept of it, what its run says, and how it comes back."""

import json

import numpy as np
import pytest

from core.data import registry
from core.errors import RecipeError
from core.inference.predictor import Predictor
from core.jobs.submission import fitting_recipe
from core.jobs.train_run import train_run
from core.models.classifier import Labelled
from core.models.registry import build_classifier, load_classifier
from core.recipe import build
from core.runs.store import Store
from core.training.features import FOLDER
from core.training.history import Silence
from tests.answers import answers_of


@pytest.fixture
def dataset(copy, class_folders):
    return registry.load(str(class_folders), copy.root)


def trained_on(copy: Store, dataset, run_id: str, family: str, settings: dict):
    recipe = fitting_recipe(copy.root, dataset, family, {"features": "run:cnn-small", **settings})
    train_run(copy.root, run_id, dataset.source, recipe, Silence())
    return copy.get(run_id)


def kept(copy: Store) -> int:
    folder = copy.root / FOLDER
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def test_each_layer_gives_other_features_which_are_kept_apart_and_used_again(copy, dataset):
    runs = {layer: trained_on(copy, dataset, f"logistic-{layer}", "logistic", {"layer": layer}) for layer in ("last", "block1")}
    assert kept(copy) == 6  # three splits of two layers
    widths = {layer: run.parameters - 1 for layer, run in runs.items()}
    assert widths == {"last": 16, "block1": 8}  # filters of the CNN's blocks
    trained_on(copy, dataset, "forest-block1", "forest", {"layer": "block1", "n_estimators": 5})
    assert kept(copy) == 6


def test_what_a_search_chose_is_in_the_run_and_outlives_its_document(copy, dataset):
    run = trained_on(copy, dataset, "logistic-searched", "logistic", {"search": "grid", "C": 0.1})
    stored = json.loads((run.folder / "run.json").read_text())["details"]
    assert run.details == stored and run.summary()["details"] == stored
    assert [one["C"] for one in stored["tried"]] == [0.01, 0.1, 1, 10] and stored["chosen"]["C"] in (0.01, 0.1, 1, 10)


@pytest.mark.parametrize(("family", "settings"), [("logistic", {"pca": 5, "layer": "block2"}), ("svm", {"kernel": "rbf", "gamma": 0.1})])
def test_a_file_scores_alone_as_among_the_others(family, settings, copy, dataset, class_folders):
    run = trained_on(copy, dataset, f"{family}-alone", family, settings)
    stored = copy.predictions(run, "test")
    answers = answers_of(Predictor(copy, run), [class_folders / image_id for image_id in stored.image_ids[:5]])
    found = [answer.scores[run.data.labels[0]] for answer in answers]
    assert np.abs(np.array(found) - stored.y_score[:5, 0]).max() <= 1e-5


REFUSED = [
    ({"layer": "block3"}, "layer is 'block3'; run:cnn-small has last, block1, block2"),
    ({"layer": "stage9", "features": "tf_efficientnet_lite0"}, "layer is 'stage9'; tf_efficientnet_lite0 has last, stage1"),
    ({"layer": "stage9", "features": "run:transfer-small"}, "run:transfer-small has last, stage1"),
    ({"features": "run:svm-small"}, "run svm-small, whose features are used, is of family svm"),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "reason"), REFUSED)
def test_what_yields_no_features_is_refused_before_it_is_queued(settings, reason, copy, dataset):
    with pytest.raises(RecipeError, match=reason):
        fitting_recipe(copy.root, dataset, "logistic", {"features": "run:cnn-small", **settings})


def test_a_layer_of_a_network_that_no_table_knows_is_refused_as_it_is_built(tmp_path):
    with pytest.raises(RecipeError, match="layer is 'stage7'; tf_efficientnet_lite0 has last, stage1, stage2, stage3, stage4, stage5"):
        build_classifier(build("logistic", {"layer": "stage7", "image_size": 32}), "binary", 1, tmp_path)


def test_a_stage_of_a_backbone_is_read_and_read_again_from_its_folder(rng, tmp_path):
    recipe = build("logistic", {"layer": "stage2", "image_size": 32})
    y = (np.arange(40)[:, None] % 2).astype(np.uint8)
    pixels = (rng.integers(0, 100, (40, 32, 32)) + 100 * y[:, :, None]).astype(np.uint8)
    train = Labelled(pixels, y, np.arange(40), ("noise",))
    classifier = build_classifier(recipe, "binary", 1, tmp_path)
    classifier.fit(train, train, Silence())
    assert classifier.parameters() == 24 + 1  # channels of that stage
    classifier.save(tmp_path)
    again = load_classifier(recipe, "binary", 1, None, tmp_path, tmp_path)
    assert np.array_equal(again.predict_proba(pixels), classifier.predict_proba(pixels))
