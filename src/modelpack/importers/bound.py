"""How far the framework's answers may lie from the program's, per cell (docs/SEMANTICS.md).

Class C: numpy's matrix product is not the same for one row and for a batch. Two orders in which to sum n products
differ by at most n * eps * sum(|x * w|), fused or not; nothing less holds, since rounding adds up where all products
have one sign (measured: 9 at 100 equal columns, 314 at 3,000). Class B: the program's exp, log and their like are
rounded correctly, the framework's (its C library's, or numpy's own) are not always: one ulp apart per call.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

EPSILON = float(np.finfo(np.float64).eps)


def inner_product(x: Any, weight: Array, bias: Array) -> Floats:
    """Per row and output, for weights [columns, outputs], in the coarser precision of the two."""
    eps = float(np.finfo(np.result_type(x.dtype, weight.dtype, np.float32)).eps)
    size = abs(x).astype(np.float64) @ np.abs(weight).astype(np.float64) + np.abs(bias).astype(np.float64)
    terms = len(weight) + 1
    return np.asarray(max(4, terms) * eps * size)


def logistic(probability: Floats, margin: Floats | float = 0.0, eps: float = EPSILON) -> Floats:
    """For p, the logistic of a margin known to within `margin`: exp, sum and division."""
    p = probability.astype(np.float64)
    return np.asarray(p * (1.0 - p) * margin * 1.01 + 4.0 * eps * p + _least(eps))


def binary(probability: Floats, margin: Floats | float = 0.0, eps: float = EPSILON) -> Floats:
    """For [1 - p, p] where p is the logistic of a margin known to within `margin`."""
    return complemented(logistic(probability[:, 1:], margin, eps), eps)


def complemented(bound: Floats, eps: float) -> Floats:
    """For [1 - p, p] where p has this bound: what moves p moves 1 - p as far, and that subtraction rounds once more."""
    return np.hstack([bound + eps, bound])


def softmax(probability: Floats, margin: Floats | float = 0.0, eps: float = EPSILON) -> Floats:
    """For a softmax of margins known to within `margin`; each exp within one ulp."""
    p = probability.astype(np.float64)
    columns = p.shape[1]
    spread = (p * margin).sum(axis=1, keepdims=True) + margin
    return np.asarray(p * (1.01 * spread + (6.0 + columns) * eps) + _tiny(eps))


def exponential(value: Floats, margin: Floats | float = 0.0, eps: float = EPSILON, ulps: int = 1) -> Floats:
    """For exp of a margin known to within `margin`, where the framework's own exp is off by `ulps`."""
    units = 2.0 * ulps * eps
    return np.asarray((1.01 * margin + units) * np.abs(value).astype(np.float64) + _least(eps))


def softplus(value: Floats) -> Floats:
    """For log1p(exp(x)) of a double: one ulp for either function, since e / (1 + e) is at most log1p(e)."""
    return np.asarray(4.0 * EPSILON * np.abs(value) + _least(EPSILON))


def _least(eps: float) -> float:
    """The unit in the last place of results below the least normal number."""
    return float(np.finfo(_dtype(eps)).smallest_subnormal)


def _tiny(eps: float) -> float:
    return float(np.finfo(_dtype(eps)).tiny)


def _dtype(eps: float) -> type[np.floating[Any]]:
    return np.float64 if eps == EPSILON else np.float32


def undecided_halves(probability: Floats, bound: Floats) -> Floats:
    """1.0 per cell (the other label) where p is no farther from 0.5 than its bound; else 0.0."""
    return np.where(np.abs(probability.astype(np.float64) - 0.5) <= bound, 1.0, 0.0)


def undecided_labels(margin: Floats, bound: Floats) -> Floats:
    """1.0 per row (any other label, in whole classes) where the margins do not tell the classes apart; else 0.0."""
    if margin.shape[1] == 1:
        return np.where(np.abs(margin) <= bound, 1.0, 0.0)
    order = np.argsort(margin, axis=1)
    rows = np.arange(len(margin))
    first, second = order[:, -1], order[:, -2]
    close = margin[rows, first] - margin[rows, second] <= bound[rows, first] + bound[rows, second]
    return np.where(close, float(margin.shape[1]), 0.0).reshape(-1, 1)
