"""A map says where a score comes from: it agrees with other ways to compute it, follows weights and label, and finds what is drawn."""

import dataclasses
from functools import cache

import numpy as np
import pytest
import torch
from scipy.ndimage import convolve1d
from scipy.stats import spearmanr

from core.errors import ExplanationError
from core.models import attribution
from core.models.attribution import BY_PLACE, GRAD_CAM, LEFT_OUT
from core.models.backbones import build_backbone
from core.models.classifier import Labelled
from core.models.registry import Base, build_classifier, build_on_run
from core.recipe import build
from core.training.augment import _warp
from core.training.features import as_images
from core.training.history import Silence

SIDE = 32
STILL = {"flip": False, "rotate": 0, "shift": 0, "zoom": 0, "batch_size": 16, "image_size": SIDE, "learning_rate": 0.02}
CORNERS = ((0, 0), (0, 16), (16, 0), (16, 16))  # top, left of the quarter that holds the patch of a label
NETWORKS = {
    "averaged": ("cnn", {"filters": 8, "blocks": 2, "convolutions": 1, "max_epochs": 8}, GRAD_CAM),
    "one vector": ("cnn", {"filters": 8, "blocks": 2, "convolutions": 1, "max_epochs": 4, "summary": "flatten"}, BY_PLACE),
    "backbone": ("transfer", {"backbone": "test_resnet", "pretrained": False, "trainable": "all", "max_epochs": 3,
                                "image_size": 2 * SIDE}, GRAD_CAM),
    "rows": ("lstm", {"hidden_size": 16, "bidirectional": True, "max_epochs": 10, "learning_rate": 0.03}, LEFT_OUT),
}  # fmt: skip


def patches(n: int, rng, labels: int = 1, larger: int = 1) -> Labelled:
    """Dark noise; an image with a label has a bright disc in that label's quarter. `larger` makes squares of all pixels."""
    y = rng.integers(0, 2, (n, labels)).astype(np.uint8)
    pixels = rng.integers(0, 60, (n, SIDE, SIDE)).astype(np.uint8)
    disc = np.hypot(*(np.mgrid[0:8, 0:8] - 3.5)) < 4
    for row, label in np.argwhere(y):
        top, left = CORNERS[label]
        pixels[row, top + 4 : top + 12, left + 4 : left + 12][disc] += 160
    pixels = pixels.repeat(larger, axis=1).repeat(larger, axis=2)
    return Labelled(pixels, y, np.arange(n), ("patches", str(n), str(labels)))


def fitted(family: str, settings: dict, root, labels: int = 1):
    rng = np.random.default_rng(3)
    task = "binary" if labels == 1 else "multilabel"
    classifier = build_classifier(build(family, {**STILL, **settings}), task, labels, root)
    larger = classifier.recipe.image.image_size // SIDE
    classifier.fit(patches(96, rng, labels, larger), patches(32, rng, labels, larger), Silence())
    return classifier


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    """A small trained network by its name, trained when it is asked for."""

    @cache
    def trained(name: str):
        family, settings, _ = NETWORKS[name]
        return fitted(family, settings, tmp_path_factory.mktemp("net"))

    return trained


@pytest.fixture(scope="module")
def head(network, tmp_path_factory):
    """An SVM, a forest or a logistic regression on the features of the network of one vector, or of one of its layers."""

    def trained(family: str, **settings):
        root, base, rng = tmp_path_factory.mktemp("head"), network("one vector"), np.random.default_rng(4)
        base.save(root)
        recipe = build(family, {"features": "run:a", "image_size": SIDE, **settings})
        found = build_on_run(recipe, "binary", Base("a", base.recipe, "binary", 1), root, root)
        found.fit(patches(96, rng), patches(32, rng), Silence())
        return found

    return trained


def ill(n: int, classifier=None) -> Labelled:
    """Images that have the label, of the side that a classifier takes."""
    larger = classifier.recipe.image.image_size // SIDE if classifier else 1
    made = patches(40, np.random.default_rng(9), 1, larger)
    rows = np.flatnonzero(made.y[:, 0])[:n]
    return dataclasses.replace(made, pixels=made.pixels[rows], y=made.y[rows])


def quarter(place: np.ndarray) -> tuple[int, int]:
    """Top, left of the quarter in which a map (h, w) has its maximum."""
    row, column = np.unravel_index(place.argmax(), place.shape)
    return (16 if 2 * row >= place.shape[0] else 0, 16 if 2 * column >= place.shape[1] else 0)


@pytest.mark.parametrize("name", [*NETWORKS, "svm", "forest", "logistic"])
def test_the_map_is_highest_where_the_class_was_drawn_and_the_scores_are_those_of_the_model(name, network, head):
    classifier = network(name) if name in NETWORKS else head(name)
    test = ill(12, classifier)
    found = classifier.explain(test.pixels, [0])
    assert found.method == (NETWORKS[name][2] if name in NETWORKS else LEFT_OUT)
    assert np.abs(found.scores - classifier.predict_proba(test.pixels)).max() <= 1e-5 and found.scores.mean() > 0.6
    assert found.maps.dtype == np.float32 and found.maps.shape[:2] == (len(test.pixels), 1)
    assert np.mean([quarter(one[0]) == CORNERS[0] for one in found.maps]) >= 0.9


