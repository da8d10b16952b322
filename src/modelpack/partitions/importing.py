"""Models of nodes as programs over one schema and shared dictionaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from modelpack.errors import InputError, UnsupportedModelError
from modelpack.importers.imported import Imported, Verdict, import_model
from modelpack.importers.trained_names import trained_names
from modelpack.partitions.fewer_classes import in_classes_of_root
from modelpack.partitions.node import Key
from modelpack.program import Builder
from modelpack.rows import row_count, spread, take_rows
from modelpack.schema import Feature, Output

# Rows of the sample that an importer looks at: containers, dtypes, and what training took for missing.
SAMPLE_ROWS = 64


def path_text(key: Key) -> str:
    """How errors name a node."""
    return "/".join(str(value) for value in key) or "the root"


class NodeImporter:
    """Imports one model after the other.

    Parameters
    ----------
    X : DataFrame
        The sample, with the key columns.
    features : sequence of Feature
        One per column of X.
    by : sequence of str
    """

    def __init__(self, X: Any, features: Sequence[Feature], by: Sequence[str]) -> None:
        self.features = tuple(features)
        self.by = tuple(by)
        self._by_name = {feature.name: feature for feature in self.features}
        self._sample = take_rows(X, spread(row_count(X), SAMPLE_ROWS))
        self._inputs: dict[tuple[str, ...], Any] = {}
        self.codes: dict[str, dict[str, int]] = {}
        Builder(self.features, self.codes)

    def take_key(self, key: Key) -> None:
        """Gives the key's texts their codes in the dictionaries.

        Raises
        ------
        InputError
            A value is not of its column's type.
        """
        for value, name in zip(key, self.by, strict=False):
            dtype = self._by_name[name].dtype
            wanted = {"string": str, "int64": int, "bool": bool}[dtype]
            if type(value) is not wanted:
                raise InputError(
                    f"the key {key!r} has {value!r} for {name!r}, a column of {dtype}; give {wanted.__name__}"
                )
            if isinstance(value, str):
                codes = self.codes[name]
                codes.setdefault(value, len(codes))

    def columns(self, model: Any) -> tuple[str, ...]:
        """The columns that a model is given, in its order."""
        names = trained_names(model)
        if names is None:
            width = getattr(model, "n_features_in_", None)
            every = tuple(feature.name for feature in self.features)
            return every if width == len(every) else tuple(name for name in every if name not in self.by)
        unknown = [name for name in names if name not in self._by_name]
        if unknown:
            raise InputError(f"it was trained on the column {unknown[0]!r}, which is neither the root's nor a key")
        return tuple(names)

    def imported(
        self, key: Key, model: Any, classes: Sequence[Any] | None, root: Sequence[Output] | None = None
    ) -> tuple[Imported, tuple[str, ...]]:
        """The model's program, which answers in the classes of the root's outputs, and the columns that it was trained
        on."""
        try:
            columns = self.columns(model)
            features = [self._by_name[name] for name in columns]
            builder = Builder(self.features, self.codes)
            adapt = None if root is None else (lambda one, builder: in_classes_of_root(one, builder, root))
            sample = self._sample_of(columns)
            found = import_model(model, features, sample, classes=classes, builder=builder, adapt=adapt)
        except UnsupportedModelError as error:
            verdict = Verdict.refusal(type(model).__name__, error)
            raise UnsupportedModelError(f"{path_text(key)}: {verdict.step}", verdict.reason, error.hint) from None
        except InputError as error:
            raise InputError(f"{path_text(key)}: {error}") from None
        return found, columns

    def _sample_of(self, columns: tuple[str, ...]) -> Any:
        if columns not in self._inputs:
            self._inputs[columns] = of_columns(self._sample, columns)
        return self._inputs[columns]


def of_columns(X: Any, columns: Sequence[str]) -> Any:
    return X.select(list(columns)) if hasattr(X, "column_names") else X[list(columns)]


def check_outputs(key: Key, outputs: Sequence[Output], root: Sequence[Output]) -> None:
    """A node answers what the root answers: the same outputs, dtypes and classes."""
    if tuple(outputs) == tuple(root):
        return
    for own, other in zip(outputs, root, strict=False):
        if own != other:
            raise InputError(f"{path_text(key)}: its output {own} is not the root's {other}; train it on every class")
    raise InputError(f"{path_text(key)}: it has the outputs {[o.name for o in outputs]}, not the root's")


def check_nulls(key: Key, features: Sequence[Feature], root: Mapping[str, Feature]) -> None:
    """What a null stands for is one thing in the whole bundle."""
    for feature in features:
        known = root[feature.name]
        if feature.null_is != known.null_is:
            raise InputError(
                f"{path_text(key)}: a null of {feature.name!r} is {feature.null_is} to it, and {known.null_is} to the "
                "root; train all of them on one kind of null"
            )
