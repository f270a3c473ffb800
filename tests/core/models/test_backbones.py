"""A backbone takes one channel or three, is read stage by stage, and learns only where it is told to."""

import pytest
import timm
import torch
from safetensors.torch import save_file

from core.errors import RecipeError
from core.models.backbones import Entry, build_backbone, build_transfer, weights_id
from core.models.pretrained import load_offline
from core.recipe import build

# One network of each kind that is offered, of those as small as they come.
KINDS = ("resnet18", "densenet121", "vgg11", "tf_efficientnet_lite0", "mobilenetv3_small_100", "vit_tiny_patch16_224")


def transfer(backbone: str = "resnet18", outputs: int = 2, **chosen):
    recipe = build("transfer", {"backbone": backbone, "pretrained": False, "image_size": 64, **chosen})
    torch.manual_seed(0)
    return build_transfer(recipe.model, 64, outputs, is_new=True)


def images(count: int = 2, side: int = 64) -> torch.Tensor:
    return torch.rand(count, 1, side, side, generator=torch.Generator().manual_seed(1))


def learning(network) -> set[str]:
    """The first two parts of the names of the parameters that learn."""
    return {
        ".".join(name.split(".")[1:3]) for name, weights in network.named_parameters() if weights.requires_grad and "head.1" not in name
    }


def test_the_weights_have_the_names_that_they_had_in_the_first_runs():
    timms = {f"backbone.{name}" for name in timm.create_model("tf_efficientnet_lite0", num_classes=0).state_dict()}
    assert set(transfer("tf_efficientnet_lite0").state_dict()) == timms | {"head.1.weight", "head.1.bias"}


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("name", ["resnet18", "vit_tiny_patch16_224"])
def test_the_network_sees_as_many_channels_as_chosen(name, channels):
    network = transfer(name, channels=channels).eval()
    first = dict(network.backbone.named_modules())[network.backbone.pretrained_cfg["first_conv"]]
    assert first.in_channels == channels and network(images()).shape == (2, 2)


def test_one_channel_of_packaged_weights_says_what_three_equal_ones_say_and_what_timm_makes_of_them(tmp_path):
    name = "tf_efficientnet_lite0"  # its three means are equal, so nothing is lost with the channels
    grey, colour = (build_backbone(name, True, 1, entry=Entry(64, channels)).eval() for channels in (1, 3))
    original = timm.create_model(name)
    load_offline(original, name)
    save_file(original.state_dict(), tmp_path / "weights.safetensors")
    file = {"file": str(tmp_path / "weights.safetensors")}
    timms = timm.create_model(name, pretrained=True, pretrained_cfg_overlay=file, in_chans=1, num_classes=0).eval()
    with torch.inference_mode():
        found = grey.features(images())
        assert torch.allclose(found, colour.features(images()), atol=1e-4)
        assert torch.allclose(found, timms((images() - 0.5) / 0.5), atol=1e-4)


@pytest.mark.parametrize("name", KINDS)
def test_each_stage_says_what_timm_passes_on_there(name):
    network = transfer(name, channels=3).eval()
    modules, seen = dict(network.backbone.named_modules()), []
    for point in network.backbone.feature_info:
        modules[point["module"]].register_forward_hook(lambda module, _, out: seen.append(out.clone()))
    with torch.inference_mode():
        whole = network.features(images())
        passed = list(seen)
        read = [network.features(images(), layer) for layer in network.layers]
    assert network.layers == tuple(f"stage{number + 1}" for number in range(len(passed)))
    assert whole.shape == (2, network.width)
    for maps, found in zip(passed, read, strict=True):
        tokens_first = maps.ndim == 3  # a ViT's first token is of no place
        assert torch.allclose(found, maps[:, 1:].mean(dim=1) if tokens_first else maps.mean(dim=(2, 3)), atol=1e-5)


def test_a_stage_that_is_none_is_refused_with_those_that_there_are():
    with pytest.raises(RecipeError, match="stage9.*last, stage1, stage2, stage3, stage4, stage5"):
        transfer().features(images(), "stage9")


LAST_STAGES = [
    ("resnet18", 1, {"layer4.0", "layer4.1"}),
    ("densenet121", 1, {"features.transition3", "features.denseblock4", "features.norm5"}),
    ("vgg11", 1, {"pre_logits.fc1", "pre_logits.fc2"}),
    ("tf_efficientnet_lite0", 2, {"blocks.3", "blocks.4", "blocks.5", "blocks.6", "conv_head.weight", "bn2.weight", "bn2.bias"}),
    ("mobilenetv3_small_100", 1, {"blocks.4", "blocks.5", "conv_head.weight", "conv_head.bias"}),
    ("vit_tiny_patch16_224", 2, {"blocks.10", "blocks.11", "norm.weight", "norm.bias"}),
]


