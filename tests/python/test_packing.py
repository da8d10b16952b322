"""What `pack` promises besides the answers: equal bytes, golden rows, metrics, record, and no bundle that differs."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timezone

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn import metrics
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

import modelpack
from modelpack.canonical import parse_safetensors
from modelpack.errors import InputError, MismatchError, UnsupportedModelError

SEED = 7


@pytest.fixture(scope="module")
def frame():
    rng = np.random.default_rng(SEED)
    table = pd.DataFrame({"size": rng.normal(size=120), "rooms": rng.integers(1, 6, 120)})
    table["city"] = pd.Series(rng.choice(["Warsaw", "Łódź", "Köln"], 120), dtype=object)
    table["price"] = table["size"] * 3 + table["rooms"] + (table["city"] == "Łódź") * 2
    return table


@pytest.fixture(scope="module")
def model(frame):
    columns = ColumnTransformer([("city", OneHotEncoder(), ["city"])], remainder="passthrough")
    regressor = DecisionTreeRegressor(max_depth=5, random_state=0)
    return make_pipeline(columns, regressor).fit(frame.drop(columns="price"), frame["price"])


def pack(model, sample, path, **arguments):
    return modelpack.pack(model, sample, path, name="m", version="1.0.0", **arguments)


def opened(path):
    return modelpack.open(path, trust=modelpack.UNSIGNED, name="m")


def golden_of(path):
    with opened(path) as bundle:
        return parse_safetensors(bundle.member("golden.safetensors"))


def test_equal_inputs_give_equal_bytes(tmp_path, frame, model):
    X = frame.drop(columns="price")
    paths = [pack(model, X, tmp_path / f"{i}.mpk", created_at="2026-01-01T00:00:00Z").path for i in range(2)]
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_the_time_comes_from_the_environment_where_it_is_not_given(tmp_path, frame, model, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    with opened(pack(model, frame.drop(columns="price"), tmp_path / "m.mpk")) as bundle:
        assert bundle.manifest["created_at"] == "2023-11-14T22:13:20Z"


def test_an_existing_file_is_kept_unless_told(tmp_path, frame, model):
    X = frame.drop(columns="price")
    packed = pack(model, X, tmp_path / "m.mpk")
    before = packed.path.read_bytes()
    with pytest.raises(InputError, match="overwrite=True"):
        pack(model, X, tmp_path / "m.mpk")
    assert packed.path.read_bytes() == before
    pack(model, X, tmp_path / "m.mpk", overwrite=True)


@pytest.mark.parametrize("where", ["sample", "evaluation"])
def test_a_difference_is_refused_with_the_row_and_nothing_is_written(tmp_path, frame, model, monkeypatch, where):
    import modelpack.importers as importers

    X = frame.drop(columns="price")
    wrong = 3 if where == "sample" else 45

    def import_wrongly(*arguments, **named):
        imported = real(*arguments, **named)

        def reference(rows):
            answers = {name: values.copy() for name, values in imported.reference(rows).items()}
            for position, row in enumerate(rows.index):
                if row == wrong:
                    answers["value"][position] = np.nextafter(answers["value"][position], np.inf)
            return answers

        return dataclasses.replace(imported, reference=reference)

    real = importers.import_model
    monkeypatch.setattr(importers, "import_model", import_wrongly)
    with pytest.raises(MismatchError, match=f"size={float(X['size'][wrong])!r}") as refused:
        pack(model, X[:20], tmp_path / "m.mpk", evaluation=(X[20:], frame["price"][20:]))
    assert refused.value.row == wrong
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("container", ["pandas", "polars", "arrow", "numpy"])
def test_synthetic_golden_rows_repeat_no_row_of_the_sample(tmp_path, frame, container):
    X = frame[["size", "rooms"]].astype({"rooms": "float64"})
    fitted = DecisionTreeRegressor(max_depth=4, random_state=0).fit(X.to_numpy(), frame["price"])
    sample = {
        "pandas": lambda: X,
        "polars": lambda: pl.from_pandas(X),
        "arrow": lambda: pa.Table.from_pandas(X),
        "numpy": lambda: X.to_numpy(),
    }[container]()
    if container != "numpy":
        fitted = DecisionTreeRegressor(max_depth=4, random_state=0).fit(X, frame["price"])
    tensors, metadata = golden_of(pack(fitted, sample, tmp_path / "m.mpk", golden="synthetic"))
    cells = tensors["cells"].view(np.float64)
    assert metadata == {"source": "synthetic"}
    assert len(cells) == 32
    real = {tuple(row) for row in X.to_numpy().tolist()}
    assert not real & {tuple(row) for row in cells.tolist()}
    assert X["size"].min() <= cells[:, 0].min() and cells[:, 0].max() <= X["size"].max()


def test_golden_rows_given_are_kept(tmp_path, frame, model):
    X = frame.drop(columns="price")
    tensors, metadata = golden_of(pack(model, X, tmp_path / "m.mpk", golden=X[5:8]))
    assert metadata == {"source": "given"}
    assert tensors["cells"][:, 0].view(np.float64).tolist() == X["size"][5:8].tolist()
    assert tensors["framework.value"].ravel().tolist() == model.predict(X[5:8]).tolist()


def test_an_empty_sample_is_refused(tmp_path, frame, model):
    with pytest.raises(InputError, match="the sample is empty"):
        pack(model, frame.drop(columns="price")[:0], tmp_path / "m.mpk")


@pytest.mark.parametrize("golden", [0, 65, "some"])
def test_golden_rows_that_cannot_be_are_refused(tmp_path, frame, model, golden):
    with pytest.raises(InputError, match="golden"):
        pack(model, frame.drop(columns="price"), tmp_path / "m.mpk", golden=golden)


def test_metrics_of_a_regression_are_those_of_scikit_learn(tmp_path, frame, model):
    X, y = frame.drop(columns="price"), frame["price"] + 5
    weight = np.linspace(1, 2, len(X))
    splits = {"test": (X[60:], y[60:]), "weighted": (X, y, weight)}
    with opened(pack(model, X[:60], tmp_path / "m.mpk", evaluation=splits, metrics={"cost": 1.5})) as bundle:
        found = bundle.metrics
    test, predicted = found["splits"]["test"], model.predict(X[60:])
    assert found["reported"] == {"cost": 1.5}
    assert (test["rows"], test["weighted"]) == (60, False)
    assert test["values"]["mae"] == metrics.mean_absolute_error(y[60:], predicted)
    assert test["values"]["r2"] == metrics.r2_score(y[60:], predicted)
    assert test["values"]["rmse"] == pytest.approx(metrics.root_mean_squared_error(y[60:], predicted), rel=1e-15)
    weighted = found["splits"]["weighted"]["values"]["mae"]
    assert weighted == metrics.mean_absolute_error(y, model.predict(X), sample_weight=weight)


def test_metrics_of_two_classes(tmp_path, frame):
    X, y = frame[["size", "rooms"]], np.where(frame["price"] > 3, "dear", "cheap")
    fitted = LogisticRegression().fit(X, y)
    with opened(pack(fitted, X, tmp_path / "m.mpk", evaluation=(X, y))) as bundle:
        split = bundle.metrics["splits"]["test"]
    p = fitted.predict_proba(X)
    assert split["classes"] == ["cheap", "dear"]
    assert split["values"]["auc"] == pytest.approx(metrics.roc_auc_score(y == "dear", p[:, 1]))
    assert split["values"]["average_precision"] == pytest.approx(metrics.average_precision_score(y == "dear", p[:, 1]))
    assert split["values"]["log_loss"] == pytest.approx(metrics.log_loss(y, p))
    matrix = split["curves"]["confusion_matrix"]["observed_by_predicted"]
    assert matrix == metrics.confusion_matrix(y, fitted.predict(X)).tolist()
    assert sum(part["rows"] for part in split["curves"]["dear"]["calibration"]) == len(X)


def test_metrics_of_several_classes(tmp_path, frame):
    X, y = frame[["size", "price"]], frame["city"]
    fitted = DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, y)
    with opened(pack(fitted, X, tmp_path / "m.mpk", evaluation=(X, y))) as bundle:
        values = bundle.metrics["splits"]["test"]["values"]
    assert values["accuracy"] == fitted.score(X, y)
    assert values["auc"] == pytest.approx(metrics.roc_auc_score(y, fitted.predict_proba(X), multi_class="ovr"))


def test_a_label_that_is_no_class_is_named(tmp_path, frame):
    X = frame[["size"]]
    fitted = LogisticRegression().fit(X, frame["price"] > 3)
    with pytest.raises(InputError, match="'maybe'"):
        pack(fitted, X, tmp_path / "m.mpk", evaluation=(X, ["maybe"] * len(X)))


@pytest.mark.parametrize("evaluation", [5, {"test": (1,)}])
def test_an_evaluation_of_another_form_is_refused(tmp_path, frame, model, evaluation):
    with pytest.raises(InputError, match="evaluation: split 'test' is not"):
        pack(model, frame.drop(columns="price"), tmp_path / "m.mpk", evaluation=evaluation)


def test_the_record_says_who_when_and_on_what(tmp_path, frame, model):
    X = frame.drop(columns="price")
    reference = modelpack.data_reference(X, role="train", uri="s3://bucket/flats.parquet")
    record = {
        "author": "Ada",
        "trained_start": datetime(2026, 1, 31, 12, tzinfo=timezone.utc),
        "trained_end": "2026-01-31T12:30:00Z",
        "data": [reference],
        "code_revision": "abc123",
    }
    with opened(pack(model, X, tmp_path / "m.mpk", record=record)) as bundle:
        found = bundle.record
    assert found["author"] == "Ada"
    assert found["trained_start"] == "2026-01-31T12:00:00Z"
    assert found["data"] == [reference]
    assert reference["rows"] == 120 and reference["digest"].startswith("sha256:")
    assert found["packages"]["modelpack"] == modelpack.__version__
    assert found["statistics"]["size"]["min"] == X["size"].min()
    assert found["statistics"]["city"]["distinct"] == 3


def test_statistics_stay_out_when_told(tmp_path, frame, model):
    with opened(pack(model, frame.drop(columns="price"), tmp_path / "m.mpk", statistics=False)) as bundle:
        assert "statistics" not in bundle.record


def test_a_field_that_the_record_does_not_have_is_refused(tmp_path, frame, model):
    with pytest.raises(InputError, match="'autor'"):
        pack(model, frame.drop(columns="price"), tmp_path / "m.mpk", record={"autor": "Ada"})


def test_a_data_reference_depends_on_names_values_and_order(frame):
    def digest(table):
        return modelpack.data_reference(table, role="train")["digest"]

    assert digest(frame) == digest(frame.copy())
    assert digest(frame) != digest(frame[::-1])
    assert digest(frame) != digest(frame.rename(columns={"size": "area"}))
    assert digest(frame) != digest(frame.assign(size=frame["size"] + 1e-12))


def test_models_without_covers_answer_the_same(tmp_path, frame, model):
    X = frame.drop(columns="price")
    with_covers, without = (pack(model, X, tmp_path / f"{e}.mpk", explain=e) for e in (True, False))
    assert without.path.stat().st_size < with_covers.path.stat().st_size
    with modelpack.load(without, trust=modelpack.UNSIGNED) as predictor:
        assert predictor.predict(X).tolist() == model.predict(X).tolist()


def test_what_this_version_does_not_write_is_refused_by_name(tmp_path, frame, model):
    with pytest.raises(UnsupportedModelError, match="engines"):
        pack(model, frame.drop(columns="price"), tmp_path / "m.mpk", engines=("onnx",))


def test_one_model_is_not_partitioned(tmp_path, frame, model):
    with pytest.raises(modelpack.InputError, match=r"PartitionedModel.*pack_partitions"):
        pack(model, frame.drop(columns="price"), tmp_path / "m.mpk", partition_by=("city",))


def test_progress_ends_at_the_total(tmp_path, frame, model):
    seen = []
    X = frame.drop(columns="price")
    pack(model, X, tmp_path / "m.mpk", evaluation=(X, frame["price"]), progress=lambda *step: seen.append(step))
    assert seen[-1] == (240, 240)


def test_the_file_is_named_after_the_model(tmp_path, frame, monkeypatch):
    monkeypatch.chdir(tmp_path)
    packed = modelpack.pack(Ridge().fit(frame[["size"]], frame["price"]), frame[["size"]], name="flat", version="1.2.0")
    assert packed.path.name == "flat-1.2.0.mpk" and packed.path.exists()
