"""A percent sign is never lost between files: 37.4 % is 0.374 in a workbook's cell, and 37.4 in text.

A model of numbers without a percent sign refuses numbers with one.
"""

from __future__ import annotations

import gzip
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheernet as sn

openpyxl = pytest.importorskip("openpyxl")
SHARES = [0.2, 0.35, 0.374, 0.5, 0.61, 0.77, 0.8, 0.95] * 3


def _workbook(path: Path, cells: list[Any], number_format: str = "0.0%") -> Path:
    book = openpyxl.Workbook()
    book.active.append(["share", "y"])
    for i, cell in enumerate(cells):
        book.active.append([cell, i % 8 + 0.5])
        book.active.cell(i + 2, 1).number_format = number_format
    book.save(path)
    return path


def _text(path: Path, form: str, factor: float = 100.0, separator: str = ",") -> Path:
    rows = [
        f"{form.format(factor * share)}{separator}{i % 8 + 0.5}" for i, share in enumerate(SHARES)
    ]
    content = "\n".join([f"share{separator}y", *rows])
    data = content.encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)
    return path


def _fit(table: Any) -> Any:
    with warnings.catch_warnings(action="ignore", category=sn.SheernetWarning):
        return sn.fit(table, "y", hidden=0, decay=0.01, starts=1, held_out=0.0)


@pytest.fixture(scope="module")
def of_workbook(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return _fit(_workbook(tmp_path_factory.mktemp("percent") / "fit.xlsx", SHARES))


NEIGHBORS: dict[str, Callable[[Path], Path]] = {
    "csv": lambda folder: _text(folder / "a.csv", "{:.1f}%"),
    "spaced": lambda folder: _text(folder / "a.csv", "{:.1f} %"),
    "tab": lambda folder: _text(folder / "a.txt", "{:.1f}%", separator="\t"),
    "gz": lambda folder: _text(folder / "a.csv.gz", "{:.1f}%"),
    "per mille": lambda folder: _text(folder / "a.csv", "{:.0f}‰", 1000.0),
    "text in a workbook": lambda folder: _workbook(
        folder / "a.xlsx", [f"{100 * share:.1f}%".replace(".", ",") for share in SHARES]
    ),
}


@pytest.mark.parametrize("neighbor", NEIGHBORS.values(), ids=NEIGHBORS)
@pytest.mark.parametrize("use", ["predict", "score", "test"])
def test_percent_signs_are_refused_by_a_model_of_fractions(
    of_workbook: Any, tmp_path: Path, neighbor: Callable[[Path], Path], use: str
) -> None:
    path = neighbor(tmp_path)
    uses: dict[str, Callable[[], Any]] = {
        "predict": lambda: of_workbook.predict(path),
        "score": lambda: of_workbook.score(path),
        "test": lambda: sn.fit(
            {"share": SHARES, "y": list(range(24))}, "y", hidden=0, decay=0.01, starts=1, test=path
        ),
    }
    with pytest.raises(sn.InvalidInput, match=r"'share' of a\.\S+ has numbers such as .*0\.0?38"):
        uses[use]()


@pytest.mark.filterwarnings("ignore:share. 24 of 24 rows")
def test_a_workbook_of_bare_numbers_is_said_to_a_model_of_percent_signs(tmp_path: Path) -> None:
    model = _fit(_text(tmp_path / "fit.csv", "{:.1f}%"))
    with pytest.warns(sn.SheernetWarning, match=r"numbers without a unit, but .*1234.5%"):
        model.predict(_workbook(tmp_path / "new.xlsx", SHARES, "General"))


def test_other_units_are_said(of_workbook: Any, tmp_path: Path) -> None:
    path = _text(tmp_path / "a.csv", "{:.3f} mm", 1.0)
    with pytest.warns(sn.SheernetWarning, match="fitted to numbers without a unit"):
        predicted = of_workbook.predict(path)
    np.testing.assert_allclose(predicted, of_workbook.predict({"share": SHARES}))


def test_files_alike_and_data_frames_are_quiet(of_workbook: Any, tmp_path: Path) -> None:
    of_workbook.predict(_workbook(tmp_path / "b.xlsx", SHARES, "General"))
    of_workbook.predict(_text(tmp_path / "b.csv", "{:.3f}", 1.0))
    model = _fit(_text(tmp_path / "fit.csv", "{:.1f}%"))
    model.predict(_text(tmp_path / "c.csv", "{:.1f}%"))
    model.predict({"share": [37.4, 50.0]})  # 38 % is 38
