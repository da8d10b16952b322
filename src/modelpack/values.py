"""One Python value to what the core calls a raw value (docs/TYPES.md, Python)."""

from __future__ import annotations

import datetime
import decimal
import enum
from typing import Any, Final, final

import numpy as np
import numpy.typing as npt
from numpy import ma

__all__ = ["NULL", "Kind", "Null", "instant", "kind_of", "micros", "shown"]

SHOWN_CHARACTERS = 64
INT64_MAX = 2**63 - 1
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
MICROSECOND = datetime.timedelta(microseconds=1)

# Microseconds in one unit of numpy's times; units below a microsecond are those many parts of one.
_MICROS_PER_UNIT = {
    "W": 604_800_000_000,
    "D": 86_400_000_000,
    "h": 3_600_000_000,
    "m": 60_000_000,
    "s": 1_000_000,
    "ms": 1_000,
    "us": 1,
}
_UNITS_PER_MICRO = {"ns": 1_000, "ps": 1_000_000, "fs": 1_000_000_000, "as": 1_000_000_000_000}


@final
class Null:
    """The type of `NULL`: no value, from a carrier that has one kind of nothing."""

    def __repr__(self) -> str:
        return "null"


NULL: Final = Null()


class Kind(enum.Enum):
    """What a value of some Python type is to the core."""

    NONE = "None"
    NULL = "null"
    BOOL = "bool"
    INT = "int"
    FLOAT = "float"
    LONG_DOUBLE = "longdouble"
    DECIMAL = "Decimal"
    TEXT = "str"
    TIME = "time"
    OTHER = "other"


_KNOWN: dict[type, Kind] = {
    type(None): Kind.NONE,
    Null: Kind.NULL,
    bool: Kind.BOOL,
    int: Kind.INT,
    float: Kind.FLOAT,
    str: Kind.TEXT,
    decimal.Decimal: Kind.DECIMAL,
    datetime.datetime: Kind.TIME,
    datetime.date: Kind.TIME,
}
# By base class, the first that fits: an enum is no number even where it derives from int.
_BASES: tuple[tuple[type, Kind], ...] = (
    (enum.Enum, Kind.OTHER),
    (np.timedelta64, Kind.OTHER),
    (np.bool_, Kind.BOOL),
    (np.longdouble, Kind.LONG_DOUBLE),
    (np.datetime64, Kind.TIME),
    (np.integer, Kind.INT),
    (np.floating, Kind.FLOAT),
    (int, Kind.INT),
    (float, Kind.FLOAT),
    (str, Kind.TEXT),
    (decimal.Decimal, Kind.DECIMAL),
    (datetime.date, Kind.TIME),
)


def kind_of(value: object) -> Kind:
    """What `value` is, by its type; pandas' NA and NaT and numpy's masked and NaT are NULL."""
    cls = type(value)
    known = _KNOWN.get(cls)
    if known is not None:
        return known
    if cls.__name__ in ("NAType", "NaTType") and cls.__module__.startswith("pandas"):
        return Kind.NULL
    if value is ma.masked or (isinstance(value, np.datetime64) and np.isnat(value)):
        return Kind.NULL
    return next((kind for base, kind in _BASES if isinstance(value, base)), Kind.OTHER)


def shown(value: object) -> str:
    """The value as an error shows it: on one line, escaped, cut to 64 characters."""
    try:
        text = repr(value)[: SHOWN_CHARACTERS + 1]
    except Exception:
        text = f"<{type(value).__name__}>"
    if not text.isprintable():
        text = "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


def instant(value: Any) -> int | None:
    """Microseconds since 1970-01-01 UTC of a datetime, date, pandas Timestamp or numpy datetime64.

    A time without a zone is taken as UTC, a date as its midnight. None where it is no whole microsecond within 64 bits.
    """
    if hasattr(value, "asm8"):  # pandas: the UTC instant with its nanoseconds
        value = value.asm8
    if isinstance(value, np.datetime64):
        ticks, inexact = micros(np.array([value]))
        return None if inexact[0] else int(ticks[0])
    if not isinstance(value, datetime.datetime):
        value = datetime.datetime(value.year, value.month, value.day)
    if value.utcoffset() is None:
        value = value.replace(tzinfo=datetime.timezone.utc)
    return int((value - EPOCH) // MICROSECOND)


def micros(times: npt.NDArray[np.datetime64]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Microseconds since 1970-01-01 of an array of datetime64 of any unit, and which of them are not exact.

    NaT comes out as numpy's own mark, the least int64, and counts as exact.
    """
    unit, count = np.datetime_data(times.dtype)
    if unit in ("Y", "M"):
        times, unit, count = times.astype("datetime64[D]"), "D", 1
    ticks = times.view(np.int64)
    missing = np.isnat(times)
    if unit in _MICROS_PER_UNIT:
        factor = _MICROS_PER_UNIT[unit] * count
        limit = INT64_MAX // factor
        bad = ((ticks > limit) | (ticks < -limit)) & ~missing
        found = np.where(bad | missing, 0, ticks) * factor
    elif unit == "generic":  # a number without a unit is no time
        found, bad = ticks, ~missing
    else:
        parts = _UNITS_PER_MICRO[unit]
        whole = ticks.astype(object) * count if count != 1 else ticks
        found, rest = np.divmod(whole, parts)
        bad = (rest != 0).astype(bool) & ~missing
        found = found.astype(np.int64)
    return np.where(missing, np.iinfo(np.int64).min, found), bad
