"""Trust policies: which keys vouch for which bundles."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelpack._core import Handle, encoded, ffi, found_or_missing, lib, made_text, new_error, raise_error
from modelpack.errors import IoError, UsageError
from modelpack.locations import default_policy_path

if TYPE_CHECKING:
    from modelpack.explanation import Explanation

__all__ = ["ENGINES", "TrustPolicy", "TrustRule", "TrustedKey"]

# Bits of the core, MP_ENGINE_*.
ENGINES = {"native": 1, "onnx": 2, "compiled": 4}


@dataclass(frozen=True)
class TrustedKey:
    """A public key that a policy knows.

    Attributes
    ----------
    name : str
        As the policy calls it.
    hint : str
        SHA-256 of the key's PEM in 64 hex digits: names the key's signature in a bundle.
    curve : str
        ``P-256`` or ``P-384``.
    pem : str
    not_after : str or None
        The last second (UTC) at which its signatures count.
    revoked : bool
    """

    name: str
    hint: str
    curve: str
    pem: str
    not_after: str | None
    revoked: bool


@dataclass(frozen=True)
class TrustRule:
    """What a policy asks of the bundles whose name matches; the first rule that matches decides.

    Attributes
    ----------
    bundle : str
        Name of the bundle; ``*`` stands for any characters.
    keys : tuple of str
        Names of the keys that count.
    threshold : int
        How many of them must have signed.
    engines : tuple of str
        Engines that may run.
    min_version : str or None
    identities : tuple of str or None
        The only bundles accepted, where given.
    revoked_identities : tuple of str
    """

    bundle: str
    keys: tuple[str, ...]
    threshold: int
    engines: tuple[str, ...]
    min_version: str | None
    identities: tuple[str, ...] | None
    revoked_identities: tuple[str, ...]

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> TrustRule:
        pinned = fields["identities"]
        return cls(
            bundle=fields["bundle"],
            keys=tuple(fields["keys"]),
            threshold=fields["threshold"],
            engines=tuple(fields["engines"]),
            min_version=fields["min_version"],
            identities=None if pinned is None else tuple(pinned),
            revoked_identities=tuple(fields["revoked_identities"]),
        )

    def bounds(self) -> list[str]:
        """What it asks beside signatures, for people."""
        found = []
        if self.min_version:
            found.append(f"at least {self.min_version}")
        if self.identities is not None:
            found.append(f"{len(self.identities)} pinned")
        if self.revoked_identities:
            found.append(f"{len(self.revoked_identities)} revoked")
        return found


class TrustPolicy:
    """Which keys vouch for which bundles. Immutable: a file that changes later changes nothing.

    Attributes
    ----------
    location : str or None
        The file it was read from, absolute; None for one that was given as text, and for the user's own.
    source : str
        Where it came from, for people.
    keys : tuple of TrustedKey
    rules : tuple of TrustRule

    Examples
    --------
    >>> policy = modelpack.TrustPolicy.load("trust.json")  # doctest: +SKIP
    >>> predictor = modelpack.load("eta-1.4.0.mpk", policy, name="eta")  # doctest: +SKIP
    >>> print(policy.explain("eta-1.4.0.mpk"))  # doctest: +SKIP
    """

    def __init__(self, handle: Handle, kind: str, location: str | None = None) -> None:
        self.handle = handle
        self.kind = kind
        self.location = location
        content = json.loads(made_text(lib.mp_trust_describe, handle))
        self.source: str = content["source"]
        self.keys = tuple(TrustedKey(**key) for key in content["keys"])
        self.rules = tuple(TrustRule.from_json(rule) for rule in content["rules"])

    def __repr__(self) -> str:
        return f"<modelpack.TrustPolicy {self.source}: {len(self.keys)} keys, {len(self.rules)} rules>"

    # ---- where policies come from ----

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> TrustPolicy:
        """From a policy file (trust.json), or from a public key as PEM: whatever that key signed, native engine only.

        Raises
        ------
        TrustError
            The file is no policy (a misspelt field is refused by name), or no key on P-256 or P-384.
        IoError
            It cannot be read (`NotFoundError` if it does not exist).
        """
        place = os.path.abspath(os.fsdecode(path))
        text, length = encoded(place)
        try:
            return cls(_made(lib.mp_trust_from_file, text, length), "file", place)
        except IoError as error:
            raise found_or_missing(error, place) from None

    @classmethod
    def from_text(cls, text: str | bytes, source: str | None = None) -> TrustPolicy:
        """From the text of a policy or of a public key as PEM.

        Parameters
        ----------
        text
        source : str, optional
            How errors and explanations call it.
        """
        data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else bytes(text)
        name, length = encoded(source)
        return cls(_made(lib.mp_trust_from_bytes, ffi.from_buffer(data), len(data), name, length), "text")

    @classmethod
    def from_key(cls, pem: str | bytes) -> TrustPolicy:
        """Whatever the key signed, native engine only; `pem` is the text of a public key."""
        if (pem if isinstance(pem, bytes) else pem.encode("utf-8", "replace")).lstrip().startswith(b"{"):
            raise UsageError(
                "this is no public key as PEM", hint="TrustPolicy.from_text takes the text of a policy, load a file"
            )
        return cls.from_text(pem)

    @classmethod
    def default(cls) -> TrustPolicy:
        """The file that MODELPACK_TRUST in the environment names, else trust.json in the user's configuration folder.

        Where there is none, the policy permits nothing, and what is opened with it says how to mend that.
        """
        try:
            return cls(_made(lib.mp_trust_default), "user")
        except IoError as error:
            raise found_or_missing(error, str(default_policy_path())) from None

    @classmethod
    def of_identity(cls, identity: str, engines: Sequence[str] = ("native",)) -> TrustPolicy:
        """Exactly this bundle, which somebody else has verified: what a driver hands to its workers.

        Parameters
        ----------
        identity : str
            `Bundle.identity` of the bundle that was verified.
        engines : names
            Its `Bundle.permitted_engines`.
        """
        unknown = [engine for engine in engines if engine not in ENGINES]
        if unknown:
            raise UsageError(f"the engine {unknown[0]!r:.64} is not known", hint=f"known are {', '.join(ENGINES)}")
        text, length = encoded(identity)
        bits = sum(ENGINES[engine] for engine in set(engines))
        return cls(_made(lib.mp_trust_from_identity, text, length, bits), "identity")

    # ---- what it decides ----

    def explain(
        self,
        path: str | os.PathLike[str],
        *,
        name: str | None = None,
        min_version: str | None = None,
        identity: str | None = None,
    ) -> Explanation:
        """Which rule decides over a bundle, which signatures count, and why others do not.

        Succeeds whatever the decision: `Explanation.trusted` has it. To be refused what is not trusted, use
        `modelpack.verify` or `modelpack.open`.

        Raises
        ------
        FormatError
            The file has no readable structure.
        IoError
        """
        from modelpack.verifying import explain

        return explain(path, self, name=name, min_version=min_version, identity=identity)

    def __reduce__(self) -> tuple[Any, ...]:
        """A pickle holds where the policy is, never what it says."""
        if self.kind == "user":
            return TrustPolicy.default, ()
        if self.location is None:
            raise UsageError(
                "a trust policy that was not read from a file cannot be pickled",
                hint="write it to a file and load that",
            )
        return TrustPolicy.load, (self.location,)


def _made(make: Any, *arguments: Any) -> Handle:
    out, error = ffi.new("mp_trust **"), new_error()
    code = make(*arguments, out, error)
    if code:
        raise_error(error, code)
    return ffi.gc(out[0], lib.mp_trust_free)
