"""The native library of the Java package, for every platform that it is published for, and for any glibc from 2.17 on.

    python tools/natives.py              all of them, to build/natives/PLATFORM/
    python tools/natives.py PLATFORM …   these

Needs rustup, and cargo-zigbuild, ziglang and lief beside the Python that runs this (requirements-dev.txt). Each library
is inspected (tools/native_facts.py). Equal sources give equal bytes, wherever they lie.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from native_facts import calls, inspect
from native_linkers import macos_flags, macos_sdk, windows_flags
from native_platforms import MACOS, PLATFORMS, Platform

ROOT = Path(__file__).resolve().parent.parent
TARGETS = ROOT / "native" / "target" / "natives"
OUTPUT = ROOT / "build" / "natives"


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def missing_target(triple: str) -> str:
    """Why Rust cannot build for a triple, after trying to add it; empty where it can."""
    installed = Path(output("rustc", "--print", "sysroot")) / "lib" / "rustlib" / triple / "lib"
    if installed.is_dir():
        return ""
    if not shutil.which("rustup"):
        return f"Rust's target {triple} is not installed, and there is no rustup to add it"
    added = subprocess.run(["rustup", "target", "add", triple], capture_output=True, text=True)
    return f"rustup target add {triple}: {added.stderr.strip().splitlines()[-1]}" if added.returncode else ""


def cargo_zigbuild() -> str:
    beside = Path(sys.executable).with_name("cargo-zigbuild")
    found = str(beside) if beside.exists() else shutil.which("cargo-zigbuild")
    if not found:
        raise SystemExit(f"cargo-zigbuild is missing: {sys.executable} -m pip install cargo-zigbuild ziglang")
    return found


def flags(wanted: Platform) -> list[str]:
    """Names of this machine's folders, which panics would carry, give way to fixed ones."""
    home = Path(os.environ.get("CARGO_HOME") or Path.home() / ".cargo")
    remap = [f"--remap-path-prefix={ROOT}=/modelpack", f"--remap-path-prefix={home}=/cargo"]
    if wanted.name.startswith("macos"):
        return remap + macos_flags(
            output("rustc", "--print", "sysroot"), output("rustc", "--print", "host-tuple"), wanted.file
        )
    if wanted.name.startswith("windows"):
        return remap + windows_flags(TARGETS / "exports", calls())
    return remap


def build(wanted: Platform) -> Path:
    environment = dict(os.environ, CARGO_ENCODED_RUSTFLAGS="\x1f".join(flags(wanted)))
    command = [cargo_zigbuild(), "zigbuild"]
    if wanted.name.startswith("macos"):
        command = ["cargo", "build"]
        environment |= {"SDKROOT": str(macos_sdk(TARGETS / "macos")), "MACOSX_DEPLOYMENT_TARGET": MACOS}
    environment["CARGO_ZIGBUILD_PYTHON_PATH"] = sys.executable
    command += ["--quiet", "--release", "--locked", "--package", "modelpack-jni"]
    command += ["--manifest-path", str(ROOT / "native" / "Cargo.toml")]
    command += ["--target-dir", str(TARGETS), "--target", wanted.target]
    subprocess.run(command, check=True, env=environment)
    folder = OUTPUT / wanted.name
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(TARGETS / wanted.triple / "release" / wanted.file, folder))


def chosen(names: list[str]) -> list[Platform]:
    known = {known.name: known for known in PLATFORMS}
    if unknown := sorted(set(names) - set(known)):
        raise SystemExit(f"{', '.join(unknown)}: no such platform; there are {', '.join(known)}")
    return [known[name] for name in names] or list(PLATFORMS)


def main(arguments: list[str]) -> int:
    failed = False
    for wanted in chosen(arguments):
        if reason := missing_target(wanted.triple):
            print(f"{wanted.name}: not built: {reason}", file=sys.stderr)
            failed = True
            continue
        library = build(wanted)
        print(f"{wanted.name}: {inspect(library, wanted.name)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
