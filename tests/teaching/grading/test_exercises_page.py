"""docs/exercises.md: its code runs, and its output and its table are those of the package."""

from __future__ import annotations

import re
from pathlib import Path

TEXT = (Path(__file__).parents[3] / "docs" / "exercises.md").read_text(encoding="utf-8")


def test_its_code_prints_what_it_shows(capsys) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
    assert len(blocks) == 3
    space: dict[str, object] = {}
    exec(compile(blocks[0], "exercises.md", "exec"), space)
    shown = re.search(r"^    NeuralNetwork: .*?\n(?=\n)", TEXT, re.DOTALL | re.MULTILINE)
    assert capsys.readouterr().out == re.sub(r"^    ", "", shown[0], flags=re.MULTILINE)
    exec(compile(blocks[1] + blocks[2], "exercises.md", "exec"), space)
    said = capsys.readouterr().out
    assert "np.ones_like(self.W_2.T)" in said
    assert "Only layer 1 is wrong" in said
    assert re.search(r"^26 of \d\d$", said, re.MULTILINE)
