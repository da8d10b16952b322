"""An ONNX file as a model to pack, with ONNX Runtime's own answers for it as the reference."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from modelpack import canonical
from modelpack.engines.onnx_model.inputs import Input, as_model_takes, feeds, inputs_of, sentinels
from modelpack.engines.onnx_model.outputs import Roles, label_values, roles_of, with_outputs
from modelpack.engines.onnx_model.runtime import Session, two_dimensional
from modelpack.engines.onnx_model.texts import texts_of
from modelpack.errors import InputError, NotFoundError, UnsupportedModelError
from modelpack.importers.bound import undecided_labels
from modelpack.importers.imported import Answers, class_index
from modelpack.infer import is_null, sample_columns
from modelpack.schema import Feature, Output

__all__ = ["Net", "net_of_file", "net_of_model"]

# How far ONNX Runtime's answers may lie from its own answers when packing: it sums in another order for another number
# of rows, on another processor, in another version. Relative to the greater of 1 and |answer|.
OWN_SPREAD = {"float32": 2e-5, "float64": 1e-12}


@dataclass(frozen=True)
class Net:
    """A model that has no program, with all that packing needs to prove and describe it.

    Attributes
    ----------
    file, description : bytes
        `model.onnx` and `onnx.json`.
    dictionaries : mapping of feature index to texts
    reference : callable
        The answers that the bundle is held against, per output, [rows, columns].
    bound, reader_bound : callable
        Greatest |difference| allowed when packing, and at a reader's, from the rows and those answers.
    spread : float
        How far ONNX Runtime may lie from itself, relative to the greater of 1 and |answer|.
    """

    file: bytes
    description: bytes
    dictionaries: Mapping[int, Sequence[str]]
    features: tuple[Feature, ...]
    outputs: tuple[Output, ...]
    task: str
    config: dict[str, Any]
    reference: Callable[[Any], Answers]
    bound: Callable[[Any, Answers], Answers]
    reader_bound: Callable[[Any, Answers], Answers]
    spread: float
    promise: str = "D"


def net_of_file(
    path: str | os.PathLike[str],
    features: Sequence[Feature],
    sample: Any,
    *,
    classes: Sequence[Any] | None,
    outputs: Mapping[str, str] | None,
    tolerance: float | None,
) -> Net:
    """The model in an .onnx file.

    Raises
    ------
    UnsupportedModelError
        Inputs or outputs cannot be mapped to the schema, or ONNX Runtime refuses the file.
    """
    origin = Path(path).name
    if not Path(path).is_file():
        raise NotFoundError(f"{os.fspath(path)}: there is no such file")
    try:
        import onnx
    except ImportError:
        raise UnsupportedModelError(origin, "packing an ONNX file takes the package onnx", "pip install onnx") from None
    try:
        model = onnx.load(os.fspath(path))
    except Exception as error:
        raise UnsupportedModelError(origin, f"this is no ONNX model ({str(error).splitlines()[0]:.200})") from None
    return net_of_model(model, features, sample, origin, classes=classes, outputs=outputs, tolerance=tolerance)


def net_of_model(
    model: Any,
    features: Sequence[Feature],
    sample: Any,
    origin: str,
    *,
    classes: Sequence[Any] | None = None,
    outputs: Mapping[str, str] | None = None,
    tolerance: float | None = None,
    as_double: bool = False,
) -> Net:
    """An `onnx.ModelProto`; its own answers are the reference. `as_double`: floats are answered as float64."""
    _refuse_other_domains(model, origin)
    inputs = inputs_of(model.graph, features, origin)
    roles = roles_of(model, outputs, classes, origin)
    names = [feature.name for feature in features]
    original = _without_maps(model)
    session = Session(original.SerializeToString(), origin)
    ask = _asking(session, inputs, roles, names)
    widths = {name: answer.shape[1] for name, answer in ask(sample).items()}
    made, schema_outputs = with_outputs(original, roles, widths, origin, as_double)
    spread = OWN_SPREAD["float32" if single_precision(original) else "float64"]
    dictionaries = _dictionaries(model, inputs, features, sample)
    return Net(
        file=made.SerializeToString(deterministic=True),
        description=_description(inputs, schema_outputs, [one.name for one in made.graph.output], dictionaries, names),
        dictionaries=dictionaries,
        features=as_model_takes(features, inputs),
        outputs=schema_outputs,
        task=task_of(schema_outputs),
        config=_config(model, session, origin),
        reference=_reference(ask, roles, schema_outputs),
        bound=bound_of(schema_outputs, spread, tolerance or 0.0),
        reader_bound=bound_of(schema_outputs, spread, tolerance or 0.0),
        spread=spread,
    )


def _refuse_other_domains(model: Any, origin: str) -> None:
    strange = sorted({one.domain for one in model.opset_import} - {"", "ai.onnx", "ai.onnx.ml"})
    if strange:
        raise UnsupportedModelError(
            origin,
            f"it has operators of {', '.join(map(repr, strange))}, which no reader of bundles loads",
            "export it with the operators of ONNX alone (not one that ONNX Runtime optimised)",
        )
    if model.functions:
        raise UnsupportedModelError(
            origin,
            "it defines functions, which no reader of bundles loads",
            "put them in their places: onnx.inliner.inline_local_functions(model)",
        )


def _without_maps(model: Any) -> Any:
    """The model with the tensors that a ZipMap would make dictionaries of."""
    import onnx
    from onnx import helper

    maps = {node.output[0]: node.input[0] for node in model.graph.node if node.op_type == "ZipMap"}
    if not maps:
        return model
    made = onnx.ModelProto()
    made.CopyFrom(model)
    kept = [node for node in made.graph.node if node.op_type != "ZipMap"]
    outputs = [
        helper.make_tensor_value_info(maps[one.name], 1, [None, None]) if one.name in maps else one
        for one in model.graph.output
    ]
    del made.graph.node[:], made.graph.output[:]
    made.graph.node.extend(kept)
    made.graph.output.extend(outputs)
    return made


def _asking(session: Session, inputs: Sequence[Input], roles: Roles, names: Sequence[str]) -> Callable[[Any], Answers]:
    """The model's own outputs by their role, [rows, columns]."""
    roles_in_order = list(roles.outputs)

    def ask(X: Any) -> Answers:
        found = session.run([roles.outputs[role] for role in roles_in_order], feeds(inputs, X, names))
        return dict(zip(roles_in_order, map(two_dimensional, found), strict=True))

    return ask


