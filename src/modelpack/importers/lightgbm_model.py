"""What a LightGBM model consists of, read from its own text."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modelpack.errors import UnsupportedModelError


@dataclass(frozen=True)
class LightgbmModel:
    """A model as LightGBM writes it.

    Attributes
    ----------
    version : str
        Of the text format: v3, v4.
    objective : str
        Empty or `custom` where the training had its own.
    objective_parameters : mapping
        `sigmoid`, `num_class` and others; a flag such as `sqrt` has the value "".
    feature_count : int
    columns : int
        Trees per iteration: the width of the raw score.
    averages : bool
        Whether scores are divided by the number of iterations (`rf`).
    trees : tuple of mapping
        Each tree's lines, key to text.
    feature_names : tuple of str
    categories : tuple of list, or None
        Names of the categories of each pandas category column, in the order of the columns; None: training had none.
    parameters : mapping
        Hyperparameters of the training, key to text.
    """

    version: str
    objective: str
    objective_parameters: Mapping[str, str]
    feature_count: int
    columns: int
    averages: bool
    trees: tuple[Mapping[str, str], ...]
    feature_names: tuple[str, ...]
    categories: tuple[list[Any], ...] | None
    parameters: Mapping[str, str]

    @property
    def iterations(self) -> int:
        return len(self.trees) // self.columns


def parse_model(text: str, origin: str) -> LightgbmModel:
    """The model in the text of `Booster.save_model`.

    Raises
    ------
    UnsupportedModelError
        The text is no LightGBM model.
    """
    try:
        return _model(text)
    except (KeyError, IndexError, ValueError) as error:
        raise UnsupportedModelError(
            origin,
            f"this is no LightGBM model in text ({type(error).__name__}: {error})",
            "save it anew with Booster.save_model('model.txt')",
        ) from None


def _model(text: str) -> LightgbmModel:
    body, found, rest = text.partition("\nend of trees")
    if not found or not text.startswith("tree\n"):
        raise ValueError("it does not begin with 'tree' or has no 'end of trees'")
    blocks = [_fields(block) for block in body.split("\nTree=")]
    head, trees = blocks[0], tuple(blocks[1:])
    if head["version"] not in ("v3", "v4"):
        raise ValueError(f"the version {head['version']!r} of the format is not known")
    columns = int(head["num_tree_per_iteration"])
    if columns < 1 or len(trees) % columns:
        raise ValueError(f"{len(trees)} trees for {columns} per iteration")
    objective, *parameters = head.get("objective", "").split() or [""]
    return LightgbmModel(
        version=head["version"],
        objective=objective,
        objective_parameters=dict(_pair(parameter, ":") for parameter in parameters),
        feature_count=int(head["max_feature_idx"]) + 1,
        columns=columns,
        averages="average_output" in head,
        trees=trees,
        feature_names=tuple(head["feature_names"].split()),
        categories=_categories(rest),
        parameters=_parameters(rest),
    )


def _fields(block: str) -> dict[str, str]:
    return dict(_pair(line, "=") for line in block.splitlines())


def _pair(text: str, separator: str) -> tuple[str, str]:
    key, _, value = text.partition(separator)
    return key, value


def _parameters(rest: str) -> dict[str, str]:
    _, _, after = rest.partition("\nparameters:\n")
    section, _, _ = after.partition("\nend of parameters")
    lines = (line.strip("[]") for line in section.splitlines() if line.startswith("["))
    return {key: value.strip() for key, value in (_pair(line, ":") for line in lines)}


def _categories(rest: str) -> tuple[list[Any], ...] | None:
    _, found, line = rest.rpartition("\npandas_categorical:")
    columns = json.loads(line) if found else None
    return None if columns is None else tuple(list(column) for column in columns)
