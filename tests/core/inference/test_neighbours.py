"""The nearest training images are exactly the nearest, in features of the run's own network."""

import numpy as np
import pytest
import torch
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

from core.data import registry
from core.errors import DataError
from core.inference.image_features import ImageFeatures, side_by_side
from core.inference.neighbours import nearest, neighbours
from core.inference.predictor import Predictor
from core.jobs.submission import fitting_recipe
from core.jobs.train_run import train_run
from core.models.registry import load_classifier
from core.runs.store import Store
from core.training.history import Silence


@pytest.mark.parametrize(("n", "width"), [(1, 3), (60, 5), (9000, 4)])
def test_the_nearest_are_those_of_scikit_learn_on_standardised_features(n, width, rng):
    features = rng.normal(size=(n, width)).astype(np.float32) * np.array([1, 100, 0.01, 1, 1])[:width] + 1000
    query = features[0] + rng.normal(size=width)
    scaler = StandardScaler().fit(features.astype(np.float64))
    count = min(8, n)
    oracle = NearestNeighbors(n_neighbors=count).fit(scaler.transform(features))
    if n == 1:  # nothing is spread, so nothing tells images apart
        assert nearest(features, query, 8)[0].tolist() == [0]
        return
    distances, rows = oracle.kneighbors(scaler.transform(query[None]))
    found, far = nearest(features, query, count)
    assert found.tolist() == rows[0].tolist() and np.allclose(far, distances[0], rtol=1e-6)


def test_a_feature_that_never_changes_tells_nothing(rng):
    features = np.c_[rng.normal(size=(30, 2)), np.full(30, 7.0)].astype(np.float32)
    found, far = nearest(features, features[4] + np.array([0, 0, 1000], np.float32), 1)
    assert found.tolist() == [4] and far[0] == 0


def test_of_equals_the_first_comes_first():
    assert nearest(np.array([[1.0], [0], [1], [1]]), np.array([1.0]), 3)[0].tolist() == [0, 2, 3]


@pytest.mark.parametrize("family", ["cnn", "transfer", "svm", "forest"])
def test_a_training_image_is_not_its_own_neighbour_and_is_the_nearest_of_itself(family, trained, store):
    run = trained[family]
    dataset, predictor = registry.load(run.data.source, store.root), Predictor(store, run)
    train = predictor.features_of(dataset, "train")
    image_id = str(train.image_ids[3])
    assert nearest(train.values, train.values[3], 1)[1][0] == 0
    near = neighbours(predictor, dataset, image_id, 5)
    assert len(near) == 5 and image_id not in {one.image_id for one in near}
    assert [one.distance for one in near] == sorted(one.distance for one in near)
    assert {one.image_id for one in near} <= set(dataset.image_ids[dataset.splits == "train"].tolist())


def test_features_are_those_that_the_scores_come_from(trained, store):
    assert_scores_come_from_features(store, trained["cnn"])


@pytest.mark.timeout(300)
def test_features_of_a_network_that_was_trained_on_are_not_those_that_it_began_with(trained, class_folders, tmp_path):
    """The untrained network's features are kept first, under the same data and size."""
    source = str(class_folders)
    dataset = registry.load(source, tmp_path)
    settings = {"image_size": 64, "max_epochs": 1, "batch_size": 16, "learning_rate": 0.01}
    for run_id, trainable in (("begun", "head"), ("tuned", "last")):
        train_run(tmp_path, run_id, source, fitting_recipe(tmp_path, dataset, "transfer", settings | {"trainable": trainable}), Silence())
    store = Store(tmp_path)
    begun, tuned = (Predictor(store, store.get(run_id)).features_of(dataset, "test").values for run_id in ("begun", "tuned"))
    assert np.abs(begun - tuned).max() > 1e-3
    assert_scores_come_from_features(store, store.get("tuned"))


def assert_scores_come_from_features(store, run) -> None:
    found = Predictor(store, run).features_of(registry.load(run.data.source, store.root), "test")
    network = load_classifier(run.recipe, run.data.task, 1, None, run.folder, store.root)
    network.module.eval()
    with torch.inference_mode():
        scores = torch.sigmoid(network.module.head(torch.from_numpy(found.values).to(network.device.torch))).cpu().numpy()
    stored = store.predictions(run, "test")
    assert stored.image_ids.tolist() == found.image_ids.tolist() and np.abs(scores - stored.y_score).max() < 1e-4


def test_features_are_computed_once_and_then_read(trained, store, monkeypatch):
    run = trained["cnn"]
    dataset = registry.load(run.data.source, store.root)
    first = Predictor(store, run).features_of(dataset, "train").values
    monkeypatch.setattr("core.models.network.extract", lambda *anything: pytest.fail("computed again"))
    assert (Predictor(store, run).features_of(dataset, "train").values == first).all()


def test_an_image_that_is_not_there_is_refused_by_name(trained, store):
    dataset = registry.load(trained["svm"].data.source, store.root)
    with pytest.raises(DataError, match="no-such-image"):
        neighbours(Predictor(store, trained["svm"]), dataset, "no-such-image", 3)


def test_features_of_several_networks_stand_side_by_side_for_the_images_that_all_have():
    first = ImageFeatures(np.array(["c", "a", "b"]), np.array([[3.0], [1], [2]], np.float32))
    second = ImageFeatures(np.array(["b", "c"]), np.array([[20.0], [30]], np.float32))
    both = side_by_side([first, second])
    assert both.image_ids.tolist() == ["c", "b"] and both.values.tolist() == [[3, 30], [2, 20]]
