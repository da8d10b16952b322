"""The constants of the C twin of the elementary functions, translated from tables.rs by tools/make_math_tables.py."""

from __future__ import annotations

import re
import struct
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "native" / "math" / "c"
# What the C functions use; tables.rs has more.
NAMES = [
    "STEPS_PER_LN2",
    "STEP_HIGH",
    "STEP_MIDDLE",
    "STEP_LOW",
    "LN2_HIGH",
    "LN2_LOW",
    "LN2",
    "INVERSE_LN2",
    "THIRD",
    "WIDE_LN2",
    "WIDE_INVERSE_LN2",
    "POWERS",
    "INVERSES",
]
ITEM = re.compile(r"((?:^/// .*\n)+)^pub (?:const|static) (\w+): ([^=]+) = ([^;]+);$", re.MULTILINE)


def dimensions(kind: str) -> list[int]:
    """The sizes of a Rust type of tuples and arrays, outermost first."""
    array = re.fullmatch(r"\[(.+); (\d+)\]", kind)
    if array:
        return [int(array[2]), *dimensions(array[1])]
    if kind.startswith("("):
        return [kind.count("f64")]
    return []


def values(kind: str, expression: str) -> list[str]:
    """The numbers of an item as C literals; a 64-bit limb is two of 32 bits."""
    numbers = [int(digits.replace("_", ""), 16) for digits in re.findall(r"0x([0-9a-f_]+)", expression)]
    if "u64" in kind:
        return [f"0x{part:08x}" for number in numbers for part in (number & 0xFFFFFFFF, number >> 32)]
    return [struct.unpack("<d", struct.pack("<Q", number))[0].hex() for number in numbers]


def initialiser(sizes: list[int], literals: list[str]) -> str:
    """The literals in braces, a row to a line."""
    if len(sizes) < 2:
        return "{" + ", ".join(literals) + "}" if sizes else literals[0]
    width = len(literals) // sizes[0]
    rows = (literals[i : i + width] for i in range(0, len(literals), width))
    return "{\n" + "".join(f"    {initialiser(sizes[1:], row)},\n" for row in rows) + "}"


def items(rust: str) -> list[tuple[str, str, str]]:
    """Comment, C declaration and initialiser of each constant."""
    found = {name: (comment, kind, text) for comment, name, kind, text in ITEM.findall(rust)}
    result = []
    for name in NAMES:
        comment, kind, text = found[name]
        sizes = dimensions(kind)
        literals = values(kind, text)
        if "u64" in kind:
            sizes = [2 * sizes[0]]
        element = "uint32_t" if "u64" in kind else "double"
        declaration = f"const {element} mp_math_{name.lower()}" + "".join(f"[{size}]" for size in sizes)
        words = " ".join(line.removeprefix("/// ") for line in comment.splitlines())
        result.append((words, declaration, initialiser(sizes, literals)))
    return result


def sources(rust: str) -> list[tuple[Path, str]]:
    """The header and the source file, with their texts, for the text of tables.rs."""
    notice = "/* Written by tools/make_math_tables.py; not edited by hand. */\n"
    header = notice + "#ifndef MODELPACK_MATH_TABLES_H\n#define MODELPACK_MATH_TABLES_H\n\n#include <stdint.h>\n\n"
    source = notice + '#include "modelpack_math_tables.h"\n'
    for comment, declaration, text in items(rust):
        header += f"/* {comment} */\nextern {declaration};\n"
        source += f"\n{declaration} = {text};\n"
    header += "\n#endif\n"
    return [(FOLDER / "modelpack_math_tables.h", header), (FOLDER / "modelpack_math_tables.c", source)]
