"""`Model.score`: R^2 and accuracy by their formulas and by scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn

RNG = np.random.default_rng(3)
X = RNG.normal(size=(30, 3))


def test_is_that_of_the_fit() -> None:
    y = X[:, 0] - X[:, 1]
    model = sn.fit(X, y, hidden=2, starts=1, max_iter=3, held_out=0)
    assert model.score(X, y) == pytest.approx(model.training_fit.r2[0], rel=1e-12)


def test_of_rows_with_gaps_is_that_of_the_others_if_the_fit_left_them_out() -> None:
    y = X[:, 0] - X[:, 1]
    gaps = X.copy()
    gaps[3, 1] = np.nan
    model = sn.fit(X, y, hidden=1, starts=1, max_iter=1, held_out=0, missing="drop")
    with pytest.warns(
        sn.SheernetWarning, match="1 of 30 rows of the table has missing values and is left out"
    ):
        found = model.score(gaps, y)
    others = np.arange(30) != 3
    assert found == pytest.approx(model.score(X[others], y[others]), rel=1e-12)
