"""A network's forward pass, recorded and written as ONNX.

torch's exporter that records a trace is taken: it needs no package beside onnx (the other one needs onnxscript and onnx_ir), and works
in a tenth of the time. What a trace cannot know is which sizes may change; here only the number of images does.
"""

import io
import threading
import warnings
from collections.abc import Sequence

import torch
from torch import nn

from core.errors import WeightsError
from core.models.pooling_matrix import PoolingByMatrix

OPSET = 17  # read by ONNX Runtime 1.12 and later
LARGEST = 2**31 - 2**20  # bytes that fit into one ONNX file
_ONE_AT_A_TIME = threading.Lock()  # the exporter keeps its state for the whole process


def traced(graph: nn.Module, examples: tuple[torch.Tensor, ...], inputs: Sequence[str], output: str) -> bytes:
    """The graph in evaluation, for as many images as one likes of the examples' size, as an ONNX file's bytes.

    Raises WeightsError for a network that cannot be written this way.
    """
    stream = io.BytesIO()
    try:
        with _ONE_AT_A_TIME, warnings.catch_warnings(), torch.no_grad(), PoolingByMatrix():
            warnings.simplefilter("ignore")  # that the exporter is the older one, and that traced sizes are taken as fixed, which they are
            torch.onnx.export(
                graph, examples, stream, input_names=list(inputs), output_names=[output], opset_version=OPSET, dynamo=False,
                dynamic_axes={name: {0: "images"} for name in (*inputs, output)},
            )  # fmt: skip
    except (torch.onnx.OnnxExporterError, RuntimeError) as error:
        reason = str(error).split("\n")[0][:200]
        raise WeightsError(f"this network cannot be written as ONNX ({reason})", "", "Export the run whole instead: --whole") from None
    return stream.getvalue()
