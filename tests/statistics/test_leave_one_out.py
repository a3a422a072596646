"""Residuals, variances and densities from one fit are those of networks that were fitted without the row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

import sheernet as sn
from both_engines import ENGINES
from sheernet.objective import Objective
from sheernet.statistics import decay_groups, evidence_at, leave_one_out


def linear_minimum(
    X: np.ndarray, Y: np.ndarray, weights: np.ndarray, decay: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Weights (d + 1, K) of a linear network, bias last, and H^-1 of one output, by the normal equations."""
    design = np.column_stack([X, np.ones(len(X))])
    inverse = np.linalg.inv(design.T @ (weights[:, None] * design) + np.diag(decay))
    return inverse @ design.T @ (weights[:, None] * Y), inverse


def tanh_problem(
    outputs: int = 1, decay: float = 0.3, engine: str = "auto", **given: Any
) -> tuple[Objective, np.ndarray]:
    """A tanh network at its optimum."""
    rng = np.random.default_rng(3)
    X = rng.normal(size=(40, 2))
    signal = np.column_stack([np.sin(X[:, 0]), X[:, 0] * X[:, 1]])[:, :outputs]
    Y = signal + 0.2 * rng.normal(size=signal.shape)
    arch = sn.Architecture((2, 3, outputs))
    decays = np.full(arch.n_parameters, decay)
    decays[arch.layout.block("b2").slice] = 0.0  # as the groups of the evidence leave it
    settings = dict(reduction="sum", decay=decays, engine=engine, **given)
    tight: dict[str, Any] = {"method": "lm", "gradient_tolerance": 1e-10, "max_iter": 2000}
    training = sn.train(sn.Network.random(arch, seed=1), X, Y, **settings, **tight)
    return sn.make_objective(arch, X, Y, **settings), training.network.theta


class TestLinear:
    """Without hidden layers all of it is exact."""

    @pytest.mark.parametrize("engine", ENGINES)
    @given(
        seed=st.integers(0, 10**6),
        rows=st.integers(5, 12),
        inputs=st.integers(1, 3),
        outputs=st.integers(1, 2),
        penalty=st.sampled_from([0.1, 1.0, 30.0]),
        reduction=st.sampled_from(["sum", "mean"]),
        weighted=st.booleans(),
    )
    def test_equals_a_fit_without_the_row(
        self, engine: str, seed: int, rows: int, inputs: int, outputs: int, penalty: float,
        reduction: str, weighted: bool,
    ) -> None:  # fmt: skip
        rng = np.random.default_rng(seed)
        X, Y = rng.normal(size=(rows, inputs)), rng.normal(size=(rows, outputs))
        weights = rng.integers(1, 4, size=rows).astype(float) if weighted else np.ones(rows)
        decay = np.append(np.full(inputs, penalty), 0.0)
        arch = sn.Architecture((inputs, outputs))
        total = weights.sum() if reduction == "mean" else 1.0
        objective = sn.make_objective(
            arch, X, Y, reduction=reduction, weights=weights, engine=engine, decay={"W1": penalty / total}
        )  # fmt: skip
        theta = linear_minimum(X, Y, weights, decay)[0].ravel()
        found = leave_one_out(objective, theta, noise_variance=0.3)
        densities = np.zeros(rows)
        for n in range(rows):
            others = np.arange(rows) != n
            without, inverse = linear_minimum(X[others], Y[others], weights[others], decay)
            row = np.append(X[n], 1.0)
            residual, variance = row @ without - Y[n], 0.3 * (1.0 + row @ inverse @ row)
            np.testing.assert_allclose(found.residuals[n], residual, rtol=1e-9, atol=1e-9)
            np.testing.assert_allclose(found.variances[n], variance, rtol=1e-9)
            densities[n] = norm(0.0, np.sqrt(variance)).logpdf(residual).sum()
        expected = np.average(densities, weights=weights)
        assert found.mean_log_density == pytest.approx(expected, rel=1e-9, abs=1e-9)

    def test_a_row_of_weight_zero_is_not_there(self) -> None:
        rng = np.random.default_rng(0)
        X, y = rng.normal(size=(8, 2)), rng.normal(size=8)
        weights = np.ones(8)
        weights[3] = 0.0
        arch, keep = sn.Architecture((2, 1)), weights > 0
        given: dict[str, Any] = {"reduction": "sum", "decay": 0.1}
        theta = sn.train(sn.Network.random(arch), X[keep], y[keep], method="lm", **given)
        one, other = (
            leave_one_out(objective, theta.network.theta)
            for objective in (
                sn.make_objective(arch, X, y, weights=weights, **given),
                sn.make_objective(arch, X[keep], y[keep], **given),
            )
        )
        np.testing.assert_allclose(one.residuals, other.residuals, rtol=1e-12)
        assert one.noise_variance == pytest.approx(other.noise_variance, rel=1e-12)

    def test_a_row_that_alone_determines_a_weight_has_a_finite_residual(self) -> None:
        X = np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]])
        arch = sn.Architecture((2, 1), bias=False)
        objective = sn.make_objective(arch, X, [1.0, 2.5, 7.0], reduction="sum")
        found = leave_one_out(objective, np.array([6.0 / 5.0, 7.0]))
        assert found.leverages[2] == pytest.approx(1.0)
        assert np.isfinite(found.residuals).all()
        assert found.variances[2, 0] > 1e6 * found.variances[0, 0]
        assert np.isfinite(found.mean_log_density)


