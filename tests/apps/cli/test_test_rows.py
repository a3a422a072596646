"""The test rows may be a part of the file of the table: another sheet, or other variables."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import scipy.io

import sheernet as sn
from command_lines import QUICK, Run

pytestmark = pytest.mark.usefixtures("without_pictures")
RNG = np.random.default_rng(0)
X, X_TEST = RNG.normal(size=(40, 2)), RNG.normal(size=(15, 2))
Y, Y_TEST = X @ [1.0, 2.0], X_TEST @ [1.0, 2.0]


@pytest.fixture(params=["workbook", "matlab"])
def options(request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The options of a fit to a file that contains the test rows, without those of the test rows."""
    monkeypatch.chdir(tmp_path)
    if request.param == "workbook":
        with pd.ExcelWriter("data.xlsx") as book:
            for name, x, y in (("Train", X, Y), ("Test", X_TEST, Y_TEST)):
                frame = pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "y": y})
                frame.to_excel(book, sheet_name=name, index=False)
        return ["data.xlsx", "-t", "y", "--test", "data.xlsx"]
    scipy.io.savemat("data.mat", {"X": X, "y": Y[:, None], "XT": X_TEST, "yT": Y_TEST[:, None]})
    return ["data.mat", "-t", "y", "--variable", "X,y", "--test", "data.mat"]


def part_of(options: list[str]) -> list[str]:
    return ["--test-variable", "XT,yT"] if "data.mat" in options else ["--test-sheet", "Test"]


def test_a_part_of_the_file_is_the_test_table(run: Run, options: list[str]) -> None:
    said = run("fit", *options, *part_of(options), "-o", "result", *QUICK)
    assert said.code == 0
    assert "test rows are the training rows" not in said.err
    model = sn.load("result/model.json")
    names = [*model.inputs.names, *model.targets.names]
    test = pd.DataFrame(np.column_stack([X_TEST, Y_TEST]), columns=names)
    expected = np.sqrt(np.mean((model.predict(test[names[:2]]) - Y_TEST) ** 2))
    assert model.held_out_fit.rows == 15
    assert model.held_out_fit.rmse == pytest.approx((expected,), rel=1e-9)


def test_the_same_rows_are_told_with_advice(run: Run, options: list[str]) -> None:
    said = run("fit", *options, "-o", "result", *QUICK)
    other = "other variables" if "data.mat" in options else "another sheet"
    advice = f"give other rows with --test, such as those of {other} of the "
    assert advice in re.sub(r"\s+", " ", said.out)


def test_a_part_needs_a_file_that_has_parts(run: Run, options: list[str]) -> None:
    option, name = part_of(options)
    said = run("fit", *options[:-2], option, name, *QUICK)
    assert f"{option} {name} is about the file of test rows; name this file in --test" in said.err
    Path("test.csv").write_text("a,b,y\n1,2,3\n")
    said = run("fit", *options[:-1], "test.csv", option, name, *QUICK)
    assert f"{option} does not apply to test.csv; omit it" in said.err
    for number in (1, 2):
        Path(f"part{number}.csv").write_text("a,b,y\n1,2,3\n")
    said = run(
        "fit", "part1.csv", "part2.csv", "-t", "y", "--test", options[-1], option, name, *QUICK
    )
    assert f"{option} does not apply to files that are read in parts; omit it" in said.err
