"""The code of docs/PARTITIONS.md is one program that runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import modelpack
from modelpack.diff import diff

PAGE = Path(__file__).resolve().parents[3] / "docs" / "PARTITIONS.md"


def test_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    exec(compile("\n".join(blocks), str(PAGE), "exec"), {})
    with modelpack.inspect("rides-1.0.0.mpk") as left, modelpack.inspect("rides-1.0.1.mpk") as right:
        assert [change.path for change in diff(left, right).of("nodes")] == ["DE/West", "PL/South"]
