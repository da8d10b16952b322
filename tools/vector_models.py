"""The models behind tests/vectors/valid: small, seeded, each for one thing that an implementation can get wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from lightgbm import LGBMClassifier, LGBMRegressor
from sklearn import datasets
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, LogisticRegression, Ridge
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import (
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    PolynomialFeatures,
    RobustScaler,
    StandardScaler,
)
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from xgboost import XGBClassifier, XGBRegressor

from modelpack.partitions import Node

SEED = 20130101
CITIES = ["Łódź", "Warsaw", "New York", "Köln", "Zürich", "東京", "a b\tc", ""]


@dataclass
class Case:
    """A model (or models by key), the rows it was trained on (the sample), and further rows to answer.

    `refused`: rows that must end in an error come with the vector too.
    """

    model: Any
    sample: Any
    rows: Any
    pack: dict[str, Any] = field(default_factory=dict)


CASES: dict[str, tuple[str, Callable[[], Case]]] = {}


def case(name: str, comment: str) -> Callable[[Callable[[], Case]], Callable[[], Case]]:
    def register(build: Callable[[], Case]) -> Callable[[], Case]:
        CASES[name] = (comment, build)
        return build

    return register


# ---- data ----


def numbers(rows: int = 200, columns: int = 5, missing: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(SEED)
    X = rng.normal(size=(rows, columns)).round(3)
    y = X[:, 0] * 2 - X[:, 1] ** 2 + rng.normal(size=rows) * 0.1
    X[rng.random(X.shape) < missing] = np.nan
    return X, y


def hostile_numbers(X: np.ndarray, *, missing: bool, infinite: bool = False) -> np.ndarray:
    """Some rows as they are, zeros of both signs, subnormals, huge values, and missing and infinite cells where the
    model takes them."""
    rows = [
        *X[:12],
        np.zeros(X.shape[1]),
        -np.zeros(X.shape[1]),
        np.full(X.shape[1], 5e-324),
        np.full(X.shape[1], 1e30),
    ]
    if missing:
        rows += [np.full(X.shape[1], np.nan), np.where(np.arange(X.shape[1]) % 2, np.nan, X[0])]
    if infinite:
        rows += [np.full(X.shape[1], np.inf), np.full(X.shape[1], -np.inf)]
    return np.array(rows, dtype=X.dtype)


def mixed(rows: int = 240) -> tuple[pd.DataFrame, np.ndarray]:
    """Numbers with missing values, integers, bools, and strings with None."""
    rng = np.random.default_rng(SEED)
    distance = rng.gamma(2.0, 300.0, rows).round(1)
    hour = rng.integers(0, 24, rows)
    city = rng.choice(
        np.array([*CITIES, None], dtype=object), rows, p=[0.3, 0.2, 0.15, 0.1, 0.1, 0.05, 0.03, 0.02, 0.05]
    )
    weekend = rng.random(rows) < 0.3
    y = distance / 200 + hour / 6 + weekend * 2 + (city == "Warsaw") * 3 + rng.normal(size=rows)
    frame = pd.DataFrame({"distance": distance, "hour": hour, "city": city, "weekend": weekend})
    frame["city"] = frame["city"].astype(object).where(pd.notna(frame["city"]), None)
    frame.loc[rng.random(rows) < 0.15, "distance"] = np.nan
    return frame, y


def more_rows(frame: pd.DataFrame, **columns: list[Any]) -> pd.DataFrame:
    """The frame's first rows, and rows with the given values in place."""
    base = frame.head(16)
    count = max((len(values) for values in columns.values()), default=0)
    extra = frame.iloc[[0] * count].copy().reset_index(drop=True)
    for name, values in columns.items():
        extra[name] = pd.Series(values, dtype=frame[name].dtype)
    return pd.concat([base, extra], ignore_index=True).astype(frame.dtypes.to_dict())


def mixed_rows(frame: pd.DataFrame) -> pd.DataFrame:
    return more_rows(frame, city=["nowhere", "łódź", None, ""], distance=[np.nan, 0.0, -0.0, 1e300])


