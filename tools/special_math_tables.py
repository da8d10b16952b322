"""The numbers in native/math/src/special_tables.rs, for sin, cos, asin, atan2, erf and ndtri.

Bits of 2/pi come from integer arithmetic; everything else is computed with 120 decimal digits.
tools/make_math_tables.py writes the file.
"""

from __future__ import annotations

from decimal import Decimal, getcontext
from fractions import Fraction
from statistics import NormalDist

# Bits of 2/pi: a double has up to 1024 bits before the point, the reduction uses 384 bits from there.
REVOLUTION_BITS = 64 * 22
GUARD_BITS = 64
SINE_STEPS = 64
ARCTANGENT_STEPS = 64
# Coefficients of a row: three as sums of two doubles, the rest as one double each.
PAIRS, SINGLES = 3, 9
TERMS = PAIRS + SINGLES
TAIL_STEPS = 32
TAIL_LARGEST = Decimal("745.2")  # -ln of the least subnormal number, and a little
CENTRE_STEPS, CENTRE_NODES = 256, 95
ERF_STEPS, ERF_NODES = 32, 191

getcontext().prec = 120


def integer_pi(bits: int) -> int:
    """pi 2^bits, cut (Machin)."""

    def inverse_arctangent(divisor: int, scale: int) -> int:
        power = scale // divisor
        total, n, sign = power, 1, 1
        while power:
            power //= divisor * divisor
            n, sign = n + 2, -sign
            total += sign * (power // n)
        return total

    scale = 1 << (bits + GUARD_BITS)
    return 4 * (4 * inverse_arctangent(5, scale) - inverse_arctangent(239, scale)) >> GUARD_BITS


PI = Fraction(integer_pi(1024), 1 << 1024)
DECIMAL_PI = Decimal(PI.numerator) / Decimal(PI.denominator)
LOG_ROOT_TWO_PI = (2 * DECIMAL_PI).ln() / 2


def two_over_pi_limbs() -> list[int]:
    """A limb of zeros and the bits of 2/pi after the point, the most significant limb first."""
    bits = REVOLUTION_BITS
    # The quotient of cut numbers differs from the true one far below its last bit here.
    quotient = (1 << (2 * bits + 2 * GUARD_BITS + 1)) // integer_pi(bits + GUARD_BITS) >> GUARD_BITS
    assert quotient.bit_length() == bits
    return [0] + [quotient >> shift & (2**64 - 1) for shift in range(bits - 64, -1, -64)]


def sine(value: Decimal) -> Decimal:
    """The Taylor series."""
    term, total, n = value, value, 1
    while abs(term) > Decimal(10) ** -118:
        term = -term * value * value / ((n + 1) * (n + 2))
        total, n = total + term, n + 2
    return total


def arctangent(value: Decimal) -> Decimal:
    """Four halvings of the angle, then the series."""
    for _ in range(4):
        value = value / (1 + (1 + value * value).sqrt())
    power, total, n = value, value, 1
    while abs(power) > Decimal(10) ** -118:
        power, n = -power * value * value, n + 2
        total += power / n
    return 16 * total


def sines() -> list[Fraction]:
    """sin(i pi/128) from 0 to pi/2."""
    return [Fraction(sine(DECIMAL_PI * i / (2 * SINE_STEPS))) for i in range(SINE_STEPS)] + [Fraction(1)]


def arctangents() -> list[Fraction]:
    """atan(i/64) from 0 to 1."""
    return [Fraction(arctangent(Decimal(i) / ARCTANGENT_STEPS)) for i in range(ARCTANGENT_STEPS + 1)]


def density(z: Decimal) -> Decimal:
    """Of the standard normal distribution."""
    return (-z * z / 2 - LOG_ROOT_TWO_PI).exp()


def mills_ratio(z: Decimal) -> Decimal:
    """(1 - cdf(z))/density(z) for z >= 0: by the series of the cdf, or far out by the continued fraction."""
    if z < 6:
        term, total, n = z, z, 1
        while term > total * Decimal(10) ** -119:
            n += 2
            term = term * z * z / n
            total += term
        return 1 / (2 * density(z)) - total
    ratio = z
    for n in range(500, 0, -1):
        ratio = z + n / ratio
    return 1 / ratio


def upper_quantile(log_size: Decimal) -> Decimal:
    """z with 1 - cdf(z) = e^-log_size, for a log_size above ln 2: Newton's steps on the logarithm."""
    if log_size < 700:
        z = Decimal(-NormalDist().inv_cdf(float((-log_size).exp())))
    else:
        z = (2 * log_size - (4 * DECIMAL_PI * log_size).ln()).sqrt()
    for _ in range(60):
        ratio = mills_ratio(z)
        step = (log_size - z * z / 2 - LOG_ROOT_TWO_PI + ratio.ln()) * ratio
        z += step
        if abs(step) < Decimal(10) ** -60:
            return z
    raise AssertionError(log_size)


def product(a: list[Decimal], b: list[Decimal], n: int) -> Decimal:
    """The n-th coefficient of the product of two power series."""
    return sum((a[i] * b[n - i] for i in range(n + 1)), Decimal(0))


def tail_row(log_size: Fraction) -> list[Fraction]:
    """z(s) about log_size, 1 - cdf(z) = e^-s: z' = m and m' = m (z m - 1), with m the ratio of Mills."""
    z = [upper_quantile(Decimal(log_size.numerator) / log_size.denominator)]
    m = [mills_ratio(z[0])]
    inner: list[Decimal] = []
    for n in range(TERMS - 1):
        inner.append(product(z, m, n) - (1 if n == 0 else 0))
        z.append(m[n] / (n + 1))
        m.append(product(m, inner, n) / (n + 1))
    return [Fraction(value) for value in z]


def tail() -> list[list[Fraction]]:
    """A row for each 32nd of each octave of -ln p, from 2 on, about its middle."""
    rows = []
    for exponent in range(1, 10):
        for i in range(TAIL_STEPS):
            start = 2**exponent * (1 + Fraction(i, TAIL_STEPS))
            if start < TAIL_LARGEST:
                rows.append(tail_row(start + Fraction(2**exponent, 2 * TAIL_STEPS)))
    return rows


def centre_row(q: Fraction) -> list[Fraction]:
    """Coefficients of z(q) about q, cdf(z) = 1/2 + q: z' = r and r' = z r r, with r one over the density."""
    z = [Decimal(0)]
    if q:
        size = Fraction(1, 2) - q
        z = [upper_quantile(-(Decimal(size.numerator) / size.denominator).ln())]
    r = [1 / density(z[0])]
    square: list[Decimal] = []
    for n in range(TERMS - 1):
        square.append(product(r, r, n))
        z.append(r[n] / (n + 1))
        r.append(product(z, square, n) / (n + 1))
    return [Fraction(value) for value in z]


def centre() -> list[list[Fraction]]:
    """A row about each 256th of q."""
    return [centre_row(Fraction(i, CENTRE_STEPS)) for i in range(CENTRE_NODES)]


def erf_row(a: Decimal) -> list[Fraction]:
    """Coefficients of erf about a: of its derivative g, g' = -2 x g."""
    factor = 2 / DECIMAL_PI.sqrt()
    term, total, n = a, a, 1
    while term > total * Decimal(10) ** -119:
        n += 2
        term = term * 2 * a * a / n
        total += term
    g = [factor * (-a * a).exp()]
    values = [g[0] * total]
    for i in range(TERMS - 1):
        values.append(g[i] / (i + 1))
        g.append(-2 * (a * g[i] + (g[i - 1] if i else 0)) / (i + 1))
    return [Fraction(value) for value in values]


def erf() -> list[list[Fraction]]:
    """A row about each 32nd."""
    return [erf_row(Decimal(i) / ERF_STEPS) for i in range(ERF_NODES)]
