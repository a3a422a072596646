"""Checks of Jacobians, Hessian-vector products and gradients with respect to the inputs."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from contracts.cases import random_cases
from sheernet.derivatives import (
    check_hessian_vector,
    check_jacobian,
)

SMOOTH = ("identity", "sigmoid", "tanh", "softplus", "silu")
x = np.array([0.5, -1.2, 2.0])


def residuals(x):
    return np.array([x[0] * x[1], np.exp(x[2]) - x[0]])


def jacobian(x):
    return np.array([[x[1], x[0], 0.0], [-1.0, 0.0, np.exp(x[2])]])


class TestJacobian:
    def test_right_one_passes(self):
        report = check_jacobian(residuals, jacobian, x)
        assert report.verdicts == ("pass",) * 6
        np.testing.assert_allclose(report.numeric, jacobian(x).ravel(), rtol=1e-8, atol=1e-12)

    def test_wrong_entry_is_named(self):
        def wrong(x):
            return jacobian(x) * [[1, 1, 1], [1, 1, 1.01]]

        report = check_jacobian(residuals, wrong, x, names=["a", "b", "c"], outputs=["u", "v"])
        assert report.verdict == "fail"
        assert report.worst.name == "v by c"
        assert report.verdicts.count("fail") == 1

    def test_of_networks_passes(self):
        for case in random_cases(4, 8, cost="squared_error", hidden=SMOOTH, output="tanh"):
            objective = case.objective()
            report = check_jacobian(
                lambda t, o=objective: o.residuals_and_jacobian(t)[0],
                lambda t, o=objective: o.residuals_and_jacobian(t)[1],
                case.theta,
            )
            assert report.verdict != "fail", report

    def test_shape_is_checked(self):
        with pytest.raises(
            sn.ShapeMismatch,
            match=r"the Jacobian has shape \(3, 2\), but for 2 functions of 3 variables it",
        ):
            check_jacobian(residuals, lambda x: jacobian(x).T, x)
        with pytest.raises(sn.ShapeMismatch, match="the function must return a vector"):
            check_jacobian(lambda x: residuals(x)[None], jacobian, x)


class TestHessianVector:
    def test_of_networks_passes_and_a_wrong_one_fails(self):
        for case in random_cases(5, 8, hidden=SMOOTH, cost="squared_error", output="identity"):
            objective = case.objective()
            report = check_hessian_vector(objective, case.theta)
            assert report.verdict != "fail", report
            assert report.names[0] == f"{objective.names[0]} by v"

            def wrong(t, v, o=objective):
                return 1.001 * o.hessian_vector(t, v)

            failed = check_hessian_vector(
                lambda t, o=objective: o.value_and_gradient(t)[1], wrong, case.theta
            )
            assert failed.verdict == "fail"

    def test_a_vector_may_be_given(self):
        report = check_hessian_vector(
            lambda x: x**3, lambda x, v: 3 * x**2 * v, x, vector=[1.0, 0.0, 0.0]
        )
        np.testing.assert_allclose(report.analytic, [3 * x[0] ** 2, 0, 0])
        with pytest.raises(sn.ShapeMismatch, match=r"vector has shape \(2,\) but x has \(3,\)"):
            check_hessian_vector(lambda x: x**3, lambda x, v: v, x, vector=[1.0, 0.0])

    def test_other_arguments_are_refused(self):
        with pytest.raises(sn.InvalidInput, match="check_hessian_vector takes an objective with"):
            check_hessian_vector(residuals, x)


class TestInputGradient:
    def test_of_networks_passes(self):
        for case in random_cases(6, 20):
            objective = case.objective()
            report = sn.check_gradient(sn.Problem.from_inputs(objective, case.theta))
            assert report.verdict == "pass", f"{case}\n{report}"
            assert report.method == "complex step"
            assert len(report.names) == objective.inputs.size
        assert report.names[0] == "X[0,0]"

    def test_a_wrong_one_fails(self):
        case = next(random_cases(7, 1, skip=True))
        objective = case.objective()

        class Wrong:
            inputs, value_at_inputs = objective.inputs, objective.value_at_inputs

            def input_gradient(self, theta, X):
                return 2 * objective.input_gradient(theta, X)

        report = sn.check_gradient(sn.Problem.from_inputs(Wrong(), case.theta))
        assert (report.verdict, report.diagnosis.kind) == ("fail", "factor")

    def test_an_object_without_one_is_refused(self):
        with pytest.raises(sn.InvalidInput, match="the input gradient of a int cannot be checked"):
            sn.Problem.from_inputs(3, [1.0])


class TestConduct:
    def test_of_functions_is_looked_at_first(self):
        def writing(x):
            x[0] = 1.0
            return np.array([2.0, 3.0])

        report = check_jacobian(writing, lambda x: np.zeros((2, 3)), x)
        assert report.verdict == "fail"
        assert report.findings[0] == "The function modifies its input; it must work on a copy."
        rng = np.random.default_rng(0)
        random = check_jacobian(lambda t: residuals(t) + rng.random(2), jacobian, x)
        assert random.verdict != "pass"
        assert "Two calls of the function at the same point differ" in random.findings[0]

    def test_evaluations_are_those_that_were_made(self):
        calls = []

        def counted(x):
            calls.append(x)
            return residuals(x)

        report = check_jacobian(counted, jacobian, x)
        assert report.evaluations == len(calls) - 3  # the values at x, and two for the consistency


@pytest.mark.parametrize("seed", [-1, 1.5, None, True])
@pytest.mark.parametrize(
    "check",
    [
        lambda seed: sn.check_gradient(lambda x: x[0] ** 2, lambda x: 2 * x, [1.0], seed=seed),
        lambda seed: check_jacobian(residuals, jacobian, x, seed=seed),
        lambda seed: check_hessian_vector(lambda x: x**2, lambda x, v: 2 * x * v, x, seed=seed),
        lambda seed: sn.derivatives.step_errors(lambda x: x[0] ** 2, lambda x: 2 * x, [1.0], seed=seed),
        lambda seed: sn.derivatives.estimate_gradient(lambda x: x[0] ** 2, [1.0], seed=seed),
    ],
)  # fmt: skip
def test_a_seed_is_a_whole_number(check, seed):
    with pytest.raises(sn.InvalidInput, match="seed must be a whole number of at least 0, but"):
        check(seed)
