"""The canonical encodings of docs/FORMAT.md: JSON without floats, and safetensors with aligned tensors.

Equal content gives equal bytes, whatever wrote it; the reader in the core refuses any other spelling.
"""

from __future__ import annotations

import json
import math
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack.errors import FormatError, UsageError

__all__ = [
    "Tensors",
    "canonical_json",
    "f32",
    "f64",
    "i64",
    "parse_json",
    "parse_safetensors",
    "safetensors_bytes",
    "typed",
]

MAX_JSON_INTEGER = 2**53 - 1
ALIGNMENT = 64

_DTYPES: dict[str, np.dtype[Any]] = {
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "I64": np.dtype("<i8"),
    "I32": np.dtype("<i4"),
    "U8": np.dtype("u1"),
    "U32": np.dtype("<u4"),
    "U64": np.dtype("<u8"),
}
_DTYPE_NAMES = {dtype: name for name, dtype in _DTYPES.items()}


# ---- numbers that JSON cannot carry exactly ----


def f64(value: float) -> dict[str, str]:
    """A float64 as its bits: ``{"f64": "<16 hex digits, most significant first>"}``."""
    return {"f64": struct.pack(">d", value).hex()}


def f32(value: float) -> dict[str, str]:
    """A float32 as its bits; `value` must be one."""
    bits = struct.pack(">f", value)
    if struct.unpack(">f", bits)[0] != value and not math.isnan(value):
        raise UsageError(f"{value!r} is no float32")
    return {"f32": bits.hex()}


def i64(value: int) -> dict[str, str]:
    """An integer as decimal text, for those beyond ±(2^53-1)."""
    return {"i64": str(int(value))}


def typed(value: Any) -> Any:
    """`value` (nested dicts, lists, numpy scalars, arrays) with every number in the form that canonical JSON takes."""
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, np.ndarray):
        return typed(value.tolist() if value.dtype != np.float32 else list(value))
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, (int, np.integer)):
        return int(value) if abs(int(value)) <= MAX_JSON_INTEGER else i64(int(value))
    if isinstance(value, np.float32):
        return f32(float(value))
    if isinstance(value, (float, np.floating)):
        return f64(float(value))
    if isinstance(value, Mapping):
        return {key: typed(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [typed(item) for item in value]
    raise UsageError(f"a value of type {type(value).__name__} cannot stand in JSON")


# ---- JSON ----


def canonical_json(value: Any) -> bytes:
    """The one encoding of `value`: UTF-8, keys sorted by bytes, no white space; a float is refused (see `typed`)."""
    _refuse_inexact(value)
    try:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")
    except UnicodeEncodeError as error:
        raise UsageError(f"text that is no Unicode cannot stand in JSON: {error.object!r:.64}") from None


def parse_json(data: bytes | bytearray | memoryview) -> Any:
    """The content of a JSON member, typed numbers (``{"f64": …}``, ``{"f32": …}``, ``{"i64": …}``) as Python numbers.

    The core has already checked that the bytes are canonical; this does not check it again.
    """
    try:
        return json.loads(bytes(data), object_hook=_number_from_bits)
    except ValueError as error:
        raise FormatError(f"not JSON: {error}", name="JSON") from None


def _refuse_inexact(value: Any) -> None:
    if value is None or type(value) is str or type(value) is bool:
        return
    if type(value) is int:
        if abs(value) > MAX_JSON_INTEGER:
            raise UsageError(f"the integer {value} does not fit canonical JSON", hint="wrap it in canonical.i64")
    elif type(value) is dict:
        for key, item in value.items():
            if type(key) is not str:
                raise UsageError(f"the key {key!r:.64} is no text")
            _refuse_inexact(item)
    elif type(value) is list or type(value) is tuple:
        for item in value:
            _refuse_inexact(item)
    elif isinstance(value, float):
        raise UsageError(f"the float {value!r} cannot stand in canonical JSON", hint="wrap it in canonical.f64")
    else:
        raise UsageError(f"a value of type {type(value).__name__} cannot stand in JSON", hint="see canonical.typed")


def _number_from_bits(item: dict[str, Any]) -> Any:
    if len(item) != 1:
        return item
    ((kind, text),) = item.items()
    if not isinstance(text, str):
        return item
    try:
        if kind == "f64" and len(text) == 16:
            return struct.unpack(">d", bytes.fromhex(text))[0]
        if kind == "f32" and len(text) == 8:
            return struct.unpack(">f", bytes.fromhex(text))[0]
        if kind == "i64":
            return int(text)
    except ValueError:
        pass
    return item


# ---- safetensors ----

Tensors = dict[str, npt.NDArray[Any]]


def safetensors_bytes(tensors: Mapping[str, npt.NDArray[Any]], metadata: Mapping[str, str] | None = None) -> bytes:
    """The canonical safetensors form: large elements first, then in the order of names, without gaps.

    Parameters
    ----------
    tensors
        Arrays of dtype float64, float32, int64, int32, uint8, uint32 or uint64, of any layout.
    metadata
        Text to text; left out when empty.
    """
    header: dict[str, Any] = {}
    if metadata:
        header["__metadata__"] = dict(metadata)
    data = bytearray()
    for name, array in sorted(tensors.items(), key=lambda item: (-item[1].dtype.itemsize, item[0])):
        little = array.dtype.newbyteorder("<")
        if little not in _DTYPE_NAMES:
            raise UsageError(f"tensor {name!r} has dtype {array.dtype}, which a bundle does not hold")
        start = len(data)
        data.extend(np.ascontiguousarray(array, dtype=little).tobytes())
        header[name] = {
            "data_offsets": [start, len(data)],
            "dtype": _DTYPE_NAMES[little],
            "shape": [int(size) for size in array.shape],
        }
    encoded = canonical_json(header)
    encoded += b" " * (-(8 + len(encoded)) % ALIGNMENT)
    return struct.pack("<Q", len(encoded)) + encoded + bytes(data)


def parse_safetensors(data: bytes | bytearray | memoryview) -> tuple[Tensors, dict[str, str]]:
    """Tensors and metadata of a safetensors member that the core has checked; the arrays share the memory of `data`."""
    view = memoryview(data)
    try:
        (length,) = struct.unpack_from("<Q", view)
        header = json.loads(bytes(view[8 : 8 + length]))
        metadata = header.pop("__metadata__", {})
        body = view[8 + length :]
        tensors = {
            name: np.frombuffer(body[slice(*entry["data_offsets"])], dtype=_DTYPES[entry["dtype"]]).reshape(
                entry["shape"]
            )
            for name, entry in header.items()
        }
    except (ValueError, KeyError, TypeError, struct.error) as error:
        raise FormatError(f"not a safetensors member: {error}", name="TENSORS") from None
    return tensors, metadata
