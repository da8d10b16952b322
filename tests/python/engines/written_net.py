"""Networks as ONNX files, written by hand as PyTorch would export them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import helper, numpy_helper

KINDS = {"float32": 1, "float64": 11}


def write_mlp(
    path: Path, *, outputs: int = 1, last: str = "Identity", dtype: str = "float32", domain: str | None = None
) -> Path:
    """Four inputs, one hidden layer of eight."""
    rng = np.random.default_rng(11)
    shapes = {"w1": (4, 8), "b1": (8,), "w2": (8, outputs), "b2": (outputs,)}
    constants = [numpy_helper.from_array(rng.normal(size=s).astype(dtype), name) for name, s in shapes.items()]
    options: dict[str, Any] = {"axis": 1} if last == "Softmax" else {}
    nodes = [
        helper.make_node("Gemm", ["x", "w1", "b1"], ["a"]),
        helper.make_node("Relu", ["a"], ["h"]),
        helper.make_node("Gemm", ["h", "w2", "b2"], ["z"]),
        helper.make_node(last, ["z"], ["y"], **options),
    ]
    return save(path, nodes, [("x", KINDS[dtype], ["n", 4])], [("y", KINDS[dtype], ["n", outputs])], constants, domain)


def save(
    path: Path, nodes: Any, inputs: Any, outputs: Any, constants: Any = (), domain: str | None = None, opset: int = 17
) -> Path:
    graph = helper.make_graph(
        nodes,
        "net",
        [helper.make_tensor_value_info(*one) for one in inputs],
        [helper.make_tensor_value_info(*one) for one in outputs],
        list(constants),
    )
    opsets = [helper.make_opsetid("", opset), *([helper.make_opsetid(domain, 1)] if domain else [])]
    model = helper.make_model(graph, opset_imports=opsets)
    model.ir_version = 8
    onnx.save(model, str(path))
    return path


def answers(path: Path, **inputs: np.ndarray) -> list[np.ndarray]:
    """ONNX Runtime's own, for the file as it stands."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return list(session.run(None, inputs))
