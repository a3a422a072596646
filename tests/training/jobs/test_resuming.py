"""A fit in C++ that was stopped and resumed is the fit that was not stopped, to the last bit."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from both_engines import compiled
from sheernet.optimizers import Checkpoint, Run
from training.jobs.twins import (
    METHODS,
    all_in_cpp,
    assert_same_bits,
    in_cpp,
    in_python,
    long_running,
    start_of,
    stop_at_call,
    wave,
)

pytestmark = compiled
OPTIONS: dict[str, dict[str, Any]] = {
    "bfgs": {"c2": 0.4},
    "lbfgs": {"memory": 4},
    "lm": {},
    "hybrid": {},
}
LENGTH = 14


def fit(method: str, start: Any = None, how: Callable[..., Run] = in_cpp, **settings: Any) -> Run:
    objective = wave(hidden=(5,))
    begin = start_of(objective, seed=1) if start is None else start
    given = {"keep_path": True, "gradient_tolerance": 0.0, **OPTIONS[method], **settings}
    return how(objective, begin, method, **given)


def assert_goes_on(first: Run, second: Run, whole: Run) -> None:
    """Joined, the two are the whole, to the bit; the second record begins with the end of the first."""
    for column in ("objective", "cost", "penalty", "gradient_norm"):
        assert second.record[column][0] == first.record[column][-1]
    joined = Run(
        second.theta, second.objective, second.gradient, second.termination, first.record.joined(second.record),
        second.state, second.method,
    )  # fmt: skip
    assert_same_bits(joined, whole)


def assert_same_state(first: Any, second: Any) -> None:
    """Every field of two Checkpoints (or States, Models, Pairs) equal to the bit."""
    if isinstance(first, Checkpoint):  # one that is still in C++ looks like one that is not
        assert isinstance(second, Checkpoint)
        assert first.method == second.method
        assert_same_state(first.state, second.state)
        assert_same_state(first.best, second.best)
        return
    assert type(first) is type(second)
    if isinstance(first, (tuple, list)):
        assert len(first) == len(second)
        for a, b in zip(first, second, strict=True):
            assert_same_state(a, b)
    elif hasattr(first, "__dict__"):
        for name in vars(first):
            assert_same_state(getattr(first, name), getattr(second, name))
    else:
        np.testing.assert_array_equal(first, second)


@pytest.mark.parametrize("method", METHODS)
class TestStoppedAfter:
    @pytest.mark.parametrize("iterations", [0, 1, 2, 3, 5, 8, 13])
    def test_some_iterations(self, method: str, iterations: int) -> None:
        whole = fit(method, max_iter=LENGTH)
        first = fit(method, max_iter=iterations)
        second = fit(method, first.state, max_iter=LENGTH - iterations)
        assert_goes_on(first, second, whole)
        assert_same_state(second.state, whole.state)

    @pytest.mark.parametrize("iterations", [49, 50, 51])
    def test_iterations_before_and_after_a_renewal_of_bfgs(
        self, method: str, iterations: int
    ) -> None:
        whole = fit(method, max_iter=60)
        first = fit(method, max_iter=iterations)
        assert_goes_on(first, fit(method, first.state, max_iter=60 - iterations), whole)

    def test_every_iteration(self, method: str) -> None:
        whole = fit(method, max_iter=LENGTH)
        run = fit(method, max_iter=1)
        for _ in range(LENGTH - 1):
            run = fit(method, run.state, max_iter=1)
        np.testing.assert_array_equal(run.theta, whole.theta)
        assert_same_state(run.state, whole.state)

    @pytest.mark.parametrize("evaluations", range(1, 16))
    def test_a_budget_that_ended_within_a_step(self, method: str, evaluations: int) -> None:
        whole = fit(method, max_iter=LENGTH)
        first = fit(method, max_iter=LENGTH, max_evaluations=evaluations)
        assert first.termination.reason == "max_evaluations"
        second = fit(method, first.state, max_iter=LENGTH + 1 - len(first.record))
        np.testing.assert_array_equal(
            whole.record.path[len(first.record) - 1 :], second.record.path
        )
        assert_same_state(second.state, whole.state)

    @pytest.mark.parametrize("call", [1, 3])
    def test_an_interruption(self, method: str, call: int) -> None:
        objective = long_running()
        given = {"gradient_tolerance": 0.0, "keep_path": True}
        first = in_cpp(
            objective,
            start_of(objective),
            method,
            max_iter=10**6,
            report_progress=stop_at_call(call, iteration=1),
            **given,
        )
        assert first.termination.reason == "interrupted"
        done = int(first.record.iteration[-1])
        whole = in_cpp(objective, start_of(objective), method, max_iter=done + 4, **given)
        second = in_cpp(objective, first.state, method, max_iter=4, **given)
        np.testing.assert_array_equal(whole.record.path[done:], second.record.path)
        assert_same_state(second.state, whole.state)

    def test_pickling(self, method: str) -> None:
        first = fit(method, max_iter=4)
        copied = pickle.loads(pickle.dumps(first.state))
        assert_same_bits(fit(method, copied, max_iter=5), fit(method, first.state, max_iter=5))

    def test_twice_from_one_state_which_is_not_written(self, method: str) -> None:
        first = fit(method, max_iter=4)
        before = pickle.dumps(first.state)
        once, twice = (fit(method, first.state, max_iter=6) for _ in range(2))
        assert_same_bits(once, twice)
        assert_same_state(pickle.loads(before), first.state)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("iterations", [0, 1, 4, 7])
class TestAcrossTheLanguages:
    def test_python_goes_on_from_cpp(self, method: str, iterations: int) -> None:
        first = fit(method, max_iter=iterations)
        self.goes_on(fit(method, first.state, in_python, max_iter=3), method, iterations)

    def test_cpp_goes_on_from_python(self, method: str, iterations: int) -> None:
        first = fit(method, how=in_python, max_iter=iterations)
        self.goes_on(fit(method, first.state, max_iter=3), method, iterations)

    @staticmethod
    def goes_on(second: Run, method: str, iterations: int) -> None:
        whole = fit(method, how=in_python, max_iter=iterations + 3)
        thetas = whole.record.path[iterations:]
        size = np.abs(thetas).max()
        np.testing.assert_allclose(second.record.path, thetas, rtol=0, atol=1e-9 * size)
        for column in ("objective", "step_length", "damping"):
            np.testing.assert_allclose(
                second.record[column][1:], whole.record[column][iterations + 1 :], rtol=1e-9
            )
        counted = np.diff(second.record.value_evaluations)
        np.testing.assert_array_equal(counted, np.diff(whole.record.value_evaluations)[iterations:])

    def test_the_states_are_of_one_kind(self, method: str, iterations: int) -> None:
        native, python = (
            fit(method, how=how, max_iter=iterations).state for how in (in_cpp, in_python)
        )
        assert native is not None
        assert python is not None
        assert (native.method, type(native.state)) == (python.method, type(python.state))
        assert native.state.iteration == python.state.iteration == iterations
        for a, b in zip(numbers_of(native.state), numbers_of(python.state), strict=True):
            assert a.shape == b.shape
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9 * np.abs(b).max())


def numbers_of(state: Any) -> list[np.ndarray]:
    """The numbers of a State, one array for each field."""
    if isinstance(state, (tuple, list)):
        return [array for part in state for array in numbers_of(part)]
    if hasattr(state, "__dict__"):
        return [array for part in vars(state).values() for array in numbers_of(part)]
    return [np.asarray(state, dtype=np.float64)]


class TestSeveralJobs:
    @pytest.mark.parametrize("method", METHODS)
    def test_keep_the_state_of_the_best_one_only(self, method: str) -> None:
        objective = wave()
        starts = [start_of(objective, seed) for seed in range(6)]
        fits = all_in_cpp(objective, [sn.jobs.Job(start) for start in starts], method, max_iter=5)
        assert [run.state is not None for run in fits] == [job == fits.best for job in range(6)]
        on = {"max_iter": 7, "keep_path": True}
        second = in_cpp(objective, fits[fits.best].state, method, **on)
        whole = in_cpp(objective, starts[fits.best], method, max_iter=12, keep_path=True)
        np.testing.assert_array_equal(second.record.path, whole.record.path[5:])

    @pytest.mark.parametrize("method", METHODS)
    def test_may_begin_at_states_and_at_thetas(self, method: str) -> None:
        objective = wave()
        theta, other = start_of(objective, 0), start_of(objective, 3)
        state = in_cpp(objective, theta, method, max_iter=4).state
        fits = all_in_cpp(
            objective,
            [sn.jobs.Job(other), sn.jobs.Job(state), sn.jobs.Job(theta)],
            method,
            max_iter=5,
        )
        for run, start in zip(fits, [other, state, theta], strict=True):
            assert_same_bits(run, in_cpp(objective, start, method, max_iter=5))

    def test_take_the_method_from_the_first_state(self) -> None:
        objective = wave()
        state = in_cpp(objective, start_of(objective), "lbfgs", max_iter=3).state
        fits = sn.jobs.fit_jobs(
            objective, [sn.jobs.Job(state), sn.jobs.Job(start_of(objective, 5))], max_iter=2
        )
        assert [run.method for run in fits] == ["lbfgs", "lbfgs"]


class TestStatesThatDoNotFit:
    @pytest.mark.parametrize("method", METHODS)
    def test_of_another_method_are_refused(self, method: str) -> None:
        objective = wave()
        theta = start_of(objective)
        for other in set(METHODS) - {method}:
            state = in_cpp(objective, theta, other, max_iter=3).state
            for jobs in ([sn.jobs.Job(state)], [sn.jobs.Job(theta), sn.jobs.Job(state)]):
                with pytest.raises(
                    sn.InvalidInput, match=f"{other!r} and cannot be resumed by {method!r}"
                ):
                    sn.jobs.fit_jobs(objective, jobs, method)

    @pytest.mark.parametrize("how", [in_cpp, in_python])
    @pytest.mark.parametrize("method", METHODS)
    def test_of_another_size_are_refused(self, method: str, how: Callable[..., Run]) -> None:
        small, large = wave(hidden=(2,)), wave(hidden=(7,))
        state = in_cpp(small, start_of(small), method, max_iter=3).state
        with pytest.raises(sn.ShapeMismatch, match=r"state .*7 .*22"):
            how(large, state, method)
        with pytest.raises(sn.ShapeMismatch, match=r"state .*7 .*22"):
            sn.jobs.fit_jobs(large, [sn.jobs.Job(start_of(large)), sn.jobs.Job(state)], method)


class TestTrain:
    @pytest.mark.parametrize("method", METHODS)
    @pytest.mark.parametrize("first", [0, 2, 9])
    def test_resumes_to_the_bit(self, method: str, first: int) -> None:
        network = sn.Network.random(sn.Architecture((1, 5, 1)), seed=2)
        x = np.linspace(-1.0, 1.0, 30)
        given: dict[str, Any] = {"decay": 1e-3, "keep_path": True, "engine": "compiled"}
        whole = sn.train(network, x, np.sin(4 * x), method=method, max_iter=15, **given)
        part = sn.train(network, x, np.sin(4 * x), method=method, max_iter=first, **given)
        rest = sn.train(network, x, np.sin(4 * x), resume=part, max_iter=15 - first, **given)
        np.testing.assert_array_equal(rest.network.theta, whole.network.theta)
        np.testing.assert_array_equal(rest.record.path, whole.record.path)
        assert rest.termination == whole.termination

    @pytest.mark.parametrize("method", METHODS)
    def test_resumes_with_patience(self, method: str) -> None:
        """The best iterate of the first part is what the second has to beat."""
        rng = np.random.default_rng(5)
        X, y = rng.normal(size=(24, 3)), rng.normal(size=24)
        held_out = rng.normal(size=(9, 3)), rng.normal(size=9)
        network = sn.Network.random(sn.Architecture((3, 6, 1)), seed=0)
        given: dict[str, Any] = {"validation": held_out, "patience": 8, "engine": "compiled"}
        whole = sn.train(network, X, y, method=method, **given)
        assert whole.termination.reason == "validation_patience"
        length = len(whole.record) - 1
        best = int(np.argmin(whole.record.validation_cost))
        assert length - best == 8
        for first in (best, best + 1, length - 1):
            part = sn.train(network, X, y, method=method, max_iter=first, **given)
            rest = sn.train(network, X, y, resume=part, **given)
            assert rest.termination == whole.termination
            assert len(rest.record) == len(whole.record)
            np.testing.assert_array_equal(rest.network.theta, whole.network.theta)

    def test_resumes_the_best_of_several_starts(self) -> None:
        network = sn.Network.random(sn.Architecture((1, 4, 1)), seed=2)
        x = np.linspace(-1.0, 1.0, 30)
        given: dict[str, Any] = {"method": "lm", "engine": "compiled", "decay": 1e-3}
        part = sn.train(network, x, np.sin(4 * x), starts=6, max_iter=4, **given)
        rest = sn.train(network, x, np.sin(4 * x), resume=part, max_iter=3, **given)
        assert part.starts.best > 0
        assert isinstance(part.state, Checkpoint)
        whole = sn.train(part.initial, x, np.sin(4 * x), max_iter=7, **given)
        np.testing.assert_array_equal(rest.network.theta, whole.network.theta)
