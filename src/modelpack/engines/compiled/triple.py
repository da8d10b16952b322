"""What a library is compiled for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from modelpack._core import ffi, lib
from modelpack.errors import UsageError

__all__ = ["TRIPLES", "Triple", "host_triple", "member_triple"]

System = Literal["linux", "macos", "windows"]

# Systems by the end of a triple's name.
_SYSTEMS: dict[str, System] = {
    "linux-gnu": "linux",
    "linux-musl": "linux",
    "macos": "macos",
    "windows-gnu": "windows",
}
# What compilers call the levels of x86-64.
_LEVELS = {"": "x86-64", "+v2": "x86-64-v2", "+v3": "x86-64-v3"}

TRIPLES = tuple(f"{architecture}-{system}" for architecture in ("x86_64", "aarch64") for system in _SYSTEMS)


@dataclass(frozen=True)
class Triple:
    """A kind of machine.

    Attributes
    ----------
    base : str
        Architecture and system, such as ``x86_64-linux-gnu``.
    level : str
        ``+v2`` or ``+v3`` for processors that have that level of x86-64; empty for all.
    """

    base: str
    level: str = ""

    @classmethod
    def parse(cls, text: str) -> Triple:
        """From its name, such as ``x86_64-linux-gnu+v3``.

        Raises
        ------
        UsageError
            It is not known; the message lists those that are.
        """
        base, plus, level = text.partition("+")
        found = cls(base, plus + level)
        if base not in TRIPLES or found.level not in _LEVELS or (found.level and not base.startswith("x86_64-")):
            known = ", ".join(TRIPLES)
            raise UsageError(f"{text!r:.64} is no triple", hint=f"known are {known}; on x86_64 also with +v2 or +v3")
        return found

    def __str__(self) -> str:
        return self.base + self.level

    @property
    def system(self) -> System:
        return _SYSTEMS[self.base.partition("-")[2]]

    @property
    def processor(self) -> tuple[str, ...]:
        """What compilers call its instructions; nothing where there is but one kind."""
        return (_LEVELS[self.level],) if self.base.startswith("x86_64-") else ()

    @property
    def member(self) -> str:
        """The member of a bundle that holds its library; members' names have no plus sign."""
        return f"models/main/{self.base}{self.level.replace('+', '-')}/model.so"


def member_triple(name: str) -> str | None:
    """The triple, known or not, whose library a member is; None of other members."""
    models, _, rest = name.partition("/main/")
    folder, _, file = rest.partition("/")
    if models != "models" or file != "model.so":
        return None
    base, _, level = folder.rpartition("-")
    return f"{base}+{level}" if f"+{level}" in _LEVELS else folder


def host_triple() -> Triple | None:
    """This machine, whatever its level; None where nothing can be compiled for it."""
    name = ffi.string(lib.mp_host_triple()).decode()
    return Triple(name) if name else None
