"""An engine as it was made from a model, and who makes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np

from modelpack.engines.source import Source
from modelpack.errors import UsageError

__all__ = ["Made", "make_engine"]

Answers = Mapping[str, np.ndarray]

# Who makes an engine from a source: (source, triples) to Made.
_MAKERS = {
    "onnx": ("modelpack.engines.onnx", "make_onnx"),
    "compiled": ("modelpack.engines.compiled", "make_compiled"),
}


@dataclass(frozen=True)
class Made:
    """What an engine adds to a bundle.

    Attributes
    ----------
    name : str
        ``onnx`` or ``compiled``.
    requires : tuple of str
        What a reader must know to run it.
    members : mapping of name to bytes
        The members that it adds.
    proof : mapping of name to bytes
        Members that are there only while answers are compared: where none of `members` runs on this machine.
    facts : mapping
        Descriptive keys of its entry in bundle.json.
    bound : callable or None
        From native answers per output name, [rows, columns], to the greatest |engine − native| allowed per cell. None:
        the same bits.
    keeps_answers : bool
        Whether the golden rows keep this engine's own answers, as those of ONNX Runtime; else native's hold for it.
    """

    name: str
    requires: tuple[str, ...]
    members: Mapping[str, bytes]
    proof: Mapping[str, bytes] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)
    bound: Callable[[Answers], Answers] | None = None
    keeps_answers: bool = False

    @property
    def runs_here(self) -> bool:
        """Whether this machine can run what it adds."""
        return not self.proof

    @property
    def entry(self) -> dict[str, Any]:
        """Its entry in bundle.json."""
        return {"name": self.name, "requires": sorted(self.requires), **self.facts}


def make_engine(name: str, source: Source, triples: Sequence[str] = ()) -> Made:
    """Makes an engine from a program.

    Raises
    ------
    UnsupportedModelError
        The program holds an operation that this engine has no form for; it is named.
    UsageError
        There is no such engine.
    """
    if name not in _MAKERS:
        raise UsageError(f"the engine {name!r:.64} cannot be made", hint=f"known are {', '.join(_MAKERS)}")
    module, function = _MAKERS[name]
    made: Made = getattr(import_module(module), function)(source, triples)
    return made
