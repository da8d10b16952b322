"""What a program has to look like for Treelite: one forest, and a link that Treelite has after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from modelpack.engines.source import Source
from modelpack.errors import UnsupportedModelError
from modelpack.importers import bound as bounds
from modelpack.importers.booster_bound import Spread

__all__ = ["ForestShape", "Link", "shape_of"]

Op = Mapping[str, Any]
_SINGLE = float(np.finfo(np.float32).eps)


@dataclass(frozen=True)
class Link:
    """What Treelite makes of the sums: the name of its postprocessor, for one output and for several classes, and how
    far its answer may lie from the program's where that is not exact."""

    one: str
    several: str | None
    spread: Callable[[float], Spread] | None = None
    alpha: float = 1.0


@dataclass(frozen=True)
class ForestShape:
    """The forest of a program, and what follows it.

    Attributes
    ----------
    op : mapping
        The forest's operation; `tensors` what it holds.
    averages : bool
        Whether its sums are divided by the number of trees.
    link : Link
    predicted : str
        The output that Treelite answers: ``probability`` or ``value``.
    complemented : bool
        Whether that output is [1 - p, p] of Treelite's p.
    sums : str or None
        The output that Treelite's raw score is, where the program has it.
    left_out : tuple of str
        Outputs that Treelite has no form for.
    """

    op: Op
    tensors: Mapping[str, np.ndarray]
    averages: bool
    link: Link
    predicted: str
    complemented: bool
    sums: str | None
    left_out: tuple[str, ...]

    @property
    def trees(self) -> int:
        return len(self.tensors["tree_output"])

    @property
    def columns(self) -> int:
        return len(self.tensors["init"])

    @property
    def dtype(self) -> str:
        """float32 where everything about the forest is; Treelite has one precision for all."""
        single = self.op["input"] == self.op["acc"] == "f32"
        single = single and self.tensors["threshold"].dtype == self.tensors["leaf"].dtype == np.float32
        return "float32" if single else "float64"


def shape_of(source: Source) -> ForestShape:
    """The forest and its link.

    Raises
    ------
    UnsupportedModelError
        The program is more, or other, than Treelite can express; the step is named.
    """
    ops = source.program["ops"]
    forests = [op for op in ops if op["op"] == "forest@1"]
    if len(forests) != 1:
        count = "no forest" if not forests else f"{len(forests)} forests"
        raise UnsupportedModelError(
            source.name, f"the program has {count}, and a Treelite model is one", "choose another form: --emit c, onnx"
        )
    forest = forests[0]
    if forest["emit"] != "sum":
        raise _refused(forest, "its trees are not summed")
    tensors = {name: source.tensors[key] for name, key in forest["tensors"].items()}
    outputs = source.program["outputs"]
    predicted = "probability" if "probability" in outputs else "value"
    chain = _chain(ops, forest, outputs[predicted])
    averages, rest = _averaged(chain, source, len(tensors["tree_output"]), len(tensors["init"]))
    complemented = bool(rest) and rest[-1]["op"] == "complement@1"
    link = _link(rest[:-1] if complemented else rest, source)
    raw = chain[0]["out"][0] if averages else forest["out"][0]
    sums = next((name for name in ("margin", "value") if outputs.get(name) == raw and name != predicted), None)
    return ForestShape(
        op=forest,
        tensors=tensors,
        averages=averages,
        link=link,
        predicted=predicted,
        complemented=complemented,
        sums=sums,
        left_out=tuple(sorted(set(outputs) - {predicted, sums})),
    )


