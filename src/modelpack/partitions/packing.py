"""`modelpack.pack_partitions`: models by key become one file, each compared with its framework first."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from modelpack.drafting import metrics_member, open_draft, record_member, replayed_members
from modelpack.errors import InputError
from modelpack.importers.imported import Imported
from modelpack.importers.trained_names import trained_names
from modelpack.infer import infer_features
from modelpack.members import dictionary_member, manifest
from modelpack.metrics import evaluation_splits, metrics_of
from modelpack.packing import Packed
from modelpack.partitions.importing import NodeImporter, of_columns
from modelpack.partitions.metric import Metric
from modelpack.partitions.node import Key, Node
from modelpack.partitions.preparing import Entry, Preparer
from modelpack.partitions.proof import Proof, Questions
from modelpack.partitions.writer import PartitionWriter
from modelpack.replay import Progress
from modelpack.rows import row_count
from modelpack.schema import Feature, Schema
from modelpack.signing import Signers, signing_of

# Lower than any version that a user gives: the file that answers are compared with, before the one that is asked for.
DRAFT_VERSION = "0.0.0-0"

Models = Mapping[Key, Any] | Iterable[tuple[Key, Any]]


def pack_partitions(
    models: Models,
    X_sample: Any,
    path: str | os.PathLike[str] | None = None,
    *,
    partition_by: Sequence[str],
    name: str,
    version: str,
    evaluation: Any = None,
    metrics: Mapping[str, Any] | None = None,
    record: Mapping[str, Any] | None = None,
    signers: Signers = (),
    passphrase: str | None = None,
    schema: Schema | Sequence[Feature] | Mapping[str, Mapping[str, Any]] | None = None,
    classes: Sequence[Any] | None = None,
    optional: Iterable[str] = (),
    golden: Any = 32,
    statistics: bool = True,
    explain: bool = True,
    overwrite: bool = False,
    created_at: str | int | None = None,
    progress: Progress | None = None,
    metric: Metric | None = None,
    n_jobs: int | None = None,
) -> Packed:
    """Pack one model per key, such as ``("PL", "Warsaw")``, into one file.

    A row is answered by the model of its key, or of the nearest ancestor that has one; the key's columns are features.
    Every model is compared with its framework on rows of the sample before anything is written.

    Parameters
    ----------
    models : mapping of key to model, or iterable of (key, model)
        Keys are tuples of the leading levels; ``()`` is the root, which answers for unknown and missing keys, and comes
        first in an iterable. Models that come one by one are not held in memory. A `Node` instead of a model has its
        rows, metrics and the reason why it is pruned.
    X_sample : pandas DataFrame [rows, columns]
        Rows with the key columns and those that the models were trained on.
    partition_by : sequence of str
        The key columns, outermost first: text, integers or bools.
    metric : Metric, optional
        What the metrics of nodes are.
    progress : callable (done, total), optional
        Called after each model; `total` is 0 where it is not known.
    n_jobs : int, optional
        Processes that import models side by side (joblib's); None: one. The file is the same.

    The other parameters, and what is raised, are those of `modelpack.pack`; errors name the node.

    Returns
    -------
    Packed

    Examples
    --------
    >>> models = {(): everywhere, ("PL",): poland, ("PL", "Warsaw"): warsaw}  # doctest: +SKIP
    >>> modelpack.pack_partitions(  # doctest: +SKIP
    ...     models, X.head(1000), partition_by=("country", "city"), name="eta", version="1.0.0"
    ... )
    """
    if not hasattr(X_sample, "iloc"):
        raise InputError("the sample of a partitioned model is a pandas DataFrame with the key columns")
    if row_count(X_sample) == 0:
        raise InputError("the sample is empty; give rows as the models were trained on")
    signing = signing_of(signers, passphrase)
    target = Path(path) if path is not None else Path(f"{name}-{version}.mpk")
    if target.exists() and not overwrite:
        raise InputError(f"{target} exists; choose another path or version, or pass overwrite=True")
    by = tuple(partition_by)
    nodes = root_first(models)
    root = as_node((), next(nodes)[1])
    X_sample = trained_columns(X_sample, root.model, by)
    features = key_features(infer_features(X_sample, optional=optional, schema=schema), by)
    importer = NodeImporter(X_sample, features, by)
    imported, columns = importer.imported((), root.model, classes)
    known = {feature.name: feature for feature in imported.features}
    features = tuple(known.get(feature.name, feature) for feature in features)
    known = {feature.name: feature for feature in features}
    built = Schema(features=features, outputs=imported.outputs, keys=by)
    members, report = replayed_members(
        asked_with(imported, columns, features),
        Schema(features=features, outputs=imported.outputs),
        manifest(imported, name, version, created_at),
        X_sample,
        explain=explain,
        golden=golden,
        evaluation=None,
        reported=metrics,
        progress=None,
    )
    members["record.json"] = record_member(record, root.model, built, X_sample, statistics)
    members["schema.json"] = built.to_json()
    questions = Questions(X_sample, by)
    proof = Proof(questions)
    preparer = Preparer(importer, questions, imported.outputs, known, classes, explain)
    others = below_root(nodes)
    total = len(models) if isinstance(models, Mapping) else 0
    with tempfile.TemporaryDirectory(prefix=".modelpack-", dir=target.parent) as folder:
        draft, finished = Path(folder) / "draft.mpk", Path(folder) / target.name
        with PartitionWriter.new(draft, [dtype_of(features, level) for level in by], False) as writer:
            if metric is not None:
                writer.measure(metric.name, metric.greater_is_better, root)
            entries = preparer.entries(others, n_jobs)
            uses = add_nodes(writer, entries, proof, lambda done: progress(done + 1, total) if progress else None)
            head = manifest(imported, name, DRAFT_VERSION, created_at)
            head |= {"partition_keys": list(by), "requires": ["partitions"]}
            head["engines"][0]["requires"] = sorted({*head["engines"][0]["requires"], *uses})
            codes = {
                index: list(importer.codes[f.name]) for index, f in enumerate(features) if f.name in importer.codes
            }
            writer.finish(head, {**members, **dictionary_member(codes)}, ())
        with open_draft(draft) as predictor:
            proof.check(predictor, report)
            splits = evaluation_splits(evaluation)
            found = {key: metrics_of(imported.task, built, predictor, split) for key, split in splits.items()}
            with PartitionWriter.changed(predictor.bundle.handle, finished, version, False) as writer:
                changes = {"metrics.json": metrics_member(found, metrics)}
                identity = writer.finish({"created_at": head["created_at"]}, changes, signing)
        os.replace(finished, target)
    return Packed(path=target, identity=identity, schema=built, report=report)


def trained_columns(X: Any, root: Any, by: Sequence[str]) -> Any:
    """The sample without columns that are neither keys nor the root's: each column becomes a feature that rows need."""
    names = trained_names(root)
    kept = list(X.columns) if names is None else [name for name in X.columns if name in by or str(name) in set(names)]
    return X if len(kept) == X.shape[1] else X[kept]


def asked_with(imported: Imported, columns: Sequence[str], features: Sequence[Feature]) -> Imported:
    """The root's import, whose framework is given its own columns of rows that have further ones."""
    bound = imported.bound
    return replace(
        imported,
        features=tuple(features),
        reference=lambda X: imported.reference(of_columns(X, columns)),
        bound=None if bound is None else lambda X, answers: bound(of_columns(X, columns), answers),
    )


def root_first(models: Models) -> Iterator[tuple[Key, Any]]:
    """The models, that of the root before all others."""
    if isinstance(models, Mapping):
        if () not in models:
            raise InputError("there is no model for (), the root, which answers for unknown and missing keys")
        yield (), models[()]
        yield from ((key, model) for key, model in models.items() if key != ())
        return
    found = iter(models)
    first = next(found, None)
    if first is None or tuple(first[0]) != ():
        raise InputError("the first model is not that of (), the root, which answers for unknown and missing keys")
    yield first
    yield from found


def as_node(key: Any, given: Any) -> Node:
    if not isinstance(key, tuple):
        raise InputError(f"the key {key!r} is no tuple, such as ('PL', 'Warsaw')")
    return given if isinstance(given, Node) else Node(key, given, -1)


def below_root(models: Iterable[tuple[Key, Any]]) -> Iterator[Node]:
    """The nodes that are not the root."""
    for key, given in models:
        node = as_node(key, given)
        if len(node.key) == 0:
            raise InputError("the root () is given twice")
        yield node


def key_features(features: Sequence[Feature], by: Sequence[str]) -> tuple[Feature, ...]:
    """The features, those of keys of a type that a key may have."""
    if not by:
        raise InputError("partition_by is empty; name the key columns, outermost first")
    names = {feature.name: feature for feature in features}
    for level in by:
        if level not in names:
            raise InputError(f"the key column {level!r} is not in the sample; it has {list(names)!r}")
        if names[level].dtype not in ("string", "int64", "bool"):
            raise InputError(
                f"the key column {level!r} is {names[level].dtype}; keys are string, int64 or bool",
                hint=f'declare it: schema={{"{level}": {{"dtype": "int64"}}}}',
            )
    return tuple(features)


def dtype_of(features: Sequence[Feature], name: str) -> str:
    return next(feature.dtype for feature in features if feature.name == name)


def add_nodes(
    writer: PartitionWriter, entries: Iterable[Entry], proof: Proof, report: Callable[[int], None]
) -> set[str]:
    """Writes nodes, keeps what their frameworks answer for later, and answers the operations that they use."""
    uses: set[str] = set()
    for done, entry in enumerate(entries, start=1):
        if entry.answered is None:
            writer.prune(entry.node.key, entry.node)
        else:
            writer.add(entry.node.key, entry.program, entry.tensors, entry.node)
            proof.keep(entry.answered)
            uses.update(entry.uses)
        report(done)
    return uses
