"""As test_file_warnings.py, by names that are not published."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.shards.test_file_warnings import ROWS, told, write


def test_totals_at_the_end_of_a_long_file_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sheernet.data.shards.file_warnings._BYTES", 60)
    file = write(tmp_path / "01.csv", "Total;1;2", rows=["Mean;1;2", *ROWS * 9])
    (message,) = told([file])
    assert message.startswith("the last rows of 01.csv are called 'Total' and are read as rows")
    assert told([write(tmp_path / "02.csv", rows=[*ROWS, "Mean;1;2", *ROWS[1:3]])]) == []
