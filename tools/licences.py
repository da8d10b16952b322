"""Refuses a dependency whose licence is not one that everybody may use: every crate of native/, and Python's run-time
packages."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

ALLOWED = re.compile(r"\b(Apache-2\.0|MIT|BSD-2-Clause|BSD-3-Clause|0BSD|ISC|Unicode-3\.0|Zlib|BSD|MIT-0)\b")
RUN_TIME = ("numpy", "cffi", "pycparser")
NATIVE = Path(__file__).resolve().parent.parent / "native"


def crates() -> list[tuple[str, str]]:
    command = ["cargo", "metadata", "--format-version", "1", "--manifest-path", str(NATIVE / "Cargo.toml")]
    packages = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)["packages"]
    return [(f"crate {package['name']}", package.get("license") or "none stated") for package in packages]


def python_packages() -> list[tuple[str, str]]:
    found = []
    for name in RUN_TIME:
        information = metadata.metadata(name)
        classifiers = " ".join(
            value for key, value in information.items() if key == "Classifier" and "License" in value
        )
        found.append(
            (
                f"package {name}",
                information.get("License-Expression") or f"{information.get('License', '')} {classifiers}",
            )
        )
    return found


def main() -> int:
    refused = [(name, licence) for name, licence in crates() + python_packages() if not ALLOWED.search(licence)]
    for name, licence in refused:
        print(f"{name}: licence {licence!r} is not among those that this project takes")
    return 1 if refused else 0


if __name__ == "__main__":
    sys.exit(main())
