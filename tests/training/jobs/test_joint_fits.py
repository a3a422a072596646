"""Fits of shards together: one pass over the rows for all, and each as it is on its own."""

from __future__ import annotations

import os
import signal
import threading
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from left_threads import no_thread_left
from shard_cases import SeedShard
from sheernet.objective.sharded import JointRequest, MemoryHolder, ShardedObjective
from sheernet.training import fit_objective
from sheernet.training.jobs import joint_fits

ARCH = sn.Architecture((3, 3, 1))
SHARDS = [SeedShard(k, 60) for k in range(5)]
STARTS = list(np.random.default_rng(0).normal(size=(4, ARCH.n_parameters)))


class Watched(MemoryHolder):
    """A holder that keeps what is asked, and calls a function before each answer."""

    def __init__(self, before: Any = None, part: str = "training") -> None:
        super().__init__(SHARDS, ARCH, "squared_error", part=part)
        self.asked: list[Any] = []
        self.before = before or (lambda: None)

    def sums(self, request: Any) -> Any:
        self.asked.append(request)
        self.before()
        return super().sums(request)


def objective_over(holder: Any, decay: float = 1e-2) -> ShardedObjective:
    return ShardedObjective(ARCH, "squared_error", holder, decay)


def columns(run: Any) -> list[bytes]:
    """The record without times."""
    names = ("iteration", "objective", "gradient_norm", "value_evaluations", "validation_cost")
    return [run.record[name].tobytes() for name in names]


@pytest.mark.parametrize("method", ["lbfgs", "bfgs", "lm", "adam", "scipy:BFGS"])
def test_each_start_is_as_on_its_own_in_as_many_passes_as_the_longest(method: str) -> None:
    given: dict[str, Any] = {"max_iter": 25, "keep_path": True}
    holder, alone = Watched(), Watched()
    found = fit_objective(objective_over(holder), STARTS, method, **given)
    passes = []
    for start, run in zip(STARTS, found, strict=True):
        before = len(alone.asked)
        expected = fit_objective(objective_over(alone), [start], method, **given)[0]
        passes.append(len(alone.asked) - before)
        assert run.theta.tobytes() == expected.theta.tobytes()
        assert run.record.path.tobytes() == expected.record.path.tobytes()
        assert run.termination == expected.termination
        assert columns(run) == columns(expected)
    assert len(set(found.iterations)) == 1 or len(set(passes)) > 1
    assert len(holder.asked) <= max(passes) + 1  # beside the gradient check of the best
    assert isinstance(holder.asked[0], JointRequest)


def test_decays_and_validation_of_jobs() -> None:
    holder, validation = Watched(), Watched(part="evaluation")
    jobs = [
        sn.jobs.Job(start, decay)
        for start, decay in zip(STARTS, (1e-3, 0.1, 1.0, 1e-2), strict=True)
    ]
    given: dict[str, Any] = {"max_iter": 40, "patience": 3, "learning_rate": 0.1}
    found = sn.jobs.fit_jobs(
        objective_over(holder), jobs, "adam", validation=objective_over(validation, 0.0), **given
    )
    for job, run in zip(jobs, found, strict=True):
        expected = sn.jobs.fit_jobs(
            objective_over(Watched()),
            [job],
            "adam",
            validation=objective_over(validation, 0.0),
            **given,
        )[0]
        assert run.theta.tobytes() == expected.theta.tobytes()
        assert columns(run) == columns(expected)
    assert len(validation.asked) > 0


def test_a_resumed_start_goes_on_beside_others() -> None:
    first = fit_objective(objective_over(Watched()), [STARTS[0]], "lbfgs", max_iter=5)[0]
    found = fit_objective(objective_over(Watched()), [first.state, STARTS[1]], max_iter=7)
    whole = fit_objective(objective_over(Watched()), [STARTS[0]], "lbfgs", max_iter=12)[0]
    assert found[0].theta.tobytes() == whole.theta.tobytes()


def test_sums_of_one_pass_take_little_memory(monkeypatch: Any) -> None:
    monkeypatch.setattr(joint_fits, "MOST_BYTES", 2 * 8 * (ARCH.n_parameters + 1))
    holder = Watched()
    found = fit_objective(objective_over(holder), STARTS, "lbfgs", max_iter=3)
    assert {len(r.parts) for r in holder.asked if isinstance(r, JointRequest)} == {2}
    expected = fit_objective(objective_over(Watched()), STARTS[3:], "lbfgs", max_iter=3)[0]
    assert found[3].theta.tobytes() == expected.theta.tobytes()


def test_after_half_of_the_evaluations_the_best_start_goes_on_alone() -> None:
    """Each has 5 of the first 20; the sixth of each would be more than half of 40, and the best has it and 16 more."""
    holder = Watched()
    found = fit_objective(objective_over(holder), STARTS, "lbfgs", max_evaluations=40)
    parts = [len(getattr(request, "parts", [request])) for request in holder.asked]
    assert parts == [4] * 5 + [1] * 17
    alone = [
        fit_objective(objective_over(Watched()), [start], "lbfgs", max_evaluations=5)[0]
        for start in STARTS
    ]
    best = int(np.argmin([run.objective for run in alone]))
    alone[best] = fit_objective(
        objective_over(Watched()), [STARTS[best]], "lbfgs", max_evaluations=22
    )[0]
    assert found.reasons == ("max_evaluations",) * 4
    for run, expected in zip(found, alone, strict=True):
        assert run.theta.tobytes() == expected.theta.tobytes()
        assert columns(run) == columns(expected)


