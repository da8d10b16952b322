"""record.json: who trained the model, when, on what data, with which packages, from which code, and what the features
looked like."""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from importlib import metadata
from typing import Any

import numpy as np

from modelpack.errors import InputError
from modelpack.infer import is_null, sample_columns
from modelpack.schema import Feature

FIELDS = ("author", "trained_start", "trained_end", "data", "code_revision", "host", "notes")
PACKAGES = ("numpy", "scipy", "scikit-learn", "xgboost", "xgboost-cpu", "lightgbm", "pandas", "polars", "pyarrow")
TOP_CATEGORIES = 20


def data_reference(
    data: Any, *, role: str, uri: str | None = None, feature_names: Sequence[str] | None = None
) -> dict[str, Any]:
    """A reference to a data set: its role, rows and digest, and where it lies.

    Parameters
    ----------
    data : DataFrame or array [rows, features]
    role : str
        `train`, `test`, …
    uri : str, optional
        Where the data lies; not read.

    Returns
    -------
    dict with `role`, `rows`, `columns`, `digest` (`sha256:…` over names, types and values, column by column) and `uri`.

    Examples
    --------
    >>> data_reference(np.zeros((2, 1)), role="train")["rows"]
    2
    """
    columns = sample_columns(data, feature_names)
    digest = hashlib.sha256()
    rows = 0
    for name, column in columns.items():
        rows = len(column)
        digest.update(f"{len(name.encode())}:{name}\n".encode())
        column_bytes(column, digest)
    reference: dict[str, Any] = {
        "role": role,
        "rows": rows,
        "columns": len(columns),
        "digest": f"sha256:{digest.hexdigest()}",
    }
    if uri is not None:
        reference["uri"] = uri
    return reference


def column_bytes(column: Any, digest: Any) -> None:
    """Numbers by their little-endian bytes, everything else by the text of its values with their lengths."""
    values = np.asarray(column)
    if values.dtype.kind in "fiub":
        digest.update(values.dtype.str.encode())
        digest.update(np.ascontiguousarray(values.astype(values.dtype.newbyteorder("<"))).tobytes())
        return
    for value in np.asarray(column, dtype=object).tolist():
        text = b"null" if is_null(value) else str(value).encode("utf-8", "surrogatepass")
        digest.update(b"-" if is_null(value) else f"{len(text)}:".encode())
        digest.update(text)


def make_record(
    given: Mapping[str, Any] | None,
    features: Sequence[Feature],
    sample: Any,
    *,
    statistics: bool,
    importance: Any = None,
) -> dict[str, Any]:
    """The record of a bundle: what the caller gave, the packages that were at work, and statistics of the sample.

    Raises
    ------
    InputError
        A field of `record` that does not exist, or a data reference without role, rows and digest.
    """
    record: dict[str, Any] = {"python": platform.python_version(), "platform": platform_name(), "packages": packages()}
    for key, value in (given or {}).items():
        if key not in FIELDS:
            raise InputError(f"record has no field {key!r}; fields are {', '.join(FIELDS)}")
        record[key] = time_text(key, value) if key.startswith("trained_") else value
    for reference in record.get("data", ()):
        lacking = [key for key in ("role", "rows", "digest") if key not in reference]
        if lacking:
            raise InputError(
                f"record: a data reference lacks {lacking[0]!r}; make it with modelpack.data_reference(X, role=…)"
            )
    if statistics:
        record["statistics"] = feature_statistics(features, sample)
        if importance is not None:
            record["importance"] = importance
    return record


def platform_name() -> str:
    return f"{sys.platform}-{platform.machine()}"


def packages() -> dict[str, str]:
    """Versions of modelpack and of the packages that models come from, where installed and imported."""
    from modelpack import __version__

    found = {"modelpack": __version__}
    modules = {"scikit-learn": "sklearn", "xgboost-cpu": "xgboost"}
    for name in PACKAGES:
        if modules.get(name, name) in sys.modules:
            version = metadata_version(name)
            if version:
                found[name] = version
    return found


def metadata_version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def time_text(key: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
        return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    raise InputError(f"record: {key} is {value!r}; give a datetime or a text such as 2026-01-31T12:00:00Z")


def feature_statistics(features: Sequence[Feature], sample: Any) -> dict[str, Any]:
    """Per feature: rows, share missing, and the range and quartiles, or the most frequent values."""
    columns = list(
        sample_columns(sample, [f.name for f in features] if not hasattr(sample, "columns") else None).values()
    )
    return {
        feature.name: column_statistics(feature, column) for feature, column in zip(features, columns, strict=False)
    }


def column_statistics(feature: Feature, column: Any) -> dict[str, Any]:
    values = [value for value in np.asarray(column, dtype=object).tolist() if not is_null(value)]
    result: dict[str, Any] = {"rows": len(column), "missing": len(column) - len(values)}
    if not values:
        return result
    if feature.dtype in ("float64", "float32", "int64"):
        numbers = np.array(values, dtype=np.float64)
        finite = numbers[np.isfinite(numbers)]
        if len(finite):
            quartiles = np.quantile(finite, [0.0, 0.25, 0.5, 0.75, 1.0]).tolist()
            result.update(zip(("min", "q25", "median", "q75", "max"), quartiles, strict=True))
    else:
        distinct, counts = np.unique([str(value) for value in values], return_counts=True)
        order = np.lexsort((distinct, -counts))[:TOP_CATEGORIES]
        result["distinct"] = len(distinct)
        result["top"] = [[str(distinct[i]), int(counts[i])] for i in order]
    return result
