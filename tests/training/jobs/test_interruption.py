"""Ctrl-C, errors and watching while fits run in C++: nothing is lost, nothing is left running, nobody waits long."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from both_engines import compiled as needs_compiled
from command_lines import PATIENCE
from left_threads import no_task_left
from sheernet.optimizers import COLUMNS
from training.jobs.twins import (
    METHODS,
    all_in_cpp,
    assert_same_bits,
    compiled,
    in_cpp,
    long_running,
    start_of,
    stop_at_call,
    wave,
)

pytestmark = needs_compiled
ENDLESS: dict[str, Any] = {"max_iter": 10**6, "gradient_tolerance": 0.0}


@pytest.fixture(autouse=True)
def ctrl_c() -> Iterator[None]:
    """Python's own handler for SIGINT, which background jobs do not have; and no thread may outlive a test."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with no_task_left():
        yield
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    signal.signal(signal.SIGINT, before)


class pressing_at_call(stop_at_call):  # noqa: N801
    """A watch that sends SIGINT at its n-th call."""

    def stop(self) -> None:
        signal.raise_signal(signal.SIGINT)


def jobs_of(objective: Any, n: int) -> list[sn.jobs.Job]:
    return [sn.jobs.Job(start_of(objective, seed)) for seed in range(n)]


class TestCtrlC:
    @pytest.mark.parametrize("method", METHODS)
    @pytest.mark.parametrize("watch", [stop_at_call, pressing_at_call])
    def test_keeps_the_best_point_its_record_and_state(
        self, method: str, watch: Callable[..., Callable[[sn.jobs.Status], None]]
    ) -> None:
        objective = long_running()
        run = in_cpp(
            objective,
            start_of(objective),
            method,
            report_progress=watch(2, iteration=3),
            keep_path=True,
            **ENDLESS,
        )
        assert run.termination.reason == "interrupted"
        assert len(run.record) > 2
        assert run.objective == run.record.objective.min()
        np.testing.assert_array_equal(run.theta, run.record.path[np.argmin(run.record.objective)])
        assert objective.value_and_gradient(run.theta)[0] == run.objective
        assert run.state.state.iteration == run.record.iteration[-1]

    @pytest.mark.parametrize("threads", [1, 3])
    def test_keeps_the_jobs_that_began(self, threads: int) -> None:
        quick = wave(threads=threads)
        jobs = jobs_of(quick, 4000)
        fits = all_in_cpp(
            quick, jobs, "bfgs", report_progress=stop_at_call(2), gradient_tolerance=0.0
        )
        assert 0 < len(fits) < len(jobs)
        assert 1 <= fits.reasons.count("interrupted") <= threads
        # Of several threads, one may have waited for a processor while the others began later jobs.
        if threads == 1:
            assert fits.reasons[-1] == "interrupted"
        for job in (0, len(fits) // 2, fits.best):
            if fits.reasons[job] != "interrupted":
                alone = all_in_cpp(quick, [jobs[job]], "bfgs", gradient_tolerance=0.0)[0]
                assert_same_bits(fits[job], alone)
        assert fits[fits.best].state is not None
        assert np.nanmin(fits.objectives) == fits.objectives[fits.best]

    def test_twice_ends_at_once_and_keeps_what_there_is(self) -> None:
        def twice(status: sn.jobs.Status) -> None:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)

        objective = long_running()
        run = in_cpp(objective, start_of(objective), "bfgs", report_progress=twice, **ENDLESS)
        assert run.termination.reason == "interrupted"

    def test_before_the_first_point_is_raised(self) -> None:
        """One evaluation takes longer than the 50 ms after which is looked up."""
        objective = heavy()
        for watch in (stop_at_call(1), pressing_at_call(1)):
            with pytest.raises(KeyboardInterrupt):
                all_in_cpp(objective, jobs_of(objective, 2), "bfgs", report_progress=watch)
            assert len(watch.heard) == 1
            status = watch.heard[0]
            assert (status.job, status.finished, status.iteration) == (0, 0, 0)
            assert np.isnan([status.objective, status.gradient_norm]).all(), "nothing is known yet"

    def test_while_the_start_is_validated_is_raised(self) -> None:
        """There is a value, but no best point: by what it is chosen is not known."""
        objective = sn.make_objective(
            heavy_architecture(), np.zeros((3, 4)), np.ones(3), engine="compiled"
        )
        with pytest.raises(KeyboardInterrupt):
            all_in_cpp(
                objective,
                jobs_of(objective, 2),
                "bfgs",
                validation=heavy(),
                report_progress=stop_at_call(1),
            )

    @pytest.mark.parametrize("call", range(1, 8))
    @pytest.mark.parametrize("patience", [None, 1000])
    def test_leaves_record_and_state_at_one_iterate(self, call: int, patience: int | None) -> None:
        """Wherever it comes: in an evaluation, in that of the cost beside a large penalty, or in the validation."""
        size = heavy_architecture().n_parameters
        objective = heavy(30_000, target=0.0, decay=np.geomspace(1e-3, 10.0, size))
        held_out = heavy(30_000)
        watch = stop_at_call(call, iteration=max(0, call - 3))
        try:
            run = in_cpp(
                objective, start_of(objective), "lbfgs", report_progress=watch, validation=held_out,
                keep_path=True, patience=patience, **ENDLESS,
            )  # fmt: skip
        except KeyboardInterrupt:  # before the first point
            assert call <= 3
            return
        record = run.record
        assert run.termination.reason == "interrupted"
        assert run.state.state.iteration == record.iteration[-1] == len(record) - 1
        np.testing.assert_array_equal(run.state.state.theta, record.path[-1])
        assert len({len(record[column]) for column in COLUMNS}) == 1
        assert not np.isnan(record.validation_cost[:-1]).any()
        assert run.theta.size == objective.size
        second = in_cpp(objective, run.state, "lbfgs", max_iter=1, validation=held_out)
        assert len(record.joined(second.record)) == len(record) + 1


