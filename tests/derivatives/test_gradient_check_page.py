"""docs/gradient-check.md: its code runs, it names every kind of mistake, and all names in it exist."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

import sheernet as sn

PAGE = Path(__file__).parents[2] / "docs" / "gradient-check.md"
DERIVATIVES = Path(sn.derivatives.__file__).parent
TEXT = PAGE.read_text(encoding="utf-8")


@pytest.mark.skipif(find_spec("matplotlib") is None, reason="it draws pictures")
def test_its_code_runs(capsys) -> None:
    space: dict[str, object] = {}
    blocks = re.findall(r"^```python\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)
    assert len(blocks) >= 5
    for block in blocks:  # each block continues the ones before it
        exec(compile(block, str(PAGE), "exec"), space)
    space["test_my_gradient"]()
    said = capsys.readouterr().out
    assert said.startswith("Gradient check: pass (3 pass)")
    assert re.search(r"N|3", said.splitlines()[-1])
    assert "Every entry" in said.splitlines()[-1]


def test_it_names_every_kind_of_mistake() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in DERIVATIVES.rglob("*.py"))
    kinds = set(re.findall(r'Diagnosis\(\s*"([a-z ]+)"', source))
    assert len(kinds) > 8
    table = TEXT[TEXT.index("`report.diagnosis.kind`") : TEXT.index("## Many weights")]
    named = re.findall(r"`([a-z ]+)`", "".join(re.findall(r"^\|([^|]*)\|", table, re.MULTILINE)))
    assert sorted(named) == sorted(kinds)


def test_names_in_the_text_exist() -> None:
    for name in set(re.findall(r"`?sn\.((?:\w+\.)?\w+)", TEXT)):
        thing = sn
        for part in name.split("."):
            thing = getattr(thing, part)
