"""Writes tests/vectors/types.tsv and types.mpk: what each raw value becomes in each type of feature.

`python tools/make_types.py` writes them anew, `--check` compares. The table is worked out by hand from docs/TYPES.md:
no line of it is taken from what the code answers.
"""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import numpy as np
from program_bundle import program_bundle

from modelpack.program import Builder
from modelpack.schema import Feature, Output

VECTORS = Path(__file__).resolve().parent.parent / "tests" / "vectors"

FEATURES = (
    Feature("float64", "float64"),
    Feature("float64_none", "float64", null_is="none"),
    Feature("float32", "float32"),
    Feature("int64", "int64"),
    Feature("bool", "bool"),
    Feature("timestamp", "timestamp"),
    Feature("string", "string"),
    Feature("string_none", "string", null_is="none"),
)
CATEGORIES = ("JFK", "", "Łódź", "a\0b")
NUMBERS = ("float64", "float64_none", "float32")
TEXTS = ("string", "string_none")

# ---- how values are written; tests/vectors/README.md ----


def f(value: float) -> str:
    return "f:" + struct.pack(">d", value).hex()


def g(value: float) -> str:
    return "g:" + struct.pack(">f", value).hex()


def h(value: float) -> str:
    return "h:" + struct.pack(">e", value).hex()


def s(value: str | bytes) -> str:
    raw = value.encode() if isinstance(value, str) else value
    plain = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
    return "s:" + "".join(chr(byte) if byte in plain else f"%{byte:02X}" for byte in raw)


def number(value: float) -> str:
    return struct.pack(">d", value).hex()


def integer(value: int) -> str:
    return struct.pack(">q", value).hex()


NAN, NULL, MISSING = "7ff8000000000000", "7ff84d5000000001", "8000000000000000"
INF = float("inf")
WRONG_TYPE, NOT_EXACT = "WRONG_TYPE", "NOT_EXACT"

Line = tuple[str, str, str, str, str]


def missing() -> list[Line]:
    nothing = {"float64": NAN, "float64_none": NULL, "float32": NAN, "int64": MISSING, "timestamp": MISSING}
    nothing |= {"bool": integer(2), "string": integer(-2), "string_none": integer(-1)}
    lines = [(name, "any", "null", cell, "the feature's null_is") for name, cell in nothing.items()]
    none = nothing | dict.fromkeys(NUMBERS, NULL) | dict.fromkeys(TEXTS, integer(-1))
    lines += [(name, "value", "none", cell, "None") for name, cell in none.items()]
    nan = nothing | dict.fromkeys(NUMBERS, NAN) | dict.fromkeys(TEXTS, integer(-2))
    lines += [(name, "value", "nan", cell, "NaN") for name, cell in nan.items()]
    nans = (
        ("f:7ff8000000000000", "NaN"),
        ("f:fff8000000000000", "negative NaN"),
        ("f:7ff0000000000001", "signalling NaN"),
    )
    nans += (
        ("f:7ff84d5000000001", "the bits that stand for null"),
        ("g:7fc00000", "float32 NaN"),
        ("h:7e01", "float16 NaN"),
    )
    lines += [(name, "any", text, cell, comment) for name, cell in nan.items() for text, comment in nans]
    return lines


def floats() -> list[Line]:
    exact = [0.0, -0.0, 1.5, -2.0, 2.0**-149, 3.4028234663852886e38, INF, -INF]
    lines = [(name, "any", f(value), number(value), "an f32") for name in NUMBERS for value in exact]
    lines += [(name, "any", g(value), number(value), "float32") for name in NUMBERS for value in exact]
    halves = [0.0, -0.0, 1.5, 2.0**-24, 65504.0, INF]
    lines += [(name, "any", h(value), number(value), "float16") for name in NUMBERS for value in halves]
    for value in (0.1, 1e-300, 5e-324, 1.0 + 2.0**-40, 16777217.0):
        lines += [(name, "any", f(value), number(value), "no f32") for name in NUMBERS[:2]]
        lines += [("float32", "value", f(value), number(value), "rounded when it is predicted, and counted")]
        lines += [("float32", "column", f(value), NOT_EXACT, "a column of the wrong type")]
    for value in (1e300, -1e39, 3.4028235677973366e38):
        lines += [("float64", "any", f(value), number(value), "beyond f32")]
        lines += [("float32", "any", f(value), NOT_EXACT, "would be an infinity")]
    return lines


