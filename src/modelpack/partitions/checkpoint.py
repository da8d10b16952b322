"""Nodes kept on disk while a tree of models is trained, so that training goes on where it was stopped."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib

from modelpack.partitions.node import Key, Node


@dataclass(frozen=True)
class Checkpoint:
    """A folder of pickled nodes, named by what they were trained from; without a folder nothing is kept."""

    folder: Path | None
    fingerprint: str = ""

    @classmethod
    def of(cls, model: Any, data: Any) -> Checkpoint:
        """For a model's parameters and its data: other data or parameters have other files."""
        if model.checkpoint is None:
            return cls(None)
        folder = Path(os.fspath(model.checkpoint))
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        parameters = {
            name: value
            for name, value in model.get_params(deep=True).items()
            if name not in ("checkpoint", "progress", "n_jobs", "validation", "estimator")
        }
        told = [repr(type(model.estimator)), repr(sorted((name, repr(value)) for name, value in parameters.items()))]
        content = joblib.hash((data.X, data.y, data.weight, data.keys, data.held_out))
        return cls(folder, hashlib.sha256("\n".join([*told, str(content)]).encode()).hexdigest())

    def or_make(self, key: Key, make: Callable[[], Node]) -> Node:
        """The node that was kept, or that `make` gives, which is then kept."""
        if self.folder is None:
            return make()
        path = self.folder / (hashlib.sha256(f"{self.fingerprint}\n{key!r}".encode()).hexdigest() + ".joblib")
        if path.exists():
            node: Node = joblib.load(path)
            return node
        node = make()
        # Renamed when complete: a process that is stopped leaves no half a node.
        unfinished = path.with_suffix(f".{os.getpid()}")
        joblib.dump(node, unfinished)
        os.replace(unfinished, path)
        return node
