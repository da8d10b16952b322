"""Programs behind tests/vectors/valid that no framework makes: operations at their edges, each with rows that tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from modelpack.program import Builder, Value
from modelpack.schema import Feature, Output

HARD = Path(__file__).resolve().parent.parent / "native" / "math" / "tests" / "hard"
DOUBLE = ("exp", "exp2", "expm1", "log", "log1p", "log2", "sqrt", "tanh", "abs", "neg", "square")
SINGLE = ("exp", "log", "sqrt", "abs", "neg", "square")
# The NaN by which one implementation marks an absent cell inside; coming from outside it is a NaN like any other.
ABSENT_NAN = 0x7FF84D5041425345
EDGES = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    0.5,
    2.0,
    1e-300,
    -1e-300,
    5e-324,
    -5e-324,
    2.2250738585072014e-308,
    np.inf,
    -np.inf,
    np.nan,
]
OVERFLOW = [
    709.782712893384,
    709.7827128933841,
    -745.1332191019411,
    -745.1332191019412,
    -708.4,
    1024.0,
    -1074.0,
    -1075.0,
]


@dataclass
class Program:
    """Features, outputs, the built program, and rows to answer."""

    builder: Builder
    features: Sequence[Feature]
    outputs: Sequence[Output]
    rows: npt.NDArray[np.float64]


PROGRAMS: dict[str, tuple[str, Callable[[], Program]]] = {}


def program(name: str, comment: str) -> Callable[[Callable[[], Program]], Callable[[], Program]]:
    def register(build: Callable[[], Program]) -> Callable[[], Program]:
        PROGRAMS[name] = (comment, build)
        return build

    return register


def build(dtype: str, columns: int, rows: npt.NDArray[np.float64], make: Callable[[Builder, Value], Value]) -> Program:
    """A program over `columns` numbers whose one output is what `make` gives."""
    features = [Feature(f"x{index}", dtype) for index in range(columns)]
    builder = Builder(features)
    block = builder.op("concat@1", *(builder.input(feature.name) for feature in features), origin="input")
    value = make(builder, block)
    builder.output("value", value)
    dtype = {"f64": "float64", "f32": "float32"}[value.type]
    return Program(builder, features, [Output("value", dtype, value.width)], rows)


def hard_arguments(each: int) -> list[float]:
    """The first arguments of each list whose results lie next to a midpoint of two doubles."""
    found = []
    for path in sorted(HARD.glob("*.tsv")):
        lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
        words = [int(line.split("\t")[0], 16) for line in lines[:each]]
        found += np.array(words, np.uint64).view(np.float64).tolist()
    return found


@program("math-functions", "every function of math@1 in float64: edges, overflow, results next to a midpoint")
def functions() -> Program:
    rng = np.random.default_rng(20130101)
    drawn = [*rng.normal(size=60), *rng.uniform(-750, 750, 60), *np.exp(rng.uniform(-700, 700, 60))]
    rows = np.array([*EDGES, *OVERFLOW, *hard_arguments(12), *drawn]).reshape(-1, 1)
    return build(
        "float64",
        1,
        rows,
        lambda builder, x: builder.op(
            "concat@1", *(builder.op("math@1", x, origin=name, function=name) for name in DOUBLE), origin="all"
        ),
    )


@program("math-functions-float32", "every function of math@1 in float32")
def functions_single() -> Program:
    rng = np.random.default_rng(20130102)
    edges = [*EDGES, 88.72284, -87.33655, -103.97208, 1.4e-45, 1.1754944e-38]
    drawn = [*rng.normal(size=80), *rng.uniform(-104, 89, 80), *np.exp(rng.uniform(-87, 87, 80))]
    with np.errstate(over="ignore"):
        rows = np.array([*edges, *drawn]).astype(np.float32).astype(np.float64).reshape(-1, 1)
    return build(
        "float32",
        1,
        rows,
        lambda builder, x: builder.op(
            "concat@1", *(builder.op("math@1", x, origin=name, function=name) for name in SINGLE), origin="all"
        ),
    )


def scores(columns: int, seed: int) -> npt.NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    plain = np.vstack([rng.normal(size=(30, columns)), rng.normal(scale=40, size=(30, columns))])
    edges = np.zeros((8, columns))
    edges[1], edges[2], edges[3] = -0.0, 800.0, -800.0
    edges[4, 0], edges[5, 0], edges[6, -1], edges[7] = np.inf, -np.inf, np.nan, 5e-324
    return np.vstack([plain, edges]).astype(np.float32).astype(np.float64)


@program("sigmoids", "every form of sigmoid@1, with its complement")
def sigmoids() -> Program:
    def make(builder: Builder, x: Value) -> Value:
        scale = {"scale": np.array([0.7])}
        lightgbm = builder.op("sigmoid@1", x, origin="lightgbm", form="lightgbm", tensors=scale)
        expit = builder.op("sigmoid@1", x, origin="expit", form="expit")
        single = builder.op("cast@1", x, origin="single", to="f32")
        xgboost = builder.op("sigmoid@1", single, origin="xgboost", form="xgboost_f32")
        expit_single = builder.op("sigmoid@1", single, origin="expit", form="expit")
        doubled = [builder.op("cast@1", one, origin="double", to="f64") for one in (xgboost, expit_single)]
        columns = [lightgbm, expit, *doubled]
        both = [builder.op("complement@1", one, origin="complement") for one in columns]
        return builder.op("concat@1", *both, origin="all")

    return build("float64", 1, np.vstack([scores(1, 1), scores(1, 2) / 3]), make)


@program("softmaxes", "every form of softmax@1 over 11 columns: numpy's sums in eight lanes")
def softmaxes() -> Program:
    def make(builder: Builder, x: Value) -> Value:
        lightgbm = builder.op("softmax@1", x, origin="lightgbm", form="lightgbm")
        numpy = builder.op("softmax@1", x, origin="numpy", form="numpy")
        single = builder.op("cast@1", x, origin="single", to="f32")
        xgboost = builder.op("softmax@1", single, origin="xgboost", form="xgboost_f32")
        numpy_single = builder.op("softmax@1", single, origin="numpy", form="numpy")
        doubled = [builder.op("cast@1", one, origin="double", to="f64") for one in (xgboost, numpy_single)]
        return builder.op("concat@1", lightgbm, numpy, *doubled, origin="all")

    return build("float64", 11, scores(11, 3), make)


@program("softmax-wide", "softmax@1 over 150 columns: numpy's sum of two halves")
def softmax_wide() -> Program:
    def make(builder: Builder, x: Value) -> Value:
        return builder.op("softmax@1", x, origin="numpy", form="numpy")

    return build("float64", 150, scores(150, 4)[::8], make)


@program("sums", "add, mul, div, row_sum and normalise_rows, of columns and of constants")
def sums() -> Program:
    def make(builder: Builder, x: Value) -> Value:
        operand = {"operand": np.array([0.1, -0.0, 1e16])}
        one = {"operand": np.array([3.0])}
        total = builder.op("row_sum@1", x, origin="sum")
        parts = [builder.op(name, x, origin=name, tensors=operand) for name in ("add@1", "mul@1", "div@1")]
        parts += [builder.op(name, x, origin=name, tensors=one) for name in ("add@1", "mul@1", "div@1")]
        parts += [builder.op(name, x, total, origin=name) for name in ("add@1", "mul@1", "div@1")]
        return builder.op("concat@1", total, builder.op("normalise_rows@1", x, origin="shares"), *parts, origin="all")

    return build("float64", 3, np.vstack([scores(3, 5), np.eye(3) * 1e308, np.full((1, 3), 1e308)]), make)


@program("sparse-cells", "absent, stored zero and NaN are three things, whatever bits the NaN has")
def sparse_cells() -> Program:
    def make(builder: Builder, x: Value) -> Value:
        sparse = builder.op("to_sparse@1", x, origin="sparse")
        weight = {"weight": np.array([[1.0, 0.5], [-2.0, 0.25], [4.0, 1e-3]])}
        parts = [
            builder.op("to_dense@1", sparse, origin="dense"),
            builder.op("absent_to_nan@1", sparse, origin="nan"),
            builder.op("linear@1", sparse, origin="skip", bias="none", nan="skip", tensors=weight),
            builder.op("linear@1", sparse, origin="keep", bias="none", nan="keep", tensors=weight),
            builder.op("linear@1", x, origin="dense", bias="none", nan="keep", tensors=weight),
        ]
        return builder.op("concat@1", *parts, origin="all")

    marked = np.array([ABSENT_NAN], np.uint64).view(np.float64)[0]
    cells = [0.0, -0.0, 1.5, np.nan, marked, np.inf, 5e-324]
    rows = np.array([[a, b, c] for a in cells for b in cells for c in (0.0, 2.0, marked)])
    return build("float64", 3, rows, make)
