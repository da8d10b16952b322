"""A compiled library as a test writes it: a linear model of one feature, right or wrong in what a test says."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

import numpy as np
from sklearn.linear_model import LinearRegression

import modelpack
from modelpack.compiling import draft_of
from modelpack.drafting import write_bundle
from modelpack.engines.adding import Draft
from modelpack.engines.compiled.library import build_library
from modelpack.engines.compiled.triple import Triple
from modelpack.engines.made import Made
from modelpack.engines.source import Source
from modelpack.signing import signing_of

HEADER = Path(__file__).resolve().parents[3] / "native" / "emit" / "c" / "mp_compiled.h"

TEXT = """\
#include "mp_compiled.h"
static int32_t predict(const void *const *inputs, uint64_t rows, void *const *outputs, void *workspace,
                       mp_compiled_violation *violation)
{
    const double *x = inputs[0];
    double *value = outputs[0];
    (void)workspace;
    for (uint64_t row = 0; row < rows; row++) {
        if (!(x[row] - x[row] == 0.0)) {
            mp_compiled_violation refused = {row, $OP, 0, MP_COMPILED_NUMBER, 0, 0};
            union { double number; uint64_t bits; } cell;
            cell.number = x[row];
            refused.bits = cell.bits;
            *violation = refused;
            return $CODE;
        }
        value[row] = (0.0 + x[row] * $WEIGHT) + $BIAS;
    }
    return 0;
}
const mp_compiled mp_compiled_model = {$SIZE, $ABI, {$PROGRAM}, {$MODEL}, 1, 1, 0, predict};
"""


def packed_line(path: Path) -> modelpack.Bundle:
    """A linear model of one feature, packed."""
    x = np.arange(20, dtype=np.float64).reshape(-1, 1)
    model = LinearRegression().fit(x, 1.1 * x[:, 0] + 0.3)
    modelpack.pack(model, x, path, name="line", version="1.0.0", feature_names=["x"], created_at=0)
    return modelpack.inspect(path)


def numbers(hex_digits: str) -> str:
    return ",".join(str(byte) for byte in bytes.fromhex(hex_digits))


def library(bundle: modelpack.Bundle, triple: Triple, **changes: str) -> bytes:
    """The library of `packed_line`; `changes` are put in place of its words in capitals."""
    source = Source.of_bundle(bundle)
    op = next(index for index, op in enumerate(source.program["ops"]) if op["op"] == "require@1")
    words = {
        "SIZE": "sizeof(mp_compiled)",
        "ABI": "1",
        "PROGRAM": numbers(source.digest),
        "MODEL": numbers(bundle.model_digest.partition(":")[2]),
        "OP": str(op),
        "CODE": "1",
        "WEIGHT": fitted(source, "weight"),
        "BIAS": fitted(source, "bias"),
        **changes,
    }
    text = Template(TEXT).substitute(words)
    return build_library({"model.c": text, "mp_compiled.h": HEADER.read_text(encoding="utf-8")}, triple)


def fitted(source: Source, role: str) -> str:
    linear = next(op for op in source.program["ops"] if op["op"] == "linear@1")
    return float(source.tensors[linear["tensors"][role]].ravel()[0]).hex()


def signed(bundle: modelpack.Bundle, path: Path, members: Mapping[str, bytes], key: Any) -> Path:
    """The bundle with these members as its engine compiled, signed."""
    made = Made(name="compiled", requires=("compiled@1",), members=members)
    draft: Draft = draft_of(bundle).with_engine(made)
    write_bundle(path, draft.head, draft.members, overwrite=True, signing=signing_of(key))
    return path
