"""--quiet, which every command has, shows no notices about data; JSON documents and errors still contain them."""

from __future__ import annotations

from pathlib import Path

import pytest

from command_lines import QUICK, Run

MODEL = "scores-fit/model.json"
COMMAND_LINES = [
    ("predict", MODEL, "mean.csv"), ("effects", MODEL, "mean.csv", "--pairs", "0"),
    ("importance", MODEL, "mean.csv"), ("summary", MODEL, "mean.csv"),
    ("check", MODEL, "mean.csv"),
    ("fit", "mean.csv", "-t", "score", *(word for word in QUICK if word != "--quiet"), "--force"),
]  # fmt: skip


def with_a_notice(asleep: str = "7") -> str:
    """Write a table whose last row seems to be the mean of the others, and return the begin of the notice."""
    head, *rows = Path("scores.csv").read_text().splitlines()
    named = [f"name,{head}", *(f"r{k},{row}" for k, row in enumerate(rows)), f"Mean,{asleep},3,70"]
    Path("mean.csv").write_text("\n".join([*named, ""]))
    return "the last row of mean.csv is called 'Mean'"


@pytest.mark.usefixtures("fitted")
@pytest.mark.parametrize("line", COMMAND_LINES, ids=lambda line: line[0])
def test_shows_no_notices_about_data(run: Run, line: tuple[str, ...]) -> None:
    notice = with_a_notice()
    loud = run(*line)
    assert loud.code == 0
    assert notice in loud.out + loud.err
    quiet = run(*line, "-q")
    assert (quiet.code, quiet.err) == (0, "")
    document = run(*line, "-q", "--json").document
    told = [*document["notes"], *document["result"].get("notices", ())]
    assert any(notice in sentence for sentence in told)


@pytest.mark.usefixtures("fitted")
def test_keeps_notices_that_may_explain_an_error(run: Run) -> None:
    notice = with_a_notice(asleep="")
    said = run("fit", "mean.csv", "-t", "score", *QUICK, "--missing", "refuse")
    assert said.code == 2
    assert notice in said.err
