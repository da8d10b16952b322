"""The inner products of a linear model, and what is decided by their sign or size."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.utils.validation import check_array

from modelpack.importers import bound as bounds
from modelpack.importers.frame import Frame
from modelpack.importers.kept import once_per_input
from modelpack.importers.sklearn_array import NUMERIC, checked_array
from modelpack.importers.sklearn_step import quiet
from modelpack.program import Builder, Value

Array = npt.NDArray[Any]
DTYPES = {"f64": "float64", "f32": "float32"}


class Layer:
    """x · weight + bias: one inner product per output, summed over the columns in order."""

    def __init__(self, model: Any, builder: Builder, frame: Frame, origin: str) -> None:
        checked = checked_array(builder, frame, origin, dtype=NUMERIC, finite=True)
        coefficients = np.atleast_2d(model.coef_)
        precision = np.result_type(checked.sample.dtype, coefficients.dtype)
        to = "f32" if precision == np.float32 else "f64"
        sparse_input = checked.container == "sparse"
        x = checked.numbers(builder, to, origin, absent="keep" if sparse_input else "zero")
        self.exact = sparse_input
        self.weight = np.ascontiguousarray(coefficients.T.astype(x.dtype))
        self.bias = np.ascontiguousarray(np.broadcast_to(np.ravel(model.intercept_), len(coefficients)))
        # A Python number takes the precision of the product, a numpy float64 widens it.
        if x.type == "f32" and type(model.intercept_) not in (int, float) and self.bias.dtype == np.float64:
            product = self._product(builder, x, origin, bias="none")
            wide = builder.op("cast@1", product, origin=origin, to="f64")
            self.value: Value = builder.op("add@1", wide, origin=origin, tensors={"operand": self.bias})
        else:
            self.bias = self.bias.astype(x.dtype)
            self.value = self._product(builder, x, origin, bias="last")

    def _product(self, builder: Builder, x: Value, origin: str, *, bias: str) -> Value:
        tensors = {"weight": self.weight, **({"bias": self.bias} if bias == "last" else {})}
        return builder.op("linear@1", x, origin=origin, bias=bias, nan="keep", tensors=tensors)

    @property
    def dtype(self) -> str:
        return DTYPES[self.value.type]

    @property
    def eps(self) -> float:
        return float(np.finfo(self.weight.dtype).eps)

    def bound(self, data: Any) -> npt.NDArray[np.float64]:
        """Greatest difference of each output, for the estimator's own input."""
        with quiet():
            x = once_per_input(check_array, data, accept_sparse=True)
        if sparse.issparse(x) and self.exact:
            return np.zeros((x.shape[0], self.weight.shape[1]))
        return bounds.inner_product(x, self.weight, self.bias)


def decided(builder: Builder, margin: Value, origin: str) -> Value:
    """The class index: margin > 0, or the first greatest margin."""
    if margin.width > 1:
        return builder.op("argmax@1", margin, origin=origin)
    zero = {"constant": np.zeros(1, dtype=margin.dtype)}
    return builder.op("compare@1", margin, origin=origin, comparison="gt", tensors=zero)
