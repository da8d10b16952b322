"""What linking for other systems needs, out of ziglang's package and Rust's own linker: no SDK is downloaded.

Both systems' usual cross linkers (cargo-zigbuild's) export every symbol of Rust's; these export what Java calls.
"""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

MACHINES = {"arm64e-macos": "arm64-macos", "arm64-macos": "arm64-macos", "x86_64-macos": "x86_64-macos"}


def zig_library() -> Path:
    found = find_spec("ziglang")
    if found is None or not found.submodule_search_locations:
        raise SystemExit(f"ziglang is missing: {sys.executable} -m pip install ziglang")
    return Path(found.submodule_search_locations[0]) / "lib"


def _known_machines(match: re.Match[str]) -> str:
    """Rust's linker refuses the targets that it does not know."""
    machines = dict.fromkeys(MACHINES[name] for name in re.findall(r"[\w.-]+", match[1]) if name in MACHINES)
    return f"targets: [ {', '.join(machines)} ]"


def macos_sdk(folder: Path) -> Path:
    """The names that macOS' system library has, as an SDK holds them."""
    libraries = folder / "usr" / "lib"
    libraries.mkdir(parents=True, exist_ok=True)
    stub = (zig_library() / "libc" / "darwin" / "libSystem.tbd").read_text(encoding="utf-8")
    stub = re.sub(r"targets:\s*\[([^\]]*)\]", _known_machines, stub)
    # The last three are asked for by Rust's standard library, and give nothing that is used.
    for name in ("libSystem", "libc", "libm", "libiconv"):
        (libraries / f"{name}.tbd").write_text(stub, encoding="utf-8")
    return folder


def macos_flags(sysroot: str, host: str, file: str) -> list[str]:
    linker = Path(sysroot) / "lib" / "rustlib" / host / "bin" / "rust-lld"
    if not linker.exists():
        raise SystemExit(f"{linker} is missing: it comes with Rust from rustup, not from a distribution's package")
    flags = [f"-Clinker={linker}", "-Clinker-flavor=ld64.lld"]
    return flags + [f"-Clink-arg={word}" for word in ("-dead_strip_dylibs", "-install_name", f"@rpath/{file}")]


def windows_flags(folder: Path, functions: set[str]) -> list[str]:
    """An object that names the functions to export: without one, the linker exports all."""
    folder.mkdir(parents=True, exist_ok=True)
    source, made = folder / "exports.c", folder / "exports.o"
    lines = "".join(rf'    ".ascii \" -export:{name}\"\n"' + "\n" for name in sorted(functions))
    source.write_text(f'__asm__(\n    ".section .drectve,\\"yn\\"\\n"\n{lines});\n', encoding="utf-8")
    compiler = [sys.executable, "-m", "ziglang", "cc", "-target", "x86_64-windows-gnu", "-c", "-g0"]
    subprocess.run([*compiler, source.name, "-o", made.name], check=True, cwd=folder)
    return [f"-Clink-arg={made}", "-Clink-arg=-Wl,-Brepro"]
