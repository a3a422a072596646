"""As test_gradient_check_page.py, by names that are not published."""

from __future__ import annotations

import re
from pathlib import Path

import sheernet as sn
from derivatives.test_gradient_check_page import TEXT

DERIVATIVES = Path(sn.derivatives.__file__).parent


def test_it_names_every_kind_of_mistake() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in DERIVATIVES.rglob("*.py"))
    kinds = set(re.findall(r'Diagnosis\(\s*"([a-z ]+)"', source))
    assert len(kinds) > 8
    table = TEXT[TEXT.index("`report.diagnosis.kind`") : TEXT.index("## Many weights")]
    named = re.findall(r"`([a-z ]+)`", "".join(re.findall(r"^\|([^|]*)\|", table, re.MULTILINE)))
    assert sorted(named) == sorted(kinds)
