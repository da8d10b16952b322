"""The answer for one row."""

from __future__ import annotations

import struct
from typing import Any

from modelpack.errors import UsageError
from modelpack.nodes import ANSWER_REASONS, Nodes
from modelpack.outputs import Outputs, Plain
from modelpack.schema import Schema

__all__ = ["Prediction", "RowLayout"]

NUMBERS = ("float64", "float32")
INT64_MIN = -(2**63)
# After the answers of a model with partitions: the node's number and why it answered.
NODE = struct.Struct("<qB")
CELL_BYTES = 8


class RowLayout:
    """How the bytes of one row's cells and answers are read; shared by all predictions of a predictor."""

    def __init__(self, schema: Schema, identity: str, nodes: Nodes | None = None) -> None:
        self.schema = schema
        self.outputs = Outputs(schema)
        self.identity = identity
        self.features = schema.features
        self.answers_at = len(schema.features) * CELL_BYTES
        self.answers_end = self.answers_at + self.outputs.row_bytes
        self.nodes = nodes  # None without partitions
        self._cells = struct.Struct("<" + "".join("d" if f.dtype in NUMBERS else "q" for f in schema.features))

    def __reduce__(self) -> tuple[Any, ...]:
        return RowLayout, (self.schema, self.identity)

    def missing(self, memory: bytes) -> tuple[str, ...]:
        return tuple(
            feature.name
            for feature, cell in zip(self.features, self._cells.unpack_from(memory), strict=True)
            if _is_missing(feature.dtype, cell)
        )

    def unseen(self, memory: bytes) -> tuple[str, ...]:
        return tuple(
            feature.name
            for feature, cell in zip(self.features, self._cells.unpack_from(memory), strict=True)
            if feature.dtype == "string" and cell == -3
        )


def _is_missing(dtype: str, cell: float) -> bool:
    """Whether a cell holds no value (docs/FORMAT.md, Cells)."""
    if dtype in NUMBERS:
        return cell != cell
    if dtype == "bool":
        return cell == 2
    if dtype == "string":
        return cell in (-1, -2)
    return cell == INT64_MIN


class Prediction:
    """The answer for one row.

    What the model does not answer raises AttributeError: a regressor has no `label`, a classifier no `value`.

    Attributes
    ----------
    label
        The class, as in training; a tuple where there are several label columns.
    value : float
        The answer of a regressor; a tuple where there are several.
    probabilities : tuple of float
        In the order of `classes_`; a tuple of tuples where there are several label columns.
    margin : float or tuple of float
        The framework's raw score.
    score : float
        The number to rank by: the value, or the probability of the second of two classes.
    outputs : dict
        All of these by name.
    missing, unseen : tuple of str
        Features that were missing; features with a category that training did not see.
    node : str or None
        Path of the partition node that answered, such as ``PL/Warsaw``, ``/`` for the root; None where the model has no
        partitions.
    reason : str or None
        ``"exact"``: it is the node of the row's key. Else an ancestor answered: ``"pruned"`` (the key's node has no
        model of its own), ``"unknown"`` (there is no such node), ``"missing"`` (a level of the key has no value).
    identity : str
        Identity of the bundle that answered.
    """

    __slots__ = ("_layout", "_memory", "_node")

    _node: tuple[str, str] | None

    def __init__(self, layout: RowLayout, memory: bytes) -> None:
        self._layout = layout
        self._memory = memory  # the row's cells, its answers, and with partitions its node

    @property
    def label(self) -> Any:
        return self._output("label")

    @property
    def value(self) -> Any:
        return self._output("value")

    @property
    def probabilities(self) -> Any:
        return self._output("probability")

    @property
    def margin(self) -> Any:
        return self._output("margin")

    def probability(self, label: Any) -> float:
        """The probability of one class.

        Raises
        ------
        UsageError
            `label` is no class of the model, or the model has several label columns.
        """
        probabilities = self.probabilities
        output = self._layout.outputs.get("probability")
        if output is None or len(output.classes) != 1:
            raise UsageError("the model answers probabilities for several labels", hint="use Prediction.probabilities")
        values = output.classes[0].values
        if label not in values:
            raise UsageError(f"{label!r:.64} is no class of the model", hint=f"classes are {list(values)!r:.200}")
        return float(probabilities[values.index(label)])

    @property
    def score(self) -> float:
        outputs = self._layout.outputs
        probability, value = outputs.get("probability"), outputs.get("value")
        if value is not None and value.columns == 1:
            return float(self.value)
        if probability is not None and probability.columns == 2 and len(probability.classes) <= 1:
            return float(self.probabilities[1])
        raise AttributeError("a model with several values or more than two classes has no one score")

    @property
    def outputs(self) -> dict[str, Plain]:
        return {name: self._output(name) for name in self._layout.outputs.names}

    @property
    def missing(self) -> tuple[str, ...]:
        return self._layout.missing(self._memory)

    @property
    def unseen(self) -> tuple[str, ...]:
        return self._layout.unseen(self._memory)

    @property
    def node(self) -> str | None:
        told = self._answered
        return None if told is None else told[0]

    @property
    def reason(self) -> str | None:
        told = self._answered
        return None if told is None else told[1]

    @property
    def _answered(self) -> tuple[str, str] | None:
        """Path of the node, and why it answered."""
        try:
            return self._node
        except AttributeError:  # asked for the first time
            pass
        nodes = self._layout.nodes
        if nodes is None:
            self._node = None
        else:
            number, reason = NODE.unpack_from(self._memory, self._layout.answers_end)
            self._node = nodes.path(number), ANSWER_REASONS[reason]
        return self._node

    @property
    def identity(self) -> str:
        return self._layout.identity

    @property
    def _answer(self) -> bytes:
        return self._memory[self._layout.answers_at : self._layout.answers_end]

    def _output(self, name: str) -> Any:
        outputs = self._layout.outputs
        output = outputs.get(name)
        if output is None:
            raise AttributeError(f"the model answers no {name}; it answers {', '.join(outputs.names)}")
        return output.plain(self._memory, self._layout.answers_at + outputs.offsets[name])

    def __eq__(self, other: object) -> bool:
        """Whether the same bundle answered the same bits."""
        if not isinstance(other, Prediction):
            return NotImplemented
        return self.identity == other.identity and self._answer == other._answer

    def __hash__(self) -> int:
        return hash((self._answer, self.identity))

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (self._layout, self._memory, self._answered)

    def __repr__(self) -> str:
        return f"Prediction({', '.join(f'{name}={value!r}' for name, value in self.outputs.items())})"


def _restored(layout: RowLayout, memory: bytes, node: tuple[str, str] | None) -> Prediction:
    """A prediction from its pickle, which knows its node by name."""
    found = Prediction(layout, memory)
    found._node = node
    return found
