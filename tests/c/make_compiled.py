"""Writes the valid vectors with machine code in them, for this machine and for ARM.

    python make_compiled.py VECTORS FOLDER
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import modelpack
from modelpack.compiling import draft_of
from modelpack.drafting import write_bundle
from modelpack.engines.compiled import make_compiled
from modelpack.engines.compiled.triple import host_triple
from modelpack.engines.source import Source

ARM = "aarch64-linux-gnu"


def write(vectors: Path, folder: Path, name: str) -> None:
    bundle = modelpack.inspect(vectors / "valid" / name / "bundle.mpk")
    made = make_compiled(Source.of_bundle(bundle), sorted({str(host_triple()), ARM}))
    draft = draft_of(bundle).with_engine(made)
    write_bundle(folder / f"{name}.mpk", draft.head, draft.members, overwrite=True)


def main() -> None:
    vectors, folder = map(Path, sys.argv[1:])
    folder.mkdir(parents=True, exist_ok=True)
    index = (vectors / "valid" / "index.tsv").read_text(encoding="utf-8").splitlines()
    names = [line.partition("\t")[0] for line in index]
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(partial(write, vectors, folder), [name for name in names if name != "partitions"]))


if __name__ == "__main__":
    main()
