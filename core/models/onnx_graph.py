"""Classifiers written as one ONNX graph: grey pixels in, scores out, with all that happens between."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn

from core.models.classical import ClassicalClassifier
from core.models.classifier import Classifier
from core.models.head_module import HeadScores
from core.models.network import NetworkClassifier
from core.models.onnx_trace import traced
from core.training.features import as_images
from core.training.losses import scores
from core.training.trainer import mean_scores
from core.training.viewing import seen

OUTPUT = "scores"


@dataclass(frozen=True)
class GraphInput:
    """A picture's pixels as some of the models want them: uint8 (images, size, size), named for its size and aspect."""

    size: int
    aspect: str

    @property
    def name(self) -> str:
        return f"pixels_{self.size}_{self.aspect.replace('-', '_')}"


@dataclass(frozen=True, eq=False)
class Part:
    """One model of a graph, and the input that it reads."""

    classifier: Classifier
    reads: GraphInput


def inputs_of(parts: Sequence[Part]) -> tuple[GraphInput, ...]:
    """The inputs of a graph, each once, in the order in which they are first read."""
    return tuple(dict.fromkeys(part.reads for part in parts))


def onnx_bytes(parts: Sequence[Part]) -> bytes:
    """The graph of one model, or of the mean of several: its inputs as `inputs_of`, one output float32 (images, L).

    The models are moved to the processor; whoever goes on to score with them elsewhere loads them again.

    Raises WeightsError for a network that cannot be written this way.
    """
    inputs = inputs_of(parts)
    examples = tuple(torch.zeros(1, one.size, one.size, dtype=torch.uint8) for one in inputs)
    return traced(_Mean(parts, inputs).eval(), examples, [one.name for one in inputs], OUTPUT)


class _Mean(nn.Module):
    """The mean of the scores of several models, added up in float64 as `core.evaluation.ensembles` does."""

    def __init__(self, parts: Sequence[Part], inputs: tuple[GraphInput, ...]):
        super().__init__()
        self.models = nn.ModuleList([_scoring(part.classifier) for part in parts])
        self.places = [inputs.index(part.reads) for part in parts]

    def forward(self, *pixels: torch.Tensor) -> torch.Tensor:
        found = [model(pixels[place]) for model, place in zip(self.models, self.places, strict=True)]
        return found[0] if len(found) == 1 else torch.stack([one.double() for one in found]).mean(dim=0).float()


def _scoring(classifier: Classifier) -> nn.Module:
    if isinstance(classifier, ClassicalClassifier):
        return _HeadOnNetwork(classifier)
    assert isinstance(classifier, NetworkClassifier)
    return _Network(classifier)


class _Network(nn.Module):
    """What `NetworkClassifier.predict_proba` computes: uint8 (N, H, W) to scores float32 (N, L), over all views."""

    def __init__(self, classifier: NetworkClassifier):
        super().__init__()
        self.module, self.task, self.views = _on_cpu(classifier.module), classifier.task, classifier.views

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        images = as_images(pixels)
        if len(self.views) == 1:
            return scores(self.module(images), self.task)
        logits = self.module(torch.cat([seen(images, view) for view in self.views]))  # all at once: each operator is there once
        return mean_scores(logits.view(len(self.views), -1, logits.shape[1]), self.task)


class _HeadOnNetwork(nn.Module):
    """What `ClassicalClassifier.predict_proba` computes: uint8 (N, H, W) to scores float32 (N, L)."""

    def __init__(self, classifier: ClassicalClassifier):
        super().__init__()
        self.network, self.layer = _on_cpu(classifier.network.module), classifier.recipe.model.layer
        self.head = HeadScores(classifier.head, classifier.task)

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return self.head(self.network.features(as_images(pixels), self.layer))


def _on_cpu(module: nn.Module) -> nn.Module:
    return module.to("cpu", memory_format=torch.contiguous_format)
