"""Writes the valid vectors with every engine in them, signed, for all runners: `python tools/engine_vectors.py OUT`.

OUT/ID.mpk holds native, onnx and compiled (for this machine and for ARM), OUT/ID.bounds.tsv how far onnx may be from
expected.tsv, OUT/trust.json is the policy that permits them, OUT/index.tsv what there is:
`ID <TAB> ENGINE <TAB> ok`, or in place of ok the reason why the engine cannot run the vector. What stands there already
and was made from the same bytes stays.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

import modelpack
from modelpack import canonical
from modelpack.compiling import draft_of
from modelpack.drafting import write_bundle
from modelpack.engines.adding import add_engine
from modelpack.engines.compiled.triple import host_triple
from modelpack.engines.made import Made, make_engine
from modelpack.engines.source import Source
from modelpack.signing import signing_of

ROOT = Path(__file__).resolve().parents[1]
VALID = ROOT / "tests" / "vectors" / "valid"
PACKAGE = Path(modelpack.__file__).parent
ENGINES = ("onnx", "compiled")
TRIPLES = sorted({str(host_triple()), "aarch64-linux-gnu"})
# Nodes have programs of their own, and run in the native engine only.
PARTITIONED = "partitions"


def lines(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


def makers_digest() -> str:
    """Of all that decides what is written, apart from the vector."""
    digest = hashlib.sha256(str(TRIPLES).encode())
    for path in [Path(__file__), *sorted(PACKAGE.rglob("*.py")), *sorted(PACKAGE.glob("_native/*.so"))]:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def signer(folder: Path) -> Path:
    """The key of this folder, with the policy that permits everything that it signed."""
    private, policy = folder / "vectors.pem", folder / "trust.json"
    if not (private.exists() and policy.exists()):
        for old in folder.glob("vectors.pem*"):
            old.unlink()
        pair = modelpack.keygen(private)
        rule = {"bundle": "*", "keys": ["vectors"], "engines": ["native", *ENGINES]}
        keys = {"vectors": {"pem": pair.public.read_text(encoding="utf-8")}}
        policy.write_text(json.dumps({"modelpack_trust": 1, "keys": keys, "rules": [rule]}), encoding="utf-8")
    return private


def write(folder: Path, makers: str, name: str) -> list[list[str]]:
    """Writes one vector; its lines of the index."""
    stamp, source = folder / f"{name}.stamp", VALID / name
    inputs = [source / "bundle.mpk", source / "expected.tsv", folder / "vectors.pem"]
    digest = hashlib.sha256(makers.encode() + b"".join(path.read_bytes() for path in inputs)).hexdigest()
    if stamp.exists() and (folder / f"{name}.mpk").exists():
        made, *index = lines(stamp)
        if made == [digest]:
            return index
    stamp.unlink(missing_ok=True)
    index = with_engines(folder, name)
    stamp.write_text("".join("\t".join(line) + "\n" for line in [[digest], *index]), encoding="utf-8")
    return index


def with_engines(folder: Path, name: str) -> list[list[str]]:
    bundle = modelpack.inspect(VALID / name / "bundle.mpk")
    draft, index, bound = draft_of(bundle), [[name, "native", "ok"]], None
    for engine in ENGINES:
        try:
            made = make_engine(engine, Source.of_bundle(bundle), TRIPLES)
            draft, _ = add_engine(draft, made)
        except modelpack.UnsupportedModelError as refused:
            index.append([name, engine, " ".join(str(refused).split())])
            continue
        index.append([name, engine, "ok"])
        if engine == "onnx":
            bound = made
    write_bounds(folder, name, bundle.schema, bound)
    signing = signing_of(folder / "vectors.pem", None)
    write_bundle(folder / f"{name}.mpk", draft.head, draft.members, overwrite=True, signing=signing)
    return index


def write_bounds(folder: Path, name: str, schema: modelpack.Schema, made: Made | None) -> None:
    """In the form of expected.tsv: the greatest difference per cell as the bits of a float64, `-` beside an error."""
    header, *rows = lines(VALID / name / "expected.tsv")
    good = [row for row in rows if row[0] == "ok"]
    native, start = {}, 1
    for output in schema.outputs:
        cells = [row[start : start + output.columns] for row in good]
        native[output.name] = values(cells, np.dtype(output.dtype), output.columns)
        start += output.columns
    allowed = made.bound(native) if made is not None and made.bound is not None else {}
    bounds = np.concatenate([allowed.get(key, np.zeros(answer.shape)) for key, answer in native.items()], axis=1)
    numbers = iter(bounds)
    table = [
        ["ok", *(canonical.f64(bound)["f64"] for bound in next(numbers).tolist())] if row[0] == "ok" else row
        for row in rows
    ]
    text = "".join("\t".join(line) + "\n" for line in [header, *table])
    (folder / f"{name}.bounds.tsv").write_text(text, encoding="utf-8")


def values(cells: list[list[str]], dtype: np.dtype, columns: int) -> np.ndarray:
    if dtype.kind == "i":
        return np.array(cells, dtype=dtype).reshape(-1, columns)
    raw = b"".join(bytes.fromhex(cell) for row in cells for cell in row)
    return np.frombuffer(raw, dtype.newbyteorder(">")).astype(dtype).reshape(-1, columns)


def main() -> None:
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    lock = (folder / ".lock").open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)  # until the process ends: one writes, the others find it done
    signer(folder)
    names = [line[0] for line in lines(VALID / "index.tsv") if line[0] != PARTITIONED]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        index = [line for found in pool.map(partial(write, folder, makers_digest()), names) for line in found]
    text = "".join("\t".join(line) + "\n" for line in index)
    (folder / "index.tsv").write_text(text, encoding="utf-8")
    for name, engine, said in index:
        if said != "ok":
            print(f"{name} does not run in {engine}: {said}")


if __name__ == "__main__":
    main()
