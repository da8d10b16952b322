"""The bytes of a model file."""

from __future__ import annotations

import os
from pathlib import Path

from modelpack.errors import IoError, NotFoundError


def file_bytes(path: str | os.PathLike[str]) -> bytes:
    """The whole file.

    Raises
    ------
    NotFoundError, IoError
    """
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise NotFoundError(f"{os.fspath(path)}: there is no such file") from None
    except OSError as error:
        raise IoError(f"{os.fspath(path)} cannot be read: {error.strerror}") from None
