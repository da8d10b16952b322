"""From C source to a library."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from modelpack.engines.compiled.bounded import Bounds
from modelpack.engines.compiled.compiler import find_compiler
from modelpack.engines.compiled.triple import Triple

__all__ = ["build_library"]

# A library for Windows that needs no other: its entry, which has nothing to do, and what compilers call by themselves.
_WINDOWS = """\
#include <stddef.h>
int _fltused = 0;
int __stdcall DllMainCRTStartup(void *instance, unsigned long reason, void *reserved)
{
    (void)instance, (void)reason, (void)reserved;
    return 1;
}
void *memcpy(void *to, const void *from, size_t count)
{
    char *out = to;
    const char *in = from;
    while (count--) *out++ = *in++;
    return to;
}
void *memmove(void *to, const void *from, size_t count)
{
    char *out = to;
    const char *in = from;
    if (out <= in) return memcpy(to, from, count);
    while (count--) out[count] = in[count];
    return to;
}
void *memset(void *to, int byte, size_t count)
{
    char *out = to;
    while (count--) *out++ = (char)byte;
    return to;
}
"""


def build_library(sources: Mapping[str, str], triple: Triple, bounds: Bounds | None = None) -> bytes:
    """Compiles files of C into one shared library.

    The same source and compiler give the same bytes: neither time nor places are in them.

    Parameters
    ----------
    sources : mapping of file name to text
        All `.c` files are compiled; headers lie beside them.
    triple : Triple
    bounds : Bounds, optional
        What the build may take.

    Raises
    ------
    UnsupportedModelError
        There is no compiler, it failed, or it took too much.
    """
    compiler = find_compiler(triple)
    bounds = bounds or Bounds()
    added = {"mp_windows.c": _WINDOWS} if triple.system == "windows" else {}
    with tempfile.TemporaryDirectory(prefix="modelpack-") as name:
        folder = Path(name)
        environment = compiler.environment(folder)
        files = {**sources, **added}
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8", newline="\n")
        units = sorted(file for file in files if file.endswith(".c"))
        objects = [f"{unit[:-2]}.o" for unit in units]
        # The largest first, so that none is left alone at the end.
        order = sorted(zip(units, objects, strict=True), key=lambda pair: -len(files[pair[0]]))
        bounds.run([compiler.compiling(unit, made) for unit, made in order], folder, environment)
        bounds.run([compiler.linking(objects, "model.so")], folder, environment)
        return (folder / "model.so").read_bytes()
