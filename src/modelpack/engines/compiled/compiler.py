"""Who compiles: the system's C compiler for this machine, ziglang for all others."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from modelpack.engines.compiled.triple import Triple, host_triple
from modelpack.errors import UnsupportedModelError

__all__ = ["Compiler", "find_compiler"]

# Each operation rounded by itself, and nothing in the code that a C library would have to answer for.
_COMPILING = (
    "-std=c99",
    "-O2",
    "-ffp-contract=off",
    "-fno-fast-math",
    "-fvisibility=hidden",
    "-fno-stack-protector",
    "-fno-asynchronous-unwind-tables",
    "-fno-ident",
    "-g0",
)
_LINKING: dict[str, tuple[str, ...]] = {
    # memcpy and memset come from the process, which has them on every Linux: the library needs no other.
    "linux": ("-shared", "-nostdlib", "-Wl,-z,now", "-Wl,-z,noexecstack", "-Wl,-s"),
    "macos": ("-shared",),
    # A digest in place of the time of linking.
    "windows": ("-shared", "-nostdlib", "-Wl,-s", "-Wl,-Brepro"),
}


@dataclass(frozen=True)
class Compiler:
    """A C compiler and what it is told.

    Attributes
    ----------
    command : tuple of str
        What starts it.
    triple : Triple
    zig : bool
        Whether it is ziglang's.
    """

    command: tuple[str, ...]
    triple: Triple
    zig: bool

    def compiling(self, source: str, output: str) -> list[str]:
        """The command that makes an object file."""
        position = () if self.triple.system == "windows" else ("-fPIC",)
        return [*self.command, *_COMPILING, *position, *self._own, "-c", source, "-o", output]

    def linking(self, objects: list[str], output: str) -> list[str]:
        """The command that makes the library."""
        # An identifier of the build would differ from build to build with some linkers; ziglang's writes none.
        build = ("-Wl,--build-id=none",) if self.triple.system == "linux" and not self.zig else ()
        return [*self.command, *_LINKING[self.triple.system], *build, *self._own, *objects, "-o", output]

    def environment(self, folder: Path) -> dict[str, str]:
        """What it runs in. ziglang keeps what it has built in the user's cache, or in `folder` where there is none."""
        given = dict(os.environ)
        if self.zig and "ZIG_GLOBAL_CACHE_DIR" not in given and not _user_cache():
            given["ZIG_GLOBAL_CACHE_DIR"] = str(folder / "zig")
        return given

    @property
    def _own(self) -> tuple[str, ...]:
        if not self.zig:
            return tuple(f"-march={name}" for name in self.triple.processor)
        processor = tuple(f"-mcpu={name.replace('-', '_')}" for name in self.triple.processor)
        # Without the last, ziglang adds checks that call a runtime of its own.
        return ("-target", self.triple.base, *processor, "-fno-sanitize=undefined")


def find_compiler(triple: Triple) -> Compiler:
    """The compiler for a kind of machine.

    Raises
    ------
    UnsupportedModelError
        There is none.
    """
    host = host_triple()
    if host is not None and triple.base == host.base and (command := _system_compiler()):
        return Compiler(command, triple, zig=False)
    if find_spec("ziglang") is not None:
        return Compiler((sys.executable, "-m", "ziglang", "cc"), triple, zig=True)
    raise UnsupportedModelError("compiled", f"no C compiler for {triple} was found", "pip install ziglang")


def _user_cache() -> bool:
    """Whether the user's cache can be written to."""
    home = os.environ.get("XDG_CACHE_HOME") or (os.environ.get("HOME") and os.path.join(os.environ["HOME"], ".cache"))
    if not home:
        return os.name != "posix"
    try:
        os.makedirs(home, exist_ok=True)
    except OSError:
        return False
    return os.access(home, os.W_OK)


def _system_compiler() -> tuple[str, ...] | None:
    given = shlex.split(os.environ.get("CC", "")) or ["cc"]
    return tuple(given) if shutil.which(given[0]) else None
