"""A bundle with partitions: three levels of keys, six nodes, one of them pruned, two that share an entry."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hostile.base import Content, golden, program, schema, tensors
from hostile.encoding import encode, safetensors, sha256, tensor

INDEX, PACK = "partitions.idx", "partitions.pack"
KEYS = ["carrier", "code", "late"]
Key = tuple[str | int | bool, ...]

PROGRAM = sha256(encode(program()))


def key_bytes(key: Key) -> bytes:
    out = bytes([len(key)])
    for value in key:
        if isinstance(value, bool):
            kind, data = 3, bytes([value])
        elif isinstance(value, int):
            kind, data = 2, struct.pack("<q", value)
        else:
            kind, data = 1, value.encode()
        out += struct.pack("<BI", kind, len(data)) + data
    return out


def key_hash(canonical: bytes) -> bytes:
    return bytes.fromhex(sha256(b"mpk-key-1\0" + canonical))


def entry(first_leaf: float) -> bytes:
    """The tensors of a node that differs from the root in one leaf."""
    leaf = tensor("F64", [first_leaf, 2.0, 4.0, 0.125, 0.25])
    return safetensors(tensors() | {"leaf": leaf}, {"program": PROGRAM})


#: An entry by node; None: pruned.
NODES: Mapping[Key, bytes | None] = {
    ("AA",): entry(8.0),
    ("AA", 7): entry(16.0),
    ("AA", 7, True): entry(16.0),
    ("AA", -1): None,
    ("UA",): entry(32.0),
    ("UA", 7): entry(64.0),
}


@dataclass(frozen=True)
class Record:
    """A record of the index as the format spells it; the key's place is worked out where it is None."""

    key: bytes
    hash: bytes
    digest: bytes
    offset: int
    length: int
    program: int = 0
    flags: int = 0
    reserved: bytes = bytes(28)
    key_offset: int | None = None
    key_length: int | None = None

    def change(self, **changes: Any) -> Record:
        return replace(self, **changes)

    def bytes(self, key_offset: int) -> bytes:
        offset = key_offset if self.key_offset is None else self.key_offset
        length = len(self.key) if self.key_length is None else self.key_length
        numbers = struct.pack("<QQQIII", self.offset, self.length, offset, length, self.program, self.flags)
        return self.hash + self.digest + numbers + self.reserved


def pack_and_records(nodes: Mapping[Key, bytes | None] = NODES) -> tuple[bytes, list[Record]]:
    """The entries, each once, and the records in their order."""
    pack, places, records = b"", {}, []
    for key, data in nodes.items():
        canonical = key_bytes(key)
        if data is None:
            records.append(Record(canonical, key_hash(canonical), bytes(32), 0, 0, flags=1))
            continue
        if data not in places:
            pack += bytes(-len(pack) % 64)
            places[data] = len(pack)
            pack += data
        digest = bytes.fromhex(sha256(data))
        records.append(Record(canonical, key_hash(canonical), digest, places[data], len(data)))
    return pack, sorted(records, key=lambda record: record.hash)


def index(records: Sequence[Record], **header: Any) -> bytes:
    body, blob = b"", b""
    for record in records:
        body += record.bytes(len(blob))
        blob += record.key
    fields = {
        "magic": b"MPKPIDX1",
        "version": 1,
        "levels": len(KEYS),
        "count": len(records),
        "blob_offset": 64 + len(body),
        "blob_length": len(blob),
        "rest": bytes(24),
    } | header
    return struct.pack("<8sIIQQQ24s", *fields.values()) + body + blob


def keyed_schema() -> dict[str, Any]:
    out = schema()
    policies = {name: value for name, value in out["features"][0].items() if name not in ("dtype", "name")}
    out["features"] += [{"dtype": "int64", "name": "code", **policies}, {"dtype": "bool", "name": "late", **policies}]
    return out | {"keys": KEYS}


def keyed(index_bytes: bytes, pack: bytes) -> Content:
    """The bundle with this index and these entries; every digest fits."""
    wide = golden()
    cells = list(memoryview(wide["cells"].data).cast("Q"))
    rows = [[*cells[at : at + 2], 7, 1] for at in range(0, len(cells), 2)]
    wide |= {"cells": tensor("U64", [cell for row in rows for cell in row], [len(rows), 4])}
    manifest = {"partition_keys": KEYS, "requires": ["partitions"]}
    return Content(schema=keyed_schema(), golden=wide, manifest=manifest, replaced={INDEX: index_bytes, PACK: pack})
