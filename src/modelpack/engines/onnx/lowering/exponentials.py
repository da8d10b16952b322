"""e^x, 2^x, e^x - 1 and tanh(x) in double precision, as sums of two doubles that are rounded once.

x = k ln(2)/128 + r, and 2^(k/128) is a power of two times a number of a table; docs/MATH.md has the method of the core,
whose first phase this is.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial

import numpy as np

from modelpack.engines.onnx.lowering.constants import LN2, STEPS, STEPS_PER_LN2, powers, split_step
from modelpack.engines.onnx.lowering.doubles import Doubles, Pair

__all__ = ["exp", "exp2", "expm1", "tanh"]

# Beyond these limits e^x is 0 or infinite, and 2^x too.
EXP_LIMITS = (-746.0, 710.0)
EXP2_LIMITS = (-1076.0, 1025.0)
# Below the first e^x - 1 is -1, above the second it is e^x.
EXPM1_LEAST, EXPM1_GREATEST = -40.0, 64.0
# tanh(x) is 1 from here on.
TANH_GREATEST = 20.0
SMALL = 1 / 16
SMALL_TANH = 1 / 32
# The series of tanh(x) from x^3 on.
TANH = (-1 / 3, 2 / 15, -17 / 315, 62 / 2835, -1382 / 155925, 21844 / 6081075)


@dataclass(frozen=True)
class Power:
    """2^exponent (leading + product + rest): 26 bits, an exact product of two such, and what is small."""

    leading: str
    product: str
    rest: str
    scales: tuple[str, str]

    def mantissa(self, by: Doubles) -> Pair:
        total = by.short_sum(self.leading, self.product)
        return Pair(total.high, by.add(total.low, self.rest))


def exp(by: Doubles, x: str) -> str:
    power = _power_of_e(by, by.bounded(x, *EXP_LIMITS))
    return by.where(by.is_nan(x), x, by.scaled(by.rounded(power.mantissa(by)), power.scales))


def exp2(by: Doubles, x: str) -> str:
    bounded = by.bounded(x, *EXP2_LIMITS)
    k = by.graph.op("Round", by.mul(bounded, by.number(STEPS)))
    rest = by.sub(bounded, by.mul(k, by.number(1 / STEPS)))  # exact
    leading = by.shortened(rest)
    product = by.mul(leading, by.number(LN2[0]))  # exact
    small = by.add(by.mul(leading, by.number(LN2[1])), by.mul(by.sub(rest, leading), by.number(np.log(2.0))))
    r = by.short_sum(product, small)
    power = _power(by, r, k)
    return by.where(by.is_nan(x), x, by.scaled(by.rounded(power.mantissa(by)), power.scales))


def expm1(by: Doubles, x: str) -> str:
    reduced = _expm1_reduced(by, by.bounded(x, EXPM1_LEAST, EXPM1_GREATEST))
    found = by.where(by.less(by.abs(x), SMALL), by.rounded(_expm1_series(by, x)), by.rounded(reduced))
    found = by.where(by.greater(x, EXPM1_GREATEST), exp(by, x), found)
    found = by.where(by.less(x, EXPM1_LEAST), by.number(-1.0), found)
    # A sum loses the sign of zero.
    return by.where(by.graph.op("Or", by.is_nan(x), by.is_zero(x)), x, found)


def tanh(by: Doubles, x: str) -> str:
    """-u/(u + 2) with u = e^(-2|x|) - 1, near 0 by its series."""
    size = by.bounded(by.abs(x), 0.0, TANH_GREATEST)
    square = by.mul(size, size)
    series = by.polynomial(square, TANH)
    near = by.add(size, by.mul(by.mul(square, size), series))
    found = by.where(by.less(size, SMALL_TANH), near, _tanh_quotient(by, size))
    found = by.where(by.less(x, 0.0), by.neg(found), found)
    return by.where(by.graph.op("Or", by.is_nan(x), by.is_zero(x)), x, found)


# ---- inside ----


def _power_of_e(by: Doubles, x: str) -> Power:
    high, rest = split_step()
    k = by.graph.op("Round", by.mul(x, by.number(STEPS_PER_LN2)))
    first = by.sub(x, by.mul(k, by.number(high)))  # exact, and so is the product
    correction = by.mul(k, by.number(rest))
    r = by.sub(first, correction)
    return _power(by, Pair(r, by.sub(by.sub(first, r), correction)), k)


def _power(by: Doubles, r: Pair, k: str) -> Power:
    """2^(k/128) e^r for |r| < 2^-8.5."""
    graph = by.graph
    steps = graph.cast(k, np.int64)
    index = graph.op("Mod", steps, by.integer(STEPS))
    exponent = graph.op("Div", graph.op("Sub", steps, index), by.integer(STEPS))
    leading, below, whole = (by.table(column, index) for column in powers())
    r_leading = by.shortened(r.high)
    series = by.polynomial(r.high, [1 / factorial(n) for n in range(2, 7)])
    tail = by.add(by.add(by.sub(r.high, r_leading), r.low), by.mul(by.mul(r.high, r.high), series))
    rest = by.add(below, by.add(by.mul(below, r_leading), by.mul(whole, tail)))
    return Power(leading, by.mul(leading, r_leading), rest, by.scales(exponent))


def _expm1_reduced(by: Doubles, x: str) -> Pair:
    power = _power_of_e(by, x)
    first = by.exact_sum(by.scaled(power.leading, power.scales), by.number(-1.0))
    product = by.scaled(power.product, power.scales)
    total = by.short_sum(first.high, product)
    rest = by.scaled(power.rest, power.scales)
    return Pair(total.high, by.add(by.add(first.low, total.low), rest))


def _expm1_series(by: Doubles, x: str) -> Pair:
    """x + x²/2 + …; of the square the leading part is exact."""
    leading = by.shortened(x)
    half = by.number(0.5)
    half_square = by.mul(by.mul(half, leading), leading)
    series = by.polynomial(x, [1 / factorial(n) for n in range(3, 12)])
    total = by.short_sum(x, half_square)
    lost = by.mul(half, by.mul(by.sub(x, leading), by.add(x, leading)))
    cube = by.mul(by.mul(x, x), x)
    return Pair(total.high, by.add(total.low, by.add(lost, by.mul(cube, series))))


def _tanh_quotient(by: Doubles, size: str) -> str:
    estimate = _expm1_reduced(by, by.mul(by.number(-2.0), size))
    u = by.short_sum(estimate.high, estimate.low)
    divisor = by.short_sum(by.number(2.0), u.high)
    divisor_low = by.add(divisor.low, u.low)
    inverse = by.div(by.number(1.0), divisor.high)
    quotient = by.shortened(by.mul(u.high, inverse))
    divisor_leading = by.shortened(divisor.high)
    rest = by.sub(
        by.sub(u.high, by.mul(quotient, divisor_leading)), by.mul(quotient, by.sub(divisor.high, divisor_leading))
    )
    correction = by.mul(by.add(rest, by.sub(u.low, by.mul(quotient, divisor_low))), inverse)
    return by.neg(by.add(quotient, correction))
