"""The nodes of a bundle with partitions, as a tree with what is known of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import modelpack
from modelpack.cli.table import count, heading, number, size, table
from modelpack.nodes import BundleNode, Nodes

__all__ = ["document", "node_fields", "show", "summary"]

NODES_SHOWN = 60


def summary(nodes: Nodes) -> str:
    """One line: how many nodes there are."""
    return f"{count(len(nodes), 'node')} by {', '.join(nodes.levels)}"


def document(nodes: Nodes, depth: int | None, limit: int | None) -> dict[str, Any]:
    """All nodes down to a depth, the first `limit` of them."""
    found = [node_fields(node) for node in nodes if depth is None or node.depth <= depth]
    metric = nodes.metric
    return {
        "levels": list(nodes.levels),
        "count": len(nodes),
        "metric": None if metric is None else vars(metric),
        "nodes": found if limit is None else found[:limit],
    }


def node_fields(node: BundleNode) -> dict[str, Any]:
    return {
        "path": node.path,
        "key": list(node.key),
        "pruned": node.pruned,
        "answers": node.answers.path,
        "reason": node.reason,
        "rows": node.rows,
        "metric": node.metric,
        "parent_metric": node.parent_metric,
        "size_bytes": node.size_bytes,
        "sha256": node.digest,
        "program": node.program,
    }


def show(bundle: modelpack.Bundle, depth: int | None, limit: int | None) -> None:
    nodes = bundle.nodes()
    print(heading(f"{bundle.name} {bundle.version}: {summary(nodes)}"))
    if nodes.metric is not None:
        print(
            f"{nodes.metric.name} on validation rows, {'more' if nodes.metric.greater_is_better else 'less'} is better"
        )
    everything = list(nodes)
    print(f"\n{level_table(nodes, everything)}")
    lines = Tree(everything, depth, NODES_SHOWN if limit is None else limit).lines()
    print(f"\n{tree_table(nodes, lines)}")


def level_table(nodes: Nodes, everything: list[BundleNode]) -> str:
    """A row per level: nodes, how many have a model, and the figures of those, weighted by their rows."""
    name = metric_name(nodes)
    rows = []
    for depth in range(len(nodes.levels) + 1):
        level = [node for node in everything if node.depth == depth]
        kept = [node for node in level if not node.pruned]
        weighted = [node for node in kept if node.rows and node.metric is not None]
        rows.append(
            [
                "/".join(nodes.levels[:depth]) or "/",
                f"{len(level):,}",
                f"{len(kept):,}",
                f"{len(level) - len(kept):,}",
                f"{sum(node.rows or 0 for node in kept):,}" if any(node.rows is not None for node in kept) else "",
                figure(mean(weighted, [node.metric for node in weighted])),
                figure(mean(weighted, [node.parent_metric for node in weighted])),
                size(sum(node.size_bytes for node in kept)) if kept and depth else "",
            ]
        )
    headers = ("level", "nodes", "models", "pruned", "rows", f"mean {name}", "parent's", "size")
    return filled_table(rows, headers, right=range(1, 8))


def mean(nodes: list[BundleNode], figures: list[float | None]) -> float | None:
    known = [(node.rows or 0, value) for node, value in zip(nodes, figures, strict=True) if value is not None]
    total = sum(rows for rows, _ in known)
    return sum(rows * value for rows, value in known) / total if total else None


def metric_name(nodes: Nodes) -> str:
    return "metric" if nodes.metric is None else nodes.metric.name


def figure(value: float | None) -> str:
    return "" if value is None else f"{value:.5g}"


def tree_table(nodes: Nodes, lines: Iterable[tuple[str, BundleNode | None]]) -> str:
    rows = [[text, *(tree_figures(node) if node is not None else [""] * 5)] for text, node in lines]
    headers = ("node", "rows", metric_name(nodes), "parent's", "size", "")
    return filled_table(rows, headers, right=(1, 2, 3, 4))


def filled_table(rows: list[list[str]], headers: Sequence[str], right: Iterable[int]) -> str:
    """The table without columns that have no value: a bundle need not know rows and metrics."""
    kept = [column for column in range(len(headers)) if any(row[column] for row in rows)]
    return table(
        [[row[column] for column in kept] for row in rows],
        [headers[column] for column in kept],
        right=[place for place, column in enumerate(kept) if column in set(right)],
    )


def tree_figures(node: BundleNode) -> list[str]:
    why = "pruned" if node.reason in (None, "kept") else f"pruned: {node.reason}"
    return [
        "" if node.rows is None else number(node.rows),
        figure(node.metric),
        figure(node.parent_metric),
        size(node.size_bytes) if node.size_bytes else "",
        why if node.pruned else "",
    ]


class Tree:
    """Nodes as lines of a tree, cut where they would be too many.

    Whole levels are shown as long as they fit; of the first that does not, each parent shows an equal share of its
    children, and what is left out is counted.
    """

    def __init__(self, everything: list[BundleNode], depth: int | None, limit: int) -> None:
        self._depth, self._limit = depth, limit
        self._children: dict[int, list[BundleNode]] = {}
        self._parents: dict[int, BundleNode] = {}
        self._below: dict[int, int] = {}
        known = {node.number: node for node in everything}
        for node in everything:
            parent = node.parent
            if parent is not None:
                self._parents[node.number] = known[parent.number]
                self._children.setdefault(parent.number, []).append(node)
        for node in reversed(everything):  # each node stands before its descendants
            if node.number in self._parents:
                parent = self._parents[node.number]
                self._below[parent.number] = self._below.get(parent.number, 0) + 1 + self._below.get(node.number, 0)
        self._root = everything[0]

    def lines(self) -> Iterator[tuple[str, BundleNode | None]]:
        """The tree's text and the node of each line; None for a line that counts those left out."""
        shown = self._shown()
        yield "/", self._root
        yield from self._lines_below(self._root, shown, "")

    def _lines_below(
        self, parent: BundleNode, shown: dict[int, int], indent: str
    ) -> Iterator[tuple[str, BundleNode | None]]:
        children = self._children.get(parent.number, [])
        first = children[: shown.get(parent.number, 0)]
        left_out = self._below.get(parent.number, 0) - sum(1 + self._below.get(node.number, 0) for node in first)
        for place, node in enumerate(first):
            last = place == len(first) - 1 and not left_out
            yield f"{indent}{'└─ ' if last else '├─ '}{self._name(node, parent)}", node
            yield from self._lines_below(node, shown, indent + ("   " if last else "│  "))
        if left_out:
            yield f"{indent}└─ … {count(left_out, 'more node' if first else 'node')}", None

    def _shown(self) -> dict[int, int]:
        """By node, how many of its children are shown."""
        found: dict[int, int] = {}
        budget, parents = self._limit - 1, [self._root]
        while parents:
            families = [(node, self._visible(node)) for node in parents]
            total = sum(len(children) for _, children in families)
            if total == 0:
                break
            share = total if total <= budget else max(budget // sum(1 for _, children in families if children), 1)
            following = []
            for node, children in families:
                taken = children[: min(share, max(budget, 0))]
                found[node.number] = len(taken)
                budget -= len(taken)
                following += taken
            parents = following if share == total else []
        return found

    def _visible(self, node: BundleNode) -> list[BundleNode]:
        children = self._children.get(node.number, [])
        return children if self._depth is None else [child for child in children if child.depth <= self._depth]

    @staticmethod
    def _name(node: BundleNode, parent: BundleNode) -> str:
        """The levels that the parent does not have."""
        return node.path if parent.depth == 0 else node.path[len(parent.path) + 1 :]
