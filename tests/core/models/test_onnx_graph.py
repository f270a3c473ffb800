"""Networks of every family as ONNX say what they say here, for any number of images."""

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from core.errors import WeightsError
from core.models.onnx_graph import GraphInput, Part, onnx_bytes
from core.models.onnx_trace import OPSET
from core.models.registry import build_classifier
from core.recipe import build
from core.training.history import Silence

NETWORKS = {
    "a CNN": ("cnn", {"image_size": 32, "filters": 4, "blocks": 2}),
    "a CNN of odd sizes": ("cnn", {"image_size": 33, "filters": 4, "blocks": 2, "padding": "same", "stride": 2, "pool_size": 3,
                                   "pool_stride": 2, "pool_padding": "same", "pooling": "average", "activation": "gelu"}),
    "a CNN that flips": ("cnn", {"image_size": 32, "filters": 4, "blocks": 2, "flip_at_test": True, "normalisation": "per_image"}),
    "a CNN in five views": ("cnn", {"image_size": 33, "filters": 4, "blocks": 2, "stretch_at_test": True}),
    "a CNN in ten views": ("cnn", {"image_size": 32, "filters": 4, "blocks": 2, "flip_at_test": True, "stretch_at_test": True,
                                   "normalisation": "per_image"}),
    "an LSTM": ("lstm", {"image_size": 24, "hidden_size": 8}),
    "an LSTM both ways": ("lstm", {"image_size": 24, "hidden_size": 8, "bidirectional": True, "layers": 2, "flip_at_test": True}),
    "a vision transformer": ("transfer", {"image_size": 224, "backbone": "vit_tiny_patch16_224", "pretrained": False, "trainable": "all"}),
    "a frozen network that flips": ("transfer", {"image_size": 40, "backbone": "mobilenetv3_small_050", "pretrained": False,
                                                 "flip_at_test": True}),
    "a frozen network in ten views": ("transfer", {"image_size": 40, "backbone": "mobilenetv3_small_050", "pretrained": False,
                                                   "flip_at_test": True, "stretch_at_test": True}),
}  # fmt: skip


def spread(classifier, pixels: np.ndarray):
    """With a last layer that tells these images apart: an untrained network says nearly the same of all."""
    seen = torch.from_numpy(classifier.features(pixels, None, Silence()))
    last = classifier.module.head[-1]
    torch.manual_seed(3)
    with torch.no_grad():
        last.weight.copy_(torch.randn_like(last.weight) / (seen.std(dim=0) + 1e-3 * seen.abs().mean()) / seen.shape[1] ** 0.5)
        last.bias.copy_(-last.weight @ seen.mean(dim=0))
    return classifier


@pytest.mark.parametrize("task", ["multilabel", "multiclass"])
@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_says_the_same_as_onnx(name, task, tmp_path, rng):
    recipe = build(*NETWORKS[name])
    size = recipe.image.image_size
    pixels = rng.integers(0, 256, (3, size, size), dtype=np.uint8)
    classifier = spread(build_classifier(recipe, task, 3, tmp_path), pixels)
    expected = classifier.predict_proba(pixels)
    part = Part(classifier, GraphInput(size, recipe.image.aspect))
    model = onnx_bytes([part])
    asked = onnxruntime.InferenceSession(model)
    found = asked.run(["scores"], {part.reads.name: pixels})[0]
    assert np.ptp(expected, axis=0).max() > 0.05  # else equal scores would prove nothing
    assert found.dtype == np.float32 and np.abs(found - expected).max() <= 1e-4
    alone = asked.run(["scores"], {part.reads.name: pixels[1:2]})[0]
    assert np.abs(alone - expected[1:2]).max() <= 1e-4
    assert {one.version for one in onnx.load_from_string(model).opset_import if one.domain == ""} == {OPSET}


def test_models_that_read_other_sizes_have_an_input_each_and_their_mean_is_told(tmp_path, rng):
    parts, pixels = [], {f"pixels_{size}_squeeze": rng.integers(0, 256, (4, size, size), dtype=np.uint8) for size in (24, 32)}
    for seed, size in enumerate((24, 32, 24)):
        recipe = build("cnn", {"image_size": size, "filters": 4, "blocks": 2, "seed": seed})
        reads = GraphInput(size, "squeeze")
        parts.append(Part(spread(build_classifier(recipe, "binary", 1, tmp_path), pixels[reads.name]), reads))
    expected = np.mean([part.classifier.predict_proba(pixels[part.reads.name]) for part in parts], axis=0)
    asked = onnxruntime.InferenceSession(onnx_bytes(parts))
    assert [one.name for one in asked.get_inputs()] == ["pixels_24_squeeze", "pixels_32_squeeze"]
    assert np.abs(asked.run(None, pixels)[0] - expected).max() <= 1e-6


def test_averages_over_uneven_windows_which_onnx_has_not_are_written_too(tmp_path, rng):
    pixels = rng.integers(0, 256, (3, 33, 33), dtype=np.uint8)
    classifier = build_classifier(build("cnn", {"image_size": 33, "filters": 4, "blocks": 1}), "binary", 1, tmp_path)
    classifier.module.summary = torch.nn.Sequential(torch.nn.AdaptiveAvgPool2d((3, 5)), torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten())
    spread(classifier, pixels)
    part = Part(classifier, GraphInput(33, "squeeze"))
    found = onnxruntime.InferenceSession(onnx_bytes([part])).run(None, {part.reads.name: pixels})[0]
    expected = classifier.predict_proba(pixels)
    assert np.ptp(expected) > 0.05 and np.abs(found - expected).max() <= 1e-5


def test_a_network_with_what_onnx_has_not_is_refused_in_one_line(tmp_path):
    recipe = build("cnn", {"image_size": 32, "filters": 4, "blocks": 2})
    classifier = build_classifier(recipe, "binary", 1, tmp_path)
    classifier.module.normalise = Inverting()
    with pytest.raises(WeightsError, match="ONNX") as refused:
        onnx_bytes([Part(classifier, GraphInput(32, "squeeze"))])
    assert "\n" not in str(refused.value) and "--whole" in str(refused.value)


class Inverting(torch.nn.Module):
    """Something for which ONNX has no operator."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return torch.linalg.pinv(images)
