"""Writes the bundles that the C tests open: `python make_fixture.py FOLDER`.

The model is small enough to be computed by hand. With x the features in order,

    margin = number + 2 narrow + 4 count + 8 flag + table[origin] + 16 wind + table[carrier] + 32 rank

and `label` is margin > 0, `probability` is [1 - p, p] with p = margin clipped to 0..1, `narrowed` margin as float32.
Every product and sum in the tests is exact. In partitioned.mpk the keys are origin and count, and the weights of a
node are those of the root times NODES.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from modelpack._native import ffi, lib
from modelpack.canonical import canonical_json, safetensors_bytes
from modelpack.golden import golden_member
from modelpack.program import Builder
from modelpack.program.builder import BuiltProgram
from modelpack.schema import Classes, Default, Feature, Output, Schema

CLASSES = Classes("string", "|O", ("no", "yes"))
FEATURES = (
    Feature("number", "float64"),
    Feature("narrow", "float32"),
    Feature("count", "int64"),
    Feature("flag", "bool"),
    Feature("origin", "string", null_is="none"),
    Feature("when", "timestamp"),
    Feature("wind", "float64", optional=True),
    Feature("carrier", "string", missing=Default("UA"), unseen="reject"),
    Feature("rank", "int64", missing="reject"),
)
OUTPUTS = (
    Output("label", "int64", 1, CLASSES),
    Output("probability", "float64", 2, CLASSES),
    Output("margin", "float64", 1),
    Output("narrowed", "float32", 1),
)
ORIGINS = ("JFK", "LGA", "EWR", "Łódź")
# by code, then null, NaN and unseen
ORIGIN_TABLE = (100.0, 200.0, 300.0, 400.0, -1.0, -2.0, -3.0)
CARRIERS = ("AA", "UA")
CARRIER_TABLE = (1000.0, 2000.0, 0.0, 0.0, 0.0)
WEIGHTS = (1.0, 2.0, 4.0, 8.0, 1.0, 16.0, 1.0, 32.0)
KEYS = ("origin", "count")
# None: pruned
NODES = {("EWR",): 2.0, ("EWR", 3): 4.0, ("JFK", 3): None, ("LGA", -1): 8.0}


def build(factor: float = 1.0) -> BuiltProgram:
    builder = Builder(FEATURES)
    for feature, categories in (("origin", ORIGINS), ("carrier", CARRIERS)):
        for category in categories:
            builder.code(feature, category)

    def number(name: str):
        return builder.op("cast@1", builder.input(name), origin=name, to="f64")

    def table(name: str, values: tuple[float, ...]):
        tensors = {"table": np.array(values).reshape(-1, 1)}
        return builder.op("lookup@1", builder.input(name), origin=name, tensors=tensors)

    finite = builder.op("require@1", builder.input("number"), origin="number", form="finite_or_nan")
    parts = [finite, number("narrow"), number("count"), number("flag"), table("origin", ORIGIN_TABLE)]
    parts += [builder.input("wind"), table("carrier", CARRIER_TABLE), number("rank")]
    together = builder.op("concat@1", *parts, origin="model")
    weight = {"weight": factor * np.array(WEIGHTS).reshape(-1, 1)}
    margin = builder.op("linear@1", together, origin="model", tensors=weight, bias="none", nan="keep")
    bounds = {"low": np.array([0.0]), "high": np.array([1.0])}
    p = builder.op("clip@1", margin, origin="model", tensors=bounds)
    zero = {"constant": np.array([0.0])}
    builder.output("label", builder.op("compare@1", margin, origin="model", tensors=zero, comparison="gt"))
    builder.output("probability", builder.op("complement@1", p, origin="model"))
    builder.output("margin", margin)
    builder.output("narrowed", builder.op("cast@1", margin, origin="model", to="f32"))
    return builder.finish()


def golden(last: float) -> bytes:
    """Two rows worked out by hand: all features given, and all of them missing that may be."""
    number = np.array([1.5, 0.5, 1.0]).view(np.uint64).tolist()
    nan = 0x7FF8000000000000
    given = [number[0], number[1], 3, 1, 2, 0, number[2], 0, 5]
    missing = [nan, nan, 1 << 63, 2, 2**64 - 1, 1 << 63, nan, 2**64 - 2, 5]
    margin = np.array([[1.5 + 1.0 + 12.0 + 8.0 + 300.0 + 16.0 + 1000.0 + 160.0], [np.nan]])
    answers = {
        "label": np.array([[1], [0]]),
        "probability": np.array([[0.0, 1.0], [np.nan, np.nan]]),
        "margin": margin + np.array([[0.0], [last]]),
        "narrowed": (margin + np.array([[last], [0.0]])).astype(np.float32),
    }
    return golden_member(np.array([given, missing], np.uint64), OUTPUTS, answers, answers, None, "synthetic")


def tensors(program: BuiltProgram) -> bytes:
    return safetensors_bytes(program.tensors, {"program": program.digest})


def members(golden_bytes: bytes, keys: tuple[str, ...] = ()) -> dict[str, bytes]:
    program = build()
    dictionaries = {}
    for index, texts in program.dictionaries.items():
        encoded = [text.encode() for text in texts]
        dictionaries[f"{index}.bytes"] = np.frombuffer(b"".join(encoded), np.uint8)
        dictionaries[f"{index}.offsets"] = np.cumsum([0, *map(len, encoded)]).astype(np.uint64)
    return {
        "schema.json": Schema(FEATURES, OUTPUTS, keys).to_json(),
        "dictionaries.safetensors": safetensors_bytes(dictionaries, {}),
        "programs.json": canonical_json({program.digest: program.json.decode()}),
        "models/main/tensors.safetensors": tensors(program),
        "golden.safetensors": golden_bytes,
        "metrics.json": canonical_json({"reported": {}}),
    }


def manifest(uses: list[str], keys: tuple[str, ...] = ()) -> bytes:
    return canonical_json(
        {
            "created_at": "2013-01-01T00:00:00Z",
            "engines": [{"name": "native", "requires": sorted([*uses, "math@1"])}],
            "format": {"major": 1, "minor": 0},
            "name": "fixture",
            "partition_keys": list(keys),
            "requires": ["partitions"] if keys else [],
            "task": "binary",
            "version": "1.2.3",
        }
    )


def member_array(content: dict[str, bytes]) -> tuple[object, list[object]]:
    """The members, and what must live as long as they are used."""
    kept = [(ffi.from_buffer(name.encode()), ffi.from_buffer(data)) for name, data in content.items()]
    return ffi.new("mp_member[]", [(name, len(name), data, len(data)) for name, data in kept]), [kept]


def call(function: str, *arguments: object) -> None:
    error = ffi.new("mp_error **")
    if getattr(lib, function)(*arguments, error):
        raise SystemExit(ffi.string(lib.mp_error_message(error[0], ffi.NULL)).decode())


def write(path: Path, content: dict[str, bytes]) -> None:
    array, _kept = member_array(content)
    target, head = str(path).encode(), manifest(build().uses)
    call("mp_bundle_write", target, len(target), head, len(head), array, len(content), 1, ffi.NULL)


def write_partitioned(path: Path, content: dict[str, bytes]) -> None:
    writer = ffi.new("mp_partition_writer **")
    target, head = str(path).encode(), manifest(build().uses, KEYS)
    levels = ffi.new("int32_t[]", [lib.MP_DTYPE_STRING, lib.MP_DTYPE_INT64])
    call("mp_partition_writer_new", target, len(target), levels, 2, 1, writer)
    fact = ffi.new(
        "mp_node_fact *", {"struct_size": ffi.sizeof("mp_node_fact"), "rows": 70, "metric": 0.5, "reason": 0}
    )
    for key, factor in NODES.items():
        text = canonical_json(list(key))
        if factor is None:
            call("mp_partition_writer_add_pruned", writer[0], text, len(text), ffi.NULL)
            continue
        program = build(factor)
        entry = tensors(program)
        code = bytes(program.json)
        call("mp_partition_writer_add", writer[0], text, len(text), code, len(code), entry, len(entry), fact)
    call("mp_partition_writer_set_metric", writer[0], b"rmse", 4, 0)
    array, _kept = member_array(content)
    arguments = (head, len(head), array, len(content), ffi.NULL, 0, ffi.NULL)
    call("mp_partition_writer_finish", writer[0], *arguments)
    lib.mp_partition_writer_free(writer[0])


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / "fixture.mpk", members(golden(0.0)))
    write(folder / "wrong-golden.mpk", members(golden(1.0)))
    write_partitioned(folder / "partitioned.mpk", members(golden(0.0), KEYS))


if __name__ == "__main__":
    main()
