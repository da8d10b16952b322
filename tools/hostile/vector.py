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
