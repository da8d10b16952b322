"""Values to cells: one feature at a time through the core, whole rows through a function compiled for the schema."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np

from modelpack._core import Handle, error_of, ffi, lib, new_error
from modelpack.errors import InputError
from modelpack.once import once
from modelpack.schema import Feature
from modelpack.values import NULL, Kind, instant, kind_of, shown

__all__ = ["Codes", "FeatureEncoder", "RowEncoder"]

# Integers up to here are float64s, so they need no check by the core.
EXACT_INTEGER = 2**53
INT64_MIN = -(2**63)
# The cell of a missing number is this NaN; the other kinds' are integers (docs/FORMAT.md, Cells).
NULL_NUMBER: float = struct.unpack("<d", (0x7FF84D5000000001).to_bytes(8, "little"))[0]
MISSING_CELL = {"int64": INT64_MIN, "timestamp": INT64_MIN, "bool": 2, "string": -1}
# No int64 has more.
INT64_DIGITS = 19
NUMBERS = ("float64", "float32")
# These are floats already; the core would say nothing else.
NUMPY_FLOATS = (np.float64, np.float32)


class Codes(dict[str, int]):
    """Code of each category of a feature that was met; the core is asked at the first meeting."""

    def __init__(self, encoder: FeatureEncoder) -> None:
        super().__init__()
        self._encoder = encoder

    def __missing__(self, text: str) -> int:
        code = self._encoder.signed(text)
        if code >= 0:  # unseen texts are not kept: there is no end to them
            self[text] = code
        return code


class FeatureEncoder:
    """Makes cells of one feature.

    Parameters
    ----------
    bundle
        Handle of the bundle whose schema it is.
    index, feature
        Position in the schema, and what stands there.
    """

    def __init__(self, bundle: Handle, index: int, feature: Feature) -> None:
        self.index = index
        self.feature = feature
        self._bundle = bundle
        self.codes = Codes(self)

    @property
    def is_number(self) -> bool:
        return self.feature.dtype in NUMBERS

    def cell(self, value: object) -> int:
        """The cell of any Python value, as an unsigned integer.

        Raises
        ------
        InputError
            The value is refused; `feature` is set, `row` is not.
        """
        return int(self._call(value)[0])

    def signed(self, value: object) -> int:
        """The cell as a signed integer: a code, an integer, a time, a bool."""
        return int(ffi.cast("int64_t *", self._call(value))[0])

    def number(self, value: object) -> float:
        """The cell as the float whose bits it is, for features that are numbers."""
        if value is None:
            return NULL_NUMBER
        if type(value) in NUMPY_FLOATS:
            return float(value)  # type: ignore[arg-type]
        return float(ffi.cast("double *", self._call(value))[0])

    def integer(self, value: object) -> int:
        """As `signed`, with the short way for None."""
        return MISSING_CELL[self.feature.dtype] if value is None else self.signed(value)

    def _call(self, value: object) -> Handle:
        """The core's cell for `value`, at a ``uint64_t *``."""
        out, error = ffi.new("uint64_t *"), new_error()
        code = self._normalise(kind_of(value), value, out, error)
        if code:
            found = error_of(error, code)
            found.row = None
            raise found
        return out

    def _normalise(self, kind: Kind, value: Any, out: Handle, error: Handle) -> int:
        bundle, index = self._bundle, self.index
        if kind is Kind.FLOAT:
            code = lib.mp_cell_f64(bundle, index, float(value), out, error)
        elif kind is Kind.INT:
            code = self._normalise_integer(int(value), out, error)
        elif kind is Kind.TEXT:
            data = self._utf8(value)
            code = lib.mp_cell_text(bundle, index, data, len(data), out, error)
        elif kind is Kind.NONE:
            code = lib.mp_cell_null(bundle, index, lib.MP_NULL_NONE, out, error)
        elif kind is Kind.NULL:
            code = lib.mp_cell_null(bundle, index, 0, out, error)
        elif kind is Kind.BOOL:
            code = lib.mp_cell_bool(bundle, index, int(value), out, error)
        elif kind is Kind.TIME:
            code = lib.mp_cell_time(bundle, index, self._instant(value), out, error)
        elif kind is Kind.DECIMAL:
            code = self._normalise_decimal(value, out, error)
        elif kind is Kind.LONG_DOUBLE:
            code = lib.mp_cell_f64(bundle, index, self._exact(value), out, error)
        else:
            raise self._wrong_type(value)
        return int(code)

    def _normalise_integer(self, value: int, out: Handle, error: Handle) -> int:
        if -(2**63) <= value < 2**63:
            return int(lib.mp_cell_i64(self._bundle, self.index, value, out, error))
        return int(lib.mp_cell_f64(self._bundle, self.index, self._exact(value), out, error))

    def _normalise_decimal(self, value: Any, out: Handle, error: Handle) -> int:
        if value.is_nan():
            return int(lib.mp_cell_f64(self._bundle, self.index, float("nan"), out, error))
        if self.feature.dtype == "int64" and value.is_finite():
            # The size first: the integer of 1E+999999999 would fill the memory.
            if value.adjusted() >= INT64_DIGITS or value != value.to_integral_value():
                raise self._not_exact(value)
            return self._normalise_integer(int(value), out, error)
        return int(lib.mp_cell_f64(self._bundle, self.index, float(value), out, error))

    def _exact(self, value: Any) -> float:
        """`value` as a float of the same size; where there is none, features that take numbers refuse it."""
        try:
            found = float(value)
        except OverflowError:
            found = float("inf")
        if found != value and value == value and self.feature.dtype not in ("string", "timestamp"):
            raise self._not_exact(value)
        return found

    def _instant(self, value: Any) -> int:
        found = instant(value)
        if found is None:
            raise self._not_exact(value)
        return found

    def _utf8(self, value: str) -> bytes:
        try:
            return value.encode("utf-8")
        except UnicodeEncodeError:
            raise self._wrong_type(value) from None

    def _wrong_type(self, value: object) -> InputError:
        feature = self.feature
        return InputError(
            f"{feature.name!r} takes {feature.dtype}, not {type(value).__name__}: {shown(value)}", feature=feature.name
        )

    def _not_exact(self, value: object) -> InputError:
        feature = self.feature
        return InputError(
            f"{feature.name!r} takes {feature.dtype}, which cannot hold {shown(value)} exactly",
            name="NOT_EXACT",
            feature=feature.name,
        )


