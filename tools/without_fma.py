"""Runs a command where glibc may not use fused multiply-adds: `without_fma.py COMMAND …`; says what that changes.

On a host without glibc, or a processor without FMA, nothing changes, and the line says so.
"""

from __future__ import annotations

import os
import subprocess
import sys

HIDDEN = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-FMA,-AVX2_Usable,-AVX2,-FMA4"}
PROBE = """
import array, math, random, sys
random.seed(1)
sys.stdout.buffer.write(array.array("d", (math.exp(random.uniform(-5, 5)) for _ in range(100000))).tobytes())
"""


def exponentials(environment: dict[str, str]) -> bytes:
    return subprocess.run([sys.executable, "-c", PROBE], env=environment, check=True, capture_output=True).stdout


def main() -> int:
    hidden = {**os.environ, **HIDDEN}
    ours, theirs = exponentials(dict(os.environ)), exponentials(hidden)
    changed = sum(ours[at : at + 8] != theirs[at : at + 8] for at in range(0, len(ours), 8))
    print(f"without FMA the host's exp has other bits for {changed} of 100,000 arguments", flush=True)
    return subprocess.run(sys.argv[1:], env=hidden, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
