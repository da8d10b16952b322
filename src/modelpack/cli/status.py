"""Exit codes, and errors as one line."""

from __future__ import annotations

from typing import Any

from modelpack.errors import (
    ModelpackError,
    NotFoundError,
    TrustError,
    UnsupportedModelError,
    UsageError,
)

OK = 0
DIFFERS = 1
USAGE = 2
TRUST = 3
UNSUPPORTED = 4
INTERRUPTED = 130

_CODES: tuple[tuple[type[ModelpackError], int], ...] = (
    (TrustError, TRUST),
    (UnsupportedModelError, UNSUPPORTED),
    (UsageError, USAGE),
    (NotFoundError, USAGE),
)


def exit_code(error: ModelpackError) -> int:
    """3 for trust, 4 for what is not supported, 2 for a wrong call, 1 for everything else that fails."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), DIFFERS)


def one_line(error: BaseException) -> str:
    """The message on one line, whatever it holds."""
    return " ".join(str(error).split()) or type(error).__name__


def as_json(error: ModelpackError) -> dict[str, Any]:
    """The error for machines."""
    return {
        "error": {
            "code": error.code,
            "name": error.name,
            "message": one_line(error),
            "feature": error.feature,
            "row": error.row,
            "hint": error.hint,
        }
    }
