"""Advice of the command line names options that the command has, or the command that has them."""

from __future__ import annotations

from pathlib import Path

import pytest

import sheernet as sn
from command_lines import Run

ROWS = "width,color,price\n3,red,7.5\n2,green,4\n5,red,9\n4,blue,8\n1,green,2\n6,blue,11.5\n"
BAD_TABLES = {
    "label": "width,color,price\n1,purple,2\n",
    "missing": "width,color,price\n,red,2\n1,,3\n",
    "text": "width,color,price\nwide,red,2\n",
    "column": "size,color,price\n1,red,2\n",
    "ragged": "width,color,price\n1,red,2,3\n1,red,2\n",
}


@pytest.fixture
def model(run: Run, tmp_path: Path) -> Path:
    """A model of a number and a category, and tables that it cannot use."""
    (tmp_path / "rows.csv").write_text(ROWS)
    for name, content in BAD_TABLES.items():
        (tmp_path / f"{name}.csv").write_text(content)
    fitted = sn.fit(tmp_path / "rows.csv", "price", hidden=1, decay=0.01, starts=1, max_iter=20)
    return fitted.save(tmp_path / "model.json")


@pytest.mark.parametrize(("command", "option"), [("optimize", "--fix"), ("profile", "--at")])
def test_an_unknown_label_is_answered_with_the_known_ones(
    run: Run, model: Path, command: str, option: str
) -> None:
    more = ("--maximize", "price") if command == "optimize" else ()
    said = run(command, str(model), *more, option, "color=purple")
    assert (said.code, said.out) == (2, "")
    known = "the model knows 'blue', 'green' and 'red'; give one of these"
    assert said.err == f"sheernet: {option} color='purple': {known}\n"


def test_words_for_other_names(run: Run) -> None:
    for given, said in [
        (
            ("--method", "newton"),
            "--method 'newton' is not recognized; choose one of gd, adam, bfgs",
        ),
        (
            ("--decay", "-1"),
            "--decay must be a number of at least 0, 'evidence' or 'cv', but -1 was given",
        ),
        (("--held-out", "2"), "but 2 was given\n"),
        (("--held-out", "25"), "25 % is 0.25"),
        (
            ("--memory", "2GB"),
            "omit it, or give several files, or a pattern such as 'data/*.parquet'\n",
        ),
    ]:
        result = run("fit", "scores.csv", "--target", "score", *given)
        assert result.code == 2
        assert said in result.err


def test_files_with_different_columns_are_named(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,z,y\n1,2,3\n")
    (tmp_path / "b.csv").write_text("x,w\n1,2\n")
    (tmp_path / "c.csv").write_text("x,z,y,v\n1,2,3,4\n")
    advice = "; give all files the same columns\n"
    said = run("fit", "a.csv", "b.csv", "--target", "y")
    assert said.err == f"sheernet: b.csv lacks the columns 'z' and 'y' of a.csv{advice}"
    said = run("fit", "a.csv", "c.csv", "--target", "y")
    assert said.err == f"sheernet: a.csv lacks the column 'v' of c.csv{advice}"
