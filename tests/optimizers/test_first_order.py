"""gd and adam: their recurrences."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from optimizers.problems import Quadratic
from sheernet.optimizers import minimize

START = np.array([3.0, -1.0])


def bowl() -> Quadratic:
    return Quadratic([1.0, 5.0], [0.5, 0.25])


def path(method, objective, start, count, **options):
    return minimize(objective, start, method, max_iter=count, keep_path=True, **options).record.path


class TestGradientDescent:
    """On a quadratic the recurrences are linear: theta_t follows from the gradient D (theta - c)."""

    def test_plain(self):
        D, c = bowl().scales, bowl().center
        t = np.arange(6)[:, None]
        expected = c + (1 - 0.1 * D) ** t * (START - c)
        np.testing.assert_allclose(
            path("gd", bowl(), START, 5, learning_rate=0.1), expected, rtol=1e-12
        )

    @pytest.mark.parametrize("nesterov", [False, True])
    def test_momentum(self, nesterov):
        """The matrix of (theta - c, v) for a step, Sutskever et al. (2013), equations 1 to 4."""
        rate, mu = 0.1, 0.8
        got = path("gd", bowl(), START, 5, learning_rate=rate, momentum=mu, nesterov=nesterov)
        for i, (D, c) in enumerate(zip(bowl().scales, bowl().center, strict=True)):
            ahead = mu * (1 - rate * D) if nesterov else mu
            M = np.array([[1 - rate * D, ahead], [-rate * D, ahead]])
            expected = [
                c + (np.linalg.matrix_power(M, t) @ [START[i] - c, 0.0])[0] for t in range(6)
            ]
            np.testing.assert_allclose(got[:, i], expected, rtol=1e-12)

    def test_evaluations(self):
        plain = minimize(bowl(), START, "gd", max_iter=5)
        ahead = minimize(bowl(), START, "gd", max_iter=5, nesterov=True, momentum=0.5)
        assert plain.record.value_evaluations[-1] == 6
        assert ahead.record.value_evaluations[-1] == 11

    def test_divergence_is_named_and_the_best_is_returned(self):
        run = minimize(bowl(), START, "gd", learning_rate=10.0, max_iter=10_000)
        assert run.termination.reason == "non_finite"
        assert "reduce the learning rate" in run.termination.message
        np.testing.assert_array_equal(run.theta, START)


class TestAdam:
    def test_first_step_is_the_learning_rate_in_each_parameter(self):
        """m_hat / sqrt(v_hat) is the sign of the gradient."""
        first = path("adam", bowl(), START, 1, learning_rate=0.01)[1]
        np.testing.assert_allclose(first, START - 0.01 * np.sign(START - bowl().center), rtol=1e-8)

    def test_moments_are_weighted_means_of_the_gradients(self):
        """Unrolled: m_hat_t = sum_i beta^(t-i) g_i / sum_i beta^(t-i), and likewise for g^2."""
        beta1, beta2, rate, eps = 0.7, 0.95, 0.05, 1e-3
        got = path(
            "adam", bowl(), START, 6, beta1=beta1, beta2=beta2, learning_rate=rate, epsilon=eps
        )
        g = np.array([bowl().value_and_gradient(theta)[1] for theta in got[:-1]])
        for t in range(1, 7):
            ages = np.arange(t)[::-1]
            m = np.average(g[:t], axis=0, weights=beta1**ages)
            v = np.average(g[:t] ** 2, axis=0, weights=beta2**ages)
            np.testing.assert_allclose(
                got[t], got[t - 1] - rate * m / (np.sqrt(v) + eps), rtol=1e-10
            )


@pytest.mark.parametrize("method", ["gd", "adam"])
def test_resume_is_bit_for_bit(method):
    whole = minimize(bowl(), START, method, max_iter=9, keep_path=True)
    first = minimize(bowl(), START, method, max_iter=4, keep_path=True)
    second = minimize(bowl(), first.state, max_iter=5, keep_path=True)
    np.testing.assert_array_equal(whole.record.path, first.record.joined(second.record).path)


@pytest.mark.parametrize(
    ("method", "option", "value", "message"),
    [
        ("gd", "learning_rate", 0.0, "learning_rate must be positive and finite, but 0.0"),
        ("adam", "learning_rate", np.inf, "learning_rate must be positive and finite, but inf"),
        ("gd", "momentum", 1.01, "momentum must be a number from 0 to 1, but 1.01 was"),
        ("adam", "beta1", 1.0, "beta1 must be a number from 0 to below 1, but 1 was"),
        ("adam", "beta2", -0.1, "beta2 must be a number from 0 to below 1, but -0.1"),
        ("adam", "epsilon", 0.0, "epsilon must be positive and finite, but 0.0"),
    ],
)
def test_options_that_are_not_allowed_are_refused(method, option, value, message):
    with pytest.raises(sn.InvalidInput, match=message):
        minimize(bowl(), START, method, **{option: value})
