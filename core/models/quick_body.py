"""The body of a timm network, asked through ONNX Runtime: on a processor one image takes half of torch's time, and more save a third.

Only `forward_features` is replaced, where nearly all of the time goes. What follows it stays torch's own, and keeps its gradients: an
explanation begins with the same maps.
"""

import numpy as np
import torch
from torch import nn

from core.models.onnx_trace import LARGEST, traced

_AT_ONCE = 16  # images; more are not quicker, and the memory for them is kept
_TOLERANCE = 1e-4  # of the maps, relative to the largest value


@torch.no_grad()
def quicken_body(backbone: nn.Module, images: torch.Tensor) -> bool:
    """Ask a network's body through ONNX Runtime from now on, where images have the size of `images`, float32 (n, C, H, W).

    Returns whether that is so: not on a GPU, not for a network that cannot be written as ONNX or would say something else then. Where
    gradients are wanted torch is asked as before.
    """
    plain = getattr(backbone, "forward_features", None)
    if plain is None or images.device.type != "cpu" or sum(weight.nbytes for weight in backbone.parameters()) > LARGEST:
        return False
    before = plain(images)
    if not isinstance(before, torch.Tensor):
        return False
    try:
        body = _Body(plain, _session(traced(_Features(plain).eval(), (images[:1],), ["images"], "maps")), tuple(images.shape[1:]))
        found = body(images)
    except Exception:  # ONNX Runtime's errors have no ancestor of their own, and torch can always be asked
        return False
    if not torch.allclose(found, before, rtol=0, atol=_TOLERANCE * max(float(before.abs().max()), 1.0)):
        return False
    backbone.forward_features = body
    return True


class _Body:
    """What stands where `forward_features` stood."""

    def __init__(self, plain, session, shape: tuple[int, ...]):
        self._plain, self._session, self._shape = plain, session, shape

    def __call__(self, images: torch.Tensor, *more, **named) -> torch.Tensor:
        if more or named or torch.is_grad_enabled() or torch.jit.is_tracing() or not self._takes(images):
            return self._plain(images, *more, **named)
        parts = [self._session.run(None, {"images": part.contiguous().numpy()})[0] for part in images.split(_AT_ONCE)]
        return torch.from_numpy(np.concatenate(parts) if len(parts) > 1 else parts[0])

    def _takes(self, images: torch.Tensor) -> bool:
        return images.device.type == "cpu" and images.dtype == torch.float32 and tuple(images.shape[1:]) == self._shape


class _Features(nn.Module):
    """The body alone, as the exporter wants it."""

    def __init__(self, plain):
        super().__init__()
        self.body, self._plain = plain.__self__, plain

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return self._plain(images)


def _session(model: bytes):
    import onnxruntime  # late, for only a network that is asked needs it

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = torch.get_num_threads(), 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # else the cores are kept busy after each image
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
