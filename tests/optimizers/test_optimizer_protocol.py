"""The rounding error of a value, from the objective or measured; messages that are composed when they are read."""

from __future__ import annotations

import copy
import pickle
import sys
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np
import pytest

from optimizers.problems import MEYER
from sheernet.foundation.sentences import Sentence, Setting, sentence
from sheernet.optimizers import Termination, lm, minimize
from sheernet.optimizers.optimizer_protocol import (
    EPS,
    LazyTermination,
    measured_rounding,
    rounding,
)

ULP_OF_TERMS = 2.0**-23  # of 1e9: an upper bound of the error of a value


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


class Telling(Hidden):
    def terms(self, x: np.ndarray) -> tuple[float, float, float]:
        return 0.0, 0.0, 5e9


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


class TestMeasuredRounding:
    @pytest.mark.parametrize("seed", range(20))
    def test_is_that_of_the_terms_that_a_value_hides(self, seed: int) -> None:
        x = 1 + 1e-6 * start(seed)
        value = Hidden().value(x)
        assert rounding(Hidden(), x, value) < 1e-20
        assert ULP_OF_TERMS / 2 <= measured_rounding(Hidden(), x, value) <= 50 * ULP_OF_TERMS

    def test_is_not_below_that_of_the_value(self) -> None:
        class Flat(Hidden):
            def value(self, x: np.ndarray) -> float:
                return -7.0

        assert measured_rounding(Flat(), np.ones(2), -7.0) == 70 * EPS

    def test_leaves_aside_values_that_are_not_finite(self) -> None:
        class Wall(Hidden):
            def value(self, x: np.ndarray) -> float:
                return 3.0 if x[0] <= 1 else inf

        assert measured_rounding(Wall(), np.ones(1), 3.0) == 30 * EPS

    def test_takes_eight_values_the_same_each_time(self) -> None:
        """A resumed run must end like the uninterrupted run."""
        points = []

        class Seen(Hidden):
            def value(self, x: np.ndarray) -> float:
                points.append(x.tolist())
                return super().value(x)

        for _ in range(2):
            measured_rounding(Seen(), start(0), 0.5)
        assert len(points) == 2 * 8
        assert points[:8] == points[8:]
        np.testing.assert_allclose(points, [start(0)] * 16, rtol=5 * EPS)

    def test_takes_no_evaluations_with_terms(self) -> None:
        objective = Telling()
        assert measured_rounding(objective, start(0), 0.5) == 10 * EPS * 5e9
        assert objective.evaluations == 0


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


class TestLazyTermination:
    PLAIN = Termination("precision_reached", sentence("Use {}.", Setting("starts", 20)))

    @staticmethod
    def lazy() -> LazyTermination:
        return LazyTermination.of(
            "precision_reached", lambda: sentence("Use {}.", Setting("starts", 20))
        )

    def test_composes_its_message_once_when_it_is_read(self) -> None:
        calls: list[int] = []
        lazy = LazyTermination.of("precision_reached", lambda: calls.append(1) or "Done.")
        assert (lazy.reason, lazy.converged, calls) == ("precision_reached", True, [])
        assert (lazy.message, str(lazy)) == ("Done.", "precision_reached: Done.")
        assert calls == [1]

    def test_releases_what_it_composed_the_message_from(self) -> None:
        rows = Hidden()
        before = sys.getrefcount(rows)
        lazy = LazyTermination.of("precision_reached", lambda rows=rows: str(rows.evaluations))
        assert sys.getrefcount(rows) > before
        assert lazy.message == "0"
        assert sys.getrefcount(rows) == before

    def test_equals_the_termination_with_this_message(self) -> None:
        composed = self.PLAIN  # on the left, so that its own __eq__ is asked, too
        assert composed == self.lazy()
        assert self.lazy() == composed
        assert self.lazy() == self.lazy()
        assert self.lazy() != Termination("precision_reached")
        assert self.lazy() != "precision_reached"
        assert hash(self.lazy()) == hash(self.PLAIN)
        assert repr(self.lazy()) == repr(self.PLAIN)

    def test_is_copied_with_its_message(self) -> None:
        for twin in (pickle.loads(pickle.dumps(self.lazy())), copy.deepcopy(self.lazy())):
            assert type(twin) is Termination
            assert twin == self.PLAIN
            assert isinstance(twin.message, Sentence)
        assert replace(self.lazy(), reason="plateau") == replace(self.PLAIN, reason="plateau")
