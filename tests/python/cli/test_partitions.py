"""`modelpack inspect --partitions` shows the nodes as a tree, `diff` those that changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.tree import DecisionTreeRegressor

import modelpack
from modelpack.partitions import PartitionedModel

CITIES = [f"C{number:02}" for number in range(8)]


def rides(rows: int = 4000) -> tuple[pd.DataFrame, np.ndarray]:
    """PL differs as a whole, PL/C03 from the rest, and FR has few rows."""
    rng = np.random.default_rng(5)
    X = pd.DataFrame(
        {
            "country": rng.choice(["PL", "DE", "FR"], rows, p=[0.5, 0.49, 0.01]),
            "city": rng.choice(CITIES, rows),
            "x": rng.normal(size=rows),
        }
    )
    y = X.x * np.where(X.country == "PL", 3, 1) + np.where((X.country == "PL") & (X.city == "C03"), 9, 0)
    return X, y.to_numpy()


def model() -> DecisionTreeRegressor:
    return DecisionTreeRegressor(max_depth=4, random_state=0)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: Any) -> Path:
    X, y = rides()
    fitted = PartitionedModel(model(), by=("country", "city"), min_rows=100).fit(X, y)
    path = tmp_path_factory.mktemp("partitions") / "rides.mpk"
    return modelpack.pack(fitted, X.head(300), path, name="rides", version="1.0.0").path


def test_the_tree_has_rows_metrics_and_what_is_pruned(run: Any, bundle: Path) -> None:
    answer = run("inspect", bundle, "--partitions")
    assert answer.code == 0
    lines = answer.out.splitlines()
    assert lines[0] == "rides 1.0.0: 28 nodes by country, city"
    assert "rmse on validation rows, less is better" in lines[1]
    assert max(map(len, lines)) <= 100
    node = modelpack.inspect(bundle).nodes()[("PL", "C03")]
    line = next(line for line in lines if line.startswith("   ├─ C03"))
    for figure in (f"{node.rows:,}", f"{node.metric:.5g}", f"{node.parent_metric:.5g}"):
        assert figure in line.split()
    assert next(line for line in lines if line.startswith("├─ FR")).endswith("pruned: too few rows")
    assert sum("─ C0" in line for line in lines) == 3 * len(CITIES)


def test_a_large_tree_is_cut_and_says_so(run: Any, bundle: Path) -> None:
    lines = run("inspect", bundle, "--partitions", "--limit", 10).out.splitlines()
    tree = lines[lines.index(next(line for line in lines if line.startswith("node"))) + 2 :]
    assert [line.split("  ")[0].rstrip() for line in tree[:4]] == ["/", "├─ DE", "│", "│"]
    assert sum("… 6 more nodes" in line for line in tree) == 3
    assert sum("─ " in line and "…" not in line for line in tree) == 9
    shallow = run("inspect", bundle, "--depth", 1).out
    assert "C03" not in shallow and shallow.count("… 8 nodes") == 3
    assert run("inspect", bundle, "--limit", 0).code == 2


def test_json_lists_the_nodes(run: Any, bundle: Path) -> None:
    told = json.loads(run("inspect", bundle, "--partitions", "--json").out)["partitions"]
    assert told["levels"] == ["country", "city"] and told["count"] == 28 == len(told["nodes"])
    assert told["metric"] == {"name": "rmse", "greater_is_better": False}
    by_path = {node["path"]: node for node in told["nodes"]}
    assert by_path["PL/C03"]["key"] == ["PL", "C03"] and not by_path["PL/C03"]["pruned"]
    assert by_path["FR/C00"]["answers"] == "/" and by_path["FR/C00"]["reason"] == "too few rows"
    assert len(json.loads(run("inspect", bundle, "--json", "--limit", 3).out)["partitions"]["nodes"]) == 3
    assert json.loads(run("inspect", bundle, "--json").out)["partitions"] == {
        "levels": ["country", "city"],
        "count": 28,
    }


def test_the_summary_counts_the_nodes(run: Any, bundle: Path, shelf: Any) -> None:
    assert "28 nodes by country, city" in run("inspect", bundle).out
    assert "partitions" not in run("inspect", shelf.first).out
    answer = run("inspect", shelf.first, "--partitions")
    assert answer.code == 2 and "no partitions" in answer.err


def test_diff_shows_the_nodes_that_changed(run: Any, bundle: Path, tmp_path: Path) -> None:
    X, y = rides()
    new = modelpack.repartition(
        bundle,
        tmp_path / "new.mpk",
        version="1.1.0",
        trust=modelpack.UNSIGNED,
        replace={("PL", "C03"): model().fit(X[["x"]], y), ("FR", "C01"): model().fit(X[["x"]], -y)},
        remove=[("DE", "C00")],
        X_sample=X.head(300),
    )
    answer = run("diff", bundle, new.path)
    assert answer.code == 1
    section = answer.out.split("\nnodes\n")[1].split("\n\n")[0].splitlines()
    assert [line.split()[:2] for line in section] == [["-", "DE/C00"], ["~", "FR/C01"], ["~", "PL/C03"]]
    assert "pruned: too few rows" in section[1] and "→" in section[1]
    changes = json.loads(run("diff", bundle, new.path, "--json").out)["changes"]
    assert [change["path"] for change in changes if change["part"] == "nodes"] == ["DE/C00", "FR/C01", "PL/C03"]


def test_predict_writes_who_answered(run: Any, bundle: Path, tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.write_text("country,city,x\nPL,C03,1.5\nFR,C01,0.5\nES,C01,0.5\n,C01,0.5\nPL,C03,much\n", encoding="utf-8")
    answer = run("predict", bundle, rows, "--unsigned", "--nodes", "--errors", "column", "--quiet")
    assert answer.code == 0
    lines = [line.split(",") for line in answer.out.splitlines()]
    assert lines[0] == ["value", "node", "reason", "error"]
    assert [line[1:3] for line in lines[1:]] == [
        ["PL/C03", "exact"],
        ["/", "pruned"],
        ["/", "unknown"],
        ["/", "missing"],
        ["", ""],
    ]
    without = run("predict", bundle, rows, "--unsigned", "--errors", "column", "--quiet")
    assert without.out.splitlines()[0] == "value,error"
