"""The strings that an ONNX model knows: those of its tables and constants."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

__all__ = ["texts_of"]

_STRING = 8


def texts_of(graph: Any) -> Iterator[str]:
    """Every text in attributes and constants of a graph and of the graphs within it, in order of appearance."""
    for tensor in graph.initializer:
        yield from _of_tensor(tensor)
    for node in graph.node:
        for attribute in node.attribute:
            yield from (text.decode("utf-8", "replace") for text in attribute.strings)
            for tensor in (attribute.t, *attribute.tensors):
                yield from _of_tensor(tensor)
            for inner in (attribute.g, *attribute.graphs):
                yield from texts_of(inner)


def _of_tensor(tensor: Any) -> Iterator[str]:
    if tensor.data_type == _STRING:
        yield from (text.decode("utf-8", "replace") for text in tensor.string_data)
