"""What a Treelite model consists of, read from the model object or from its checkpoint."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack.errors import NotFoundError, UnsupportedModelError
from modelpack.infer import sample_columns

# Endings of checkpoint files: Triton's FIL backend asks for `checkpoint.tl`.
SUFFIXES = (".tl", ".treelite")

_TASKS = ("kBinaryClf", "kRegressor", "kMultiClf", "kLearningToRank", "kIsolationForest")
_OPERATORS = {0: "", 2: "<", 3: "<=", 4: ">", 5: ">="}


@dataclass(frozen=True)
class TreeliteTree:
    """One tree as Treelite numbers it: arrays over its nodes, the root being 0.

    `operator` is a text of numeric splits; `categories` the set of each categorical one, `list_right` whether members
    of it go right; `vectors` the leaves' vectors [nodes, length], or None where leaves are numbers.
    """

    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    feature: npt.NDArray[np.int64]
    threshold: npt.NDArray[Any]
    operator: npt.NDArray[Any]
    default_left: npt.NDArray[np.bool_]
    list_right: npt.NDArray[np.bool_]
    categories: dict[int, npt.NDArray[np.int64]]
    leaf: npt.NDArray[Any]
    vectors: npt.NDArray[Any] | None
    cover: npt.NDArray[np.float64] | None

    @property
    def is_leaf(self) -> npt.NDArray[np.bool_]:
        return self.left < 0


@dataclass(frozen=True)
class TreeliteSource:
    """A model, and how its own predictor (GTIL) is asked.

    Attributes
    ----------
    asked : treelite.Model
    dtype : numpy dtype
        float32 or float64: of inputs, thresholds, leaves and sums.
    task : str
        Treelite's name, such as ``kBinaryClf``.
    target_id, class_id : arrays [trees]
        Where a tree's leaf is added; −1: the leaf is a vector over all of them.
    base_scores : float64 [targets * classes]
        Added to the sums last.
    """

    asked: Any
    version: str
    dtype: Any
    feature_count: int
    task: str
    averages: bool
    targets: int
    classes: int
    target_id: npt.NDArray[np.int64]
    class_id: npt.NDArray[np.int64]
    base_scores: npt.NDArray[np.float64]
    postprocessor: str
    sigmoid_alpha: np.float32
    ratio_c: np.float32
    trees: Sequence[TreeliteTree]

    @property
    def columns(self) -> int:
        return self.targets * self.classes

    @property
    def operators(self) -> set[str]:
        """Comparisons of numeric splits in all trees."""
        return {str(text) for tree in self.trees for text in np.unique(tree.operator) if text}

    def predict(self, X: Any, *, margin: bool) -> npt.NDArray[Any]:
        """What GTIL answers on one thread, [rows, columns]."""
        from treelite import gtil

        found = gtil.predict(self.asked, matrix_of(X, self.dtype), nthread=1, pred_margin=margin)
        return np.asarray(found).reshape(len(found), -1)


def source_of(model: Any, origin: str) -> TreeliteSource:
    """The source of a `treelite.Model`, or of the path of a checkpoint.

    Raises
    ------
    UnsupportedModelError
        It is no checkpoint, or of a Treelite that laid models out otherwise.
    """
    asked = _loaded(model, origin) if isinstance(model, (str, os.PathLike)) else model
    try:
        header = asked.get_header_accessor()
    except AttributeError:
        raise UnsupportedModelError(
            origin, "this Treelite does not show the inside of its models", "install treelite 4.2 or newer"
        ) from None
    dtype = np.dtype(asked.input_type)
    class_counts = {int(count) for count in header.get_field("num_class")}
    if len(class_counts) != 1:
        raise UnsupportedModelError(
            origin,
            f"its targets have different numbers of classes ({', '.join(map(str, sorted(class_counts)))})",
            "pack one model a target",
        )
    return TreeliteSource(
        asked=asked,
        version=".".join(str(int(header.get_field(f"{part}_ver")[0])) for part in ("major", "minor", "patch")),
        dtype=dtype,
        feature_count=int(asked.num_feature),
        task=_TASKS[int(header.get_field("task_type")[0])],
        averages=bool(header.get_field("average_tree_output")[0]),
        targets=int(header.get_field("num_target")[0]),
        classes=class_counts.pop(),
        target_id=np.array(header.get_field("target_id"), dtype=np.int64),
        class_id=np.array(header.get_field("class_id"), dtype=np.int64),
        base_scores=np.array(header.get_field("base_scores"), dtype=np.float64),
        postprocessor=str(header.get_field("postprocessor")),
        sigmoid_alpha=np.float32(header.get_field("sigmoid_alpha")[0]),
        ratio_c=np.float32(header.get_field("ratio_c")[0]),
        trees=[_tree(asked.get_tree_accessor(index), index, dtype, origin) for index in range(asked.num_tree)],
    )


def _loaded(path: str | os.PathLike[str], origin: str) -> Any:
    if not os.path.isfile(path):
        raise NotFoundError(f"{os.fspath(path)}: there is no such file")
    try:
        import treelite
    except ImportError:
        raise UnsupportedModelError(
            origin, "reading a Treelite checkpoint takes Treelite", "pip install treelite"
        ) from None
    try:
        return treelite.Model.deserialize(os.fspath(path))
    except treelite.TreeliteError as error:
        reason = str(error).strip().splitlines()[-1]
        raise UnsupportedModelError(
            origin, f"Treelite does not read it ({reason})", "write it anew with treelite.Model.serialize"
        ) from None


def _tree(fields: Any, index: int, dtype: Any, origin: str) -> TreeliteTree:
    left = np.array(fields.get_field("cleft"), dtype=np.int64)
    kind = np.array(fields.get_field("node_type"))
    codes = np.where(kind == 1, fields.get_field("cmp"), 0)
    operator = np.array([_OPERATORS.get(int(code), "?") for code in codes])
    if "?" in operator:
        raise UnsupportedModelError(
            origin, f"tree {index} compares otherwise than by <, <=, > or >=", "build it with one of these"
        )
    return TreeliteTree(
        left=left,
        right=np.array(fields.get_field("cright"), dtype=np.int64),
        feature=np.maximum(np.array(fields.get_field("split_index"), dtype=np.int64), 0),
        threshold=np.array(fields.get_field("threshold"), dtype=dtype),
        operator=operator,
        default_left=np.array(fields.get_field("default_left"), dtype=bool),
        list_right=np.array(fields.get_field("category_list_right_child"), dtype=bool),
        categories=_categories(fields, kind),
        leaf=np.array(fields.get_field("leaf_value"), dtype=dtype),
        vectors=_vectors(fields, left < 0, dtype),
        cover=_cover(fields, len(left)),
    )


def _ranges(fields: Any, name: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    begin = np.array(fields.get_field(f"{name}_begin"), dtype=np.int64)
    return begin, np.array(fields.get_field(f"{name}_end"), dtype=np.int64)


def _categories(fields: Any, kind: npt.NDArray[Any]) -> dict[int, npt.NDArray[np.int64]]:
    members = np.array(fields.get_field("category_list"), dtype=np.int64)
    begin, end = _ranges(fields, "category_list")
    return {int(node): members[begin[node] : end[node]] for node in np.flatnonzero(kind == 2)}


def _vectors(fields: Any, is_leaf: npt.NDArray[np.bool_], dtype: Any) -> npt.NDArray[Any] | None:
    values = np.array(fields.get_field("leaf_vector"), dtype=dtype)
    if not len(values):
        return None
    begin, end = _ranges(fields, "leaf_vector")
    width = int((end - begin)[is_leaf].max())
    found = np.zeros((len(is_leaf), width), dtype=dtype)
    for leaf in np.flatnonzero(is_leaf):
        found[leaf] = values[begin[leaf] : end[leaf]]
    return found


def _cover(fields: Any, nodes: int) -> npt.NDArray[np.float64] | None:
    """Weights of the training rows at each node, or their number; None where the model does not have them all."""
    for name in ("sum_hess", "data_count"):
        present = np.array(fields.get_field(f"{name}_present"), dtype=bool)
        if len(present) == nodes and present.all():
            return np.array(fields.get_field(name), dtype=np.float64)
    return None


def matrix_of(X: Any, dtype: Any) -> npt.NDArray[Any]:
    """Rows as the C-ordered matrix that GTIL takes, each column cast on its own, so that integers are rounded once."""
    if not hasattr(X, "columns") and not hasattr(X, "column_names"):
        return np.ascontiguousarray(np.asarray(X), dtype=dtype)
    columns = [_column(column, dtype) for column in sample_columns(X, None).values()]
    return np.ascontiguousarray(np.column_stack(columns))


def _column(column: Any, dtype: Any) -> npt.NDArray[Any]:
    if hasattr(column, "iloc"):
        return np.asarray(column.to_numpy(dtype=dtype, na_value=np.nan))
    return np.asarray(column.to_numpy()).astype(dtype)
