"""Attacks on single nodes: the bundle opens, the node is refused by name, all others, its parent too, are sound."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hostile.base import Content, tensors
from hostile.encoding import encode, safetensors, tensor
from hostile.partition_attacks import changed
from hostile.partitions import NODES, PROGRAM, index, key_bytes, keyed, pack_and_records
from hostile.vector import NodeVector

#: The node, whose entry no other node shares.
NODE = ("UA", 7)
ENTRIES, RECORDS = pack_and_records()
PLACE = [record.key for record in RECORDS].index(key_bytes(NODE))
SOUND = NODES[NODE] or b""
START = RECORDS[PLACE].offset


def node(key: str, comment: str, error: str, content: Content, phase: str = "entry") -> NodeVector:
    return NodeVector(f"node-{key}", comment, error, content.data(), encode(list(NODE)).decode(), phase)


def over(at: int, data: bytes) -> Content:
    """With these bytes over those of the entry, and the index as it was."""
    start = START + at
    return keyed(index(RECORDS), ENTRIES[:start] + data + ENTRIES[start + len(data) :])


def with_entry(data: bytes) -> Content:
    """With another entry, and the index that fits."""
    pack, records = pack_and_records({**NODES, NODE: data})
    return keyed(index(records), pack)


def model(**changes: Any) -> Content:
    return with_entry(safetensors(tensors() | changes, {"program": PROGRAM}))


def attacks() -> Iterator[NodeVector]:
    last = len(SOUND) - 1
    flipped = {
        "flip": ("one bit of the entry's last byte differs", over(last, bytes([SOUND[last] ^ 1]))),
        "flip-first": ("one bit of the entry's first byte differs", over(0, bytes([SOUND[0] ^ 1]))),
        "zeros": ("an entry of zeros", over(0, bytes(len(SOUND)))),
        "parent": ("the bytes of its parent's entry", over(0, NODES["UA",] or b"")),
        "digest": ("another digest in its record", changed(PLACE, digest=b"\1" * 32)),
        "digest-zero": ("a digest of zeros in its record", changed(PLACE, digest=bytes(32))),
    }
    for key, (comment, content) in flipped.items():
        yield node(key, comment, "DIGEST", content)
    malformed = {
        "no-tensors": ("bytes that are no tensors", bytes(640)),
        "header": ("a header that is not canonical", SOUND.replace(b'"F64"', b'"f64"')),
        "cut": ("tensors without their last byte", SOUND[:-1]),
        "trailing": ("bytes after the last tensor", SOUND + bytes(8)),
        "program": ("tensors for a program that is not there", safetensors(tensors(), {"program": "0" * 64})),
        "program-none": ("tensors that name no program", safetensors(tensors())),
    }
    for key, (comment, data) in malformed.items():
        yield node(key, comment, "TENSORS", with_entry(data))
    refused = {
        "cycle": ("a tree that runs in a circle", model(left=tensor("I32", [0, ~1, ~0]))),
        "leaf": ("a leaf that is not there", model(right=tensor("I32", [~9, ~2, ~1]))),
        "column": ("a column that is not there", model(feature=tensor("U32", [9, 1, 0]))),
        "shape": ("a threshold too few", model(threshold=tensor("F64", [500.0, 0.5]))),
    }
    for key, (comment, content) in refused.items():
        yield node(key, comment, "PROGRAM", content, "model")
