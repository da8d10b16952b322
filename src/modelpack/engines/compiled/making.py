"""The engine `compiled` of a model: its program as C, compiled for each kind of machine asked for."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from modelpack.drafting import write_bundle
from modelpack.engines.c_source import library_files
from modelpack.engines.compiled.bounded import Bounds
from modelpack.engines.compiled.library import build_library
from modelpack.engines.compiled.triple import Triple, host_triple
from modelpack.engines.made import Made
from modelpack.engines.source import Source
from modelpack.errors import UnsupportedModelError, UsageError
from modelpack.opening import inspect

__all__ = ["make_compiled"]

REQUIRES = ("compiled@1",)


def make_compiled(source: Source, triples: Sequence[str] = ()) -> Made:
    """Compiles a program.

    Parameters
    ----------
    source : Source
    triples : sequence of str
        What to compile for; this machine, at the lowest level of its architecture, by default.

    Returns
    -------
    Made
        Where nothing was asked for that runs here, it is proved by a library for this machine that it does not keep.

    Raises
    ------
    UnsupportedModelError
        There is no compiler for a triple, or compiling fails or takes too much.
    UsageError
        A triple is not known, or stands twice.
    """
    host = host_triple()
    if host is None:
        raise UnsupportedModelError("compiled", "nothing can be compiled for this kind of machine, to prove it")
    wanted = [Triple.parse(text) for text in triples] or [host]
    if len(set(wanted)) != len(wanted):
        raise UsageError("a triple is given twice")
    files = c_files(source)
    libraries = {triple: build_library(files, triple, Bounds()) for triple in wanted}
    here = any(triple.base == host.base for triple in wanted)
    return Made(
        name="compiled",
        requires=REQUIRES,
        members={triple.member: library for triple, library in libraries.items()},
        proof={} if here else {host.member: build_library(files, host, Bounds())},
        facts={"triples": sorted(str(triple) for triple in wanted)},
    )


def c_files(source: Source) -> dict[str, str]:
    """The program as C behind the one symbol that the engine looks for."""
    head = {
        "created_at": "1970-01-01T00:00:00Z",
        "engines": [{"name": "native", "requires": []}],
        "format": {"major": 1, "minor": 0},
        "name": source.name,
        "partition_keys": [],
        "requires": [],
        "task": "other",
        "version": source.version,
    }
    with tempfile.TemporaryDirectory(prefix="modelpack-") as folder:
        path = Path(folder) / "source.mpk"
        write_bundle(path, head, source.members, overwrite=False)
        with inspect(path) as bundle:
            return library_files(bundle)
