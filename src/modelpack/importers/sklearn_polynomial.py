"""PolynomialFeatures and Binarizer: products of columns, and columns against a threshold."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, combinations_with_replacement
from typing import Any

import numpy as np
from sklearn.preprocessing import Binarizer, PolynomialFeatures

from modelpack.errors import UnsupportedModelError
from modelpack.importers.frame import Frame, gather
from modelpack.importers.sklearn_array import FLOATS, NUMERIC, checked_array
from modelpack.importers.sklearn_step import Cell, cells_of, transformer
from modelpack.program import Builder, Value

DENSE = "encode with sparse_output=False, or put the step before the encoder"


@transformer(PolynomialFeatures)
def polynomial(step: PolynomialFeatures, builder: Builder, frame: Frame, origin: str) -> list[Cell]:
    checked = checked_array(builder, frame, origin, dtype=FLOATS, finite=True)
    if checked.container == "sparse":
        raise UnsupportedModelError(origin, "products of the columns of a sparse matrix", DENSE)
    x = checked.block(builder, origin)
    cells: list[Cell] = []
    if step.include_bias:
        one = builder.op("constant@1", origin=origin, tensors={"value": np.ones(1, dtype=x.dtype)})
        cells += cells_of(one, finite=True, small=True)
    for degree, products in enumerate(_products(step, builder, x, origin), start=1):
        if degree >= step._min_degree:
            cells += cells_of(products)
    return cells


def _products(step: PolynomialFeatures, builder: Builder, x: Value, origin: str) -> Iterable[Value]:
    """Per degree the products of that many columns: the first column times the product of the rest."""
    choose: Any = combinations if step.interaction_only else combinations_with_replacement
    before: Value = x
    places = {(index,): index for index in range(x.width)}
    for degree in range(1, step._max_degree + 1):
        if degree > 1:
            chosen = list(choose(range(x.width), degree))
            if not chosen:
                return
            rest = gather(builder, [before], [places[one[1:]] for one in chosen], origin)
            first = gather(builder, [x], [one[0] for one in chosen], origin)
            before = builder.op("mul@1", rest, first, origin=origin)
            places = {one: index for index, one in enumerate(chosen)}
        yield before


@transformer(Binarizer)
def binarizer(step: Binarizer, builder: Builder, frame: Frame, origin: str) -> list[Cell]:
    checked = checked_array(builder, frame, origin, dtype=NUMERIC, finite=True)
    if checked.container == "sparse":
        raise UnsupportedModelError(origin, "a threshold on a sparse matrix", DENSE)
    x = checked.numbers(builder, "f32" if str(checked.sample.dtype) == "float32" else "f64", origin)
    constant = {"constant": np.array([step.threshold], dtype=x.dtype)}
    above = builder.op("compare@1", x, origin=origin, comparison="gt", tensors=constant)
    return cells_of(builder.op("cast@1", above, origin=origin, to=x.type), finite=True, small=True)
