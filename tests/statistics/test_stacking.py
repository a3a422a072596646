"""Stacking: the shares are the maximum of a concave sum on the simplex, whoever computes it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import logsumexp

from sheernet.statistics.stacking import PRIOR, mixture_log_density, stacking_shares

SEEDS = st.integers(0, 2**20)


def problem(seed: int, rows: int = 40, members: int = 4) -> tuple[np.ndarray, np.ndarray]:
    """Log densities of members of different quality, (N, M), and case weights, (N,)."""
    rng = np.random.default_rng(seed)
    logs = rng.normal(size=(rows, members)) * rng.uniform(0.1, 3.0) + rng.normal(size=members)
    return logs, rng.uniform(0.2, 3.0, size=rows)


def objective(shares: np.ndarray, logs: np.ndarray, weights: np.ndarray, prior: float) -> float:
    return float(weights @ logsumexp(logs, b=shares, axis=1) + prior * np.log(shares).sum())


class TestTheShares:
    @given(SEEDS, st.sampled_from([0.0, 0.5, PRIOR, 50.0]))
    def test_are_on_the_simplex(self, seed: int, prior: float) -> None:
        shares = stacking_shares(*problem(seed), prior=prior)
        assert shares.min() >= 0
        assert shares.sum() == pytest.approx(1.0, abs=1e-12)

    @given(SEEDS)
    def test_meet_the_condition_of_the_maximum(self, seed: int) -> None:
        """No share is 0, so all derivatives are the same: the multiplier, sum w + prior M."""
        logs, weights = problem(seed)
        shares = stacking_shares(logs, weights)
        posterior = np.exp(logs - logsumexp(logs, b=shares, axis=1)[:, None])  # (N, M)
        derivatives = posterior.T @ weights + PRIOR / shares
        assert derivatives == pytest.approx(weights.sum() + 4 * PRIOR, rel=2e-3)

    @pytest.mark.parametrize("prior", [0.5, PRIOR])
    @pytest.mark.parametrize("seed", range(4))
    def test_are_those_of_a_general_optimizer(self, seed: int, prior: float) -> None:
        logs, weights = problem(seed)
        found = minimize(
            lambda shares: -objective(shares, logs, weights, prior), np.full(4, 0.25), method="SLSQP",
            bounds=[(1e-9, 1.0)] * 4, constraints={"type": "eq", "fun": lambda shares: shares.sum() - 1.0},
            options={"ftol": 1e-12, "maxiter": 500},
        )  # fmt: skip
        assert found.success
        shares = stacking_shares(logs, weights, prior)
        assert shares == pytest.approx(found.x, abs=2e-4)
        assert objective(shares, logs, weights, prior) >= -found.fun - 1e-5

    def test_without_prior_leave_out_a_member_that_is_worse_everywhere(self) -> None:
        logs, weights = problem(0)
        worse = np.column_stack([logs, logs.min(axis=1) - 1.0])
        assert stacking_shares(worse, weights, prior=0.0)[-1] < 1e-4

    @given(SEEDS)
    def test_are_the_largest_of_a_member_that_is_better_everywhere(self, seed: int) -> None:
        logs, weights = problem(seed)
        logs[:, 2] = logs.max(axis=1) + 0.5
        assert stacking_shares(logs, weights).argmax() == 2

    def test_are_equal_under_a_heavy_prior_and_of_equal_members(self) -> None:
        assert stacking_shares(*problem(1), prior=1e8) == pytest.approx(0.25, abs=1e-6)
        same = np.repeat(problem(2)[0][:, :1], 4, axis=1)
        assert stacking_shares(same) == pytest.approx(0.25, abs=1e-12)

    def test_of_a_member_that_explains_all_rows_alone_is_known(self) -> None:
        """N rows at density 1 and 0: share = (N + prior) / (N + 2 prior)."""
        logs = np.log([[1.0, 1e-200]] * 30)
        assert stacking_shares(logs, prior=5.0) == pytest.approx([35 / 40, 5 / 40], abs=1e-9)

    @given(SEEDS)
    def test_count_a_row_of_weight_k_k_times(self, seed: int) -> None:
        logs, _ = problem(seed)
        repeats = 1 + np.arange(40) % 3
        twice = np.repeat(logs, repeats, axis=0)
        assert stacking_shares(logs, repeats.astype(float)) == pytest.approx(
            stacking_shares(twice), abs=1e-9
        )

    @given(SEEDS, st.floats(-1e3, 1e3))
    def test_do_not_depend_on_the_unit_of_the_densities(self, seed: int, shift: float) -> None:
        logs, weights = problem(seed)
        assert stacking_shares(logs + shift, weights) == pytest.approx(
            stacking_shares(logs, weights), abs=1e-6
        )


class TestDensitiesOfZero:
    def test_of_one_member_only_shift_shares_to_the_others(self) -> None:
        logs, weights = problem(3)
        shares = stacking_shares(logs, weights)
        logs[:5, 0] = -np.inf
        assert stacking_shares(logs, weights)[0] < shares[0]

    def test_of_all_members_leave_the_row_out(self) -> None:
        logs, weights = problem(3)
        logs[:5], weights[:5] = -np.inf, 1e6
        assert stacking_shares(logs, weights) == pytest.approx(
            stacking_shares(logs[5:], weights[5:]), abs=1e-12
        )

    def test_have_the_logarithm_minus_infinity(self) -> None:
        logs = np.array([[-np.inf, -np.inf], [-np.inf, 0.0]])
        assert mixture_log_density(logs, np.array([0.5, 0.5])).tolist() == [-np.inf, np.log(0.5)]


@given(SEEDS, st.floats(-1e5, 1e5))
def test_the_density_of_a_mixture_is_a_logsumexp(seed: int, shift: float) -> None:
    logs, weights = problem(seed)
    shares = weights[:4] / weights[:4].sum()
    shares[0] = 0.0
    expected = logsumexp(logs + shift, b=shares, axis=1)
    assert mixture_log_density(logs + shift, shares) == pytest.approx(expected, rel=1e-12)
