"""The constants of the C twin of the elementary functions: those of Rust, translated (tools/make_math_tables.py)."""

from __future__ import annotations

import re
import struct
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "native" / "math" / "c"
# What the C functions use, by the end of the source file's name, so that a program links only what it calls.
NAMES = {
    "": [
        "STEPS_PER_LN2",
        "STEP_HIGH",
        "STEP_MIDDLE",
        "STEP_LOW",
        "LN2_HIGH",
        "LN2_LOW",
        "LN2",
        "INVERSE_LN2",
        "THIRD",
        "STEPS_PER_PI",
        "ANGLE_HIGH",
        "ANGLE_MIDDLE",
        "ANGLE_LOW",
        "ANGLE_LOWEST",
        "ANGLE",
        "PI",
        "HALF_PI",
        "MINUS_SIXTH",
        "MINUS_THIRD",
        "WIDE_LN2",
        "WIDE_INVERSE_LN2",
        "WIDE_PI",
        "WIDE_ROOT_TWO_PI",
        "WIDE_TWO_PER_ROOT_PI",
    ],
    "_exp": ["POWERS"],
    "_log": ["INVERSES"],
    "_trig": ["TWO_OVER_PI", "SINES"],
    "_arc": ["ARCTANGENTS"],
    "_normal": ["ERF", "QUANTILE_TAIL", "QUANTILE_CENTRE"],
}
ITEM = re.compile(r"((?:^/// .*\n)+)(?:^#\[.*\n)*^pub (?:const|static) (\w+): ([^=]+) = ([^;]+);$", re.MULTILINE)


def dimensions(kind: str) -> list[int]:
    """The sizes of a Rust type of tuples and arrays, outermost first."""
    array = re.fullmatch(r"\[(.+); (\d+)\]", kind)
    if array:
        return [int(array[2]), *dimensions(array[1])]
    if kind.startswith("("):
        return [kind.count("f64")]
    return []


def is_mantissa(kind: str) -> bool:
    """Whether the type is that of one long number; a table of tables of u64 holds the bits of doubles."""
    return kind.startswith("[u64;")


def halves(number: int, comment: str) -> list[str]:
    """A 64-bit limb as two of 32 bits, in the order of the limbs."""
    parts = [f"0x{number & 0xFFFFFFFF:08x}", f"0x{number >> 32:08x}"]
    return parts[::-1] if "most significant limb first" in comment else parts


def literals(kind: str, expression: str, comment: str) -> list[str]:
    """The numbers of an item in C."""
    numbers = [int(digits.replace("_", ""), 16) for digits in re.findall(r"0x([0-9a-f_]+)", expression)]
    if is_mantissa(kind):
        return [half for number in numbers for half in halves(number, comment)]
    return [struct.unpack("<d", struct.pack("<Q", number))[0].hex() for number in numbers]


def initialiser(sizes: list[int], numbers: list[str]) -> str:
    """The numbers in braces, a row to a line."""
    if len(sizes) < 2:
        return "{" + ", ".join(numbers) + "}" if sizes else numbers[0]
    width = len(numbers) // sizes[0]
    rows = (numbers[i : i + width] for i in range(0, len(numbers), width))
    return "{\n" + "".join(f"    {initialiser(sizes[1:], row)},\n" for row in rows) + "}"


def items(rust: str, names: list[str]) -> list[tuple[str, str, str]]:
    """Comment, C declaration and initialiser of each constant."""
    found = {name: (comment, kind, text) for comment, name, kind, text in ITEM.findall(rust)}
    result = []
    for name in names:
        comment, kind, text = found[name]
        sizes = dimensions(kind)
        if is_mantissa(kind):
            sizes = [2 * sizes[0]]
        element = "uint32_t" if is_mantissa(kind) else "double"
        declaration = f"const {element} mp_math_table_{name.lower()}" + "".join(f"[{size}]" for size in sizes)
        words = " ".join(line.removeprefix("/// ") for line in comment.splitlines())
        result.append((words, declaration, initialiser(sizes, literals(kind, text, comment))))
    return result


def sources(rust: str) -> list[tuple[Path, str]]:
    """The header and the source files, with their texts, for the text of the Rust tables."""
    notice = "/* Written by tools/make_math_tables.py; not edited by hand. */\n"
    header = notice + "#ifndef MODELPACK_MATH_TABLES_H\n#define MODELPACK_MATH_TABLES_H\n\n#include <stdint.h>\n\n"
    files = []
    for end, names in NAMES.items():
        source = notice + '#include "modelpack_math_tables.h"\n'
        for comment, declaration, text in items(rust, names):
            header += f"/* {comment} */\nextern {declaration};\n"
            source += f"\n{declaration} = {text};\n"
        files.append((FOLDER / f"modelpack_math_tables{end}.c", source))
    header += "\n#endif\n"
    return [(FOLDER / "modelpack_math_tables.h", header), *files]
