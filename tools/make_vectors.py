"""Writes tests/vectors/valid: bundles, rows and expected answers (tests/vectors/README.md) of the models in
vector_models.py.

python tools/make_vectors.py [ID …]
"""

from __future__ import annotations

import json
import sys
import urllib.parse
from pathlib import Path
from typing import Any

import numpy as np
from vector_models import CASES, Case

import modelpack
from modelpack.errors import ModelpackError
from modelpack.record import packages
from modelpack.rows import row_count, take_rows

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "vectors" / "valid"
CREATED_AT = "2026-01-01T00:00:00Z"


def escaped(text: str) -> str:
    return urllib.parse.quote(text, safe="").replace("~", "%7E")


def input_cell(value: Any, dtype: str) -> str:
    if value is None:
        return "none"
    if type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, (float, np.floating)) and np.isnan(value)):
        return "nan"
    if dtype == "float64":
        return f"f:{np.float64(value).view(np.uint64):016x}"
    if dtype == "float32":
        return f"g:{np.float32(value).view(np.uint32):08x}"
    if dtype == "int64":
        return f"i:{int(value)}"
    if dtype == "bool":
        return f"b:{int(value)}"
    return f"s:{escaped(value)}"


def output_cell(value: Any) -> str:
    if isinstance(value, np.float64):
        return f"{value.view(np.uint64):016x}"
    if isinstance(value, np.float32):
        return f"{value.view(np.uint32):08x}"
    return str(int(value))


def row_values(rows: Any, index: int) -> list[Any]:
    """The row's values as Python holds them: numpy scalars, text, None."""
    if hasattr(rows, "iloc"):
        return [rows.iloc[:, column].iloc[index] for column in range(rows.shape[1])]
    return list(rows[index])


def answer(predictor: Any, rows: Any, index: int) -> list[str]:
    try:
        found = predictor.predict_raw(take_rows(rows, [index]))
    except ModelpackError as error:
        return [error.name] + ["-"] * sum(output.columns for output in predictor.schema.outputs)
    return ["ok"] + [output_cell(cell) for output in predictor.schema.outputs for cell in found[output.name][0]]


def write(name: str, comment: str, made: Case) -> None:
    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    packed = modelpack.pack(
        made.model,
        made.sample,
        folder / "bundle.mpk",
        name=name,
        version="1.0.0",
        golden=8,
        statistics=False,
        overwrite=True,
        created_at=CREATED_AT,
        **made.pack,
    )
    with modelpack.load(packed, trust=modelpack.UNSIGNED, name=name) as predictor:
        features, outputs = predictor.schema.features, predictor.schema.outputs
        inputs = ["\t".join(escaped(f.name) for f in features)]
        expected = ["\t".join(["status", *(f"{o.name}:{c}" for o in outputs for c in range(o.columns))])]
        for index in range(row_count(made.rows)):
            values = row_values(made.rows, index)
            inputs.append("\t".join(input_cell(value, f.dtype) for value, f in zip(values, features, strict=True)))
            expected.append("\t".join(answer(predictor, made.rows, index)))
    (folder / "input.tsv").write_text("\n".join(inputs) + "\n", encoding="utf-8")
    (folder / "expected.tsv").write_text("\n".join(expected) + "\n", encoding="utf-8")
    about = {"id": name, "comment": comment, "promise": packed.report.promise, "packages": packages()}
    (folder / "vector.json").write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> int:
    wanted = sys.argv[1:] or list(CASES)
    for name in wanted:
        comment, build = CASES[name]
        write(name, comment, build())
        print(name)
    index = [f"{name}\t{CASES[name][0]}\n" for name in sorted(CASES) if (FOLDER / name / "bundle.mpk").exists()]
    (FOLDER / "index.tsv").write_text("".join(index), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