def mixed_columns(**encoder: Any) -> ColumnTransformer:
    numeric = make_pipeline(SimpleImputer(add_indicator=True), StandardScaler())
    return ColumnTransformer(
        [
            ("num", numeric, ["distance", "hour"]),
            ("cat", OneHotEncoder(**encoder), ["city"]),
            ("flag", "passthrough", ["weekend"]),
        ]
    )


# ---- linear models ----


@case("linear-diabetes", "LinearRegression on real measurements: a plain sequential sum in f64")
def linear() -> Case:
    X, y = datasets.load_diabetes(return_X_y=True)
    return Case(LinearRegression().fit(X, y), X[:60], hostile_numbers(X, missing=False))


@case("ridge-two-targets", "Ridge with two targets: two value columns")
def ridge_two() -> Case:
    X, y = numbers()
    return Case(Ridge().fit(X, np.c_[y, -y * 3]), X[:60], hostile_numbers(X, missing=False))


@case("lasso-min-max-clip", "MinMaxScaler with clip before Lasso: rows beyond the range")
def lasso() -> Case:
    X, y = numbers()
    return Case(
        make_pipeline(MinMaxScaler(clip=True), Lasso(alpha=0.01)).fit(X, y),
        X[:60],
        hostile_numbers(X * 3, missing=False),
    )


@case("elastic-net-robust", "RobustScaler and ElasticNet: subtract, then divide")
def elastic() -> Case:
    X, y = numbers()
    return Case(
        make_pipeline(RobustScaler(), ElasticNet(alpha=0.01)).fit(X, y), X[:60], hostile_numbers(X, missing=False)
    )


@case("logistic-breast-cancer", "StandardScaler and a binary LogisticRegression on real data")
def logistic_binary() -> Case:
    X, y = datasets.load_breast_cancer(return_X_y=True)
    return Case(make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(X, y), X[:60], X[::40])


@case("logistic-iris", "Multinomial LogisticRegression with text labels")
def logistic_multi() -> Case:
    iris = datasets.load_iris()
    y = iris.target_names[iris.target]
    return Case(
        make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)).fit(iris.data, y),
        iris.data[:150:3],
        iris.data[::7],
    )


@case(
    "logistic-mixed",
    "Impute with indicator, scale, one-hot of strings with None, unknown strings all zero, sparse into linear",
)
def logistic_mixed() -> Case:
    frame, y = mixed()
    model = Pipeline([("prep", mixed_columns(handle_unknown="ignore")), ("model", LogisticRegression(max_iter=500))])
    return Case(model.fit(frame, y > np.median(y)), frame.head(80), mixed_rows(frame))


@case("scaler-float32", "StandardScaler fitted on float32 input works in float32")
def scaler_f32() -> Case:
    X, y = numbers()
    X32 = X.astype(np.float32)
    return Case(make_pipeline(StandardScaler(), Ridge()).fit(X32, y.astype(np.float32)), X32[:60], X32[60:90])


@case("polynomial-features", "PolynomialFeatures: each product from the right, a column of ones")
def polynomial() -> Case:
    X, y = numbers(columns=3)
    return Case(make_pipeline(PolynomialFeatures(3), Ridge()).fit(X, y), X[:60], hostile_numbers(X, missing=False))


@case("min-max-float32", "MinMaxScaler on float32: multiplied, then added to, in float32")
def min_max_f32() -> Case:
    X, y = numbers()
    X32 = X.astype(np.float32)
    return Case(make_pipeline(MinMaxScaler(), Ridge()).fit(X32, y.astype(np.float32)), X32[:60], X32[60:90])


# ---- encoders ----


@case("one-hot-drop", "OneHotEncoder with drop=if_binary over integers, bools and strings")
def one_hot_drop() -> Case:
    frame, y = mixed()
    frame = frame.drop(columns="distance")
    frame["city"] = frame["city"].fillna("none")
    encoder = OneHotEncoder(drop="if_binary", handle_unknown="ignore")
    model = make_pipeline(ColumnTransformer([("hot", encoder, ["hour", "city", "weekend"])]), Ridge()).fit(frame, y)
    return Case(model, frame.head(80), more_rows(frame, hour=[23, 99, -1], city=["nowhere", "", "Köln"]))


