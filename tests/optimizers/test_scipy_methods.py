from __future__ import annotations

import contextvars
import signal
import threading

import numpy as np
import pytest
import scipy.optimize

import sheernet as sn
from left_threads import no_thread_left
from optimizers.problems import NETWORKS, ROSENBROCK, Linear, Quadratic
from sheernet.optimizers import get, minimize, scipy_method

WITH_GRADIENT = ("CG", "BFGS", "L-BFGS-B", "TNC", "SLSQP", "Newton-CG")
SETTING = contextvars.ContextVar("setting", default="outside")


def scipy_path(objective, start, method, **options):
    """A direct call of SciPy: its iterates and its result."""
    seen = [np.array(start)]
    found = scipy.optimize.minimize(
        objective.value_and_gradient,
        start,
        jac=True,
        method=method,
        callback=lambda x: seen.append(np.array(x)),
        options=options,
    )
    return np.array(seen), found


class TestIterates:
    @pytest.mark.parametrize("network", NETWORKS)
    def test_bfgs_stops_at_the_same_point_as_scipy(self, network):
        objective, start = NETWORKS[network]()
        expected, found = scipy_path(objective, start, "BFGS", gtol=1e-5, maxiter=200)
        run = minimize(
            objective,
            start,
            "scipy:BFGS",
            gtol=1e-5,
            gradient_tolerance=0.0,
            max_iter=200,
            keep_path=True,
        )
        np.testing.assert_array_equal(run.record.path, expected)
        np.testing.assert_array_equal(run.theta, found.x)
        assert run.objective == found.fun
        assert len(run.record) - 1 == found.nit
        assert run.record.value_evaluations[-1] == found.nfev

    @pytest.mark.parametrize("method", WITH_GRADIENT)
    def test_are_scipys_own_bit_for_bit(self, method):
        class WithoutProduct:  # the direct call gives SciPy none
            value = staticmethod(ROSENBROCK.objective.value)
            value_and_gradient = staticmethod(ROSENBROCK.objective.value_and_gradient)

        expected, _ = scipy_path(WithoutProduct, ROSENBROCK.start, method)
        run = minimize(
            WithoutProduct, ROSENBROCK.start, f"scipy:{method}", max_iter=10, keep_path=True
        )
        np.testing.assert_array_equal(run.record.path, expected[: len(run.record)])
        assert len(run.record) == 11

    @pytest.mark.parametrize("method", ["Nelder-Mead", "Powell", "COBYLA", "COBYQA"])
    def test_methods_without_gradient_find_the_minimum(self, method):
        run = minimize(Quadratic([1.0, 3.0], [1.0, -1.0]), [0.0, 0.0], f"scipy:{method}")
        np.testing.assert_allclose(run.theta, [1, -1], atol=1e-3)

    @pytest.mark.parametrize(
        "method", ["Newton-CG", "dogleg", "trust-ncg", "trust-exact", "trust-krylov"]
    )
    def test_methods_with_hessian_find_the_minimum_in_few_iterations(self, method):
        run = minimize(Quadratic([1.0, 3.0], [1.0, -1.0]), [0.0, 0.0], f"scipy:{method}")
        np.testing.assert_allclose(run.theta, [1, -1], atol=1e-8)
        assert len(run.record) <= 7


class TestEnd:
    def test_scipys_own_tolerance_is_kept_and_named(self):
        run = minimize(ROSENBROCK.objective, ROSENBROCK.start, "scipy:BFGS", gtol=1e-2)
        assert run.termination.reason == "gradient_tolerance"
        assert "SciPy's BFGS: " in run.termination.message
        assert run.record.gradient_norm[-1] <= 1e-2

    def test_scipys_own_iteration_limit_is_named(self):
        run = minimize(ROSENBROCK.objective, ROSENBROCK.start, "scipy:CG", maxiter=3)
        assert run.termination.reason == "max_iterations"
        assert len(run.record) == 4

    def test_loss_of_precision_is_named(self):
        class Wrong:
            value = staticmethod(ROSENBROCK.objective.value)

            @staticmethod
            def value_and_gradient(x):
                value, gradient = ROSENBROCK.objective.value_and_gradient(x)
                return value, -gradient

        run = minimize(Wrong, ROSENBROCK.start, "scipy:BFGS")
        assert run.termination.reason == "line_search_failed"
        assert "precision loss" in run.termination.message

    def test_methods_without_gradient_end_by_their_own_tolerance(self):
        run = minimize(Quadratic([1.0], [1.0]), [0.3], "scipy:Nelder-Mead", gradient_tolerance=0.0)
        assert run.termination.reason == "cost_tolerance"
        assert run.termination.converged

    def test_it_cannot_be_resumed(self):
        assert (
            minimize(ROSENBROCK.objective, ROSENBROCK.start, "scipy:BFGS", max_iter=2).state is None
        )


