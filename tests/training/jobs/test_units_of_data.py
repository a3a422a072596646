"""A fit ends as converged at its minimum, whatever the units of inputs and targets."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

import sheernet as sn
from both_engines import compiled as needs_compiled
from training.jobs.twins import METHODS, both, compiled, in_cpp

pytestmark = needs_compiled

RNG = np.random.default_rng(0)
X = RNG.standard_normal((30, 2)) + np.array([1.0, 0.0])
Y = X @ [1.0, -2.0] + RNG.standard_normal(30)
PLANE = sn.Architecture((2, 1))


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("of_inputs", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize("of_target", [1e-6, 1e-3, 1.0, 1e3])
@pytest.mark.parametrize("method", METHODS)
def test_a_converged_fit_is_that_of_least_squares(
    method: str, of_target: float, of_inputs: float, reduction: str
) -> None:
    inputs, y = of_inputs * X, of_target * Y
    A = np.column_stack([inputs, np.ones(len(y))])
    least = 0.5 * np.linalg.lstsq(A, y, rcond=None)[1][0]
    objective = compiled(PLANE, inputs, y, reduction=reduction)
    for run in both(objective, np.zeros(3), method):
        if run.termination.converged:
            found = run.objective * (len(y) if reduction == "mean" else 1.0)
            assert found <= least * (1.0 + 1e-9)


@pytest.mark.parametrize("of_target", [1e-6, 1.0, 1e6])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_the_last_gradient_is_small_in_units_of_the_data(of_target: float, reduction: str) -> None:
    objective = compiled(PLANE, X, of_target * Y, reduction=reduction)
    for run in both(objective, np.zeros(3), "lm"):
        assert run.termination.reason == "gradient_tolerance"
        scaled = np.abs(run.gradient / objective.standard_units.gradient).max()
        assert scaled == run.record.gradient_norm[-1] <= 1e-8


@pytest.mark.parametrize(
    ("gradient_tolerance", "reason"), [(1e-2, "plateau"), (1e-8, "gradient_tolerance")]
)
def test_large_weights_need_a_smaller_gradient(gradient_tolerance: float, reason: str) -> None:
    """The weights of nearly equal columns: a small gradient is no minimum, as the Newton step shows."""
    columns = np.column_stack([X[:, 0], X[:, 0] + 1e-3 * X[:, 1]])
    objective = compiled(PLANE, columns, X[:, 1] + 0.1 * Y)
    least = np.linalg.lstsq(np.column_stack([columns, np.ones(30)]), X[:, 1] + 0.1 * Y, rcond=None)[
        0
    ]
    start = 0.5 * least
    for run in both(objective, start, "lm", gradient_tolerance=gradient_tolerance):
        assert run.termination.reason == reason
        assert np.abs(run.theta).max() > 300.0


@pytest.mark.parametrize("method", METHODS)
def test_a_converged_fit_of_exact_targets_cannot_be_improved(method: str) -> None:
    """The gradient of a nearly exact fit is small everywhere near it, so the tolerance decreases with the objective."""
    architecture = sn.Architecture((2, 4, 1))
    for seed in range(11):
        inputs = np.random.default_rng(seed).standard_normal((30, 2))
        y = sn.Network.random(architecture, 100 + seed).predict(inputs)
        objective = compiled(architecture, inputs, y)
        start = sn.Network.random(architecture, seed).theta
        for run in both(objective, start, method, max_iter=3000):
            if run.termination.converged:
                more = in_cpp(objective, run.theta, "lm", gradient_tolerance=0.0, max_iter=3000)
                assert run.objective - more.objective <= 1e-11 * y.var() / 2


@pytest.mark.parametrize("seed", [51, 52, 142])
def test_in_a_curved_valley_a_small_gradient_is_no_minimum(seed: int) -> None:
    rng = np.random.default_rng(seed)
    inputs = rng.standard_normal((25, 2))
    y = np.sin(inputs @ [1.0, 2.0]) + 0.5 * rng.standard_normal(25)
    objective = compiled(sn.Architecture((2, 5, 1)), inputs, y)
    start = sn.Network.random(objective.architecture, seed).theta
    for run in both(objective, start, "lm", max_iter=10_000):
        if run.termination.converged:
            more = minimize(
                objective.value_and_gradient,
                run.theta,
                method="trust-exact",
                jac=True,
                hess=lambda theta: [objective.hessian_vector(theta, unit) for unit in np.eye(21)],
                options={"gtol": 0.0, "maxiter": 300},
            )
            assert more.fun >= run.objective * (1.0 - 1e-9)
