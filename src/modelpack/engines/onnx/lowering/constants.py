"""Tables and constants of the elementary functions, to more digits than two doubles hold."""

from __future__ import annotations

from decimal import Decimal, localcontext
from functools import cache

import numpy as np
import numpy.typing as npt

__all__ = [
    "LN2",
    "LN2_FIXED",
    "LOG_FIRST",
    "LOG_LAST",
    "LOG_STEPS",
    "STEPS",
    "STEPS_PER_LN2",
    "binary_logarithms",
    "inverse_ln2",
    "logarithms",
    "powers",
    "split_step",
]

Array = npt.NDArray[np.float64]

STEPS = 128
LOG_STEPS = 256
# Mantissas of the tables of logarithms in units of 1/LOG_STEPS, with room for a k that is off by one at the edge.
LOG_FIRST, LOG_LAST = 176, 368

_DIGITS = 60
# Multiples of 2^-42 below 2^10 are doubles, and so are their sums.
_FIXED = 2.0**42

with localcontext() as _context:
    _context.prec = _DIGITS
    _LN2 = Decimal(2).ln()
    STEPS_PER_LN2 = float(STEPS / _LN2)


def shortened(value: float, bits: int) -> float:
    mantissa, exponent = np.frexp(value)
    return float(np.ldexp(np.round(np.ldexp(mantissa, bits)), exponent - bits))


def _pair(value: Decimal, high: float) -> tuple[float, float]:
    """The number as `high` and the rest."""
    with localcontext() as context:
        context.prec = _DIGITS
        return high, float(value - Decimal(high))


LN2 = _pair(_LN2, shortened(float(_LN2), 26))
# ln(2) as a multiple of 2^-42, whose product with an exponent is exact, and the rest.
LN2_FIXED = _pair(_LN2, float(np.floor(float(_LN2) * _FIXED) / _FIXED))


@cache
def split_step() -> tuple[float, float]:
    """ln(2)/128 as 35 bits, whose product with a whole number of 18 bits is exact, and the rest."""
    with localcontext() as context:
        context.prec = _DIGITS
        step = _LN2 / STEPS
    return _pair(step, shortened(float(step), 35))


@cache
def inverse_ln2() -> tuple[float, float]:
    """1/ln(2) as 26 bits and the rest."""
    with localcontext() as context:
        context.prec = _DIGITS
        inverse = 1 / _LN2
    return _pair(inverse, shortened(float(inverse), 26))


@cache
def powers() -> tuple[Array, Array, Array]:
    """2^(j/128): 26 bits of it, the rest, and the double nearest to it."""
    rows = []
    with localcontext() as context:
        context.prec = _DIGITS
        for j in range(STEPS):
            power = (_LN2 * j / STEPS).exp()
            rows.append((*_pair(power, shortened(float(power), 26)), float(power)))
    return _columns(rows)


def _inverse(i: int) -> float:
    """A c of 9 bits with c i/256 next to 1; 1 itself where that is near, so that nothing is lost next to 1."""
    return 1.0 if abs(i - LOG_STEPS) <= 1 else round(LOG_STEPS / i * LOG_STEPS) / LOG_STEPS


@cache
def logarithms() -> tuple[Array, Array, Array]:
    """For mantissas next to i/256: c, and -ln(c) as a multiple of 2^-42 and the rest."""
    return _logarithms(Decimal(1))


@cache
def binary_logarithms() -> tuple[Array, Array, Array]:
    """The same with -log2(c)."""
    return _logarithms(_LN2)


def _logarithms(base: Decimal) -> tuple[Array, Array, Array]:
    rows = []
    with localcontext() as context:
        context.prec = _DIGITS
        for i in range(LOG_FIRST, LOG_LAST + 1):
            c = _inverse(i)
            value = -Decimal(c).ln() / base
            rows.append((c, *_pair(value, float(np.round(float(value) * _FIXED) / _FIXED))))
    return _columns(rows)


def _columns(rows: list[tuple[float, float, float]]) -> tuple[Array, Array, Array]:
    first, second, third = np.array(rows).T
    return first.copy(), second.copy(), third.copy()
