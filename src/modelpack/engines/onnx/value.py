"""A value of the program as it stands in the graph, and how far it may be from the program's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["EPSILON", "EXACT", "UNSTATED", "Error", "Lowered", "worst"]

# The distance from 1 to the next number, in each precision.
EPSILON = {"f64": float(np.finfo(np.float64).eps), "f32": float(np.finfo(np.float32).eps)}


@dataclass(frozen=True)
class Error:
    """|graph − program| ≤ relative · |program| + absolute.

    `stated` is False where no bound follows, as behind a comparison: then every row that is replayed must have the
    same bits.
    """

    relative: float = 0.0
    absolute: float = 0.0
    stated: bool = True

    @property
    def exact(self) -> bool:
        return self.stated and self.relative == 0.0 == self.absolute


EXACT = Error()
UNSTATED = Error(stated=False)


def worst(errors: Sequence[Error]) -> Error:
    """What holds for cells each of which has one of these errors."""
    return Error(
        max((error.relative for error in errors), default=0.0),
        max((error.absolute for error in errors), default=0.0),
        all(error.stated for error in errors),
    )


@dataclass(frozen=True)
class Lowered:
    """A tensor [N, width] that holds a value of the program.

    Attributes
    ----------
    name : str
    kind : str
        ``f64``, ``f32``; ``i64`` and ``time`` as int64 whose least number is missing; ``bool`` as float64 with NaN;
        ``code`` as int64 [N, 1] with −1 null, −2 NaN, −3 unseen.
    width : int
    mask : str or None
        Of a sparse value: bool [N, width], whether a cell holds a value; what `name` has elsewhere means nothing.
    filled : bool
        Of a sparse value: `name` has +0.0 where a cell is absent.
    size : int
        Of a code: the size of its dictionary.
    error : Error
    """

    name: str
    kind: str
    width: int
    mask: str | None = None
    filled: bool = False
    size: int = 0
    error: Error = EXACT
