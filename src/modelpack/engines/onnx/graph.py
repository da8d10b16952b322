"""An ONNX graph as it grows: names, constants kept once, nodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack.errors import UsageError

__all__ = ["DTYPES", "ML_DOMAIN", "Graph", "onnx_module"]

Array = npt.NDArray[Any]

ML_DOMAIN = "ai.onnx.ml"

# Types of values of the program and of inputs, as numpy holds them.
DTYPES: dict[str, Any] = {"f64": np.float64, "f32": np.float32, "i64": np.int64, "bool": np.float64, "time": np.int64}


def onnx_module() -> Any:
    """The package `onnx`, which writes the file.

    Raises
    ------
    UsageError
        It is not installed.
    """
    try:
        import onnx
    except ImportError:
        raise UsageError(
            "an ONNX file is written with the package onnx", hint="pip install 'modelpack[onnx]'"
        ) from None
    return onnx


class Graph:
    """Collects the nodes of a graph whose inputs have one row dimension, `N`.

    A value of the program is a tensor [N, width], a constant one [1, width] or a number [1].
    """

    def __init__(self, taken: Sequence[str]) -> None:
        self._onnx = onnx_module()
        self._taken = set(taken)
        self._constants: dict[tuple[str, tuple[int, ...], bytes], str] = {}
        self._known: dict[Any, str] = {}
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []
        self.rows: str | None = None

    def name(self, stem: str) -> str:
        """A name that nothing has yet."""
        number = 0
        while (found := stem if number == 0 else f"{stem}_{number}") in self._taken:
            number += 1
        self._taken.add(found)
        return found

    def constant(self, value: Any, dtype: Any = None) -> str:
        """The name of a constant; equal ones are kept once."""
        array = np.array([value], dtype=dtype) if isinstance(value, (int, float)) else np.array(value, dtype=dtype)
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._constants:
            name = self.name(f"c{len(self._constants)}")
            self._constants[key] = name
            self.initializers.append(self._onnx.numpy_helper.from_array(array, name))
        return self._constants[key]

    def tensor(self, value: Array) -> Any:
        """A tensor as the attribute of a node."""
        return self._onnx.numpy_helper.from_array(value, "")

    def op(self, kind: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        """Adds a node and answers the name of its result; an equal node is kept once."""
        key = (kind, inputs, domain, repr(sorted(attributes.items()))) if len(attributes) < 4 else None
        if key is not None and key in self._known:
            return self._known[key]
        result = self.name(f"v{len(self.nodes)}")
        # Without names of their own, nodes that ONNX Runtime puts in their place could have equal ones.
        node = self._onnx.helper.make_node(
            kind, list(inputs), [result], f"{kind}_{result}", domain=domain, **attributes
        )
        self.nodes.append(node)
        if key is not None:
            self._known[key] = result
        return result

    # ---- what ONNX says in several nodes ----

    def cast(self, name: str, dtype: Any) -> str:
        return self.op("Cast", name, to=int(self._onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype))))

    def gather(self, name: str, index: Any, axis: int) -> str:
        """The parts of a tensor at constant indices."""
        return self.op("Gather", name, self.constant(np.asarray(index, dtype=np.int64)), axis=axis)

    def reshape(self, name: str, shape: Sequence[int]) -> str:
        return self.op("Reshape", name, self.constant(np.asarray(shape, dtype=np.int64)))

    def expand(self, constant: str) -> str:
        """A constant [1, …] once for each row."""
        assert self.rows is not None, "an exporter names an input before it lowers operations"
        return self.op("Expand", constant, self.rows)

    def columns_to_rows(self, name: str) -> None:
        """Takes the number of rows from this tensor [N, …]."""
        count = self.op("Shape", name, start=0, end=1)
        self.rows = self.op("Concat", count, self.constant(np.array([1], dtype=np.int64)), axis=0)

    def running_sum(self, name: str, axis: int) -> str:
        """The sum along an axis from the first element, one rounding each, the axis kept with size 1.

        CumSum adds each element to the sum before it; ReduceSum and MatMul add in an order of their own.
        """
        sums = self.op("CumSum", name, self.constant(np.array(axis, dtype=np.int64).reshape(())))
        return self.gather(sums, [-1], axis)
