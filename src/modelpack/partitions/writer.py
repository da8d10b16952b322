"""The core's writer of bundles with partitions."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from typing import Any

from modelpack._core import encoded, ffi, lib, member_table, new_error, raise_error, struct
from modelpack.canonical import canonical_json
from modelpack.errors import ModelpackError
from modelpack.nodes import Key, key_json
from modelpack.partitions.node import Node
from modelpack.signing import Signing, cause, handles

_DTYPES = {"int64": lib.MP_DTYPE_INT64, "bool": lib.MP_DTYPE_BOOL, "string": lib.MP_DTYPE_STRING}


class PartitionWriter:
    """Writes a bundle node by node; a context that is left before `finish` leaves no file."""

    def __init__(self, handle: Any) -> None:
        self._handle = ffi.gc(handle, lib.mp_partition_writer_free)

    @staticmethod
    def new(path: str | os.PathLike[str], dtypes: Sequence[str], overwrite: bool) -> PartitionWriter:
        """Of a new bundle whose keys have levels of these dtypes."""
        levels = ffi.new("int32_t[]", [_DTYPES[dtype] for dtype in dtypes])
        out, error = ffi.new("mp_partition_writer **"), new_error()
        code = lib.mp_partition_writer_new(*encoded(os.fspath(path)), levels, len(dtypes), overwrite, out, error)
        if code:
            raise_error(error, code)
        return PartitionWriter(out[0])

    @staticmethod
    def changed(bundle: Any, path: str | os.PathLike[str], version: str, overwrite: bool) -> PartitionWriter:
        """Of a higher version of a bundle."""
        out, error = ffi.new("mp_partition_writer **"), new_error()
        code = lib.mp_partition_writer_from_bundle(
            bundle, *encoded(os.fspath(path)), *encoded(version), overwrite, out, error
        )
        if code:
            raise_error(error, code)
        return PartitionWriter(out[0])

    def __enter__(self) -> PartitionWriter:
        return self

    def __exit__(self, *_: object) -> None:
        ffi.release(self._handle)

    def measure(self, name: str, greater_is_better: bool, root: Node | None) -> None:
        """What the nodes' metrics are."""
        error = new_error()
        code = lib.mp_partition_writer_set_metric(self._handle, *encoded(name), greater_is_better, error)
        if not code and root is not None:
            code = lib.mp_partition_writer_set_root_fact(self._handle, _fact(root), error)
        if code:
            raise_error(error, code)

    def add(self, key: Key, program: bytes, tensors: bytes, node: Node | None) -> None:
        """A node with a model of its own."""
        text, error = key_json(key), new_error()
        code = lib.mp_partition_writer_add(
            self._handle,
            text,
            len(text),
            ffi.from_buffer(program),
            len(program),
            ffi.from_buffer(tensors),
            len(tensors),
            ffi.NULL if node is None else _fact(node),
            error,
        )
        if code:
            raise_error(error, code)

    def prune(self, key: Key, node: Node | None) -> None:
        """A node whose nearest ancestor answers."""
        text, error = key_json(key), new_error()
        fact = ffi.NULL if node is None else _fact(node)
        code = lib.mp_partition_writer_add_pruned(self._handle, text, len(text), fact, error)
        if code:
            raise_error(error, code)

    def remove(self, key: Key) -> None:
        """A node of the source that the new version does not have."""
        text, error = key_json(key), new_error()
        code = lib.mp_partition_writer_remove(self._handle, text, len(text), error)
        if code:
            raise_error(error, code)

    def finish(self, manifest: Mapping[str, Any], members: Mapping[str, bytes], signing: Sequence[Signing]) -> str:
        """Writes the rest and gives the file its name; answers the identity."""
        head = canonical_json(dict(manifest))
        identity, error = ffi.new("char[72]"), new_error()
        table, alive = member_table(members)
        code = lib.mp_partition_writer_finish(
            self._handle, head, len(head), table, len(members), handles(signing), len(signing), identity, error
        )
        del alive
        if code:
            try:
                raise_error(error, code)
            except ModelpackError as failed:
                raise cause(failed, signing) from None
        return bytes(ffi.buffer(identity, 71)).decode("ascii")


def _fact(node: Node) -> Any:
    fact = struct("mp_node_fact")
    fact.rows = node.rows
    fact.metric = math.nan if node.metric is None else node.metric
    fact.parent_metric = math.nan if node.parent_metric is None else node.parent_metric
    fact.reason = node.reason
    return fact
