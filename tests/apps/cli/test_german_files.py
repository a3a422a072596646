"""Commands read other files by the marks that the model keeps."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from command_lines import QUICK, Run, Said

pytestmark = pytest.mark.usefixtures("without_pictures")
ROWS = [(1000 + 37.5 * i, 3 * i * i) for i in range(30)]


def german(path: Path, rows: list[tuple[float, float]], unit: str = " €") -> None:
    lines = (f"{x:,.1f};{y:,.2f}{unit}".translate({44: ".", 46: ","}) for x, y in rows)
    path.write_text("x;y\n" + "\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture
def model(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    german(Path("fit.csv"), ROWS)
    fitted = run("fit", "fit.csv", "-t", "y", "-o", "result", *QUICK)
    assert fitted.code == 0
    assert "'y' has numbers such as '1.234,5€'" in fitted.out
    return "result/model.json"


def test_predict_reads_by_them_and_says_so(run: Run, model: str) -> None:
    Path("new.csv").write_text("x\n1.075\n")
    said = run("predict", model, "new.csv")
    assert said.code == 0
    assert "new.csv is read like the file of the model: " in said.err
    Path("same.csv").write_text("x\n1075\n")
    assert run("predict", model, "same.csv").out == said.out


@pytest.mark.parametrize(
    ("cell", "options"), [("1075.5", ()), ("1,075.5", ()), ("1.075,5", ("--decimal", "."))]
)
def test_predict_refuses_what_contradicts_them(
    run: Run, model: str, cell: str, options: tuple[str, ...]
) -> None:
    Path("new.csv").write_text(f"x;z\n{cell};1\n")
    said = run("predict", model, "new.csv", *options)
    assert said.code == 2
    assert f"column 'x' of new.csv has '{cell}' in data row 1" in said.err
    assert "--decimal and --thousands" in said.err


def test_predict_exchanges_the_marks_that_are_given(run: Run, model: str) -> None:
    Path("new.csv").write_text("x;z\n1,075.5;1\n")
    Path("german.csv").write_text("x;z\n1.075,5;1\n")
    said = run("predict", model, "new.csv", "--decimal", ".")
    assert said.code == 0
    assert said.out == run("predict", model, "german.csv").out


def test_check_and_test_rows_are_read_by_them(run: Run, model: str) -> None:
    german(Path("other.csv"), ROWS[:8], unit=" $")
    german(Path("same.csv"), ROWS[:8])
    assert run("check", model, "same.csv").code == 0
    for said in (
        run("check", model, "other.csv"),
        run("fit", "fit.csv", "-t", "y", "-o", "again", "--test", "other.csv", *QUICK),
    ):
        assert said.code == 2
        assert "column 'y' of other.csv has '0,00 $' in data row 1" in said.err


def test_dates_are_read_in_the_order_of_the_model(run: Run) -> None:
    dates = [f"{1 + i:02d}.03.2026" for i in range(30)]
    files = {
        "fit.csv": dates,
        "alone.csv": ["02.03.2026"],
        "other.csv": ["03/25/2026"],
        "given.csv": ["03/02/2026"],
    }
    for name, cells in files.items():
        rows = (f"{cell};{i}" for i, cell in enumerate(cells))
        Path(name).write_text("\n".join(["when;y", *rows]) + "\n")
    fit = ("fit", "fit.csv", "-t", "y", *QUICK)
    assert run(*fit, "--test", "alone.csv", "-o", "result").code == 0
    model = "result/model.json"
    said = run("predict", model, "alone.csv")
    assert said.code == 0
    assert said.out == run("predict", model, "given.csv", "--dates", "month-first").out
    assert run("check", model, "alone.csv").code == 0
    for command in (
        ("predict", model, "other.csv"),
        ("check", model, "other.csv"),
        (*fit, "--test", "other.csv", "-o", "not"),
    ):
        refused = run(*command)
        assert refused.code == 2
        assert "column 'when' of other.csv has '03/25/2026' in data row 1" in refused.err
        assert "the order of day and month in this file with --dates" in refused.err


def test_skip_0_wins_over_the_lines_that_the_model_skips(run: Run, tmp_path: Path) -> None:
    rows = [f"{x},{y}" for x, y in ROWS]
    Path("titles.csv").write_text("\n".join(["log A", "log B, rev 2", "2025", *rows]))
    Path("bare.csv").write_text("\n".join(rows[:8]))
    how = ("--skip", "3", "--header", "none")
    assert run("fit", "titles.csv", *how, "-t", "column_2", "-o", "titles", *QUICK).code == 0
    kept = run("predict", "titles", "bare.csv")
    assert len(kept.out.splitlines()) == 1 + 5
    assert "the first 3 lines are skipped as in the file of the model" in kept.err
    given = run("predict", "titles", "bare.csv", "--skip", "0")
    assert len(given.out.splitlines()) == 1 + 8
    assert "skipped" not in given.err
    Path("bare.csv").write_text("\n".join(rows[:2]))
    assert "give --skip 0 if they belong to the table" in run("predict", "titles", "bare.csv").err
    read_by = run("check", "titles", "bare.csv", "--skip", "0")
    assert "skip" not in read_by.err


NOTATIONS = {
    "temp": ("35,5", 35.5), "load": ("1.234,5", 1234.5), "share": ("85%", 85.0), "run": ("75:30", 75.5),
    "day": ("15.03.2025", "2025-03-15"), "at": ("08:15", "08:15"),
}  # fmt: skip
"""For each column of a file: a value as it is written there, and the value."""


@pytest.fixture
def notations(run: Run) -> str:
    """A model of a file with decimal commas, points between thousands, percent, durations, dates and times of day."""
    rows = [
        f"{20 + i},5;{1 + i % 3}.{100 + 7 * i % 900},5;{40 + i}%;{30 + 2 * i}:{10 + i};{1 + i % 28:02d}.03.2025;"
        f"{6 + i % 12:02d}:30;{i * i % 17},25"
        for i in range(40)
    ]
    Path("plant.csv").write_text("\n".join([";".join([*NOTATIONS, "y"]), *rows]))
    assert run("fit", "plant.csv", "-t", "y", "--cycles", "none", "-o", "plant", *QUICK).code == 0
    return "plant"


def result(said: Said) -> Any:
    assert said.code == 0, said.err
    return json.loads(said.out)["result"]


def test_a_point_is_written_as_in_the_file(run: Run, notations: str) -> None:
    at = ",".join(f"{name}={text}" for name, (text, _) in NOTATIONS.items())
    found = result(run("profile", notations, "--at", at, "--columns", "temp", "--json"))
    for name in ("temp", "load", "share", "run"):
        assert found["point"][name] == NOTATIONS[name][1]
    assert str(found["point"]["day"]).startswith("2025-03-15")
    Path("row.csv").write_text(
        "\n".join(";".join(part) for part in (NOTATIONS, [text for text, _ in NOTATIONS.values()]))
    )
    predicted = run("predict", notations, "row.csv")
    assert found["prediction"] == [pytest.approx(float(predicted.out.split()[1]), rel=1e-9)]


def test_plain_values_are_still_taken(run: Run, notations: str) -> None:
    at = "temp=35.5,load=1234,share=85,run=75.5,day=2025-03-15"
    found = result(run("profile", notations, "--at", at, "--columns", "temp", "--json"))
    assert [found["point"][name] for name in ("temp", "share", "run")] == [35.5, 85.0, 75.5]
    assert found["point"]["load"] == 1234


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("load=7.5", "--at of load must be a number, or written like numbers such as '1.234,5'"),
        ("temp=warm", "--at of temp must be a number, or written like numbers such as '1234,5'"),
        ("run=long", "--at of run must be a number, or written like durations"),
        ("day=31.02.2025", "--at of day must be written like dates with the day first"),
        ("run=1:30,30", "--at must be a name and a value"),
    ],
)
def test_other_values_are_refused(run: Run, notations: str, value: str, message: str) -> None:
    said = run("profile", notations, "--at", value)
    assert said.code == 2
    assert message in said.err


def test_fixed_values_and_bounds_are_written_as_in_the_file(run: Run, notations: str) -> None:
    said = run(
        "optimize", notations, "--maximize", "y", "--starts", "4", "--no-near-data", "--json",
        "--fix", "temp=35,5,share=50%",
        "--bounds", "run=60:30..75:45,day=05.03.2025..10.03.2025,load=1.200,5..2.100,5,at=07:00..09:30",
    )  # fmt: skip
    found = result(said)
    searched = {column["name"]: column["allowed"] for column in found["columns"]}
    assert (found["inputs"]["temp"], found["inputs"]["share"]) == (35.5, 50.0)
    assert (searched["temp"], searched["share"]) == ("fixed", "fixed")
    assert searched["run"] == "60.5 to 75.75"
    assert searched["load"] == "1200.5 to 2100.5"
    assert searched["day"] == "2025-03-05 to 2025-03-10"
    assert searched["at"] == "07:00 to 09:30"
    wrong = run("optimize", notations, "--maximize", "y", "--bounds", "run=60:30..long")
    assert "--bounds of run must be a number, or written like durations" in wrong.err
