"""What a recipe asks of a network's training and scoring happens, for whole networks and for a head on a frozen one."""

import numpy as np
import pytest

from core.data.cache.pixel_rows import PixelRows
from core.errors import RecipeError
from core.models.classifier import Labelled
from core.models.network import NetworkClassifier
from core.models.registry import build_classifier, load_classifier
from core.recipe import build
from core.training.history import CancelledError, Silence

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


@pytest.mark.parametrize("family", RECIPES)
def test_flips_at_test_take_the_mean_of_an_image_and_its_mirror_image(family, tmp_path):
    flipping, images = trained(family, tmp_path, flip_at_test=True), labelled(20, 2).pixels
    flipping.save(tmp_path)
    plain = load_classifier(build(family, RECIPES[family]), "binary", 1, None, tmp_path, tmp_path)
    mirrored = np.ascontiguousarray(images[:, :, ::-1])
    expected = (plain.predict_proba(images) + plain.predict_proba(mirrored)) / 2
    assert np.allclose(flipping.predict_proba(images), expected, atol=1e-6)
    assert not np.allclose(flipping.predict_proba(images), plain.predict_proba(images), atol=1e-6)


@pytest.mark.parametrize("family", RECIPES)
def test_a_single_image_scores_as_it_does_among_others_with_a_key(family, tmp_path):
    classifier, part = trained(family, tmp_path, flip_at_test=True), labelled(20, 2)
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
