"""Standard errors of the figures of a model, and the share of rows near their predictions."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
from scipy.stats import binom

import sheernet as sn
from sheernet.models.reliability import reliability, standard_errors

rng = np.random.default_rng(3)
x = rng.normal(size=90)
TABLE = {"x": x, "y": 100.0 + 20.0 * x + 10.0 * rng.normal(size=90)}


def fitted(target: Any = "y", **settings: Any) -> sn.Model:
    return sn.fit(TABLE, target, **{"hidden": 0, "decay": 1e-3, "held_out": 1 / 3, **settings})


def test_errors_of_held_out_rows_are_in_units_of_the_target() -> None:
    model = fitted()
    held_out = model.rows.held_out
    squares = (model.predict({"x": x[held_out]}) - TABLE["y"][held_out]) ** 2
    expected = squares.std(ddof=1) / math.sqrt(30) / (2 * math.sqrt(squares.mean()))
    errors = standard_errors(model)
    assert errors is not None
    assert errors[0] == pytest.approx(expected)
    assert f"{errors[1]:.2g} of R2, {errors[0]:.2g} of the RMSE" in reliability(model)
    assert "over the 30 evaluated rows" in model.report()


def test_the_answer_also_tells_how_many_rows_are_near() -> None:
    model = sn.fit(TABLE, "y", hidden=0)
    inside = 100 * np.mean(model.scores <= 1.6449)
    assert f"{inside:.0f} % of their true values lie within 1.64" in reliability(model)
    assert standard_errors(model) is not None
    assert "over the 90 evaluated rows" in reliability(model)


def test_the_error_of_an_accuracy_is_binomial() -> None:
    model = sn.fit({"x": x, "high": TABLE["y"] > 100.0}, "high", hidden=0, decay=1e-3, held_out=0.5)
    share = model.held_out_fit.accuracy
    error = 100 * math.sqrt(share * (1 - share) / model.held_out_fit.rows)
    assert f"{error:.2g} %" in reliability(model)


def titanic() -> sn.Model:
    """Passengers and crew of the Titanic: of 1731 males 367 survived, of 470 females 344."""
    cells = {"sex": ["m", "m", "f", "f"], "lived": ["n", "y", "n", "y"], "n": [1364, 367, 126, 344]}
    return sn.fit(cells, "lived", weights="n", hidden=0)


def test_a_row_of_weight_k_counts_as_k_rows() -> None:
    model, share = titanic(), (1364 + 344) / 2201
    assert model.held_out_fit.accuracy == pytest.approx(share)
    error = 100 * math.sqrt(share * (1 - share) / 2201)
    rows = "over the 4 evaluated rows, which count as 2201 rows"
    assert reliability(model) == f"Standard error of the accuracy {rows}: {error:.2g} %."


def test_counted_rows_without_an_error_bound_the_share_of_errors() -> None:
    """1 - 0.05^(1 / 2201) = 0.136 %."""
    model = titanic()
    fit = dataclasses.replace(model.held_out_fit, accuracy=1.0)
    said = reliability(dataclasses.replace(model, held_out_fit=fit))
    assert said.startswith("None of the 4 evaluated rows, which count as 2201 rows, is predicted")
    assert "at most 0.14 % of such rows are" in said


def test_counts_of_at_most_five_are_all_counted() -> None:
    """Each row is divided into parts of weight 1."""
    cells = {"x": [0, 0, 1, 1] * 6, "y": ["a", "b"] * 12, "n": [1, 5, 4, 2] * 6}
    model = sn.fit(cells, "y", weights="n", hidden=0)
    assert (model.held_out_fit.rows, model.held_out_fit.weight) == (24, 72)
    assert "over the 24 evaluated rows, which count as 72 rows" in reliability(model)


@pytest.mark.filterwarnings(
    "ignore::sheernet.SheernetWarning"
)  # a held-out row is beyond the others
def test_rows_of_other_weights_are_one_row_each() -> None:
    weights = np.random.default_rng(4).uniform(0.5, 1.5, 90)
    table = {"x": x, "high": TABLE["y"] > 100.0, "w": weights}
    model = sn.fit(table, "high", weights="w", hidden=0, decay=1e-3, held_out=0.5)
    rows = model.rows.held_out
    right = model.predict({"x": x[rows]}) == table["high"][rows]
    share, of_row = model.held_out_fit.accuracy, weights[rows] / weights[rows].sum()
    error = math.sqrt(len(rows) / (len(rows) - 1) * np.sum((of_row * (right - share)) ** 2))
    assert f"over the {len(rows)} evaluated rows: {100 * error:.2g} %" in reliability(model)


def test_rows_near_their_predictions_are_weighted() -> None:
    model = sn.fit({**TABLE, "w": np.where(x > 0, 1.9, 0.1)}, "y", weights="w", hidden=0)
    assert np.array_equal(model.score_weights, np.where(x > 0, 1.9, 0.1))
    scores = np.where(np.arange(90) < 9, 5.0, 0.0)[:, np.newaxis]
    weights = np.where(np.arange(90) < 9, 3.0, 1.0)  # 27 of 108 are far
    said = reliability(dataclasses.replace(model, scores=scores, score_weights=weights))
    assert "75 % of their true values lie within" in said


@pytest.mark.parametrize("accuracy", [1.0, 1.0 - 4e-16])
def test_rows_without_an_error_bound_the_share_of_errors(accuracy: float) -> None:
    """By the binomial distribution: 10 of 10 rows are right with a probability of 5 % if 25.9 % of rows are wrong."""
    model = sn.fit({"x": x, "high": TABLE["y"] > 100.0}, "high", hidden=0, decay=1e-3, held_out=0.5)
    fit = dataclasses.replace(model.held_out_fit, accuracy=accuracy, rows=10)
    said = reliability(dataclasses.replace(model, held_out_fit=fit))
    assert binom.pmf(10, 10, 1 - 0.2589) == pytest.approx(0.05, rel=1e-3)
    assert "at most 26 % of such rows are" in said
    assert "standard error" not in said.lower()


def test_what_is_not_known_is_not_said() -> None:
    assert reliability(fitted(held_out=0)) == ""
    model = fitted()
    for settings in (
        {},
        {"evaluation_errors": 1},
        {"evaluation_errors": {"rmse": ["a"], "r2": [1]}},
    ):
        assert standard_errors(dataclasses.replace(model, settings=settings)) is None
