"""What differs between two bundles: members, schema, categories, configuration, metrics and record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

from modelpack.bundle import Bundle
from modelpack.canonical import parse_safetensors
from modelpack.node_diff import changed_nodes
from modelpack.schema import Feature, Output

__all__ = ["Change", "Difference", "diff"]

# What the lists of points in metrics.json are called in one word; point by point they say nothing to a reader.
_CURVES = "curves"


@dataclass(frozen=True)
class Change:
    """One thing that differs.

    Attributes
    ----------
    part : str
        `bundle`, `members`, `features`, `categories`, `outputs`, `nodes`, `config`, `metrics` or `record`.
    path : str
        What it is within the part, such as `carrier.missing` or `test.values.rmse`.
    kind : str
        `added`, `removed` or `changed`.
    left, right : object
        The two values; None on the side where there is none.
    """

    part: str
    path: str
    kind: str
    left: Any
    right: Any


@dataclass(frozen=True)
class Difference:
    """What differs between two bundles.

    Attributes
    ----------
    same_bundle : bool
        The identities are equal: the same bytes, signatures aside.
    same_model : bool
        The model digests are equal: both give the same answers, however they are packaged.
    changes : tuple of Change
    """

    same_bundle: bool
    same_model: bool
    changes: tuple[Change, ...]

    @property
    def verdict(self) -> str:
        """One line that says what the two are to each other."""
        if self.same_bundle:
            return "the same bundle"
        if self.same_model:
            return "same model, other packaging"
        if not any(change.part in ("features", "categories", "outputs") for change in self.changes):
            return "another model with the same schema"
        return "another model with another schema"

    def of(self, part: str) -> tuple[Change, ...]:
        """The changes of one part."""
        return tuple(change for change in self.changes if change.part == part)


def diff(left: Bundle, right: Bundle) -> Difference:
    """Compares two bundles.

    Parameters
    ----------
    left, right : Bundle
        Opened, or only inspected.

    Examples
    --------
    >>> diff(modelpack.inspect("eta-1.0.0.mpk"), modelpack.inspect("eta-1.1.0.mpk")).verdict     # doctest: +SKIP
    'another model with the same schema'
    """
    changes = [
        *_bundle(left, right),
        *_members(left, right),
        *_features(left, right),
        *_categories(left, right),
        *_outputs(left, right),
        *_nodes(left, right),
        *_tree("config", left.config, right.config),
        *_metrics(left.metrics, right.metrics),
        *_tree("record", left.record, right.record),
    ]
    return Difference(
        same_bundle=left.identity == right.identity,
        same_model=left.model_digest == right.model_digest,
        changes=tuple(changes),
    )


def _bundle(left: Bundle, right: Bundle) -> Iterator[Change]:
    for key in ("name", "version", "created_at", "task", "format"):
        yield from _changed("bundle", key, left.manifest.get(key), right.manifest.get(key))
    before, after = _required(left), _required(right)
    for engine, need in sorted(before ^ after):
        added = (engine, need) in after
        path = f"{engine} requires" if need else "engine"
        pair = (None, need or engine) if added else (need or engine, None)
        yield Change("bundle", path, "added" if added else "removed", *pair)


def _required(bundle: Bundle) -> set[tuple[str, str]]:
    """(engine, "") for each engine, and (engine, operation) for what it needs."""
    engines = bundle.manifest.get("engines", ())
    needs = {(str(engine["name"]), str(need)) for engine in engines for need in engine["requires"]}
    return needs | {(str(engine["name"]), "") for engine in engines}


def _members(left: Bundle, right: Bundle) -> Iterator[Change]:
    before, after = left.manifest.get("members", {}), right.manifest.get("members", {})
    for name in sorted({*before, *after}):
        yield from _changed("members", name, before.get(name), after.get(name))


def _features(left: Bundle, right: Bundle) -> Iterator[Change]:
    before = {feature.name: feature for feature in left.schema.features}
    after = {feature.name: feature for feature in right.schema.features}
    yield from _entries("features", before, after, _feature_fields)
    common = [name for name in before if name in after]
    if common != [name for name in after if name in before]:
        yield Change("features", "order", "changed", list(before), list(after))


def _feature_fields(feature: Feature) -> dict[str, Any]:
    found = {field.name: getattr(feature, field.name) for field in fields(feature) if field.name != "name"}
    for policy in ("missing", "unseen"):
        value = getattr(feature, policy)
        found[policy] = value if isinstance(value, str) else f"default {value.value!r}"
    return found


def _outputs(left: Bundle, right: Bundle) -> Iterator[Change]:
    before = {output.name: output for output in left.schema.outputs}
    after = {output.name: output for output in right.schema.outputs}
    yield from _entries("outputs", before, after, _output_fields)


def _output_fields(output: Output) -> dict[str, Any]:
    found: dict[str, Any] = {"dtype": output.dtype, "columns": output.columns, "classes": None}
    if isinstance(output.classes, tuple):
        found["classes"] = [list(one.values) for one in output.classes]
    elif output.classes is not None:
        found["classes"] = list(output.classes.values)
    return found


def _nodes(left: Bundle, right: Bundle) -> Iterator[Change]:
    for path, old, new in changed_nodes(left, right):
        yield Change("nodes", path, "added" if old is None else "removed" if new is None else "changed", old, new)


def _categories(left: Bundle, right: Bundle) -> Iterator[Change]:
    before, after = dictionaries(left), dictionaries(right)
    for name in sorted({*before, *after}):
        old, new = set(before.get(name, ())), set(after.get(name, ()))
        for category in sorted(new - old):
            yield Change("categories", name, "added", None, category)
        for category in sorted(old - new):
            yield Change("categories", name, "removed", category, None)


def dictionaries(bundle: Bundle) -> dict[str, list[str]]:
    """The categories of each string feature, by code."""
    if "dictionaries.safetensors" not in bundle.members:
        return {}
    tensors = parse_safetensors(bundle.member("dictionaries.safetensors"))[0]
    found = {}
    for index, feature in enumerate(bundle.schema.features):
        if f"{index}.offsets" in tensors:
            text, ends = tensors[f"{index}.bytes"].tobytes(), tensors[f"{index}.offsets"].tolist()
            found[feature.name] = [text[start:end].decode("utf-8") for start, end in pairwise(ends)]
    return found


def _metrics(left: Mapping[str, Any], right: Mapping[str, Any]) -> Iterator[Change]:
    yield from _tree("metrics", left.get("reported", {}), right.get("reported", {}), "reported")
    before, after = left.get("splits", {}), right.get("splits", {})
    for split in sorted({*before, *after}):
        old, new = before.get(split, {}), after.get(split, {})
        if old.get(_CURVES) != new.get(_CURVES):
            yield Change("metrics", f"{split}.{_CURVES}", "changed", old.get(_CURVES), new.get(_CURVES))
        plain = [{key: value for key, value in one.items() if key != _CURVES} for one in (old, new)]
        yield from _tree("metrics", plain[0], plain[1], split)


def _entries(part: str, before: Mapping[str, Any], after: Mapping[str, Any], fields_of: Any) -> Iterator[Change]:
    for name in before:
        if name not in after:
            yield Change(part, name, "removed", fields_of(before[name]), None)
    for name in after:
        if name not in before:
            yield Change(part, name, "added", None, fields_of(after[name]))
            continue
        old, new = fields_of(before[name]), fields_of(after[name])
        for key in old:
            yield from _changed(part, f"{name}.{key}", old[key], new[key])


def _tree(part: str, left: Any, right: Any, path: str = "") -> Iterator[Change]:
    """Differences between two nested values, leaf by leaf."""
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        for key in sorted({*left, *right}):
            yield from _tree(part, left.get(key), right.get(key), f"{path}.{key}" if path else str(key))
    else:
        yield from _changed(part, path, left, right)


def _changed(part: str, path: str, left: Any, right: Any) -> Iterator[Change]:
    if not _same(left, right):
        kind = "added" if left is None else "removed" if right is None else "changed"
        yield Change(part, path, kind, left, right)


def _same(left: Any, right: Any) -> bool:
    """Equality under which NaN equals NaN and 1 is not True."""
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(_same(left[key], right[key]) for key in left)
    if isinstance(left, Sequence) and isinstance(right, Sequence) and not isinstance(left, str):
        return len(left) == len(right) and all(_same(a, b) for a, b in zip(left, right, strict=True))
    both_nan = isinstance(left, float) and isinstance(right, float) and left != left and right != right
    return both_nan or (type(left) is type(right) and bool(left == right))
