"""`modelpack demo` shows a model whose every answer has the framework's bits."""

from __future__ import annotations

import json

from modelpack.cli import main


def test_every_answer_has_the_bits_of_scikit_learn(capsys, tmp_path):
    assert main(["demo", "--out", str(tmp_path), "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["rows"], result["same_bits"], result["different"]) == (169, 169, 0)
    assert (tmp_path / "cancer-1.0.0.mpk").stat().st_size == result["size_bytes"]


def test_it_is_told_as_a_person_reads_it(capsys):
    assert main(["demo"]) == 0
    assert "169 with scikit-learn's bits, 0 different" in capsys.readouterr().out
