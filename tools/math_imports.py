"""Libraries take no mathematical function from the host, whose bits differ between machines.

`math_imports.py LIBRARY …`
"""

from __future__ import annotations

import ctypes.util
import re
import subprocess
import sys
from pathlib import Path


def symbols(library: str, *options: str) -> set[str]:
    listing = subprocess.run(["nm", "-D", *options, library], check=True, capture_output=True, text=True).stdout
    return {line.split()[-1].partition("@")[0] for line in listing.splitlines()}


def host_functions() -> set[str]:
    """What the host's mathematical library offers."""
    name = ctypes.util.find_library("m")
    loaded = ctypes.CDLL(name)
    found = re.search(rf"(/\S*{re.escape(Path(loaded._name).name)})", Path("/proc/self/maps").read_text())
    if found is None:
        raise SystemExit(f"{name} is not among the loaded libraries")
    return symbols(found.group(1), "--defined-only")


def main() -> None:
    offered = host_functions()
    for library in sys.argv[1:]:
        if taken := sorted(symbols(library, "--undefined-only") & offered):
            raise SystemExit(f"{library} takes {', '.join(taken)} from the host's mathematical library")


if __name__ == "__main__":
    main()
