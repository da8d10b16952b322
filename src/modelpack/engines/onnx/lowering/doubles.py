"""Arithmetic on tensors of doubles, as the elementary functions need it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack.engines.onnx.graph import Graph

__all__ = ["Doubles", "Pair"]

# Splitting by this factor leaves 26 bits.
SPLITTER = float(2**27 + 1)


@dataclass(frozen=True)
class Pair:
    """A number as a sum of two doubles, the second of which is small beside the first."""

    high: str
    low: str


class Doubles:
    """A graph seen as a calculator."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph

    def number(self, value: float) -> str:
        return self.graph.constant(float(value), np.float64)

    def integer(self, value: int) -> str:
        return self.graph.constant(int(value), np.int64)

    def add(self, a: str, b: str) -> str:
        return self.graph.op("Add", a, b)

    def sub(self, a: str, b: str) -> str:
        return self.graph.op("Sub", a, b)

    def mul(self, a: str, b: str) -> str:
        return self.graph.op("Mul", a, b)

    def div(self, a: str, b: str) -> str:
        return self.graph.op("Div", a, b)

    def neg(self, x: str) -> str:
        return self.graph.op("Neg", x)

    def abs(self, x: str) -> str:
        return self.graph.op("Abs", x)

    def where(self, condition: str, a: str, b: str) -> str:
        return self.graph.op("Where", condition, a, b)

    def less(self, a: str, b: float) -> str:
        return self.graph.op("Less", a, self.number(b))

    def greater(self, a: str, b: float) -> str:
        return self.graph.op("Greater", a, self.number(b))

    def is_zero(self, x: str) -> str:
        return self.graph.op("Equal", x, self.number(0.0))

    def is_nan(self, x: str) -> str:
        return self.graph.op("IsNaN", x)

    def bounded(self, x: str, low: float, high: float) -> str:
        """x within these limits; NaN becomes 0."""
        found = self.where(self.less(x, low), self.number(low), x)
        found = self.where(self.greater(found, high), self.number(high), found)
        return self.where(self.is_nan(x), self.number(0.0), found)

    def shortened(self, x: str) -> str:
        """The number nearest to x of those with 26 bits."""
        large = self.mul(x, self.number(SPLITTER))
        return self.sub(large, self.sub(large, x))

    def exact_sum(self, a: str, b: str) -> Pair:
        """a + b without an error, whichever is the larger."""
        total = self.add(a, b)
        part = self.sub(total, a)
        return Pair(total, self.add(self.sub(a, self.sub(total, part)), self.sub(b, part)))

    def short_sum(self, a: str, b: str) -> Pair:
        """The same where b is not larger than a."""
        total = self.add(a, b)
        return Pair(total, self.add(self.sub(a, total), b))

    def rounded(self, pair: Pair) -> str:
        return self.add(pair.high, pair.low)

    def table(self, values: npt.NDArray[Any], index: str) -> str:
        return self.graph.op("Gather", self.graph.constant(values), index, axis=0)

    def polynomial(self, x: str, coefficients: Sequence[float]) -> str:
        """By Horner's rule, the constant first."""
        found = self.number(coefficients[-1])
        for coefficient in coefficients[-2::-1]:
            found = self.add(self.mul(found, x), self.number(coefficient))
        return found

    def power_of_two(self, exponent: str) -> str:
        """2^exponent for whole numbers from -600 to 600."""
        limit = 600
        values = np.ldexp(1.0, np.arange(-limit, limit + 1))
        return self.table(values, self.graph.op("Add", exponent, self.integer(limit)))

    def scales(self, exponent: str) -> tuple[str, str]:
        """Two powers of two whose product is 2^exponent, which may itself be beyond the range."""
        half = self.graph.op("Div", exponent, self.integer(2))
        return self.power_of_two(half), self.power_of_two(self.graph.op("Sub", exponent, half))

    def scaled(self, x: str, scales: tuple[str, str]) -> str:
        return self.mul(self.mul(x, scales[0]), scales[1])