@case(
    "one-hot-infrequent", "OneHotEncoder with min_frequency and infrequent_if_exist: unknown strings join the rare ones"
)
def one_hot_infrequent() -> Case:
    frame, y = mixed()
    model = Pipeline(
        [
            ("prep", mixed_columns(handle_unknown="infrequent_if_exist", min_frequency=20)),
            ("model", RandomForestRegressor(n_estimators=5, max_depth=5, random_state=0)),
        ]
    )
    return Case(model.fit(frame, y), frame.head(80), more_rows(frame, city=["nowhere", None, "", "東京"]))


@case("one-hot-error", "handle_unknown=error: the unknown string is refused, the row beside it is answered")
def one_hot_error() -> Case:
    frame, y = mixed()
    model = Pipeline([("prep", mixed_columns()), ("model", Ridge())])
    return Case(model.fit(frame, y), frame.head(80), more_rows(frame, city=["nowhere", None, "Köln"]))


@case("ordinal-unknown", "OrdinalEncoder with unknown and missing values, into a forest")
def ordinal() -> Case:
    frame, y = mixed()
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2)
    prep = ColumnTransformer([("cat", encoder, ["city", "weekend"])], remainder=SimpleImputer(strategy="mean"))
    model = make_pipeline(prep, RandomForestClassifier(n_estimators=5, max_depth=4, random_state=0))
    return Case(
        model.fit(frame, y > 5),
        frame.head(80),
        more_rows(frame, city=["nowhere", None, "Köln"], distance=[np.nan, 0.0, 1e30]),
    )


@case("impute-most-frequent", "SimpleImputer most_frequent over strings with None, then one-hot")
def most_frequent() -> Case:
    frame, y = mixed()
    cat = make_pipeline(
        SimpleImputer(strategy="most_frequent", missing_values=None), OneHotEncoder(handle_unknown="ignore")
    )
    model = make_pipeline(ColumnTransformer([("cat", cat, ["city"]), ("num", "passthrough", ["hour"])]), Ridge())
    return Case(model.fit(frame, y), frame.head(80), more_rows(frame, city=["nowhere", None, ""]))


@case("impute-constant", "SimpleImputer constant with indicator into a decision tree")
def constant() -> Case:
    X, y = numbers(missing=0.2)
    model = make_pipeline(
        SimpleImputer(strategy="constant", fill_value=-7.5, add_indicator=True),
        DecisionTreeRegressor(max_depth=5, random_state=0),
    )
    return Case(model.fit(X, y), X[:60], hostile_numbers(X, missing=True))


@case("feature-union", "FeatureUnion with weights, nested pipelines")
def union() -> Case:
    X, y = numbers(missing=0.1)
    left = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    right = make_pipeline(SimpleImputer(strategy="mean"), MinMaxScaler())
    model = make_pipeline(FeatureUnion([("left", left), ("right", right)], transformer_weights={"right": 0.5}), Ridge())
    return Case(model.fit(X, y), X[:60], hostile_numbers(X, missing=True))


@case("policies", "A default for missing numbers, a refusal of unseen strings, declared in the schema")
def policies() -> Case:
    from modelpack.schema import Default

    frame, y = mixed()
    model = Pipeline([("prep", mixed_columns(handle_unknown="ignore")), ("model", Ridge())])
    fields = {"distance": {"missing": Default(100.0)}, "city": {"unseen": "reject"}}
    sample = frame.dropna(subset=["distance"]).head(80)
    rows = more_rows(frame, city=["nowhere", None, "Köln"], distance=[1.0, np.nan, 0.0])
    return Case(model.fit(frame, y), sample, rows, {"schema": fields})


# ---- trees of scikit-learn ----


@case("tree-classifier-labels", "DecisionTreeClassifier with integer labels 3, 5, 9")
def tree_labels() -> Case:
    X, y = datasets.load_wine(return_X_y=True)
    return Case(
        DecisionTreeClassifier(max_depth=4, random_state=0).fit(X, np.array([3, 5, 9])[y]),
        X[::3],
        hostile_numbers(X, missing=False),
    )