def test_another_label_has_its_map_elsewhere(tmp_path):
    classifier = fitted("cnn", NETWORKS["one vector"][1] | {"max_epochs": 8}, tmp_path, labels=4)
    made = patches(200, np.random.default_rng(11), 4)
    both = made.pixels[(made.y == [1, 0, 0, 1]).all(axis=1)]
    maps = classifier.explain(both, [0, 3]).maps
    assert len(both) > 5
    assert np.mean([(quarter(one[0]), quarter(one[1])) == (CORNERS[0], CORNERS[3]) for one in maps]) >= 0.8


@pytest.mark.parametrize("name", NETWORKS)
def test_randomised_weights_give_another_map(name, network, tmp_path):
    """The sanity check of Adebayo et al. (2018): what does not change with the weights does not explain the model."""
    family, settings, _ = NETWORKS[name]
    trained, test = network(name), ill(12, network(name))
    maps = trained.explain(test.pixels, [0]).maps[:, 0]
    likeness = []
    for seed in (1, 2, 3):
        other = build_classifier(build(family, {**STILL, **settings, "seed": seed}), "binary", 1, tmp_path).explain(test.pixels, [0]).maps
        likeness += [spearmanr(one.ravel(), two[0].ravel()).statistic for one, two in zip(maps, other, strict=True)]
    same = trained.explain(test.pixels, [0]).maps[:, 0]
    assert (
        np.array_equal(same, maps) and abs(np.mean(np.nan_to_num(likeness))) < 0.5
    )  # a flat map, of which there is none, is another one too


def smoothed(maps: np.ndarray) -> np.ndarray:
    """Maps (n, h, w) smoothed by 1, 2, 1 both ways, as scipy does it."""
    return convolve1d(convolve1d(maps, [0.25, 0.5, 0.25], axis=1, mode="nearest"), [0.25, 0.5, 0.25], axis=2, mode="nearest")


@pytest.mark.parametrize("name", ["averaged", "backbone"])
def test_grad_cam_is_what_hooks_and_a_whole_backward_pass_make_of_it(name, network):
    classifier, test = network(name), ill(3, network(name))
    module, kept = classifier.module, {}
    layer = next(one for one in reversed(list(module.modules())) if isinstance(one, torch.nn.ReLU)) if name == "averaged" else None
    images = as_images(torch.from_numpy(test.pixels)).requires_grad_(True)
    if layer is None:
        maps = module.backbone.forward_features(module.normalise(images))
        logits = module.head(module.backbone.forward_head(maps))
    else:
        plan = list(module.body[-1])
        assert [type(one).__name__ for one in plan] == ["Conv2d", "BatchNorm2d", "MaxPool2d", "ReLU"]
        maps = torch.relu(plan[1](plan[0](module.body[:-1](module.normalise(images)))))
        logits = module.head(plan[2](maps).mean(dim=(2, 3)))
    maps.register_hook(lambda gradient: kept.update(gradient=gradient))
    logits.sum().backward()
    module.zero_grad()
    expected = (kept["gradient"].mean(dim=(2, 3), keepdim=True) * maps).sum(dim=1).detach().numpy()
    if layer is not None:  # before a pooling, smoothed
        expected = smoothed(expected)
    found = classifier.explain(test.pixels, [0]).maps[:, 0]
    assert found.shape == expected.shape and np.allclose(found, expected, rtol=1e-3, atol=1e-5 * np.abs(expected).max())


def test_places_that_count_by_themselves_add_up_to_the_logit(network):
    """Completeness of gradient times value behind which all is linear: the logit without its bias."""
    classifier, test = network("one vector"), ill(4)
    found = classifier.explain(test.pixels, [0])
    with torch.no_grad():
        logit = classifier.module(as_images(torch.from_numpy(test.pixels)))[:, 0].numpy()
    bias = classifier.module.head[-1].bias.item()
    assert np.allclose(found.maps.sum(axis=(1, 2, 3)), logit - bias, atol=1e-2)


def test_a_run_that_also_looks_in_a_mirror_has_the_mean_of_both_maps(tmp_path):
    settings = {**STILL, **NETWORKS["averaged"][1], "max_epochs": 2}
    both = build_classifier(build("cnn", settings | {"flip_at_test": True}), "binary", 1, tmp_path)
    one = build_classifier(build("cnn", settings), "binary", 1, tmp_path)
    one.module.load_state_dict(both.module.state_dict())
    pixels = ill(3).pixels
    straight, mirrored = (one.explain(np.ascontiguousarray(some), [0]).maps for some in (pixels, pixels[:, :, ::-1]))
    found = both.explain(pixels, [0])
    assert np.allclose(found.maps, (straight + mirrored[..., ::-1]) / 2, atol=1e-6)
    assert np.allclose(found.scores, both.predict_proba(pixels), atol=1e-6)


