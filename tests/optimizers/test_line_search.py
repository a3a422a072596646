from __future__ import annotations

from math import inf, nan

import numpy as np
import pytest
import scipy.optimize
from hypothesis import assume, given
from hypothesis import strategies as st

import sheernet as sn
from optimizers.problems import Edge, Linear
from sheernet.optimizers import bfgs, lbfgs, minimize, strong_wolfe
from sheernet.optimizers.line_search import NOISE, Trial, along, descend, first_length

EMPTY = np.empty(0)


class Counter:
    """phi with a count of its evaluations."""

    def __init__(self, value, slope):
        self.value, self.slope, self.lengths = value, slope, []

    def __call__(self, length):
        self.lengths.append(length)
        return Trial(length, self.value(length), self.slope(length), np.array([length]), EMPTY)


def more_thuente_1(a):
    """More and Thuente (1994), function 5.1 with beta = 2: phi(a) = -a / (a^2 + 2)."""
    return Counter(lambda a: -a / (a * a + 2), lambda a: (a * a - 2) / (a * a + 2) ** 2)


coefficients = st.lists(st.floats(-3, 3), min_size=4, max_size=4)


class TestStrongWolfe:
    @given(coefficients, st.floats(1e-3, 1e3), st.sampled_from([0.1, 0.5, 0.9]))
    def test_conditions_hold_if_it_reports_success(self, c, first, c2):
        """phi is a random wave in a bowl: bounded below, so there is a length that satisfies both."""

        def value(a):
            return 0.05 * a * a + c[0] * a + c[1] * np.sin(c[2] * a + c[3])

        def slope(a):
            return 0.1 * a + c[0] + c[1] * c[2] * np.cos(c[2] * a + c[3])

        phi = Counter(value, slope)
        start = phi(0.0)
        assume(start.slope < -1e-3)
        found, best = strong_wolfe(phi, start, first, c2=c2)
        assert found
        assert best.value <= start.value + 1e-4 * best.length * start.slope + 4e-15
        assert abs(best.slope) <= c2 * abs(start.slope)

    def test_slopes_that_are_not_those_of_phi_end_it(self):
        """A wrong gradient shrinks the bracket to zero: no division by its width, and no endless search."""
        bad = sn.activations.Activation("sine", np.sin, lambda z: 2 * np.cos(z), None, "", "")
        x = np.linspace(-1.0, 1.0, 40)
        y = np.sin(5.0 * x) + 0.1 * np.cos(37.0 * np.arange(40))
        arch = sn.Architecture((1, 4, 1), hidden=bad)
        objective = sn.make_objective(arch, x[:, None], y)
        run = minimize(objective, sn.Network.random(arch, seed=0).theta, "bfgs", max_iter=500)
        assert run.termination.reason in ("line_search_failed", "max_iterations")

    @pytest.mark.parametrize("first", [1e-3, 1e-1, 1e1, 1e3])
    def test_more_and_thuente_function_1(self, first):
        """Their Table I, with mu = 1e-3 and eta = 0.1: from four lengths, within 8 evaluations."""
        phi = more_thuente_1(None)
        found, best = strong_wolfe(phi, phi(0.0), first, c1=1e-3, c2=0.1)
        assert found
        assert abs(best.slope) <= 0.1 * 0.5
        assert len(phi.lengths) - 1 <= 8

    def test_first_length_is_taken_when_it_will_do(self):
        phi = Counter(lambda a: (a - 1) ** 2, lambda a: 2 * (a - 1))
        assert strong_wolfe(phi, phi(0.0), 1.0).best.length == 1.0
        assert phi.lengths == [0.0, 1.0]

    def test_cubic_is_minimized_at_once(self):
        """a^3 - 3 a has its minimum at 1; interpolation between 0 and 3 finds it in the first trial."""
        phi = Counter(lambda a: a**3 - 3 * a, lambda a: 3 * a * a - 3)
        best = strong_wolfe(phi, phi(0.0), 3.0, c2=0.01).best
        assert best.length == pytest.approx(1.0, abs=1e-12)
        assert len(phi.lengths) == 3

    @pytest.mark.parametrize("beyond", [inf, -inf, nan])
    def test_not_finite_trials_are_backed_away_from(self, beyond):
        objective = Edge(beyond)
        theta = np.array([0.0])
        value, gradient = objective.value_and_gradient(theta)
        phi = along(objective, theta, np.array([1.0]))
        start = Trial(0.0, value, float(gradient[0]), theta, gradient)
        found, best = strong_wolfe(phi, start, 64.0)
        assert objective.crossed > 3
        assert found
        assert best.length < 1

    def test_failure_carries_the_best_point(self):
        """A wrong gradient: phi rises although its slope says it falls."""
        phi = Counter(lambda a: 1 + a, lambda a: -1.0)
        start = phi(0.0)
        found, best = strong_wolfe(phi, start, 1.0)
        assert not found
        assert best.value <= start.value + NOISE
        assert best.length < 2 * NOISE

    def test_no_minimum_ends_at_the_last_trial(self):
        phi = Counter(lambda a: -a, lambda a: -1.0)
        found, best = strong_wolfe(phi, phi(0.0), 1.0, max_trials=10)
        assert not found
        assert best.length == max(phi.lengths) >= 2**9

    def test_gradient_is_reduced_far_below_the_square_root_of_rounding(self):
        """With f = 1e6 + x^2/2 rounding hides sufficient decrease at |g| = 1e-5; slopes still decide."""
        theta = np.array([1e-6])

        class Raised:
            def value_and_gradient(self, x):
                return 1e6 + 0.5 * float(x @ x), x.copy()

        here = _At(theta, *Raised().value_and_gradient(theta))
        best = descend(Raised(), here, -here.gradient, 1.9, 1e-4, 0.1)
        assert best is not None
        assert abs(best.gradient[0]) < 1e-7

    def test_slopes_decide_while_values_are_rounded_by_many_ulp(self):
        """Values wrong by up to 100 ulp, as of a sum of small squares of differences of large outputs."""
        signs = np.random.default_rng(0).uniform(-1, 1, 1000)
        phi = Counter(
            lambda a: (
                1 + 0.5e-14 * (a - 1) ** 2 + 100 * np.spacing(1.0) * signs[int(1e4 * a) % 1000]
            ),
            lambda a: 1e-14 * (a - 1),
        )
        for first in np.linspace(0.92, 1.08, 30):
            phi.lengths.clear()
            found, best = strong_wolfe(phi, phi(0.0), first, c2=0.1)
            assert found
            assert best.length == first

    def test_as_few_evaluations_as_scipy(self):
        """On Rosenbrock-like valleys: not more than 1.3 times those of SciPy's line search for the same conditions."""
        ours = theirs = 0
        rng = np.random.default_rng(0)
        for _ in range(200):
            c = rng.uniform(-2, 2, 4)

            def value(x, c=c):
                return 0.1 * x[0] ** 2 + c[0] * x[0] + c[1] * np.sin(c[2] * x[0] + c[3])

            def gradient(x, c=c):
                return np.array([0.2 * x[0] + c[0] + c[1] * c[2] * np.cos(c[2] * x[0] + c[3])])

            x = np.zeros(1)
            p = -gradient(x)
            phi = Counter(
                lambda a, p=p, value=value: value(a * p),
                lambda a, p=p, gradient=gradient: float(gradient(a * p) @ p),
            )
            assert strong_wolfe(phi, phi(0.0), 1.0, c2=0.1).found
            ours += len(phi.lengths) - 1
            theirs += scipy.optimize.line_search(value, gradient, x, p, c2=0.1)[1]
        assert ours <= 1.3 * theirs


