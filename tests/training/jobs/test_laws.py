"""Laws of fits in C++: what changes no bit, what is independent of what, and whose the arrays are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from both_engines import compiled
from training.jobs.twins import METHODS, all_in_cpp, assert_same_bits, in_cpp, start_of, wave

pytestmark = compiled


def starts(objective: Any, n: int) -> list[np.ndarray]:
    return [start_of(objective, seed) for seed in range(n)]


def assert_same_fits(first: sn.jobs.Fits, second: sn.jobs.Fits) -> None:
    assert len(first) == len(second)
    assert first.best == second.best
    assert first.reasons == second.reasons
    for column in ("objectives", "iterations", "validation_costs", "first_objectives"):
        np.testing.assert_array_equal(getattr(first, column), getattr(second, column))
    for one, other in zip(first, second, strict=True):
        assert_same_bits(one, other)


def rows_of(fits: sn.jobs.Fits) -> list[Any]:
    return [(run.theta, run.gradient, run.record.to_dict()) for run in fits]


@pytest.mark.parametrize("method", METHODS)
class TestNoBitChanges:
    @pytest.mark.parametrize("rows", [30, 3000])
    def test_with_the_number_of_threads(self, method: str, rows: int) -> None:
        """3000 rows are several chunks, which several threads share."""
        hidden = (5,) if rows < 100 else (8, 5)
        objectives = [wave(rows, hidden, threads=threads) for threads in (1, 2, 3, 5)]
        jobs = [sn.jobs.Job(start) for start in starts(objectives[0], 7)]
        given = {"max_iter": 6, "keep_path": True, "validation": objectives[0]}
        one, *others = [all_in_cpp(objective, jobs, method, **given) for objective in objectives]
        for other in others:
            assert_same_fits(one, other)

    def test_with_the_number_of_threads_if_lapack_factors(self, method: str) -> None:
        """bfgs factors a matrix at iteration 50."""
        objectives = [wave(60, (15,), threads=threads) for threads in (1, 3)]
        jobs = [sn.jobs.Job(start) for start in starts(objectives[0], 3)]
        one, other = (all_in_cpp(each, jobs, method, max_iter=55) for each in objectives)
        assert_same_fits(one, other)

    @pytest.mark.parametrize("threads", [1, 3])
    def test_with_the_company_that_a_job_is_in(self, method: str, threads: int) -> None:
        objective = wave(threads=threads)
        decays = [None, 1e-3, np.linspace(0.0, 1e-2, objective.size), {"W1": 0.1}]
        weights = [None, np.arange(40.0), np.tile([0.0, 1.0], 20)]
        jobs = [
            sn.jobs.Job(start_of(objective, seed), decay, weight)
            for seed, (decay, weight) in enumerate((d, w) for d in decays for w in weights)
        ]
        given = {"max_iter": 8, "keep_path": True}
        fits = all_in_cpp(objective, jobs, method, **given)
        for job, run in zip(jobs, fits, strict=True):
            alone = all_in_cpp(objective, [job], method, **given)[0]
            assert_same_bits(alone, run)

    def test_with_the_order_of_the_jobs(self, method: str) -> None:
        objective = wave(threads=2)
        begun = starts(objective, 6)
        fits = all_in_cpp(objective, [sn.jobs.Job(start) for start in begun], method, max_iter=7)
        back = all_in_cpp(
            objective, [sn.jobs.Job(start) for start in begun[::-1]], method, max_iter=7
        )
        for run, other in zip(fits, [*back][::-1], strict=True):
            assert_same_bits(run, other)
        assert fits.best == 5 - back.best
        np.testing.assert_array_equal(
            [run.record.objective[0] for run in fits], fits.first_objectives
        )

    def test_with_what_ran_before(self, method: str) -> None:
        objective, other = wave(), wave(3000, (9, 4), threads=2)
        begin = start_of(objective)
        first = in_cpp(objective, begin, method, max_iter=9, keep_path=True)
        for before in METHODS:
            in_cpp(other, start_of(other), before, max_iter=2)
            in_cpp(objective, 3.0 * begin, before, max_iter=5)
            assert_same_bits(in_cpp(objective, begin, method, max_iter=9, keep_path=True), first)

    def test_with_a_validation_that_decides_nothing(self, method: str) -> None:
        objective = wave()
        without = in_cpp(objective, start_of(objective), method, max_iter=9)
        with_it = in_cpp(
            objective, start_of(objective), method, max_iter=9, validation=wave(17, decay=0.0)
        )
        assert_same_bits(without, with_it, but=("seconds", "validation_cost"))


@pytest.mark.parametrize("method", METHODS)
class TestAJob:
    def test_of_a_weight_of_0_is_one_without_the_row(self, method: str) -> None:
        x = np.linspace(-1.0, 1.0, 12)
        arch = sn.Architecture((1, 3, 1))
        kept = np.arange(12) % 3 != 1
        everything, some = (
            sn.make_objective(
                arch, x[rows], np.sin(3 * x[rows]), decay=1e-3, engine="compiled", threads=1
            )
            for rows in (slice(None), kept)
        )
        start = start_of(everything)
        weighted = all_in_cpp(
            everything, [sn.jobs.Job(start, weights=kept.astype(float))], method, max_iter=9
        )[0]
        assert_same_bits(weighted, in_cpp(some, start, method, max_iter=9))

    def test_with_a_decay_is_one_of_the_objective_with_that_decay(self, method: str) -> None:
        objective = wave(decay=0.5)
        job = sn.jobs.Job(start_of(objective), decay={"W2": 0.1})
        alone = in_cpp(wave(decay={"W2": 0.1}), job.start, method, max_iter=9)
        assert_same_bits(all_in_cpp(objective, [job], method, max_iter=9)[0], alone)

    def test_of_weights_0_everywhere_is_refused_before_anything_is_fitted(
        self, method: str
    ) -> None:
        objective, heard = wave(), []
        jobs = [
            sn.jobs.Job(start_of(objective)),
            sn.jobs.Job(start_of(objective), weights=np.zeros(40)),
        ]
        with pytest.raises(sn.InvalidInput):
            sn.jobs.fit_jobs(objective, jobs, method, report_progress=heard.append)
        assert heard == []


class TestObjectives:
    def test_are_told_apart_where_weights_are_equal_but_made_anew(self) -> None:
        """Temporary arrays may lie where an earlier one did: jobs hold on to theirs."""
        objective = wave()
        jobs = [sn.jobs.Job(start_of(objective), weights=np.full(40, 1.0 + k)) for k in range(5)]
        fits = all_in_cpp(objective.replace(decay=0.1), jobs, "bfgs", max_iter=0)
        assert len(set(fits.objectives)) == 1, "means of equal weights are equal"
        given = [np.arange(40.0) + k for k in range(5)]
        jobs = [sn.jobs.Job(start_of(objective), weights=weights) for weights in given]
        ends = all_in_cpp(objective, jobs, "bfgs", max_iter=0).objectives
        expected = [
            objective.replace(weights=weights).value(start_of(objective)) for weights in given
        ]
        np.testing.assert_array_equal(ends, expected)


class TestArrays:
    @pytest.mark.parametrize("method", METHODS)
    def test_that_go_in_are_not_written(self, method: str) -> None:
        objective = wave()
        given = [start_of(objective), np.arange(40.0), np.full(objective.size, 0.1)]
        state = in_cpp(objective, given[0], method, max_iter=3).state
        before = [array.copy() for array in given]
        jobs = [sn.jobs.Job(given[0], given[2], given[1]), sn.jobs.Job(state)]
        all_in_cpp(objective, jobs, method, max_iter=5)
        for array, copy in zip(given, before, strict=True):
            np.testing.assert_array_equal(array, copy)

    def test_may_be_read_only_strided_or_of_other_numbers(self) -> None:
        objective = wave()
        start = start_of(objective)
        expected = in_cpp(objective, start, "bfgs", max_iter=4)
        frozen = start.copy()
        frozen.flags.writeable = False
        strided = np.repeat(start, 3)[::3]
        swapped = start.astype(">f8")
        for begin in (frozen, strided, swapped, start.tolist()):
            for jobs in ([sn.jobs.Job(begin)], [sn.jobs.Job(start), sn.jobs.Job(begin)]):
                assert_same_bits(all_in_cpp(objective, jobs, "bfgs", max_iter=4)[-1], expected)
        whole = np.arange(start.size)
        rounded = in_cpp(objective, whole, "bfgs", max_iter=4)
        assert_same_bits(rounded, in_cpp(objective, whole.astype(float), "bfgs", max_iter=4))

    def test_that_come_out_are_the_callers(self) -> None:
        objective = wave()
        jobs = [sn.jobs.Job(start) for start in starts(objective, 3)]
        fits, untouched = (
            all_in_cpp(objective, jobs, "lm", max_iter=4, keep_path=True) for _ in range(2)
        )
        for run in fits:
            run.record.path[:] = 7.0
            run.record.objective[:] = 7.0
            with pytest.raises(ValueError, match="read-only"):
                run.theta[:] = 7.0
        assert_same_fits(fits, untouched)

    def test_outlive_the_fits(self) -> None:
        objective = wave()
        fits = all_in_cpp(
            objective, [sn.jobs.Job(start_of(objective))], "lbfgs", max_iter=6, keep_path=True
        )
        run = fits[0]
        copies = [run.theta.copy(), run.record.path.copy(), run.state.state.pairs[0].s.copy()]
        del fits, objective
        for _ in range(20):
            wave(200)
        for array, copy in zip(
            [run.theta, run.record.path, run.state.state.pairs[0].s], copies, strict=True
        ):
            np.testing.assert_array_equal(array, copy)


class TestNumbersGiven:
    def test_may_be_those_of_numpy(self) -> None:
        objective = wave()
        validation = wave(17, decay=0.0)
        python = {"max_iter": 7, "gradient_tolerance": 0.0, "cost_tolerance": 0.0, "max_evaluations": 50,
                  "time_limit": 100.0, "target": 0.0, "patience": 9}  # fmt: skip
        kinds: Sequence[Any] = (
            np.int64,
            np.float32,
            float,
            np.int32,
            np.float64,
            np.float32,
            np.int16,
        )
        numpy = {name: kind(python[name]) for name, kind in zip(python, kinds, strict=True)}
        runs = [
            in_cpp(
                objective,
                start_of(objective),
                "bfgs",
                validation=validation,
                c1=kind(0.25),
                c2=0.5,
                **given,
            )
            for given, kind in ((python, float), (numpy, np.float32))
        ]
        assert_same_bits(*runs)

    def test_may_be_endless(self) -> None:
        objective = wave()
        run = in_cpp(objective, start_of(objective), "lm", max_iter=10**30, time_limit=np.inf)
        assert run.termination.reason == "gradient_tolerance"


class TestWhatIsRefused:
    @pytest.mark.parametrize("method", METHODS)
    def test_a_start_of_another_size(self, method: str) -> None:
        objective = wave()
        right, wrong = start_of(objective), np.zeros(3)
        for jobs in ([sn.jobs.Job(wrong)], [sn.jobs.Job(right), sn.jobs.Job(wrong)]):
            with pytest.raises(
                sn.ShapeMismatch, match=r"start has shape \(3,\) but the objective expects"
            ):
                sn.jobs.fit_jobs(objective, jobs, method)

    def test_a_validation_of_another_size(self) -> None:
        objective, larger = wave(), wave(hidden=(30,))
        with pytest.raises(
            sn.ShapeMismatch, match="validation has 91 parameters, but the objective has 13"
        ):
            sn.jobs.fit_jobs(
                objective, [sn.jobs.Job(start_of(objective))], "bfgs", validation=larger
            )

    @pytest.mark.parametrize(
        ("method", "option", "message"),
        [
            ("bfgs", {"c1": 0.5, "c2": 0.1}, "c1 and c2 must satisfy"),
            ("lbfgs", {"memory": 0}, "memory must be a whole number"),
            ("lbfgs", {"memory": 2.0}, "memory must be a whole number"),
            ("lm", {"tau": -1.0}, "tau must be positive"),
            *((method, {"polish": 1}, "polish must be True or False") for method in METHODS),
            ("lm", {"memory": 3}, "option of method 'lm': 'memory'"),
        ],
    )
    def test_an_option_that_is_not_allowed(
        self, method: str, option: dict[str, Any], message: str
    ) -> None:
        objective = wave()
        with pytest.raises(sn.InvalidInput, match=message):
            sn.jobs.fit_jobs(objective, [sn.jobs.Job(start_of(objective))], method, **option)

    def test_no_job_at_all(self) -> None:
        with pytest.raises(sn.InvalidInput, match="there are no jobs to fit"):
            sn.jobs.fit_jobs(wave(), [])


class TestNumbersOfAnySize:
    @pytest.mark.parametrize(
        ("method", "option", "huge"),
        [
            ("bfgs", "max_iter", 10**400),
            ("lm", "patience", 2**64),
            ("lbfgs", "memory", 2**64),
        ],
        ids=["max_iter", "patience", "memory"],
    )
    def test_mean_what_large_ones_mean(self, method: str, option: str, huge: int) -> None:
        objective = wave()
        large, found = (
            sn.jobs.fit_jobs(
                objective, [sn.jobs.Job(start_of(objective))], method, validation=objective, **{option: number}
            )
            for number in (10_000, huge)
        )  # fmt: skip
        assert_same_fits(large, found)


def test_a_checkpoint_can_be_changed() -> None:
    objective = wave()
    state = sn.jobs.fit_jobs(objective, [sn.jobs.Job(start_of(objective))], "bfgs", max_iter=3)[
        0
    ].state
    assert state is not None
    changed = replace(state, best=replace(state.best, value=7.0))
    assert (changed.best.value, changed.method) == (7.0, "bfgs")
    np.testing.assert_array_equal(changed.state.theta, state.state.theta)
