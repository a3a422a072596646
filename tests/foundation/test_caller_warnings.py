"""A warning names the caller's file and line, whatever function of the package issues it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import sheernet as sn


def test_a_call_from_deep_inside_points_here() -> None:
    net = sn.Network.random(sn.Architecture((1, 1)))
    with pytest.warns(sn.SheernetWarning, match="all targets are equal") as said:
        sn.train(net, [0.0, 1.0], [1.0, 1.0])
    assert said[0].filename == __file__


@pytest.mark.parametrize(
    "call", [sn.read_table, lambda path: sn.fit(path, "column_2", hidden=0, decay=0.1)]
)
def test_a_warning_of_reading_points_here(tmp_path: Path, call) -> None:
    path = tmp_path / "table.csv"
    path.write_text("1,2\n3,4\n5,7\n6,6\n")
    with pytest.warns(sn.SheernetWarning) as said:
        call(path)
    assert {warning.filename for warning in said} == {__file__}


def test_formulas_without_results_point_here(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    for row in (["x", "y"], [1, "=A2+1"], [2, 3]):
        book.active.append(row)
    book.save(tmp_path / "table.xlsx")
    with pytest.warns(sn.SheernetWarning, match="formulas") as said:
        sn.read_table(tmp_path / "table.xlsx")
    assert said[0].filename == __file__


def test_every_warning_of_the_package_is_issued_by_this_helper() -> None:
    package = Path(sn.__file__).parent
    others = [
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if re.search(r"\bwarnings\.warn\(", path.read_text("utf-8"))
    ]
    assert others == ["foundation/caller_warnings.py"]
