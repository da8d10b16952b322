"""What an XGBoost model consists of, read from its own JSON or UBJSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack.errors import UnsupportedModelError
from modelpack.importers.xgboost_ubjson import parse_ubjson

Category = str | int


@dataclass(frozen=True)
class XgboostModel:
    """A model as XGBoost saves it.

    Attributes
    ----------
    version : tuple of int
        XGBoost that wrote it.
    objective : str
    columns : int
        Width of the margin: number of classes or targets, 1 for most models.
    base_score : float32 [columns]
        As saved: in the space of predictions, not of margins.
    trees : sequence of mapping
        The trees of `gbtree` and `dart`, as saved; none for `gblinear`.
    tree_group : sequence of int
        Output column of each tree.
    tree_weight : float32 [trees] or None
        Weight of each tree of `dart`.
    round_trees : sequence of int
        Number of trees up to each boosting round, from 0.
    linear : float32 [features + 1, columns] or None
        Weights of `gblinear`, the bias last.
    feature_types : tuple of str
        `c` is a category; empty where training did not say.
    categories : tuple
        Per feature the names of its categories by code, or None; empty for a model that does not keep them.
    attributes : mapping
        `best_iteration` and what the user set.
    """

    version: tuple[int, ...]
    objective: str
    feature_count: int
    columns: int
    base_score: npt.NDArray[np.float32]
    trees: Sequence[Mapping[str, Any]]
    tree_group: Sequence[int]
    tree_weight: npt.NDArray[np.float32] | None
    round_trees: Sequence[int]
    linear: npt.NDArray[np.float32] | None
    feature_names: tuple[str, ...]
    feature_types: tuple[str, ...]
    categories: tuple[tuple[Category, ...] | None, ...]
    attributes: Mapping[str, str]

    @property
    def best_iteration(self) -> int | None:
        found = self.attributes.get("best_iteration")
        return None if found is None else int(found)

    @property
    def booster(self) -> str:
        if self.linear is not None:
            return "gblinear"
        return "gbtree" if self.tree_weight is None else "dart"


def parse_model(data: bytes, origin: str) -> XgboostModel:
    """The model in the bytes of a JSON or UBJSON file.

    Raises
    ------
    UnsupportedModelError
        The bytes are no XGBoost model, or one of a kind that is not known.
    """
    try:
        # An object of UBJSON begins with a brace too, but a length follows, not a quotation mark or white space.
        content = json.loads(data) if data[1:2] in (b'"', b" ", b"\n", b"\r", b"\t") else parse_ubjson(data)
        return _model(content, origin)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise UnsupportedModelError(
            origin,
            f"this is no XGBoost model in JSON or UBJSON ({type(error).__name__}: {error})",
            "save it anew with Booster.save_model('model.json')",
        ) from None


def _model(content: Mapping[str, Any], origin: str) -> XgboostModel:
    learner = content["learner"]
    parameters = learner["learner_model_param"]
    booster = learner["gradient_booster"]
    feature_count = int(parameters["num_feature"])
    columns = max(int(parameters["num_class"]), int(parameters.get("num_target", "1")), 1)
    linear = None
    trees: dict[str, Any] = {"trees": (), "tree_group": (), "tree_weight": None, "round_trees": (0,), "categories": ()}
    if booster["name"] == "gblinear":
        linear = np.asarray(booster["model"]["weights"], dtype=np.float32).reshape(feature_count + 1, columns)
    elif booster["name"] in ("gbtree", "dart"):
        trees = _trees(booster, columns, feature_count)
    else:
        raise UnsupportedModelError(
            origin, f"the booster {booster['name']!r} is not known", "use gbtree, dart or gblinear"
        )
    return XgboostModel(
        version=tuple(int(part) for part in content["version"]),
        objective=str(learner["objective"]["name"]),
        feature_count=feature_count,
        columns=columns,
        base_score=_base_score(str(parameters["base_score"]), columns),
        linear=linear,
        feature_names=tuple(str(name) for name in learner.get("feature_names", ())),
        feature_types=tuple(str(kind) for kind in learner.get("feature_types", ())),
        attributes={str(key): str(value) for key, value in learner.get("attributes", {}).items()},
        **trees,
    )


def _trees(booster: Mapping[str, Any], columns: int, feature_count: int) -> dict[str, Any]:
    # Up to 3.2 the trees of dart lie in a booster within the booster, its weights beside it; later there is one form.
    model = booster["gbtree"]["model"] if "gbtree" in booster else booster["model"]
    weights = booster.get("weight_drop", model.get("weight_drop"))
    trees = model["trees"]
    group = [int(value) for value in model["tree_info"]]
    weight = None if weights is None or len(weights) == 0 else np.asarray(weights, dtype=np.float32)
    if len(group) != len(trees) or (weight is not None and len(weight) != len(trees)):
        raise ValueError("the lists of trees, outputs and weights differ in length")
    rounds = model.get("iteration_indptr")
    if rounds is None:
        per_round = columns * int(model["gbtree_model_param"]["num_parallel_tree"])
        rounds = range(0, len(trees) + 1, per_round)
    return {
        "trees": trees,
        "tree_group": group,
        "tree_weight": weight,
        "round_trees": [int(value) for value in rounds],
        "categories": _categories(model.get("cats") or {}, feature_count),
    }


def _base_score(text: str, columns: int) -> npt.NDArray[np.float32]:
    """`5E-1` up to 3.0, `[5E-1]` or one number a column later."""
    found = np.array([np.float32(part) for part in text.strip("[]").split(",")], dtype=np.float32)
    if len(found) not in (1, columns):
        raise ValueError(f"base_score has {len(found)} numbers for {columns} columns")
    return np.repeat(found, columns // len(found))


def _categories(container: Mapping[str, Any], feature_count: int) -> tuple[tuple[Category, ...] | None, ...]:
    """Names of categories by feature: text as bytes with offsets, or integers; an empty list for a number."""
    encodings = container.get("enc", ())
    if len(encodings) == 0:
        return ()
    if len(encodings) != feature_count:
        raise ValueError(f"names of categories stand for {len(encodings)} features, not {feature_count}")
    return tuple(_names(encoding) for encoding in encodings)


def _names(encoding: Mapping[str, Any]) -> tuple[Category, ...] | None:
    values = encoding["values"]
    if "offsets" not in encoding:
        return tuple(int(value) for value in values) or None
    offsets = [int(offset) for offset in encoding["offsets"]]
    text = bytes(int(value) & 0xFF for value in values)
    pairs = pairwise(offsets)
    return tuple(text[start:end].decode("utf-8") for start, end in pairs) or None