class TestNetworks:
    @pytest.mark.parametrize("engine", ENGINES)
    @pytest.mark.parametrize("outputs", [1, 2])
    @pytest.mark.parametrize("weighted", [False, True])
    def test_noise_and_effective_parameters_are_those_of_the_evidence(
        self, engine: str, outputs: int, weighted: bool
    ) -> None:
        weights = 1.0 + np.arange(40) % 3 if weighted else None
        objective, theta = tanh_problem(outputs, engine=engine, weights=weights)
        evidence = evidence_at(objective, theta, decay_groups(objective.architecture))
        found = leave_one_out(objective, theta)
        assert found.leverages.sum() == pytest.approx(evidence.effective_parameters, rel=1e-9)
        assert found.noise_variance == pytest.approx(evidence.noise_variance, rel=1e-9)
        assert (found.leverages > 0).all()
        assert (found.leverages < outputs).all()

    def test_is_near_fits_without_the_row(self) -> None:
        """The tangent at the optimum misses a tenth of the change of a residual, or less."""
        objective, theta = tanh_problem()
        found = leave_one_out(objective, theta)
        residuals = objective.residuals_and_jacobian(theta)[0][:40]
        true = np.zeros(40)
        for n in range(40):
            weights = np.ones(40)
            weights[n] = 0.0
            run = sn.optimizers.minimize(
                objective.replace(weights=weights), theta, "lm", gradient_tolerance=1e-9
            )
            network = sn.Network(objective.architecture, run.theta)
            X, Y, _ = objective.rows
            true[n] = (network.predict(X[n : n + 1]) - Y[n])[0, 0]
        missed = np.abs(found.residuals[:, 0] - true)
        assert np.median(missed / np.abs(true - residuals)) < 0.1
        assert found.root_mean_square == pytest.approx(np.sqrt(np.mean(true**2)), rel=0.05)

    def test_two_outputs_share_the_hidden_units(self) -> None:
        """The leverage of a row is a matrix (K, K), and so is the covariance of its targets."""
        objective, theta = tanh_problem(outputs=2)
        found = leave_one_out(objective, theta)
        inverse = np.linalg.inv(objective.gauss_newton(theta)[2])
        weighted, jacobian = objective.residuals_and_jacobian(theta)
        densities = np.zeros(40)
        for n in range(40):
            J, e = jacobian[2 * n : 2 * n + 2], weighted[2 * n : 2 * n + 2]
            S = J @ inverse @ J.T
            residual = np.linalg.solve(np.eye(2) - S, e)
            covariance = found.noise_variance * np.linalg.inv(np.eye(2) - S)
            np.testing.assert_allclose(found.residuals[n], residual, rtol=1e-9)
            np.testing.assert_allclose(found.variances[n], np.diag(covariance), rtol=1e-9)
            densities[n] = multivariate_normal(np.zeros(2), covariance).logpdf(residual)
        assert found.mean_log_density == pytest.approx(densities.mean(), rel=1e-9)


class TestRefusals:
    def test_another_cost(self) -> None:
        arch = sn.Architecture((1, 1), output="sigmoid")
        objective = sn.make_objective(
            arch, [0.0, 1.0, 2.0], [0.0, 1.0, 1.0], cost="binary_cross_entropy"
        )
        with pytest.raises(sn.InvalidInput, match="leave_one_out needs cost 'squared_error', but"):
            leave_one_out(objective, np.zeros(2))

    @pytest.mark.parametrize("noise", [0.0, -1.0, np.inf, np.nan])
    def test_a_noise_that_is_no_variance(self, noise: float) -> None:
        objective, theta = tanh_problem()
        with pytest.raises(
            sn.InvalidInput, match="noise_variance must be positive and finite, but"
        ):
            leave_one_out(objective, theta, noise_variance=noise)

    def test_a_singular_matrix(self) -> None:
        arch = sn.Architecture((2, 1))
        objective = sn.make_objective(arch, [[1.0, 0.0], [2.0, 0.0]], [1.0, 2.0])
        with pytest.raises(np.linalg.LinAlgError, match="not positive definite"):
            leave_one_out(objective, np.zeros(3))