@case("tree-missing", "DecisionTreeRegressor trained with missing values")
def tree_missing() -> Case:
    X, y = numbers(missing=0.2)
    return Case(DecisionTreeRegressor(max_depth=6, random_state=0).fit(X, y), X[:60], hostile_numbers(X, missing=True))


@case("forest-wine", "RandomForestClassifier: the sum in estimator order, divided by their number")
def forest_wine() -> Case:
    X, y = datasets.load_wine(return_X_y=True)
    return Case(
        RandomForestClassifier(n_estimators=7, max_depth=5, random_state=0).fit(X, y),
        X[::3],
        hostile_numbers(X, missing=False),
    )


@case("extra-trees-two-targets", "ExtraTreesRegressor with two targets: vector leaves")
def extra_trees() -> Case:
    X, y = numbers()
    model = ExtraTreesRegressor(n_estimators=6, max_depth=5, random_state=0).fit(X, np.c_[y, y**2])
    return Case(model, X[:60], hostile_numbers(X, missing=False))


@case("gradient-boosting-binary", "GradientBoostingClassifier on breast cancer")
def boosting_binary() -> Case:
    X, y = datasets.load_breast_cancer(return_X_y=True)
    return Case(GradientBoostingClassifier(n_estimators=10, random_state=0).fit(X, y), X[::10], X[5::40])


@case("gradient-boosting-digits", "GradientBoostingClassifier over ten classes")
def boosting_multi() -> Case:
    X, y = datasets.load_digits(return_X_y=True)
    return Case(
        GradientBoostingClassifier(n_estimators=3, max_depth=2, random_state=0).fit(X[:400], y[:400]),
        X[:400:8],
        X[400:430],
    )


@case("gradient-boosting-huber", "GradientBoostingRegressor with the huber loss")
def boosting_huber() -> Case:
    X, y = numbers()
    return Case(
        GradientBoostingRegressor(n_estimators=10, loss="huber", random_state=0).fit(X, y),
        X[:60],
        hostile_numbers(X, missing=False),
    )


@case("hist-missing", "HistGradientBoostingRegressor with missing values and infinite ones")
def hist_missing() -> Case:
    X, y = numbers(missing=0.2)
    return Case(
        HistGradientBoostingRegressor(max_iter=12, random_state=0).fit(X, y),
        X[:60],
        hostile_numbers(X, missing=True, infinite=True),
    )


@case("hist-binary", "HistGradientBoostingClassifier with bool labels")
def hist_binary() -> Case:
    X, y = numbers(missing=0.1)
    return Case(
        HistGradientBoostingClassifier(max_iter=12, random_state=0).fit(X, y > 0),
        X[:60],
        hostile_numbers(X, missing=True),
    )


@case("hist-categories", "HistGradientBoosting with categorical columns from the data frame's dtype")
def hist_categories() -> Case:
    frame, y = mixed()
    frame["city"] = frame["city"].astype("category")
    frame["weekend"] = frame["weekend"].astype(float)
    model = HistGradientBoostingRegressor(max_iter=12, categorical_features="from_dtype", random_state=0).fit(frame, y)
    return Case(model, frame.head(80), more_rows(frame, city=[None, "Köln"], distance=[np.nan, 0.0]))


@case("hist-poisson", "HistGradientBoostingRegressor with the poisson loss: exp at the end")
def hist_poisson() -> Case:
    X, y = numbers(missing=0.1)
    return Case(
        HistGradientBoostingRegressor(max_iter=12, loss="poisson", random_state=0).fit(X, np.exp(y / 4)),
        X[:60],
        hostile_numbers(X, missing=True),
    )


# ---- XGBoost ----


def booster(kind: type, **parameters: Any) -> Any:
    return kind(n_estimators=parameters.pop("n_estimators", 12), max_depth=4, random_state=0, n_jobs=1, **parameters)


