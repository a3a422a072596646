"""The Taylor remainder falls as h^2 if a gradient is right, and as h^3 if the Hessian is, too."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from contracts.cases import random_cases
from sheernet.derivatives import step_errors, taylor_test

SMOOTH = ("sigmoid", "tanh", "softplus", "silu")
X = np.array([0.3, -0.8])


def f(x):
    return float(np.sum(np.exp(x)) * np.cos(x[0]))


def gradient(x):
    g = np.exp(x) * np.cos(x[0])
    g[0] -= np.sum(np.exp(x)) * np.sin(x[0])
    return g


class TestTaylor:
    def test_right_gradients_pass(self):
        for case in random_cases(8, 30, hidden=SMOOTH, cost="squared_error", output="tanh"):
            test = taylor_test(case.objective(), case.theta)
            assert test.verdict != "fail", f"{case} {test}"

    def test_slope_is_two_and_one(self):
        right, wrong = taylor_test(f, gradient, X), taylor_test(f, lambda x: 1.01 * gradient(x), X)
        assert (right.verdict, wrong.verdict) == ("pass", "fail")
        assert right.slope == pytest.approx(2, abs=0.05)
        assert wrong.slope == pytest.approx(1, abs=0.05)
        assert "TAYLOR" not in str(right)
        assert "FAIL" in str(wrong)

    def test_a_small_mistake_shows_only_in_short_steps(self):
        test = taylor_test(f, lambda x: (1 + 1e-4) * gradient(x), X, direction=[1.0, 1.0])
        assert test.slopes[0] > 1.5
        assert test.verdict == "fail"

    def test_remainder_is_that_of_the_formula(self):
        test = taylor_test(f, gradient, X, direction=[1.0, 2.0])
        h, v = test.steps[3], np.array([1.0, 2.0])
        assert test.remainders[3] == pytest.approx(abs(f(X + h * v) - f(X) - h * gradient(X) @ v))

    def test_slope_is_three_with_a_hessian(self):
        right = taylor_test(
            lambda x: float(np.sum(np.exp(x))), np.exp, X, hessian_vector=lambda x, v: np.exp(x) * v
        )
        assert (right.order, right.verdict) == (3, "pass")
        assert right.slope == pytest.approx(3, abs=0.1)
        wrong = taylor_test(
            lambda x: float(np.sum(np.exp(x))), np.exp, X, hessian_vector=lambda x, v: np.exp(x)
        )
        assert wrong.verdict == "fail"

    def test_a_linear_function_has_no_remainder(self):
        assert taylor_test(lambda x: 2 * x[0], lambda x: [2.0], [1.0]).verdict == "pass"

    def test_remainders_without_a_slope_have_a_message(self):
        linear = taylor_test(lambda x: 2 * x[0], lambda x: [2.0], [1.0])
        assert str(linear) == "Taylor test: pass; all remainders are below the noise"
        near = taylor_test(
            lambda x: 2 * x[0] if abs(x[0] - 1) < 1e-6 else np.inf, lambda x: [2.0], [1.0]
        )
        assert str(near) == (
            "Taylor test: INCONCLUSIVE; too many remainders are below the noise or not finite"
        )

    def test_bad_directions_are_refused(self):
        with pytest.raises(sn.ShapeMismatch, match=r"direction has shape \(1,\) but x has \(2,\)"):
            taylor_test(f, gradient, X, direction=[1.0])
        with pytest.raises(sn.InvalidInput, match="direction must be finite and not zero"):
            taylor_test(f, gradient, X, direction=[0.0, 0.0])
        with pytest.raises(sn.InvalidInput, match="the function is inf at this point"):
            taylor_test(lambda x: np.inf, gradient, X)
        with pytest.raises(sn.ShapeMismatch, match="the Hessian-vector product has shape"):
            taylor_test(f, gradient, X, hessian_vector=lambda x, v: np.ones(3))


class TestStepErrors:
    def test_best_steps_are_those_of_theory(self):
        """eps^(1/2), eps^(1/3), eps^(1/5) to within a factor of 30; the complex step has no shortest step."""
        found = step_errors(lambda x: np.sum(np.sin(x)), np.cos, [0.7, 1.3])
        eps = np.finfo(float).eps
        for formula, power in (("forward", 1 / 2), ("central", 1 / 3), ("richardson", 1 / 5)):
            assert abs(np.log10(found.best(formula) / eps**power)) < 1.5
        assert found.reference == "central differences"
        assert "complex" not in found.errors

    def test_complex_steps_are_exact_however_short(self):
        case = next(random_cases(9, 1, hidden=("tanh",), cost="squared_error", output="identity"))
        found = step_errors(case.objective(), case.theta)
        assert found.reference == "complex step"
        assert np.all(found.errors["complex"][found.steps < 1e-9] < 1e-13)
        assert found.errors["central"].min() > 1e-13
