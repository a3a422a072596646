"""docs/room.md: its programs run in a folder of answers, and its commands and options exist."""

from __future__ import annotations

import re
from pathlib import Path

import sheernet as sn

TEXT = (Path(__file__).parents[3] / "docs" / "room.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```\n", TEXT, re.DOTALL | re.MULTILINE)


def test_its_programs_print_what_they_show(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "answers").mkdir()
    right, wrong = sn.faults.NOTEBOOK["sign"].old, sn.faults.NOTEBOOK["sign"].new
    source = sn.faults.NOTEBOOK["sign"].source()
    assert source.count(wrong) == 1
    (tmp_path / "answers" / "anna.py").write_text(source.replace(wrong, right), encoding="utf-8")
    (tmp_path / "answers" / "ben.py").write_text(source, encoding="utf-8")
    space: dict[str, object] = {}
    for block in BLOCKS:
        exec(compile(block, "room.md", "exec"), space)
    table, n_faults, what = capsys.readouterr().out.rstrip("\n").rsplit("\n", 2)
    assert re.sub("^", "    ", table.strip(), flags=re.MULTILINE) in TEXT
    assert re.fullmatch(r"26 of \d\d show here", n_faults)
    assert f"\n    {what}\n" in TEXT
    assert "Hint:" in (tmp_path / "answers" / "ben.txt").read_text(encoding="utf-8")
    assert not (tmp_path / "scores.csv").exists()  # the name of the table to try
    assert len(BLOCKS) == 3
