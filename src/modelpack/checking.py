"""`modelpack.check`: which steps of a model can be reproduced, all at once, before or after it is fitted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from modelpack.errors import UnsupportedModelError
from modelpack.importers.imported import Verdict, judge, origin_of

__all__ = ["CheckReport", "Verdict", "check"]


@dataclass(frozen=True)
class CheckReport:
    """What `check` found.

    Attributes
    ----------
    steps : tuple of Verdict
        One per step: its path, its class, `exact`, `bound` or `refused`, why, and the way out.
    """

    steps: tuple[Verdict, ...]

    @property
    def supported(self) -> bool:
        """Whether no step is refused."""
        return not self.refused

    @property
    def refused(self) -> tuple[Verdict, ...]:
        return tuple(step for step in self.steps if step.verdict == "refused")

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON can hold it."""
        return {"steps": [asdict(step) for step in self.steps], "supported": self.supported}

    def raise_if_refused(self) -> None:
        """Raises UnsupportedModelError for the first refused step."""
        for step in self.refused:
            raise UnsupportedModelError(step.step, f"{step.name}: {step.reason}", step.hint)

    def __bool__(self) -> bool:
        return self.supported

    def __iter__(self) -> Iterator[Verdict]:
        return iter(self.steps)

    def __str__(self) -> str:
        width = max((len(step.step) for step in self.steps), default=0)
        return "\n".join(f"{step.step:<{width}}  {step}" for step in self.steps)


def check(estimator: Any) -> CheckReport:
    """Says of every step of a model whether its answers can be reproduced.

    Classes and hyperparameters are read, so it may be asked before `fit`; what only fitted values show (the dtypes of
    columns, say) is judged by `pack`.

    Parameters
    ----------
    estimator : estimator, Pipeline, Booster, or path of a model file

    Returns
    -------
    CheckReport
        True where no step is refused; printing it shows a line per step.

    Examples
    --------
    >>> from sklearn.pipeline import make_pipeline  # doctest: +SKIP
    >>> print(modelpack.check(make_pipeline(StandardScaler(), LogisticRegression())))  # doctest: +SKIP
    standardscaler      StandardScaler: exact (the same bits)
    logisticregression  LogisticRegression: bound (a reordered sum of x * w: …)
    """
    return CheckReport(tuple(judge(estimator, origin_of(estimator))))
