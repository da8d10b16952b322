"""One operation to be lowered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack.engines.onnx.graph import Graph
from modelpack.engines.onnx.value import Lowered
from modelpack.errors import UnsupportedModelError

__all__ = ["Call", "Lowering"]

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Call:
    """An operation of the program: its inputs in the graph, its tensors and options."""

    graph: Graph
    op: str
    inputs: Sequence[Lowered]
    tensors: Mapping[str, Array]
    options: Mapping[str, str]
    origin: str

    @property
    def first(self) -> Lowered:
        return self.inputs[0]

    def row(self, tensor: Array) -> str:
        """A fitted tensor [w] as a constant [1, w]."""
        return self.graph.constant(np.asarray(tensor).reshape(1, -1))

    def refused(self, reason: str) -> UnsupportedModelError:
        return UnsupportedModelError(
            self.origin, f"{self.op} has no exact form in ONNX: {reason}", "pack it with the native engine alone"
        )


Lowering = Callable[[Call], Lowered]
