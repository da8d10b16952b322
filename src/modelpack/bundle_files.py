"""The bundles at a path: the file itself, or the ``.mpk`` files of a folder."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import NamedTuple

from modelpack._core import lib, number_of
from modelpack.bundle import Bundle
from modelpack.errors import IoError, ModelpackError
from modelpack.opening import open as open_bundle
from modelpack.trust import Unsigned
from modelpack.trust_policy import TrustPolicy

__all__ = ["BundleFiles"]

# A file changed less than this ago may change again without its attributes showing it, where clocks are coarse.
_SETTLED_SECONDS = 2.0
_SUFFIX = ".mpk"

Refused = Callable[[str, ModelpackError], None]


class _Look(NamedTuple):
    """What tells one state of a file from another, behind all symbolic links.

    Those of a Kubernetes mount lead to another folder after an update.
    """

    real: str
    device: int
    inode: int
    size: int
    changed: int
    status_changed: int

    @property
    def settled(self) -> bool:
        return max(self.changed, self.status_changed) / 1e9 + _SETTLED_SECONDS < time.time()


class BundleFiles:
    """Used by one thread at a time."""

    def __init__(self, path: str, trust: TrustPolicy | Unsigned, name: str, min_version: str | None) -> None:
        self._path = path
        self._trust = trust
        self._name, self._min_version = name, min_version
        self._seen: dict[str, _Look | None] | None = None

    def changed(self) -> bool:
        """Whether the files may be others than at the last call."""
        try:
            looks = {file: _look(file) for file in self._files()}
        except OSError:  # reading will say what is wrong
            self._seen = None
            return True
        changed = looks != self._seen
        self._seen = looks if all(look is not None and look.settled for look in looks.values()) else None
        return changed

    def forget(self) -> None:
        """Has `changed` say yes the next time."""
        self._seen = None

    def best(self, refused: Refused) -> Bundle | None:
        """The bundle with the highest version; what is refused goes to `refused`."""
        best: Bundle | None = None
        try:
            files = self._files()
        except OSError as error:
            refused(self._path, IoError(f"{self._path} cannot be read: {error}"))
            return None
        for file in files:
            found = self._open(file, refused)
            if found is not None and (best is None or compare_version(found, best) > 0):
                best = found
        return best

    def _files(self) -> list[str]:
        if not os.path.isdir(self._path):
            return [self._path]
        names = (name for name in os.listdir(self._path) if name.endswith(_SUFFIX) and not name.startswith("."))
        return [os.path.join(self._path, name) for name in sorted(names)]

    def _open(self, file: str, refused: Refused) -> Bundle | None:
        try:
            return open_bundle(file, self._trust, name=self._name, min_version=self._min_version)
        except ModelpackError as error:
            # In a folder other models may lie beside the one expected.
            if file == self._path or error.name != "WRONG_NAME":
                refused(file, error)
            return None


def compare_version(bundle: Bundle, other: Bundle) -> int:
    """1 where the version of `bundle` is the higher one, 0 where they are equal, else -1."""
    return number_of("int32_t", lib.mp_bundle_compare_version, bundle.handle, other.handle)


def _look(file: str) -> _Look | None:
    """None if the file cannot be looked at."""
    try:
        real = os.path.realpath(file)
        found = os.stat(real)
    except OSError:
        return None
    return _Look(real, found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
