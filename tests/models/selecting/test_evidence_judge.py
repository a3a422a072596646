"""Sizes with decays by the evidence: rounds of splits, and errors that equal the figures of the default fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn import model_selection

import sheernet as sn

N = 18
"""Too few rows for other kinds of noise than the constant one."""
RNG = np.random.default_rng(1)
X = RNG.normal(size=(N, 2))
Y = np.sin(2 * X[:, 0]) + 0.5 * X[:, 1] + 0.2 * RNG.normal(size=N)
TABLE = {"a": X[:, 0], "b": X[:, 1], "y": 7.0 * Y + 40.0}
CLASSES = {**TABLE, "y": np.where(Y > 0, "high", "low")}


class TestErrors:
    @pytest.mark.parametrize("table", [TABLE, CLASSES], ids=["numbers", "classes"])
    @pytest.mark.parametrize("size", [0, 2])
    def test_are_the_figures_of_fit_on_the_same_folds(self, table: Any, size: int) -> None:
        selection = sn.select(table, "y", sizes=size, decays="evidence", starts=2)
        fit = sn.fit(table, "y", hidden=size, starts=2).held_out_fit
        expected = fit.log_loss if table is CLASSES else fit.rmse[0]
        assert selection.grid.errors[0, 0] == pytest.approx(expected, rel=1e-12)

    @pytest.mark.parametrize("table", [TABLE, CLASSES], ids=["numbers", "classes"])
    def test_of_auto_are_those_of_the_default_fit_whatever_the_other_sizes_are(
        self, table: Any
    ) -> None:
        selection = sn.select(table, "y", sizes=(0, 3, "auto"), decays="evidence", starts=2)
        fit = sn.fit(table, "y", starts=2).held_out_fit
        expected = fit.log_loss if table is CLASSES else fit.rmse[0]
        assert selection.grid.errors[2, 0] == pytest.approx(expected, rel=1e-12)

    @pytest.mark.parametrize(
        "splitter",
        [
            model_selection.KFold(3, shuffle=True, random_state=1),
            model_selection.ShuffleSplit(2, random_state=0),
            model_selection.TimeSeriesSplit(2),
        ],
        ids=lambda each: type(each).__name__,
    )
    def test_are_those_of_the_splits_of_a_splitter(self, splitter: Any) -> None:
        """Without much noise, a linear model is the same for any small decay."""
        line = {**TABLE, "y": X @ [1.0, 0.5] + 0.01 * RNG.normal(size=N)}
        grid = sn.select(line, "y", sizes=0, decays=("evidence", 1e-7), folds=splitter).grid
        assert grid.errors[0, 0] == pytest.approx(grid.errors[0, 1], rel=0.05)

    def test_do_not_depend_on_the_number_of_threads(self) -> None:
        one, two = (
            sn.select(CLASSES, "y", sizes=2, decays="evidence", folds=3, starts=2, threads=threads)
            for threads in (1, 2)
        )
        np.testing.assert_array_equal(one.grid.errors, two.grid.errors)


class TestTheModel:
    def test_has_the_default_number_of_starts_of_its_kind(self) -> None:
        by_evidence = sn.select(TABLE, "y", sizes=0, decays="evidence").model
        assert by_evidence.settings["starts"] is None
        assert sn.select(TABLE, "y", sizes=0, decays=0.1).model.settings["starts"] == 5
