"""What can go wrong: one class per kind of error, numbered codes within it.

The numbers and names are those of the core (``native/bundle/errors.toml``), the same in every language. Each class also
derives from the built-in exception that a caller would expect, so ``except ValueError`` around a prediction works.
"""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from modelpack._codes import CODES

__all__ = [
    "ClosedError",
    "FormatError",
    "InputError",
    "InternalError",
    "IoError",
    "MismatchError",
    "ModelpackError",
    "NotFoundError",
    "TrustError",
    "UnsupportedModelError",
    "UsageError",
]

E = TypeVar("E", bound="ModelpackError")

_NUMBERS = {name: number for number, (name, _) in CODES.items()}


class ModelpackError(Exception):
    """Base of all errors of modelpack.

    Parameters
    ----------
    message
        One line that says what is wrong.
    name
        Name in the list of errors, such as ``WRONG_TYPE``; by default the usual one of the class.
    feature, row, node
        What the error speaks of: the feature's name, the row within the call (from 0), the partition node.
    hint
        The way out; it is added to the message.

    Attributes
    ----------
    code : int
        Number in the list of errors.
    name : str
    feature : str or None
    row : int or None
    node : str or None
    hint : str or None
    """

    default_name: ClassVar[str] = "INTERNAL"

    code: int
    name: str
    feature: str | None
    row: int | None
    node: str | None
    hint: str | None

    def __init__(
        self,
        message: str,
        *,
        name: str | None = None,
        feature: str | None = None,
        row: int | None = None,
        node: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(f"{message}; {hint}" if hint else message)
        self.name = name or self.default_name
        self.code = _NUMBERS[self.name]
        self.feature = feature
        self.row = row
        self.node = node
        self.hint = hint

    def __str__(self) -> str:
        message = str(self.args[0]) if self.args else ""
        return message if self.row is None else f"row {self.row}: {message}"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.args, self.__dict__)


class InputError(ModelpackError, ValueError):
    """The data do not fit the model's schema; ``feature`` and ``row`` say where."""

    default_name = "WRONG_TYPE"


class UnsupportedModelError(ModelpackError, TypeError):
    """The model has a part that cannot be reproduced exactly.

    Parameters
    ----------
    step
        Path of the step within the model, such as ``prep.num.scale``.
    reason
        What it is that cannot be reproduced.
    hint
        What to do instead.
    """

    default_name = "UNSUPPORTED_MODEL"

    step: str | None = None

    def __init__(self, step: str, reason: str, hint: str | None = None) -> None:
        super().__init__(f"{step}: {reason}", hint=hint)
        self.step = step


class MismatchError(ModelpackError):
    """The program's answers differ from the framework's beyond the stated bound."""

    default_name = "MISMATCH"


class TrustError(ModelpackError):
    """No trust policy permits the bundle, or it is not the one that the caller expects."""

    default_name = "UNTRUSTED"


class FormatError(ModelpackError, ValueError):
    """The bytes are no bundle, a damaged one, or one that this version cannot read."""

    default_name = "NOT_A_BUNDLE"


class ClosedError(ModelpackError, RuntimeError):
    """The object was closed."""

    default_name = "CLOSED"


class UsageError(ModelpackError, ValueError):
    """A call breaks the contract of the API."""

    default_name = "USAGE"


class IoError(ModelpackError, OSError):
    """The operating system refused to read or write."""

    default_name = "IO"


class NotFoundError(IoError, FileNotFoundError):
    """The file does not exist."""


class InternalError(ModelpackError, RuntimeError):
    """A defect in modelpack; nothing was answered."""


_CLASSES: dict[str, type[ModelpackError]] = {
    "usage": UsageError,
    "closed": ClosedError,
    "io": IoError,
    "format": FormatError,
    "trust": TrustError,
    "input": InputError,
    "unsupported_model": UnsupportedModelError,
    "mismatch": MismatchError,
    "internal": InternalError,
}


def from_core(
    code: int,
    message: str,
    feature: str | None = None,
    row: int | None = None,
    node: str | None = None,
    hint: str | None = None,
) -> ModelpackError:
    """The exception for an error of the core, whose message already ends with the hint."""
    name, kind = CODES.get(code, ("INTERNAL", "internal"))
    state = {"name": name, "code": code, "feature": feature, "row": row, "node": node, "hint": hint}
    return _rebuild(_CLASSES[kind], (message,), state)


def _rebuild(cls: type[E], args: tuple[Any, ...], state: dict[str, Any]) -> E:
    """An exception from its parts, past the constructors, whose signatures differ."""
    error = cls.__new__(cls)
    error.args = args
    error.__dict__.update(state)
    return error
