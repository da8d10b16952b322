"""What a model takes and answers: features, outputs and classes, as `schema.json` holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from modelpack.canonical import MAX_JSON_INTEGER, canonical_json, f64, i64, parse_json
from modelpack.errors import FormatError

__all__ = ["Classes", "Default", "Feature", "Output", "Policy", "Schema"]

FEATURE_DTYPES = ("float64", "float32", "int64", "bool", "string", "timestamp")
OUTPUT_DTYPES = ("float64", "float32", "int64")

Scalar = float | int | bool | str


@dataclass(frozen=True)
class Default:
    """The policy that puts a value in place of a missing or unseen one."""

    value: Scalar


Policy = Literal["model", "reject"] | Default


@dataclass(frozen=True)
class Feature:
    """One column of the input.

    Attributes
    ----------
    name
    dtype
        ``float64``, ``float32``, ``int64``, ``bool``, ``string`` or ``timestamp``.
    missing, unseen
        What becomes of a missing value, of a category that training did not see: ``"model"`` (as the training pipeline
        does), ``"reject"``, or a `Default`.
    null_is
        What the one null of carriers such as Arrow is to the model: ``"nan"`` or ``"none"``.
    optional
        Whether the feature may be absent, which then means missing.
    """

    name: str
    dtype: str
    missing: Policy = "model"
    unseen: Policy = "model"
    null_is: str = "nan"
    optional: bool = False


@dataclass(frozen=True)
class Classes:
    """The classes of a label, in the order of the columns of `probability`.

    Attributes
    ----------
    dtype
        ``int64``, ``float64``, ``bool`` or ``string``.
    numpy
        dtype string of what the framework's ``predict`` gives, such as ``<i8`` or ``|O``.
    values
    """

    dtype: str
    numpy: str
    values: tuple[Scalar, ...]


@dataclass(frozen=True)
class Output:
    """One named output: ``value``, ``label``, ``probability`` or ``margin``.

    Attributes
    ----------
    name
    dtype
        ``float64``, ``float32`` or ``int64`` (``label``: a class index per column).
    columns
    classes
        For ``label`` and ``probability``; one entry a column where there are several label columns.
    """

    name: str
    dtype: str
    columns: int
    classes: Classes | tuple[Classes, ...] | None = None


@dataclass(frozen=True)
class Schema:
    """The features that a model takes, in order, the outputs that it answers, and the features that are the keys of its
    partitions, outermost first."""

    features: tuple[Feature, ...]
    outputs: tuple[Output, ...]
    keys: tuple[str, ...] = ()

    @property
    def feature_names(self) -> tuple[str, ...]:
        return tuple(feature.name for feature in self.features)

    def output(self, name: str) -> Output | None:
        """The output of that name, or None."""
        return next((output for output in self.outputs if output.name == name), None)

    def to_json(self) -> bytes:
        """The bytes of `schema.json`."""
        return canonical_json(
            {
                "features": [_feature_to_json(feature) for feature in self.features],
                "keys": list(self.keys),
                "outputs": [_output_to_json(output) for output in self.outputs],
            }
        )

    @staticmethod
    def from_json(data: bytes | bytearray | memoryview) -> Schema:
        """The schema from the bytes of `schema.json`."""
        content = parse_json(data)
        try:
            return Schema(
                features=tuple(_feature_from_json(item) for item in content["features"]),
                outputs=tuple(_output_from_json(item) for item in content["outputs"]),
                keys=tuple(content["keys"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise FormatError(f"schema.json does not have the form of the format: {error!r}", name="SCHEMA") from None


def _feature_to_json(feature: Feature) -> dict[str, Any]:
    return {
        "dtype": feature.dtype,
        "missing": _policy_to_json(feature.missing),
        "name": feature.name,
        "null_is": feature.null_is,
        "optional": feature.optional,
        "unseen": _policy_to_json(feature.unseen),
    }


def _feature_from_json(item: Mapping[str, Any]) -> Feature:
    return Feature(
        name=item["name"],
        dtype=item["dtype"],
        missing=_policy_from_json(item["missing"]),
        unseen=_policy_from_json(item["unseen"]),
        null_is=item["null_is"],
        optional=item["optional"],
    )


def _policy_to_json(policy: Policy) -> Any:
    return {"default": _scalar_to_json(policy.value)} if isinstance(policy, Default) else policy


def _policy_from_json(item: Any) -> Policy:
    if isinstance(item, Mapping):
        return Default(item["default"])
    if item == "model":
        return "model"
    if item == "reject":
        return "reject"
    raise ValueError(f"unknown policy {item!r}")


def _output_to_json(output: Output) -> dict[str, Any]:
    item: dict[str, Any] = {"columns": output.columns, "dtype": output.dtype, "name": output.name}
    if isinstance(output.classes, Classes):
        item["classes"] = _classes_to_json(output.classes)
    elif output.classes is not None:
        item["classes"] = [_classes_to_json(classes) for classes in output.classes]
    return item


def _output_from_json(item: Mapping[str, Any]) -> Output:
    found = item.get("classes")
    classes: Classes | tuple[Classes, ...] | None
    if found is None:
        classes = None
    elif isinstance(found, list):
        classes = tuple(_classes_from_json(entry) for entry in found)
    else:
        classes = _classes_from_json(found)
    return Output(name=item["name"], dtype=item["dtype"], columns=item["columns"], classes=classes)


def _classes_to_json(classes: Classes) -> dict[str, Any]:
    return {
        "dtype": classes.dtype,
        "numpy": classes.numpy,
        "values": [_scalar_to_json(value) for value in classes.values],
    }


def _classes_from_json(item: Mapping[str, Any]) -> Classes:
    return Classes(dtype=item["dtype"], numpy=item["numpy"], values=tuple(item["values"]))


def _scalar_to_json(value: Scalar) -> Any:
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, float):
        return f64(value)
    return value if abs(value) <= MAX_JSON_INTEGER else i64(value)
