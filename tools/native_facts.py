"""What a native library of the Java package must be: for the right machine, loadable on old systems, and silent about
where it was built; `native_facts.py PLATFORM LIBRARY …`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import lief

ROOT = Path(__file__).resolve().parent.parent
CALLS = ROOT / "java-bindings" / "modelpack" / "src" / "main" / "java" / "dev" / "modelpack" / "Native.java"
GLIBC = (2, 17)
MACOS = [11, 0, 0]
LINUX_LIBRARIES = re.compile(r"lib(c|m|dl|pthread|rt)\.so\.\d|ld-linux-[\w-]+\.so\.\d")
MACOS_LIBRARIES = re.compile(r"/usr/lib/lib(System\.B|iconv\.2|charset\.1)\.dylib")
WINDOWS_LIBRARIES = re.compile(
    r"(kernel32|ntdll|bcryptprimitives|userenv|ws2_32|api-ms-win-[\w-]+)\.dll", re.IGNORECASE
)
MACHINES = {
    "linux-x86_64": "ARCH.X86_64",
    "linux-aarch64": "ARCH.AARCH64",
    "macos-x86_64": "CPU_TYPE.X86_64",
    "macos-aarch64": "CPU_TYPE.ARM64",
    "windows-x86_64": "MACHINE_TYPES.AMD64",
}
EMULATORS = {"linux-aarch64": ("qemu-aarch64", "-L", "/usr/aarch64-linux-gnu")}
LOADER = """
#include <dlfcn.h>
#include <stdio.h>
int main(int count, char **arguments) {
    void *library = count == 2 ? dlopen(arguments[1], RTLD_NOW) : NULL;
    void *found = library ? dlsym(library, "Java_dev_modelpack_Native_interfaceVersion") : NULL;
    int (*version)(void *, void *) = (int (*)(void *, void *))found;
    if (!version) return fprintf(stderr, "%s\\n", dlerror()), 1;
    printf("%d\\n", version(NULL, NULL));
    return 0;
}
"""


def calls() -> set[str]:
    """The functions that Java looks for."""
    names = re.findall(r"static native [\w\[\]]+ (\w+)\(", CALLS.read_text(encoding="utf-8"))
    assert len(names) > 10 and len(names) == len(set(names)), f"{CALLS}: {names}"
    return {f"Java_dev_modelpack_Native_{name}" for name in names}


def interface_version() -> str:
    found = re.search(r"INTERFACE_VERSION = (\d+);", CALLS.read_text(encoding="utf-8"))
    assert found is not None, f"{CALLS} has no INTERFACE_VERSION"
    return found[1]


def foreign(names: list[str], known: re.Pattern[str]) -> list[str]:
    if not names:
        raise SystemExit("no library is needed: this was read wrongly")
    return [f"needs {name}" for name in names if not known.fullmatch(name)]


def linux(library: lief.ELF.Binary):
    yield from foreign([str(name) for name in library.libraries], LINUX_LIBRARIES)
    versioned = 0
    for symbol in (symbol for symbol in library.dynamic_symbols if symbol.imported):
        auxiliary = symbol.symbol_version.symbol_version_auxiliary if symbol.has_version else None
        found = re.fullmatch(r"GLIBC_(\d+)\.(\d+)(\.\d+)?", auxiliary.name) if auxiliary else None
        if found is not None:
            versioned += 1
            if (int(found[1]), int(found[2])) > GLIBC:
                yield f"needs {symbol.name} of glibc {found[1]}.{found[2]}"
        elif not str(symbol.binding).endswith("WEAK"):
            yield f"needs {symbol.name}, which glibc {GLIBC[0]}.{GLIBC[1]} does not have"
    if not versioned:
        yield "takes nothing of glibc: this was read wrongly"
    if library.has(lief.ELF.DynamicEntry.TAG.RUNPATH) or library.has(lief.ELF.DynamicEntry.TAG.RPATH):
        yield "looks for libraries in folders of its own"


def macos(library: lief.MachO.Binary):
    own, *others = [entry.name for entry in library.libraries]
    yield from foreign(others, MACOS_LIBRARIES)
    if own != "@rpath/libmodelpack_jni.dylib":
        yield f"is called {own}"
    if list(library.build_version.minos) > MACOS:
        yield f"needs macOS {library.build_version.minos}"
    if str(library.header.cpu_type) == MACHINES["macos-aarch64"] and not library.has_code_signature:
        yield "has no code signature, without which macOS on ARM loads nothing"


def windows(library: lief.PE.Binary):
    yield from foreign([entry.name for entry in library.imports], WINDOWS_LIBRARIES)


def exports(library: lief.Binary) -> set[str]:
    prefix = "_" if isinstance(library, lief.MachO.Binary) else ""
    return {function.name.removeprefix(prefix) for function in library.exported_functions}


def faults(path: Path, platform: str):
    library = lief.parse(str(path))
    if library is None:
        raise SystemExit(f"{path} is no library")
    machine = {"linux": "machine_type", "macos": "cpu_type", "windows": "machine"}[platform.partition("-")[0]]
    found = str(getattr(library.header, machine))
    if found != MACHINES[platform]:
        yield f"is for {found}"
    exported = exports(library)
    yield from (f"lacks {name}" for name in sorted(calls() - exported))
    yield from (f"exports {name}" for name in sorted(exported - calls()))
    yield from {"linux": linux, "macos": macos, "windows": windows}[platform.partition("-")[0]](library)
    content = path.read_bytes()
    for folder in {str(ROOT), str(Path.home()), os.environ.get("CARGO_HOME") or str(Path.home())}:
        if len(folder) > 3 and folder.encode() in content:
            yield f"names the folder {folder} of this machine"


def loaded(path: Path, platform: str) -> str:
    """Loads a library for Linux, by an emulator where this machine is another one, and asks it for its interface."""
    system, _, machine = platform.partition("-")
    if system != "linux":
        return "not loaded: this machine runs Linux"
    emulator = () if machine == os.uname().machine else EMULATORS[platform]
    if emulator and not (shutil.which(emulator[0]) and Path(emulator[2]).is_dir()):
        packages = f"qemu-user libc6-{machine.replace('aarch', 'arm')}-cross"
        return f"not loaded: {emulator[0]} or {emulator[2]} is missing (apt install {packages})"
    with tempfile.TemporaryDirectory() as folder:
        source, program = Path(folder, "load.c"), Path(folder, "load")
        source.write_text(LOADER)
        compiler = [sys.executable, "-m", "ziglang", "cc", "-target", f"{machine}-linux-gnu.{GLIBC[0]}.{GLIBC[1]}"]
        subprocess.run([*compiler, str(source), "-ldl", "-o", str(program)], check=True)
        ran = subprocess.run([*emulator, str(program), str(path)], capture_output=True, text=True)
    if ran.returncode or ran.stdout.strip() != interface_version():
        raise SystemExit(f"{path} does not load: {ran.stdout}{ran.stderr}")
    return f"loaded{' by ' + emulator[0] if emulator else ''}"


def inspect(path: Path, platform: str) -> str:
    """One line about a good library; what is wrong with another ends the program."""
    found = list(faults(path, platform))
    if found:
        more = f" and {len(found) - 5} more" if len(found) > 5 else ""
        raise SystemExit(f"{path} {'; '.join(found[:5])}{more}")
    return f"{path.stat().st_size} bytes, {len(calls())} functions, {loaded(path, platform)}"


if __name__ == "__main__":
    for name in sys.argv[2:]:
        print(f"{name}: {inspect(Path(name), sys.argv[1])}")
