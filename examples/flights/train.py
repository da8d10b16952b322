"""Two pipelines, from raw columns to the answer: minutes of delay at arrival, and whether it will be a quarter of an
hour or more."""

from __future__ import annotations

from data import CATEGORIES, LATE_MINUTES, NUMBERS, Flights
from lightgbm import LGBMRegressor
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler


def delay_regressor(flights: Flights) -> Pipeline:
    """Imputed and scaled numbers, one-hot categories (rare ones together), 100 LightGBM trees."""
    numbers = Pipeline([("impute", SimpleImputer(strategy="median", add_indicator=True)), ("scale", StandardScaler())])
    categories = OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=200)
    prepare = ColumnTransformer([("numbers", numbers, NUMBERS), ("categories", categories, CATEGORIES)])
    trees = LGBMRegressor(n_estimators=100, max_depth=6, num_leaves=63, random_state=2013, n_jobs=2, verbose=-1)
    model = Pipeline([("prepare", prepare), ("trees", trees)]).fit(flights.X_train, flights.delay_train)
    return model.set_params(trees__n_jobs=1)  # one row is answered faster by one thread


def late_classifier(flights: Flights) -> Pipeline:
    """Numbers as they are (missing ones too), categories as codes, HistGradientBoosting."""
    codes = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2)
    prepare = ColumnTransformer([("numbers", "passthrough", NUMBERS), ("categories", codes, CATEGORIES)])
    trees = HistGradientBoostingClassifier(max_iter=100, max_depth=6, random_state=2013)
    late = flights.delay_train >= LATE_MINUTES
    return Pipeline([("prepare", prepare), ("trees", trees)]).fit(flights.X_train, late)