class TestThread:
    def test_is_gone_after_every_kind_of_end(self):
        for limit in ({"max_iter": 2}, {"max_evaluations": 4}, {"max_iter": 1000}, {"target": 3.0}):
            with no_thread_left():
                minimize(ROSENBROCK.objective, ROSENBROCK.start, "scipy:L-BFGS-B", **limit)

    def test_is_gone_when_the_generator_is_closed(self):
        before = set(threading.enumerate())
        with no_thread_left():
            steps = scipy_method(ROSENBROCK.objective, np.array(ROSENBROCK.start), name="BFGS")
            for _ in range(3):
                next(steps)
            assert len(set(threading.enumerate()) - before) == 1
            steps.close()

    def test_has_the_context_of_the_caller(self):
        class Overflowing(Quadratic):
            def value_and_gradient(self, x):
                assert SETTING.get() == "inside"
                np.exp(np.array([1000.0]))  # a warning, unless the caller's np.errstate holds
                return super().value_and_gradient(x)

        token = SETTING.set("inside")
        try:
            run = minimize(Overflowing([1.0], [2.0]), [0.0], "scipy:BFGS")
        finally:
            SETTING.reset(token)
        assert run.theta[0] == pytest.approx(2.0)

    def test_second_signal_leaves_at_once(self):
        """The fourth evaluation lasts until the second signal is handled; there is no fifth."""
        left = threading.Event()

        def leave(number, frame):
            if not left.is_set():
                left.set()
                raise KeyboardInterrupt

        class Slow(Quadratic):
            calls = 0

            def value_and_gradient(self, x):
                self.calls += 1
                while self.calls == 4 and not left.wait(0.001):
                    signal.raise_signal(signal.SIGINT)
                value, gradient = super().value_and_gradient(x)
                # The line search continues.
                return value + (1e9 if self.calls == 4 else 0.0), gradient

        objective = Slow([1.0, 100.0], [2.0, 1.0])
        before = signal.signal(signal.SIGINT, leave)
        try:
            with pytest.raises(KeyboardInterrupt):
                minimize(objective, [0.0, 0.0], "scipy:BFGS")
            for thread in threading.enumerate():
                if thread is not threading.main_thread() and thread.daemon:
                    thread.join(10)
        finally:
            signal.signal(signal.SIGINT, before)
        assert objective.calls == 4


class TestNames:
    def test_case_does_not_matter(self):
        assert get("scipy:l-bfgs-b").name == get("SciPy:L-BFGS-B").name == "scipy:L-BFGS-B"

    def test_unknown_one_is_refused(self):
        with pytest.raises(sn.InvalidInput, match=r"SciPy method 'BGFS' is not recognized.*BFGS"):
            get("scipy:BGFS")

    @pytest.mark.parametrize("method", ["dogleg", "trust-ncg", "trust-exact", "trust-krylov"])
    def test_method_that_needs_hessians_is_refused_without_them(self, method):
        with pytest.raises(
            sn.InvalidInput, match=f"'scipy:{method}' requires an objective with hessian_vector"
        ):
            minimize(Linear(), [0.0], f"scipy:{method}")

    def test_options_are_scipys(self):
        with pytest.warns(scipy.optimize.OptimizeWarning, match="Unknown solver options: depth"):
            minimize(Quadratic([1.0], [1.0]), [0.0], "scipy:CG", depth=3)
