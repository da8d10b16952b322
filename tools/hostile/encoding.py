"""Canonical JSON and safetensors, written from docs/FORMAT.md alone: the attacks do not lean on what they test."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SIZES = {"F64": 8, "F32": 4, "I64": 8, "I32": 4, "U64": 8, "U32": 4, "U8": 1}
_CODES = {"F64": "d", "F32": "f", "I64": "q", "I32": "i", "U64": "Q", "U32": "I", "U8": "B"}


def encode(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True)
class Tensor:
    dtype: str
    shape: tuple[int, ...]
    data: bytes


def tensor(dtype: str, values: Sequence[float], shape: Sequence[int] | None = None) -> Tensor:
    data = struct.pack(f"<{len(values)}{_CODES[dtype]}", *values)
    return Tensor(dtype, (len(values),) if shape is None else tuple(shape), data)


def header_of(tensors: Mapping[str, Tensor], metadata: Mapping[str, str]) -> tuple[dict[str, Any], bytes]:
    """The header's content and the data after it."""
    header: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    data = b""
    for name, item in sorted(tensors.items(), key=lambda pair: (-SIZES.get(pair[1].dtype, 1), pair[0])):
        offsets = [len(data), len(data) + len(item.data)]
        header[name] = {"data_offsets": offsets, "dtype": item.dtype, "shape": list(item.shape)}
        data += item.data
    return header, data


def assemble(header: bytes, data: bytes) -> bytes:
    header += b" " * (-(8 + len(header)) % 64)
    return struct.pack("<Q", len(header)) + header + data


def safetensors(tensors: Mapping[str, Tensor], metadata: Mapping[str, str] | None = None) -> bytes:
    header, data = header_of(tensors, metadata or {})
    return assemble(encode(header), data)
