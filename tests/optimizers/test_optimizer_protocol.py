"""The rounding error of a value, from the objective or measured; messages that are composed when they are read."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

from optimizers.problems import MEYER
from sheernet.optimizers import lm, minimize


class Hidden:
    """sum cosh(c (x - 1)) - 1, with terms of 1e9 added and subtracted again in the same order."""

    curvature = np.array([1.0, 2.0, 3.0])

    def __init__(self) -> None:
        self.evaluations = 0

    def value(self, x: np.ndarray) -> float:
        self.evaluations += 1
        total = float(np.sum(np.cosh(self.curvature * (x - 1)) - 1))
        terms = [1e9 * float(x[0]) / k for k in range(1, 10)]
        for term in terms:
            total += term
        for term in terms:
            total -= term
        return total

    def value_and_gradient(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        return self.value(x), self.curvature * np.sinh(self.curvature * (x - 1))


class Uneven:
    """Values that are 1e-7 higher at every evaluated point; the gradient predicts a decrease of 5e-13."""

    def value(self, x: np.ndarray) -> float:
        return 1e-7

    def value_and_gradient(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        return self.gauss_newton(x)[:2]

    def gauss_newton(self, x: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        return 0.0, np.array([1e-6]), np.eye(1)


def start(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0.3, 2.0, 3)


@pytest.mark.parametrize("method", ["bfgs", "lbfgs"])
class TestEndOfPrecision:
    def test_is_recognized_without_terms(self, method: str) -> None:
        runs = [minimize(Hidden(), start(seed), method) for seed in range(40)]
        reasons = [run.termination.reason for run in runs]
        assert set(reasons) <= {"precision_reached", "gradient_tolerance"}
        assert reasons.count("precision_reached") > 20
        for run in runs:
            np.testing.assert_allclose(run.theta, 1, atol=5e-3)

    def test_is_found_within_the_budget(self, method: str) -> None:
        whole = Hidden()
        end = minimize(whole, start(0), method, gradient_tolerance=0).termination
        for budget in range(whole.evaluations - 10, whole.evaluations + 1):
            objective = Hidden()
            run = minimize(
                objective, start(0), method, gradient_tolerance=0, max_evaluations=budget
            )
            assert objective.evaluations == budget
            spent = budget < whole.evaluations
            assert run.termination.reason == ("max_evaluations" if spent else end.reason)


class TestEndOfLM:
    def test_is_precision_reached_if_values_are_rougher_than_predicted(self) -> None:
        run = minimize(Uneven(), [1.0], "lm")
        assert run.termination.reason == "precision_reached"

    def test_is_not_measured_before_the_limit(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def measure(*_: Any) -> float:
            raise AssertionError("measured")

        monkeypatch.setattr(sys.modules[lm.__module__], "measured_rounding", measure)
        assert minimize(MEYER.objective, MEYER.start, "lm").termination.converged
        with pytest.raises(AssertionError, match="measured"):
            minimize(Uneven(), [1.0], "lm")
