"""The features of a model, read off the sample that `pack` was given: names, dtypes, and what a null is."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from modelpack.errors import InputError
from modelpack.schema import Feature, Schema

_KINDS = {"f": "float64", "i": "int64", "u": "int64", "b": "bool", "U": "string", "M": "timestamp"}


def infer_features(
    sample: Any,
    *,
    feature_names: Sequence[str] | None = None,
    optional: Iterable[str] = (),
    schema: Schema | Sequence[Feature] | Mapping[str, Mapping[str, Any]] | None = None,
) -> tuple[Feature, ...]:
    """One `Feature` per column of `sample`.

    Parameters
    ----------
    sample : DataFrame (pandas, polars), Arrow table or array [rows, features]
        A few rows as the model was trained on.
    feature_names : sequence of str, optional
        Names for the columns of an array; f0, f1, … otherwise.
    optional : iterable of str
        Features whose absence means missing.
    schema : Schema, sequence of Feature, or mapping of name to fields, optional
        What is declared instead of inferred: all features, or single fields (`{"city": {"null_is": "none"}}`).

    Raises
    ------
    InputError
        A column of a type that no feature can hold, both None and NaN in a column of strings without a word on
        `null_is`, names that are not in the sample.
    """
    if schema is not None and not isinstance(schema, Mapping):
        features = tuple(schema.features if isinstance(schema, Schema) else schema)
    else:
        overrides = dict(schema or {})
        columns = sample_columns(sample, feature_names)
        unknown = [name for name in overrides if name not in columns]
        if unknown:
            raise InputError(f"schema: {unknown[0]!r} is not a column of the sample {list(columns)!r}")
        features = tuple(declare(name, column, overrides.get(name, {})) for name, column in columns.items())
    wanted = set(optional)
    missing = wanted - {feature.name for feature in features}
    if missing:
        raise InputError(f"optional: {sorted(missing)[0]!r} is not a feature")
    return tuple(dataclasses.replace(f, optional=True) if f.name in wanted else f for f in features)


def with_declared_nulls(
    features: Sequence[Feature], schema: Schema | Sequence[Feature] | Mapping[str, Mapping[str, Any]] | None
) -> tuple[Feature, ...]:
    """The features with the `null_is` that the caller declared, whatever the importer made of the sample."""
    if isinstance(schema, Mapping):
        declared = {name: fields["null_is"] for name, fields in schema.items() if "null_is" in fields}
    else:
        given = schema.features if isinstance(schema, Schema) else schema or ()
        declared = {feature.name: feature.null_is for feature in given}
    return tuple(dataclasses.replace(f, null_is=declared.get(f.name, f.null_is)) for f in features)


def declare(name: str, column: Any, fields: Mapping[str, Any]) -> Feature:
    known = {field.name for field in dataclasses.fields(Feature)} - {"name"}
    for field in fields:
        if field not in known:
            raise InputError(f"schema: feature {name!r} has no field {field!r}; fields are {sorted(known)}")
    dtype = fields.get("dtype") or column_dtype(name, column)
    null_is = fields.get("null_is") or column_null(name, dtype, column)
    rest = {key: value for key, value in fields.items() if key not in ("dtype", "null_is")}
    return Feature(name=name, dtype=dtype, null_is=null_is, **rest)


def sample_columns(sample: Any, feature_names: Sequence[str] | None) -> dict[str, Any]:
    """Columns of the sample by name: pandas Series, polars Series, Arrow columns or 1-D arrays."""
    if hasattr(sample, "columns") and hasattr(sample, "iloc"):
        names = [str(name) for name in sample.columns]
        columns = [sample.iloc[:, i] for i in range(len(names))]
    elif hasattr(sample, "get_columns"):
        names, columns = list(sample.columns), sample.get_columns()
    elif hasattr(sample, "column_names"):
        frame = sample.to_pandas()
        return sample_columns(frame, feature_names)
    else:
        array = sample.toarray() if hasattr(sample, "toarray") else np.asarray(sample)
        if array.ndim != 2:
            raise InputError(
                f"the sample has {array.ndim} dimension(s); give an array of rows × features or a data frame"
            )
        columns = [array[:, i] for i in range(array.shape[1])]
        names = list(feature_names) if feature_names is not None else [f"f{i}" for i in range(len(columns))]
    if feature_names is not None and len(feature_names) != len(columns):
        raise InputError(f"feature_names has {len(feature_names)} names, the sample {len(columns)} columns")
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError(f"the column {twice!r} stands twice in the sample; rename one")
    return dict(zip(names, columns, strict=True))


def column_dtype(name: str, column: Any) -> str:
    """The feature's dtype for a column; a category's is that of its categories."""
    dtype = column.dtype
    categories = getattr(dtype, "categories", None)
    if categories is not None and hasattr(column, "cat") and hasattr(categories, "dtype"):
        return column_dtype(name, categories)
    if isinstance(dtype, np.dtype):
        if dtype == np.float32:
            return "float32"
        if dtype.kind in _KINDS:
            return _KINDS[dtype.kind]
        if dtype.kind == "O":
            return object_dtype(name, column)
    return extension_dtype(name, dtype)


def extension_dtype(name: str, dtype: Any) -> str:
    """Dtypes of pandas extensions, Arrow-backed columns and polars, by their names."""
    text = str(dtype).lower()
    if text.startswith(("string", "str", "large_string", "utf8", "categorical", "enum")):
        return "string"
    if text.startswith(("float32",)) or text == "float[pyarrow]":
        return "float32"
    if text.startswith(("float", "double")):
        return "float64"
    if text.startswith(("int", "uint")):
        return "int64"
    if text.startswith("bool"):
        return "bool"
    if text.startswith(("datetime", "timestamp", "date")):
        return "timestamp"
    raise InputError(
        f"column {name!r} has dtype {dtype}, which no feature holds; "
        "convert it to numbers, strings, bools or timestamps",
        feature=name,
    )


def object_dtype(name: str, column: Any) -> str:
    """The one type of an object column's values, nulls left aside."""
    kinds = {value_kind(value) for value in np.asarray(column, dtype=object) if not is_null(value)}
    if kinds <= {"string"}:
        return "string"
    if kinds == {"bool"}:
        return "bool"
    if kinds == {"int64"}:
        return "int64"
    if kinds <= {"int64", "float64"}:
        return "float64"
    if kinds == {"timestamp"}:
        return "timestamp"
    raise InputError(
        f"column {name!r} mixes values of the types {sorted(kinds)}; "
        "a feature has one type: convert the column before training",
        feature=name,
    )


