"""How a bundle reaches the executors: under a name made of its identity, or on a path that they share."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelpack.errors import UsageError

if TYPE_CHECKING:
    from modelpack.bundle import Bundle

__all__ = ["Shipped", "is_connect", "ship"]

# What this process has sent, by session.
_sent: set[tuple[str, str]] = set()


@dataclass(frozen=True)
class Shipped:
    """Where a worker finds a bundle, and which one it must be.

    Attributes
    ----------
    identity : str
        Of the bundle that the driver verified; no other is opened.
    engines : tuple of str
        Those that the driver's policy permits.
    file : str
        Name among Spark's files, or an absolute path.
    """

    identity: str
    engines: tuple[str, ...]
    file: str

    def path(self) -> str:
        """The file's path in a worker."""
        if os.path.isabs(self.file):
            return self.file
        from pyspark import SparkFiles

        return SparkFiles.get(self.file)


def ship(session: Any, bundle: Bundle, send: bool) -> Shipped:
    """Sends the bundle's file once per session; without `send` the executors read it from the path itself.

    Nothing that happens to the file on its way is trusted: workers check that it is the bundle verified here.
    """
    assert bundle.path is not None, "it was opened from a path"
    if not send:
        return Shipped(bundle.identity, bundle.permitted_engines, bundle.path)
    name = f"modelpack-{bundle.identity.removeprefix('sha256:')}.mpk"
    key = (_session_name(session), name)
    if key not in _sent:
        _send(session, bundle.path, name)
        _sent.add(key)
    return Shipped(bundle.identity, bundle.permitted_engines, name)


def is_connect(thing: Any) -> bool:
    """Whether a session or data frame is one of Spark Connect."""
    return type(thing).__module__.startswith("pyspark.sql.connect.")


def _session_name(session: Any) -> str:
    name: str = session.session_id if is_connect(session) else session.sparkContext.applicationId
    return name


def _send(session: Any, path: str, name: str) -> None:
    if is_connect(session):
        # An artifact is sent whole by this call.
        with tempfile.TemporaryDirectory(prefix="modelpack-") as folder:
            session.addArtifacts(_copied(path, folder, name), file=True)
        return
    # The driver serves the file as long as the application lives; Spark removes its own temporary folder then.
    context = session.sparkContext
    if any(sent.endswith(f"/{name}") for sent in context.listFiles):
        return  # by somebody else of the application, such as the JVM's transformer
    folder = tempfile.mkdtemp(prefix="modelpack-", dir=getattr(context, "_temp_dir", None))
    context.addFile(_copied(path, folder, name))


def _copied(path: str, folder: str, name: str) -> str:
    place = os.path.join(folder, name)
    try:
        shutil.copyfile(path, place)
    except OSError as error:
        raise UsageError(f"{path} cannot be sent to the executors: {error}") from error
    return place
