"""Writes tests/vectors/valid: bundles, rows and expected answers (tests/vectors/README.md) of the models in
vector_models.py and the programs in vector_programs.py.

Vectors are frozen: what stands in the folder is not written again, and `frozen.tsv` keeps its digests.

python tools/make_vectors.py           # writes those that are new
python tools/make_vectors.py --check   # whether the frozen ones are as they were
"""

from __future__ import annotations

import hashlib
import json
import sys
import urllib.parse
from pathlib import Path
from typing import Any

import numpy as np
from program_bundle import program_bundle
from vector_models import CASES, Case
from vector_programs import PROGRAMS, Program

import modelpack
from modelpack.errors import ModelpackError
from modelpack.record import packages
from modelpack.rows import row_count, take_rows

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "vectors" / "valid"
FROZEN = FOLDER / "frozen.tsv"
# Without its sign.
PLAIN_NAN = np.float64(np.nan).view(np.uint64) << np.uint64(1)
CREATED_AT = "2026-01-01T00:00:00Z"


def escaped(text: str) -> str:
    return urllib.parse.quote(text, safe="").replace("~", "%7E")


def is_plain_nan(value: Any) -> bool:
    """Whether it is the NaN that everybody means; another one is written by its bits."""
    return isinstance(value, (float, np.floating)) and np.float64(value).view(np.uint64) << np.uint64(1) == PLAIN_NAN


def input_cell(value: Any, dtype: str) -> str:
    if value is None:
        return "none"
    if type(value).__name__ in ("NAType", "NaTType") or is_plain_nan(value):
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


def write_model(folder: Path, name: str, made: Case) -> str:
    """Writes the bundle of a model; gives the class of its promise."""
    pack = modelpack.pack_partitions if isinstance(made.model, dict) else modelpack.pack
    packed = pack(
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
    return packed.report.promise


def write_program(folder: Path, name: str, made: Program) -> str:
    content = program_bundle(name, CREATED_AT, made.builder, made.features, made.outputs)
    (folder / "bundle.mpk").write_bytes(content)
    return "none: no framework has this program"


def write(name: str, comment: str, made: Case | Program) -> None:
    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    promise = write_model(folder, name, made) if isinstance(made, Case) else write_program(folder, name, made)
    with modelpack.load(folder / "bundle.mpk", trust=modelpack.UNSIGNED, name=name) as predictor:
        features, outputs = predictor.schema.features, predictor.schema.outputs
        inputs = ["\t".join(escaped(f.name) for f in features)]
        expected = ["\t".join(["status", *(f"{o.name}:{c}" for o in outputs for c in range(o.columns))])]
        for index in range(row_count(made.rows)):
            values = row_values(made.rows, index)
            inputs.append("\t".join(input_cell(value, f.dtype) for value, f in zip(values, features, strict=True)))
            expected.append("\t".join(answer(predictor, made.rows, index)))
    (folder / "input.tsv").write_text("\n".join(inputs) + "\n", encoding="utf-8")
    (folder / "expected.tsv").write_text("\n".join(expected) + "\n", encoding="utf-8")
    about = {"id": name, "comment": comment, "promise": promise, "packages": packages()}
    (folder / "vector.json").write_text(json.dumps(about, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def digests() -> dict[str, str]:
    """SHA-256 of every file that a runner reads, by its path below the folder."""
    files = (path for name in ("bundle.mpk", "input.tsv", "expected.tsv") for path in FOLDER.glob(f"*/{name}"))
    return {path.relative_to(FOLDER).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def frozen() -> dict[str, str]:
    lines = FROZEN.read_text(encoding="utf-8").splitlines() if FROZEN.exists() else []
    return dict(reversed(line.split("\t")) for line in lines)


def check() -> None:
    """The frozen vectors are there, to the byte, and there are no others."""
    kept, found = frozen(), digests()
    wrong = sorted(path for path in kept | found if kept.get(path) != found.get(path))
    if wrong:
        raise SystemExit(f"not as frozen: {', '.join(wrong)}; a bundle has the same answers in every later version")


def main() -> None:
    if "--check" in sys.argv:
        check()
        return
    kept = frozen()
    cases = CASES | PROGRAMS
    for name, (comment, build) in cases.items():
        if f"{name}/bundle.mpk" not in kept:
            write(name, comment, build())
            print(name)
    index = [f"{name}\t{cases[name][0]}\n" for name in sorted(cases) if (FOLDER / name / "bundle.mpk").exists()]
    (FOLDER / "index.tsv").write_text("".join(index), encoding="utf-8")
    lines = sorted(f"{digest}\t{path}\n" for path, digest in (digests() | kept).items())
    FROZEN.write_text("".join(sorted(lines, key=lambda line: line.split("\t")[1])), encoding="utf-8")


if __name__ == "__main__":
    main()
