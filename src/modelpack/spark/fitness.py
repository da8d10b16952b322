"""Whether a data frame's columns fit a model's features, before any task runs."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from modelpack.binding import absent
from modelpack.encoder import FeatureEncoder
from modelpack.errors import InputError

if TYPE_CHECKING:
    from modelpack.bundle import Bundle

__all__ = ["check_columns"]

# A value of each of Spark's simple types that features might take: the core says which feature takes it.
_VALUES: dict[str, Any] = {
    "boolean": True,
    "byte": 1,
    "short": 1,
    "integer": 1,
    "long": 1,
    "float": np.float32(1),
    "double": 1.0,
    "decimal": Decimal(1),
    "string": "1",
    "char": "1",
    "varchar": "1",
    "date": datetime.date(2000, 1, 1),
    "timestamp": np.datetime64("2000-01-01", "us"),
    "timestamp_ntz": np.datetime64("2000-01-01", "us"),
    "void": None,
}


def check_columns(bundle: Bundle, fields: Sequence[Any], case_sensitive: bool) -> None:
    """Compares all features with the fields of a Spark schema; `case_sensitive` is whether Spark tells upper from lower
    case.

    Raises
    ------
    InputError
        One or more do not fit; the message has a line for each.
    """
    names = [field.name for field in fields]
    problems = []
    for index, feature in enumerate(bundle.schema.features):
        found = [field for field in fields if field.name == feature.name]
        alike = [
            name for name in names if name == feature.name or (not case_sensitive and same_name(name, feature.name))
        ]
        if found and len(alike) > 1:
            told = f"Spark cannot tell the columns {', '.join(map(repr, alike))} apart; drop or rename the others"
            problems.append(InputError(told, name="WRONG_SHAPE", feature=feature.name))
        elif not found and not feature.optional:
            problems.append(absent(feature.name, names))
        elif found:
            problem = _type_problem(FeatureEncoder(bundle.handle, index, feature), found[0].dataType)
            if problem is not None:
                problems.append(problem)
    if problems:
        lines = "".join(f"\n  {problem.feature}: {problem.args[0]}" for problem in problems)
        raise InputError(
            f"the data frame does not fit {bundle.name} {bundle.version}, {len(problems)} of "
            f"{len(bundle.schema.features)} features:{lines}",
            name=problems[0].name,
            feature=problems[0].feature,
        )


def same_name(one: str, other: str) -> bool:
    return one.casefold() == other.casefold()


def _type_problem(encoder: FeatureEncoder, spark_type: Any) -> InputError | None:
    """Why no value of the column's type can be one of the feature. What only some values break is told by the rows."""
    feature = encoder.feature
    told = f"the model takes {feature.dtype}, the column holds {spark_type.simpleString()}"
    kind = spark_type.typeName()
    if kind in _VALUES:
        try:
            encoder.cell(_VALUES[kind])
            return None
        except InputError as error:
            if error.name != "WRONG_TYPE":
                return None
    return InputError(told, feature=feature.name, hint="cast it")
