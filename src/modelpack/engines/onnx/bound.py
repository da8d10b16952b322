"""How far an answer of ONNX Runtime may be from the program's."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from modelpack.engines.onnx.value import Error

__all__ = ["allowed_by"]

Answers = Mapping[str, np.ndarray]


def allowed_by(errors: Mapping[str, Error]) -> Callable[[Answers], Answers] | None:
    """From the program's answers per output to the greatest |difference| allowed; None where all bits are the same."""
    inexact = {name: error for name, error in errors.items() if error.relative or error.absolute}
    if not inexact:
        return None

    def allowed(answers: Answers) -> Answers:
        found = {}
        for name, error in inexact.items():
            with np.errstate(over="ignore"):
                answer = np.abs(answers[name].astype(np.float64))
                # The least number keeps a bound for answers so small that a unit of the last place is a fixed step.
                found[name] = np.where(
                    np.isfinite(answer) & error.stated,
                    answer * error.relative + error.absolute + error.relative * np.finfo(answers[name].dtype).tiny,
                    0.0,
                )
        return found

    return allowed
