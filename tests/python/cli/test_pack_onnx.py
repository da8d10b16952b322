"""`modelpack pack` of an .onnx file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pandas as pd
from onnx import helper

import modelpack


def write_net(path: Path) -> Path:
    nodes = [helper.make_node("Add", ["a", "b"], ["sum"]), helper.make_node("Neg", ["sum"], ["opposite"])]
    inputs = [helper.make_tensor_value_info(name, 11, ["n", 1]) for name in ("a", "b")]
    outputs = [helper.make_tensor_value_info(name, 11, ["n", 1]) for name in ("sum", "opposite")]
    model = helper.make_model(
        helper.make_graph(nodes, "net", inputs, outputs), opset_imports=[helper.make_opsetid("", 17)]
    )
    model.ir_version = 8
    onnx.save(model, str(path))
    return path


def test_outputs_are_named_on_the_command_line(tmp_path: Path, run: Callable[..., Any]) -> None:
    frame = pd.DataFrame({"a": np.arange(40.0), "b": np.linspace(0, 1, 40), "seen": np.ones(40)})
    frame.to_csv(tmp_path / "rows.csv", index=False)
    net = write_net(tmp_path / "net.onnx")
    common = ("pack", net, tmp_path / "rows.csv", "--name", "net", "--version", "1.0.0", "-o", tmp_path / "net.mpk")

    refused = run(*common, "--features", "a,b", "--quiet")
    assert refused.code == 4 and "outputs=" in refused.err
    wrong = run(*common, "--outputs", "value")
    assert wrong.code == 2

    answer = run(*common, "--features", "a,b", "--outputs", "value=sum,margin=opposite", "--json")
    assert answer.code == 0, answer.err
    assert json.loads(answer.out)["promise"] == "D"
    predictor = modelpack.load(tmp_path / "net.mpk", modelpack.UNSIGNED_ONNX, name="net")
    assert np.array_equal(predictor.predict(frame[["a", "b"]]), frame["a"] + frame["b"])
