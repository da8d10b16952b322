"""How far scipy's and numpy's functions are from the core's own, which are correctly rounded.

    python tools/compare_scipy.py [arguments per function]

Needs cargo, numpy and scipy. Half of the arguments are spread evenly over the range, half over the exponents.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable

import numpy as np
import scipy.special
from check_math import rust_library

Array = np.ndarray
# Name, the other function, the range of the even half, the exponents of the other half.
FUNCTIONS: list[tuple[str, str, Callable[[Array], Array], tuple[float, float], tuple[int, int]]] = [
    ("ndtri", "scipy.special.ndtri", scipy.special.ndtri, (0.0, 1.0), (-1074, -1)),
    ("ndtri", "the same, 1e-7 to 1 - 1e-7", scipy.special.ndtri, (1e-7, 1 - 1e-7), (-23, -1)),
    ("erf", "scipy.special.erf", scipy.special.erf, (0.0, 6.0), (-30, 2)),
    ("sin", "numpy.sin", np.sin, (0.0, 1000.0), (-26, 20)),
    ("cos", "numpy.cos", np.cos, (0.0, 1000.0), (-26, 20)),
    ("asin", "numpy.arcsin", np.arcsin, (0.0, 1.0), (-26, -1)),
]


def arguments(count: int, span: tuple[float, float], exponents: tuple[int, int]) -> Array:
    """Seeded arguments."""
    source = np.random.default_rng(1)
    half = count // 2
    sizes = source.uniform(1, 2, count - half)
    powers = source.integers(exponents[0], exponents[1], count - half)
    return np.concatenate([source.uniform(*span, half), np.ldexp(sizes, powers)])


def own(library: ctypes.CDLL, name: str, numbers: Array) -> Array:
    """The core's answers."""
    function = library[f"mp_math_{name}"]
    function.argtypes, function.restype = [ctypes.c_double], ctypes.c_double
    return np.fromiter(map(function, numbers.tolist()), np.float64, len(numbers))


def main() -> int:
    """Print a row for each comparison."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    library = ctypes.CDLL(str(rust_library()))
    print(f"numpy {np.__version__}, scipy {scipy.__version__}, {count} arguments\n")
    print("| function | differs | greatest distance, units | at |\n|---|---|---|---|")
    for name, title, other, span, exponents in FUNCTIONS:
        numbers = arguments(count, span, exponents)
        ours, theirs = own(library, name, numbers), other(numbers)
        distances = np.abs(ours - theirs) / np.spacing(np.abs(ours))
        share = 100 * np.count_nonzero(distances) / count
        at = int(np.argmax(distances))
        print(f"| {title} | {share:.4f} % | {distances[at]:.0f} | {numbers[at]!r} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
