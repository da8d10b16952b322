"""ln(x), ln(1 + x) and log2(x) in double precision, as sums of two doubles that are rounded once.

x = 2^k m with m near 1; a table has a c of few bits with z = c m - 1 small, and -ln(c) as two doubles, so that
ln(x) = k ln(2) - ln(c) + ln(1 + z).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from modelpack.engines.onnx.lowering.constants import (
    LN2_FIXED,
    LOG_FIRST,
    LOG_LAST,
    LOG_STEPS,
    binary_logarithms,
    inverse_ln2,
    logarithms,
)
from modelpack.engines.onnx.lowering.doubles import Doubles, Pair

__all__ = ["log", "log1p", "log2"]

# Below this size ln(1 + x) needs no reduction.
SMALL = 1 / 256
LEAST_NORMAL = 2.0**-1022
# What brings a subnormal number among the others.
RAISED = 64
SERIES = (-1 / 2, 1 / 3, -1 / 4, 1 / 5, -1 / 6, 1 / 7, -1 / 8)


@dataclass(frozen=True)
class Reduced:
    """x = 2^k (1 + z)/c, and where the tables have c."""

    k: str
    z: Pair
    index: str


def log(by: Doubles, x: str) -> str:
    return _outside(by, x, by.rounded(_natural(by, _reduced(by, x, None))))


def log1p(by: Doubles, x: str) -> str:
    """Of the sum 1 + x and what it loses; next to 0 by the series."""
    whole = by.exact_sum(by.number(1.0), x)
    found = _outside(by, whole.high, by.rounded(_natural(by, _reduced(by, whole.high, whole.low))))
    near = by.add(x, by.mul(by.mul(x, x), by.polynomial(x, SERIES)))
    found = by.where(by.less(by.abs(x), SMALL), near, found)
    return by.where(by.is_zero(x), x, found)  # a sum loses the sign of zero


def log2(by: Doubles, x: str) -> str:
    parts = _reduced(by, x, None)
    _, high, low = binary_logarithms()
    inverse_high, inverse_low = inverse_ln2()
    leading = by.shortened(parts.z.high)
    product = by.mul(leading, by.number(inverse_high))  # exact
    beside = by.add(by.sub(parts.z.high, leading), parts.z.low)
    rest = by.add(by.mul(leading, by.number(inverse_low)), by.mul(beside, by.number(inverse_high + inverse_low)))
    total = by.short_sum(by.add(parts.k, by.table(high, parts.index)), product)
    lower = by.add(by.add(total.low, by.table(low, parts.index)), rest)
    curved = by.mul(_curved(by, parts.z.high), by.number(inverse_high + inverse_low))
    return _outside(by, x, by.add(total.high, by.add(lower, curved)))


def _natural(by: Doubles, parts: Reduced) -> Pair:
    _, high, low = logarithms()
    whole = by.add(by.mul(parts.k, by.number(LN2_FIXED[0])), by.table(high, parts.index))  # exact
    total = by.short_sum(whole, parts.z.high)
    small = by.add(by.mul(parts.k, by.number(LN2_FIXED[1])), by.table(low, parts.index))
    lower = by.add(by.add(total.low, parts.z.low), small)
    return Pair(total.high, by.add(lower, _curved(by, parts.z.high)))


def _curved(by: Doubles, z: str) -> str:
    """ln(1 + z) - z."""
    return by.mul(by.mul(z, z), by.polynomial(z, SERIES))


def _reduced(by: Doubles, x: str, low: str | None) -> Reduced:
    """The parts of x + low, where x is positive and finite; of others something without meaning."""
    graph = by.graph
    usable = graph.op("And", by.greater(x, 0.0), by.less(x, np.inf))
    safe = by.where(usable, x, by.number(1.0))
    subnormal = by.less(safe, LEAST_NORMAL)
    safe = by.where(subnormal, by.mul(safe, by.number(2.0**RAISED)), safe)
    # Any k does that brings m near 1, so that the host's own logarithm may be off by a little.
    k = graph.op("Round", by.mul(graph.op("Log", safe), by.number(1 / np.log(2.0))))
    scales = by.scales(by.graph.op("Neg", graph.cast(k, np.int64)))
    m = by.scaled(safe, scales)
    place = graph.op("Round", by.mul(by.bounded(m, LOG_FIRST / LOG_STEPS, LOG_LAST / LOG_STEPS), by.number(LOG_STEPS)))
    index = graph.op("Sub", graph.cast(place, np.int64), by.integer(LOG_FIRST))
    c = by.table(logarithms()[0], index)
    upper = by.shortened(m)
    first = by.sub(by.mul(upper, c), by.number(1.0))  # exact: c has 9 bits
    second = by.mul(by.sub(m, upper), c)
    if low is not None:
        second = by.add(second, by.mul(by.scaled(low, scales), c))
    k = by.where(subnormal, by.sub(k, by.number(RAISED)), k)
    return Reduced(k, by.short_sum(first, second), index)


def _outside(by: Doubles, x: str, found: str) -> str:
    """0 gives -infinity, infinity itself; what is negative or NaN gives NaN."""
    other = by.where(by.graph.op("Equal", x, by.number(np.inf)), by.number(np.inf), by.number(np.nan))
    other = by.where(by.is_zero(x), by.number(-np.inf), other)
    usable = by.graph.op("And", by.greater(x, 0.0), by.less(x, np.inf))
    return by.where(usable, found, other)
