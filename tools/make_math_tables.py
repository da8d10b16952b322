"""Write the constants of the core's own elementary functions: tables.rs, special_tables.rs, and those of the C twin.

Every constant is computed with 120 decimal digits and rounded once: to nearest even for doubles, towards zero for wide
mantissas.
`--check` compares instead of writing.
"""

from __future__ import annotations

import argparse
import struct
import sys
from decimal import Decimal, getcontext
from fractions import Fraction
from pathlib import Path

import math_tables_c
import special_math_tables as special

TARGET = Path(__file__).resolve().parent.parent / "native" / "math" / "src" / "tables.rs"
SPECIAL_TARGET = TARGET.with_name("special_tables.rs")
STEPS = 128
INVERSE_BITS = 10
# The first phase of the logarithms divides [1, 2) finer; mantissas lie from 0.707 (106/256 into [0.5, 1)) to 1.414.
FINE_STEPS = 256
FINE_INVERSE_BITS = 12
FINE_FIRST = 106
# The grid of the leading parts: their sum with a multiple of an exponent is exact.
GRID_BITS = 42
TANH_TERMS = 6
# The first 128th of [1, 2) that own/log.rs halves: mantissas then lie about 1, from 0.707 to 1.414.
FIRST_HALVED = 53
WIDE_BITS = 256

getcontext().prec = 120
LN2 = Fraction(Decimal(2).ln())


def double(value: Fraction) -> float:
    """The nearest double; Python divides integers with one rounding."""
    return value.numerator / value.denominator


def leading(value: Fraction, bits: int) -> Fraction:
    """The value cut to its leading `bits` bits."""
    scale = 0
    while abs(value) * Fraction(2) ** scale < 2 ** (bits - 1):
        scale += 1
    while abs(value) * Fraction(2) ** scale >= 2**bits:
        scale -= 1
    return Fraction(int(value * Fraction(2) ** scale)) / Fraction(2) ** scale


def pair(value: Fraction) -> tuple[float, float]:
    """The value as an unevaluated sum of two doubles."""
    high = double(value)
    return high, double(value - Fraction(high))


def literal(value: float) -> str:
    """A Rust expression with exactly the bits of the double."""
    bits = struct.unpack("<Q", struct.pack("<d", value))[0]
    digits = f"{bits:016x}"
    return "f64::from_bits(0x" + "_".join(digits[i : i + 4] for i in range(0, 16, 4)) + ")"


def constant(name: str, comment: str, value: float) -> list[str]:
    """One documented double."""
    return [f"/// {comment}", f"pub const {name}: f64 = {literal(value)};"]


def constant_pair(name: str, comment: str, value: Fraction) -> list[str]:
    """One documented sum of two doubles."""
    high, low = pair(value)
    return [
        f"/// {comment}",
        f"pub const {name}: (f64, f64) = (",
        f"    {literal(high)},",
        f"    {literal(low)},",
        ");",
    ]


