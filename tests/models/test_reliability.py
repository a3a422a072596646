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
