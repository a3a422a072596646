"""Which test files are a contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from published_names import is_contract


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import sheernet as sn\nfrom sheernet.statistics import shapley_values", True),
        ("from sheernet.statistics.shapley import shapley_values", False),
        ("import sheernet.statistics.shapley", False),
        ("from sheernet.statistics import no_such_name", False),
        ("patched = 'sheernet.statistics.shapley.shapley_values'", False),
        ("from both_engines import compiled", True),
        ("from engine_classes import CLASSES", False),
        ("from tests.engine_classes import CLASSES", False),
    ],
)
def test_a_contract_names_only_what_folders_publish(
    tmp_path: Path, text: str, expected: bool
) -> None:
    file = tmp_path / "test_it.py"
    file.write_text(text, encoding="utf-8")
    assert is_contract(file) == expected


def test_a_file_of_tests_inside_is_no_contract(tmp_path: Path) -> None:
    file = tmp_path / "test_it_inside.py"
    file.write_text("import sheernet as sn", encoding="utf-8")
    assert not is_contract(file)
