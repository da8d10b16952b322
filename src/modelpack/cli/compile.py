"""`modelpack compile`: an engine for a bundle, or its model in another form."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import modelpack
from modelpack.cli import status
from modelpack.cli.expected import add_expected, policy
from modelpack.cli.output import print_json
from modelpack.cli.sample import read_frame
from modelpack.cli.sign import add_key_option, signers_of
from modelpack.cli.table import heading, size, table
from modelpack.errors import UsageError

ENGINES = ("onnx", "compiled")

# Forms that a model is written in: (bundle, output path, given) to the files written.
_EMITTERS = {
    "c": ("modelpack.cli.emit_c", "emit_c"),
    "onnx": ("modelpack.cli.emit_onnx", "emit_onnx"),
    "treelite": ("modelpack.cli.emit_treelite", "emit_treelite"),
    "triton": ("modelpack.cli.emit_onnx", "emit_triton"),
}

Emitter = Callable[[modelpack.Bundle, Path, argparse.Namespace], "list[Path] | Emitted"]


@dataclass(frozen=True)
class Emitted:
    """Files that were written, and what there is to say of them: facts as JSON can hold them, lines for a person."""

    paths: list[Path]
    facts: dict[str, Any] = field(default_factory=dict)
    lines: list[list[str]] = field(default_factory=list)


def add(commands: Any) -> None:
    command = commands.add_parser(
        "compile",
        help="add an engine to a bundle, or write its model in another form",
        description="With --engine: a bundle that also holds its model as ONNX, or compiled to machine code. The "
        "answers are compared first, and the difference is kept in the bundle. The input is verified, and signatures "
        "are dropped: sign anew with --sign. With --emit: the model in a form that other programs read; nothing is "
        "verified.",
    )
    command.add_argument("bundle", metavar="BUNDLE")
    form = command.add_mutually_exclusive_group(required=True)
    form.add_argument("--engine", choices=ENGINES, help="the engine to add")
    form.add_argument("--emit", choices=tuple(_EMITTERS), help="the form to write")
    command.add_argument("-o", "--output", metavar="PATH", help="the file, or the folder of several, to write")
    command.add_argument(
        "--triple",
        dest="triples",
        metavar="TRIPLE",
        action="append",
        default=[],
        help="with --engine compiled: what to compile for, such as x86_64-linux-gnu; several times",
    )
    command.add_argument("--sample", metavar="FILE", help="with --engine: further rows to compare")
    command.add_argument("--prefix", metavar="NAME", help="with --emit c: what the names of functions begin with")
    add_key_option(command, "--sign", "with --engine: sign with this private key (PEM), or with `default`, your own")
    add_expected(command)
    command.add_argument("--overwrite", action="store_true", help="replace an existing file")
    command.add_argument("--json", action="store_true", help="print the result as JSON")
    command.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    if given.emit:
        return emit(given)
    bundle = modelpack.open(
        given.bundle, policy(given), name=given.name, min_version=given.min_version, identity=given.identity
    )
    packed = modelpack.compile(
        bundle,
        given.output,
        engine=given.engine,
        triples=given.triples,
        sample=None if given.sample is None else read_frame(given.sample),
        signers=signers_of(given.keys),
        overwrite=given.overwrite,
    )
    report(packed, given.engine, given.json)
    return status.OK


def report(packed: modelpack.Packed, engine: str, machine: bool) -> None:
    found = packed.report.engines[engine]
    if machine:
        print_json(
            {
                "path": str(packed.path),
                "identity": packed.identity,
                "size_bytes": packed.path.stat().st_size,
                "engine": engine,
                "rows": found.rows,
                "equal": found.equal,
                "max_difference": found.max_difference,
            }
        )
        return
    same = "all with native's bits" if found.equal == found.rows else f"{found.equal:,} with native's bits"
    rows = [["identity", packed.identity], ["engine", engine], ["replayed", f"{found.rows:,} rows, {same}"]]
    if found.equal != found.rows:
        rows.append(["difference", f"at most {found.max_difference:.3g}, within the stated bound"])
    print(heading(f"{packed.path}  {size(packed.path.stat().st_size)}"))
    print(table(rows))


# ---- other forms ----


def emit(given: argparse.Namespace) -> int:
    if given.output is None:
        raise UsageError("--emit needs a place to write to", hint="name it with -o")
    module, function = _EMITTERS[given.emit]
    emitter: Emitter = getattr(import_module(module), function)
    trust = modelpack.TrustPolicy.load(given.trust) if given.trust else None
    expected = {"name": given.name, "min_version": given.min_version, "identity": given.identity} if trust else {}
    with modelpack.inspect(given.bundle, trust, **expected) as bundle:
        found = emitter(bundle, Path(given.output), given)
        written = found if isinstance(found, Emitted) else Emitted(found)
        verified = "verified" if bundle.verified else "not verified"
        if given.json:
            print_json(
                {
                    "form": given.emit,
                    "identity": bundle.identity,
                    "verified": bundle.verified,
                    "written": [str(path) for path in written.paths],
                    **written.facts,
                }
            )
        else:
            print(heading(f"{bundle.name} {bundle.version} as {given.emit} ({verified})"))
            print(table([[str(path), size(path.stat().st_size)] for path in written.paths], right=(1,)))
            if written.lines:
                print(table(written.lines))
    return status.OK


def new_file(path: Path, overwrite: bool) -> Path:
    """The path, its folder made; an existing file is refused unless it may be replaced."""
    if path.exists() and not overwrite:
        raise UsageError(f"{path} exists", hint="choose another path, or pass --overwrite")
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