def stretched(images: torch.Tensor, width: float) -> torch.Tensor:
    """Images, or maps, whose places are taken at (width * x, y / width), as the stretch of training does it."""
    return _warp(images, torch.tensor([[width, 0.0, 0.0], [0.0, 1 / width, 0.0]]).repeat(len(images), 1, 1))


def test_a_run_that_also_looks_at_wider_and_taller_views_has_the_mean_of_their_maps_brought_back(tmp_path):
    settings = {**STILL, **NETWORKS["averaged"][1], "max_epochs": 2}
    classifier = build_classifier(build("cnn", settings | {"flip_at_test": True, "stretch_at_test": True}), "binary", 1, tmp_path)
    module, pixels = classifier.module.cpu().eval(), ill(3).pixels
    classifier.device = dataclasses.replace(classifier.device, torch=torch.device("cpu"))
    images, logits, maps = as_images(torch.from_numpy(pixels)), [], []
    for width in (1.5**-0.5, 1.5**-0.25, 1.0, 1.5**0.25, 1.5**0.5):
        for axes in ([], [-1]):
            logit, signed, _ = attribution.by_gradient(module.last_maps(stretched(images, width).flip(axes)), module.head, [0])
            logits.append(logit.sigmoid())
            maps.append(stretched(signed.flip(axes), 1 / width))
    found = classifier.explain(pixels, [0])
    assert np.allclose(found.maps, torch.stack(maps).mean(dim=0).detach().numpy(), atol=1e-4 * np.abs(found.maps).max())
    assert np.allclose(found.scores, torch.stack(logits).mean(dim=0).numpy(), atol=1e-5)


@pytest.mark.parametrize("name", NETWORKS)
def test_in_many_views_the_map_is_highest_where_the_class_was_drawn_and_the_scores_are_those_of_the_model(name, network, tmp_path):
    family, settings, _ = NETWORKS[name]
    views = {"flip_at_test": True, "stretch_at_test": True}
    classifier = build_classifier(build(family, {**STILL, **settings, **views}), "binary", 1, tmp_path)
    classifier.module.load_state_dict(network(name).module.state_dict())
    test = ill(12, classifier)
    found = classifier.explain(test.pixels, [0])
    assert np.abs(found.scores - classifier.predict_proba(test.pixels)).max() <= 1e-5
    assert found.maps.dtype == np.float32 and found.maps.shape == network(name).explain(test.pixels, [0]).maps.shape
    assert np.abs(found.scores - network(name).predict_proba(test.pixels)).max() > 1e-4
    if name in ("averaged", "backbone"):  # the others are told the place by where it lies, and learned it from images as they are
        assert np.mean([quarter(one[0]) == CORNERS[0] for one in found.maps]) >= 0.9


@pytest.mark.parametrize(("layer", "side"), [("block1", 16), ("block2", 8)])
def test_a_head_on_an_earlier_layer_is_explained_there(layer, side, head):
    found = head("logistic", layer=layer).explain(ill(8).pixels, [0])
    assert found.maps.shape[2:] == (side, side)
    assert np.mean([quarter(one[0]) == CORNERS[0] for one in found.maps]) >= 0.8


@pytest.mark.parametrize("name", ["test_resnet", "test_efficientnet", "mobilenetv3_small_050", "vit_tiny_patch16_224"])
def test_a_backbone_that_is_parted_says_what_it_says_whole(name):
    size = 224 if name.startswith("vit") else 96
    network = build_backbone(name, False, 1).eval()
    images = torch.rand(2, 1, size, size)
    with torch.no_grad():
        found, whole = network.last_maps(images), network.features(images)
        twice = found.rest(found.places.repeat_interleave(2, dim=0))
    assert torch.allclose(twice[::2], whole, atol=1e-4) and torch.allclose(twice[1::2], whole, atol=1e-4)
    assert found.places.shape[1] == found.grid[0] * found.grid[1]
    logits, maps, method = attribution.by_gradient(found, network.head, [0])
    assert method == GRAD_CAM and maps.shape == (2, 1, *found.grid) and maps.std() > 0


@pytest.mark.parametrize("name", ["cait_xxs24_224", "eva02_tiny_patch14_224"])
def test_a_backbone_that_cannot_be_parted_says_so(name):
    network = build_backbone(name, False, 1).eval()
    size = 224
    with torch.no_grad(), pytest.raises(ExplanationError, match="occlusion"):
        network.last_maps(torch.rand(1, 1, size, size))


def test_maps_of_one_place_tell_nothing_and_say_so(tmp_path):
    recipe = build("cnn", {**STILL, "image_size": 16, "blocks": 4, "filters": 4, "convolutions": 1, "stride": 2, "pooling": "none"})
    classifier = build_classifier(recipe, "binary", 1, tmp_path)
    with pytest.raises(ExplanationError, match="1 x 1 places"):
        classifier.explain(np.zeros((1, 16, 16), np.uint8), [0])
