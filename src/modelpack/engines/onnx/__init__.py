"""The ONNX engine: the program as a graph that ONNX Runtime runs with the same bits, or within a stated bound."""

from __future__ import annotations

from collections.abc import Sequence

from modelpack.engines.made import Made
from modelpack.engines.onnx.bound import allowed_by
from modelpack.engines.onnx.export import Exported, export
from modelpack.engines.source import Source

__all__ = ["Exported", "export", "make_onnx"]

MODEL = "models/main/model.onnx"
DESCRIPTION = "models/main/onnx.json"


def make_onnx(source: Source, triples: Sequence[str] = ()) -> Made:
    """The engine from a program; `triples` have no meaning for it.

    Raises
    ------
    UnsupportedModelError
        An operation has no exact form in ONNX; it is named.
    """
    exported = export(source)
    return Made(
        name="onnx",
        requires=("onnx@1",),
        members={MODEL: exported.file, DESCRIPTION: exported.description},
        bound=allowed_by(exported.errors),
        keeps_answers=True,
    )