def _chain(ops: Sequence[Op], forest: Op, value: str) -> list[Op]:
    """The operations from the forest's sums to a value, in order; nothing else may flow in."""
    made = {op["out"][0]: op for op in ops}
    found: list[Op] = []
    while value != forest["out"][0]:
        op = made.get(value)
        # |x| * x is the one operation of two values that Treelite has.
        squared = op is not None and op["op"] == "mul@1" and len(op["in"]) == 2 and _is_size(made.get(op["in"][0]), op)
        if op is None or not (len(op["in"]) == 1 or squared):
            raise UnsupportedModelError(
                (op or forest)["origin"], f"{(op or forest)['op']}: an output is more than the forest's sums and a link"
            )
        found.append(op)
        value = op["in"][-1]
    return found[::-1]


def _is_size(op: Op | None, product: Op) -> bool:
    return op is not None and op.get("function") == "abs" and op["in"][0] == product["in"][1]


def _averaged(chain: list[Op], source: Source, trees: int, columns: int) -> tuple[bool, list[Op]]:
    """Whether the sums are divided by the number of trees of each output, and what follows."""
    if not chain or chain[0]["op"] != "div@1" or "tensors" not in chain[0]:
        return False, chain
    divisor = source.tensors[chain[0]["tensors"]["operand"]]
    if not np.isin(divisor, (trees, trees / columns)).all():
        raise _refused(chain[0], "the sums are divided by another number than that of the trees")
    return True, chain[1:]


def _link(chain: Sequence[Op], source: Source) -> Link:
    names = tuple(op["op"].partition("@")[0] + _told(op) for op in chain)
    if names in _LINKS:
        return _LINKS[names]
    if names and names[-1] in ("sigmoid expit", "sigmoid lightgbm") and len(names) <= 2:
        scale = [op for op in chain if "tensors" in op]
        if len(scale) == 1 and (len(names) == 1 or names[0] == "mul"):
            factor = source.tensors[next(iter(scale[0]["tensors"].values()))]
            if len(factor) == 1:
                return _sigmoid(float(factor[0]))
    strange = next((op for op in chain if (op["op"].partition("@")[0] + _told(op),) not in _LINKS), chain[0])
    raise _refused(strange, "Treelite has no such step after a forest")


def _told(op: Op) -> str:
    told = op.get("form") or op.get("function") or op.get("comparison")
    return f" {told}" if told else ""


def _sigmoid(alpha: float) -> Link:
    return Link("sigmoid", "multiclass_ova", lambda eps: _logistic(alpha, eps), alpha)


def _logistic(alpha: float, eps: float) -> Spread:
    """Treelite keeps alpha as a float32, which moves alpha * x by up to that rounding; |x p'(x)| is below 0.23. Nor
    does it cut exp off before it overflows, as XGBoost does: then p is 0 and not 3e-39."""
    lost = abs(float(np.float32(alpha)) - alpha) / abs(alpha)
    return lambda p: np.asarray(bounds.logistic(p, eps=eps) + 0.25 * lost + 2.0**-126)


def _softmax(_: float) -> Spread:
    # Treelite keeps exponentials and their sum in float32, whatever the precision of the model.
    return lambda p: bounds.softmax(p, eps=_SINGLE)


_IDENTITY = Link("identity", "identity_multiclass")
_SOFTMAX = Link("softmax", "softmax", _softmax)
_LINKS: dict[tuple[str, ...], Link] = {
    (): _IDENTITY,
    ("sigmoid expit",): _sigmoid(1.0),
    ("sigmoid xgboost_f32",): _sigmoid(1.0),
    ("softmax xgboost_f32",): _SOFTMAX,
    ("softmax lightgbm",): _SOFTMAX,
    ("softmax numpy",): _SOFTMAX,
    ("math exp",): Link("exponential", None, lambda eps: lambda value: bounds.exponential(value, eps=eps)),
    ("math exp", "math log1p"): Link("logarithm_one_plus_exp", None, lambda eps: bounds.softplus),
    ("mul",): Link("signed_square", None),
    ("compare gt", "cast"): Link("hinge", None),
}


def _refused(op: Op, reason: str) -> UnsupportedModelError:
    return UnsupportedModelError(op["origin"], f"{op['op']}: {reason}", "choose another form: --emit c, onnx")