def _reference(ask: Callable[[Any], Answers], roles: Roles, outputs: Sequence[Output]) -> Callable[[Any], Answers]:
    classes = {output.name: output.classes for output in outputs}

    def answer(X: Any) -> Answers:
        found = ask(X)
        probability = found.get("probability")
        if probability is not None and probability.shape[1] == 1:
            found["probability"] = np.hstack([probability.dtype.type(1) - probability, probability])
        if "label" in classes:
            if "label" in found:
                found["label"] = class_index(found["label"].reshape(-1), label_values(roles, classes["label"]))
            else:
                found["label"] = np.argmax(found["probability"], axis=1).reshape(-1, 1)
        return {output.name: found[output.name].astype(output.dtype) for output in outputs}

    return answer


def bound_of(outputs: Sequence[Output], spread: float, tolerance: float) -> Callable[[Any, Answers], Answers]:
    """What an answer may differ by: a tolerance, and a spread relative to the greater of 1 and |answer|. A label may be
    another where its probabilities are no farther apart than that."""

    def bound(_: Any, answers: Answers) -> Answers:
        found: Answers = {}
        for output in outputs:
            if output.name != "label":
                size = np.maximum(1.0, np.abs(answers[output.name].astype(np.float64)))
                found[output.name] = tolerance + spread * np.where(np.isfinite(size), size, 1.0)
        if "probability" in found and "label" in answers:
            probability = answers["probability"].astype(np.float64)
            found["label"] = undecided_labels(probability, found["probability"])
        return found

    return bound


def single_precision(model: Any) -> bool:
    """Whether the model computes in float32 anywhere: an input, an output or a constant is one."""
    graph = model.graph
    kinds = [one.type.tensor_type.elem_type for one in (*graph.input, *graph.output)]
    return 1 in kinds or any(one.data_type == 1 for one in graph.initializer)


def task_of(outputs: Sequence[Output]) -> str:
    label = next((output for output in outputs if output.name == "label"), None)
    if label is None:
        return "regression" if all(output.columns == 1 for output in outputs) else "multioutput"
    return "binary" if len(getattr(label.classes, "values", ())) == 2 else "multiclass"


def _dictionaries(
    model: Any, inputs: Sequence[Input], features: Sequence[Feature], sample: Any
) -> dict[int, Sequence[str]]:
    """For each string feature the texts that the model knows, then those of the sample: all others are unseen."""
    taken = {name for one in inputs if one.dtype == "string" for name in one.features}
    if not taken:
        return {}
    known = [text for text in dict.fromkeys(texts_of(model.graph)) if "\0" not in text]
    columns = sample_columns(sample, [feature.name for feature in features] if not hasattr(sample, "columns") else None)
    found: dict[int, Sequence[str]] = {}
    for index, feature in enumerate(features):
        if feature.name in taken:
            own = [value for value in np.asarray(columns[feature.name], dtype=object).tolist() if not is_null(value)]
            found[index] = list(dict.fromkeys([*known, *map(str, own)]))
    return found


def _description(
    inputs: Sequence[Input],
    outputs: Sequence[Output],
    tensors: Sequence[str],
    dictionaries: Mapping[int, Sequence[str]],
    names: Sequence[str],
) -> bytes:
    """onnx.json. `tensors`: the names that the graph has for the outputs."""

    def described(one: Input) -> dict[str, Any]:
        found: dict[str, Any] = {
            "dtype": one.dtype,
            "features": list(one.features),
            "name": one.name,
            "shape": one.shape,
        }
        if one.dtype == "string":
            found["missing"] = sentinels(dictionaries[names.index(one.features[0])])
        elif one.dtype == "int64":
            found["missing"] = {"null": str(-(2**63))}
        return found

    return canonical.canonical_json(
        {
            "inputs": [described(one) for one in inputs],
            "onnx": 1,
            "outputs": [
                {"dtype": output.dtype, "name": tensor, "output": output.name}
                for output, tensor in zip(outputs, tensors, strict=True)
            ],
        }
    )


def _config(model: Any, session: Session, origin: str) -> dict[str, Any]:
    return {
        "class": "onnx.ModelProto",
        "framework": "onnx",
        "version": session.version,
        "hyperparameters": {},
        "model": {
            "file": origin,
            "graph": str(model.graph.name),
            "ir_version": int(model.ir_version),
            "opsets": {one.domain or "ai.onnx": int(one.version) for one in model.opset_import},
            "producer": f"{model.producer_name} {model.producer_version}".strip(),
        },
    }


def tolerance_of(tolerance: float | None) -> float | None:
    """A tolerance that may be accepted.

    Raises
    ------
    InputError
    """
    if tolerance is not None and not (isinstance(tolerance, (int, float)) and 0 <= tolerance < np.inf):
        raise InputError(f"tolerance is {tolerance!r:.64}; give the greatest difference that you accept, as a number")
    return None if tolerance is None else float(tolerance)
