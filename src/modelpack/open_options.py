"""What the caller of `open`, `verify` and `explain` believes and expects, in the core's form."""

from __future__ import annotations

from modelpack._core import Handle, encoded, struct
from modelpack.trust import Unsigned, trust_handle
from modelpack.trust_policy import TrustPolicy

__all__ = ["OpenOptions"]


class OpenOptions:
    """The core's struct, with the memory that it points to.

    Attributes
    ----------
    struct : Handle
        ``mp_open_options *``, valid as long as this object.
    """

    def __init__(
        self, trust: TrustPolicy | Unsigned, name: str | None, min_version: str | None, identity: str | None
    ) -> None:
        self.struct: Handle = struct("mp_open_options")
        permit, expected = trust_handle(trust), [encoded(text) for text in (name, min_version, identity)]
        self._alive = (permit, expected)
        self.struct.trust = permit
        (self.struct.name, self.struct.name_length) = expected[0]
        (self.struct.min_version, self.struct.min_version_length) = expected[1]
        (self.struct.identity, self.struct.identity_length) = expected[2]
