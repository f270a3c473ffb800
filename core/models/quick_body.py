"""The body of a timm network, asked through ONNX Runtime: on a processor one image takes half of torch's time, and more save a third.

It begins with grey images and ends before the pooling, where nearly all of the time goes. What follows stays torch's own, and keeps its
gradients: an explanation begins with the same maps. Nothing before it may use several of torch's threads: they wait for more work on the
cores that ONNX Runtime wants, which costs a quarter of its speed.
"""

import numpy as np
import torch
from torch import nn

from core.models.onnx_trace import LARGEST, traced

_AT_ONCE = 16  # images; more are not quicker, and the memory for them is kept
_TOLERANCE = 1e-4  # of the maps, relative to the largest value


class QuickBody:
    """What `body` says of float32 images (n, 1, H, W) of one size on the processor, where no gradients are wanted."""

    def __init__(self, session, shape: tuple[int, ...]):
        self._session, self._shape = session, shape

    def takes(self, images: torch.Tensor) -> bool:
        """Whether these may be asked for."""
        if torch.is_grad_enabled() or torch.jit.is_tracing():
            return False
        return images.device.type == "cpu" and images.dtype == torch.float32 and tuple(images.shape[1:]) == self._shape

    def __call__(self, images: torch.Tensor) -> torch.Tensor:
        parts = [self._session.run(None, {"images": part.contiguous().numpy()})[0] for part in images.split(_AT_ONCE)]
        return torch.from_numpy(np.concatenate(parts) if len(parts) > 1 else parts[0])


@torch.no_grad()
def quick_body(body: nn.Module, images: torch.Tensor, expected: torch.Tensor) -> QuickBody | None:
    """A body as it is now, for images of the size of these, float32 (n, 1, H, W), of which it must say what is expected.

    None on a GPU, and for a network that cannot be written as ONNX or would say something else then.
    """
    if images.device.type != "cpu" or sum(weight.nbytes for weight in body.parameters()) > LARGEST:
        return None
    try:
        quick = QuickBody(_session(traced(body, (images[:1],), ["images"], "maps")), tuple(images.shape[1:]))
        found = quick(images)
    except Exception:  # ONNX Runtime's errors have no ancestor of their own, and torch can always be asked
        return None
    is_same = torch.allclose(found, expected, rtol=0, atol=_TOLERANCE * max(float(expected.abs().max()), 1.0))
    return quick if is_same else None


def _session(model: bytes):
    import onnxruntime  # late, for only a network that is asked needs it

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = torch.get_num_threads(), 3
    options.add_session_config_entry("session.force_spinning_stop", "1")  # else the cores are kept busy after each image
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
