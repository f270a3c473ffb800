"""How far a picture is from the training images: the oracle is scikit-learn's nearest neighbours."""

import shutil

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

from core.data import registry
from core.errors import DataError
from core.images.decode import read
from core.inference.familiarity import BOUND, NEAREST, compare, familiarity, is_quick, kept_familiarity
from core.inference.image_features import ImageFeatures
from core.inference.predictor import Predictor
from tests.other_pictures import hand


def features(rng, n: int, width: int = 6) -> np.ndarray:
    return (rng.normal(size=(n, width)) * np.array([1, 100, 0.01, 5, 1, 1])[:width] + 7).astype(np.float32)


def mean_distances(rows: np.ndarray, queries: np.ndarray, left_out: int = 0) -> np.ndarray:
    found = NearestNeighbors(n_neighbors=NEAREST + left_out).fit(rows).kneighbors(queries)[0]
    return found[:, left_out:].mean(axis=1)


def test_distances_and_shares_are_those_of_scikit_learn(rng):
    train, queries = features(rng, 700), features(rng, 40) * 1.5
    known = compare(ImageFeatures(np.arange(700).astype(str), train), np.arange(700), features(rng, 5), 700)
    scaler = StandardScaler().fit(train.astype(float))
    usual = mean_distances(scaler.transform(train), scaler.transform(train), left_out=1)
    expected = mean_distances(scaler.transform(train), scaler.transform(queries))
    found = known.of(queries)
    np.testing.assert_allclose([one.value for one in found], expected, rtol=2e-3)
    np.testing.assert_allclose(known.usual, np.sort(usual), rtol=2e-2)
    assert known.bound == pytest.approx(np.quantile(usual, BOUND), rel=2e-2)
    assert np.abs(np.array([one.farther_than for one in found]) - [(usual < one).mean() for one in expected]).max() < 0.01
    assert [one.is_far for one in found] == [one.value > known.bound for one in found]


def test_images_of_one_patient_are_not_compared_with_one_another(rng):
    once = features(rng, 100)
    twice, patients = np.repeat(once, 2, axis=0) + np.float32(1e-4), np.repeat(np.arange(100), 2)
    apart = compare(ImageFeatures(np.arange(200).astype(str), twice), patients, once[:0], 200)
    mixed = compare(ImageFeatures(np.arange(200).astype(str), twice), np.arange(200), once[:0], 200)
    assert apart.usual.min() > mixed.usual.min() and apart.bound > mixed.bound


def test_validation_images_that_lie_farther_widen_the_bound(rng):
    train = ImageFeatures(np.arange(300).astype(str), features(rng, 300))
    near, far = (compare(train, np.arange(300), features(rng, 60) * scale, 300) for scale in (1.0, 3.0))
    assert far.bound > near.bound and far.bound_images == 60


def test_a_feature_that_never_changes_tells_nothing(rng):
    values = np.c_[features(rng, 50, 3), np.full(50, 4.0)].astype(np.float32)
    known = compare(ImageFeatures(np.arange(50).astype(str), values), np.arange(50), values[:0], 50)
    there, elsewhere = known.of(np.stack([values[3], values[3] + np.array([0, 0, 0, 999], np.float32)]))
    assert there.value == pytest.approx(elsewhere.value, rel=1e-4)


@pytest.mark.parametrize("patients", [np.arange(10), np.zeros(40, int)], ids=["few images", "one patient"])
def test_too_few_images_are_refused(rng, patients):
    values = features(rng, len(patients))
    with pytest.raises(DataError, match="at least"):
        compare(ImageFeatures(np.arange(len(patients)).astype(str), values), patients, values[:0], len(patients))


@pytest.mark.parametrize("family", ["cnn", "transfer", "svm", "forest"])
def test_test_images_are_near_and_a_hand_is_far(family, trained, copy, class_folders, tmp_path):
    predictor = Predictor(copy, copy.get(trained[family].run_id))
    known = familiarity(predictor, copy.root)
    names = copy.predictions(predictor.run, "test").image_ids
    near = known.of(np.stack([predictor.features_of_picture(read(class_folders / name)) for name in names]))
    assert np.mean([one.is_far for one in near]) <= 0.15  # of few small images
    assert known.total == predictor.run.data.images["train"] == len(known.rows)
    if family in ("transfer", "svm"):  # features that know more than what tells two kinds of chests apart
        assert known.of(predictor.features_of_picture(picture_of(hand(), tmp_path))[None])[0].is_far


def picture_of(pixels: np.ndarray, folder):
    from PIL import Image

    Image.fromarray(pixels).save(folder / "hand.png")
    return read(folder / "hand.png")


def test_it_is_computed_once_and_then_read(trained, copy, monkeypatch):
    predictor = Predictor(copy, copy.get("cnn-small"))
    assert kept_familiarity(predictor, copy.root) is None and not is_quick(predictor.run, copy.root)
    first = familiarity(predictor, copy.root)
    monkeypatch.setattr("core.inference.familiarity._computed", lambda *anything: pytest.fail("computed again"))
    again = familiarity(predictor, copy.root)
    assert (again.rows == first.rows).all() and again.bound == first.bound and is_quick(predictor.run, copy.root)


def test_of_many_training_images_a_sample_is_told_as_such(trained, copy, monkeypatch):
    monkeypatch.setattr("core.inference.familiarity.SAMPLE", 40)
    for family in ("cnn", "svm"):
        predictor = Predictor(copy, copy.get(f"{family}-small"))
        known = familiarity(predictor, copy.root)
        assert len(known.rows) == 40 and known.total > 40 and known.bound_images <= 40
        assert f"(40 of the {known.total})" in known.words(known.of(known.mean[None])[0], "It")


def test_a_sample_of_a_split_has_the_features_of_its_images(trained, copy):
    predictor = Predictor(copy, copy.get("cnn-small"))
    dataset = registry.load(predictor.run.data.source, copy.root)
    whole, part = (predictor.features_of(dataset, "train", most=most) for most in (None, 30))
    rows = [whole.row(image_id) for image_id in part.image_ids]
    assert len(rows) == 30 and np.allclose(whole.values[rows], part.values, atol=1e-5)


def test_data_that_changed_since_is_refused(trained, copy, class_folders, tmp_path):
    run = copy.get("svm-small")
    moved = tmp_path / "moved"
    shutil.copytree(class_folders, moved)
    predictor = Predictor(copy, run)
    object.__setattr__(predictor, "run", changed(run, str(moved)))
    sorted((moved / "train/NORMAL").iterdir())[0].unlink()
    with pytest.raises(DataError, match="changed since"):
        familiarity(predictor, copy.root)
    shutil.rmtree(moved)
    with pytest.raises(DataError):
        familiarity(predictor, copy.root)


def changed(run, source: str):
    from dataclasses import replace

    return replace(run, data=replace(run.data, source=source), created=run.created + 1)
