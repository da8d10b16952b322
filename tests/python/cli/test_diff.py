"""`modelpack diff` says what two bundles are to each other."""

from __future__ import annotations

import json
from typing import Any

import modelpack
from modelpack.diff import diff


def test_a_bundle_and_itself(run: Any, shelf: Any) -> None:
    answer = run("diff", shelf.first, shelf.first)
    assert answer.code == 0
    assert "the same bundle" in answer.out
    assert answer.out.count("not verified") == 2


def test_the_same_model_packaged_again(run: Any, shelf: Any) -> None:
    answer = run("diff", shelf.first, shelf.repackaged)
    assert answer.code == 1
    assert "same model, other packaging" in answer.out
    assert "reported.cost  2.5" in answer.out
    assert run("diff", "--model", shelf.first, shelf.repackaged).code == 0


def test_another_training(run: Any, shelf: Any) -> None:
    answer = run("diff", shelf.first, shelf.second)
    assert answer.code == run("diff", "--model", shelf.first, shelf.second).code == 1
    assert "another model with the same schema" in answer.out
    assert "hyperparameters.n_estimators  4 → 6" in answer.out
    assert "test.values.log_loss" in answer.out


def test_another_schema(run: Any, shelf: Any) -> None:
    content = json.loads(run("diff", shelf.first, shelf.narrow, "--json").out)
    assert content["verdict"] == "another model with another schema"
    assert (content["same_bundle"], content["same_model"], content["verified"]) == (False, False, False)
    removed = [change["path"] for change in content["changes"] if change["part"] == "features"]
    assert removed == ["carrier", "night"]
    categories = {change["left"] for change in content["changes"] if change["part"] == "categories"}
    assert categories == {"AA", "B6", "DL"}


def test_long_lists_are_cut_unless_all_is_asked_for(run: Any, shelf: Any) -> None:
    short, whole = run("diff", shelf.first, shelf.narrow).out, run("diff", shelf.first, shelf.narrow, "--all").out
    assert len(whole.splitlines()) >= len(short.splitlines())
    assert "(--all)" not in whole


def test_from_python(shelf: Any) -> None:
    found = diff(modelpack.inspect(shelf.first), modelpack.inspect(shelf.second))
    assert not found.same_model
    change = next(change for change in found.of("config") if change.path == "hyperparameters.n_estimators")
    assert (change.kind, change.left, change.right) == ("changed", 4, 6)
