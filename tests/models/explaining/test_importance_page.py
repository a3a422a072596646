"""docs/explaining/importance.md: its code runs, and it explains every measure."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[3] / "docs" / "explaining" / "importance.md"
TEXT = PAGE.read_text(encoding="utf-8")


@pytest.mark.skipif(find_spec("matplotlib") is None, reason="it draws a picture")
def test_its_code_runs(capsys, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (code,) = re.findall(r"^```python\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
    exec(compile(code, str(PAGE), "exec"), {})
    said = capsys.readouterr().out
    assert re.findall(r"# (\[.*\])$", code, re.MULTILINE) == [said.splitlines()[-1]]
    assert Path("importance.png").is_file()
