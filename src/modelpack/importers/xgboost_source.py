"""Where an XGBoost model comes from (a Booster, an estimator of its scikit-learn API, a file), and how it is asked."""

from __future__ import annotations

import copy
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack.errors import UnsupportedModelError, UsageError
from modelpack.importers.model_file import file_bytes
from modelpack.importers.xgboost_model import XgboostModel, parse_model


@dataclass(frozen=True)
class XgboostSource:
    """A model and the object of XGBoost that answers for it.

    Attributes
    ----------
    kind : str
        `booster`, `classifier`, `regressor` or `ranker`.
    asked : object or None
        A Booster or estimator of our own that predicts on one thread; None where XGBoost is not installed.
    missing : float
        What the estimator takes for missing beside NaN.
    class_count : int
        Of a classifier.
    class_name : str
    hyperparameters : mapping
    """

    model: XgboostModel
    kind: str
    asked: Any
    missing: float
    class_count: int
    class_name: str
    hyperparameters: Mapping[str, Any]

    @property
    def rounds(self) -> int | None:
        """Boosting rounds that predict: estimators stop at the best one, a Booster uses all."""
        best = self.model.best_iteration
        return None if self.kind == "booster" or self.model.booster == "gblinear" or best is None else best + 1

    @property
    def library(self) -> tuple[int, ...]:
        """Version of the XGBoost that answers: what it does with a model differs between versions."""
        if self.asked is None:
            return self.model.version
        import xgboost

        return tuple(int(part) for part in xgboost.__version__.split(".")[:2])

    @property
    def adds_base_to_each_tree(self) -> bool:
        return self.model.booster == "dart" and not self.uses_dmatrix and self.library < (3, 3)

    @property
    def uses_dmatrix(self) -> bool:
        return self.kind == "booster" or self.model.booster == "gblinear"

    def predict(self, X: Any, *, margin: bool) -> npt.NDArray[Any]:
        """What XGBoost's own `predict` gives."""
        if self.asked is None:
            raise UsageError(
                "XGBoost is not installed, so its answers cannot be compared with the bundle's",
                hint="pip install xgboost",
            )
        if self.kind != "booster":
            return np.asarray(self.asked.predict(X, output_margin=margin))
        import xgboost

        named = hasattr(X, "columns") or hasattr(X, "column_names")
        types = None if named else self.asked.feature_types
        matrix = xgboost.DMatrix(X, enable_categorical=True, feature_types=types, nthread=1)
        return np.asarray(self.asked.predict(matrix, output_margin=margin, validate_features=named))


def source_of(model: Any, origin: str) -> XgboostSource:
    """The source of a Booster, an estimator or the path of a .json or .ubj file."""
    if isinstance(model, (str, os.PathLike)):
        return _from_file(Path(model), origin)
    import xgboost

    if isinstance(model, xgboost.Booster):
        raw = parse_model(bytes(model.save_raw("json")), origin)
        return XgboostSource(
            raw, "booster", _own(model), float("nan"), 0, "xgboost.core.Booster", json.loads(model.save_config())
        )
    return _from_estimator(model, origin)


def _from_estimator(model: Any, origin: str) -> XgboostSource:
    import xgboost

    kinds = {"classifier": xgboost.XGBClassifier, "ranker": xgboost.XGBRanker, "regressor": xgboost.XGBModel}
    kind = next((name for name, cls in kinds.items() if isinstance(model, cls)), None)
    if kind is None or type(model).__module__.startswith("xgboost.dask"):
        raise UnsupportedModelError(
            origin, f"{type(model).__qualname__} is not one local model", "pack its Booster: model.get_booster()"
        )
    if not model.__sklearn_is_fitted__():
        raise UnsupportedModelError(origin, f"this {type(model).__qualname__} is not fitted", "call fit first")
    booster = model.get_booster()
    asked = copy.copy(model)
    asked._Booster = _own(booster)
    asked.n_jobs = 1
    return XgboostSource(
        model=parse_model(bytes(booster.save_raw("json")), origin),
        kind=kind,
        asked=asked,
        missing=_missing(model.missing, origin),
        class_count=int(model.n_classes_) if kind == "classifier" else 0,
        class_name=f"{type(model).__module__}.{type(model).__qualname__}",
        hyperparameters=model.get_params(deep=False),
    )


def read_model(path: str | os.PathLike[str], origin: str) -> XgboostModel:
    """The model in a .json or .ubj file."""
    return parse_model(file_bytes(path), origin)


def _from_file(path: Path, origin: str) -> XgboostSource:
    data = file_bytes(path)
    model = parse_model(data, origin)
    # An estimator's save_model notes what it is, and XGBoost loads it as that; then the best iteration counts.
    noted = json.loads(model.attributes.get("scikit_learn", "{}"))
    kind = str(noted.get("_estimator_type", "booster"))
    if kind not in ("booster", "classifier", "regressor", "ranker"):
        raise UnsupportedModelError(origin, f"the file says that it holds a {kind!r}", "save the Booster instead")
    asked, name = _loaded(data, kind)
    classes = max(model.columns, 2) if model.objective.startswith("multi:") else 2
    return XgboostSource(model, kind, asked, float("nan"), classes if kind == "classifier" else 0, name, {})


def _loaded(data: bytes, kind: str) -> tuple[Any, str]:
    try:
        import xgboost
    except ImportError:
        return None, "xgboost"
    if kind == "booster":
        return _own(xgboost.Booster(model_file=bytearray(data))), "xgboost.core.Booster"
    cls = {"classifier": xgboost.XGBClassifier, "regressor": xgboost.XGBRegressor, "ranker": xgboost.XGBRanker}[kind]
    asked = cls(n_jobs=1)
    asked.load_model(bytearray(data))
    asked.get_booster().set_param({"nthread": 1})
    return asked, f"xgboost.sklearn.{cls.__name__}"


def _own(booster: Any) -> Any:
    own = booster.copy()
    own.set_param({"nthread": 1})
    return own


def _missing(missing: Any, origin: str) -> float:
    if isinstance(missing, (int, float, np.integer, np.floating)):
        return float(missing)
    raise UnsupportedModelError(
        origin, f"missing={missing!r} is no number, and XGBoost refuses to predict with it", "set missing=numpy.nan"
    )
