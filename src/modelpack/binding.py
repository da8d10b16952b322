"""How the names that a caller gives meet the features of the schema."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from modelpack._core import Handle, encoded, error_of, ffi, lib, new_error
from modelpack.errors import InputError
from modelpack.schema import Feature

__all__ = ["absent", "bind", "refuse_extra", "unnamed"]

SIMILARITY = 0.6


def bind(names: Sequence[Any], features: Sequence[Feature]) -> list[int | None]:
    """For each feature the position of its column among `names`; None for an optional one that is absent.

    Raises
    ------
    InputError
        FEATURE_ABSENT: a required feature is not there; WRONG_SHAPE: a feature's name stands twice.
    """
    places: dict[Any, int] = {}
    twice = set()
    for place, name in enumerate(names):
        if name in places:
            twice.add(name)
        places[name] = place
    found: list[int | None] = []
    for feature in features:
        if feature.name in twice:
            raise InputError(
                f"the column {feature.name!r} stands twice",
                name="WRONG_SHAPE",
                feature=feature.name,
                hint="drop one of them",
            )
        if feature.name not in places and not feature.optional:
            raise absent(feature.name, names)
        found.append(places.get(feature.name))
    return found


def absent(name: str, given: Iterable[Any]) -> InputError:
    """The error for a required feature that is not among `given`; it suggests the nearest name."""
    folded = {text.casefold(): text for text in given if isinstance(text, str)}
    near = get_close_matches(name.casefold(), list(folded), n=1, cutoff=SIMILARITY)
    hint = f"is {folded[near[0]]!r} meant for it?" if near else "give it, or None where it is missing"
    return InputError(f"the feature {name!r} is not present", name="FEATURE_ABSENT", feature=name, hint=hint)


def refuse_extra(names: Iterable[Any], features: Sequence[Feature], bundle: Handle) -> None:
    """Under strict, every name must be a feature; the core's error suggests the nearest one."""
    known = {feature.name for feature in features}
    for name in names:
        if name not in known:
            text, length = encoded(str(name))
            error = new_error()
            code = lib.mp_schema_feature_index(bundle, text, length, ffi.new("uint64_t *"), error)
            raise error_of(error, code)


def unnamed(columns: int, features: Sequence[Feature]) -> None:
    """Columns without names are the features in order, so there must be as many.

    Raises
    ------
    InputError
        WRONG_SHAPE.
    """
    if columns != len(features):
        raise InputError(
            f"the data has {columns} columns, the model {len(features)} features",
            name="WRONG_SHAPE",
            hint="give one column per feature, in the order of feature_names_in_, or named columns",
        )
