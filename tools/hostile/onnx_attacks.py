"""Attacks on the engine onnx, permitted and validly signed: refused before any ONNX Runtime is looked for.

The fields' numbers are those of onnx.proto: ModelProto 7 graph, 8 opset_import, 20 training_info, 25 functions;
GraphProto 1 node, 5 initializer, 15 sparse_initializer; NodeProto 4 op_type, 5 attribute, 7 domain; AttributeProto 5 t,
6 g; TensorProto 13 external_data, 14 data_location; OperatorSetIdProto 1 domain.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hostile.base import Content
from hostile.encoding import encode
from hostile.signed_vector import SignedVector
from hostile.signing import Signature, policy, policy_text, rule, signed

MODEL, DESCRIPTION = "models/main/model.onnx", "models/main/onnx.json"
POLICY = policy_text(policy(rule("alpha", engines=["native", "onnx"])))


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def message(number: int, *parts: bytes) -> bytes:
    """A field that holds a message, a text or bytes."""
    content = b"".join(parts)
    return varint(number << 3 | 2) + varint(len(content)) + content


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def model(*graph: bytes) -> bytes:
    return number(1, 9) + message(8, number(2, 18)) + message(7, *graph)


NODE = message(1, message(4, b"Identity"))
ELSEWHERE = message(13, message(1, b"location"), message(2, b"/etc/passwd")) + number(14, 1)
# 2^32 + 1: 1 in the 32 bits of an enumeration.
DISGUISED = number(14, 2**32 + 1)
# FunctionProto 1 name, 10 domain.
FUNCTION = message(1, b"Do") + message(10, b"com.microsoft")


def nested(depth: int) -> bytes:
    """A graph in an attribute of a node of a graph, and so on; the innermost holds a tensor that is elsewhere."""
    graph = message(5, ELSEWHERE)
    for _ in range(depth):
        graph = message(1, message(5, message(6, graph)))
    return graph


MODELS = {
    "external": ("data of a tensor in another file", model(message(5, ELSEWHERE))),
    "external-location": ("a tensor that says so by its place alone", model(message(5, number(14, 1)))),
    "external-disguised": ("the same, by a number that is cut to it", model(message(5, DISGUISED))),
    "external-attribute": ("in a tensor of an attribute", model(message(1, message(5, message(5, ELSEWHERE))))),
    "external-sparse": ("in a sparse tensor", model(message(15, message(1, ELSEWHERE)))),
    "external-inner": ("in a graph within a graph", model(nested(1))),
    "external-second": ("in a second graph, which a parser merges", model(NODE) + message(7, message(5, ELSEWHERE))),
    "deep": ("graphs within graphs, a thousand deep", model(nested(1000))),
    "domain": ("an operator of another domain", model(message(1, message(4, b"Do"), message(7, b"com.evil")))),
    "domain-declared": ("another domain, declared", model(NODE) + message(8, message(1, b"com.evil"))),
    "functions": ("functions of its own, in a domain that is ONNX Runtime's", model(NODE) + message(25, FUNCTION)),
    "ort-format": (
        "ONNX Runtime's own format in the coat of a field that holds everything",
        b"\x0a\x7e\x00\x00ORTM" + bytes(120),
    ),
    "training": ("instructions for training", model(NODE) + message(20, b"")),
    "not-onnx": ("a library", b"\x7fELF\x02\x01\x01"),
    "cut": ("a length beyond the end", model(NODE) + b"\x3a\x7f"),
    "huge-key": ("a field's number that is cut to another", model(NODE) + varint(2**32 | 7 << 3 | 2) + b"\x00"),
}

INPUTS: list[dict[str, Any]] = [
    {"dtype": "float64", "features": ["distance"], "name": "distance", "shape": "column"},
    {
        "dtype": "string",
        "features": ["carrier"],
        "missing": {"nan": "<nan>", "null": "<null>", "unseen": "<unseen>"},
        "name": "carrier",
        "shape": "column",
    },
]
OUTPUTS = [{"dtype": "float64", "name": "value", "output": "value"}]


def description(**changes: Any) -> dict[str, Any]:
    return {"inputs": INPUTS, "onnx": 1, "outputs": OUTPUTS, **changes}


def first_input(**changes: Any) -> dict[str, Any]:
    return description(inputs=[{**INPUTS[0], **changes}, INPUTS[1]])


def second_input(**changes: Any) -> dict[str, Any]:
    return description(inputs=[INPUTS[0], {**INPUTS[1], **changes}])


DESCRIPTIONS = {
    "version": ("another version", description(onnx=2)),
    "field": ("an unknown field", description(more=1)),
    "no-inputs": ("no input", description(inputs=[])),
    "input-field": ("an unknown field of an input", first_input(more=1)),
    "dtype": ("an unknown dtype", first_input(dtype="float16")),
    "shape": ("an unknown shape", first_input(shape="row")),
    "feature": ("a feature that is not there", first_input(features=["speed"])),
    "text-of-number": ("a number as a text", first_input(dtype="string", missing=INPUTS[1]["missing"])),
    "number-of-text": ("a text as a number", second_input(dtype="int64", missing={"null": str(-(2**63))})),
    "missing": ("a number that stands for missing", first_input(missing={"null": "0"})),
    "sentinel": ("texts without one for unseen", second_input(missing={"nan": "n", "null": "o"})),
    "nul": ("a text with NUL", second_input(missing={"nan": "\0", "null": "o", "unseen": "u"})),
    "no-outputs": ("no output", description(outputs=[])),
    "output": ("an output of another name", description(outputs=[{**OUTPUTS[0], "output": "margin"}])),
    "output-dtype": ("an output of another type", description(outputs=[{**OUTPUTS[0], "dtype": "float32"}])),
}


def vector(key: str, comment: str, error: str, model: bytes, described: Any, requires: str = "onnx@1") -> SignedVector:
    engines = [{"name": "native", "requires": ["math@1"]}, {"name": "onnx", "requires": [requires]}]
    replaced = {MODEL: model, DESCRIPTION: described if isinstance(described, bytes) else encode(described)}
    content = Content().change(manifest={"engines": engines}, replaced=replaced)
    return SignedVector(f"onnx-{key}", comment, error, signed(content, Signature(content)), POLICY, engine="onnx")


def attacks() -> Iterator[SignedVector]:
    for key, (comment, data) in MODELS.items():
        yield vector(key, f"ONNX: {comment}", "PROGRAM", data, description())
    for key, (comment, described) in DESCRIPTIONS.items():
        yield vector(f"json-{key}", f"onnx.json: {comment}", "PROGRAM", model(NODE), described)
    yield vector("json-bom", "onnx.json with a byte order mark", "JSON", model(NODE), b"\xef\xbb\xbf{}")
    yield vector("requires", "what this version does not know", "REQUIRES", model(NODE), description(), "onnx@2")