def floats_elsewhere() -> list[Line]:
    whole = [0.0, -0.0, 17.0, -17.0, 2.0**53, -(2.0**62), 2.0**63 - 1024]
    lines = [("int64", "any", f(value), integer(int(value)), "integral") for value in whole]
    lines += [("int64", "any", g(17.0), integer(17), "integral"), ("int64", "any", h(17.0), integer(17), "integral")]
    beyond = [0.5, -1e-300, INF, -INF, 2.0**63, -(2.0**63), 1e300]
    lines += [("int64", "any", f(value), NOT_EXACT, "not integral, or out of range") for value in beyond]
    lines += [("bool", "any", f(value), integer(int(value)), "0 or 1") for value in (0.0, -0.0, 1.0)]
    lines += [("bool", "any", g(1.0), integer(1), "0 or 1")]
    lines += [("bool", "any", f(value), NOT_EXACT, "neither 0 nor 1") for value in (0.5, 2.0, -1.0, INF)]
    for name in ("timestamp", *TEXTS):
        lines += [(name, "any", text, WRONG_TYPE, "a number") for text in (f(0.0), f(1.5), g(1.0), h(1.0), f(INF))]
    return lines


def integers() -> list[Line]:
    lines: list[Line] = []
    for value in (0, 1, -1, 17, 2**53, -(2**53), 2**53 + 2, 2**62):
        lines += [(name, "any", f"i:{value}", number(float(value)), "a float64 holds it") for name in NUMBERS[:2]]
        lines += [("int64", "any", f"i:{value}", integer(value), "")]
    for value in (2**53 + 1, -(2**53) - 1, 2**63 - 1):
        lines += [(name, "any", f"i:{value}", NOT_EXACT, "no float64") for name in NUMBERS]
        lines += [("int64", "any", f"i:{value}", integer(value), "")]
    lines += [("float32", "any", "i:16777216", number(16777216.0), "an f32")]
    lines += [("float32", "value", "i:16777217", number(16777217.0), "rounded when it is predicted")]
    lines += [("float32", "column", "i:16777217", NOT_EXACT, "no f32")]
    lines += [("int64", "any", f"i:{-(2**63)}", NOT_EXACT, "its cell means missing")]
    lines += [("float64", "any", f"i:{-(2**63)}", number(-(2.0**63)), "a power of two")]
    lines += [("int64", "any", f"u:{2**63 - 1}", integer(2**63 - 1), ""), ("int64", "any", f"u:{2**63}", NOT_EXACT, "")]
    lines += [
        ("float64", "any", f"u:{2**63}", number(2.0**63), ""),
        ("float64", "any", f"u:{2**64 - 1}", NOT_EXACT, ""),
    ]
    lines += [("float64", "any", f"u:{2**64 - 2048}", number(2.0**64 - 2048), "")]
    for value in (0, 1):
        lines += [("bool", "any", text, integer(value), "0 or 1") for text in (f"i:{value}", f"u:{value}")]
    lines += [("bool", "any", text, NOT_EXACT, "neither 0 nor 1") for text in ("i:2", "i:-1", "u:2", f"u:{2**64 - 1}")]
    for name in ("timestamp", *TEXTS):
        lines += [(name, "any", text, WRONG_TYPE, "a number") for text in ("i:0", "i:1", "u:1")]
    return lines


def others() -> list[Line]:
    lines: list[Line] = []
    for value in (0, 1):
        lines += [(name, "any", f"b:{value}", number(float(value)), "a truth value") for name in NUMBERS]
        lines += [(name, "any", f"b:{value}", integer(value), "a truth value") for name in ("int64", "bool")]
    lines += [(name, "any", "b:1", WRONG_TYPE, "no text, no time") for name in ("timestamp", *TEXTS)]
    for value in (0, -1, 1_700_000_000_123_456, 2**63 - 1, -(2**63) + 1):
        lines += [("timestamp", "any", f"t:{value}", integer(value), "µs")]
    lines += [("timestamp", "any", f"t:{-(2**63)}", NOT_EXACT, "its cell means missing")]
    lines += [(name, "any", "t:0", WRONG_TYPE, "a time") for name in (*NUMBERS, "int64", "bool", *TEXTS)]
    for name in TEXTS:
        for code, category in enumerate(CATEGORIES):
            lines += [(name, "any", s(category), integer(code), "a category")]
        for text in ("jfk", "JFK ", "JFK\0", "Lodz", "L\u0301o\u0301dz\u0301", "1", "True", "nan", "None"):
            lines += [(name, "any", s(text), integer(-3), "byte by byte no category")]
        lines += [(name, "any", s(text), WRONG_TYPE, "not UTF-8") for text in (b"\xff", b"\xed\xa0\x80", b"JFK\xc3")]
    for name in (*NUMBERS, "int64", "bool", "timestamp"):
        lines += [
            (name, "any", s(text), WRONG_TYPE, "a text is not read") for text in ("17", "", "true", "nan", "1970-01-01")
        ]
    return lines


