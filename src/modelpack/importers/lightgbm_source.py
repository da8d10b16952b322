"""Where a LightGBM model comes from (a Booster, an estimator of its scikit-learn API, a file), and how it is asked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from modelpack.errors import UnsupportedModelError, UsageError
from modelpack.importers.lightgbm_model import LightgbmModel, parse_model
from modelpack.importers.model_file import file_bytes


@dataclass(frozen=True)
class LightgbmSource:
    """A model and the object of LightGBM that answers for it.

    Attributes
    ----------
    asked : object or None
        The Booster or estimator; None where LightGBM is not installed.
    classes : array or None
        Labels of a classifier.
    class_name : str
    library : str
        Version of LightGBM; empty where it is not installed.
    hyperparameters : mapping
    """

    model: LightgbmModel
    asked: Any
    classes: Any
    class_name: str
    library: str
    hyperparameters: Mapping[str, Any]

    @property
    def release(self) -> tuple[int, ...]:
        """Major and minor number of the LightGBM that answers; the newest known where there is none."""
        parts = self.library.split(".")[:2]
        return tuple(int(part) for part in parts) if self.library else (4, 7)

    def predict(self, X: Any, *, raw: bool) -> npt.NDArray[Any]:
        """What LightGBM's own `predict` gives, on one thread."""
        if self.asked is None:
            raise UsageError(
                "LightGBM is not installed, so its answers cannot be compared with the bundle's",
                hint="pip install lightgbm",
            )
        return np.asarray(self.asked.predict(X, raw_score=raw, num_threads=1))


def source_of(model: Any, origin: str) -> LightgbmSource:
    """The source of a Booster, an estimator or the path of a .txt file."""
    if isinstance(model, (str, os.PathLike)):
        return _from_file(Path(model), origin)
    import lightgbm

    if isinstance(model, lightgbm.Booster):
        return _from_booster(model, model, None, origin)
    if type(model).__module__.startswith("lightgbm.dask") or not isinstance(model, lightgbm.LGBMModel):
        raise UnsupportedModelError(
            origin, f"{type(model).__qualname__} is not one local model", "pack its Booster, or one of its Boosters"
        )
    if not model.__sklearn_is_fitted__():
        raise UnsupportedModelError(origin, f"this {type(model).__qualname__} is not fitted", "call fit first")
    if model.get_params().get("pred_early_stop"):
        raise UnsupportedModelError(
            origin, "pred_early_stop=True: a prediction that stops early is not reproduced", "set pred_early_stop=False"
        )
    # With an objective of its own even a classifier answers raw scores.
    labelled = isinstance(model, lightgbm.LGBMClassifier) and not callable(model.objective_)
    return _from_booster(model, model.booster_, model.classes_ if labelled else None, origin)


def _from_booster(asked: Any, booster: Any, classes: Any, origin: str) -> LightgbmSource:
    import lightgbm

    text = parse_model(booster.model_to_string(), origin)
    return LightgbmSource(
        model=text,
        asked=asked,
        classes=classes,
        class_name=f"{type(asked).__module__}.{type(asked).__qualname__}",
        library=str(lightgbm.__version__),
        hyperparameters=text.parameters if asked is booster else asked.get_params(),
    )


def read_model(path: str | os.PathLike[str], origin: str) -> LightgbmModel:
    """The model in a .txt file."""
    return parse_model(_text(path, origin), origin)


def _text(path: str | os.PathLike[str], origin: str) -> str:
    try:
        return file_bytes(path).decode("utf-8")
    except UnicodeDecodeError:
        raise UnsupportedModelError(
            origin, "this is no LightGBM model in text", "save it anew with Booster.save_model('model.txt')"
        ) from None


def _from_file(path: Path, origin: str) -> LightgbmSource:
    text = _text(path, origin)
    try:
        import lightgbm
    except ImportError:
        model = parse_model(text, origin)
        return LightgbmSource(model, None, None, "lightgbm.basic.Booster", "", model.parameters)
    booster = lightgbm.Booster(model_str=text)
    return _from_booster(booster, booster, None, origin)
