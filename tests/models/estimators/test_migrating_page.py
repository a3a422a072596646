"""docs/coming-from/scikit-learn.md: its code runs, and it translates each parameter and attribute."""

from __future__ import annotations

import inspect
import re
from operator import attrgetter
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn")

from sklearn import neural_network

import sheernet as sn

PAGE = Path(__file__).parents[3] / "docs" / "coming-from" / "scikit-learn.md"
TEXT = PAGE.read_text(encoding="utf-8")
CODE = r"`([^`]+)`"
X, Y = np.linspace(-1.0, 1.0, 30)[:, np.newaxis], np.sin(np.arange(30))


def rows_of(table: int) -> list[tuple[list[str], list[str]]]:
    """The code of both columns of a table of the page."""
    lines = re.findall(r"(?:^\|.*\n)+", TEXT, re.MULTILINE)[table].splitlines()
    cells = [row.strip("|").split(" | ") for row in lines[2:]]
    return [(re.findall(CODE, left), re.findall(CODE, right)) for left, right in cells]


def names(codes: list[str]) -> set[str]:
    return {re.match(r"\w+", code)[0] for code in codes}


def test_its_code_runs(capsys: pytest.CaptureFixture[str]) -> None:
    space: dict[str, object] = {}
    for block in re.findall(r"^```python\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE):
        exec(compile(block, str(PAGE), "exec"), space)  # each block continues the ones before it
    accuracy, difference = re.findall(r": ([\d.]+)$|by ([\de.-]+)$", capsys.readouterr().out, re.M)
    assert float(accuracy[0]) > 0.93
    assert float(difference[1]) < 1e-7


@pytest.mark.parametrize("kind", ["MLPRegressor", "MLPClassifier"])
def test_every_parameter_and_attribute_of_scikit_learn_is_translated(kind: str) -> None:
    theirs = getattr(neural_network, kind)
    parameters = set().union(*(names(left) for left, _ in rows_of(0)))
    assert set(inspect.signature(theirs).parameters) <= parameters
    y = Y if kind == "MLPRegressor" else Y > 0
    fitted = theirs(
        hidden_layer_sizes=(2,), max_iter=5000, early_stopping=True, random_state=0
    ).fit(X, y)
    attributes = set().union(*(names(left) for left, _ in rows_of(1)))
    assert {name for name in vars(fitted) if name.endswith("_")} <= attributes


def test_every_parameter_and_attribute_that_it_names_exists() -> None:
    known = {*inspect.signature(sn.NetRegressor).parameters, "sample_weight", "predict"}
    of_fit = {"validation", "patience", "fit", "sn"}
    methods = {"gd", "adam", "bfgs", "auto", "scipy", "tanh", "sigmoid", "logistic", "lm", "lbfgs"}
    for _, right in rows_of(0):
        assert names(right) <= known | of_fit | methods
    net = sn.NetClassifier(hidden=2, decay=0.1, starts=1).fit(X, Y > 0)
    for _, right in rows_of(1):
        for path in (code for code in right if code.startswith("model_")):
            attrgetter(path.partition("[")[0])(net)
