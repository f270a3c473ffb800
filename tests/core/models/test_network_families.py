"""Every network family is built, trained, kept and read through the one contract, with its own settings."""

import numpy as np
import pytest
import torch

from core.models.backbones import BackboneNet
from core.models.classifier import Labelled
from core.models.cnn import ConvNet
from core.models.lstm import RowLSTM
from core.models.registry import build_classifier, load_classifier
from core.recipe import build
from core.training.history import Silence

STILL = {"flip": False, "rotate": 0, "shift": 0, "zoom": 0, "batch_size": 16, "image_size": 32}
TINY = {
    "cnn": (ConvNet, {"blocks": 2, "filters": [4, 6], "convolutions": 1, "padding": ["valid", "same"], "pool_padding": "same",
                      "dense_layers": 1, "dense_units": 8, "dense_batch_norm": True, "normalisation": "per_image", "channels": 3}),
    "transfer": (BackboneNet, {"backbone": "resnet10t", "pretrained": False, "trainable": "last", "last_stages": 2, "backbone_rate": 0.5,
                               "channels": 1, "normalisation": "imagenet_grey"}),
    "lstm": (RowLSTM, {"hidden_size": 12, "layers": 2, "bidirectional": True, "normalisation": "unit"}),
}  # fmt: skip


def stripes(n: int, rng) -> Labelled:
    """Dark images; half have a bright band of rows, above or below."""
    y = rng.integers(0, 2, (n, 1)).astype(np.uint8)
    pixels = rng.integers(0, 60, (n, 32, 32)).astype(np.uint8)
    for row in np.flatnonzero(y[:, 0]):
        top = rng.integers(0, 24)
        pixels[row, top : top + 8] += 150
    return Labelled(pixels, y, np.arange(n), ("stripes", str(n)))


@pytest.mark.parametrize("family", TINY)
def test_a_family_builds_its_network_learns_and_gives_the_same_scores_after_loading(family, rng, tmp_path):
    kind, settings = TINY[family]
    recipe = build(family, {**STILL, **settings, "max_epochs": 2})
    classifier = build_classifier(recipe, "binary", 1, tmp_path)
    assert type(classifier.module) is kind
    val = stripes(32, rng)
    history = classifier.fit(stripes(64, rng), val, Silence())
    classifier.save(tmp_path)
    again = load_classifier(recipe, "binary", 1, None, tmp_path, tmp_path)
    assert len(history) == 2 and np.array_equal(again.predict_proba(val.pixels), classifier.predict_proba(val.pixels))
    for layer in classifier.module.layers:
        assert len(classifier.features(val.pixels, None, Silence(), layer)) == 32


def test_an_lstm_learns_what_can_be_seen(rng, tmp_path):
    recipe = build("lstm", {**STILL, "hidden_size": 16, "max_epochs": 8, "learning_rate": 0.02})
    classifier = build_classifier(recipe, "binary", 1, tmp_path)
    classifier.fit(stripes(192, rng), stripes(32, rng), Silence())
    test = stripes(64, rng)
    assert ((classifier.predict_proba(test.pixels) >= 0.5) == test.y).mean() > 0.9


@pytest.mark.parametrize("family", TINY)
def test_the_parameters_are_those_of_what_learns(family, tmp_path):
    classifier = build_classifier(build(family, {**STILL, **TINY[family][1]}), "binary", 1, tmp_path)
    learned = {id(one): one.numel() for _, group in classifier.module.rates() for one in group}
    assert classifier.parameters() == sum(learned.values())
    assert all(one.requires_grad == (id(one) in learned) for one in classifier.module.parameters())


def test_normalisation_and_channels_tell_kept_features_of_a_frozen_backbone_apart(rng, tmp_path):
    images, found = stripes(8, rng), []
    for settings in ({}, {"channels": 1}, {"normalisation": "raw"}):
        recipe = build("transfer", {**STILL, "backbone": "resnet10t", "pretrained": False, **settings})
        found.append(build_classifier(recipe, "binary", 1, tmp_path).features(images.pixels, images.key, Silence()))
    assert not np.allclose(found[0], found[1]) and not np.allclose(found[0], found[2])
    assert torch.tensor(found[0]).shape == torch.tensor(found[1]).shape
