"""Compare the core's own elementary functions with MPFR, and the host's with them.

    python tools/check_math.py --arguments 100000000 --jobs 2 --singles

Needs cargo, a C compiler and MPFR (on Debian and Ubuntu, apt-get install libmpfr-dev). Two fifths of the arguments are
spread evenly over the range of the function, two fifths over the exponents, one fifth lies where models have theirs.
The lists of native/math/tests/hard come on top, and `--singles` adds every float32. `--without-fma` runs the comparison
with glibc's FMA variants hidden. Exit code 1 says that an answer is not the nearest double.

    python tools/check_math.py --search 400000 --seed 1 --write-hard

looks for harder arguments in so many blocks of 2^22 neighbours, for about a third of a millisecond each, and puts the
hardest into the lists.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MATH = ROOT / "native" / "math"
HARD = MATH / "tests" / "hard"
RUST = ["cargo", "build", "--quiet", "--release", "-p", "modelpack-math", "--example", "functions"]
CC = os.environ.get("CC", "cc")
NO_FMA = "glibc.cpu.hwcaps=-FMA,-AVX2_Usable,-AVX2,-FMA4"


def rust_library() -> Path:
    """The Rust functions, built as a shared library."""
    subprocess.run(RUST, cwd=ROOT / "native", check=True)
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "native" / "target"))
    return target / "release" / "examples" / "libfunctions.so"


def twin_library(folder: Path) -> Path:
    """The C functions as a shared library."""
    library = folder / "libtwin.so"
    sources = sorted(map(str, (MATH / "c").glob("*.c")))
    subprocess.run([CC, "-O2", "-std=c99", "-fPIC", "-shared", "-o", str(library), *sources], check=True)
    return library


def checker(folder: Path) -> Path:
    """The comparing program."""
    program = folder / "check"
    sources = sorted(map(str, (MATH / "check").glob("*.c")))
    libraries = ["-lmpfr", "-lgmp", "-lpthread", "-ldl", "-lm"]
    subprocess.run([CC, "-O2", "-std=c11", "-Wall", "-Wextra", "-o", str(program), *sources, *libraries], check=True)
    return program


def main() -> int:
    """Build, run, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--arguments", type=int, default=1_000_000, help="per function of doubles")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--functions", help="names between commas; all where left out")
    parser.add_argument("--singles", action="store_true", help="every float32 for the functions of singles, too")
    parser.add_argument("--without-fma", action="store_true", help="hide glibc's FMA variants")
    parser.add_argument("--twin", action="store_true", help="check the C functions instead of the Rust ones")
    parser.add_argument("--search", type=int, default=0, help="blocks to search for hard arguments")
    parser.add_argument("--seed", type=int, default=1, help="which blocks")
    parser.add_argument("--write-hard", action="store_true", help="put the hardest arguments into the lists")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        library = twin_library(Path(folder)) if options.twin else rust_library()
        command = [str(checker(Path(folder))), str(library)]
        command += ["--arguments", str(options.arguments), "--jobs", str(options.jobs), "--hard", str(HARD)]
        command += ["--search", str(options.search), "--seed", str(options.seed)]
        command += ["--functions", options.functions] if options.functions else []
        command += ["--singles"] if options.singles else []
        command += ["--write-hard"] if options.write_hard else []
        environment = {**os.environ, "GLIBC_TUNABLES": NO_FMA} if options.without_fma else None
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
