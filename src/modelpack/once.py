"""Attributes that are computed at their first use."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

__all__ = ["once"]

T = TypeVar("T")


class once(Generic[T]):
    """A property whose value is kept in the object. Two threads that meet at the first use both compute it.

    `functools.cached_property` has one lock for all objects until Python 3.11: threads wait for one another, and a
    process that forks while one of them holds it hands a lock to its child that nobody opens.
    """

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self._compute = compute
        self._name = compute.__name__
        self.__doc__ = compute.__doc__

    @overload
    def __get__(self, owner: None, kind: type) -> once[T]: ...

    @overload
    def __get__(self, owner: object, kind: type) -> T: ...

    def __get__(self, owner: Any, kind: type) -> Any:
        if owner is None:
            return self
        # The object's own attribute goes before this one, which has no __set__.
        value = owner.__dict__[self._name] = self._compute(owner)
        return value
