"""Numbers of which a spreadsheet program took the decimal points for separators of thousands."""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
import openpyxl
import pytest

import sheernet as sn

RNG = np.random.default_rng(0)


def as_read(value: float) -> int | str:
    """What Excel with a decimal comma makes of a number with at most three decimals."""
    text = f"{value:.3f}".rstrip("0")
    return int(text.replace(".", "")) if len(text.partition(".")[2]) == 3 else text


@pytest.mark.parametrize("ends", [(5.0, 8.0), (226.0, 235.0), (1.0, 90.0)])
@pytest.mark.parametrize("kind", ["sheet", "text"])
def test_are_told(tmp_path: Path, kind: str, ends: tuple[float, float]) -> None:
    cells = [as_read(value) for value in RNG.uniform(*ends, 400).round(3)]
    kept = next(cell for cell in cells if isinstance(cell, str))
    lost = next(cell for cell in cells if isinstance(cell, int))
    path = tmp_path / ("data.xlsx" if kind == "sheet" else "data.csv")
    if kind == "sheet":
        book = openpyxl.Workbook()
        for row in [["p", "y"], *([cell, i] for i, cell in enumerate(cells))]:
            book.active.append(row)
        book.save(path)
    else:
        path.write_text("p,y\n" + "".join(f"{cell},{i}\n" for i, cell in enumerate(cells)))
    with pytest.warns(sn.SheernetWarning) as said:
        table = sn.read_table(path)
    (message,) = [str(each.message) for each in said if "1000 times" in str(each.message)]
    assert message == (
        f"column 'p' of {path.name} has whole numbers, such as {lost}, and numbers about 1000 times smaller, such as "
        f"{float(kept):.12g}; if a program has taken the decimal mark of {lost / 1000:.12g} for a separator of "
        "thousands, import the data again with the decimal mark of its numbers"
    )
    assert table.frame["p"].tolist() == [float(cell) for cell in cells]


def test_fixed_decimals_cause_no_warning(tmp_path: Path) -> None:
    text = io.StringIO()
    np.savetxt(text, RNG.lognormal(3.0, 3.0, (500, 2)), fmt="%.3f", delimiter=",")
    path = tmp_path / "data.csv"
    path.write_text(f"a,b\n{text.getvalue()}")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sn.read_table(path)
