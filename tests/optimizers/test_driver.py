from __future__ import annotations

import gc
import itertools
import signal
import threading
import warnings
import weakref

import numpy as np
import pytest

import sheernet as sn
from optimizers.problems import NETWORKS, ROSENBROCK, Linear, Quadratic, sleep_network
from sheernet.optimizers import Termination, minimize


def on_rosenbrock(method="bfgs", **settings):
    return minimize(ROSENBROCK.objective, ROSENBROCK.start, method, **settings)


class HighMinimum(Quadratic):
    """x^2 / 2, and 1e-14 more within 1e-8 of the minimum; terms() tells that this is an error of rounding, or not."""

    def __init__(self, scale):
        super().__init__([1.0], [0.0])
        self.scale = scale

    def value_and_gradient(self, x):
        value, gradient = super().value_and_gradient(x)
        return value + 1e-14 * (abs(x[0]) <= 1e-8), gradient

    def terms(self, x):
        value = self.value(x)
        return value, 0.0, value + self.scale


class TestSettings:
    @pytest.mark.parametrize(
        ("setting", "value", "message"),
        [
            ("max_iter", -1, "max_iter must be a whole number of at least 0, but -1"),
            ("max_iter", 10.0, "max_iter must be a whole number of at least 0, but 10.0"),
            ("max_iter", True, "max_iter must be a whole number of at least 0, but True"),
            (
                "gradient_tolerance",
                -1e-8,
                "gradient_tolerance must be a number of at least 0, but -1e-08",
            ),
            (
                "gradient_tolerance",
                "small",
                "gradient_tolerance must be a number of at least 0, but 'small'",
            ),
            ("cost_tolerance", np.nan, "cost_tolerance must be a number of at least 0, but nan"),
            (
                "max_evaluations",
                0,
                "max_evaluations must be a whole number of at least 1, or None, but 0",
            ),
            ("time_limit", -1, "time_limit must be a number of at least 0 .seconds., but -1"),
            ("target", np.nan, "target must be a number, but nan"),
            ("target", "low", "target must be a number, but 'low'"),
            ("patience", 3, "patience needs validation"),
        ],
    )
    def test_that_are_not_allowed_are_refused(self, setting, value, message):
        with pytest.raises(sn.InvalidInput, match=message):
            on_rosenbrock(**{setting: value})

    @pytest.mark.parametrize("patience", [0, 1.5])
    def test_patience_is_a_number_of_iterations(self, patience):
        with pytest.raises(
            sn.InvalidInput, match="patience must be a whole number of at least 1, or None, but"
        ):
            on_rosenbrock(patience=patience, validation=lambda theta: 0.0)

    def test_unknown_option_is_answered_with_the_allowed_ones(self):
        with pytest.raises(
            sn.InvalidInput, match=r"option of method 'lbfgs': 'memry' is not recognized.*'memory'"
        ):
            on_rosenbrock("lbfgs", memry=5)

    def test_option_of_other_methods_is_answered_with_them(self):
        words = r"option of method 'lm': 'learning_rate' belongs to gd and adam; omit it, or give method='gd'"
        with pytest.raises(sn.InvalidInput, match=words):
            on_rosenbrock("lm", learning_rate=0.1)

    def test_start_of_the_wrong_shape_is_refused(self):
        objective, _ = sleep_network()
        with pytest.raises(
            sn.ShapeMismatch, match=r"start has shape \(4,\).*vector of 9 parameters: \(9,\)"
        ):
            minimize(objective, np.zeros(4))
        with pytest.raises(sn.ShapeMismatch, match=r"start has shape \(1, 2\)"):
            minimize(ROSENBROCK.objective, [[1.0, 2.0]])

    def test_gradient_of_the_wrong_shape_is_refused(self):
        class Wrong(Linear):
            def value_and_gradient(self, x):
                return 0.0, np.zeros(3)

        with pytest.raises(
            sn.InvalidInput, match=r"the gradient has shape \(3,\) but theta has \(1,\)"
        ):
            minimize(Wrong(), [0.0], "bfgs")

    def test_numpy_numbers_are_numbers(self):
        run = on_rosenbrock(
            max_iter=np.int64(3), gradient_tolerance=np.float64(0.0), target=np.float32(-1)
        )
        assert len(run.record) == 4


