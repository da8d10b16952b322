"""`modelpack.compile`: adds an engine to a bundle that exists."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from modelpack.bundle import Bundle
from modelpack.drafting import write_bundle
from modelpack.engines.adding import Draft, add_engine, opened_draft
from modelpack.engines.made import make_engine
from modelpack.engines.source import Source
from modelpack.errors import InputError
from modelpack.opening import open as open_bundle
from modelpack.packing import Packed
from modelpack.replay import Answers, EngineReport, Report, compare
from modelpack.signing import Signers, signing_of
from modelpack.trust import Trust

__all__ = ["compile"]


def compile(
    bundle: str | os.PathLike[str] | Bundle,
    path: str | os.PathLike[str] | None = None,
    *,
    engine: str = "onnx",
    triples: Sequence[str] = (),
    sample: Any = None,
    trust: Trust = None,
    name: str | None = None,
    signers: Signers = (),
    passphrase: str | None = None,
    overwrite: bool = False,
) -> Packed:
    """Adds an engine to a bundle: its program as ONNX, or as machine code.

    The answers of the engine for the golden rows, and for those of `sample`, are compared with the native ones through
    the core; what was found is kept in the bundle, and nothing is written where they differ beyond the stated bound
    (docs/SEMANTICS.md). Name, version, time and all other members stay. The identity is another one, so signatures are
    dropped: sign anew with `signers`.

    Parameters
    ----------
    bundle : path or Bundle
    path : path, optional
        Where to write; ``NAME-VERSION-ENGINE.mpk`` in the working directory otherwise.
    engine : "onnx" or "compiled"
    triples : sequence of str
        For ``compiled``: what to compile for, such as ``x86_64-linux-gnu``; this machine by default.
    sample : rows, optional
        Further rows to compare, in any form that a predictor takes.
    trust, name
        Under which the bundle is opened, as for `modelpack.open`.
    signers, passphrase
        Who signs the result, as for `modelpack.pack`.
    overwrite : bool
        Replace an existing file.

    Returns
    -------
    Packed
        Its report has the engine's differences from native.

    Raises
    ------
    UnsupportedModelError
        The program holds an operation that this engine has no form for; it is named.
    MismatchError
        An answer of the engine differs beyond the bound.
    TrustError
        No policy permits the bundle.

    Examples
    --------
    >>> modelpack.compile("eta-1.4.0.mpk", engine="onnx", trust="trust.json", name="eta")  # doctest: +SKIP
    """
    signing = signing_of(signers, passphrase)
    opened = bundle if isinstance(bundle, Bundle) else open_bundle(bundle, trust, name=name)
    target = Path(path) if path is not None else Path(f"{opened.name}-{opened.version}-{engine}.mpk")
    if target.exists() and not overwrite:
        raise InputError(f"{target} exists; choose another path, or pass overwrite=True")
    made = make_engine(engine, Source.of_bundle(opened), triples)
    draft, found = add_engine(draft_of(opened), made, against_native(opened, sample) if sample is not None else None)
    with opened_draft(draft, engine if made.runs_here else "native"):
        pass  # opened as any reader will, golden rows and all
    identity = write_bundle(target, draft.head, draft.members, overwrite=overwrite, signing=signing)
    report = Report("A", {engine: found}, beside="native")
    return Packed(path=target, identity=identity, schema=opened.schema, report=report)


def draft_of(bundle: Bundle) -> Draft:
    """A bundle's manifest and members as they were before it was written."""
    computed = ("members", "model_digest")
    head = {key: value for key, value in bundle.manifest.items() if key not in computed}
    return Draft(_canonical(head), {name: bundle.member(name) for name in bundle.members if name != "bundle.json"})


def _canonical(value: Any) -> Any:
    """Floats of descriptive keys in the form that canonical JSON takes."""
    from modelpack.canonical import typed

    return typed(value)


def against_native(bundle: Bundle, sample: Any) -> Callable[[Any, Callable[[Answers], Answers] | None], EngineReport]:
    """Compares the sample's answers with those of the bundle's native engine."""

    def replayed(predictor: Any, bound: Callable[[Answers], Answers] | None) -> EngineReport:
        report = EngineReport()
        with bundle.predictor(engine="native") as native:
            expected = native.predict_raw(sample)
            compare(
                report,
                expected,
                predictor.predict_raw(sample),
                bound(expected) if bound is not None else None,
                sample,
                0,
                ("native", predictor.engine),
            )
        return report

    return replayed
