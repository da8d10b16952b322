"""What the text of a field is in the type of its feature: a CSV file has no types of its own (docs/TYPES.md)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from modelpack.values import NULL

_TRUTHS = {"true": True, "false": False, "1": True, "0": False}
_TIME = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)"
    r"(?:[Tt ](?P<time>\d\d:\d\d(?::\d\d)?)(?:\.(?P<fraction>\d{1,9}))?(?P<zone>[Zz]|[+-]\d\d:\d\d)?)?",
    re.ASCII,
)


def parse_time(text: str) -> datetime | str:
    """The instant that an RFC 3339 text names; zone and time of day may be left out.

    Other text, or one that is finer than a microsecond, stays text, which the core refuses.
    """
    found = _TIME.fullmatch(text.strip())
    if found is None or (found["fraction"] or "")[6:].strip("0"):
        return text
    fraction = (found["fraction"] or "")[:6].ljust(6, "0")
    zone = (found["zone"] or "").replace("Z", "+00:00").replace("z", "+00:00")
    clock = found["time"] or "00:00"
    clock = clock if len(clock) == 8 else f"{clock}:00"
    try:
        return datetime.fromisoformat(f"{found['date']}T{clock}.{fraction}{zone}")
    except ValueError:
        return text


def _parsed(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """A field in the feature's type; one that is none of it stays text, which the core refuses by name."""

    def parse(text: str) -> Any:
        if text == "":
            return NULL
        try:
            return read(text) if text.isascii() and "_" not in text else text
        except ValueError:
            return text

    return parse


def _number(text: str) -> float:
    value = float(text)
    if math.isinf(value) and any(character.isdigit() for character in text):
        raise ValueError("beyond float64")
    return value


def _integer(text: str) -> int | float:
    try:
        return int(text)
    except ValueError:
        return _number(text)


def _truth(text: str) -> bool:
    if text.lower() not in _TRUTHS:
        raise ValueError(text)
    return _TRUTHS[text.lower()]


def _string(text: str) -> Any:
    return NULL if text == "" else text


PARSERS: dict[str, Callable[[str], Any]] = {
    "float64": _parsed(_number),
    "float32": _parsed(_number),
    "int64": _parsed(_integer),
    "bool": _parsed(_truth),
    "timestamp": _parsed(parse_time),
    "string": _string,
}