class TestStopping:
    def test_cost_tolerance_is_relative(self):
        for scale in (1e-6, 1.0, 1e6):
            run = minimize(
                Quadratic([scale, 3 * scale], [0.0, 0.0]),
                [1.0, 1.0],
                "gd",
                learning_rate=0.01 / scale,
                cost_tolerance=0.025,
                gradient_tolerance=0.0,
            )
            assert run.termination.reason == "cost_tolerance"
            *_, before, last = run.record.objective
            assert before - last <= 0.025 * before
            changes = -np.diff(run.record.objective)[:-1] / run.record.objective[:-2]
            assert np.all(changes > 0.025)

    def test_gradient_tolerance_is_of_the_largest_entry_and_inclusive(self):
        quadratic = Quadratic([1.0, 1.0], [0.0, 0.0])
        assert len(minimize(quadratic, [0.5, -0.25], gradient_tolerance=0.5).record) == 1
        assert len(minimize(quadratic, [0.5, -0.25], gradient_tolerance=0.49).record) > 1

    def test_time_limit_of_zero_evaluates_the_start(self):
        run = on_rosenbrock(time_limit=0)
        assert run.termination.reason == "time_limit"
        assert run.record.value_evaluations.tolist() == [1]

    def test_time_limit_ends_a_step_too(self):
        """The clock jumps within the third evaluation; the step that needs a fourth is not finished."""
        now = [0.0]

        class Slow:
            calls = 0
            value = staticmethod(ROSENBROCK.objective.value)

            def value_and_gradient(self, x):
                self.calls += 1
                now[0] += 100.0 if self.calls == 3 else 0.0
                return ROSENBROCK.objective.value_and_gradient(x)

        slow = Slow()
        run = minimize(slow, ROSENBROCK.start, "bfgs", time_limit=50, clock=lambda: now[0])
        assert run.termination.reason == "time_limit"
        assert slow.calls == 3

    def test_best_of_a_run_that_is_not_monotone(self):
        run = minimize(
            Quadratic([1.0], [0.0]),
            [1.0],
            "gd",
            learning_rate=0.3,
            momentum=0.9,
            max_iter=4,
            keep_path=True,
        )
        assert run.objective == run.record.objective.min() < run.record.objective[-1]
        assert np.abs(run.theta) == np.abs(run.record.path).min()

    def test_the_gradient_of_the_result_is_the_one_that_met_the_tolerance(self):
        """Values near the minimum are too high by an error of rounding, whose size only terms() shows."""
        given = {"learning_rate": 0.9, "gradient_tolerance": 1e-8}
        known = minimize(HighMinimum(scale=100.0), [3.0], "gd", **given)
        assert known.objective == known.record.objective[-1] > known.record.objective.min()
        assert np.abs(known.gradient).max() <= 1e-8
        assert "iteration" not in known.termination.message
        unknown = minimize(HighMinimum(scale=0.0), [3.0], "gd", **given)
        assert unknown.objective == unknown.record.objective.min() < unknown.record.objective[-1]
        n = len(unknown.record) - 1
        text = f"gradient of iteration {n}; the result is iteration {n - 1}, which is better"
        assert text in unknown.termination.message

    def test_the_best_is_kept_through_a_resumed_run(self):
        given = {"learning_rate": 0.3, "momentum": 0.9}
        first = minimize(Quadratic([1.0], [0.0]), [1.0], "gd", max_iter=3, **given)
        second = minimize(Quadratic([1.0], [0.0]), first.state, max_iter=1, **given)
        assert first.objective < second.record.objective.min()
        assert second.objective == first.objective

    def test_patience_goes_on_through_a_resumed_run(self):
        given = {"validation": lambda theta: 1.0, "patience": 5}
        first = on_rosenbrock(max_iter=3, **given)
        second = minimize(ROSENBROCK.objective, first.state, **given)
        assert second.termination.reason == "validation_patience"
        assert second.record.iteration[-1] == 5
        np.testing.assert_array_equal(second.theta, ROSENBROCK.start)

    def test_validation_that_is_not_finite_is_never_the_best(self):
        values = itertools.chain([np.nan, 5.0, 4.0], itertools.repeat(np.inf))
        run = on_rosenbrock(validation=lambda theta: next(values), patience=3, keep_path=True)
        np.testing.assert_array_equal(run.theta, run.record.path[2])
        assert len(run.record) == 6


