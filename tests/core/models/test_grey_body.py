"""A network up to its pooling, its first convolution given the image and a plane of ones: the same maps, and no weight held twice."""

import pytest
import torch

from core.models.backbones import Entry, build_backbone
from core.models.grey_body import GreyBody

NETWORKS = ("resnet18", "tf_efficientnet_lite0", "densenet121", "mobilenetv3_small_100", "vit_tiny_patch16_224")


def bodies(name: str, entry: Entry):
    torch.manual_seed(0)
    net, images = build_backbone(name, False, 1, entry=entry).eval(), torch.rand(2, 1, entry.image_size, entry.image_size)
    return net, images, GreyBody(net.normalise, net.backbone, images).eval()


@pytest.mark.parametrize("normalisation", ["own", "raw", "imagenet_grey"])
@pytest.mark.parametrize("name", NETWORKS)
@torch.no_grad()
def test_maps_are_those_of_three_normalised_channels(name, normalisation):
    side = 224 if name.startswith("vit") else 64
    net, images, body = bodies(name, Entry(side, normalisation=normalisation))
    expected = net.backbone.forward_features(net.normalise(images))
    assert body.has_planes
    torch.testing.assert_close(body(images), expected, rtol=1e-4, atol=1e-5 * float(expected.abs().max()))


@torch.no_grad()
def test_the_network_itself_stays_as_it_was():
    net, images = build_backbone("resnet18", False, 1).eval(), torch.rand(2, 1, 64, 64)
    expected, names = net.features(images), list(net.state_dict())
    body = GreyBody(net.normalise, net.backbone, images)
    assert torch.equal(net.features(images), expected) and list(net.state_dict()) == names
    shared = {id(weight) for weight in net.parameters()}
    own = [weight for weight in body.parameters() if id(weight) not in shared]
    assert [tuple(weight.shape) for weight in own] == [(64, 2, 7, 7)]  # nothing else is held twice


@pytest.mark.parametrize("entry", [Entry(64, channels=1), Entry(64, normalisation="per_image")])
@torch.no_grad()
def test_other_entries_stay_as_they_are(entry):
    net, images, body = bodies("resnet18", entry)
    assert not body.has_planes
    assert torch.equal(body(images), net.backbone.forward_features(net.normalise(images)))
