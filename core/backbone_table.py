"""What the backbones that are offered by name cost, measured once in timm, so that it can be told without it.

Counted without the last layer, for three channels at 224 px. `tests/core/models/test_backbone_table.py` measures them again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Backbone:
    """One backbone: its learned numbers, and its cost on one image forwards.

    `width` is the number of pooled features. `multiply_adds` and `activations` (values that its layers give out) grow with the area of
    the image (a ViT's a little faster, within an eighth between 96 and 224 px); `fixed_multiply_adds` do not. `stem_per_channel` are
    the weights of the first convolution for one input channel. `stages` may be read or trained by themselves, `smallest` is the
    smallest side in pixels, of which it must be a multiple of `patch`.
    """

    parameters: int
    width: int
    multiply_adds: int
    fixed_multiply_adds: int
    activations: int
    stem_per_channel: int
    stages: int = 5
    smallest: int = 16
    patch: int = 1


BACKBONES: Mapping[str, Backbone] = MappingProxyType({
    "tf_efficientnet_lite0": Backbone(3_371_008, 1280, 383_907_552, 0, 12_897_792, 288),
    "tf_efficientnet_lite1": Backbone(4_135_680, 1280, 501_187_680, 0, 16_739_392, 288),
    "tf_efficientnet_lite2": Backbone(4_811_072, 1280, 575_229_424, 0, 17_552_400, 288),
    "resnet18": Backbone(11_176_512, 512, 1_813_561_344, 0, 7_477_248, 3136),
    "resnet50": Backbone(23_508_032, 2048, 4_087_136_256, 0, 32_041_472, 3136),
    "densenet121": Backbone(6_953_856, 1024, 2_833_137_664, 0, 22_945_024, 3136, smallest=29),
    "vgg16": Backbone(134_260_544, 4096, 15_346_630_656, 119_537_664, 28_649_984, 576, stages=6, smallest=32),
    "vgg16_bn": Backbone(134_268_992, 4096, 15_346_630_656, 119_537_664, 42_197_504, 576, stages=6, smallest=32),
    "vgg19": Backbone(139_570_240, 4096, 19_508_428_800, 119_537_664, 31_259_136, 576, stages=6, smallest=32),
    "vgg19_bn": Backbone(139_581_248, 4096, 19_508_428_800, 119_537_664, 46_111_232, 576, stages=6, smallest=32),
    "efficientnet_b0": Backbone(4_007_548, 1280, 383_907_552, 627_200, 12_916_472, 288),
    "mobilenetv3_small_100": Backbone(1_517_856, 1024, 54_437_824, 1_048_576, 2_690_704, 144),
    "mobilenetv3_large_100": Backbone(4_202_032, 1280, 212_573_760, 2_736_000, 8_239_120, 144),
    "vit_tiny_patch16_224": Backbone(5_524_416, 192, 1_253_491_200, 0, 6_883_776, 49_152, stages=12, patch=16),
    "vit_small_patch16_224": Backbone(21_665_664, 384, 4_598_498_304, 0, 13_767_552, 98_304, stages=12, patch=16),
})  # fmt: skip