@pytest.fixture
def ctrl_c():
    """Python's own handler for SIGINT, which background jobs do not have."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("ctrl_c")
class TestInterruption:
    def test_before_the_first_row_there_is_nothing_to_return(self):
        class Interrupted(Linear):
            def value_and_gradient(self, x):
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            minimize(Interrupted(), [0.0], "bfgs")

    def test_second_signal_raises_at_once(self):
        class Twice(Linear):
            calls = 0

            def value_and_gradient(self, x):
                self.calls += 1
                if self.calls == 3:
                    signal.raise_signal(signal.SIGINT)
                    signal.raise_signal(signal.SIGINT)
                    raise AssertionError("the second signal was not raised")
                return super().value_and_gradient(x)

        before = signal.getsignal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            minimize(Twice(), [0.0], "bfgs")
        assert signal.getsignal(signal.SIGINT) is before

    def test_signal_in_the_last_step_is_not_lost(self):
        def observe(step, row):
            if step.iteration == 5:
                signal.raise_signal(signal.SIGINT)

        assert on_rosenbrock(max_iter=5, observers=[observe]).termination.reason == "interrupted"

    def test_observer_can_end_the_run(self):
        def observe(step, row):
            if row.objective < 3:
                raise KeyboardInterrupt

        run = on_rosenbrock(observers=[observe])
        assert run.termination.reason == "interrupted"
        assert run.objective < 3

    def test_other_threads_leave_the_handler_alone(self):
        before = signal.getsignal(signal.SIGINT)
        handlers, runs = [], []

        def work():
            runs.append(
                on_rosenbrock(
                    observers=[lambda step, row: handlers.append(signal.getsignal(signal.SIGINT))]
                )
            )

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        assert runs[0].termination.converged
        assert all(handler is before for handler in handlers)

    def test_ignored_signal_stays_ignored(self):
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            run = on_rosenbrock(observers=[lambda step, row: signal.raise_signal(signal.SIGINT)])
        finally:
            signal.signal(signal.SIGINT, before)
        assert run.termination.converged


class TestObserversThatEndARun:
    def test_ends_with_the_termination_of_the_observer(self):
        own = Termination("target_reached", "good enough for today")
        seen = []

        def observe(step, row):
            seen.append(step.iteration)
            return own if step.iteration == 3 else None

        run = on_rosenbrock(observers=[observe])
        assert run.termination is own
        assert seen == run.record.iteration.tolist() == [0, 1, 2, 3]
        assert run.state.state.iteration == 3
        rest = minimize(ROSENBROCK.objective, run.state)
        whole = on_rosenbrock()
        np.testing.assert_array_equal(rest.theta, whole.theta)
        assert rest.termination == whole.termination

    def test_at_the_start(self):
        run = on_rosenbrock(observers=[lambda step, row: Termination("plateau")])
        assert run.termination.reason == "plateau"
        assert run.record.iteration.tolist() == [0]

    def test_all_observers_see_the_last_step_and_the_first_answer_counts(self):
        seen = []
        run = on_rosenbrock(
            observers=[
                lambda step, row: seen.append("first"),
                lambda step, row: Termination("plateau"),
                lambda step, row: Termination("time_limit"),
                lambda step, row: seen.append("last"),
            ]
        )
        assert run.termination.reason == "plateau"
        assert seen == ["first", "last"]

    @pytest.mark.parametrize("answer", [True, False, 1, "stop", StopIteration])
    def test_other_answers_are_ignored(self, answer):
        run = on_rosenbrock(observers=[lambda step, row: answer])
        assert run.termination == on_rosenbrock().termination

    def test_counts_before_the_rules_and_is_not_confirmed(self):
        """At a saddle, which the check of an end by the rules finds."""

        class Saddle(Quadratic):
            def hessian_vector(self, x, v):
                return self.scales * v

        problem = Saddle([1.0, -1.0], [0.0, 0.0])
        own = Termination("gradient_tolerance", "of the observer")
        by_rules = minimize(problem, [0.0, 0.0], "bfgs")
        by_observer = minimize(problem, [0.0, 0.0], "bfgs", observers=[lambda step, row: own])
        assert by_rules.termination.reason == "plateau"
        assert by_observer.termination is own

    def test_an_interrupt_counts_before_it(self):
        def observe(step, row):
            signal.raise_signal(signal.SIGINT)
            return Termination("plateau")

        assert on_rosenbrock(observers=[observe]).termination.reason == "interrupted"


class TestResume:
    def test_by_another_method_is_refused(self):
        run = on_rosenbrock("bfgs", max_iter=3)
        with pytest.raises(
            sn.InvalidInput,
            match="the state belongs to method 'bfgs' and cannot be resumed by 'lm'",
        ):
            minimize(ROSENBROCK.objective, run.state, "lm")
        with pytest.raises(sn.InvalidInput, match="to method 'bfgs' and cannot be resumed by 'gd'"):
            minimize(ROSENBROCK.objective, run.state.state, "gd")

    def test_from_the_bare_state_of_a_step(self):
        states = []
        whole = on_rosenbrock(observers=[lambda step, row: states.append(step.state.snapshot())])
        again = minimize(ROSENBROCK.objective, states[5])
        np.testing.assert_array_equal(again.record.objective, whole.record.objective[5:])

    def test_limits_count_from_the_resumed_iterate(self):
        first = on_rosenbrock(max_iter=3)
        second = minimize(ROSENBROCK.objective, first.state, max_iter=2)
        assert second.record.iteration.tolist() == [3, 4, 5]
        assert second.record.value_evaluations[0] == 0


class TestObjectives:
    def test_buffers_may_be_reused(self):
        class Buffered:
            def __init__(self):
                self.gradient = np.zeros(2)

            def value(self, x):
                return ROSENBROCK.objective.value(x)

            def value_and_gradient(self, x):
                value, self.gradient[:] = ROSENBROCK.objective.value_and_gradient(x)
                return value, self.gradient

        for method in ("gd", "bfgs", "lbfgs", "scipy:BFGS"):
            given = {"learning_rate": 1e-3} if method == "gd" else {}
            runs = [
                minimize(o, ROSENBROCK.start, method, max_iter=8, **given)
                for o in (Buffered(), ROSENBROCK.objective)
            ]
            np.testing.assert_array_equal(runs[0].record.objective, runs[1].record.objective)

    def test_cost_and_penalty_add_up(self):
        objective, start = sleep_network()
        run = minimize(objective, start, "lm", keep_path=True)
        for row, theta in enumerate(run.record.path):
            cost, penalty, _ = objective.terms(theta)
            assert run.record.cost[row] == pytest.approx(cost, rel=1e-12)
            assert run.record.penalty[row] == pytest.approx(penalty, rel=1e-12)

    def test_terms_tell_cost_and_penalty_where_there_is_no_decay(self):
        class WithTerms(Quadratic):
            def terms(self, x):
                return 0.75 * self.value(x), 0.25 * self.value(x), self.value(x)

        record = minimize(WithTerms([1.0], [3.0]), [0.0], "bfgs").record
        assert record.cost[0] == 0.75 * 4.5
        assert record.penalty[0] == 0.25 * 4.5

    def test_overflow_warns_nobody(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            run = minimize(
                Quadratic([1e200, 1.0], [0.0, 0.0]), [1e100, 1.0], "gd", learning_rate=1e10
            )
        assert run.termination.reason == "non_finite"

    @pytest.mark.parametrize("method", ["lm", "bfgs", "lbfgs", "gd", "scipy:BFGS"])
    def test_are_let_go_with_the_run(self, method):
        """At once, not at the next collection of garbage: an objective may hold a table of gigabytes."""
        objective = sleep_network()[0]
        still_there = weakref.ref(objective)
        gc.disable()
        try:
            minimize(objective, np.full(9, 0.5), method, max_iter=3)
            del objective
            assert still_there() is None
        finally:
            gc.enable()


class TestAuto:
    def test_takes_hybrid_where_there_is_a_matrix(self):
        assert on_rosenbrock("auto").method == "hybrid"
        assert minimize(Linear(), [0.0], max_iter=2).method == "bfgs"

    def test_resumes_the_method_that_ran(self):
        run = on_rosenbrock("auto", max_iter=2)
        assert minimize(ROSENBROCK.objective, run.state, "auto").method == "hybrid"


@pytest.mark.parametrize("network", NETWORKS)
def test_all_methods_agree_on_the_minimum(network):
    objective, start = NETWORKS[network]()
    ends = {
        method: minimize(objective, start, method).objective for method in ("bfgs", "lbfgs", "lm")
    }
    assert max(ends.values()) - min(ends.values()) < 1e-10, ends


class OnlyAValue:
    def value(self, theta: np.ndarray) -> float:
        return float(theta @ theta)


@pytest.mark.parametrize("method", ["auto", "bfgs", "gd", "scipy:BFGS"])
def test_an_object_without_a_method_is_refused(method: str) -> None:
    cases = (
        (OnlyAValue(), "OnlyAValue", "value_and_gradient"),
        (lambda t: 0.0, "function", "value"),
    )
    for thing, kind, missing in cases:
        message = rf"a {kind} cannot be minimized: it has no method {missing}\(theta\)"
        with pytest.raises(sn.InvalidInput, match=message):
            minimize(thing, [1.0, 2.0], method)
