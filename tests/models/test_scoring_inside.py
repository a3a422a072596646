"""As test_scoring.py, by names that are not published."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sheernet as sn
from models.test_scoring import RNG, X
from random_models import number_targets, random_model, replaced
from sheernet.data.targets import ClassTarget

TWO = random_model(sn.Architecture((3, 4, 2)), targets=number_targets(2))


def table(rows: np.ndarray = X, **more: Any) -> dict[str, Any]:
    return {f"input {j}": rows[:, j] for j in range(rows.shape[1])} | more


@given(st.integers(0, 10**6), st.integers(2, 30), st.integers(1, 3))
@settings(max_examples=40)
def test_of_numbers_is_the_mean_r2_of_the_targets(seed: int, rows: int, n: int) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    model = random_model(sn.Architecture((3, 4, n)), targets=number_targets(n))
    true = np.random.default_rng(seed).normal(size=(rows, n))
    given_rows = X[:rows]
    predicted = model.predict(given_rows).reshape(rows, n)
    expected = metrics.r2_score(true, predicted)
    residual = ((predicted - true) ** 2).sum(axis=0)
    formula = 1 - residual / ((true - true.mean(axis=0)) ** 2).sum(axis=0)
    y = true[:, 0] if n == 1 else true
    columns = {f"target {k}": true[:, k] for k in range(n)}
    for found in (
        model.score(given_rows, y),
        model.score(table(given_rows), y),
        model.score(table(given_rows, **columns)),
        model.score(table(given_rows, **columns), list(columns)),
        model.score(given_rows.tolist(), pd.DataFrame(columns).iloc[:, ::-1]),
    ):
        assert found == pytest.approx(expected, rel=1e-10, abs=1e-12)
        assert found == pytest.approx(formula.mean(), rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("classes", [("a", "b"), (False, True), (1, 2, 3)])
def test_of_labels_is_the_accuracy(classes: tuple[Any, ...]) -> None:
    metrics = pytest.importorskip("sklearn.metrics")
    target = ClassTarget("verdict", classes)
    model = random_model(
        sn.Architecture((3, target.n_outputs), output=target.output), targets=target
    )
    true = [classes[i] for i in RNG.integers(len(classes), size=30)]
    expected = metrics.accuracy_score(true, model.predict(X).tolist())
    for found in (
        model.score(X, true),
        model.score(table(), np.array(true)),
        model.score(table(verdict=true)),
        model.score(table(verdict=true), "verdict"),
    ):
        assert found == pytest.approx(expected, rel=1e-12)


def test_counts_case_weights_as_rows() -> None:
    model = replaced(TWO, settings=TWO.settings | {"weights": "times"})
    true, times = RNG.normal(size=(30, 2)), RNG.integers(0, 3, 30)
    columns = {"target 0": true[:, 0], "target 1": true[:, 1]}
    rows = np.repeat(np.arange(30), times)
    repeated = TWO.score(X[rows], true[rows])
    left_out = f"{np.count_nonzero(times == 0)} of 30 rows of the table are left out"
    with pytest.warns(sn.SheernetWarning, match=left_out):
        assert model.score(table(times=times, **columns)) == pytest.approx(repeated, rel=1e-12)
    assert model.score(table(**columns)) == TWO.score(X, true)


def test_of_a_constant_target_is_nan_with_a_warning() -> None:
    with pytest.warns(
        sn.SheernetWarning, match="same value in all rows, so R.2 is not defined: the score is nan"
    ):
        assert np.isnan(TWO.score(X, np.column_stack([np.ones(30), X[:, 0]])))


@pytest.mark.parametrize(
    ("rows", "target", "message"),
    [
        (X, None, r"the table has no targets, because an array was given; give a tuple \(X, y\)"),
        (table(), None, "needs columns 'target 0' and 'target 1'|needs columns 'target 0', 'target 1'"),
        (table(), "score", "target must be the true values of 'target 0', one for each row, but 'score' was given"),
        (X, X[:5, :2], "X of the table has 30 rows and y of the table has 5 rows"),
        (X, X[:, 0], "y of the table has 1 column, but must have 2: target 0 and target 1"),
        (X, [X[:, 0]], "y of the table has 30 columns, but must have 2"),
        (X[:, :2], X[:, :2], "X of the table has 2 columns, but must have 3"),
        (np.where(X > 1, np.nan, X), X[:, :2], "missing values in .*; fill or remove these rows, or fit the "),
    ],
)  # fmt: skip
def test_of_what_does_not_match_is_refused(rows: Any, target: Any, message: str) -> None:
    with pytest.raises(sn.InvalidInput, match=message):
        TWO.score(rows, target)
