"""A bundle's model as an ONNX file, or as a folder that model servers read."""

from __future__ import annotations

import json
import os
from pathlib import Path

from modelpack.bundle import Bundle
from modelpack.engines.onnx.export import export, metadata
from modelpack.engines.onnx.graph import onnx_module
from modelpack.engines.onnx.server import config_text
from modelpack.engines.source import PROGRAMS, Source
from modelpack.errors import InputError
from modelpack.opening import inspect

__all__ = ["emit_onnx", "emit_triton"]

MODEL = "models/main/model.onnx"
DESCRIPTION = "models/main/onnx.json"


def emit_onnx(
    bundle: str | os.PathLike[str] | Bundle, path: str | os.PathLike[str], *, overwrite: bool = False
) -> list[Path]:
    """Writes the model as one ONNX file, which ONNX Runtime runs without modelpack.

    Nothing is verified; open the bundle under a trust policy and pass that, if it should be. The file's metadata has
    name, version, identity, schema, and how features become inputs (``modelpack.onnx``, docs/ENGINES.md).

    Parameters
    ----------
    bundle : path or Bundle
    path : path
        The file to write.
    overwrite : bool
        Replace an existing file.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    UnsupportedModelError
        An operation of the program has no form in ONNX; it is named.
    """
    opened = bundle if isinstance(bundle, Bundle) else inspect(bundle)
    return [_written(Path(path), _model(opened)[0], overwrite)]


def emit_triton(
    bundle: str | os.PathLike[str] | Bundle, folder: str | os.PathLike[str], *, overwrite: bool = False
) -> list[Path]:
    """Writes a model repository for the Triton Inference Server, as KServe mounts it too: ``NAME/config.pbtxt`` and
    ``NAME/1/model.onnx`` below `folder`. Otherwise as `emit_onnx`.
    """
    opened = bundle if isinstance(bundle, Bundle) else inspect(bundle)
    model, description = _model(opened)
    place = Path(folder) / opened.name
    config = config_text(opened, json.loads(description), _shapes(model))
    return [
        _written(place / "config.pbtxt", config.encode(), overwrite),
        _written(place / "1" / "model.onnx", model, overwrite),
    ]


def _model(bundle: Bundle) -> tuple[bytes, bytes]:
    """The file and its description: made from the program, or the one that the bundle has in its place."""
    identity = {"modelpack.identity": bundle.identity}
    if PROGRAMS in bundle.members or MODEL not in bundle.members:
        exported = export(Source.of_bundle(bundle), identity)
        return exported.file, exported.description
    onnx, description = onnx_module(), bundle.member(DESCRIPTION)
    model = onnx.load_from_string(bundle.member(MODEL))
    own = {entry.key: entry.value for entry in model.metadata_props}
    found = metadata(bundle.name, bundle.version, bundle.schema, bundle.model_digest, description)
    onnx.helper.set_model_props(model, {**own, **found, **identity})
    return model.SerializeToString(deterministic=True), description


def _shapes(model: bytes) -> dict[str, list[int]]:
    """The shape of each input and output; -1 where it is open."""
    graph = onnx_module().load_from_string(model).graph
    return {
        one.name: [size.dim_value if size.HasField("dim_value") else -1 for size in one.type.tensor_type.shape.dim]
        for one in (*graph.input, *graph.output)
    }


def _written(path: Path, data: bytes, overwrite: bool) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("wb" if overwrite else "xb") as file:
            file.write(data)
    except FileExistsError:
        raise InputError(f"{path} exists; choose another path, or pass overwrite=True") from None
    return path
