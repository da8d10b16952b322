"""Models of nodes on their way into a bundle: imported and asked one after the other, or in several processes."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import Path
from typing import Any

from modelpack.canonical import safetensors_bytes
from modelpack.importers.kept import keeping
from modelpack.partitions.importing import NodeImporter, check_nulls, check_outputs
from modelpack.partitions.node import Node
from modelpack.partitions.proof import Answered, Questions
from modelpack.schema import Feature, Output

# Nodes that a process is given at once, in the end; at first fewer, as a few large models want all processes.
MOST_NODES = 64


@dataclass(frozen=True)
class Entry:
    """One node as it is written.

    Attributes
    ----------
    node : Node
        Without its model.
    program, tensors : bytes
        Of a node that is not pruned.
    uses : tuple of str
        Operations of the program.
    read : tuple of str
        Features whose dictionaries the program may depend on.
    answered : Answered or None
        What its framework answers; None for a pruned node.
    """

    node: Node
    program: bytes = b""
    tensors: bytes = b""
    uses: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    answered: Answered | None = None


@dataclass(frozen=True)
class Preparer:
    """Makes entries.

    Attributes
    ----------
    importer : NodeImporter
        Holds the dictionaries, which grow as models bring categories of their own.
    questions : Questions
    outputs : sequence of Output
        The root's, which every node has.
    known : mapping of str to Feature
        The features as the root knows them.
    classes : sequence or None
    explain : bool
        Whether programs keep the tensors that only explanations read.
    """

    importer: NodeImporter
    questions: Questions
    outputs: Sequence[Output]
    known: Mapping[str, Feature]
    classes: Sequence[Any] | None
    explain: bool

    def entry(self, node: Node) -> Entry:
        if node.pruned:
            return Entry(node)
        imported, columns = self.importer.imported(node.key, node.model, self.classes, self.outputs)
        check_outputs(node.key, imported.outputs, self.outputs)
        check_nulls(node.key, imported.features, self.known)
        program = imported.program if self.explain else imported.program.without_explanation()
        return Entry(
            node=replace(node, model=node.key),  # not None, which says that it is pruned
            program=program.json,
            tensors=safetensors_bytes(program.tensors, {"program": program.digest}),
            uses=tuple(program.uses),
            read=tuple(name for name in columns if name in self.importer.codes),
            answered=self.questions.ask(node.key, imported, columns),
        )

    def entries(self, nodes: Iterator[Node], processes: int | None) -> Iterator[Entry]:
        """The entries of nodes, in their order; the same bytes whatever the number of processes (joblib's n_jobs)."""
        if processes in (None, 1):
            with keeping():
                for node in nodes:
                    self.importer.take_key(node.key)
                    yield self.entry(node)
            return
        from joblib import Parallel, delayed

        with tempfile.TemporaryDirectory(prefix="modelpack-") as folder:
            path = str(Path(folder) / "preparer.pickle")
            Path(path).write_bytes(pickle.dumps(self))
            given: list[tuple[list[Node], dict[str, int]]] = []

            def calls() -> Iterator[Any]:
                for some in portions(nodes):
                    codes = {name: list(texts) for name, texts in self.importer.codes.items()}
                    codes = {name: texts for name, texts in codes.items() if name not in self.importer.by}
                    given.append((some, {name: len(texts) for name, texts in codes.items()}))
                    yield delayed(entries_of)(path, some, codes)

            for made in Parallel(n_jobs=processes, return_as="generator")(calls()):
                some, lengths = given.pop(0)
                for node, entry in zip(some, made, strict=True):
                    self.importer.take_key(node.key)
                    yield entry if entry is not None and self._as_here(entry, lengths) else self.entry(node)

    def _as_here(self, entry: Entry, lengths: Mapping[str, int]) -> bool:
        """Whether the dictionaries that an entry depends on are those that its process knew."""
        return all(lengths[name] == len(self.importer.codes[name]) for name in entry.read)


def portions(nodes: Iterator[Node]) -> Iterator[list[Node]]:
    for power in count():
        for _ in range(2):
            some = list(islice(nodes, min(1 << power, MOST_NODES)))
            if not some:
                return
            yield some


_preparers: dict[str, Preparer] = {}


def entries_of(path: str, nodes: Sequence[Node], codes: Mapping[str, Sequence[str]]) -> list[Entry | None]:
    """In a process of its own: entries as they are made with these dictionaries.

    None: it depends on more of them, and is made again where all are known.
    """
    if path not in _preparers:
        _preparers.clear()
        _preparers[path] = pickle.loads(Path(path).read_bytes())
    with keeping():
        return [_made_alone(_preparers[path], node, codes) for node in nodes]


def _made_alone(preparer: Preparer, node: Node, codes: Mapping[str, Sequence[str]]) -> Entry | None:
    known = preparer.importer.codes
    for name, texts in codes.items():
        if len(known[name]) != len(texts):
            known[name] = {text: code for code, text in enumerate(texts)}
    entry = preparer.entry(node)
    told = all(len(known[name]) == len(texts) for name, texts in codes.items())
    return entry if told and all(name in codes for name in entry.read) else None
