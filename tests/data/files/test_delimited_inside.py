"""As test_delimited.py, by names that are not published."""

from __future__ import annotations

from typing import Any

import pytest

import sheernet as sn
from sheernet.data.sources.table_reader import read_with_cells


class TestBlankLines:
    @pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
    @pytest.mark.parametrize("n", [2, 4])
    def test_of_separators(self, file: Any, separator: str, n: int) -> None:
        empty = separator * (n - 1)
        rows = [["1", "NA"], ["NA", "NA"], ["2", '"' + "x\n" + empty + '\n"'], ["3", "y"]]
        lines = [["a", "b"], *rows]
        text = [separator.join([*line, *["z"] * (n - 2)]) for line in lines]
        text[0] = separator.join("abcd"[:n])
        path = file("\n".join([empty, *text[:3], empty, f" {empty} ", *text[3:], empty, ""]))
        with pytest.warns(sn.SheernetWarning) as said:
            table, cells = read_with_cells(path)
        assert any("has 2 blank lines between its rows" in str(one.message) for one in said)
        assert table.frame["a"].isna().tolist() == [False, True, False, False]
        assert cells.kind == "text"
        assert cells.frame["b"].tolist() == ["NA", "NA", f"x\n{empty}\n", "y"]