def test_no_more_starts_than_evaluations() -> None:
    holder = Watched()
    found = fit_objective(objective_over(holder), STARTS, "lbfgs", max_evaluations=2)
    assert found.iterations.tolist() == [0, 0]
    assert [len(request.parts) for request in holder.asked] == [2]


def test_a_time_limit_leaves_one_pass() -> None:
    holder = Watched()
    found = fit_objective(objective_over(holder), STARTS, "lbfgs", time_limit=0.0)
    assert found.reasons == ("time_limit",) * 4
    assert [len(request.parts) for request in holder.asked] == [4]


def test_after_half_of_the_time_the_best_start_goes_on_alone(monkeypatch: Any) -> None:
    """By a clock on which a pass takes a million seconds, the fifth pass begins after more than half of 7 million."""
    holder = Watched()
    clock = SimpleNamespace(monotonic=lambda: 1e6 * len(holder.asked))
    monkeypatch.setattr(joint_fits, "time", clock)
    found = fit_objective(objective_over(holder), STARTS, "lbfgs", time_limit=7e6)
    parts = [len(getattr(request, "parts", [request])) for request in holder.asked]
    assert parts[:4] == [4] * 4
    assert set(parts[4:]) == {1}
    first = [
        fit_objective(objective_over(Watched()), [start], "lbfgs", max_evaluations=4)[0].objective
        for start in STARTS
    ]
    ends = ["time_limit"] * 4
    ends[int(np.argmin(first))] = "gradient_tolerance"
    assert list(found.reasons) == ends


@pytest.mark.parametrize(("by_validation", "best"), [(False, 2), (True, 1)])
def test_the_best_start_has_the_lowest_last_value(by_validation: bool, best: int) -> None:
    progress = joint_fits._Progress(None, 5)
    for job, values in enumerate([(np.nan, np.nan), (3.0, 1.0), (2.0, 4.0), (0.0, 0.0)]):
        row = SimpleNamespace(objective=values[0], validation_cost=values[1])
        progress.note(job, None, row)  # type: ignore[arg-type]
    progress.ended.add(3)
    assert progress.worse(by_validation) == {0, 1, 2} - {best}


def test_decays_have_all_of_the_limits() -> None:
    """Objectives with other decays cannot be compared."""
    jobs = [
        sn.jobs.Job(start, decay)
        for start, decay in zip(STARTS, (1e-3, 0.1, 1.0, 1e-2), strict=True)
    ]
    holder = Watched()
    sn.jobs.fit_jobs(objective_over(holder), jobs, "lbfgs", max_evaluations=40)
    assert [len(request.parts) for request in holder.asked[:10]] == [4] * 10


@pytest.mark.parametrize("given", [{"target": -1.0}, {"observers": [lambda step, row: None]}])
def test_a_target_and_observers_run_one_after_the_other(given: Any) -> None:
    holder = Watched()
    fit_objective(objective_over(holder), STARTS[:2], "lbfgs", max_iter=3, **given)
    assert not any(isinstance(request, JointRequest) for request in holder.asked)


def test_progress_is_reported_in_the_thread_of_the_caller() -> None:
    reports, threads = [], set()

    def report(status: Any) -> None:
        threads.add(threading.current_thread())
        reports.append(status)

    jobs = [sn.jobs.Job(start) for start in STARTS]
    sn.jobs.fit_jobs(objective_over(Watched()), jobs, "lbfgs", max_iter=9, report_progress=report)
    assert threads == {threading.current_thread()}
    iterations = [status.iteration for status in reports if status.job == 0]
    assert iterations == sorted(iterations)
    assert max(iterations) > 5
    assert [s.finished for s in reports] == sorted(s.finished for s in reports)


def test_an_error_ends_all_starts() -> None:
    def fails() -> None:
        if len(holder.asked) == 4:
            raise sn.InvalidInput("shard 3: the file has changed")

    holder = Watched(fails)
    with no_thread_left(), pytest.raises(sn.InvalidInput, match="shard 3"):
        fit_objective(objective_over(holder), STARTS, "lbfgs")


class TestCtrlC:
    def fitted(self, at: int) -> Any:
        """Fits with Ctrl-C before an answer."""

        def press() -> None:
            if len(holder.asked) == at:
                os.kill(os.getpid(), signal.SIGINT)

        holder = Watched(press)
        holder.threads = 1
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            return fit_objective(objective_over(holder), STARTS, "lbfgs")
        finally:
            signal.signal(signal.SIGINT, before)

    def test_every_start_keeps_its_best_point_and_can_be_resumed(self) -> None:
        found = self.fitted(at=7)
        assert found.reasons == ("interrupted",) * 4
        assert (found.iterations > 0).all()
        rest = fit_objective(objective_over(Watched()), [r.state for r in found], max_iter=5)
        for start, run, end in zip(STARTS, found, rest, strict=True):
            whole = fit_objective(
                objective_over(Watched()),
                [start],
                "lbfgs",
                max_iter=int(run.record.iteration[-1]) + 5,
            )[0]
            assert end.theta.tobytes() == whole.theta.tobytes()

    def test_before_the_first_points_it_is_raised(self) -> None:
        with pytest.raises(KeyboardInterrupt):
            self.fitted(at=1)
