"""Attacks on tensors, programs, trees and golden rows: the bundle opens, but no predictor is made from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from hostile.base import GOLDEN, PROGRAMS, TENSORS, Content, golden, program, tensors
from hostile.encoding import Tensor, assemble, encode, header_of, sha256, tensor
from hostile.vector import Vector

BASE = Content()
DIGEST = sha256(encode(program()))


def vector(key: str, comment: str, error: str, content: Content) -> Vector:
    return Vector(key, comment, error, content.data(), "predictor")


def by_place(header: dict[str, Any]) -> list[str]:
    names = [name for name in header if name != "__metadata__"]
    return sorted(names, key=lambda name: (header[name]["data_offsets"], name))


def moved(header: dict[str, Any], data: bytes) -> bytes:
    """The last tensor 64 bytes further on, with zeros before it."""
    last = by_place(header)[-1]
    start, end = header[last]["data_offsets"]
    entry = header[last] | {"data_offsets": [start + 64, end + 64]}
    return assemble(encode(header | {last: entry}), data[:start] + bytes(64) + data[start:])


def turned(header: dict[str, Any], data: bytes) -> bytes:
    """The last tensor before all others."""
    last = by_place(header)[-1]
    size = len(data) - header[last]["data_offsets"][0]
    content = dict(header)
    for name in by_place(header):
        start, end = header[name]["data_offsets"]
        shift = size if name != last else -start
        content[name] = header[name] | {"data_offsets": [start + shift, end + shift]}
    return assemble(encode(content), data[-size:] + data[:-size])


def safetensors_attacks() -> Iterator[Vector]:
    header, data = header_of(tensors(), {"program": DIGEST})

    def spelled(change: Callable[[dict[str, Any]], object] | None = None, data: bytes = data) -> bytes:
        content = {key: dict(value) for key, value in header.items()}
        if change is not None:
            change(content)
        return assemble(encode(content), data)

    def entry(name: str, **changes: Any) -> bytes:
        return spelled(lambda content: content[name].update(changes))

    text = encode(header)
    offsets = header["leaf"]["data_offsets"]
    plain = assemble(text, data)
    wrong = {
        "empty": ("no bytes", b""),
        "length-only": ("a length and nothing else", (64).to_bytes(8, "little")),
        "header-beyond": ("a header beyond the member", (1 << 20).to_bytes(8, "little") + plain[8:]),
        "header-list": ("a header that is a list", assemble(b"[]", b"")),
        "header-space": ("white space in the header", assemble(text.replace(b",", b", "), data)),
        "header-order": (
            "a header whose keys are not sorted",
            assemble(text[:-1] + b',"A":' + encode(header["width"]) + b"}", data),
        ),
        "header-twice": ("a tensor twice", assemble(text[:-1] + b',"width":' + encode(header["width"]) + b"}", data)),
        "header-padding": (
            "64 spaces more than needed",
            (len(plain) - 8 - len(data) + 64).to_bytes(8, "little") + plain[8 : -len(data)] + b" " * 64 + data,
        ),
        "header-unaligned": ("data that is not aligned", len(text).to_bytes(8, "little") + text + data),
        "header-nul": ("a header padded with NULs", plain.replace(b"} ", b"}\0", 1)),
        "trailing": ("bytes after the last tensor", plain + bytes(64)),
        "cut": ("data that is cut", plain[:-1]),
        "gap": ("a gap before the last tensor", moved(header, data)),
        "order": ("tensors in another order", turned(header, data)),
        "offsets-reversed": ("reversed offsets", entry("leaf", data_offsets=offsets[::-1])),
        "offsets-beyond": ("offsets beyond the member", entry("width", data_offsets=[1 << 40, (1 << 40) + 4])),
        "offsets-overlap": ("a tensor over another", entry("left", data_offsets=header["feature"]["data_offsets"])),
        "offsets-negative": ("a negative offset", entry("leaf", data_offsets=[-8, 32])),
        "offsets-three": ("three offsets", entry("leaf", data_offsets=[*offsets, 0])),
        "shape-lie": ("a shape that is too large", entry("leaf", shape=[6])),
        "shape-overflow": ("a shape whose size overflows 64 bits", entry("leaf", shape=[1 << 52, 1 << 52])),
        "shape-wraps": (
            "a shape whose size overflows to the right one",
            entry("leaf", shape=[5, (1 << 51) + 1, 1 << 13]),
        ),
        "shape-negative": ("a negative dimension", entry("leaf", shape=[-5])),
        "shape-scalar": ("a shape that is a number", entry("leaf", shape=5)),
        "dtype": ("an unknown dtype", entry("leaf", dtype="F16")),
        "dtype-case": ("a dtype in small letters", entry("leaf", dtype="f64")),
        "key": ("a further key", entry("leaf", note="")),
        "metadata-number": ("metadata that is no string", spelled(lambda content: content["__metadata__"].update(n=1))),
        "metadata-list": (
            "metadata that is a list",
            assemble(text.replace(encode(header["__metadata__"]), b"[]"), data),
        ),
        "no-program": ("metadata that names no program", spelled(lambda content: content.pop("__metadata__"))),
    }
    for key, (comment, member) in wrong.items():
        yield vector(f"tensors-{key}", f"the tensors: {comment}", "TENSORS", BASE.change(replaced={TENSORS: member}))
    yield vector(
        "tensors-rank",
        "the tensors: a shape of nine dimensions",
        "LIMIT",
        BASE.change(replaced={TENSORS: entry("leaf", shape=[5] + [1] * 8)}),
    )
    huge = (1 << 63).to_bytes(8, "little") + plain[8:]
    yield vector(
        "tensors-header-huge", "the tensors: a header of 2^63 bytes", "LIMIT", BASE.change(replaced={TENSORS: huge})
    )
    other = spelled(lambda content: content["__metadata__"].update(program="0" * 64))
    yield vector(
        "tensors-other-program",
        "the tensors name a program that is not there",
        "PROGRAM",
        BASE.change(replaced={TENSORS: other}),
    )


def programs_attacks() -> Iterator[Vector]:
    text = encode(program()).decode()
    wrong = {
        "digest": ("a program under the digest of another", encode({"0" * 64: text})),
        "object": ("a program that is no string", encode({DIGEST: program()})),
        "list": ("a list", b"[]"),
        "digest-case": ("a digest in capitals", encode({DIGEST.upper(): text})),
    }
    for key, (comment, data) in wrong.items():
        yield vector(
            f"programs-{key}", f"programs.json holds {comment}", "PROGRAM", BASE.change(replaced={PROGRAMS: data})
        )
    spelled = _program_text(text.replace(",", ", "))
    yield vector("programs-spaces", "a program with white space", "JSON", spelled)
    yield vector(
        "programs-float", "a program with a float", "JSON", _program_text(text.replace('"math":1', '"math":1.5'))
    )


def _program_text(text: str) -> Content:
    """A bundle whose program has this text, under its right digest."""
    digest = sha256(text.encode())
    header, data = header_of(tensors(), {"program": digest})
    return BASE.change(replaced={PROGRAMS: encode({digest: text}), TENSORS: assemble(encode(header), data)})


def program_attacks() -> Iterator[Vector]:
    def with_(change: Callable[[dict[str, Any]], object]) -> Content:
        content = program()
        change(content)
        return BASE.change(program=content)

    def op(index: int, **changes: Any) -> Content:
        return with_(lambda content: content["ops"][index].update(changes))

    def tensor_names(index: int, **changes: str) -> Content:
        return with_(lambda content: content["ops"][index]["tensors"].update(changes))

    wrong = {
        "version-text": ("a version that is a text", with_(lambda p: p.update(program="1"))),
        "key": ("a further key", with_(lambda p: p.update(note=""))),
        "no-uses": ("no uses", with_(lambda p: p.pop("uses"))),
        "uses-order": ("uses out of order", with_(lambda p: p["uses"].reverse())),
        "uses-short": ("an operation that uses does not name", with_(lambda p: p["uses"].remove("concat@1"))),
        "uses-long": (
            "uses that name an operation that does not occur",
            with_(lambda p: p.update(uses=sorted([*p["uses"], "cast@1"]))),
        ),
        "input-unknown": ("an input that is no feature", with_(lambda p: p["inputs"][0].update(feature="speed"))),
        "input-twice": ("a feature twice", with_(lambda p: p["inputs"][1].update(feature="distance"))),
        "value-twice": ("a value twice", op(1, out=["v0"])),
        "value-later": ("a value used before it is defined", op(0, **{"in": ["v1"]})),
        "value-itself": ("a value made from itself", op(2, **{"in": ["x0", "v2"]})),
        "value-name": ("a value with a path as name", op(3, out=["../v3"])),
        "out-two": ("an operation with two results", op(1, out=["v1", "v4"])),
        "no-origin": ("an operation without origin", with_(lambda p: p["ops"][0].pop("origin"))),
        "option-unknown": ("an unknown option", op(1, form="fast")),
        "option-value": ("an option with an unknown value", op(3, compare="eq")),
        "option-absent": ("an option that is not there", with_(lambda p: p["ops"][3].pop("acc"))),
        "tensor-absent": ("a tensor that is not in the file", tensor_names(0, width="nothing")),
        "tensor-shared": ("a tensor named twice", tensor_names(0, width="column")),
        "tensor-unknown": ("a tensor that the operation does not have", tensor_names(0, height="width")),
        "tensor-less": ("a tensor that is due left out", with_(lambda p: p["ops"][0]["tensors"].pop("width"))),
        "type": ("a one-hot of a number", op(0, **{"in": ["x0"]})),
        "sparse": ("a forest of sparse values", op(3, **{"in": ["v0"]})),
        "no-input": ("an operation without input", op(2, **{"in": []})),
        "output-unknown": ("an output that is no value", with_(lambda p: p.update(outputs={"value": "v9"}))),
        "output-width": ("an output of another width", with_(lambda p: p.update(outputs={"value": "v2"}))),
        "output-none": ("no outputs", with_(lambda p: p.update(outputs={}))),
        "output-further": (
            "an output that the schema does not have",
            with_(lambda p: p["outputs"].update(margin="v3")),
        ),
        "op-null": ("an operation that is null", with_(lambda p: p["ops"].append(None))),
    }
    for key, (comment, content) in wrong.items():
        yield vector(f"program-{key}", f"the program has {comment}", "PROGRAM", content)
    unused = BASE.change(tensors=tensors() | {"unused": tensor("U8", [0])})
    yield vector("program-tensor-unused", "a tensor that no operation names", "PROGRAM", unused)

    def unknown(content: dict[str, Any]) -> None:
        content["ops"][1]["op"] = "teleport@1"
        content["uses"] = sorted({op["op"] for op in content["ops"]})

    newer = {
        "op": ("an operation that is not known", with_(unknown)),
        "program": ("a newer program version", with_(lambda p: p.update(program=2))),
        "math": ("newer elementary functions", with_(lambda p: p.update(math=99))),
        "math-host": ("the elementary functions of the machine that packed it", with_(lambda p: p.update(math=0))),
    }
    for key, (comment, content) in newer.items():
        yield vector(f"requires-{key}", f"the program needs {comment}", "REQUIRES", content)


def explosions() -> Iterator[Vector]:
    def doubled(times: int) -> Content:
        content = program()
        concat = content["ops"].pop(2)
        previous = "x0"
        for index in range(times):
            step = concat | {"in": [previous, previous], "out": [f"w{index}"]}
            content["ops"].insert(2 + index, step)
            previous = f"w{index}"
        content["ops"].insert(2 + times, concat)
        return BASE.change(program=content)

    yield vector("explosion-concat", "30 concatenations that double the width", "LIMIT", doubled(30))
    yield vector("explosion-overflow", "70 concatenations: the width overflows 64 bits", "LIMIT", doubled(70))
    wide = BASE.change(tensors=tensors() | {"width": tensor("U32", [2**32 - 1])})
    yield vector("explosion-one-hot", "a one-hot of 2^32 - 1 columns", "PROGRAM", wide)


def forest_attacks() -> Iterator[Vector]:
    def with_(**changes: Tensor) -> Content:
        return BASE.change(tensors=tensors() | changes)

    def i32(*values: int) -> Tensor:
        return tensor("I32", values)

    def u32(*values: int) -> Tensor:
        return tensor("U32", values)

    nan = float("nan")
    wrong = {
        "cycle-self": ("a node that is its own child", with_(left=i32(0, ~1, ~0))),
        "cycle": ("two nodes that are each other's child", with_(left=i32(1, 0, ~0))),
        "child-beyond": ("a child beyond the tree", with_(left=i32(7, ~1, ~0))),
        "child-other-tree": ("a child in the next tree", with_(left=i32(2, ~1, ~0))),
        "child-max": ("a child of 2^31 - 1", with_(left=i32(2**31 - 1, ~1, ~0))),
        "child-min": ("a child of -2^31", with_(left=i32(1, -(2**31), ~0))),
        "child-twice": ("a node with two parents", with_(right=i32(1, ~2, ~1))),
        "leaf-beyond": ("a leaf beyond the tree", with_(right=i32(~0, ~3, ~1))),
        "leaf-twice": ("a leaf with two parents", with_(right=i32(~0, ~1, ~1))),
        "feature-beyond": ("a column beyond the input", with_(feature=u32(0, 3, 0))),
        "feature-max": ("a column of 2^32 - 1", with_(feature=u32(0, 2**32 - 1, 0))),
        "nodes-descend": ("node offsets that descend", with_(tree_node=u32(0, 3, 2))),
        "nodes-beyond": ("node offsets beyond the nodes", with_(tree_node=u32(0, 2, 4))),
        "nodes-start": ("node offsets that do not start at 0", with_(tree_node=u32(1, 2, 3))),
        "nodes-overflow": ("a node offset of 2^32 - 1", with_(tree_node=u32(0, 2**32 - 1, 3))),
        "leaves-descend": ("leaf offsets that descend", with_(tree_leaf=u32(0, 5, 3))),
        "leaves-many": ("more leaves than a tree has", with_(tree_leaf=u32(0, 2, 5))),
        "trees-many": ("an offset too many", with_(tree_node=u32(0, 2, 3, 3))),
        "output-beyond": ("a tree for an output that is not there", with_(tree_output=i32(0, 1))),
        "output-vector": ("a tree with vector leaves where there are none", with_(tree_output=i32(0, -1))),
        "output-min": ("a tree for output -2^31", with_(tree_output=i32(0, -(2**31)))),
        "flags-unknown": ("an unknown flag", with_(flags=tensor("U8", [0b10, 64, 0b11001]))),
        "flags-missing": ("an unknown kind of missing", with_(flags=tensor("U8", [0b1110, 0, 0b11001]))),
        "flags-set": ("a number with the flag of a set", with_(flags=tensor("U8", [0b11010, 0, 0b11001]))),
        "threshold-nan": ("a threshold that is NaN", with_(threshold=tensor("F64", [nan, 0.5, 0.0]))),
        "threshold-category": ("a category with a threshold", with_(threshold=tensor("F64", [500.0, 0.5, 1.0]))),
        "threshold-dtype": ("integer thresholds", with_(threshold=tensor("I64", [500, 1, 0]))),
        "lengths": ("arrays of different lengths", with_(right=i32(~0, ~2))),
        "category-other": ("a set for a node that is no category", with_(category_node=u32(1))),
        "category-beyond": ("a set for a node beyond the trees", with_(category_node=u32(2**32 - 1))),
        "category-offset": ("set offsets beyond the bits", with_(category_offset=u32(0, 2))),
        "category-overflow": ("a set offset of 2^32 - 1", with_(category_offset=u32(0, 2**32 - 1))),
        "category-descend": ("set offsets that descend", with_(category_offset=u32(1, 0))),
        "init-short": ("no first accumulator value", with_(init=tensor("F64", []))),
        "init-dtype": ("a first accumulator value of another precision", with_(init=tensor("F32", [0.5]))),
        "leaf-shape": ("leaves of two numbers for one output", with_(leaf=tensor("F64", [0.0] * 10, [5, 2]))),
        "leaf-rank": ("leaves of three dimensions", with_(leaf=tensor("F64", [0.0] * 5, [5, 1, 1]))),
        "leaf-scalar": ("a leaf that is a scalar", with_(leaf=tensor("F64", [0.0], []))),
        "one-hot-beyond": ("a one-hot column beyond the width", with_(column=i32(0, 2, -1, -1, -1))),
        "one-hot-negative": ("a one-hot column of -2", with_(column=i32(0, -2, -1, -1, -1))),
        "one-hot-long": (
            "a one-hot of more categories than the dictionary has",
            with_(column=i32(0, 1, 1, -1, -1, -1)),
        ),
        "one-hot-short": ("a one-hot without rows for missing and unseen", with_(column=i32(0, 1))),
        "one-hot-width": ("a one-hot of two widths", with_(width=u32(2, 2))),
    }
    for key, (comment, content) in wrong.items():
        yield vector(f"model-{key}", f"the model has {comment}", "PROGRAM", content)


def golden_attacks() -> Iterator[Vector]:
    def with_(**changes: Tensor) -> Content:
        names = {name.replace(".", "_"): name for name in golden()}
        return BASE.change(golden=golden() | {names.get(key, key): value for key, value in changes.items()})

    def without(name: str) -> Content:
        return BASE.change(golden={key: value for key, value in golden().items() if key != name})

    def answers(*values: float) -> Tensor:
        return tensor("F64", values, [len(values), 1])

    base = list(memoryview(golden()["native.value"].data).cast("d"))
    near = [base[0] + 2**-50, *base[1:]]
    wrong = {
        "none": ("no golden rows", BASE.change(golden=None)),
        "native": ("another answer of the engine", with_(native_value=answers(*near))),
        "framework": ("an answer of the framework beyond its bound", with_(framework_value=answers(*near))),
        "no-cells": ("no cells", without("cells")),
        "no-native": ("no answers of the engine", without("native.value")),
        "no-framework": ("no answers of the framework", without("framework.value")),
        "no-bound": ("no bound", without("bound.value")),
        "cells-shape": ("rows of another width", with_(cells=tensor("U64", [0] * 12, [4, 3]))),
        "answers-shape": ("answers of fewer rows", with_(native_value=answers(*base[:3]))),
        "code": ("a category beyond the dictionary", with_(cells=tensor("U64", [0, 0, 0, 1, 0, 2, 0, 7], [4, 2]))),
    }
    for key, (comment, content) in wrong.items():
        yield vector(f"golden-{key}", f"golden.safetensors: {comment}", "GOLDEN", content)
    many = {name: tensor("F64", [0.0] * 65, [65, 1]) for name in golden() if name != "cells"}
    many["cells"] = tensor("U64", [0] * 130, [65, 2])
    yield vector("golden-many", "65 golden rows", "LIMIT", BASE.change(golden=many))
    yield vector(
        "golden-cut", "golden.safetensors is cut", "TENSORS", BASE.change(replaced={GOLDEN: BASE.files()[GOLDEN][:-1]})
    )


def attacks() -> Iterator[Vector]:
    for group in (safetensors_attacks, programs_attacks, program_attacks, explosions, forest_attacks, golden_attacks):
        yield from group()
