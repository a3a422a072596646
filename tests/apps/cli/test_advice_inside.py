"""As test_advice.py, by names that are not published."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

import sheernet as sn
from apps.cli.test_advice import BAD_TABLES, ROWS
from command_lines import Run
from sheernet.apps.cli.app import app

COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


OF_A_FIT = r"fit (the model|a model|it|the table)? ?(again )?with $"
"""The end of a text before an option of `sheernet fit`, which another command may advise."""


def options_of(command: str) -> set[str]:
    parameters = COMMANDS[command].params
    return {name for each in parameters for name in (*each.opts, *each.secondary_opts)}


def require_own_options(command: str, said: str) -> None:
    """Require that each option in a message is one of the command, or of the fit that it advises."""
    for found in re.finditer(r"--[a-z][-a-z]*", said):
        is_own = found[0] in options_of(command) | {"--help"}
        assert is_own or re.search(OF_A_FIT, said[: found.start()]), said


@pytest.fixture
def model(run: Run, tmp_path: Path) -> Path:
    """A model of a number and a category, and tables that it cannot use."""
    (tmp_path / "rows.csv").write_text(ROWS)
    for name, content in BAD_TABLES.items():
        (tmp_path / f"{name}.csv").write_text(content)
    fitted = sn.fit(tmp_path / "rows.csv", "price", hidden=1, decay=0.01, starts=1, max_iter=20)
    return fitted.save(tmp_path / "model.json")


@pytest.mark.parametrize("table", [*BAD_TABLES, "none"])
@pytest.mark.parametrize("command", ["predict", "importance", "effects", "check"])
@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
def test_about_a_table(run: Run, model: Path, command: str, table: str) -> None:
    said = run(command, str(model), f"{table}.csv")
    require_own_options(command, said.err)


@pytest.mark.parametrize("table", [*BAD_TABLES, "none"])
@pytest.mark.parametrize("command", ["fit", "compare", "select"])
def test_about_a_table_of_rows_to_fit(run: Run, model: Path, command: str, table: str) -> None:
    said = run(command, f"{table}.csv", "--target", "cost")
    assert said.code == 2
    require_own_options(command, said.err)


@pytest.mark.parametrize(
    "value", ["color=purple", "width=wide", "size=3", "width=99", "width", "color="]
)
@pytest.mark.parametrize(
    "arguments", [("optimize", "--maximize", "price", "--fix"), ("optimize", "--maximize", "price", "--bounds"),
                  ("profile", "--at")]
)  # fmt: skip
def test_about_a_row(run: Run, model: Path, arguments: tuple[str, ...], value: str) -> None:
    command, *options = arguments
    said = run(command, str(model), *options, value)
    require_own_options(command, said.err)
