"""Formulas in the documentation are meant: two amounts such as $12 and $13 of one paragraph would become one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
CODE = re.compile(r"^ *(```+|:::).*?^ *\1|(`+)(?!`).+?(?<!`)\2(?!`)", re.MULTILINE | re.DOTALL)
FORMULA = re.compile(r"(?<!\\)(\$\$?)(.+?)(?<!\\)\1", re.DOTALL)
WORD = re.compile(r"(?<![\\a-z])[a-z]{3,}", re.IGNORECASE)
NAMES = re.compile(r"\\(text|mathrm|operatorname|begin|end)\{[^}]*\}")


def is_unintended(mark: str, formula: str) -> bool:
    """Whether a formula is prose: it has a word, or ends with a space."""
    return bool(WORD.search(NAMES.sub("", formula))) or (mark == "$" and formula[-1].isspace())


def unintended(text: str) -> list[str]:
    """Formulas that are prose, and the text after a dollar sign without a partner."""
    plain = CODE.sub("", text)
    rest = FORMULA.sub("", plain).replace(r"\$", "")
    return [
        each[2] for each in FORMULA.finditer(plain) if is_unintended(each[1], each[2])
    ] + rest.split("$")[1:]


@pytest.mark.parametrize(
    "text", ["from $12 to $13", "costs $5 and\nnot $6 more", "only $5", r"\$5 and $6"]
)
def test_amounts_are_found(text: str) -> None:
    assert unintended(text)


@pytest.mark.parametrize(
    "text", [r"the $\log p$ of `$12` and `$13`", r"\$12 and \$13", "```sh\necho $A and $B\n```\n"]
)
def test_formulas_and_code_are_not(text: str) -> None:
    assert not unintended(text)


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=lambda page: page.name)
def test_no_formula_is_unintended(page: Path) -> None:
    assert not unintended(page.read_text(encoding="utf-8"))
