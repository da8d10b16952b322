"""What a framework makes of the same rows again and again, while many models are imported over them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

# Answers by function, input and options, each with its input, whose place in memory is thereby not another's.
_Kept = dict[tuple[Any, int, str], tuple[Any, Any]]

MOST = 16
_kept: ContextVar[_Kept | None] = ContextVar("kept", default=None)


@contextmanager
def keeping() -> Iterator[None]:
    """Answers of `once_per_input` are kept inside; the inputs must not change meanwhile."""
    token = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(token)


def once_per_input(function: Callable[..., Any], data: Any, **options: Any) -> Any:
    """``function(data, **options)``, computed once for the same object inside `keeping`, each time outside."""
    kept = _kept.get()
    if kept is None:
        return function(data, **options)
    key = (function, id(data), repr(options))
    if key not in kept:
        while len(kept) >= MOST:
            del kept[next(iter(kept))]
        kept[key] = (data, function(data, **options))
    return kept[key][1]
