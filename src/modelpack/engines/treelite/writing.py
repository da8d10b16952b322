"""`--emit treelite`: a checkpoint, after GTIL's answers were compared with the bundle's own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from modelpack import canonical
from modelpack.engines.forest_input import ForestInput
from modelpack.engines.source import Source
from modelpack.engines.treelite.building import built_model
from modelpack.engines.treelite.shape import ForestShape, shape_of
from modelpack.errors import InputError, UnsupportedModelError
from modelpack.replay import Comparison, EngineReport, compare

if TYPE_CHECKING:
    from modelpack.bundle import Bundle

__all__ = ["TreeliteReport", "emit_treelite"]


@dataclass(frozen=True)
class TreeliteReport:
    """A checkpoint that was written.

    Attributes
    ----------
    path : Path
    features : tuple of str, or None
        What the model's columns are, in order; None where a pipeline stands before the forest: then the model takes
        `width` columns of what the pipeline makes.
    width : int
    outputs : dict of str to Comparison
        Per output of the bundle, how near Treelite's answers for the golden rows are.
    left_out : tuple of str
        Outputs of the bundle that a Treelite model does not answer.
    """

    path: Path
    features: tuple[str, ...] | None
    width: int
    outputs: dict[str, Comparison]
    left_out: tuple[str, ...]

    def __fspath__(self) -> str:
        return str(self.path)


def emit_treelite(
    bundle: Bundle | str | os.PathLike[str], path: str | os.PathLike[str], *, overwrite: bool = False
) -> TreeliteReport:
    """Writes the forest of a bundle as a Treelite checkpoint, for Triton's FIL backend, cuML and GTIL.

    The model is asked through GTIL for the golden rows (for what the forest is given, where a pipeline stands before
    it). Its sums have the bundle's bits; answers beyond a link lie within Treelite's rounding, which the report states.

    Parameters
    ----------
    bundle : Bundle, or path
        One opened to be looked at does: nothing of it runs but the pipeline before the forest.
    path : path
        Triton asks for the name ``checkpoint.tl``.
    overwrite : bool
        Replace an existing file.

    Raises
    ------
    UnsupportedModelError
        The program is more than one forest and a link that Treelite has; or Treelite is not installed.
    MismatchError
        GTIL answers otherwise.

    Examples
    --------
    >>> report = modelpack.emit_treelite("eta-1.4.0.mpk", "checkpoint.tl")  # doctest: +SKIP
    >>> report.outputs["margin"].max_difference  # doctest: +SKIP
    0.0
    """
    from modelpack.bundle import Bundle
    from modelpack.opening import inspect

    opened = bundle if isinstance(bundle, Bundle) else inspect(bundle)
    target = Path(path)
    if target.exists() and not overwrite:
        raise InputError(f"{target} exists; choose another path, or pass overwrite=True")
    source = Source.of_bundle(opened)
    shape = shape_of(source)
    before = ForestInput.of(source, shape.op["in"][0])
    model = _built(source, shape, before, opened.identity)
    golden, _ = canonical.parse_safetensors(opened.member("golden.safetensors"))
    rows = before.rows(golden["cells"], shape.dtype)
    report = compared(model, shape, rows, {name: golden[f"native.{name}"] for name in source.program["outputs"]})
    target.write_bytes(model.serialize_bytes())
    return TreeliteReport(target, before.features, before.width, report.outputs, shape.left_out)


def _built(source: Source, shape: ForestShape, before: ForestInput, identity: str) -> Any:
    label = source.schema.output("label")
    if label is not None and label.columns > 1:
        raise UnsupportedModelError(
            source.name, f"{label.columns} labels at once are not written as Treelite", "pack one model a label"
        )
    try:
        import treelite  # noqa: F401
    except ImportError:
        raise UnsupportedModelError(
            source.name, "writing a Treelite checkpoint takes Treelite", "pip install treelite"
        ) from None
    attributes: dict[str, Any] = {"name": source.name, "version": source.version, "identity": identity}
    if before.features is not None:
        attributes["features"] = list(before.features)
    classifies = label is not None or shape.link.one == "softmax"
    return built_model(shape, before.width, classifies, {"modelpack": attributes})


def compared(model: Any, shape: ForestShape, rows: np.ndarray, native: dict[str, np.ndarray]) -> EngineReport:
    """GTIL's answers beside the bundle's.

    Raises
    ------
    MismatchError
        A sum is not the same to the bit, or an answer lies beyond the bound of its link.
    """
    from treelite import gtil

    predicted = native[shape.predicted]
    expected = {shape.predicted: predicted[:, 1:] if shape.complemented else predicted}
    answers = {shape.predicted: _flat(gtil.predict(model, rows, nthread=1))}
    bound = {}
    if shape.link.spread is not None:
        eps = float(np.finfo(shape.dtype).eps)
        bound[shape.predicted] = shape.link.spread(eps)(expected[shape.predicted])
    if shape.sums is not None:
        expected[shape.sums] = native[shape.sums]
        answers[shape.sums] = _flat(gtil.predict(model, rows, nthread=1, pred_margin=True))
    report = EngineReport()
    compare(report, expected, answers, bound, rows, 0, ("the bundle", "GTIL"))
    return report


def _flat(answers: np.ndarray) -> np.ndarray:
    return answers.reshape(len(answers), -1)
