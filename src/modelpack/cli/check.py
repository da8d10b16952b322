"""`modelpack check`: whether a model file can be packed."""

from __future__ import annotations

import argparse
from typing import Any

import modelpack
from modelpack.cli import status
from modelpack.cli.output import print_json
from modelpack.cli.table import table


def add(commands: Any) -> None:
    command = commands.add_parser(
        "check",
        help="say of a model file, step by step, whether it can be packed",
        description="Reads a model file and says of every step whether its answers can be reproduced. "
        "Exit code 4 if one cannot. In Python, modelpack.check(estimator) does the same for any estimator.",
    )
    command.add_argument("model", metavar="MODEL", help="XGBoost's .json or .ubj, LightGBM's .txt")
    command.add_argument("--json", action="store_true", help="print the steps as JSON")
    command.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    report = modelpack.check(given.model)
    if given.json:
        print_json(report.to_dict())
    else:
        headers = ("step", "verdict", "why", "way out") if report.refused else ("step", "verdict", "why")
        print(table([[step.step, step.verdict, step.reason, step.hint][: len(headers)] for step in report], headers))
    return status.OK if report.supported else status.UNSUPPORTED