class _At:
    def __init__(self, theta, value, gradient):
        self.theta, self.value, self.gradient = theta, value, gradient


def test_direction_that_does_not_descend_is_refused_without_an_evaluation():
    here = _At(np.zeros(1), 0.0, np.array([-1.0]))
    assert descend(None, here, np.array([-1.0]), 1.0, 1e-4, 0.9) is None
    assert descend(None, here, np.array([nan]), 1.0, 1e-4, 0.9) is None


@pytest.mark.parametrize("method", [bfgs, lbfgs])
@pytest.mark.parametrize(("c1", "c2"), [(0.0, 0.9), (0.5, 0.5), (0.1, 1.0), (nan, 0.9)])
def test_constants_without_a_common_solution_are_refused(method, c1, c2):
    with pytest.raises(sn.InvalidInput, match=r"0 < c1 < c2 < 1, but c1="):
        next(method(Linear(), np.zeros(1), c1=c1, c2=c2))


class TestFirstLength:
    @pytest.mark.parametrize("size", [1e-320, 1e-170, 1e-3, 0.2])
    def test_is_one_if_that_step_is_short(self, size):
        assert first_length(np.array([3 * size, -4 * size])) == 1.0

    @pytest.mark.parametrize("size", [1.0, 1e100, 1e155, 1e300])
    def test_makes_a_step_of_one_elsewhere(self, size):
        gradient = np.array([3 * size, -4 * size])
        step = first_length(gradient) * gradient
        np.testing.assert_allclose(step, [0.6, -0.8], rtol=1e-14)


def test_a_trial_equal_to_the_start_is_not_a_step():
    """The values of this objective decrease with every call, and 1e300 + a is 1e300: no step is made."""

    class Sinking:
        calls = 0

        def value_and_gradient(self, theta):
            self.calls += 1
            return 100.0 - self.calls, np.array([1e-30])

    here = Trial(0.0, 100.0, -1.0, np.array([1e300]), np.array([1e-30]))
    assert descend(Sinking(), here, -here.gradient, 1.0, 1e-4, 0.9) is None
