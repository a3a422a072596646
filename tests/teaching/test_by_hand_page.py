"""docs/by-hand.md: its code runs from top to bottom and prints what it shows."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest

pyplot = pytest.importorskip("matplotlib.pyplot")

TEXT = (Path(__file__).parents[2] / "docs" / "by-hand.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```python\n(.*?)^```\n", re.DOTALL | re.MULTILINE)
SHOWN = re.compile(r"\n((?:    .*\n)+)")


def test_its_code_prints_what_it_shows(capsys) -> None:
    pyplot.switch_backend("agg")
    space: dict[str, object] = {}
    found = list(BLOCK.finditer(TEXT))
    for block, following in pairwise([*found, None]):
        exec(compile(block[1], "by-hand.md", "exec"), space)
        between = TEXT[block.end() : following.start() if following else len(TEXT)]
        shown = SHOWN.match(between)
        expected = re.sub("^    ", "", shown[1], flags=re.MULTILINE) if shown else ""
        assert capsys.readouterr().out == expected, block[1]
    assert len(found) == 12
    pyplot.close("all")