class TestErrors:
    @pytest.mark.parametrize("threads", [1, 3])
    @pytest.mark.parametrize("method", METHODS)
    def test_of_who_watches_reach_the_caller(self, method: str, threads: int) -> None:
        objective = wave(2000, (5,), threads=threads)
        with pytest.raises(ZeroDivisionError, match="the watcher's own"):
            all_in_cpp(
                objective, jobs_of(objective, 3000), method,
                report_progress=stop_at_call(2, ZeroDivisionError("the watcher's own")), **ENDLESS,
            )  # fmt: skip

    def test_leave_the_objective_usable(self) -> None:
        objective = wave()
        before = in_cpp(objective, start_of(objective), "lm")
        with pytest.raises(SystemExit):
            all_in_cpp(
                objective,
                jobs_of(objective, 5000),
                "lm",
                report_progress=stop_at_call(1, SystemExit()),
                **ENDLESS,
            )
        assert_same_bits(in_cpp(objective, start_of(objective), "lm"), before)


class TestWatch:
    @pytest.mark.parametrize("threads", [1, 3])
    def test_is_called_on_this_thread_at_most_every_50_ms(self, threads: int) -> None:
        callers: list[int] = []
        objective = wave(300, (6,), threads=threads)

        def watch(status: sn.jobs.Status) -> None:
            callers.append(threading.get_ident())
            if len(callers) == 6:
                raise KeyboardInterrupt

        jobs = jobs_of(objective, 1000)
        began = time.perf_counter()
        all_in_cpp(objective, jobs, "bfgs", report_progress=watch, **ENDLESS)
        took = time.perf_counter() - began
        assert set(callers) == {threading.get_ident()}
        assert len(callers) == 6
        assert took >= 6 * 0.05

    @pytest.mark.parametrize("threads", [1, 3])
    def test_hears_where_the_fits_are(self, threads: int) -> None:
        heard: list[sn.jobs.Status] = []
        objective = wave(300, (6,), threads=threads)

        def watch(status: sn.jobs.Status) -> None:
            heard.append(status)
            if len(heard) > 2 and status.finished > 0:
                raise KeyboardInterrupt

        jobs = jobs_of(objective, 10_000)
        fits = all_in_cpp(objective, jobs, "lm", report_progress=watch)
        assert len(heard) > 2
        for status in heard:
            assert 0 <= status.job < len(fits)
            assert status.finished <= len(fits)
            record = fits[status.job].record
            assert record.iteration[0] <= status.iteration <= record.iteration[-1]
            row = int(np.flatnonzero(record.iteration == status.iteration)[0])
            assert status.objective == record.objective[row]
            assert status.gradient_norm == record.gradient_norm[row]
        counts = [status.finished for status in heard]
        assert counts == sorted(counts)
        assert counts[-1] > 0

    def test_changes_no_bit(self) -> None:
        objective = long_running(1500)
        given = {"max_iter": 60, "gradient_tolerance": 0.0}
        watched = in_cpp(
            objective, start_of(objective), "lm", report_progress=lambda status: None, **given
        )
        assert_same_bits(watched, in_cpp(objective, start_of(objective), "lm", **given))

    @pytest.mark.parametrize("method", METHODS)
    def test_changes_no_bit_whatever_it_evaluates_itself(self, method: str) -> None:
        """Evaluations in the middle of one that has several chunks, on the same thread."""
        objective, other = long_running(), long_running(9000)
        away = 2.0 * start_of(other)
        given = {"gradient_tolerance": 0.0, "keep_path": True}
        calls: list[float] = []

        def watch(status: sn.jobs.Status) -> None:
            calls.append(other.value_and_gradient(away)[0] + other.gauss_newton(away)[0])
            if len(calls) >= 4 and status.iteration > 0:
                raise KeyboardInterrupt

        start = start_of(objective)
        watched = in_cpp(objective, start, method, report_progress=watch, max_iter=10**6, **given)
        assert watched.termination.reason == "interrupted"
        assert len(watched.record) > 1
        assert set(calls) == {other.value_and_gradient(away)[0] + other.gauss_newton(away)[0]}
        alone = in_cpp(objective, start, method, max_iter=len(watched.record) - 1, **given)
        np.testing.assert_array_equal(watched.record.path, alone.record.path)

    def test_that_is_slow_lets_the_fit_go_on_for_50_ms_at_a_time(self) -> None:
        """In one matrix, which looks up every millisecond."""
        rng = np.random.default_rng(0)
        X, y = rng.normal(size=(128, 100)), rng.normal(size=(128, 12))
        objective = compiled(sn.Architecture((100, 24, 12)), X, y, threads=1)
        slept: list[float] = []

        def watch(status: sn.jobs.Status) -> None:
            began = time.perf_counter()
            while time.perf_counter() - began < 0.06:
                pass
            slept.append(time.perf_counter() - began)

        began = time.perf_counter()
        in_cpp(objective, start_of(objective), "lm", report_progress=watch, max_iter=1)
        worked = time.perf_counter() - began - sum(slept)
        assert len(slept) <= worked / 0.05

    def test_may_fit_something_itself(self) -> None:
        inner: list[sn.jobs.Fits] = []
        small, objective = wave(), long_running()

        def watch(status: sn.jobs.Status) -> None:
            inner.append(all_in_cpp(small, jobs_of(small, 2), "lm"))
            if len(inner) == 2:
                raise KeyboardInterrupt

        run = in_cpp(objective, start_of(objective), "bfgs", report_progress=watch, **ENDLESS)
        assert run.termination.reason == "interrupted"
        alone = all_in_cpp(small, jobs_of(small, 2), "lm")
        for fits in inner:
            np.testing.assert_array_equal(fits.objectives, alone.objectives)