class RowEncoder:
    """Writes the cells of a row whose values come in a known order.

    Values of exact Python types (float, int, str, bool) are encoded in a function generated for the schema: a loop
    over features would cost more than the prediction. All others take the way through `FeatureEncoder`.

    Parameters
    ----------
    features
        One encoder per feature, in schema order.
    order
        For each value of a row the index of its feature, or None for a value that no feature takes.
    constants
        Signed cells, by index, of features that have one value in all rows; the other features without a value in
        `order` are missing.
    """

    def __init__(
        self,
        features: Sequence[FeatureEncoder],
        order: Sequence[int | None],
        constants: Mapping[int, int] | None = None,
    ) -> None:
        self._features = features
        self._order = order
        self._constants = constants or {}
        # The values of a mapping in the order of the schema; KeyError where one is absent.
        self.values = _getter(tuple(item.feature.name for item in features))

    @once
    def encode(self) -> Callable[[Sequence[Any], Any], None]:
        """The generated function of a sequence of values and a writable buffer of 8 bytes per feature.

        It is generated when it is first asked for: some 50 µs per feature, which batches need not spend.
        """
        source, names = _source(self._features, self._order, self._constants)
        exec(compile(source, "<modelpack row encoder>", "exec"), names)
        function: Callable[[Sequence[Any], Any], None] = names["encode"]
        return function


def _getter(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    """The values of a row in that order, at the speed of C; KeyError where one is absent."""
    if len(names) == 1:
        (name,) = names
        return lambda row: (row[name],)
    return itemgetter(*names) if names else lambda row: ()


def _source(
    features: Sequence[FeatureEncoder], order: Sequence[int | None], constants: Mapping[int, int]
) -> tuple[str, dict[str, Any]]:
    """Text of the generated function, and the names it refers to. No text of the schema goes into it."""
    names: dict[str, Any] = {"pack": struct.Struct("<" + "".join(_format(item) for item in features)).pack_into}
    given = {index for index in order if index is not None}
    targets = "".join(f"v{index}, " if index is not None else "_, " for index in order)
    lines = ["def encode(values, buffer):", f"    {targets}= values" if targets else "    pass"]
    for item in features:
        if item.index in given:
            lines += [f"    {line}" for line in _feature_lines(item, names)]
        elif item.index in constants:
            names[f"v{item.index}"] = constants[item.index]
        else:
            names[f"v{item.index}"] = item.number(NULL) if item.is_number else item.signed(NULL)
    lines.append(f"    pack(buffer, 0, {', '.join(f'v{item.index}' for item in features)})")
    return "\n".join(lines), names


def _format(item: FeatureEncoder) -> str:
    return "d" if item.is_number else "q"


def _feature_lines(item: FeatureEncoder, names: dict[str, Any]) -> list[str]:
    value, slow = f"v{item.index}", f"slow{item.index}"
    names[slow] = item.number if item.is_number else item.integer
    dtype = item.feature.dtype
    if dtype in NUMBERS:
        return [
            f"if type({value}) is not float and"
            f" not (type({value}) is int and -{EXACT_INTEGER} <= {value} <= {EXACT_INTEGER}):",
            f"    {value} = {slow}({value})",
        ]
    if dtype == "int64":
        return [
            f"if type({value}) is not int or not {INT64_MIN} < {value} < {-INT64_MIN}:",
            f"    {value} = {slow}({value})",
        ]
    if dtype == "string":
        names[f"codes{item.index}"] = item.codes
        return [f"{value} = codes{item.index}[{value}] if type({value}) is str else {slow}({value})"]
    if dtype == "bool":
        return [f"if type({value}) is not bool:", f"    {value} = {slow}({value})"]
    return [f"{value} = {slow}({value})"]
