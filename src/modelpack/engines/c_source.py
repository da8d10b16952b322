"""A bundle's model as C99 without dependencies. The core writes it (native/emit)."""

from __future__ import annotations

import os
from pathlib import Path

from modelpack._core import Handle, encoded, ffi, lib, new_error, number_of, raise_error, struct, text_of
from modelpack.bundle import Bundle
from modelpack.errors import InputError
from modelpack.opening import inspect

__all__ = ["emit_c", "library_files"]


def emit_c(
    bundle: str | os.PathLike[str] | Bundle,
    folder: str | os.PathLike[str],
    *,
    prefix: str | None = None,
    overwrite: bool = False,
) -> list[Path]:
    """Writes the model as C99 that needs nothing else: the same bits as here, no heap, ``-ffreestanding`` is enough.

    Nothing is verified; open the bundle under a trust policy and pass that, if it should be. ``make test`` in the
    folder answers the golden rows; ``NAME.h`` explains the rest (docs/C_SOURCE.md).

    Parameters
    ----------
    bundle : path or Bundle
    folder : path
        Where the files go; made if it is not there.
    prefix : str, optional
        What the names of functions, types and files begin with, ``[a-z][a-z0-9_]*``; made from the bundle's name by
        default.
    overwrite : bool
        Replace existing files.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    UsageError
        The prefix cannot begin names of C.
    InputError
        A file exists.
    ModelpackError
        The bundle is partitioned, or has no program.

    Examples
    --------
    >>> modelpack.emit_c("eta-1.0.0.mpk", "eta-c")  # doctest: +SKIP
    """
    files = _files(bundle if isinstance(bundle, Bundle) else inspect(bundle), prefix, lib.MP_SOURCE_STANDALONE)
    place = Path(folder)
    paths = [place / name for name in files]
    existing = [path for path in paths if path.exists()]
    if existing and not overwrite:
        raise InputError(f"{existing[0]} exists; choose another folder, or pass overwrite=True")
    place.mkdir(parents=True, exist_ok=True)
    for path, text in zip(paths, files.values(), strict=True):
        path.write_text(text, encoding="utf-8", newline="\n")
    return paths


def library_files(bundle: Bundle) -> dict[str, str]:
    """What a compiled library is built from: texts by file name. Its symbol is ``mp_compiled_model``."""
    return _files(bundle, "model", lib.MP_SOURCE_LIBRARY)


def _files(bundle: Bundle, prefix: str | None, form: int) -> dict[str, str]:
    options = struct("mp_source_options")
    name, length = encoded(prefix)
    options.prefix, options.prefix_length, options.form = name, length, form
    out, error = ffi.new("mp_source **"), new_error()
    code = lib.mp_source_new(bundle.handle, options, out, error)
    if code:
        raise_error(error, code)
    source: Handle = ffi.gc(out[0], lib.mp_source_free)
    count = number_of("uint64_t", lib.mp_source_count, source)
    return {text_of(lib.mp_source_name, source, i): text_of(lib.mp_source_text, source, i) for i in range(count)}
