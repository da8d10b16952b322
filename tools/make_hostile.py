"""Writes tests/vectors/hostile: files that every reader must refuse, and index.tsv with the error of each.

Files that open, but for one node, stand in nodes.tsv. Signed files, and the policies under which they are opened, stand
in signed.tsv.

    python tools/make_hostile.py [--check]

tests/vectors/README.md describes them. Only the standard library is used, and the bytes are the same on every run;
--check compares instead of writing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from hostile import (
    container_attacks,
    content_attacks,
    ecdsa_attacks,
    envelope_attacks,
    model_attacks,
    node_attacks,
    onnx_attacks,
    partition_attacks,
    policy_attacks,
    signature_attacks,
    statement_attacks,
    trust_attacks,
)
from hostile.base import Content
from hostile.signed_vector import OK, SignedVector

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "vectors" / "hostile"
#: The bundle that all attacks start from; it is valid, so that a reader that refuses everything is found out.
BASE = "base.mpk"
#: The same with partitions.
PARTITIONED = "partitions.mpk"
UNSIGNED = (container_attacks, content_attacks, model_attacks, partition_attacks)
SIGNED = (
    signature_attacks,
    envelope_attacks,
    ecdsa_attacks,
    statement_attacks,
    trust_attacks,
    policy_attacks,
    onnx_attacks,
)


def files() -> dict[str, bytes]:
    """Path below the folder, and bytes, of every file."""
    return unsigned_files() | node_files() | signed_files()


def unsigned_files() -> dict[str, bytes]:
    out = {BASE: Content().data(), PARTITIONED: partition_attacks.BASE.data()}
    lines = []
    for vector in (vector for module in UNSIGNED for vector in module.attacks()):
        name = f"{vector.id}.mpk"
        if name in out:
            raise SystemExit(f"the id {vector.id} stands twice")
        if vector.data in (out[BASE], out[PARTITIONED]):
            raise SystemExit(f"the attack {vector.id} changes nothing")
        out[name] = vector.data
        lines.append("\t".join((vector.id, name, vector.phase, vector.error, vector.comment)) + "\n")
    out["index.tsv"] = "".join(lines).encode()
    return out


def node_files() -> dict[str, bytes]:
    out: dict[str, bytes] = {}
    lines = []
    for vector in node_attacks.attacks():
        name = f"{vector.id}.mpk"
        if name in out:
            raise SystemExit(f"the id {vector.id} stands twice")
        if vector.data in out.values() or vector.data == partition_attacks.BASE.data():
            raise SystemExit(f"the attack {vector.id} changes nothing, or what another does")
        out[name] = vector.data
        lines.append("\t".join((vector.id, name, vector.phase, vector.key, vector.error, vector.comment)) + "\n")
    out["nodes.tsv"] = "".join(lines).encode()
    return out


def signed_files() -> dict[str, bytes]:
    out: dict[str, bytes] = {}
    names: dict[bytes, str] = {}

    def place(folder: str, name: str, data: bytes) -> str:
        """Where the data stands: each once, under the name of the first vector that needs it."""
        path = names.setdefault(data, f"{folder}/{name}")
        if out.setdefault(path, data) != data:
            raise SystemExit(f"{path} stands twice")
        return path

    lines: dict[str, str] = {}
    good: set[tuple[object, ...]] = set()
    for vector in signed_vectors():
        if vector.id in lines:
            raise SystemExit(f"the id {vector.id} stands twice")
        check_change(vector, good)
        file = place("signed", f"{vector.id}.mpk", vector.data)
        policy = "UNSIGNED" if vector.policy is None else place("policies", f"{vector.id}.trust", vector.policy)
        expected = (vector.name, vector.min_version, vector.identity, vector.engine)
        fields = (vector.id, file, policy, *(text or "-" for text in expected), vector.error, vector.comment)
        lines[vector.id] = "\t".join(fields) + "\n"
    out["signed.tsv"] = "".join(lines.values()).encode()
    return out


def signed_vectors() -> Iterator[SignedVector]:
    """Those that are accepted come first of their kind."""
    for module in SIGNED:
        yield from module.attacks()


def check_change(vector: SignedVector, good: set[tuple[object, ...]]) -> None:
    """An attack that opens, in the same way, what a good vector opens is none."""
    given = (vector.data, vector.policy, vector.name, vector.min_version, vector.identity, vector.engine)
    if vector.error == OK:
        good.add(given)
    elif given in good:
        raise SystemExit(f"the attack {vector.id} changes nothing")


def main(arguments: list[str]) -> int:
    wanted = files()
    paths = [path for path in FOLDER.rglob("*") if path.is_file()]
    found = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in paths}
    if "--check" in arguments:
        differing = sorted(name for name in wanted.keys() | found.keys() if wanted.get(name) != found.get(name))
        for name in differing:
            print(f"tests/vectors/hostile/{name} is not what tools/make_hostile.py writes", file=sys.stderr)
        return 1 if differing else 0
    for name in found.keys() - wanted.keys():
        (FOLDER / name).unlink()
    for name, data in wanted.items():
        if found.get(name) != data:
            (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
            (FOLDER / name).write_bytes(data)
    count = sum(wanted[index].count(b"\n") for index in ("index.tsv", "signed.tsv"))
    print(f"{count} vectors, {sum(map(len, wanted.values()))} bytes in {FOLDER}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
