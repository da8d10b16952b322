"""The signed attacks that every language runs: under its policy each has the one error that the index states."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import modelpack

HOSTILE = Path(__file__).resolve().parents[2] / "vectors" / "hostile"
INDEX = [line.split("\t") for line in (HOSTILE / "signed.tsv").read_text(encoding="utf-8").splitlines()]


def outcome(bundle: Any, trust: Any, expected: dict[str, Any], engine: str | None) -> str:
    """The error's name, or ok; `verified` and the explanation agree with it."""
    try:
        with modelpack.load(bundle, trust, engine=engine, **expected) as predictor:
            assert predictor.bundle.verified is (trust is not modelpack.UNSIGNED)
            assert predictor.bundle.explanation.trusted
            return "ok"
    except modelpack.ModelpackError as error:
        assert str(error) and "\n" not in str(error)
        return error.name


@pytest.mark.parametrize(
    "file, policy, name, min_version, identity, engine, error", [line[1:8] for line in INDEX], ids=[i[0] for i in INDEX]
)
def test_a_signed_vector_is_judged_as_the_index_says(
    file: str, policy: str, name: str, min_version: str, identity: str, engine: str, error: str
) -> None:
    given = {"name": name, "min_version": min_version, "identity": identity}
    expected = {key: value for key, value in given.items() if value != "-"}
    asked = None if engine == "-" else engine
    path = HOSTILE / policy
    trust = modelpack.UNSIGNED if policy == "UNSIGNED" else path
    assert outcome(HOSTILE / file, trust, expected, asked) == error
    in_memory = trust if policy == "UNSIGNED" else path.read_bytes()
    assert outcome((HOSTILE / file).read_bytes(), in_memory, expected, asked) == error


def test_there_are_enough_of_them() -> None:
    assert len(INDEX) >= 300
    assert sum(line[7] == "ok" for line in INDEX) >= 20
