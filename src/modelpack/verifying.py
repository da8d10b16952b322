"""Verification as an end in itself."""

from __future__ import annotations

import os
from typing import Any

from modelpack._core import encoded, found_or_missing, lib, made_text
from modelpack.errors import IoError
from modelpack.explanation import Explanation
from modelpack.open_options import OpenOptions
from modelpack.trust import Trust, resolved

__all__ = ["explain", "verify"]

_FULL = 1


def verify(
    path: str | os.PathLike[str],
    trust: Trust = None,
    *,
    name: str | None = None,
    min_version: str | None = None,
    identity: str | None = None,
    full: bool = False,
) -> Explanation:
    """Verifies a bundle as `modelpack.open` does, and says what was found.

    Parameters
    ----------
    path
    trust
        A `TrustPolicy`, the path of a policy file or of a public key, a public key as text; by default the user's
        policy.
    name, min_version, identity
        What the caller expects; anything else is refused.
    full : bool
        Hash every member, not only those that are needed to open the bundle.

    Raises
    ------
    TrustError
        The bundle is not trusted: the message says which step failed and what to do. Nothing is answered instead.
    FormatError
        The bytes are no bundle, a damaged one, or one that this version cannot read.
    IoError
        The file cannot be read (`NotFoundError` if it does not exist).

    Examples
    --------
    >>> print(modelpack.verify("eta-1.4.0.mpk", "trust.json", name="eta", full=True))  # doctest: +SKIP
    """
    options = OpenOptions(resolved(trust), name, min_version, identity)
    return _report(path, lib.mp_bundle_verify, options, _FULL if full else 0)


def explain(
    path: str | os.PathLike[str],
    trust: Trust,
    *,
    name: str | None = None,
    min_version: str | None = None,
    identity: str | None = None,
) -> Explanation:
    """The same without refusing; see `TrustPolicy.explain`."""
    return _report(path, lib.mp_bundle_explain, OpenOptions(resolved(trust), name, min_version, identity))


def _report(path: str | os.PathLike[str], call: Any, options: OpenOptions, *flags: int) -> Explanation:
    place = os.path.abspath(os.fsdecode(path))
    text, length = encoded(place)
    try:
        return Explanation.from_json(made_text(call, text, length, options.struct, *flags))
    except IoError as error:
        raise found_or_missing(error, place) from None
