"""sheernet summary."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import sheernet as sn
from command_lines import Run

MODEL = "scores-fit/model.json"


def test_prints_the_summary_of_the_model(run: Run, fitted: Path) -> None:
    said = run("summary", MODEL)
    assert (said.code, said.err) == (0, "")
    assert said.out == f"{sn.load(MODEL).summary()}\n"


def test_tells_that_rows_are_not_those_of_the_fit(run: Run, fitted: Path) -> None:
    said = run("summary", MODEL, "scores.csv")
    assert said.code == 0
    assert "not those of the fit" not in said.out
    lines = Path("scores.csv").read_text("utf-8").splitlines()
    Path("half.csv").write_text("\n".join(lines[:20]), "utf-8")
    assert "the rows of half.csv are not those of the fit" in " ".join(
        run("summary", MODEL, "half.csv").out.split()
    )


def test_writes_all_coefficients(run: Run, fitted: Path) -> None:
    said = run("summary", MODEL, "--output", "weights.csv")
    assert said.out.endswith("Coefficients: weights.csv\n")
    expected = sn.load(MODEL).summary().to_frame()
    pd.testing.assert_frame_equal(pd.read_csv("weights.csv"), expected, check_dtype=False)
    again = run("summary", MODEL, "--output", "weights.csv")
    assert (again.code, "exists already" in again.err) == (2, True)
    assert run("summary", MODEL, "--output", "weights.csv", "--force").code == 0
    over = run("summary", MODEL, "scores.csv", "--output", "scores.csv", "--force")
    assert (over.code, "is the input table 'scores.csv'" in over.err) == (2, True)


def test_as_json_has_the_same_figures(run: Run, fitted: Path) -> None:
    result = json.loads(run("summary", MODEL, "--json").out)["result"]
    found = sn.load(MODEL).summary()
    assert result["networks"][0]["aic"] == found.networks[0].figures.criteria.aic
    assert result["coefficients"]["weight"] == list(found.coefficients.names)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--member", "7"), "--member must be a whole number from 0 to 0"),
        (("--separator", ";"), "--separator is about reading DATA"),
        (("flowers.csv",), "the model needs columns"),
        (("nothing.csv",), "nothing.csv"),
    ],
)
def test_refuses_bad_input_in_a_sentence(run: Run, fitted: Path, arguments, message: str) -> None:
    said = run("summary", MODEL, *arguments)
    assert said.code == 2
    assert message in said.err
    assert said.out == ""


def test_says_where_many_weights_are(run: Run) -> None:
    Path("scores-fit").mkdir()
    sn.fit("scores.csv", "score", hidden=20, decay=0.1, starts=1, max_iter=3).save(MODEL)
    assert "use --output FILE for a table" in " ".join(run("summary", MODEL).out.split())
