"""What a recipe asks of a network's training and scoring happens, for whole networks and for a head on a frozen one."""

import numpy as np
import pytest
import torch

from core.data.cache.pixel_rows import PixelRows
from core.errors import RecipeError
from core.models.classifier import Labelled
from core.models.network import NetworkClassifier
from core.models.quick_body import QuickBody
from core.models.registry import build_classifier, load_classifier
from core.recipe import build
from core.training.augment import _warp
from core.training.history import CancelledError, Silence
from core.training.score_record import ScoreRecord

SIDE = 32
RECIPES = {
    "cnn": {"filters": 4, "blocks": 2, "convolutions": 1, "image_size": SIDE, "max_epochs": 1, "batch_size": 8},
    "transfer": {"pretrained": False, "image_size": SIDE, "max_epochs": 1, "batch_size": 8},
}


def labelled(count: int, seed: int = 0, classes: tuple[str, ...] = ("well", "ill")) -> Labelled:
    """Noise; one image in four is ill."""
    pixels = np.random.default_rng(seed).integers(0, 256, (count, SIDE, SIDE)).astype(np.uint8)
    y = (np.arange(count) % 4 == 0).astype(np.uint8)[:, None]
    return Labelled(pixels, y, np.arange(count), ("noise", str(count), str(seed)), classes)


def trained(family: str, root, **settings) -> NetworkClassifier:
    classifier = build_classifier(build(family, RECIPES[family] | settings), "binary", 1, root)
    classifier.fit(labelled(32), labelled(16, 1), Silence())
    return classifier


def load(classifier: NetworkClassifier, family: str, root, **settings) -> NetworkClassifier:
    """Another classifier on the weights of one, with other settings of what is scored."""
    classifier.save(root)
    return load_classifier(build(family, RECIPES[family] | settings), "binary", 1, None, root, root)


@pytest.mark.parametrize("family", RECIPES)
def test_flips_at_test_take_the_mean_of_an_image_and_its_mirror_image(family, tmp_path):
    flipping, images = trained(family, tmp_path, flip_at_test=True), labelled(20, 2).pixels
    plain = load(flipping, family, tmp_path)
    mirrored = np.ascontiguousarray(images[:, :, ::-1])
    expected = (plain.predict_proba(images) + plain.predict_proba(mirrored)) / 2
    assert np.allclose(flipping.predict_proba(images), expected, atol=1e-6)
    assert not np.allclose(flipping.predict_proba(images), plain.predict_proba(images), atol=1e-6)


def ten_views(pixels: np.ndarray) -> list[torch.Tensor]:
    """Float (n, 1, H, W) of uint8 (n, H, W), in five widths and mirrored, as the stretch of training makes them."""
    images = torch.from_numpy(pixels).unsqueeze(1).float() / 255
    found = []
    for power in (-1 / 2, -1 / 4, 0, 1 / 4, 1 / 2):
        width = 1.5**power
        found.append(_warp(images, torch.tensor([[width, 0.0, 0.0], [0.0, 1 / width, 0.0]]).repeat(len(images), 1, 1)))
    return found + [one.flip(-1) for one in found]


@torch.inference_mode()
def mean_over_views(classifier: NetworkClassifier, pixels: np.ndarray) -> np.ndarray:
    """Scores (n, 1) of the network itself, view by view, and their mean."""
    classifier.module.eval()
    return np.mean([classifier.module(view.to(classifier.device.torch)).sigmoid().cpu().numpy() for view in ten_views(pixels)], axis=0)


@pytest.mark.parametrize("family", RECIPES)
def test_wider_and_taller_views_count_as_much_as_the_image_itself(family, tmp_path):
    classifier, part = trained(family, tmp_path, flip_at_test=True, stretch_at_test=True), labelled(70, 2)
    expected = mean_over_views(classifier, part.pixels)
    flipping = load(classifier, family, tmp_path, flip_at_test=True)
    for found in (classifier.predict_proba(part.pixels), classifier.predict_proba(part.pixels, part.key)):
        assert found.dtype == np.float32 and np.allclose(found, expected, atol=1e-5)
        assert not np.allclose(found, flipping.predict_proba(part.pixels), atol=1e-4)


@pytest.mark.parametrize("family", RECIPES)
def test_scores_told_with_features_are_the_same_and_the_features_are_those_of_the_image_as_it_is(family, tmp_path):
    classifier, pixels = trained(family, tmp_path, flip_at_test=True, stretch_at_test=True), labelled(20, 2).pixels
    y_score, features = classifier.scores_and_features(pixels)
    assert np.allclose(y_score, classifier.predict_proba(pixels), atol=1e-5)
    assert np.array_equal(features, load(classifier, family, tmp_path).scores_and_features(pixels)[1])


