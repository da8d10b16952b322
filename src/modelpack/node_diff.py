"""The partition nodes that differ between two bundles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from modelpack.bundle import Bundle
from modelpack.nodes import BundleNode, Key

__all__ = ["NodeChange", "changed_nodes"]

# The path of a node, and what is known of it on either side; None where it is not.
NodeChange = tuple[str, "dict[str, Any] | None", "dict[str, Any] | None"]

_ROOT_TENSORS = "models/main/tensors.safetensors"


def changed_nodes(left: Bundle, right: Bundle) -> Iterator[NodeChange]:
    """Nodes that one side lacks, or whose models (by digest) or figures differ, in the order of keys."""
    if not left.partition_keys and not right.partition_keys:
        return
    if left.partition_keys != right.partition_keys:
        yield "keys", {"levels": list(left.partition_keys)}, {"levels": list(right.partition_keys)}
    before, after = _by_key(left), _by_key(right)
    for key in sorted({*before, *after}):
        old, new = before.get(key), after.get(key)
        facts = _facts(left, old), _facts(right, new)
        if facts[0] != facts[1]:
            node = new if new is not None else old
            assert node is not None, "the key is of one of them"
            yield node.path, *facts


def _by_key(bundle: Bundle) -> dict[Any, BundleNode]:
    return {_comparable(node.key): node for node in bundle.nodes()}


def _comparable(key: Key) -> tuple[tuple[str, Any], ...]:
    """True and 1 are two keys, and texts do not compare with numbers."""
    return tuple((type(value).__name__, value) for value in key)


def _facts(bundle: Bundle, node: BundleNode | None) -> dict[str, Any] | None:
    if node is None:
        return None
    root = bundle.manifest["members"].get(_ROOT_TENSORS, {}).get("sha256") if node.number == 0 else None
    return {
        "sha256": root or node.digest,
        "program": node.program,
        "size": node.size_bytes,
        "pruned": node.pruned,
        "rows": node.rows,
        "metric": node.metric,
        "parent_metric": node.parent_metric,
        "reason": node.reason,
    }
