"""As test_importance_page.py, by names that are not published."""

from __future__ import annotations

import re

from models.explaining.test_importance_page import TEXT
from sheernet.models.explaining.importance_result import TITLES


def test_it_explains_every_measure() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|(?= )", TEXT.replace(r"\|", "/"), re.MULTILINE)
    assert dict(rows) == {name: title.replace("|", "/") for name, title in TITLES.items()}
