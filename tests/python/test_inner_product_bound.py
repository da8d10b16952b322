"""The bound of class C (docs/SEMANTICS.md): numpy's matrix product against a sum in the order of the columns."""

import numpy as np
import numpy.typing as npt
import pytest

from modelpack.importers.bound import inner_product

Floats = npt.NDArray[np.float64]


def drawn(kind: str, columns: int) -> tuple[Floats, Floats]:
    random = np.random.default_rng(columns)
    x, weight = random.normal(size=(200, columns)), random.normal(size=(columns, 3))
    if kind == "positive":
        return np.abs(x), np.abs(weight)
    if kind == "equal":
        return np.full_like(x, 0.1), np.full_like(weight, 0.7)
    if kind == "cancelling":
        return x, np.where(np.arange(columns)[:, None] % 2, -1e10, 1e10) + weight
    return x, weight


def sum_in_order(x: Floats, weight: Floats) -> Floats:
    total = np.zeros((len(x), weight.shape[1]))
    for column, row in zip(x.T, weight, strict=True):
        total = total + column[:, None] * row
    return total


@pytest.mark.parametrize("columns", [1, 2, 7, 30, 100, 1000, 3000])
@pytest.mark.parametrize("kind", ["random", "positive", "equal", "cancelling"])
def test_batches_and_single_rows_lie_within_the_bound(kind: str, columns: int) -> None:
    x, weight = drawn(kind, columns)
    bound = inner_product(x, weight, np.zeros(3))
    ordered = sum_in_order(x, weight)
    alone = np.vstack([row[None, :] @ weight for row in x])
    assert (np.abs(x @ weight - ordered) <= bound).all()
    assert (np.abs(alone - ordered) <= bound).all()