@case("xgboost-regression", "XGBRegressor with missing values: float32 sums in tree order")
def xgb_regression() -> Case:
    X, y = numbers(missing=0.2)
    return Case(booster(XGBRegressor).fit(X, y), X[:60], hostile_numbers(X, missing=True))


@case("xgboost-binary", "XGBClassifier on breast cancer")
def xgb_binary() -> Case:
    X, y = datasets.load_breast_cancer(return_X_y=True)
    return Case(booster(XGBClassifier).fit(X, y), X[::10], X[5::40])


@case("xgboost-multiclass", "XGBClassifier multi:softprob on wine")
def xgb_multi() -> Case:
    X, y = datasets.load_wine(return_X_y=True)
    return Case(booster(XGBClassifier).fit(X, y), X[::3], hostile_numbers(X, missing=True))


@case("xgboost-poisson", "XGBRegressor count:poisson: expf at the end")
def xgb_poisson() -> Case:
    X, y = numbers()
    return Case(
        booster(XGBRegressor, objective="count:poisson").fit(X, np.exp(y / 4).round()),
        X[:60],
        hostile_numbers(X, missing=True),
    )


@case("xgboost-dart", "DART: each leaf times its tree's weight")
def xgb_dart() -> Case:
    X, y = numbers()
    return Case(
        booster(XGBRegressor, booster="dart", rate_drop=0.3).fit(X, y), X[:60], hostile_numbers(X, missing=True)
    )


@case("xgboost-linear", "gblinear: the sum starts from the bias, missing values are skipped")
def xgb_linear() -> Case:
    X, y = numbers()
    model = XGBRegressor(booster="gblinear", n_estimators=5, updater="coord_descent", n_jobs=1).fit(X, y)
    return Case(model, X[:60], hostile_numbers(X, missing=True))


@case("xgboost-categories", "XGBRegressor with pandas categories")
def xgb_categories() -> Case:
    frame, y = mixed()
    # XGBoost 3.2 measures names in characters and stores bytes, so only ASCII names survive its model file
    names = {city: city.encode("ascii", "replace").decode() for city in CITIES}
    frame["city"] = frame["city"].map(names).astype("category")
    model = booster(XGBRegressor, enable_categorical=True, max_cat_to_onehot=2).fit(frame, y)
    return Case(model, frame.head(80), more_rows(frame, city=[None, "K?ln"], distance=[np.nan, 0.0]))


@case("xgboost-sparse-columns", "XGBoost behind a ColumnTransformer with sparse output: zeros become missing")
def xgb_sparse() -> Case:
    frame, y = mixed()
    # 24 hours and 8 cities, one-hot, are sparse enough for the whole matrix to be
    hot = OneHotEncoder(handle_unknown="ignore")
    numeric = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    columns = [("num", numeric, ["distance"]), ("hot", hot, ["hour", "city"]), ("flag", "passthrough", ["weekend"])]
    model = Pipeline([("prep", ColumnTransformer(columns)), ("model", booster(XGBClassifier))])
    model.fit(frame, (y > np.median(y)).astype(int))
    assert model[0].sparse_output_
    rows = more_rows(frame, city=["nowhere", "łódź", None, ""], distance=[np.nan, 0.0, -0.0, 1e30])
    return Case(model, frame.head(80), rows)


@case("xgboost-quantiles", "Several quantiles at once: the row is sorted (XGBoost 3.4 and newer)")
def xgb_quantiles() -> Case:
    X, y = numbers()
    model = booster(XGBRegressor, objective="reg:quantileerror", quantile_alpha=np.array([0.1, 0.5, 0.9])).fit(X, y)
    return Case(model, X[:60], hostile_numbers(X, missing=True))


# ---- LightGBM ----


def light(kind: type, **parameters: Any) -> Any:
    return kind(
        n_estimators=parameters.pop("n_estimators", 12),
        num_leaves=8,
        min_child_samples=5,
        random_state=0,
        n_jobs=1,
        verbose=-1,
        **parameters,
    )


@case("lightgbm-regression", "LGBMRegressor with missing and infinite values")
def lgb_regression() -> Case:
    X, y = numbers(missing=0.2)
    return Case(light(LGBMRegressor).fit(X, y), X[:60], hostile_numbers(X, missing=True, infinite=True))


