"""One attack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Phase = Literal["open", "predictor"]


@dataclass(frozen=True)
class Vector:
    """A file, the error that refuses it, and when: opening it, or making a predictor from it."""

    id: str
    comment: str
    error: str
    data: bytes
    phase: Phase = "open"


@dataclass(frozen=True)
class NodeVector:
    """A file that opens, with a node that is refused when its entry is read, or when an engine checks its model."""

    id: str
    comment: str
    error: str
    data: bytes
    key: str
    """The node's key as a JSON list."""
    phase: str
    """`entry` or `model`."""
