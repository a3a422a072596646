"""Right gradients of awkward functions do not fail, and wrong ones are not hidden by a complex value.

Values of few digits, points on kinks, complex values that are not analytic: what hard_cases does not have.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sheernet as sn
from sheernet.derivatives import Problem, check_gradient

EXTENTS = pytest.mark.parametrize("extent", ["entries", "directions"])
SEEDS = 25


def smooth(seed):
    """A smooth function of 8 numbers, its gradient and a point."""
    rng = np.random.default_rng(seed)
    A = rng.standard_normal((12, 8))

    def value(x):
        return np.sum(np.log(np.cosh(A @ x))) + 0.1 * np.sum(x * x)

    def gradient(x):
        return A.T @ np.tanh(A @ x) + 0.2 * x

    return A, value, gradient, rng.standard_normal(8)


ROUNDED = {
    "float32 result": lambda f: np.float32(f),
    "6 decimals": lambda f: round(float(f), 6),
    "9 decimals": lambda f: round(float(f), 9),
    "12 decimals": lambda f: round(float(f), 12),
    "3 decimals": lambda f: round(float(f), 3),
}


class TestFewDigits:
    @EXTENTS
    @pytest.mark.parametrize("rounding", ROUNDED)
    def test_of_the_value_fail_nothing(self, rounding, extent):
        for seed in range(SEEDS):
            _, value, gradient, x = smooth(seed)
            rounded = ROUNDED[rounding]
            report = check_gradient(
                lambda x, f=value, r=rounded: r(f(x)), gradient, x, extent=extent
            )
            assert report.verdict != "fail", f"seed {seed}\n{report}"

    @EXTENTS
    def test_inside_fail_nothing(self, extent):
        for seed in range(SEEDS):
            A, _, gradient, x = smooth(seed)
            narrow = A.astype(np.float32)

            def value(x, narrow=narrow):
                x = x.astype(np.float32)
                return float(np.sum(np.log(np.cosh(narrow @ x))) + np.float32(0.1) * np.sum(x * x))

            report = check_gradient(value, gradient, x, extent=extent)
            assert report.verdict != "fail", f"seed {seed}\n{report}"

    @EXTENTS
    def test_of_the_gradient_cause_a_note_but_no_failure(self, extent):
        for seed in range(SEEDS):
            _, value, gradient, x = smooth(seed)
            report = check_gradient(
                value, lambda x, g=gradient: g(x).astype(np.float32), x, extent=extent
            )
            assert report.verdict != "fail", f"seed {seed}\n{report}"
        assert "The gradient returns fewer digits than float64" in report.findings[0]

    @EXTENTS
    def test_do_not_hide_a_gross_mistake(self, extent):
        _, value, gradient, x = smooth(0)
        report = check_gradient(
            lambda x: np.float32(value(x)), lambda x: 2 * gradient(x), x, extent=extent
        )
        assert report.verdict == "fail"

    def test_a_constant_function_passes(self):
        assert check_gradient(lambda x: 3.7, lambda x: 0 * x, np.ones(4)).verdict == "pass"


TWINS = {
    "abs": lambda x: np.abs(x).sum(),
    "norm": lambda x: np.linalg.norm(x) ** 2,
    "vdot": lambda x: np.vdot(x, x),
}


class TestComplexValuesThatAreNotAnalytic:
    @EXTENTS
    @pytest.mark.parametrize("term", TWINS)
    @pytest.mark.parametrize("size", [0.1, 1e-3])
    def test_do_not_pass_a_gradient_that_lacks_the_same_term(self, term, size, extent):
        _, value, gradient, x = smooth(1)

        def whole(x):
            return value(x) + size * TWINS[term](x)

        problem = Problem(lambda x: float(whole(x)), gradient, x, complex_value=whole)
        report = check_gradient(problem, extent=extent)
        assert (report.verdict, report.method) == ("fail", "central differences")
        assert "The complex value is not used" in report.findings[0]

    def test_of_an_activation_of_one_s_own_are_not_believed(self):
        own = sn.activations.Activation(
            "own", lambda z: np.abs(z), lambda z: 0.0 * z, None, "|z|", "-"
        )
        arch = sn.Architecture((2, 3, 1), hidden=own)
        rng = np.random.default_rng(0)
        objective = sn.make_objective(arch, rng.normal(size=(20, 2)), rng.normal(size=20))
        assert not objective.complex_is_exact
        assert check_gradient(objective, rng.normal(size=13)).verdict == "fail"


def on_kinks(hidden, seed, sizes=(3, 6, 4, 2)):
    """A network whose biases are zero, with rows of zeros: many units lie exactly on their kink."""
    arch = sn.Architecture(sizes, hidden=hidden)
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(30, 3))
    X[:5] = 0.0
    objective = sn.make_objective(arch, X, rng.normal(size=(30, 2)), engine="reference")
    return objective, sn.Network.random(arch, seed=seed).theta


class TestOnKinks:
    @EXTENTS
    @pytest.mark.parametrize("hidden", ["relu", "leaky_relu"])
    def test_our_own_gradients_pass(self, hidden, extent):
        for seed in range(SEEDS):
            report = check_gradient(*on_kinks(hidden, seed), extent=extent)
            assert report.verdict == "pass", f"seed {seed}\n{report}"

    @EXTENTS
    @pytest.mark.parametrize("hidden", ["relu", "leaky_relu"])
    def test_differences_do_not_fail_them(self, hidden, extent):
        undecided = 0
        for seed in range(SEEDS):
            report = check_gradient(*on_kinks(hidden, seed), method="differences", extent=extent)
            assert report.verdict != "fail", f"seed {seed}\n{report}"
            undecided += report.verdict == "inconclusive"
            if report.verdict == "inconclusive":
                assert any("kink" in finding for finding in report.findings)
        assert undecided > 0

    def test_a_gradient_from_the_other_side_is_not_wrong(self):
        objective, theta = on_kinks("leaky_relu", 0)
        problem = Problem.from_objective(objective, theta)
        inside = objective.value_and_gradient(theta + 1e-13)[1]
        report = check_gradient(replace(problem, gradient=lambda t: inside), method="differences")
        assert report.verdict != "fail"
