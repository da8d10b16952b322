"""Builds the jars twice, from two copies of the sources in different folders, and compares their bytes.

    python tools/reproducible.py [PLATFORM …]    linux-x86_64 where no platform is given; all: every one

Takes minutes: Rust is compiled twice for each platform. Not part of the tests, which look for what makes builds differ
(tools/check_jars.py, tools/native_facts.py).
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from native_platforms import PLATFORMS

ROOT = Path(__file__).resolve().parent.parent
HOME = "linux-x86_64"


def copy(destination: Path) -> Path:
    """The sources as they are now: what git knows or would add."""
    listing = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, check=True, capture_output=True, text=True).stdout.split("\0")
    for source in (ROOT / name for name in names if name):
        if source.is_file():
            target = destination / source.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
    return destination


def build(root: Path, platforms: list[str]) -> dict[str, str]:
    """Digests of the jars and libraries that a copy gives."""
    subprocess.run([sys.executable, "tools/natives.py", *platforms], check=True, cwd=root)
    natives = root / "build" / "natives"
    command = ["mvn", "-B", "-q", "-f", "java-bindings", "-pl", "modelpack", "-DskipTests", "package"]
    command += [f"-Dmodelpack.native={natives / HOME / 'libmodelpack_jni.so'}", f"-Dmodelpack.root={root}"]
    if len(platforms) == len(PLATFORMS):
        command.append(f"-Dmodelpack.natives={natives}")
    subprocess.run(command, check=True, cwd=root)
    jars = sorted((root / "java-bindings" / "modelpack" / "target").glob("modelpack-*.jar"))
    libraries = sorted(path for path in natives.rglob("*") if path.is_file())
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in jars + libraries}


def main(arguments: list[str]) -> int:
    platforms = [known.name for known in PLATFORMS] if arguments == ["all"] else sorted({HOME, *arguments})
    os.umask(0o022)
    with tempfile.TemporaryDirectory() as folder:
        first = build(copy(Path(folder, "one")), platforms)
        second = build(copy(Path(folder, "another", "folder")), platforms)
    if not any(name.endswith(".jar") for name in first):
        raise SystemExit("no jar was built")
    for name in sorted(first | second):
        same = first.get(name) == second.get(name)
        print(f"{'same' if same else 'DIFFERS'} {first.get(name, 'not there')} {name}")
    return 0 if first == second else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
