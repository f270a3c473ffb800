"""The names of networks are timm's own, and are told without loading it."""

import subprocess
import sys

import pytest
import timm

from core.backbone_names import backbone_names, check_backbone_name
from core.errors import RecipeError


def test_all_names_that_timm_knows_are_known_and_no_others():
    names = backbone_names()
    assert {name.partition(".")[0] for name in timm.list_models(pretrained=False)} <= names
    assert all(timm.is_model(name) for name in names)


@pytest.mark.parametrize("name", ["resnet18", "resnet18.a1_in1k", "vit_base_patch16_224.augreg_in1k", "tf_efficientnet_lite0"])
def test_networks_and_their_weights_are_accepted(name):
    check_backbone_name(name)


@pytest.mark.parametrize(
    ("name", "told"), [("resnet19", "resnet18"), ("ResNet50", "resnet50"), ("my network", "tf_efficientnet_lite0"), ("", "tf_")]
)
def test_others_are_refused_with_names_near_them(name, told):
    with pytest.raises(RecipeError, match=told):
        check_backbone_name(name)


def test_neither_timm_nor_torch_is_loaded():
    program = "import sys; from core.backbone_names import backbone_names; backbone_names(); print({'timm', 'torch'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "set()\n"
