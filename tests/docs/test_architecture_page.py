"""docs/architecture.md: the modules and folders that it names exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
NAMED = {name for name in re.findall(r"`([\w./]+)`", TEXT) if "/" in name or name.endswith(".py")}
PLACEHOLDER = re.compile(r"NAME|FORMAT|FUNCTION")
"""Parts of file names for which a reader puts another."""


@pytest.mark.parametrize("name", sorted(n for n in NAMED if not PLACEHOLDER.search(n)))
def test_each_path_that_it_names_exists(name: str) -> None:
    path = name.rstrip("/")
    places = (ROOT, ROOT / "src", ROOT / "src" / "sheernet")
    found = any((place / ending).exists() for place in places for ending in (path, f"{path}.py"))
    assert found or any((ROOT / "src").rglob(path)), f"docs/architecture.md names {name}"
