"""Writes tests/vectors/hostile: files that every reader must refuse, and index.tsv with the error of each.

    python tools/make_hostile.py [--check]

tests/vectors/README.md describes them. Only the standard library is used, and the bytes are the same on every run;
--check compares instead of writing.
"""

from __future__ import annotations

import sys
from pathlib import Path

from hostile import container_attacks, content_attacks, model_attacks
from hostile.base import Content
from hostile.vector import Vector

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "vectors" / "hostile"
#: The bundle that all attacks start from; it is valid, so that a reader that refuses everything is found out.
BASE = "base.mpk"


def files() -> dict[str, bytes]:
    """Name and bytes of every file of the folder."""
    vectors: list[Vector] = [*container_attacks.attacks(), *content_attacks.attacks(), *model_attacks.attacks()]
    base = Content().data()
    out = {BASE: base}
    lines = []
    for vector in vectors:
        name = f"{vector.id}.mpk"
        if name in out:
            raise SystemExit(f"the id {vector.id} stands twice")
        if vector.data == base:
            raise SystemExit(f"the attack {vector.id} changes nothing")
        out[name] = vector.data
        lines.append("\t".join((vector.id, name, vector.phase, vector.error, vector.comment)) + "\n")
    out["index.tsv"] = "".join(lines).encode()
    return out


def main(arguments: list[str]) -> int:
    wanted = files()
    found = {path.name: path.read_bytes() for path in FOLDER.glob("*")}
    if "--check" in arguments:
        differing = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
        for name in differing:
            print(f"tests/vectors/hostile/{name} is not what tools/make_hostile.py writes", file=sys.stderr)
        return 1 if differing else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in found.keys() - wanted.keys():
        (FOLDER / name).unlink()
    for name, data in wanted.items():
        if found.get(name) != data:
            (FOLDER / name).write_bytes(data)
    print(f"{len(wanted) - 2} vectors, {sum(map(len, wanted.values()))} bytes in {FOLDER}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
