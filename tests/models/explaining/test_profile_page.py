"""docs/explaining/profile.md: its code runs, and prints what the page says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "explaining" / "profile.md"


@pytest.mark.filterwarnings("ignore:time: ")
def test_its_code_runs(capsys, tmp_path: Path, monkeypatch) -> None:
    pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for block in re.findall(
        r"^```python\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE
    ):
        exec(compile(block, str(PAGE), "exec"), names)
    said = capsys.readouterr().out
    assert said.startswith("At the given values")
    assert "±: 2 standard deviations among " in said
    assert "Outside the training rows: time by " in said
    assert "Best inputs for the largest rise" in said
    assert "Best inputs for rise = 75" in said
    found = names["found"]
    assert names["model"].predict(found.inputs) == found.prediction[0]
    assert found.reached
    assert {path.name for path in tmp_path.iterdir()} == {"model.json", "profile.png"}
