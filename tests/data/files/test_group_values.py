"""Columns with a value in the first row of each group, as pivot tables write them, are reported."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import sheernet as sn


def test_in_files(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "month": ["Jan", *[None] * 5, "Feb", *[None] * 5],
            "x": range(12),
            "region": ["a", None, None, "b", None, None] * 2,
        }
    )
    frame.to_excel(tmp_path / "t.xlsx", index=False)
    frame.to_csv(tmp_path / "t.csv", index=False)
    for name in ("t.xlsx", "t.csv"):
        with pytest.warns(sn.SheernetWarning, match="^columns 'month' and 'region' of .* have"):
            sn.read_table(tmp_path / name)
