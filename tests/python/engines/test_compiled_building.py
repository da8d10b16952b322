"""Libraries for this machine and for others: what is in them, and what a build may take."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from written_library import library, packed_line

import modelpack
from modelpack.engines.compiled.bounded import Bounds
from modelpack.engines.compiled.compiler import find_compiler
from modelpack.engines.compiled.library import build_library
from modelpack.engines.compiled.triple import TRIPLES, Triple, host_triple

HOST = host_triple()
READELF = shutil.which("readelf")
MACHINES = {"x86_64": "Advanced Micro Devices X86-64", "aarch64": "AArch64"}
LINUX = [name for name in TRIPLES if "-linux-" in name]

# What every process has.
FROM_THE_PROCESS = {"memcpy", "memset", "memmove", "memcmp"}

SQUARE = {"square.c": "double square(double x) { return x * x; }\n"}


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> modelpack.Bundle:
    return packed_line(tmp_path_factory.mktemp("line") / "line.mpk")


def readelf(*arguments: object) -> str:
    assert READELF is not None, "readelf is part of binutils, which C compilers bring"
    return subprocess.run([READELF, "-W", *map(str, arguments)], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("name", [*LINUX, f"{HOST.base}+v3" if HOST.base.startswith("x86_64") else HOST.base])
def test_a_library_for_linux_exports_one_symbol_and_needs_no_other_library(line, tmp_path, name):
    triple = Triple.parse(name)
    path = tmp_path / "model.so"
    path.write_bytes(library(line, triple))
    assert f"Machine:                           {MACHINES[name.partition('-')[0]]}" in readelf("-h", path)
    dynamic = readelf("-d", path)
    assert "(NEEDED)" not in dynamic
    assert "TEXTREL" not in dynamic
    assert "NOW" in dynamic
    symbols = [line.split() for line in readelf("--dyn-syms", path).splitlines() if re.match(r"\s+\d+:", line)]
    defined = {words[7] for words in symbols if len(words) > 7 and words[6] != "UND"}
    missing = {words[7].partition("@")[0] for words in symbols if len(words) > 7 and words[6] == "UND"}
    assert defined == {"mp_compiled_model"}
    assert missing <= FROM_THE_PROCESS
    stack = next(line for line in readelf("-l", path).splitlines() if "GNU_STACK" in line)
    assert "RWE" not in stack
    sections = readelf("-S", path)
    assert ".note.gnu.build-id" not in sections
    assert ".debug_" not in sections
    assert ".symtab" not in sections


@pytest.mark.parametrize(
    "name, magic",
    [
        ("x86_64-windows-gnu", b"MZ"),
        ("aarch64-windows-gnu", b"MZ"),
        ("x86_64-macos", bytes.fromhex("cffaedfe07000001")),
        ("aarch64-macos", bytes.fromhex("cffaedfe0c000001")),
    ],
)
def test_a_library_for_windows_and_macos_is_one_of_that_system(line, name, magic):
    data = library(line, Triple.parse(name))
    assert data.startswith(magic)
    assert b"mp_compiled_model" in data
    assert b"/tmp/" not in data


@pytest.mark.parametrize("name", [HOST.base, "aarch64-linux-musl", "x86_64-windows-gnu"])
def test_the_same_source_makes_the_same_bytes(line, name):
    triple = Triple.parse(name)
    assert library(line, triple) == library(line, triple)


def test_no_trace_of_the_place_of_building_is_left(line):
    data = library(line, HOST)
    for trace in (b"/tmp", b"modelpack-", str(Path.home()).encode(), b"GCC:", b"clang"):
        assert trace not in data


@pytest.mark.parametrize("text", ["x86_64", "sparc-linux-gnu", "aarch64-linux-gnu+v3", "x86_64-linux-gnu+v4", ""])
def test_an_unknown_triple_is_refused_with_those_that_are_known(text):
    with pytest.raises(modelpack.UsageError, match=r"x86_64-linux-gnu, .*aarch64-macos"):
        Triple.parse(text)


def test_a_build_that_takes_too_long_is_ended():
    with pytest.raises(modelpack.UnsupportedModelError, match="more than 0 s"):
        build_library(SQUARE, HOST, Bounds(seconds=0.0))


def test_a_build_that_takes_too_much_memory_is_ended():
    with pytest.raises(modelpack.UnsupportedModelError, match="failed"):
        build_library(SQUARE, HOST, Bounds(memory_bytes=10 << 20))


def test_what_the_compiler_says_is_told():
    with pytest.raises(modelpack.UnsupportedModelError, match=r"unbalanced\.c"):
        build_library({"unbalanced.c": "double square(double x) { return x * x;\n"}, HOST)


def test_the_systems_compiler_is_for_this_machine_and_ziglang_for_others(monkeypatch):
    assert not find_compiler(HOST).zig
    assert find_compiler(Triple("aarch64-macos")).zig
    monkeypatch.setenv("CC", "no-such-compiler")
    assert find_compiler(HOST).zig


def test_ziglang_needs_no_home(monkeypatch):
    for name in ("HOME", "XDG_CACHE_HOME", "ZIG_GLOBAL_CACHE_DIR"):
        monkeypatch.delenv(name, raising=False)
    assert build_library(SQUARE, Triple("aarch64-linux-gnu")).startswith(b"\x7fELF")


def test_a_missing_compiler_is_an_error_that_says_what_to_install(monkeypatch):
    monkeypatch.setenv("CC", "no-such-compiler")
    monkeypatch.setattr("modelpack.engines.compiled.compiler.find_spec", lambda name: None)
    with pytest.raises(modelpack.UnsupportedModelError, match="pip install ziglang"):
        find_compiler(HOST)
