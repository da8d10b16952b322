"""Runs an exported file under ONNX Runtime alone, with rows as the vectors write them."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import unquote_to_bytes

import numpy as np

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime

NUMPY = {"float64": np.float64, "float32": np.float32, "int64": np.int64, "string": object}


class PlainOnnx:
    """A session, and what stands for missing values: the file's bytes and `onnx.json` are all it knows."""

    def __init__(self, model: bytes, description: bytes, threads: int = 1) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        self.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.description = json.loads(description)

    def answers(self, rows: list[dict[str, Any]]) -> dict[str, np.ndarray]:
        """Answers per output of the schema; a row maps features to numbers, strings, None or NaN."""
        feed = {one["name"]: self._input(one, rows) for one in self.description["inputs"]}
        found = self.session.run([one["name"] for one in self.description["outputs"]], feed)
        return {one["output"]: answer for one, answer in zip(self.description["outputs"], found, strict=True)}

    def _input(self, entry: dict[str, Any], rows: list[dict[str, Any]]) -> np.ndarray:
        cells = [[self._cell(entry, row[feature]) for feature in entry["features"]] for row in rows]
        return np.array(cells, dtype=NUMPY[entry["dtype"]])

    def _cell(self, entry: dict[str, Any], value: Any) -> Any:
        missing = entry.get("missing", {})
        is_nan = isinstance(value, (float, np.floating)) and np.isnan(value)
        if entry["dtype"] == "string":
            return missing["null"] if value is None else missing["nan"] if is_nan else value
        if entry["dtype"] == "int64":
            return int(missing["null"]) if value is None or is_nan else int(value)
        return np.nan if value is None else value


def vector_value(text: str) -> Any:
    """A cell of `input.tsv`."""
    kind, _, rest = text.partition(":")
    if kind == "s":
        return unquote_to_bytes(rest).decode("utf-8")
    if kind == "f":
        return np.frombuffer(bytes.fromhex(rest), ">f8").astype(np.float64)[0]
    if kind == "g":
        return np.frombuffer(bytes.fromhex(rest), ">f4").astype(np.float32)[0]
    if kind in ("i", "t", "b"):
        return int(rest)
    return None if text == "none" else float("nan")
