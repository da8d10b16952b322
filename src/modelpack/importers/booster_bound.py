"""How far a booster's answers may lie from the program's where they pass through exp; its margins are exact."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack.importers import bound as bounds
from modelpack.importers.imported import Answers, Bound

Floats = npt.NDArray[np.float64]
Spread = Callable[[Floats], Floats]


def answers_bound(spread: Spread, halves: bool = False) -> Bound:
    """The bound of every answer but the margin.

    Parameters
    ----------
    spread : callable
        The bound of what the objective makes of a margin.
    halves : bool
        A label is p > 0.5, column by column, rather than the first largest probability.
    """

    def bound(_: Any, answers: Answers) -> Answers:
        if "value" in answers:
            return {"value": spread(answers["value"])}
        probability = answers["probability"]
        found = spread(probability)
        if probability.shape[1] == 2 and answers["margin"].shape[1] == 1:
            found = bounds.complemented(found[:, 1:], float(np.finfo(probability.dtype).eps))
        if halves:
            columns = slice(-answers["label"].shape[1], None)
            label = bounds.undecided_halves(probability[:, columns], found[:, columns])
        else:
            label = bounds.undecided_labels(probability.astype(np.float64), found)
        return {"label": label, "probability": found}

    return bound
