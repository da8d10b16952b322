"""Runs compiled libraries of another machine, where an emulator and that machine's C library are installed."""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from modelpack.engines.source import Source

FOLDER = Path(__file__).resolve().parent
HEADERS = FOLDER.parents[2] / "native" / "emit" / "c"
SYSROOT = Path("/usr/aarch64-linux-gnu")
TOOLS = [shutil.which("qemu-aarch64"), shutil.which("aarch64-linux-gnu-gcc")]

available = all(TOOLS) and SYSROOT.exists()
missing = "apt install qemu-user gcc-aarch64-linux-gnu: the emulator, a compiler and that machine's C library"


def build_runner(folder: Path) -> Path:
    """What loads libraries on that machine."""
    runner = folder / "run_library"
    command = [TOOLS[1], "-std=c99", "-O1", f"-I{HEADERS}", str(FOLDER / "run_library.c"), "-ldl", "-o", str(runner)]
    subprocess.run(command, check=True)
    return runner


def answers(runner: Path, library: Path, source: Source, cells: np.ndarray) -> tuple[int, Mapping[str, np.ndarray]]:
    """The library's code and its answers to rows of cells, which no policy changes."""
    inputs = [_column(source, entry["feature"], cells) for entry in source.program["inputs"]]
    outputs = [np.dtype(output.dtype) for output in source.schema.outputs for _ in range(output.columns)]
    sizes = [array.dtype.itemsize for array in inputs] + [dtype.itemsize for dtype in outputs]
    rows = len(cells)
    head = struct.pack(f"<QII{len(sizes)}I", rows, len(inputs), len(outputs), *sizes)
    given = head + b"".join(array.tobytes() for array in inputs)
    command = [TOOLS[0], "-L", str(SYSROOT), str(runner), str(library)]
    found = subprocess.run(command, input=given, check=True, capture_output=True).stdout
    (code,), start, columns = struct.unpack_from("<i", found), 4, []
    for dtype in outputs:
        columns.append(np.frombuffer(found, dtype, rows, start))
        start += rows * dtype.itemsize
    answered, column = {}, 0
    for output in source.schema.outputs:
        answered[output.name] = np.stack(columns[column : column + output.columns], axis=1)
        column += output.columns
    return code, answered


def _column(source: Source, name: str, cells: np.ndarray) -> np.ndarray:
    index = next(i for i, feature in enumerate(source.schema.features) if feature.name == name)
    dtype, column = source.schema.features[index].dtype, np.ascontiguousarray(cells[:, index])
    if dtype == "float64":
        return column.view(np.float64)
    if dtype == "float32":
        return column.view(np.float64).astype(np.float32)
    return column.view(np.int64).astype(np.int32 if dtype == "string" else np.int64)
