"""As test_importance_draws.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from models.explaining.test_importance_draws import NOISE, SLOPES, N
from sheernet.models.explaining import importance_draws

pytestmark = pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N, 3))
    return pd.DataFrame(
        {**dict(zip("abc", X.T, strict=True)), "y": X @ SLOPES + NOISE * rng.normal(size=N)}
    )


@pytest.fixture(scope="module")
def line(table: pd.DataFrame) -> sn.Model:
    return sn.fit(table, "y", hidden=0, decay=1e-9, starts=1, held_out=0)


@pytest.fixture
def many_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importance_draws, "DRAWS", 600)


def covariance_of_least_squares(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The estimates of the slopes and their covariance, by the normal equations."""
    A = np.column_stack([table[["a", "b", "c"]], np.ones(N)])
    estimates, squares = np.linalg.lstsq(A, table["y"])[:2]
    return estimates[:3], squares[0] / (N - 4) * np.linalg.inv(A.T @ A)[:3, :3]


@pytest.mark.usefixtures("many_draws")
def test_a_slope_of_a_line_has_the_standard_error_of_least_squares(line, table) -> None:
    found = line.importance(table)["slope"]
    _, C = covariance_of_least_squares(table)
    assert found.weights[:, 0] == pytest.approx(np.sqrt(C.diagonal()), rel=0.1)
    assert found.uncertainty == pytest.approx(found.weights)  # nothing else is uncertain


@pytest.mark.usefixtures("many_draws")
def test_shares_of_the_variance_have_those_of_the_squares_of_slopes(line, table) -> None:
    """T_j = b_j^2 v_j / sum of these, with v_j the variance of the column, and b drawn with its covariance."""
    b, C = covariance_of_least_squares(table)
    variances = table[["a", "b", "c"]].var(ddof=0).to_numpy()
    drawn = np.random.default_rng(1).multivariate_normal(b, C, 20_000)

    def shares(b: np.ndarray) -> np.ndarray:
        parts = b**2 * variances
        return parts / parts.sum(axis=-1, keepdims=True)

    expected = np.sqrt(((shares(drawn) - shares(b)) ** 2).mean(axis=0))
    found = line.importance(table)
    for name in ("total", "first"):
        assert found[name].weights[:2, 0] == pytest.approx(expected[:2], rel=0.15)
        assert found[name].weights[2, 0] > 0.3 * expected[2]  # of a column without effect
