"""sheernet predict --interval and --std: columns of lower and upper ends and of standard deviations."""

from __future__ import annotations

import csv
import dataclasses
import inspect
import io
from pathlib import Path
from typing import get_args

import numpy as np
import pytest

import sheernet as sn
from command_lines import Run, contents
from random_models import replaced
from sheernet.apps.cli.predict_command import predict
from sheernet.data.columns import Inputs
from sheernet.models.uncertainty import INTERVALS

MODEL = "sure.json"
pytestmark = pytest.mark.usefixtures("model")


@pytest.fixture
def model(run: Run) -> sn.Model:
    """A fitted model that keeps the errors of 40 held-out rows, in sure.json."""
    fitted = sn.fit("scores.csv", "score", hidden=2, starts=1, max_iter=20, decay=1e-3)
    fitted = replaced(fitted, scores=np.random.default_rng(0).exponential(size=(40, 1)))
    fitted.save(MODEL)
    return fitted


def read(text: str) -> dict[str, list[str]]:
    header, *rows = csv.reader(io.StringIO(text))
    return dict(zip(header, map(list, zip(*rows, strict=True)), strict=True))


def numbers(cells: list[str]) -> list[float]:
    return [float(cell) for cell in cells]


@pytest.mark.parametrize("method", ["density", "conformal"])
@pytest.mark.parametrize("output", [None, "out.csv"])
def test_columns_are_those_of_the_library(
    run: Run, tmp_path: Path, model: sn.Model, method: str, output: str | None
) -> None:
    said = run(
        "predict", MODEL, "scores.csv", "--interval", "0.8", "--std", "--interval-method", method,
        *(["-o", output] if output else []),
    )  # fmt: skip
    assert (said.code, said.err) == (0, "")
    found = read((tmp_path / output).read_text() if output else said.out)
    assert list(found) == ["score", "score_std", "score_lower", "score_upper"]
    mean, std = model.predict("scores.csv", return_std=True)
    lower, upper = model.predict_interval("scores.csv", 0.8, method)
    for cells, values in zip(found.values(), (mean, std, lower, upper), strict=True):
        assert numbers(cells) == values.tolist()


def test_each_option_adds_its_columns(run: Run) -> None:
    assert list(read(run("predict", MODEL, "scores.csv", "--std").out)) == ["score", "score_std"]
    said = run("predict", MODEL, "scores.csv", "--interval", "0.9")
    assert list(read(said.out)) == ["score", "score_lower", "score_upper"]
    document = run("predict", MODEL, "scores.csv", "--interval", "0.9", "--json").document
    assert document["result"]["columns"] == ["score", "score_lower", "score_upper"]


def test_appended_columns_get_free_names(run: Run, tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_text("asleep,studying,score_std\n7,1,0\n")
    found = read(run("predict", MODEL, "new.csv", "--append", "--std").out)
    assert list(found) == ["asleep", "studying", "score_std", "score", "predicted_score_std"]
    assert found["score_std"] == ["0"]


def test_rows_with_missing_inputs_have_empty_cells(
    run: Run, tmp_path: Path, model: sn.Model
) -> None:
    unfilled = [dataclasses.replace(column, fill=None) for column in model.inputs.columns]
    replaced(model, inputs=Inputs(tuple(unfilled), missing="drop")).save(MODEL)
    (tmp_path / "new.csv").write_text("asleep,studying\n7,2\n,2\n")
    said = run("predict", MODEL, "new.csv", "--interval", "0.9", "--std")
    assert said.code == 0
    assert said.err.count("\n") == 1
    for cells in read(said.out).values():
        assert [cell == "" for cell in cells] == [False, True]
    said = run("predict", MODEL, "new.csv", "--interval", "0.9", "-o", "out.csv")
    assert said.out == "1 prediction, 1 row without: out.csv\n"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--interval", "90"), "--interval must be a number .*, such as 0.9, but 90 was given; 90 % is 0.9"),
        (("--interval", "90%"), "--interval must be .* but '90%' was given; 90 % is 0.9"),
        (("--interval", "0"), "--interval must be above 0 and below 1, such as 0.9, but 0 was given"),
        (("--interval", "0.99", "--interval-method", "conformal"),
         ("intervals of coverage 0.99 by --interval-method conformal need the errors of at least 99 held-out rows, "
          "but the model has the errors of 40; use --interval-method density")),
        (("--interval-method", "conformal"),
         "--interval-method conformal is a way to compute intervals, but none is requested; give --interval 0.9 too"),
        (("--interval", "0.9", "--interval-method", "guess"),
         "--interval-method must be density or conformal, but 'guess' was given"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)  # fmt: skip
def test_wrong_options_are_refused_in_a_sentence(
    run: Run, tmp_path: Path, options: tuple[str, ...], message: str
) -> None:
    before = contents(tmp_path)
    said = run("predict", MODEL, "scores.csv", *options, "-o", "out.csv")
    assert (said.code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    start, _, end = message.partition(".*")
    assert said.err.startswith(f"sheernet: {start}")
    assert end in said.err
    assert contents(tmp_path) == before


@pytest.mark.parametrize("options", [("--interval", "0.9"), ("--std",)], ids=" ".join)
def test_classes_are_refused_and_the_advice_works(run: Run, options: tuple[str, ...]) -> None:
    fitted = sn.fit("flowers.csv", "species", hidden=2, starts=1, max_iter=20, decay=1e-3)
    fitted.save("flowers.json")
    said = run("predict", "flowers.json", "flowers.csv", *options)
    assert (said.code, said.out) == (2, "")
    assert said.err == (
        "sheernet: this model predicts classes, and its uncertainty about them is their probabilities; "
        f"omit {options[0]}\n"
    )
    assert "probability_iris" in read(run("predict", "flowers.json", "flowers.csv").out)


def test_the_methods_are_those_of_the_library() -> None:
    option = inspect.signature(predict).parameters["method"]
    (names, _) = get_args(option.annotation)
    assert get_args(names) == INTERVALS
    assert (
        option.default == inspect.signature(sn.Model.predict_interval).parameters["method"].default
    )