def cells() -> list[Line]:
    lines: list[Line] = []
    for name in TEXTS:
        lines += [(name, "value", f"x:{integer(code)}", integer(code), "a code") for code in (-3, -2, -1, 0, 3)]
        lines += [(name, "value", f"x:{integer(code)}", WRONG_TYPE, "no code") for code in (4, -4, 2**31, -(2**63))]
    lines += [("bool", "value", f"x:{integer(value)}", integer(value), "a truth value") for value in (0, 1, 2)]
    lines += [("bool", "value", f"x:{integer(value)}", WRONG_TYPE, "no truth value") for value in (3, -1)]
    lines += [("float64", "value", f"x:{cell}", cell, "a cell") for cell in (NULL, NAN, number(0.1))]
    lines += [("float64", "value", "x:fff8000000000000", NAN, "any NaN is NaN")]
    lines += [
        ("int64", "value", f"x:{MISSING}", MISSING, "missing"),
        ("timestamp", "value", f"x:{MISSING}", MISSING, "missing"),
    ]
    return lines


def decimals() -> list[Line]:
    lines: list[Line] = []
    for name in NUMBERS[:2]:
        for text, value in (
            ("d:1999:2", 19.99),
            ("d:-1:1", -0.1),
            ("d:0:38", 0.0),
            ("d:3:-2", 300.0),
            ("d:1:-23", 1e23),
        ):
            lines += [(name, "any", text, number(value), "the nearest float64")]
        lines += [(name, "any", f"d:{2**53 + 1}:0", number(2.0**53), "ties to even")]
        lines += [(name, "any", f"d:{'9' * 38}:38", number(1.0), "38 digits")]
    lines += [("float32", "any", "d:25:2", number(0.25), "an f32"), ("float32", "column", "d:1:1", NOT_EXACT, "no f32")]
    lines += [("int64", "any", text, integer(17), "integral") for text in ("d:17:0", "d:1700:2")]
    lines += [("int64", "any", "d:3:-3", integer(3000), "integral")]
    lines += [
        ("int64", "any", text, NOT_EXACT, "") for text in ("d:1701:2", "d:1:-19", f"d:{2**63}:0", f"d:{-(2**63)}:0")
    ]
    lines += [("bool", "any", "d:100:2", integer(1), "0 or 1"), ("bool", "any", "d:2:0", NOT_EXACT, "neither")]
    lines += [(name, "any", "d:1:0", WRONG_TYPE, "a number") for name in ("timestamp", *TEXTS)]
    return lines


def table() -> str:
    lines = [*missing(), *floats(), *floats_elsewhere(), *integers(), *others(), *cells(), *decimals()]
    return "".join("\t".join(line) + "\n" for line in lines)


# ---- the bundle ----


def bundle() -> bytes:
    """The output `value` shows each feature but the timestamp: numbers as they are, texts as their code."""
    builder = Builder(FEATURES)
    codes = np.array([*range(len(CATEGORIES)), -1.0, -2.0, -3.0]).reshape(-1, 1)
    shown = []
    for feature in FEATURES:
        value = builder.input(feature.name)
        if feature.dtype == "string":
            for category in CATEGORIES:
                builder.code(feature.name, category)
            value = builder.op("lookup@1", value, origin=feature.name, tensors={"table": codes})
        elif feature.dtype not in ("float64", "timestamp"):
            value = builder.op("cast@1", value, origin=feature.name, to="f64")
        if feature.dtype != "timestamp":
            shown.append(value)
    builder.output("value", builder.op("concat@1", *shown, origin="model"))
    return program_bundle("types", "2013-01-01T00:00:00Z", builder, FEATURES, [Output("value", "float64", len(shown))])


def main() -> None:
    files = {VECTORS / "types.tsv": table().encode(), VECTORS / "types.mpk": bundle()}
    for path, content in files.items():
        if "--check" not in sys.argv:
            path.write_bytes(content)
        elif path.read_bytes() != content:
            raise SystemExit(f"{path} differs; run python tools/make_types.py")


if __name__ == "__main__":
    main()
