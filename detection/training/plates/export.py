"""Writes the learnt network as ONNX: probabilities out, weights halved to float16, its symbols inside.

Float16 is storage only: onnxruntime widens the weights when it loads them and computes in float32.
"""

import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from detection.training.plates.network import PlateNetwork
from detection.training.plates.texts import GROUNDS, SYMBOLS

_OPSET = 17
_LEAST_HALVED = 256
"""Tensors with fewer values (biases) stay float32."""


class OnnxMissing(RuntimeError):
    """The onnx package, needed to write the file and for nothing else, is not installed."""


class _Reader(nn.Module):
    """The network with probabilities instead of their logarithms."""

    def __init__(self, network: PlateNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        steps, ground = self.network(x)
        return steps.exp(), ground.exp()


def require_onnx() -> None:
    """Raise OnnxMissing unless the onnx package is there."""
    try:
        import onnx  # noqa: F401
    except ImportError as problem:
        raise OnnxMissing("The onnx package is missing: pip install '.[training]'") from problem


def export(network: PlateNetwork, path: Path, made: dict[str, str]) -> str:
    """Write the network to path and say how large it is. made: how it was made, kept as metadata."""
    import onnx

    path.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        _Reader(network).eval(),
        (torch.zeros(1, 3, 48, 192),),
        str(path),
        input_names=["x"],
        output_names=["steps", "ground"],
        dynamic_axes={"x": {0: "n", 3: "w"}, "steps": {0: "n", 1: "t"}, "ground": {0: "n"}},
        opset_version=_OPSET,
        dynamo=False,
    )
    model = onnx.load(str(path))
    _halve(model)
    told = {"symbols": json.dumps(list(SYMBOLS), ensure_ascii=False), "grounds": json.dumps(GROUNDS), **made}
    onnx.helper.set_model_props(model, told)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    return f"{path}: {path.stat().st_size / 1e6:.2f} MB"


def _halve(model) -> None:  # type: ignore[no-untyped-def]
    """Store large weights as float16, each followed by a cast that onnxruntime folds away on loading."""
    from onnx import TensorProto, helper, numpy_helper

    casts = []
    for weight in model.graph.initializer:
        values = numpy_helper.to_array(weight)
        if values.dtype != np.float32 or values.size < _LEAST_HALVED:
            continue
        name = weight.name
        weight.CopyFrom(numpy_helper.from_array(values.astype(np.float16), name + ".half"))
        casts.append(helper.make_node("Cast", [name + ".half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
