"""What the models of partition nodes have done, and the memory that they take."""

from __future__ import annotations

from dataclasses import dataclass

from modelpack._core import Handle, lib, new_error, raise_error, struct

__all__ = ["CacheStats", "NodeStats", "cache_stats", "node_stats"]


@dataclass(frozen=True)
class NodeStats:
    """Counts for one node since the predictor was made.

    Attributes
    ----------
    loaded : bool
        Its model is in memory.
    rows : int
        Rows that it answered.
    loads : int
        Times that its model was loaded.
    failures : int
        Times that loading failed.
    memory_bytes : int
        That its model takes, about; 0 if it is not loaded.
    """

    loaded: bool
    rows: int
    loads: int
    failures: int
    memory_bytes: int


@dataclass(frozen=True)
class CacheStats:
    """The models of nodes that are in memory, the root's not counted.

    Attributes
    ----------
    budget_bytes : int
        What they may take.
    memory_bytes : int
        What they take, about.
    nodes : int
        Loaded models.
    loads, failures, evictions : int
        Since the predictor was made; an eviction gives a model up to keep to the budget.
    """

    budget_bytes: int
    memory_bytes: int
    nodes: int
    loads: int
    failures: int
    evictions: int


def node_stats(predictor: Handle, node: int) -> NodeStats:
    out, error = struct("mp_node_stats"), new_error()
    code = lib.mp_predictor_node_stats(predictor, node, out, error)
    if code:
        raise_error(error, code)
    return NodeStats(bool(out.flags & lib.MP_NODE_LOADED), out.rows, out.loads, out.failures, out.memory_bytes)


def cache_stats(predictor: Handle) -> CacheStats:
    out, error = struct("mp_cache_stats"), new_error()
    code = lib.mp_predictor_cache_stats(predictor, out, error)
    if code:
        raise_error(error, code)
    return CacheStats(out.budget_bytes, out.memory_bytes, out.nodes, out.loads, out.failures, out.evictions)
