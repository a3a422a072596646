"""As test_column_evidence.py, by names that are not published."""

from __future__ import annotations

import numpy as np

import sheernet as sn
from sheernet.statistics import column_support
from sheernet.statistics.column_evidence import POSITIVE

rng = np.random.default_rng(5)


X = rng.normal(size=(60, 4))


y = 2.0 * X[:, 0] + 0.5 * X[:, 2] + 0.7 * rng.normal(size=60)


EACH = [slice(k, k + 1) for k in range(4)]


LINE = sn.Architecture((4, 1), bias=False)


def support(columns: list[slice] = EACH) -> tuple[np.ndarray, np.ndarray]:
    return column_support(
        lambda X: sn.make_objective(LINE, X, y, decay=0.01), X, np.zeros(4), columns
    )


def test_columns_without_effect_are_left_out() -> None:
    factors, decays = support()
    assert np.isinf(decays).tolist() == [False, True, False, True]
    assert (factors[[0, 2]] > 3).all()
    assert (factors[[1, 3]] < POSITIVE).all()