def heavy_architecture() -> sn.Architecture:
    return sn.Architecture((4, 60, 60, 1))


def heavy(rows: int = 500_000, target: float | None = None, **settings: Any) -> Any:
    """An objective of which one evaluation takes longer than what is between two looks."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(rows, 4))
    y = np.sin(X[:, 0]) if target is None else np.full(rows, target)
    return compiled(heavy_architecture(), X, y, **settings)


PROGRAM = """
import os, signal, sys, threading, time
import numpy as np
import sheernet as sn

method, threads, sizes, rows, max_iter = sys.argv[1], *map(eval, sys.argv[2:])
signal.signal(signal.SIGINT, signal.default_int_handler)
rng = np.random.default_rng(0)
X, y = rng.normal(size=(rows, sizes[0])), rng.normal(size=(rows, sizes[-1]))
arch = sn.Architecture(sizes)
objective = sn.make_objective(arch, X, y, decay=1.0, engine="compiled", threads=threads)
job = sn.jobs.Job(sn.Network.random(arch, seed=0).theta)

def work():
    began = time.process_time()
    try:
        sn.jobs.fit_jobs(objective, [job], method, max_iter=max_iter, gradient_tolerance=0.0)
    except KeyboardInterrupt:
        pass
    return time.process_time() - began

undisturbed = work()
sent, part = [], time.process_time() + 0.3 * undisturbed

def press():
    while time.process_time() < part:
        time.sleep(0.001)
    sent.append(time.process_time())
    os.kill(os.getpid(), signal.SIGINT)

threading.Thread(target=press).start()
work()
print(undisturbed, time.process_time() - sent[0])
"""

# method, threads, sizes, rows, max_iter: seconds or a part of one, of which the signal comes after three tenths.
LONG_WORK = {
    "a gradient": ("lbfgs", 1, (8, 250, 120, 1), 400_000, 0),
    "a gradient on threads": ("lbfgs", 2, (8, 250, 120, 1), 800_000, 0),
    "a matrix on threads": ("lm", 2, (8, 50, 1), 800_000, 0),
    "a block of a matrix": ("lm", 1, (100, 24, 60), 128, 0),
    "a factorization": ("lm", 1, (5800, 1), 8, 1),
}


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
class TestLongWork:
    @pytest.mark.parametrize("work", LONG_WORK)
    def test_hears_ctrl_c_before_it_is_over(self, work: str) -> None:
        """The signal comes while C++ computes, in processor time, which other programs do not prolong."""
        _, threads, *_ = LONG_WORK[work]
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(PROGRAM), *map(str, LONG_WORK[work])],
            capture_output=True, text=True, timeout=PATIENCE, check=True,
        )  # fmt: skip
        undisturbed, heard_after = map(float, done.stdout.split())
        assert undisturbed > 0.15, "too short to tell"
        assert heard_after < min(0.5 * undisturbed, 0.5 * threads), (
            f"{heard_after} of {undisturbed} s"
        )