def value_kind(value: Any) -> str:
    if isinstance(value, str):
        return "string"
    if isinstance(value, (bool, np.bool_)):
        return "bool"
    if isinstance(value, (int, np.integer)):
        return "int64"
    if isinstance(value, (float, np.floating)):
        return "float64"
    if hasattr(value, "isoformat") or isinstance(value, np.datetime64):
        return "timestamp"
    return type(value).__name__


def is_null(value: Any) -> bool:
    return (
        value is None
        or type(value).__name__ in ("NAType", "NaTType")
        or (isinstance(value, (float, np.floating)) and value != value)
    )


def column_null(name: str, dtype: str, column: Any) -> str:
    """What a null is to the model: what training saw in this column; for strings both is a question that only the
    caller answers."""
    if dtype != "string":
        return "nan"
    if str(column.dtype) == "str":
        return "nan"
    values = [value for value in np.asarray(column, dtype=object) if is_null(value)]
    saw_none = any(value is None for value in values)
    saw_nan = any(value is not None for value in values)
    if saw_none and saw_nan:
        raise InputError(
            f"column {name!r} holds both None and NaN, which the model tells apart; Arrow, Java and C have one null: "
            f'say which it is with schema={{{name!r}: {{"null_is": "none"}}}} or "nan"',
            feature=name,
        )
    return "nan" if saw_nan else "none"
