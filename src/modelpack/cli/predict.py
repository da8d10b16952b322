"""`modelpack predict`: answers for the rows of a file."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

import modelpack
from modelpack.cli import status
from modelpack.cli.expected import add_expected, expected, for_the_shell, policy
from modelpack.cli.output import print_json
from modelpack.cli.progress import Progress
from modelpack.cli.reading import FORMATS, STANDARD, Chunk, format_of, read_chunks
from modelpack.cli.writing import ERROR, OutputFile, answer_columns, column_types
from modelpack.errors import InputError, ModelpackError, UsageError
from modelpack.schema import Output

CHUNK_ROWS = 16_384
NODE_COLUMNS = ("node", "reason")


def add(commands: Any) -> None:
    command = commands.add_parser(
        "predict",
        help="predict the rows of a Parquet, CSV or JSON lines file",
        description="Reads rows chunk by chunk and writes one row of answers for each, in their order. An output with "
        "several columns has the class or a number behind its name: probability_yes, value_0.",
    )
    command.add_argument("bundle", metavar="BUNDLE")
    command.add_argument("input", metavar="INPUT", help="file with a column per feature; - for standard input")
    command.add_argument(
        "-o", "--output", metavar="FILE", default=STANDARD, help="where to write; standard output by default"
    )
    command.add_argument(
        "--unsigned",
        action="store_true",
        help="open the bundle although nothing says who made it: its bytes are checked to be whole, no signature is",
    )
    add_expected(command)
    command.add_argument("--from", dest="source", choices=FORMATS, help="format of the input; by its name otherwise")
    command.add_argument("--to", choices=FORMATS, help="format of the output; by its name, or the input's, otherwise")
    command.add_argument("--outputs", metavar="NAMES", type=_names, help="outputs wanted, such as label,probability")
    command.add_argument(
        "--keep", metavar="COLUMNS", type=_names, help="columns of the input to write too; `all` for all"
    )
    command.add_argument("--prefix", default="", metavar="TEXT", help="text before the names of the columns of answers")
    command.add_argument(
        "--errors",
        choices=("fail", "column"),
        default="fail",
        help="a row that is refused ends the command (fail), or has no answer and its reason in the column `error`",
    )
    command.add_argument(
        "--nodes", action="store_true", help="also write the partition node that answered, and why: `node`, `reason`"
    )
    command.add_argument("--threads", type=_threads, default=1, metavar="N", help="threads, or auto")
    command.add_argument("--overwrite", action="store_true", help="replace the output if it exists")
    command.add_argument("--quiet", action="store_true", help="no progress bar and no summary")
    command.add_argument(
        "--json", action="store_true", help="print the summary as JSON (the answers then need --output)"
    )
    command.set_defaults(run=run)


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def _threads(text: str) -> int | str:
    return text if text == "auto" else int(text)


def run(given: argparse.Namespace) -> int:
    source = format_of(given.input, given.source, "--from")
    target = output_format(given, source)
    if given.json and given.output == STANDARD:
        raise UsageError("--json prints the summary where the answers would go", hint="name a file with --output")
    with opened(given) as predictor:
        rows, refused = predict_file(predictor, given, source, target)
    report(given, predictor.bundle, rows, refused)
    return status.OK


def opened(given: argparse.Namespace) -> modelpack.Predictor:
    if given.unsigned and given.trust:
        raise UsageError("--trust asks for signatures, --unsigned for none", hint="give one of them")
    try:
        trust = modelpack.UNSIGNED if given.unsigned else policy(given)
        return modelpack.load(given.bundle, trust, threads=given.threads, **expected(given))
    except modelpack.TrustError as error:
        way_out = "if you know where it comes from, pass --unsigned, which asks for no signature"
        raise for_the_shell(error, given.bundle, way_out) from None


def output_format(given: argparse.Namespace, source: str) -> str:
    if given.to is not None or given.output != STANDARD:
        return format_of(given.output, given.to, "--to")
    return "csv" if source == "parquet" else source


def predict_file(
    predictor: modelpack.Predictor, given: argparse.Namespace, source: str, target: str
) -> tuple[int, int]:
    """Rows written, and how many of them were refused."""
    outputs = chosen(predictor, given.outputs)
    keep = None if given.keep == ["all"] else given.keep or []
    types = column_types(outputs) | (dict.fromkeys(NODE_COLUMNS, "string") if given.nodes else {})
    types |= {ERROR: "string"} if given.errors == "column" else {}
    done = refused = 0
    with (
        OutputFile(given.output, target, prefixed(types, given.prefix), given.overwrite) as out,
        Progress("rows", shown=not given.quiet) as progress,
    ):
        for chunk in read_chunks(given.input, source, predictor.schema, keep, CHUNK_ROWS):
            answers = answer(predictor, chunk, outputs, given, done)
            refused += sum(reason is not None for reason in answers.get(ERROR, ()))
            columns = prefixed(answers, given.prefix)
            refuse_collision(chunk.kept, columns)
            out.write(chunk.kept, columns)
            done += chunk.rows
            progress.update(done, chunk.share)
    return done, refused


def prefixed(columns: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    return {prefix + name: values for name, values in columns.items()}


def refuse_collision(kept: Mapping[str, Any], columns: Mapping[str, Any]) -> None:
    both = [name for name in columns if name in kept]
    if both:
        raise UsageError(
            f"the input has a column {both[0]!r} too, which --keep would write", hint="keep others, or pass --prefix"
        )


def chosen(predictor: modelpack.Predictor, names: Sequence[str] | None) -> list[Output]:
    known = {output.name: output for output in predictor.schema.outputs}
    for name in names or ():
        if name not in known:
            raise UsageError(f"the model has no output {name!r}", hint=f"it answers {', '.join(known)}")
    return [known[name] for name in names or known]


def answer(
    predictor: modelpack.Predictor, chunk: Chunk, outputs: Sequence[Output], given: argparse.Namespace, offset: int
) -> dict[str, Any]:
    """Columns of answers for a chunk, with nodes if they are asked for, and `error` where refused rows go on."""
    names = [output.name for output in outputs]
    if given.errors == "fail":
        answers = answered(predictor, chunk, names, given, offset)
        return answer_columns(outputs, answers) | node_columns(answers, ())
    found = predictor.predict_all(chunk.data, names, errors="null", nodes=given.nodes)
    reasons = np.array([None if reason is None else without_row(reason) for reason in found[ERROR]], dtype=object)
    for row, message in chunk.faults.items():
        reasons[row] = message
    columns = answer_columns(outputs, found)
    gone = np.array([reason is not None for reason in reasons], dtype=bool)
    if gone.any():
        columns = {name: emptied(values, gone) for name, values in columns.items()}
    return {**columns, **node_columns(found, list(chunk.faults)), ERROR: reasons}


def node_columns(answers: Mapping[str, Any], faults: Sequence[int]) -> dict[str, Any]:
    """Who answered, where it was asked; nobody the rows that could not be read."""
    columns = {name: answers[name] for name in NODE_COLUMNS if name in answers}
    for values in columns.values():
        values[list(faults)] = None
    return columns


def emptied(values: np.ndarray, gone: np.ndarray) -> np.ndarray:
    """The column with None where there is no answer."""
    column = np.asarray(values).astype(object) if values.dtype != np.float32 else np.array(list(values), dtype=object)
    column[gone] = None
    return column


def answered(
    predictor: modelpack.Predictor, chunk: Chunk, names: Sequence[str], given: argparse.Namespace, offset: int
) -> dict[str, Any]:
    """The outputs for every row, or the error of the lowest row that has none."""
    fault = min(chunk.faults, default=None)
    try:
        rows = chunk.data if fault is None else chunk.data[:fault]
        answers = predictor.predict_all(rows, names, nodes=given.nodes)
    except ModelpackError as error:
        if error.row is None:
            raise
        error.row += offset
        error.args = (f"{error.args[0]} (in {given.input})",)
        raise
    if fault is not None:
        raise InputError(f"{chunk.faults[fault]} (in {given.input})", row=offset + fault)
    return answers


def without_row(message: str) -> str:
    """The message without the number of the row, which counts from the start of the chunk."""
    return re.sub(r"^row \d+: ", "", message)


def report(given: argparse.Namespace, bundle: modelpack.Bundle, rows: int, refused: int) -> None:
    if given.json:
        print_json(
            {
                "name": bundle.name,
                "version": bundle.version,
                "identity": bundle.identity,
                "verified": bundle.verified,
                "rows": rows,
                "refused": refused,
                "output": given.output,
            }
        )
    elif not given.quiet:
        trust = "" if bundle.verified else ", not verified"
        place = "" if given.output == STANDARD else f" → {given.output}"
        what = f"{rows:,} rows by {bundle.name} {bundle.version}{trust}{place}"
        print(f"{what}; {refused:,} refused (column `{ERROR}`)" if refused else what, file=sys.stderr)
