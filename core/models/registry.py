"""From a recipe to a classifier: the one place that knows which family is built how."""

from dataclasses import dataclass
from pathlib import Path

import torch

from core.errors import RecipeError
from core.models.backbones import Entry, build_backbone, build_transfer, weights_id
from core.models.classical import ClassicalClassifier
from core.models.classifier import Classifier
from core.models.cnn import ConvNet
from core.models.lstm import RowLSTM
from core.models.network import NetworkClassifier
from core.recipe import NETWORK_FAMILIES, Recipe
from core.training.device import Device, best_device
from core.training.features import FeatureCache


@dataclass(frozen=True)
class Base:
    """A run trained here whose network yields the features of another: what is needed to build that network again."""

    run_id: str
    recipe: Recipe
    task: str
    outputs: int


def build_classifier(recipe: Recipe, task: str, outputs: int, root: Path) -> Classifier:
    """An untrained classifier on pretrained or random weights.

    Parameters
    ----------
    outputs : number of labels. root : the store, under which features are kept.

    Raises RecipeError or WeightsError where it cannot be built.
    """
    device, cache = best_device(), FeatureCache(root)
    torch.manual_seed(recipe.seed)
    if recipe.family in NETWORK_FAMILIES:
        return _network(recipe, task, outputs, device, cache, is_new=True)
    name = recipe.model.features
    features = NetworkClassifier(
        recipe, task, build_backbone(name, True, 1, entry=Entry(recipe.image.image_size)), weights_id(name, True), device, cache
    )
    return ClassicalClassifier(recipe, task, features)


def build_on_run(recipe: Recipe, task: str, base: Base, folder: Path, root: Path) -> Classifier:
    """An untrained head on the network of a run trained here, whose weights lie in `folder`."""
    network = _base_network(base, best_device(), FeatureCache(root))
    network.load(folder)
    return ClassicalClassifier(recipe, task, network)


def load_classifier(recipe: Recipe, task: str, outputs: int, base: Base | None, folder: Path, root: Path) -> Classifier:
    """A classifier as it was trained, from its own folder alone. Raises StoreError where files are missing or damaged."""
    device, cache = best_device(), FeatureCache(root)
    if recipe.family in NETWORK_FAMILIES:
        classifier = _network(recipe, task, outputs, device, cache, is_new=False)
    elif base:
        classifier = ClassicalClassifier(recipe, task, _base_network(base, device, cache))
    else:
        name = recipe.model.features
        network = NetworkClassifier(
            recipe, task, build_backbone(name, False, 1, entry=Entry(recipe.image.image_size)), weights_id(name, True), device, cache
        )
        classifier = ClassicalClassifier(recipe, task, network)
    classifier.load(folder)
    return classifier


def _base_network(base: Base, device: Device, cache: FeatureCache) -> NetworkClassifier:
    if base.recipe.family not in NETWORK_FAMILIES:
        raise RecipeError(f"features come from {base.run_id}, of family {base.recipe.family}", "a cnn, transfer or lstm run is needed")
    network = _network(base.recipe, base.task, base.outputs, device, cache, is_new=False)
    network.weights_id = base.run_id
    return network


def _network(recipe: Recipe, task: str, outputs: int, device: Device, cache: FeatureCache, is_new: bool) -> NetworkClassifier:
    """The network of a recipe; pretrained weights are read only into a new one, since a trained one brings its own."""
    model, size = recipe.model, recipe.image.image_size
    if recipe.family == "transfer":
        entry = Entry(size, model.channels, model.normalisation)
        module, weights = build_transfer(model, size, outputs, is_new), weights_id(model.backbone, model.pretrained, recipe.seed, entry)
    else:
        kind = ConvNet if recipe.family == "cnn" else RowLSTM
        module, weights = kind(model, size, outputs), f"{recipe.family}-{recipe.digest}"
    return NetworkClassifier(recipe, task, module, weights, device, cache)
