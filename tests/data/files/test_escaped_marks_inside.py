"""As test_escaped_marks.py, by names that are not published."""

from __future__ import annotations

from pathlib import Path


def test_appended_predictions_keep_the_text(tmp_path: Path) -> None:
    from sheernet.data.files.opening import opened
    from sheernet.data.files.text.delimited import read_cells
    from sheernet.settings.read_settings import ReadSettings

    path = tmp_path / "t.csv"
    path.write_text('"k","y"\n"a \\"b\\", c",1\n"d",2\n', encoding="utf-8")
    with opened(path) as file:
        assert read_cells(file, ReadSettings())["k"].tolist() == ['a "b", c', "d"]
