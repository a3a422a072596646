"""Gradients of functions whose scale is far from 1: right ones do not fail, and wrong ones do not pass."""

from __future__ import annotations

import numpy as np
import pytest

from sheernet.derivatives import Problem, check_gradient, check_jacobian

T = np.linspace(0.2e-9, 5e-9, 20)


def decay_time(x):
    return np.sum((np.exp(-T / x[0]) - 0.5) ** 2)


def decay_time_gradient(x):
    e = np.exp(-T / x[0])
    return np.array([np.sum(2 * (e - 0.5) * e * T) / x[0] ** 2])


def peak(x):
    return np.exp(-((x[0] - 1.7e9) ** 2) / 2) + 1 / (1 + (x[1] - 1e7) ** 2)


def peak_gradient(x):
    u, v = x[0] - 1.7e9, x[1] - 1e7
    return np.array([-u * np.exp(-(u**2) / 2), -2 * v / (1 + v**2) ** 2])


def mixed(x):
    """Entries of sizes 1e-9, 1, 1e9 and 0."""
    return np.sin(x[0] / 1e-9) * x[1] + np.cos(x[2] / 1e9) + x[1] ** 2 + 3 * x[3]


def mixed_gradient(x):
    u = x[0] / 1e-9
    return np.array([np.cos(u) * x[1] / 1e-9, np.sin(u) + 2 * x[1], -np.sin(x[2] / 1e9) / 1e9, 3.0])


CASES = {
    "decay time in seconds": (decay_time, decay_time_gradient, [0.9e-9]),
    "cos(x / 1e-8)": (lambda x: np.cos(x[0] / 1e-8), lambda x: -np.sin(x / 1e-8) / 1e-8, [3e-8]),
    "1 / x": (lambda x: 1 / x[0], lambda x: -1 / x**2, [1e-7]),
    "peaks at 1.7e9 and 1e7": (peak, peak_gradient, [1.7e9 + 0.7, 1e7 - 0.4]),
    "waves at 1e7": (lambda x: np.sum(np.sin(x)), np.cos, [1.1e7, 0.7e7, 1.9e7]),
    "mixed": (mixed, mixed_gradient, [0.7e-9, 1.2, 0.8e9, 0.0]),
    "1e-300": (lambda x: 1e-300 * np.sum(np.sin(x)), lambda x: 1e-300 * np.cos(x), [0.3, 1.1]),
    "whole numbers": (
        lambda x: np.round(1e6 * np.sum(np.sin(x))), lambda x: 1e6 * np.cos(x), [0.3, 1.1]
    ),
}  # fmt: skip
WRONG = {
    "sign": np.negative,
    "factor 2": lambda g: 2 * g,
    "zero": np.zeros_like,
    "1 percent": lambda g: 1.01 * g,
    "first entry zero": lambda g: np.r_[0.0, g[1:]],
    "first entry per unit of 1e-9": lambda g: np.r_[1e-9 * g[:1], g[1:]],
}
NAMES = pytest.mark.parametrize("name", CASES)


class TestScales:
    @NAMES
    @pytest.mark.parametrize("seed", range(3))
    def test_right_gradients_pass(self, name, seed):
        f, gradient, x = CASES[name]
        report = check_gradient(f, gradient, np.array(x), seed=seed, extent="entries")
        assert report.verdict == "pass", report

    @NAMES
    @pytest.mark.parametrize("seed", range(3))
    def test_right_gradients_do_not_fail_along_directions(self, name, seed):
        f, gradient, x = CASES[name]
        report = check_gradient(f, gradient, np.array(x), seed=seed, extent="directions")
        assert report.verdict != "fail", report

    @NAMES
    @pytest.mark.parametrize("wrong", WRONG)
    def test_wrong_gradients_fail(self, name, wrong):
        f, gradient, x = CASES[name]
        report = check_gradient(
            f, lambda x: WRONG[wrong](gradient(x)), np.array(x), extent="entries"
        )
        assert report.verdict == "fail", report

    @pytest.mark.parametrize("name", ["decay time in seconds", "peaks at 1.7e9 and 1e7"])
    def test_a_wrong_factor_is_named_and_the_numeric_value_is_right(self, name):
        f, gradient, x = CASES[name]
        wrong = lambda x: -2 * gradient(x)  # noqa: E731
        report = check_gradient(f, wrong, np.array(x), extent="entries")
        np.testing.assert_allclose(report.numeric, gradient(np.array(x)), rtol=1e-3)


class TestOtherChecks:
    def test_a_jacobian_of_small_entries_passes_and_a_wrong_one_fails(self):
        def f(x):
            return np.array([decay_time(x[:1]), peak(x[1:])])

        def jacobian(x):
            J = np.zeros((2, 3))
            J[0, :1], J[1, 1:] = decay_time_gradient(x[:1]), peak_gradient(x[1:])
            return J

        x = np.array([0.9e-9, 1.7e9 + 0.7, 1e7 - 0.4])
        assert check_jacobian(f, jacobian, x).verdict == "pass"
        report = check_jacobian(f, lambda x: jacobian(x) * np.array([1, 1, 1.01]), x)
        assert report.worst.name == "r[1] by x[2]"
        assert report.verdict == "fail"

    def test_a_complex_value_at_a_small_scale_is_used(self):
        problem = Problem(decay_time, decay_time_gradient, [0.9e-9], complex_value=decay_time)
        report = check_gradient(problem)
        assert (report.method, report.verdict) == ("complex step", "pass")


class TestReport:
    def test_says_how_small_the_errors_are(self):
        f, gradient = lambda x: np.sum(np.sin(x)), np.cos
        report = check_gradient(f, lambda x: (1 + 3e-7) * gradient(x), [0.3, 1.1])
        assert report.verdict == "fail"
        assert report.findings[-1].startswith("The errors are small: at most 3e-07 of an entry.")
        assert "is 1 + 3e-07 times the derivative: look for a constant with few digits" in str(
            report.diagnosis
        )
        large = check_gradient(f, lambda x: 2 * gradient(x), [0.3, 1.1])
        assert not any("small" in finding for finding in large.findings)
        assert "relative error 0.5" in str(large)

    def test_attributes_small_errors_of_an_integrator_to_it(self):
        def f(x):
            return np.sum(np.sin(x)) + 1e-8 * np.sin(np.floor(300 * x[0])) + 1e-6 * x[0]

        x = np.array([0.3017, 1.1])
        report = check_gradient(f, np.cos, x)
        assert report.verdict == "pass"
        assert "The function itself has an error" in report.findings[-1]
        assert check_gradient(f, lambda x: 1.01 * np.cos(x), x).verdict == "fail"
