"""ONNX Runtime's Python package, asked while packing: its own answers are the reference of an ONNX file."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack.errors import UnsupportedModelError

__all__ = ["Session"]


class Session:
    """A model in ONNX Runtime, on one thread.

    Raises
    ------
    UnsupportedModelError
        The package is not installed, or ONNX Runtime refuses the model.
    """

    def __init__(self, model: bytes, origin: str) -> None:
        # Read before the library is loaded: without it ONNX Runtime 1.29 and newer report that they were used.
        os.environ["ORT_DISABLE_TELEMETRY"] = "1"
        try:
            import onnxruntime
        except ImportError:
            raise UnsupportedModelError(
                origin, "packing ONNX takes ONNX Runtime, whose answers are compared", "pip install onnxruntime"
            ) from None
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            reason = str(error).strip().splitlines()[0]
            raise UnsupportedModelError(origin, f"ONNX Runtime refuses the model: {reason:.300}") from None
        self.version = str(onnxruntime.__version__)
        self._origin = origin

    def run(self, outputs: Sequence[str], inputs: Mapping[str, npt.NDArray[Any]]) -> list[Any]:
        """The outputs of these names."""
        try:
            found: list[Any] = self._session.run(list(outputs), dict(inputs))
        except Exception as error:
            reason = str(error).strip().splitlines()[0]
            raise UnsupportedModelError(self._origin, f"ONNX Runtime fails on the sample: {reason:.300}") from None
        return found


def two_dimensional(array: Any) -> npt.NDArray[Any]:
    """Answers as rows and columns."""
    found = np.asarray(array)
    return found.reshape(len(found), -1)
