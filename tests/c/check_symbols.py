"""The library exports what the header declares, all of it and nothing else: `check_symbols.py HEADER LIBRARY`."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path


def declared(header: Path) -> set[str]:
    text = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.DOTALL)
    return set(re.findall(r"\b(mp_\w+)\s*\(", text))


def exported(library: Path) -> set[str]:
    listing = subprocess.run(["nm", "-D", "--defined-only", str(library)], check=True, capture_output=True, text=True)
    symbols = (line.split() for line in listing.stdout.splitlines())
    return {name.partition("@")[0] for _address, kind, name in symbols if kind in "TDBRVW"}


def main() -> None:
    wanted, found = declared(Path(sys.argv[1])), exported(Path(sys.argv[2]))
    for name in sorted(wanted - found):
        print(f"{name} is declared, but not exported")
    for name in sorted(found - wanted):
        print(f"{name} is exported, but not declared")
    if wanted != found:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