def wide(name: str, comment: str, value: Fraction) -> list[str]:
    """A documented 256-bit mantissa, least significant limb first, of a value in [1/2, 1)."""
    mantissa = int(value * 2**WIDE_BITS)
    assert mantissa.bit_length() == WIDE_BITS
    limbs = [(mantissa >> (64 * i)) & (2**64 - 1) for i in range(WIDE_BITS // 64)]
    lines = [f"/// {comment}", f"pub const {name}: [u64; {len(limbs)}] = ["]
    for limb in limbs:
        digits = f"{limb:016x}"
        lines.append("    0x" + "_".join(digits[i : i + 4] for i in range(0, 16, 4)) + ",")
    return [*lines, "];"]


def powers() -> list[str]:
    """2^(i/128) as sums of two doubles."""
    lines = ["/// 2^(i/128), as sums of two doubles.", f"pub static POWERS: [(f64, f64); {STEPS}] = ["]
    for i in range(STEPS):
        value = Fraction((Decimal(2).ln() * i / STEPS).exp()) if i else Fraction(1)
        high, low = pair(value)
        lines += ["    (", f"        {literal(high)},", f"        {literal(low)},", "    ),"]
    return [*lines, "];"]


def logarithms() -> list[str]:
    """For each 128th of [1, 2): an inverse c of few bits and -ln(c)."""
    lines = [
        "/// For the i-th 128th of [1, 2), halved from the 53rd on: c with |c m - 1| <= 2^-7, and -ln(c).",
        f"pub static INVERSES: [(f64, f64, f64); {STEPS}] = [",
    ]
    for i in range(STEPS):
        halving = 2 if i >= FIRST_HALVED else 1
        low, high = (1 + Fraction(i, STEPS)) / halving, (1 + Fraction(i + 1, STEPS)) / halving
        inverse = Fraction(round(2 / (low + high) * 2**INVERSE_BITS), 2**INVERSE_BITS)
        if i in (0, STEPS - 1):
            inverse = Fraction(1)  # arguments near 1 keep their relative precision
        assert max(abs(inverse * low - 1), abs(inverse * high - 1)) <= Fraction(1, 128)
        logarithm = -Fraction((Decimal(inverse.numerator) / Decimal(inverse.denominator)).ln())
        first, second = pair(logarithm)
        lines += [
            "    (",
            f"        {literal(double(inverse))},",
            f"        {literal(first)},",
            f"        {literal(second)},",
            "    ),",
        ]
    return [*lines, "];"]


def fine_intervals() -> list[tuple[Fraction, Fraction]]:
    """For each index its inverse c of few bits and ln(c)."""
    rows = []
    for i in range(FINE_STEPS):
        fraction = (i + FINE_FIRST) % FINE_STEPS
        halving = 2 if fraction >= FINE_FIRST else 1
        low = (1 + Fraction(fraction, FINE_STEPS)) / halving
        high = (1 + Fraction(fraction + 1, FINE_STEPS)) / halving
        inverse = Fraction(round(2 / (low + high) * 2**FINE_INVERSE_BITS), 2**FINE_INVERSE_BITS)
        if fraction in (0, FINE_STEPS - 1):
            inverse = Fraction(1)  # arguments near 1 keep their relative precision
        greatest = Fraction(1, 256) if inverse == 1 else Fraction(1, 430)
        assert max(abs(inverse * low - 1), abs(inverse * high - 1)) <= greatest
        logarithm = Fraction((Decimal(inverse.numerator) / Decimal(inverse.denominator)).ln())
        rows.append((inverse, logarithm))
    return rows


def on_grid(value: Fraction) -> tuple[float, float]:
    """The value as a multiple of 2^-42 and the rest."""
    high = Fraction(round(value * 2**GRID_BITS), 2**GRID_BITS)
    return double(high), double(value - high)


def fine_logarithms() -> list[str]:
    """The tables of the first phase of the logarithms."""
    intervals = fine_intervals()
    lines = [
        "/// For each 256th of a mantissa from 0.707: c with |c m - 1| <= 1/430 (1/256 where c is 1), and -ln(c) as a",
        "/// multiple of 2^-42 and the rest.",
        f"pub static LOGARITHMS: [(f64, f64, f64); {FINE_STEPS}] = [",
    ]
    for inverse, logarithm in intervals:
        high, low = on_grid(-logarithm)
        lines += ["    (", *(f"        {literal(value)}," for value in (double(inverse), high, low)), "    ),"]
    lines += [
        "];",
        "/// The same c and -ln(c) as one double, for singles.",
        f"pub static SINGLE_LOGARITHMS: [(f64, f64); {FINE_STEPS}] = [",
    ]
    for inverse, logarithm in intervals:
        lines += ["    (", *(f"        {literal(double(value))}," for value in (inverse, -logarithm)), "    ),"]
    lines += [
        "];",
        "/// To the same c: the binary logarithm of 1/c as a multiple of 2^-42 and the rest.",
        f"pub static BINARY_LOGARITHMS: [(f64, f64); {FINE_STEPS}] = [",
    ]
    for _, logarithm in intervals:
        lines += ["    (", *(f"        {literal(value)}," for value in on_grid(-logarithm / LN2)), "    ),"]
    return [*lines, "];"]


def tanh_series() -> list[str]:
    """The Taylor coefficients of tanh(x), from tanh' = 1 - tanh^2."""
    series = [Fraction(0), Fraction(1)]
    while len(series) < 2 * TANH_TERMS + 2:
        n = len(series)
        square = sum((series[i] * series[n - 1 - i] for i in range(n)), Fraction(0))
        series.append(-square / n)
    lines = [
        "/// The coefficients of x^3, x^5, … in the series of tanh(x).",
        f"pub const TANH: [f64; {TANH_TERMS}] = [",
    ]
    lines += [f"    {literal(double(series[2 * i + 3]))}," for i in range(TANH_TERMS)]
    return [*lines, "];"]


def source() -> str:
    """The text of tables.rs."""
    step = LN2 / STEPS
    high = leading(step, 35)
    middle = leading(step - high, 35)
    lines = ["//! Written by tools/make_math_tables.py; not edited by hand.", ""]
    lines += constant("STEPS_PER_LN2", "128/ln 2.", double(STEPS / LN2))
    lines += constant(
        "STEP_HIGH", "The leading 35 bits of ln(2)/128: its product with an integer below 2^18 is exact.", double(high)
    )
    lines += constant("STEP_MIDDLE", "The next 35 bits of ln(2)/128.", double(middle))
    lines += constant("STEP", "ln(2)/128.", double(step))
    lines += constant("STEP_REST", "All but the leading 35 bits of ln(2)/128.", double(step - high))
    lines += constant("STEP_LOW", "The rest of ln(2)/128.", double(step - high - middle))
    log_high = leading(LN2, 42)
    lines += constant(
        "LN2_HIGH", "The leading 42 bits of ln 2: its product with an exponent is exact.", double(log_high)
    )
    lines += constant("LN2_LOW", "The rest of ln 2.", double(LN2 - log_high))
    lines += constant_pair("LN2", "ln 2.", LN2)
    lines += constant_pair("INVERSE_LN2", "1/ln 2.", 1 / LN2)
    short = leading(LN2, 27)
    lines += constant("LN2_SHORT", "The leading 27 bits of ln 2.", double(short))
    lines += constant("LN2_SHORT_REST", "The rest of ln 2.", double(LN2 - short))
    short = leading(1 / LN2, 27)
    lines += constant("INVERSE_LN2_HIGH", "The leading 27 bits of 1/ln 2.", double(short))
    lines += constant("INVERSE_LN2_LOW", "The rest of 1/ln 2.", double(1 / LN2 - short))
    lines += constant_pair("THIRD", "1/3.", Fraction(1, 3))
    lines += wide("WIDE_LN2", "The mantissa of ln 2.", LN2)
    lines += wide("WIDE_INVERSE_LN2", "The mantissa of 1/ln 2, to be doubled.", 1 / LN2 / 2)
    return "\n".join([*lines, *tanh_series(), *powers(), *logarithms(), *fine_logarithms()]) + "\n"


def bits_literal(value: float) -> str:
    """The bits of the double as a Rust number."""
    digits = f"{struct.unpack('<Q', struct.pack('<d', value))[0]:016x}"
    return "0x" + "_".join(digits[i : i + 4] for i in range(0, 16, 4))


def pairs(name: str, comment: str, values: list[Fraction]) -> list[str]:
    """A documented table of sums of two doubles."""
    lines = [f"/// {comment}", "#[rustfmt::skip]", f"pub static {name}: [(f64, f64); {len(values)}] = ["]
    for value in values:
        high, low = pair(value)
        lines.append(f"    ({literal(high)}, {literal(low)}),")
    return [*lines, "];"]


def rows(name: str, comment: str, values: list[list[Fraction]]) -> list[str]:
    """A documented table of polynomials, as bits: the leading coefficients as sums of two doubles, the rest as one."""
    width = special.PAIRS + special.TERMS
    lines = [f"/// {comment}", "#[rustfmt::skip]", f"pub static {name}: [[u64; {width}]; {len(values)}] = ["]
    for row in values:
        numbers = [half for value in row[: special.PAIRS] for half in pair(value)]
        numbers += [double(value) for value in row[special.PAIRS :]]
        lines.append("    [" + ", ".join(bits_literal(number) for number in numbers) + "],")
    return [*lines, "];"]


def special_source() -> str:
    """The text of special_tables.rs."""
    limbs = special.two_over_pi_limbs()
    lines = ["//! Written by tools/make_math_tables.py; not edited by hand.", ""]
    lines += [
        "/// 64 zeros and the bits of 2/pi after the point, the most significant limb first.",
        "#[rustfmt::skip]",
        f"pub static TWO_OVER_PI: [u64; {len(limbs)}] = [",
    ]
    for limb in limbs:
        digits = f"{limb:016x}"
        lines.append("    0x" + "_".join(digits[i : i + 4] for i in range(0, 16, 4)) + ",")
    lines.append("];")
    step = special.PI / (2 * special.SINE_STEPS)
    high = leading(step, 27)
    middle = leading(step - high, 24)
    low, lowest = pair(step - high - middle)
    lines += constant("STEPS_PER_PI", "128/pi.", double(1 / step))
    lines += constant("ANGLE_HIGH", "The leading 27 bits of pi/128.", double(high))
    lines += constant("ANGLE_MIDDLE", "The next bits of pi/128, to 2^-59.", double(middle))
    lines += constant("ANGLE_LOW", "The next 53 bits of pi/128.", low)
    lines += constant("ANGLE_LOWEST", "The rest of pi/128.", lowest)
    lines += constant_pair("ANGLE", "pi/128.", step)
    lines += constant_pair("PI", "pi.", special.PI)
    lines += constant_pair("HALF_PI", "pi/2.", special.PI / 2)
    lines += constant_pair("MINUS_SIXTH", "-1/6.", Fraction(-1, 6))
    lines += constant_pair("MINUS_THIRD", "-1/3.", Fraction(-1, 3))
    lines += wide("WIDE_PI", "The mantissa of pi.", special.PI / 4)
    root = Fraction((2 * special.DECIMAL_PI).sqrt())
    lines += wide("WIDE_ROOT_TWO_PI", "The mantissa of the square root of 2 pi.", root / 4)
    inverse_root = Fraction(2 / special.DECIMAL_PI.sqrt())
    lines += wide("WIDE_TWO_PER_ROOT_PI", "The mantissa of 2 over the square root of pi.", inverse_root / 2)
    lines += pairs("SINES", "sin(i pi/128).", special.sines())
    lines += pairs("ARCTANGENTS", "atan(i/64).", special.arctangents())
    lines += rows(
        "QUANTILE_TAIL", "-ndtri(e^-s) about the middle of each 32nd of each octave of s from 2 on.", special.tail()
    )
    lines += rows("QUANTILE_CENTRE", "ndtri(1/2 + q) about q = i/256.", special.centre())
    lines += rows("ERF", "erf about i/32.", special.erf())
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write or check the files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    check = parser.parse_args().check
    rust = [(TARGET, source()), (SPECIAL_TARGET, special_source())]
    for target, text in [*rust, *math_tables_c.sources("".join(text for _, text in rust))]:
        if not check:
            target.write_text(text)
        elif target.read_text() != text:
            print(f"{target} is not what {Path(__file__).name} writes", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
