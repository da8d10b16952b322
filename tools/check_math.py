"""Compare the core's own elementary functions with MPFR: `python tools/check_math.py [arguments per function]`.

Needs gmpy2 (`pip install gmpy2`), which nothing else here does, and cargo. Half of the arguments are spread evenly over
the range of the function, half over the exponents.
"""

from __future__ import annotations

import random
import struct
import subprocess
import sys
from pathlib import Path

import gmpy2

NATIVE = Path(__file__).resolve().parent.parent / "native"
COMMAND = ["cargo", "run", "-q", "--release", "-p", "modelpack-math", "--example", "evaluate", "--"]
# Name, MPFR's function, the range of the even half, the exponents of the other half, both signs.
FUNCTIONS = [
    ("exp", gmpy2.exp, (-746.0, 710.0), (-56, 9), True),
    ("expm1", gmpy2.expm1, (-41.0, 710.0), (-56, 9), True),
    ("exp2", gmpy2.exp2, (-1076.0, 1025.0), (-56, 10), True),
    ("log", gmpy2.log, (0.0, 4.0), (-1074, 1023), False),
    ("log1p", gmpy2.log1p, (-1.0, 4.0), (-56, 1023), False),
    ("log2", gmpy2.log2, (0.0, 4.0), (-1074, 1023), False),
    ("tanh", gmpy2.tanh, (-20.0, 20.0), (-30, 4), True),
]


def arguments(count: int, span: tuple[float, float], exponents: tuple[int, int], signed: bool) -> list[float]:
    """Seeded arguments, the two halves in turn."""
    source = random.Random(1)
    numbers = []
    for i in range(count):
        if i % 2:
            numbers.append(source.uniform(*span))
            continue
        number = source.uniform(1, 2) * 2.0 ** source.randint(*exponents)
        numbers.append(-number if signed and source.random() < 0.5 else number)
    return numbers


def evaluate(name: str, numbers: list[float]) -> list[float]:
    """The core's answers, in the same order."""
    data = struct.pack(f"<{len(numbers)}d", *numbers)
    done = subprocess.run([*COMMAND, name], cwd=NATIVE, input=data, stdout=subprocess.PIPE, check=True)
    return list(struct.unpack(f"<{len(numbers)}d", done.stdout))


def main() -> int:
    """Print the wrong answers of each function; the exit code says whether there are any."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    context = gmpy2.get_context()
    context.precision, context.emin, context.emax, context.subnormalize = 53, -1073, 1024, True
    failed = False
    for name, function, span, exponents, signed in FUNCTIONS:
        numbers = arguments(count, span, exponents, signed)
        answers = evaluate(name, numbers)
        right = [float(function(gmpy2.mpfr(number))) for number in numbers]
        wrong = [i for i in range(count) if struct.pack("<d", answers[i]) != struct.pack("<d", right[i])]
        print(f"{name}: {len(wrong)} of {count} not the nearest double")
        for i in wrong[:3]:
            print(f"  {numbers[i].hex()}: {answers[i].hex()}, MPFR {right[i].hex()}")
        failed = failed or bool(wrong)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
