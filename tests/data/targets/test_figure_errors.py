"""Standard errors of RMSE and R^2, beside the spread of these figures among samples."""

from __future__ import annotations

import numpy as np
import pytest

from sheernet.data.targets.figure_errors import figure_errors
from sheernet.data.targets.judgment import RegressionFit


def sample(seed: int, n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (n, 2))
    return x, x + np.array([0.3, 0.5]) * rng.standard_t(8, (n, 2))


def test_they_are_the_spread_among_samples() -> None:
    fits = [RegressionFit.of(*sample(seed)) for seed in range(400)]
    rmse, r2 = figure_errors(*sample(1000, 40_000))
    for k in range(2):
        assert 10 * rmse[k] == pytest.approx(np.std([fit.rmse[k] for fit in fits]), rel=0.1)
        assert 10 * r2[k] == pytest.approx(np.std([fit.r2[k] for fit in fits]), rel=0.1)


def test_equal_weights_change_nothing_and_rows_of_weight_0_do_not_count() -> None:
    predicted, true = sample(0)
    found = figure_errors(predicted, true)
    assert np.allclose(figure_errors(predicted, true, np.full(400, 7.0)), found)
    weights = np.r_[np.ones(300), np.zeros(100)]
    assert np.allclose(figure_errors(predicted, true, weights), figure_errors(predicted[:300], true[:300]))  # fmt: skip


def test_what_is_not_known_is_nan() -> None:
    same = np.ones((5, 1))
    assert np.isnan(figure_errors(np.arange(5.0)[:, None], same)[1]).all()  # a constant target
    assert np.isnan(figure_errors(same, same)[0]).all()
    assert np.isnan(figure_errors(same[:1], 2 * same[:1])[0]).all()
