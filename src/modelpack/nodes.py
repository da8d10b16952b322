"""The nodes of a bundle whose models are chosen by keys, read from the core when they are asked for."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from modelpack._core import Handle, ffi, lib, made_text, new_error, number_of, raise_error, struct
from modelpack.canonical import canonical_json, parse_json, typed
from modelpack.errors import UsageError
from modelpack.once import once
from modelpack.values import Kind, kind_of, shown

__all__ = ["REASONS", "BundleNode", "Key", "NodeMetric", "Nodes", "key_json", "plain_key"]

Key = tuple[Any, ...]

# Why a node has a model of its own, or its parent answers for it; the order is that of nodes.safetensors.
REASONS = ("kept", "not better than its parent", "too few rows", "lacks classes of its parent")
# Why a node answered a row, by the core's numbers.
ANSWER_REASONS = ("exact", "pruned", "unknown", "missing")


def key_json(key: Any) -> bytes:
    """A key as the core takes it: the JSON of its values, null where one is missing.

    Raises
    ------
    UsageError
        It is no tuple of texts, integers and bools.
    """
    return canonical_json(typed(plain_key(key)))


def plain_key(key: Any) -> Key:
    """The key's values as Python's own texts, integers and bools, None where one is missing.

    Raises
    ------
    UsageError
        It is no tuple of these.
    """
    if not isinstance(key, (tuple, list)):
        raise UsageError(f"the key {shown(key)} is no tuple", hint='write it so: ("PL", "Warsaw"), or ("PL",)')
    return tuple(_plain(value) for value in key)


def _plain(value: Any) -> Any:
    kind = kind_of(value)
    if kind in (Kind.NONE, Kind.NULL) or (kind is Kind.FLOAT and value != value):
        return None
    if kind is Kind.TEXT:
        return str(value)
    if kind is Kind.BOOL:
        return bool(value)
    if kind is Kind.INT:
        return int(value)
    raise UsageError(f"a key holds {shown(value)} of type {type(value).__name__}", hint="give texts, integers or bools")


@dataclass(frozen=True)
class NodeMetric:
    """What the figures of the nodes measure."""

    name: str
    greater_is_better: bool


class BundleNode:
    """One node.

    Attributes
    ----------
    number : int
        Its number in this bundle; 0 is the root.
    key : tuple
        Values of the leading levels; () for the root.
    path : str
        The key as people read it: ``PL/Warsaw``; ``/`` for the root.
    depth : int
        Levels of its key.
    parent : BundleNode or None
        The nearest ancestor that is a node, pruned or not; None for the root.
    pruned : bool
        Whether an ancestor answers for it.
    answers : BundleNode
        The node itself, or the ancestor that answers.
    size_bytes : int
        Of its tensors; 0 where an ancestor answers, and without partitions.
    digest : str or None
        SHA-256 of its tensors in hex: equal digests, equal models. None for the root and where it is pruned.
    program : str or None
        Digest of its program; None for the root and where it is pruned.
    rows : int or None
        Training rows, where the bundle says so.
    metric, parent_metric : float or None
        On the node's validation rows, its own and its parent's.
    reason : str or None
        ``"kept"``, or why it is pruned; None where the bundle does not say.
    """

    def __init__(self, nodes: Nodes, number: int) -> None:
        self.number = number
        self._nodes = nodes

    @once
    def _told(self) -> Handle:
        out, error = struct("mp_node"), new_error()
        code = lib.mp_partition_node(self._nodes.handle, self.number, out, error)
        if code:
            raise_error(error, code)
        return out

    @once
    def key(self) -> Key:
        return tuple(parse_json(made_text(lib.mp_partition_key, self._nodes.handle, self.number).encode()))

    @once
    def path(self) -> str:
        return self._nodes.path(self.number)

    @property
    def depth(self) -> int:
        return int(self._told.depth)

    @property
    def parent(self) -> BundleNode | None:
        number = int(self._told.parent)
        return None if number < 0 else self._nodes.at(number)

    @property
    def pruned(self) -> bool:
        return bool(self._told.flags & lib.MP_NODE_PRUNED)

    @property
    def answers(self) -> BundleNode:
        number = int(self._told.answers)
        return self if number == self.number else self._nodes.at(number)

    @property
    def size_bytes(self) -> int:
        return int(self._told.size_bytes)

    @property
    def digest(self) -> str | None:
        return None if self._told.program == ffi.NULL else bytes(self._told.digest).hex()

    @property
    def program(self) -> str | None:
        told = self._told
        return None if told.program == ffi.NULL else ffi.buffer(told.program, told.program_length)[:].decode("ascii")

    @property
    def rows(self) -> int | None:
        return int(self._told.rows) if self._told.rows >= 0 else None

    @property
    def metric(self) -> float | None:
        return _known(self._told.metric)

    @property
    def parent_metric(self) -> float | None:
        return _known(self._told.parent_metric)

    @property
    def reason(self) -> str | None:
        told = self._told
        return REASONS[told.fact_reason] if told.flags & lib.MP_NODE_FACTS else None

    def __eq__(self, other: object) -> bool:
        """Whether both are the same node of the same bundle."""
        if not isinstance(other, BundleNode):
            return NotImplemented
        return self.number == other.number and self._nodes.handle == other._nodes.handle

    def __hash__(self) -> int:
        return hash(self.number)

    def __repr__(self) -> str:
        return f"<modelpack node {self.path}{' (pruned)' if self.pruned else ''}>"


def _known(figure: float) -> float | None:
    return None if math.isnan(figure) else float(figure)


class Nodes:
    """All nodes of a bundle: a collection that is read from the index where it stands, node by node.

    Iterating gives each node before its descendants, the values of a level in their natural order. ``nodes[key]`` is
    the node of exactly that key, ``key in nodes`` whether there is one. A bundle without partitions has the root alone.

    Attributes
    ----------
    levels : tuple of str
        The features that are the keys, outermost first.
    """

    def __init__(self, handle: Handle, levels: tuple[str, ...]) -> None:
        self.handle = handle
        self.levels = levels
        self._paths: dict[int, str] = {}

    def __len__(self) -> int:
        return number_of("uint64_t", lib.mp_partition_node_count, self.handle)

    def __iter__(self) -> Iterator[BundleNode]:
        order = np.empty(len(self), dtype=np.int64)
        error = new_error()
        place = ffi.cast("int64_t *", ffi.from_buffer(order))
        code = lib.mp_partition_tree_order(self.handle, place, len(order), error)
        if code:
            raise_error(error, code)
        return (BundleNode(self, number) for number in order.tolist())

    def __getitem__(self, key: Key) -> BundleNode:
        number = self.number(key)
        if number is None:
            raise KeyError(f"no node has the key {shown(key)}")
        return BundleNode(self, number)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, (tuple, list)) and self.number(tuple(key)) is not None

    def __repr__(self) -> str:
        return f"<modelpack nodes: {len(self):,} by {', '.join(self.levels) or 'no key'}>"

    def at(self, number: int) -> BundleNode:
        """The node of that number."""
        return BundleNode(self, number)

    def number(self, key: Key) -> int | None:
        """The number of the node of exactly this key, pruned or not; None where there is none.

        Raises
        ------
        UsageError
            The key is no tuple of texts, integers and bools.
        """
        text = key_json(key)
        found = number_of("int64_t", lib.mp_partition_exact, self.handle, text, len(text))
        return None if found < 0 else found

    def find(self, key: Key) -> tuple[BundleNode, str]:
        """The node that answers for a key, and why: ``exact``, ``pruned``, ``unknown`` or ``missing``.

        A key with fewer values than there are levels lacks the others.
        """
        text, error = key_json(key), new_error()
        number, reason = ffi.new("int64_t *"), ffi.new("int32_t *")
        code = lib.mp_partition_find(self.handle, text, len(text), number, reason, error)
        if code:
            raise_error(error, code)
        return BundleNode(self, number[0]), ANSWER_REASONS[reason[0]]

    def path(self, number: int) -> str:
        """The path of the node of that number."""
        known = self._paths.get(number)
        if known is None:
            known = self._paths[number] = made_text(lib.mp_partition_path, self.handle, number)
        return known

    @once
    def metric(self) -> NodeMetric | None:
        """What the nodes' figures measure; None where the bundle has none."""
        told = json.loads(made_text(lib.mp_partition_metric, self.handle))
        return None if told is None else NodeMetric(told["name"], told["greater_is_better"])