@pytest.mark.parametrize(("name", "stages", "expected"), LAST_STAGES)
def test_the_last_stages_learn_with_what_follows_them_and_nothing_before(name, stages, expected):
    assert learning(transfer(name, trainable="last", last_stages=stages)) == expected


@pytest.mark.parametrize(("trainable", "stages"), [("head", 1), ("last", 1), ("last", 3), ("last", 5), ("all", 1)])
def test_a_step_moves_what_learns_and_leaves_what_is_frozen_with_its_running_statistics(trainable, stages):
    network = transfer("mobilenetv3_small_100", trainable=trainable, last_stages=stages, channels=1).eval().train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    learning_parameters = {id(one) for _, group in network.rates() for one in group}
    names = {name for name, one in network.named_parameters() if id(one) in learning_parameters}
    network(images(4)).square().sum().backward()
    torch.optim.SGD([{"params": group, "lr": share} for share, group in network.rates()]).step()
    moved = {name for name, value in network.state_dict().items() if not torch.equal(value, before[name])}
    norms = {name.rsplit(".", 1)[0] for name in before if name.endswith("running_mean")}
    statistics = {name for name in moved if name.rsplit(".", 1)[0] in norms and name.rsplit(".", 1)[1].startswith(("running", "num"))}
    assert moved - statistics <= names and len(names - moved) < len(names) / 10  # a weight may have no gradient by chance
    learning_norms = {norm for norm in norms if f"{norm}.weight" in names}
    assert {name.rsplit(".", 1)[0] for name in statistics} == learning_norms
    assert bool(statistics) == (trainable != "head") and (len(learning_norms) == len(norms)) == (trainable == "all" or stages == 5)


@pytest.mark.parametrize(("trainable", "stages"), [("last", 2), ("all", 1)])
def test_the_last_layer_learns_alone_while_the_backbone_is_frozen(trainable, stages):
    network = transfer("mobilenetv3_small_100", trainable=trainable, last_stages=stages, freeze_epochs=2, channels=1).train()
    later, rates = learning(network), [(share, len(group)) for share, group in network.rates()]
    for epochs, expected in ((0, set()), (1, set()), (2, later), (3, later)):
        network.train()
        network.begin(epochs)
        assert learning(network) == expected
        before = {name: value.clone() for name, value in network.backbone.state_dict().items()}
        network(images(4)).sum().backward()
        assert all(torch.equal(value, before[name]) for name, value in network.backbone.state_dict().items()) == (epochs < 2)
        assert network.head[1].weight.grad is not None
    assert [(share, len(group)) for share, group in network.rates()] == rates


def test_the_backbone_learns_at_its_share_of_the_rate_and_the_last_layer_at_the_whole():
    network = transfer(trainable="all", backbone_rate=0.1)
    (share, body), (whole, head) = network.rates()
    assert (share, whole) == (0.1, 1.0)
    assert {id(one) for one in body} == {id(one) for one in network.backbone.parameters()}
    assert {id(one) for one in head} == {id(one) for one in network.head.parameters()}
    assert [share for share, _ in transfer(trainable="head", backbone_rate=0.1).rates()] == [1.0]


def test_a_transformer_is_built_for_the_size_of_the_images():
    network = build_backbone("vit_tiny_patch16_224", False, 1, entry=Entry(96)).eval()
    assert network.backbone.pos_embed.shape[1] == 6 * 6 + 1 and network(images(side=96)).shape == (2, 1)


@pytest.mark.parametrize(
    ("name", "size", "reason"),
    [
        ("vit_tiny_patch16_224", 100, "image_size is 100; vit_tiny_patch16_224 cuts images into squares of 16 px. Take 96 or 112"),
        ("densenet121", 24, "densenet121 needs at least 29 px"),
        ("ese_vovnet19b_slim", 20, "ese_vovnet19b_slim does not take images of 20 px .*too small.*Take another image_size"),
    ],
)
def test_images_that_a_backbone_cannot_take_are_refused_with_the_reason(name, size, reason):
    with pytest.raises(RecipeError, match=reason):
        build_backbone(name, False, 1, entry=Entry(size))


def test_more_stages_than_there_are_is_refused():
    with pytest.raises(RecipeError, match="last_stages is 6; this network has 5"):
        transfer("resnet10t", trainable="last", last_stages=6)


def test_kept_features_are_told_apart_by_all_that_changes_them():
    plain = weights_id("resnet18", True)
    assert plain == "resnet18-imagenet"  # as features were kept before there was a choice
    entries = [Entry(channels=1), Entry(normalisation="unit"), Entry(channels=1, normalisation="unit")]
    ids = [
        plain,
        weights_id("resnet18", False),
        weights_id("resnet18", False, 1),
        *(weights_id("resnet18", True, 0, one) for one in entries),
    ]
    assert len(set(ids)) == len(ids)
