"""Attacks on partitions.idx and on how it fits the rest; every digest of a member fits."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from hostile.base import PROGRAMS, TENSORS, Content
from hostile.partitions import INDEX, KEYS, NODES, PACK, Record, index, key_bytes, key_hash, keyed, pack_and_records
from hostile.vector import Vector

ENTRIES, RECORDS = pack_and_records()
#: The bundle that these attacks alter; it opens.
BASE = keyed(index(RECORDS), ENTRIES)
#: Places among the records.
PLACE = {key: [record.key for record in RECORDS].index(key_bytes(key)) for key in NODES}
PRUNED, OWN, SHARED = PLACE["AA", -1], PLACE["UA",], PLACE["AA", 7]


def changed(at: int, **changes: Any) -> Content:
    records = list(RECORDS)
    records[at] = records[at].change(**changes)
    return keyed(index(records), ENTRIES)


def renamed(at: int, key: bytes) -> Content:
    """Under another key, with the hash that fits, in the place that fits."""
    records = [*RECORDS[:at], RECORDS[at].change(key=key, hash=key_hash(key)), *RECORDS[at + 1 :]]
    return keyed(index(sorted(records, key=lambda record: record.hash)), ENTRIES)


def with_(change: Callable[[list[Record]], object]) -> Content:
    records = list(RECORDS)
    change(records)
    return keyed(index(records), ENTRIES)


def headers() -> dict[str, tuple[str, Content]]:
    def header(**fields: Any) -> Content:
        return keyed(index(RECORDS, **fields), ENTRIES)

    whole = index(RECORDS)
    count = len(RECORDS)
    return {
        "empty": ("an empty index", keyed(b"", ENTRIES)),
        "cut": ("an index that is cut", keyed(whole[:-1], ENTRIES)),
        "header-only": ("an index of half a header", keyed(whole[:32], ENTRIES)),
        "trailing": ("a byte behind the keys", keyed(whole + b"\0", ENTRIES)),
        "magic": ("another magic number", header(magic=b"MPKPIDX2")),
        "version": ("another version", header(version=2)),
        "levels": ("more levels than keys", header(levels=4)),
        "levels-less": ("fewer levels than keys", header(levels=2)),
        "count": ("a record more than there are", header(count=count + 1)),
        "count-less": ("a record less than there are", header(count=count - 1)),
        "blob-offset": ("keys at another place", header(blob_offset=64)),
        "blob-overflow": ("keys whose end overflows 64 bits", header(blob_length=2**64 - 1)),
        "header-rest": ("a header with something in its reserved bytes", header(rest=bytes(23) + b"\1")),
    }


def records() -> dict[str, tuple[str, Content]]:
    digests = {OWN: RECORDS[SHARED].digest, SHARED: RECORDS[OWN].digest}
    swapped = [replace(record, digest=digests.get(at, record.digest)) for at, record in enumerate(RECORDS)]
    entries = with_(lambda items: items.__setitem__(OWN, replace(items[OWN], offset=items[SHARED].offset)))
    return {
        "descend": ("records out of order", with_(lambda items: items.reverse())),
        "twice": ("a record twice", with_(lambda items: items.insert(1, items[0]))),
        "hash": ("a hash that is not the key's", changed(OWN, hash=bytes(32))),
        "renamed": ("a node whose key was changed", changed(OWN, key=key_bytes(("AZ",)))),
        "swapped-keys": ("two nodes with each other's hash", changed(OWN, hash=RECORDS[SHARED].hash)),
        "swapped-digests": ("two nodes with each other's digest", keyed(index(swapped), ENTRIES)),
        "entry-of-other": ("a node at the entry of another one, with its own digest", entries),
        "flag": ("an unknown flag", changed(OWN, flags=2)),
        "reserved": ("something in a record's reserved bytes", changed(OWN, reserved=bytes(27) + b"\1")),
        "program": ("a program that is not there", changed(OWN, program=1)),
        "program-max": ("program 2^32 - 1", changed(OWN, program=2**32 - 1)),
        "offset": ("an entry that is not aligned", changed(OWN, offset=RECORDS[OWN].offset + 8)),
        "offset-overflow": ("an entry whose end overflows 64 bits", changed(OWN, offset=2**64 - 64)),
        "overlap": ("an entry within another one", changed(OWN, offset=RECORDS[SHARED].offset + 64, length=64)),
        "beyond": ("an entry beyond partitions.pack", changed(OWN, offset=1 << 30)),
        "length-zero": ("an entry of no bytes", changed(OWN, length=0)),
        "length-less": ("an entry that leaves bytes unnamed", changed(OWN, length=RECORDS[OWN].length - 64)),
        "pruned-entry": ("a pruned node with an entry", changed(OWN, flags=1)),
        "pruned-digest": ("a pruned node with a digest", changed(PRUNED, digest=b"\1" * 32)),
        "pruned-not": ("a node without entry that is not pruned", changed(PRUNED, flags=0)),
        "key-offset": ("a key that does not follow the one before", changed(OWN, key_offset=1)),
        "key-offset-max": ("a key at 2^64 - 1", changed(OWN, key_offset=2**64 - 1)),
        "key-length-max": ("a key of 2^32 - 1 bytes", changed(OWN, key_length=2**32 - 1)),
        "unnamed-entry": ("entries that no record names", with_(lambda items: items.pop(OWN))),
        "pack-trailing": ("bytes behind the last entry", keyed(index(RECORDS), ENTRIES + bytes(64))),
        "pack-cut": ("partitions.pack without its last bytes", keyed(index(RECORDS), ENTRIES[:-64])),
        "pack-empty": ("an empty partitions.pack", keyed(index(RECORDS), b"")),
    }


def keys() -> dict[str, tuple[str, Content]]:
    text = struct.Struct("<BI")
    deep = key_bytes(("AA", 7, True)) + key_bytes((1,))[1:]
    raw = {
        "depth-zero": ("a key of no levels", b"\0"),
        "depth": ("a key of more levels than there are", bytes([4]) + deep[1:]),
        "trailing": ("a byte behind the values", key_bytes(("UA",)) + b"\0"),
        "cut": ("a text that is cut", key_bytes(("UA",))[:-1]),
        "length": ("a text of 2^32 - 1 bytes", b"\1" + text.pack(1, 2**32 - 1) + b"UA"),
        "kind": ("a value of an unknown type", b"\1" + text.pack(4, 2) + b"UA"),
        "type": ("an integer where texts stand", key_bytes((7,))),
        "utf8": ("a text that is not UTF-8", b"\1" + text.pack(1, 2) + b"\xff\xfe"),
        "bool": ("a bool of 2", key_bytes(("AA", 7)).replace(b"\2", b"\3", 1) + text.pack(3, 1) + b"\2"),
        "integer-short": ("an integer of four bytes", b"\2" + key_bytes(("UA",))[1:] + text.pack(2, 4) + bytes(4)),
        "empty": ("no bytes at all", b""),
    }
    return {f"key-{name}": (comment, renamed(OWN, key)) for name, (comment, key) in raw.items()}


def attacks() -> Iterator[Vector]:
    for key, (comment, content) in (headers() | records() | keys()).items():
        yield Vector(f"partitions-{key}", f"partitions.idx: {comment}", "PARTITIONS", content.data())
    limits = {
        "count-huge": ("2^32 records", keyed(index(RECORDS, count=2**32), ENTRIES)),
        "count-max": ("2^64 - 1 records", keyed(index(RECORDS, count=2**64 - 1), ENTRIES)),
        "entry-huge": ("an entry of 256 MiB and a byte", changed(OWN, length=(256 << 20) + 1)),
        "entry-max": ("an entry of 2^64 - 1 bytes", changed(OWN, length=2**64 - 1)),
    }
    for key, (comment, content) in limits.items():
        yield Vector(f"partitions-{key}", f"partitions.idx: {comment}", "LIMIT", content.data())
    missing = BASE.change(replaced={**BASE.replaced, INDEX: None})
    yield Vector("partitions-no-index", "partition keys, but no index", "MEMBERS", missing.data())
    missing = BASE.change(replaced={**BASE.replaced, PACK: None})
    yield Vector("partitions-no-pack", "partition keys, but no partitions.pack", "MEMBERS", missing.data())
    plain = Content(replaced={INDEX: index(RECORDS), PACK: ENTRIES})
    yield Vector("partitions-no-keys", "partitions, but no partition keys", "MEMBERS", plain.data())
    order = BASE.change(manifest={**BASE.manifest, "partition_keys": [KEYS[1], KEYS[0], KEYS[2]]})
    yield Vector(
        "partitions-keys-order", "partition keys in another order than in the schema", "MANIFEST", order.data()
    )
    unsaid = BASE.change(manifest={**BASE.manifest, "requires": []})
    yield Vector("partitions-unsaid", "partitions that requires does not name", "MANIFEST", unsaid.data())
    engines = [{"name": name, "requires": []} for name in ("native", "onnx")]
    onnx = BASE.change(manifest={**BASE.manifest, "engines": engines})
    yield Vector("partitions-onnx", "partitions with another engine than native", "MANIFEST", onnx.data())
    yield from further_members()


def further_members() -> Iterator[Vector]:
    def without(name: str) -> bytes:
        return BASE.change(replaced={**BASE.replaced, name: None}).data()

    def manifest(**fields: Any) -> bytes:
        return BASE.change(manifest={**BASE.manifest, **fields}).data()

    yield Vector("partitions-no-root", "partitions without a root", "MEMBERS", without(TENSORS))
    yield Vector("partitions-no-programs", "partitions without programs", "MEMBERS", without(PROGRAMS))
    twice = manifest(requires=["partitions"] * 2)
    yield Vector("partitions-required-twice", "partitions required twice", "MANIFEST", twice)
    further = manifest(requires=["partitions", "encryption@1"])
    yield Vector("partitions-required-further", "something unknown required beside", "REQUIRES", further)
    unnamed = manifest(partition_keys=[], requires=[])
    yield Vector("partitions-keys-unnamed", "keys that bundle.json does not name", "MANIFEST", unnamed)
    names = {
        "unknown": ("a partition key that is no feature", [*KEYS[:2], "city"]),
        "twice": ("a partition key twice", [KEYS[0]] * 3),
        "float": ("a float as partition key", ["distance", *KEYS[1:]]),
        "object": ("a partition key that is no text", [*KEYS[:2], {"name": KEYS[2]}]),
    }
    for key, (comment, keys) in names.items():
        content = BASE.change(schema=BASE.schema | {"keys": keys})
        yield Vector(f"partitions-keys-{key}", comment, "SCHEMA", content.data())
    many = BASE.change(schema=BASE.schema | {"keys": [KEYS[0]] * 17})
    yield Vector("partitions-keys-many", "seventeen partition keys", "LIMIT", many.data())
