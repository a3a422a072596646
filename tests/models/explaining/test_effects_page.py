"""docs/explaining/effects.md: its code runs, and prints what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "explaining" / "effects.md"


def test_its_code_runs(capsys, tmp_path: Path, monkeypatch) -> None:
    pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    for block in re.findall(
        r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    ):
        exec(compile(block, str(PAGE), "exec"), {})
    said = capsys.readouterr().out
    assert said.startswith("Accumulated local effects on response, 120 training rows")
    assert re.search(r"^  dose and sex|^  sex and dose", said, re.MULTILINE)
    assert "Nearest training rows" in said
    assert {path.name for path in tmp_path.iterdir()} == {"effects.png", "pair.png"}
