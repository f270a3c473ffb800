"""Batch normalisation taken into the convolution before it: the same scores from a network that is only asked, in less time.

In evaluation, normalisation is one scale and one shift per map, which the convolution's own weights can hold (Jacob et al. 2018,
CVPR, section 3.2). Which convolution stands before which normalisation is seen by watching one image go through.
"""

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_weights

_TOLERANCE = 1e-4  # of the outputs, relative to the largest of them


@torch.no_grad()
def fold_normalisation(module: nn.Module, image: torch.Tensor) -> int:
    """Fold in place what can be; returns how many normalisations are gone. `image` float (1, C, H, W) is one that the module takes.

    The module is for scoring alone from then on: it must not be trained, and what it saves has another form. Nothing is changed where
    the outputs would not stay the same.
    """
    module.eval()
    before = module(image)
    pairs = _pairs(module, image)
    kept = {conv: (conv.weight, conv.bias) for conv, _ in pairs.values()}
    for name, (conv, norm) in pairs.items():
        statistics = norm.running_mean, norm.running_var, norm.eps
        conv.weight, conv.bias = fuse_conv_bn_weights(conv.weight, conv.bias, *statistics, norm.weight, norm.bias)
        _put(module, name, _rest(norm))
    if torch.allclose(module(image), before, rtol=0, atol=_TOLERANCE * max(float(before.abs().max()), 1.0)):
        return len(pairs)
    for name, (conv, norm) in pairs.items():
        conv.weight, conv.bias = kept[conv]
        _put(module, name, norm)
    return 0


def _pairs(module: nn.Module, image: torch.Tensor) -> dict[str, tuple[nn.Conv2d, nn.BatchNorm2d]]:
    """Each normalisation by its name, with the convolution whose output it is given."""
    came, pairs, hooks = {}, {}, []

    def keep(conv, _inputs, output):
        came[id(output)] = (conv, output)  # the output is kept, so that no other tensor gets its id

    def meet(name):
        def look(norm, inputs):
            conv, output = came.get(id(inputs[0]), (None, None))
            if conv is not None and output is inputs[0]:
                pairs[name] = (conv, norm)

        return look

    for name, part in module.named_modules():
        if isinstance(part, nn.Conv2d):
            hooks.append(part.register_forward_hook(keep))
        elif isinstance(part, nn.BatchNorm2d) and part.affine and part.track_running_stats:
            hooks.append(part.register_forward_pre_hook(meet(name)))
    module(image)
    for hook in hooks:
        hook.remove()
    several = [conv for conv, _ in pairs.values()]
    return {name: pair for name, pair in pairs.items() if several.count(pair[0]) == 1}


def _rest(norm: nn.BatchNorm2d) -> nn.Module:
    """What a normalisation does beside: timm's brings its activation along."""
    parts = [part for part in norm.children() if not isinstance(part, nn.Identity)]
    return nn.Sequential(*parts) if parts else nn.Identity()


def _put(module: nn.Module, name: str, part: nn.Module) -> None:
    parent, _, last = name.rpartition(".")
    setattr(module.get_submodule(parent), last, part)
