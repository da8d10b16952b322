"""Reads UBJSON, the binary form in which XGBoost writes its models, from bytes that may be anything."""

from __future__ import annotations

from typing import Any

import numpy as np

# Marker to the big-endian number that follows it.
_NUMBERS = {"i": ">i1", "U": ">u1", "I": ">i2", "l": ">i4", "L": ">i8", "d": ">f4", "D": ">f8"}
_LITERALS = {"Z": None, "T": True, "F": False}
MAX_DEPTH = 64


def parse_ubjson(data: bytes) -> Any:
    """The value that the bytes hold: dicts, lists, text, numbers; a typed array is a numpy array.

    Raises
    ------
    ValueError
        The bytes are no UBJSON, or something stands behind it.
    """
    reader = _Reader(data)
    value = reader.value(reader.marker(), 0)
    if reader.position != len(data):
        raise ValueError(f"{len(data) - reader.position} bytes stand behind the model")
    return value


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def take(self, count: int) -> bytes:
        if count < 0 or count > len(self.data) - self.position:
            raise ValueError(f"the file ends at byte {len(self.data)} where {count} more were expected")
        self.position += count
        return self.data[self.position - count : self.position]

    def marker(self) -> str:
        return chr(self.take(1)[0])

    def peek(self) -> str:
        return chr(self.data[self.position]) if self.position < len(self.data) else ""

    def value(self, marker: str, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise ValueError(f"values are nested more than {MAX_DEPTH} deep")
        if marker in _NUMBERS:
            return self.number(marker)
        if marker in _LITERALS:
            return _LITERALS[marker]
        if marker == "S":
            return self.text()
        if marker == "C":
            return self.take(1).decode("ascii")
        if marker == "[":
            return self.array(depth)
        if marker == "{":
            return self.object(depth)
        raise ValueError(f"byte {self.position - 1} is no UBJSON marker: {marker!r}")

    def number(self, marker: str) -> int | float:
        dtype = np.dtype(_NUMBERS[marker])
        found: int | float = np.frombuffer(self.take(dtype.itemsize), dtype)[0].item()
        return found

    def length(self) -> int:
        marker = self.marker()
        if marker not in "iUIlL":
            raise ValueError(f"byte {self.position - 1}: a length is no integer")
        return int(self.number(marker))

    def text(self) -> str:
        return self.take(self.length()).decode("utf-8")

    def array(self, depth: int) -> Any:
        if self.peek() == "$":
            return self.typed_array()
        count = self.count()
        items: list[Any] = []
        while len(items) < count if count is not None else self.peek() != "]":
            items.append(self.value(self.marker(), depth + 1))
        if count is None:
            self.take(1)
        return items

    def typed_array(self) -> np.ndarray:
        self.take(1)
        dtype = np.dtype(_NUMBERS.get(self.marker(), "V"))
        count = self.count()
        if dtype.kind == "V" or count is None:
            raise ValueError(f"byte {self.position}: a typed array is not of numbers, or has no length")
        return np.frombuffer(self.take(count * dtype.itemsize), dtype).astype(dtype.newbyteorder("="))

    def object(self, depth: int) -> dict[str, Any]:
        count = self.count()
        items: dict[str, Any] = {}
        while len(items) < count if count is not None else self.peek() != "}":
            key = self.text()
            if key in items:
                raise ValueError(f"the key {key!r} stands twice")
            items[key] = self.value(self.marker(), depth + 1)
        if count is None:
            self.take(1)
        return items

    def count(self) -> int | None:
        """The number of items where it stands before them."""
        if self.peek() != "#":
            return None
        self.take(1)
        return self.length()