@pytest.mark.parametrize("family", RECIPES)
def test_epochs_are_judged_by_images_and_their_mirror_images_but_not_by_wider_and_taller_views(family, tmp_path):
    classifier = build_classifier(build(family, RECIPES[family] | {"flip_at_test": True, "stretch_at_test": True}), "binary", 1, tmp_path)
    record, val = ScoreRecord(tmp_path / "scores"), labelled(40, 1)
    classifier.fit(labelled(32), val, Silence(), record=record)
    kept, wanted = record.scores().y_score[-1], load(classifier, family, tmp_path, flip_at_test=True).predict_proba(val.pixels)
    for others in (load(classifier, family, tmp_path), classifier):
        apart = np.abs(others.predict_proba(val.pixels) - wanted).max()
        assert np.abs(kept - wanted).max() < 0.5 * apart  # kept in 2 bytes, perhaps computed in bfloat16


def test_features_of_a_frozen_network_are_kept_view_by_view_and_those_of_fewer_views_are_found_again(tmp_path):
    def files() -> set:
        return {file.name for file in (tmp_path / "cache" / "features").iterdir()}

    part = labelled(20, 2)
    counts = []
    for settings in ({}, {"flip_at_test": True}, {"flip_at_test": True, "stretch_at_test": True}):
        build_classifier(build("transfer", RECIPES["transfer"] | settings), "binary", 1, tmp_path).predict_proba(part.pixels, part.key)
        counts.append(len(files()))
    assert counts == [1, 2, 10]


def test_a_network_that_is_made_quicker_says_the_same_in_all_views(tmp_path):
    settings = {"backbone": "test_resnet", "trainable": "all", "image_size": 64, "flip_at_test": True, "stretch_at_test": True}
    classifier = build_classifier(build("transfer", RECIPES["transfer"] | settings), "binary", 1, tmp_path)
    pixels = np.random.default_rng(5).integers(0, 256, (3, 64, 64)).astype(np.uint8)
    expected, explained = classifier.predict_proba(pixels), classifier.explain(pixels, [0])
    classifier.quicken()
    assert isinstance(classifier.module._quick, QuickBody)
    assert np.ptp(expected) > 1e-4 and np.allclose(classifier.predict_proba(pixels), expected, atol=1e-5)
    again = classifier.explain(pixels, [0])
    assert np.allclose(again.scores, explained.scores, atol=1e-5)
    assert np.allclose(again.maps, explained.maps, atol=1e-3 * np.abs(explained.maps).max())


def test_no_training_is_given_features_that_a_quicker_network_told(tmp_path):
    part = labelled(20, 2)
    plain, quick = (build_classifier(build("transfer", RECIPES["transfer"]), "binary", 1, tmp_path) for _ in range(2))
    exact = plain.features(part.pixels, None, Silence())
    quick.quicken()
    rounded = quick.features(part.pixels, part.key, Silence())
    assert np.allclose(rounded, exact, atol=1e-3) and not np.array_equal(rounded, exact)
    assert np.array_equal(plain.features(part.pixels, part.key, Silence()), exact)
    assert np.array_equal(quick.features(part.pixels, part.key, Silence()), exact)  # takes those that are there


@pytest.mark.parametrize("family", RECIPES)
def test_a_single_image_scores_as_it_does_among_others_with_a_key(family, tmp_path):
    classifier, part = trained(family, tmp_path, flip_at_test=True, stretch_at_test=True), labelled(20, 2)
    together = classifier.predict_proba(part.pixels, part.key)
    assert np.allclose(classifier.predict_proba(part.pixels[3:4])[0], together[3], atol=1e-5)


@pytest.mark.parametrize("family", RECIPES)
def test_sampling_acts_on_train_alone_and_is_told(family, tmp_path):
    assert trained(family, tmp_path).details()["train_images"] == 32
    assert trained(family, tmp_path, sampling="under").details()["train_images"] == 16
    assert trained(family, tmp_path, sampling="over").details()["train_images"] == 48


def test_a_class_that_is_not_there_is_refused_before_anything_is_trained(tmp_path):
    with pytest.raises(RecipeError, match="the classes are well, ill, or commonest"):
        trained("cnn", tmp_path, sampling="under", sampling_classes="healthy")


@pytest.mark.parametrize("sampling", ["as_is", "under", "over"])
def test_a_network_learns_the_same_from_a_file_as_from_memory(sampling, tmp_path):
    train = labelled(32)
    file = tmp_path / "pixels"
    file.write_bytes(train.pixels.tobytes())
    rows = PixelRows(file, 0, SIDE, np.arange(32))
    from_file = Labelled(rows, train.y, train.groups, train.key, train.classes)
    found = []
    for part in (train, from_file):
        classifier = build_classifier(build("cnn", RECIPES["cnn"] | {"sampling": sampling}), "binary", 1, tmp_path)
        classifier.fit(part, labelled(16, 1), Silence())
        found.append(classifier.predict_proba(rows))
    assert np.array_equal(*found)


def test_scoring_can_be_stopped(tmp_path):
    class Impatient(Silence):
        def progress(self, progress):
            raise CancelledError

    with pytest.raises(CancelledError):
        trained("cnn", tmp_path).predict_proba(labelled(8).pixels, monitor=Impatient())
