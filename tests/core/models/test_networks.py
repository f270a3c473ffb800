"""The CNN is built as its settings say, and a network learns, stops and keeps as its recipe says."""

import numpy as np
import pytest
import torch

from core.models.classifier import Labelled
from core.models.cnn import ConvNet
from core.models.registry import build_classifier
from core.recipe import build
from core.training.history import CancelledError, Silence


def blobs(n: int, rng, classes: int = 1) -> Labelled:
    """Dark images, with a bright square in one corner per label."""
    y = rng.integers(0, 2, (n, classes)).astype(np.uint8) if classes != 4 else np.eye(4, dtype=np.uint8)[rng.integers(0, 4, n)]
    pixels = rng.integers(0, 60, (n, 32, 32)).astype(np.uint8)
    corners = [(0, 0), (0, 16), (16, 0), (16, 16)]
    for label in range(y.shape[1]):
        top, left = corners[label]
        pixels[y[:, label] == 1, top + 4 : top + 12, left + 4 : left + 12] += 150
    return Labelled(pixels, y, np.arange(n), ("blobs", str(n), str(classes)))


STILL = {"flip": False, "rotate": 0, "shift": 0, "zoom": 0}  # the corners are the labels
SMALL = {"image_size": 32, "filters": 8, "blocks": 2, "convolutions": 1, "batch_size": 16, "max_epochs": 8, "summary": "flatten", **STILL}


def test_the_cnn_has_the_layers_of_its_settings():
    settings = {"blocks": 3, "filters": 8, "convolutions": 2, "kernel_size": 5, "dense_layers": 2, "dense_units": 32, "summary": "flatten"}
    network = ConvNet(build("cnn", settings | {"image_size": 40}).model, 40, 2)
    convolutions = [layer for layer in network.modules() if isinstance(layer, torch.nn.Conv2d)]
    assert [(c.out_channels, c.kernel_size) for c in convolutions] == [(n, (5, 5)) for n in (8, 8, 16, 16, 32, 32)]
    linear = [layer for layer in network.modules() if isinstance(layer, torch.nn.Linear)]
    assert [(one.in_features, one.out_features) for one in linear] == [(32 * 5 * 5, 32), (32, 16), (16, 2)]
    assert network(torch.rand(3, 1, 40, 40)).shape == (3, 2)


@pytest.mark.parametrize(("setting", "kind"), [({"pooling": "average"}, torch.nn.AvgPool2d), ({"pooling": "max"}, torch.nn.MaxPool2d)])
def test_pooling_is_of_the_chosen_kind(setting, kind):
    assert any(isinstance(layer, kind) for layer in ConvNet(build("cnn", setting).model, 64, 1).modules())


def test_without_batch_norm_there_is_none():
    assert not any(isinstance(layer, torch.nn.BatchNorm2d) for layer in ConvNet(build("cnn", {"batch_norm": False}).model, 64, 1).modules())


@pytest.mark.parametrize(("task", "classes"), [("binary", 1), ("multilabel", 3), ("multiclass", 4)])
def test_a_cnn_learns_what_can_be_seen(task, classes, rng, tmp_path):
    classifier = build_classifier(build("cnn", SMALL), task, classes, tmp_path)
    history = classifier.fit(blobs(192, rng, classes), blobs(64, rng, classes), Silence())
    test = blobs(64, rng, classes)
    scores = classifier.predict_proba(test.pixels)
    assert scores.shape == (64, classes) and scores.dtype == np.float32
    right = scores.argmax(1) == test.y.argmax(1) if task == "multiclass" else ((scores >= 0.5) == test.y).all(axis=1)
    assert right.mean() > 0.9
    assert [record.epoch for record in history] == list(range(1, 9)) and history[-1].train_loss < history[0].train_loss


def test_the_same_seed_gives_the_same_scores_and_another_seed_others(rng, tmp_path):
    train, val = blobs(64, rng), blobs(32, rng)

    def scores(seed):
        recipe = build("cnn", {**SMALL, "max_epochs": 2, "flip": True, "rotate": 8, "seed": seed})
        classifier = build_classifier(recipe, "binary", 1, tmp_path)
        classifier.fit(train, val, Silence())
        return classifier.predict_proba(val.pixels)

    assert np.array_equal(scores(1), scores(1)) and not np.array_equal(scores(1), scores(2))


def test_the_learning_rate_of_the_recipe_is_the_one_that_is_used(rng, tmp_path):
    recipe = build("cnn", {**SMALL, "schedule": "constant", "learning_rate": 0.0123, "max_epochs": 1})
    history = build_classifier(recipe, "binary", 1, tmp_path).fit(blobs(32, rng), blobs(32, rng), Silence())
    assert history[0].learning_rate == pytest.approx(0.0123)


def test_patience_ends_a_training_that_does_not_get_better(rng, tmp_path):
    recipe = build("cnn", {**SMALL, "learning_rate": 1e-6, "weight_decay": 0, "schedule": "constant", "max_epochs": 200, "patience": 3})
    train = blobs(32, rng)
    unlearnable = Labelled(rng.integers(0, 255, (32, 32, 32)).astype(np.uint8), train.y, train.groups, ("noise",))
    assert len(build_classifier(recipe, "binary", 1, tmp_path).fit(unlearnable, blobs(32, rng), Silence())) < 200


def test_best_keeps_the_weights_of_the_best_epoch(rng, tmp_path):
    recipe = build("cnn", {**SMALL, "keep": "best", "learning_rate": 0.05, "schedule": "constant", "max_epochs": 6})
    classifier = build_classifier(recipe, "binary", 1, tmp_path)
    val = blobs(64, rng)
    history = classifier.fit(blobs(96, rng), val, Silence())
    from sklearn.metrics import roc_auc_score

    kept = roc_auc_score(val.y[:, 0], classifier.predict_proba(val.pixels)[:, 0])
    assert kept == pytest.approx(max(record.val_roc_auc for record in history), abs=1e-6)


def test_a_monitor_can_stop_a_training(rng, tmp_path):
    class Impatient(Silence):
        def progress(self, progress):
            raise CancelledError

    with pytest.raises(CancelledError):
        build_classifier(build("cnn", SMALL), "binary", 1, tmp_path).fit(blobs(32, rng), blobs(32, rng), Impatient())


@pytest.mark.parametrize("family", ["cnn", "transfer"])
def test_saved_weights_give_the_same_scores(family, rng, tmp_path):
    from core.models.registry import load_classifier

    recipe = build(family, {"image_size": 32, "max_epochs": 1, "batch_size": 16})
    classifier = build_classifier(recipe, "binary", 1, tmp_path)
    val = blobs(32, rng)
    classifier.fit(blobs(32, rng), val, Silence())
    classifier.save(tmp_path)
    again = load_classifier(recipe, "binary", 1, None, tmp_path, tmp_path)
    assert np.array_equal(again.predict_proba(val.pixels), classifier.predict_proba(val.pixels))


def test_fine_tuning_moves_the_backbone_and_freezing_does_not(rng, tmp_path):
    moved = {}
    for trainable in ("head", "all"):
        recipe = build("transfer", {"image_size": 32, "max_epochs": 1, "batch_size": 16, "trainable": trainable})
        classifier = build_classifier(recipe, "binary", 1, tmp_path)
        before = classifier.module.backbone.conv_stem.weight.detach().clone()
        classifier.fit(blobs(32, rng), blobs(16, rng), Silence())
        moved[trainable] = not torch.equal(before, classifier.module.backbone.conv_stem.weight)
    assert moved == {"head": False, "all": True}
