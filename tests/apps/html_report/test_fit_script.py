"""The program in the report repeats the fit: it reads the file in the same way, and trains the same network."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.io

import sheernet as sn
from sheernet.apps.html_report.fit_script import fit_script
from sheernet.models.report import details

pytestmark = pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")  # about the tables
QUICK = {"hidden": 1, "decay": 0.01, "starts": 1, "max_iter": 3, "missing": "impute"}


def _ran(program: str) -> sn.Model:
    names: dict = {}
    exec(program, names)
    return names["model"]


def _lines(rows: Sequence[Sequence[str]], separator: str = ",") -> str:
    return "".join(f"{separator.join(row)}\n" for row in rows)


NUMBERS = [(f"{x}", f"{y:.3f}", "NA" if x % 3 else "b", f"{3 + x + 2 * y:.3f}")
           for x, y in zip(range(24), np.random.default_rng(0).uniform(1, 9, 24), strict=True)]  # fmt: skip
HEADS = ("a", "b", "kind", "y")
GERMAN = [tuple(cell.replace(".", ",") for cell in row) for row in NUMBERS]
READINGS = {
    "skip": (_lines([("a", "b", "kind", "y"), ("1", "2", "x", "3"), HEADS, *NUMBERS]), {"skip": 2}),
    "no header": (_lines(NUMBERS), {"header": "none"}),
    "units": (_lines([HEADS, ("s", "mm", "", "V"), *NUMBERS]), {"units": "yes"}),
    "marks": (_lines([HEADS, *GERMAN], "|"), {"separator": "bar", "decimal": ",", "thousands": "."}),
    "thousands": (_lines([HEADS, *GERMAN], ";"), {"thousands": ","}),
    "codes": (_lines([HEADS, *NUMBERS]), {"missing_values": [5, "7"]}),
    "encoding": (_lines([("a", "b", "gr\u00f6\u00dfe", "y"), *NUMBERS]), {"encoding": "utf-8"}),
    "comments": (_lines([("REM",), HEADS, *NUMBERS]), {"comment": "REM"}),
    "columns": (_lines(list(zip(*[HEADS, *NUMBERS], strict=True))), {"samples": "columns"}),
    "dates": (
        _lines([HEADS, *((f"{int(a) % 12 + 1}/{int(a) % 7 + 1}/2026", *others) for a, *others in NUMBERS)]),
        {"dates": "day-first"},
    ),
}  # fmt: skip
"""For each option of reading, a file that is another table without it."""


def test_the_script_repeats_the_fit(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    Path("data.csv").write_text(_lines([HEADS, *NUMBERS]))
    model = sn.fit(
        "data.csv", "y", drop=["kind"], hidden=2, decay=0.01, starts=3, seed=5, held_out=0.25
    )
    again = _ran(fit_script(model))
    assert np.array_equal(again.network.theta, model.network.theta)
    assert capsys.readouterr().out.strip() == model.report().strip()


@pytest.mark.parametrize("case", READINGS)
def test_the_script_reads_the_file_in_the_same_way(case: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    text, how = READINGS[case]
    Path("data.csv").write_text(text, encoding="utf-8")
    table = sn.read_table("data.csv", **how)
    model = sn.fit(table, table.columns[-1], **QUICK)
    model.save("model.json")
    again = _ran(fit_script(sn.load("model.json")))
    assert again.inputs == model.inputs
    assert again.reading == model.reading
    assert again.predict(table).tobytes() == model.predict(table).tobytes()
    for name in how:
        assert name in dict(details(model))["Given"]


def test_the_script_names_the_sheet_and_the_variables(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    sheets = {
        name: pd.DataFrame(rng.normal(size=(20, 2)), columns=["x", "y"])
        for name in ("2024", "2025")
    }
    with pd.ExcelWriter("data.xlsx") as book:
        for name, sheet in sheets.items():
            sheet.to_excel(book, sheet_name=name, index=False)
    scipy.io.savemat(
        "data.mat",
        {
            name: sheet.to_numpy()
            for name, sheet in {"p": sheets["2024"], "q": sheets["2025"]}.items()
        },
    )
    for file, how, target in (
        ("data.xlsx", {"sheet": "2025"}, "y"),
        ("data.xlsx", {"sheet": 2}, "y"),
        ("data.mat", {"variable": "q"}, "q2"),
    ):
        table = sn.read_table(file, **how)
        model = sn.fit(table, target, **QUICK)
        assert _ran(fit_script(model)).predict(table).tobytes() == model.predict(table).tobytes()


def test_the_script_reads_files_in_parts(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    for part in ("1", "2"):
        Path(f"part-{part}.csv").write_text(_lines([("1", "2", "x", "3"), HEADS, *NUMBERS]))
    parts = sn.shards("part-*.csv", skip=1)
    model = sn.fit(parts, "y", drop="kind", **{**QUICK, "missing": "refuse"})
    again = _ran(fit_script(model))
    rows = {"a": [1.0, 2.0], "b": [3.0, 4.0]}
    assert again.predict(rows).tobytes() == model.predict(rows).tobytes()


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
def test_the_script_reads_the_test_rows_of_another_sheet(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    with pd.ExcelWriter("data.xlsx") as book:
        for name in ("Train", "Test"):
            frame = pd.DataFrame(rng.normal(size=(20, 2)), columns=["x", "y"])
            frame.to_excel(book, sheet_name=name, index=False)
    table = sn.read_table("data.xlsx")
    test = sn.read_table("data.xlsx", sheet="Test", like=table.read_as)
    model = sn.fit(table, "y", test=test, **QUICK)
    model.save("model.json")
    for each in (model, sn.load("model.json")):
        assert _ran(fit_script(each)).held_out_fit == model.held_out_fit