@case("lightgbm-zero-missing", "zero_as_missing: |x| <= 1e-35f is missing")
def lgb_zero() -> Case:
    X, y = numbers()
    X[np.random.default_rng(1).random(X.shape) < 0.3] = 0.0
    rows = np.vstack([hostile_numbers(X, missing=True), np.full((1, 5), 1e-36), np.full((1, 5), -2e-35)])
    return Case(light(LGBMClassifier, zero_as_missing=True).fit(X, y > 0), X[:60], rows)


@case("lightgbm-multiclass", "LGBMClassifier over three classes with text labels")
def lgb_multi() -> Case:
    wine = datasets.load_wine()
    return Case(
        light(LGBMClassifier).fit(wine.data, wine.target_names[wine.target]),
        wine.data[::3],
        hostile_numbers(wine.data, missing=True),
    )


@case("lightgbm-categories", "LGBMRegressor with pandas categories: bitsets")
def lgb_categories() -> Case:
    frame, y = mixed()
    frame["city"] = frame["city"].astype("category")
    model = light(LGBMRegressor, min_data_per_group=5, cat_smooth=1.0).fit(frame, y)
    return Case(model, frame.head(80), more_rows(frame, city=[None, "Köln"], distance=[np.nan, 0.0]))


@case("lightgbm-forest", "boosting_type rf: the sum divided by the number of iterations")
def lgb_forest() -> Case:
    X, y = numbers()
    model = light(LGBMRegressor, boosting_type="rf", subsample=0.7, subsample_freq=1)
    return Case(model.fit(X, y), X[:60], hostile_numbers(X, missing=True))


@case("lightgbm-tweedie", "LGBMRegressor tweedie: exp at the end")
def lgb_tweedie() -> Case:
    X, y = numbers()
    return Case(
        light(LGBMRegressor, objective="tweedie").fit(X, np.exp(y / 4)), X[:60], hostile_numbers(X, missing=True)
    )


@case("partitions", "a model per country and zone: text and integer keys, unknown and missing ones, a pruned node")
def partitions() -> Case:
    rng = np.random.default_rng(SEED)
    X = pd.DataFrame(
        {
            "country": rng.choice(["PL", "Łódź", "", "DE"], 400),
            "zone": rng.choice([-3, 7, 2**40], 400),
            "x": rng.normal(size=400),
            "wind": rng.choice(["N", "S"], 400),
        }
    )
    y = X.x * X.country.map({"PL": 1.0, "Łódź": -4.0, "": 9.0, "DE": 2.0}) + (X.zone == 7)

    def tree(part: pd.Series, depth: int) -> Pipeline:
        encoder = ColumnTransformer(
            [("wind", OneHotEncoder(handle_unknown="ignore"), ["wind"])], remainder="passthrough"
        )
        model = make_pipeline(encoder, DecisionTreeRegressor(max_depth=depth, random_state=0))
        return model.fit(X.loc[part, ["x", "wind"]], y[part])

    models: dict[tuple[Any, ...], Any] = {
        (): tree(X.x > -9, 6),
        ("PL",): tree(X.country == "PL", 4),
        ("PL", 7): tree((X.country == "PL") & (X.zone == 7), 3),
        ("PL", 2**40): tree((X.country == "PL") & (X.zone == 2**40), 3),
        ("Łódź",): Node(("Łódź",), None, 98, 1.5, 1.25, 1),
        ("Łódź", -3): tree((X.country == "Łódź") & (X.zone == -3), 4),
        ("",): tree(X.country == "", 4),
    }
    rows = pd.DataFrame(
        [
            [country, zone, x, wind]
            for country in ("PL", "Łódź", "", "DE", "pl", "Łódź ", None)
            for zone in (-3, 7, 2**40, 0)
            for x, wind in ((0.25, "N"), (-1.5, "W"))
        ],
        columns=list(X),
    )
    return Case(models, X.head(120), rows, {"partition_by": ("country", "zone")})
