"""As test_predict.py, by names that are not published."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import sheernet as sn
from apps.cli.test_predict import MODEL, read
from command_lines import QUICK, Run
from sheernet.data.files import write_table

pytestmark = pytest.mark.usefixtures("fitted", "without_pictures")


def test_whole_numbers_of_a_workbook_are_appended_as_such(run: Run, tmp_path: Path) -> None:
    pytest.importorskip("openpyxl")
    frame = pd.DataFrame({"asleep": [7.25, 8.5], "studying": [1, 2], "year": [1954, None]})
    write_table(frame.astype({"year": "Int64"}), tmp_path / "new.xlsx")
    header, rows = read(run("predict", MODEL, "new.xlsx", "--append").out)
    assert header == ["asleep", "studying", "year", "score"]
    assert [row[:3] for row in rows] == [["7.25", "1", "1954"], ["8.5", "2", ""]]


class TestRowsOfTheFit:
    MODEL = "parts/model.json"

    @pytest.fixture(autouse=True)
    def _fitted(self, run: Run, without_pictures: None) -> None:
        said = run("fit", "scores.csv", "-t", "score", *QUICK, "--held-out", "0.25", "-o", "parts")
        assert said.code == 0

    @pytest.mark.parametrize("ending", ["csv", "parquet", "xlsx"])
    def test_are_found_in_a_copy_in_another_format(
        self, run: Run, tmp_path: Path, ending: str
    ) -> None:
        table = sn.read_table(tmp_path / "scores.csv").frame
        write_table(table.iloc[:, ::-1].drop(columns="score"), tmp_path / f"copy.{ending}")
        said = run("predict", self.MODEL, f"copy.{ending}", "--on", "held-out")
        assert said.code == 0, said.err
