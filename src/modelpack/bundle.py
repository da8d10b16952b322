"""An opened bundle: what the file says about itself and its model."""

from __future__ import annotations

import os
from types import TracebackType
from typing import TYPE_CHECKING, Any

from modelpack._core import NULL, Handle, encoded, ffi, lib, new_error, number_of, raise_error, text_of
from modelpack.canonical import parse_json
from modelpack.errors import ClosedError
from modelpack.explanation import Explanation
from modelpack.nodes import Nodes
from modelpack.once import once
from modelpack.schema import Schema
from modelpack.trust import Unsigned
from modelpack.trust_policy import ENGINES, TrustPolicy

if TYPE_CHECKING:
    from modelpack.predictor import Predictor

__all__ = ["Bundle"]


class Bundle:
    """A bundle whose structure and digests hold. Made by `modelpack.open`.

    Attributes
    ----------
    path : str or None
        Where it was opened from, absolute; None if from memory.
    name, version : str
    identity : str
        ``sha256:…`` of `bundle.json`: covers every byte but the signatures.
    model_digest : str
        ``sha256:…`` of what decides the answers; equal for two packagings of one model.
    verified : bool
        Whether a rule of a trust policy was met; False under `modelpack.UNSIGNED`.
    trust : TrustPolicy, Unsigned or None
        What it was opened under; None for inspection.
    schema : Schema
    manifest, metrics, record, config : dict
        Contents of `bundle.json`, `metrics.json`, `record.json`, `config.json`; empty where there is no such member.
    """

    def __init__(self, handle: Handle, path: str | None, trust: TrustPolicy | Unsigned | None) -> None:
        self._handle = handle
        self.trust = trust
        self.path = path
        self.name = text_of(lib.mp_bundle_name, handle)
        self.version = text_of(lib.mp_bundle_version, handle)
        self.identity = text_of(lib.mp_bundle_identity, handle)
        self.model_digest = text_of(lib.mp_bundle_model_digest, handle)
        self.verified = bool(number_of("int32_t", lib.mp_bundle_verified, handle))
        self.schema = Schema.from_json(self.member("schema.json"))

    def __repr__(self) -> str:
        return f"<modelpack.Bundle {self.name} {self.version} {self.identity[:19]}…>"

    # ---- trust ----

    @once
    def explanation(self) -> Explanation | None:
        """Why it may be used: the rule that was met, and what became of each signature. None for inspection."""
        if self.trust is None:
            return None
        return Explanation.from_json(text_of(lib.mp_bundle_explanation, self.handle))

    @property
    def permitted_engines(self) -> tuple[str, ...]:
        """Names of the engines that may run; none for inspection."""
        bits = number_of("uint32_t", lib.mp_bundle_permitted_engines, self.handle)
        return tuple(name for name, bit in ENGINES.items() if bits & bit)

    def check_successor(self, next: Bundle, *, allow_rollback: bool = False) -> None:
        """Checks that `next` may take this bundle's place while callers go on.

        It has this name, no lower version, and serves whoever gives what this one asks for and reads what this one
        answers; docs/SERVICE.md says what that means.

        Parameters
        ----------
        next
        allow_rollback : bool
            A lower version, or another build of this version, may follow too.

        Raises
        ------
        TrustError
            ``name`` is WRONG_NAME, WRONG_VERSION, WRONG_IDENTITY, or INCOMPATIBLE_SCHEMA: the message names the
            differences.
        """
        error = new_error()
        code = lib.mp_bundle_check_successor(self.handle, next.handle, int(allow_rollback), error)
        if code:
            raise_error(error, code)

    # ---- members ----

    @property
    def members(self) -> tuple[str, ...]:
        """Names of the members, signatures aside."""
        handle = self.handle
        count = number_of("uint64_t", lib.mp_bundle_member_count, handle)
        return tuple(text_of(lib.mp_bundle_member_name, handle, index) for index in range(count))

    def member(self, name: str) -> bytes:
        """The bytes of a member, its digest checked before they are handed out.

        Raises
        ------
        FormatError
            There is no such member, or it does not have the digest that `bundle.json` states.
        """
        text, length = encoded(name)
        data, size, error = ffi.new("void **"), ffi.new("uint64_t *"), new_error()
        code = lib.mp_bundle_member(self.handle, text, length, data, size, error)
        if code:
            raise_error(error, code)
        return bytes(ffi.buffer(data[0], size[0]))

    @once
    def manifest(self) -> dict[str, Any]:
        return self._json("bundle.json")

    @once
    def metrics(self) -> dict[str, Any]:
        return self._json("metrics.json")

    @once
    def record(self) -> dict[str, Any]:
        return self._json("record.json")

    @once
    def config(self) -> dict[str, Any]:
        return self._json("config.json")

    def _json(self, name: str) -> dict[str, Any]:
        if name != "bundle.json" and name not in self.members:
            return {}
        content: dict[str, Any] = parse_json(self.member(name))
        return content

    # ---- partitions ----

    @property
    def partition_keys(self) -> tuple[str, ...]:
        """The features that choose the model, outermost first; empty without partitions."""
        return self.schema.keys

    def nodes(self) -> Nodes:
        """The nodes that have a model or a parent's; a bundle without partitions has the root alone."""
        return Nodes(self.handle, self.schema.keys)

    # ---- use ----

    def predictor(
        self,
        *,
        engine: str | None = None,
        threads: int | str = 1,
        cache_bytes: int | None = None,
        onnxruntime: str | os.PathLike[str] | None = None,
    ) -> Predictor:
        """A predictor of this bundle; see `modelpack.load`. It outlives the bundle."""
        from modelpack.predictor import Predictor

        return Predictor(self, engine=engine, threads=threads, cache_bytes=cache_bytes, onnxruntime=onnxruntime)

    def close(self) -> None:
        """Lets go of the file's bytes. What was read stays; predictors go on."""
        self._handle = NULL

    def __enter__(self) -> Bundle:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def handle(self) -> Handle:
        """The core's handle.

        Raises
        ------
        ClosedError
        """
        handle = self._handle
        if handle == NULL:
            raise ClosedError(f"the bundle {self.name} {self.version} was closed")
        return handle
