"""Small bundles with the engine onnx, as they are and with another model in them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper
from sklearn.linear_model import LogisticRegression

import modelpack
from modelpack import UNSIGNED
from modelpack.compiling import draft_of
from modelpack.drafting import write_bundle

MODEL = "models/main/model.onnx"


def packed(path: Path) -> Path:
    """A classifier of two numbers, in both engines; infinite numbers are refused."""
    X = np.random.default_rng(5).normal(size=(200, 2))
    model = LogisticRegression().fit(X, X[:, 0] > X[:, 1])
    return modelpack.pack(model, X, path, name="two", version="1.0.0", engines=("native", "onnx"), overwrite=True).path


def with_model(source: Path, path: Path, model: bytes) -> Path:
    """The bundle with these bytes as its ONNX file; all digests are right."""
    with modelpack.open(source, UNSIGNED) as bundle:
        draft = draft_of(bundle)
    write_bundle(path, draft.head, {**draft.members, MODEL: model}, overwrite=True)
    return path


def graph(*nodes: onnx.NodeProto, initializers: tuple = (), opsets: dict[str, int] | None = None) -> onnx.ModelProto:
    """A model of these nodes, whatever they are."""
    features = helper.make_tensor_value_info("features", TensorProto.DOUBLE, ["N", 2])
    outputs = [helper.make_tensor_value_info(node.output[0], TensorProto.DOUBLE, ["N", 1]) for node in nodes]
    made = helper.make_graph(list(nodes), "g", [features], outputs, list(initializers))
    imports = [helper.make_opsetid(domain, version) for domain, version in (opsets or {"": 18}).items()]
    return helper.make_model(made, opset_imports=imports, ir_version=9)


def external(name: str = "w") -> TensorProto:
    """A tensor whose data are in another file."""
    tensor = helper.make_tensor(name, TensorProto.DOUBLE, [2, 1], [1.0, 2.0])
    tensor.ClearField("double_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")
    return tensor
