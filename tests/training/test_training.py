"""Training: starts, budgets, validation, interruption, resuming to the bit, and what it warns of."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from both_engines import compiled
from sheernet.optimizers import COLUMNS, Row, Step

X, Y = sn.datasets.load_sleep_study().scaled
NOTEBOOK = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)
RESUMABLE = ("gd", "adam", "bfgs", "lbfgs", "lm", "hybrid")


def notebook(seed: int = 0) -> sn.Network:
    return sn.Network.random(NOTEBOOK, seed=seed, scheme="uniform")


def wave(n: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """Rows that no small network fits exactly, so that no method is done early."""
    x = np.linspace(-1.0, 1.0, n)
    return x[:, None], np.sin(5.0 * x) + 0.1 * np.cos(37.0 * np.arange(n))


def ignore(step: Step, row: Row) -> None:
    """An observer, with which a training runs in Python on any engine."""


class Interrupting:
    """An observer that presses Ctrl-C at its k-th call."""

    def __init__(self, call: int) -> None:
        self.calls = 0
        self.call = call

    def __call__(self, step: Step, row: Row) -> None:
        self.calls += 1
        if self.calls == self.call:
            raise KeyboardInterrupt


class TestTheNotebook:
    @pytest.mark.parametrize("method", ["auto", "bfgs"])
    @pytest.mark.parametrize("seed", [0, 1, 2, 3])
    def test_is_trained_to_an_exact_fit_from_twenty_starts(self, method: str, seed: int) -> None:
        training = sn.train(
            notebook(seed), X, Y, method=method, starts=20, seed=seed, scheme="uniform"
        )
        assert training.objective < 1e-9
        errors = training.network.predict(X) - Y
        assert np.allclose(0.5 * np.mean(errors**2), training.objective, rtol=1e-6, atol=1e-18)

    def test_with_a_sum_is_three_times_the_mean(self) -> None:
        ends = [
            sn.train(notebook(), X, Y, max_iter=0, reduction=r).objective for r in ("sum", "mean")
        ]
        assert ends[0] == pytest.approx(3.0 * ends[1], rel=1e-15)

    def test_fits_the_training_rows_of_part_7_and_not_its_test_rows(self) -> None:
        train = sn.datasets.load_sleep_study("train")
        test = sn.datasets.load_sleep_study("test").scaled
        training = sn.train(
            notebook(),
            *train.scaled,
            method="bfgs",
            max_iter=200,
            starts=5,
            scheme="uniform",
            validation=test,
        )
        record = training.record
        assert record.cost[-1] < 0.1 * record.validation_cost[-1]
        assert np.nanmin(record.validation_cost) < record.validation_cost[-1], "it overfits"
        last = 0.5 * np.mean((training.network.predict(test[0]) - test[1]) ** 2)
        assert record.validation_cost[-1] == pytest.approx(last, rel=1e-12)

    def test_overfits_less_under_decay(self) -> None:
        train, test = (sn.datasets.load_sleep_study(subset).scaled for subset in ("train", "test"))
        ends = [
            sn.train(
                notebook(), *train, method="bfgs", decay=decay, validation=test
            ).record.validation_cost[-1]
            for decay in (0.0, 1e-4)
        ]
        assert ends[1] < ends[0]


class TestStarts:
    def test_start_0_is_the_given_network(self) -> None:
        network = notebook(5)
        training = sn.train(network, X, Y, method="bfgs", max_iter=3)
        assert training.initial is network
        value = sn.make_objective(NOTEBOOK, X, Y).value(network.theta)
        assert training.record.objective[0] == value

    def test_a_start_does_not_depend_on_how_many_there_are(self) -> None:
        few, many = (
            sn.train(notebook(), X, Y, method="bfgs", starts=n, seed=3, scheme="uniform")
            for n in (4, 9)
        )
        assert np.array_equal(few.starts.objectives, many.starts.objectives[:4])
        assert np.array_equal(few.starts.iterations, many.starts.iterations[:4])

    def test_the_seed_decides_all_but_start_0(self) -> None:
        ends = [
            sn.train(
                notebook(), X, Y, method="bfgs", starts=3, seed=s, max_iter=2
            ).starts.objectives
            for s in (0, 1)
        ]
        assert ends[0][0] == ends[1][0]
        assert not np.any(ends[0][1:] == ends[1][1:])

    def test_the_best_is_kept_with_its_own_record_and_state(self) -> None:
        training = sn.train(notebook(), X, Y, method="bfgs", starts=8, scheme="uniform")
        starts = training.starts
        assert len(starts) == 8
        assert starts.best == np.argmin(starts.objectives)
        assert training.objective == starts.objectives.min()
        assert training.termination.reason == starts.reasons[starts.best]
        assert training.record.iteration[-1] == starts.iterations[starts.best]
        again = sn.train(training.initial, X, Y, method="bfgs")
        assert np.array_equal(again.network.theta, training.network.theta)

    def test_differences_below_a_billionth_of_where_start_0_began_are_nothing(self) -> None:
        training = sn.train(notebook(), X, Y, method="bfgs", starts=3, scheme="uniform", max_iter=2)
        began = sn.make_objective(NOTEBOOK, X, Y).value(notebook().theta)
        assert training.starts.floor == 1e-9 * began

    def test_of_small_targets_are_told_apart(self) -> None:
        """Where start 0 begins at the scale of the targets: all objectives are below 1e-10, and differ."""
        x, y = wave()
        W1, W2 = np.array([[1.0, -2.0, 3.0]]), np.array([[1e-5], [2e-5], [-1e-5]])
        arch = sn.Architecture((1, 3, 1), bias=False)
        network = sn.Network.from_weights(arch, {"W1": W1, "W2": W2})
        training = sn.train(
            network, x, 1e-5 * y, method="lm", starts=8, max_iter=60, gradient_tolerance=1e-16
        )
        ends = training.starts.objectives
        near = np.count_nonzero(ends <= 1.01 * ends.min())
        assert ends.max() < 1e-10
        assert training.starts.within() == near < 8
        assert not training.starts.floor_decides()

    def test_a_target_ends_them_all(self) -> None:
        training = sn.train(notebook(), X, Y, starts=20, scheme="uniform", target=1e-3)
        assert training.termination.reason == "target_reached"
        assert training.objective <= 1e-3
        assert len(training.starts) < 20 == training.starts.requested
        assert f"{len(training.starts)} of 20 starts ran; the target was reached" in str(
            training.starts
        )

    def test_a_start_that_cannot_be_evaluated_does_not_win(self) -> None:
        arch = sn.Architecture((1, 2, 1))
        hopeless = sn.Network(arch, np.full(arch.n_parameters, 1e300) * np.arange(1, 8))
        training = sn.train(hopeless, *wave(), method="bfgs", starts=3, max_iter=5)
        assert training.starts.reasons[0] == "non_finite"
        assert training.starts.floor == 0.0
        assert training.starts.best > 0
        assert np.isfinite(training.objective)

    def test_where_none_can_be_evaluated_it_is_said_and_nothing_raised(self) -> None:
        arch = sn.Architecture((1, 2, 1))
        hopeless = sn.Network(arch, np.full(arch.n_parameters, 1e300) * np.arange(1, 8))
        training = sn.train(hopeless, *wave(), method="bfgs", validation=wave(5), patience=2)
        assert training.termination.reason == "non_finite"
        assert np.array_equal(training.network.theta, hopeless.theta)
        assert "1 start" in str(training.starts)


class TestBudgets:
    def test_a_start_that_converges_on_its_last_evaluation_is_no_error(self) -> None:
        alone = sn.train(notebook(), X, Y, method="bfgs")
        assert alone.termination.converged
        budget = int(alone.record.value_evaluations[-1])
        training = sn.train(notebook(), X, Y, method="bfgs", starts=3, max_evaluations=budget)
        assert len(training.starts) == 1
        assert training.termination.reason == alone.termination.reason

    def test_time_is_that_of_the_whole_call(self) -> None:
        began, worked = time.perf_counter(), time.process_time()
        training = sn.train(
            notebook(),
            X,
            Y,
            method="bfgs",
            max_iter=3,
            starts=5000,
            time_limit=0.5,
            observers=[ignore],
        )
        assert time.perf_counter() - began >= 0.5
        assert time.process_time() - worked < 5.0  # other programs take no part in it
        assert 1 < len(training.starts) < 5000
        assert training.starts.reasons[-1] == "time_limit"
        assert training.starts.reasons.count("time_limit") == 1

    def test_no_time_at_all_still_evaluates_the_start(self) -> None:
        training = sn.train(notebook(), X, Y, starts=3, time_limit=0)
        assert training.starts.reasons == ("time_limit",)
        assert np.array_equal(training.network.theta, notebook().theta)


class TestValidation:
    def test_with_patience_the_best_iterate_is_the_one_of_lowest_validation_cost(self) -> None:
        train, test = (sn.datasets.load_sleep_study(subset).scaled for subset in ("train", "test"))
        training = sn.train(
            notebook(), *train, method="bfgs", validation=test, patience=4, keep_path=True
        )
        record = training.record
        assert training.termination.reason == "validation_patience"
        best = int(np.argmin(record.validation_cost))
        assert record.iteration[-1] - best == 4
        assert np.array_equal(training.network.theta, record.path[best])
        assert training.objective == record.objective[best]

    def test_a_weight_of_two_is_a_row_given_twice(self) -> None:
        A, b = sn.datasets.load_sleep_study("test").scaled
        given = {"method": "bfgs", "max_iter": 6}
        weighted = sn.train(notebook(), X, Y, validation=(A, b, [2.0, 1.0, 0.0, 1.0]), **given)
        rows = [0, 0, 1, 3]
        repeated = sn.train(notebook(), X, Y, validation=(A[rows], b[rows]), **given)
        plain = sn.train(notebook(), X, Y, validation=(A, b), **given)
        assert weighted.record.validation_cost == pytest.approx(repeated.record.validation_cost)
        assert weighted.record.validation_cost != pytest.approx(plain.record.validation_cost)

    def test_without_patience_it_decides_nothing(self) -> None:
        train, test = (sn.datasets.load_sleep_study(subset).scaled for subset in ("train", "test"))
        with_it = sn.train(notebook(), *train, method="lm", validation=test, max_iter=20)
        without = sn.train(notebook(), *train, method="lm", max_iter=20)
        assert np.array_equal(with_it.network.theta, without.network.theta)
        assert np.isnan(without.record.validation_cost).all()

    def test_cost_leaves_the_penalty_out(self) -> None:
        training = sn.train(
            notebook(), X, Y, method="bfgs", decay=0.1, validation=(X, Y), max_iter=5
        )
        assert np.allclose(training.record.validation_cost, training.record.cost, rtol=1e-13)
        assert np.all(training.record.penalty > 0)


class TestInterruption:
    @pytest.mark.parametrize("method", [*RESUMABLE, "scipy:BFGS"])
    def test_returns_the_best_point_so_far_with_its_record(self, method: str) -> None:
        training = sn.train(notebook(), *wave_of_two(), method=method, observers=[Interrupting(6)])
        assert training.termination.reason == "interrupted"
        assert not training.termination.converged
        assert training.record.iteration.tolist() == [0, 1, 2, 3, 4, 5]
        assert training.objective == training.record.objective.min()
        value = sn.make_objective(NOTEBOOK, *wave_of_two()).value(training.network.theta)
        assert value == training.objective

    def test_in_a_later_start_keeps_the_earlier_ones(self) -> None:
        first = sn.train(notebook(), X, Y, method="bfgs", observers=[ignore])
        training = sn.train(
            notebook(),
            X,
            Y,
            method="bfgs",
            starts=9,
            scheme="uniform",
            observers=[Interrupting(len(first.record) + 3)],
        )
        assert training.starts.reasons == (first.termination.reason, "interrupted")
        assert str(training.starts).startswith("2 of 9 starts ran; interrupted: ")
        assert training.starts.objectives[0] == first.objective

    def test_can_be_resumed(self) -> None:
        stopped = sn.train(notebook(), X, Y, method="bfgs", observers=[Interrupting(8)])
        resumed = sn.train(notebook(), X, Y, resume=stopped, observers=[ignore])
        whole = sn.train(notebook(), X, Y, method="bfgs", observers=[ignore])
        assert np.array_equal(resumed.network.theta, whole.network.theta)


def wave_of_two() -> tuple[np.ndarray, np.ndarray]:
    x, y = wave(12)
    return np.hstack([x, x[::-1] ** 2]), 0.5 + 0.3 * y


OPTIONS: dict[str, dict[str, Any]] = {
    "gd": {"learning_rate": 0.3, "momentum": 0.8},
    "adam": {"learning_rate": 0.05},
    "bfgs": {},
    "lbfgs": {"memory": 3},
    "lm": {},
    "hybrid": {},
}


class TestTargetsOutOfReach:
    @pytest.mark.parametrize(
        ("output", "targets"),
        [("sigmoid", [0.5, 75.0, 1.0]), ("tanh", [-2.0, 0.0, 1.0]), ("relu", [-0.1, 1.0, 2.0])],
    )
    def test_are_warned_of(self, output: str, targets: list[float]) -> None:
        net = sn.Network.random(sn.Architecture((2, 1), output=output))
        with pytest.warns(
            sn.SheernetWarning, match=f"output activation '{output}' gives values between"
        ):
            sn.train(net, X, targets, max_iter=0)

    def test_are_not_those_that_can_be_reached(self) -> None:
        sn.train(
            sn.Network.random(sn.Architecture((2, 1), output="sigmoid")),
            X,
            [0.0, 1.0, 0.5],
            max_iter=0,
        )


class TestThreads:
    def test_of_blas_are_as_many_as_asked_for_and_as_before_afterwards(self) -> None:
        from threadpoolctl import threadpool_info

        def threads() -> set[int]:
            return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}

        before, seen = threads(), []
        watch = {"max_iter": 0, "observers": [lambda step, row: seen.append(threads())]}
        sn.train(notebook(), X, Y, **watch)
        sn.train(notebook(), X, Y, threads=2, engine="reference", **watch)
        assert seen == [{1}, {2}]
        assert threads() == before

    @compiled
    def test_of_blas_are_one_with_the_compiled_engine(self) -> None:
        """Its results have the same bits with any number of threads."""
        from threadpoolctl import threadpool_info

        seen: list[int] = []

        def watch(step: Any, row: Any) -> None:
            seen.extend(p["num_threads"] for p in threadpool_info() if p["user_api"] == "blas")

        sn.train(notebook(), X, Y, max_iter=0, threads=2, engine="compiled", observers=[watch])
        assert set(seen) == {1}


class TestResuming:
    @pytest.mark.parametrize("method", RESUMABLE)
    @pytest.mark.parametrize("first", [0, 1, 7])
    def test_gives_the_run_that_was_not_stopped_bit_for_bit(self, method: str, first: int) -> None:
        network = sn.Network.random(sn.Architecture((2, 4, 1)), seed=2)
        given = {"decay": 1e-3, "keep_path": True}
        own = {"method": method, "seed": 4, **OPTIONS[method]}  # these are remembered
        whole = sn.train(network, *wave_of_two(), max_iter=17, **own, **given)
        part = sn.train(network, *wave_of_two(), max_iter=first, **own, **given)
        rest = sn.train(network, *wave_of_two(), resume=part, max_iter=17 - first, **given)
        assert np.array_equal(rest.network.theta, whole.network.theta)
        assert rest.objective == whole.objective
        assert rest.method == method
        assert rest.termination == whole.termination
        assert np.array_equal(rest.record.path, whole.record.path)
        for column in set(COLUMNS) - {"seconds"}:
            assert np.array_equal(rest.record[column], whole.record[column], equal_nan=True), column
        assert np.all(np.diff(rest.record.seconds) >= 0)
        assert np.array_equal(rest.initial.theta, network.theta)

    def test_with_validation_remembers_the_best_iterate(self) -> None:
        train, test = (sn.datasets.load_sleep_study(subset).scaled for subset in ("train", "test"))
        given = {"validation": test, "patience": 6}
        whole = sn.train(notebook(), *train, method="bfgs", **given)
        part = sn.train(notebook(), *train, method="bfgs", max_iter=len(whole.record) - 4, **given)
        rest = sn.train(notebook(), *train, resume=part, **given)
        assert whole.termination.reason == rest.termination.reason == "validation_patience"
        assert len(rest.record) == len(whole.record)
        assert np.array_equal(rest.network.theta, whole.network.theta)

    def test_of_scipy_is_refused_in_a_sentence(self) -> None:
        training = sn.train(notebook(), X, Y, method="scipy:BFGS", max_iter=3)
        assert training.state is None
        with pytest.raises(
            sn.InvalidInput, match=r"'scipy:BFGS' cannot be resumed.* train\(training.network"
        ):
            sn.train(notebook(), X, Y, resume=training)

    def test_by_another_method_is_refused(self) -> None:
        training = sn.train(notebook(), X, Y, method="lm", max_iter=3)
        with pytest.raises(sn.InvalidInput, match="'lm' and cannot be resumed by 'bfgs'"):
            sn.train(notebook(), X, Y, resume=training, method="bfgs")

    @pytest.mark.parametrize("method", RESUMABLE)
    @pytest.mark.parametrize(
        "other",
        [
            {"X": wave_of_two()[0] + 1e-9},
            {"y": wave_of_two()[1][::-1]},
            {"cost": "huber"},
            {"reduction": "sum"},
            {"decay": 2e-3},
            {"weights": np.arange(1.0, 13.0)},
        ],
        ids=lambda other: next(iter(other)),
    )
    def test_on_another_objective_is_refused(self, method: str, other: dict[str, Any]) -> None:
        network = sn.Network.random(sn.Architecture((2, 4, 1)), seed=2)
        same: dict[str, Any] = dict(zip("Xy", wave_of_two(), strict=True)) | {"decay": 1e-3}
        training = sn.train(network, **same, method=method, max_iter=3, **OPTIONS[method])
        seen: list[object] = []
        with pytest.raises(
            sn.InvalidInput,
            match=r"belongs to a different objective \(its last value is .*, but .* given objective .*\); "
            r"pass the same X, y",
        ) as caught:
            sn.train(
                network, **same | other, resume=training, observers=[lambda s, r: seen.append(s)]
            )
        assert seen == []
        assert repr(float(training.record.objective[-1])) in str(caught.value)

    @pytest.mark.parametrize(
        "other",
        [sn.Architecture((2, 5, 1)), sn.Architecture((2, 3, 1), hidden="tanh", output="sigmoid", bias=False)],
        ids=str,
    )  # fmt: skip
    def test_of_another_network_is_refused(self, other: sn.Architecture) -> None:
        training = sn.train(notebook(), X, Y, method="bfgs", max_iter=3)
        with pytest.raises(
            sn.InvalidInput,
            match=r"belongs to a different network \(2-3-1, sigmoid.*\) than the given network \(2-",
        ):
            sn.train(sn.Network.random(other), X, Y, resume=training)

    def test_keeps_how_the_other_starts_ended(self) -> None:
        given: dict[str, Any] = {"method": "bfgs", "max_iter": 4}
        first = sn.train(notebook(), X, Y, starts=5, seed=3, scheme="uniform", **given)
        best = first.starts.best
        assert best != 0
        resumed = sn.train(notebook(), X, Y, resume=first)
        before, after = first.starts, resumed.starts
        others = np.arange(5) != best
        for name in ("objectives", "iterations", "seconds"):
            assert np.array_equal(getattr(after, name)[others], getattr(before, name)[others]), name
        assert after.reasons == (
            *before.reasons[:best],
            resumed.termination.reason,
            *before.reasons[best + 1 :],
        )
        assert after.best == best
        assert after.objectives[best] == resumed.objective < first.objective
        assert after.iterations[best] == resumed.record.iteration[-1] > 4
        assert after.seconds[best] == resumed.record.seconds[-1]
        assert (after.seed, after.scheme) == (3, "uniform")
        assert (after.floor, after.requested) == (before.floor, 5)

    def test_of_several_starts_is_refused(self) -> None:
        training = sn.train(notebook(), X, Y, max_iter=3)
        with pytest.raises(sn.InvalidInput, match="resumed with starts=1, but starts=4"):
            sn.train(notebook(), X, Y, resume=training, starts=4)


class TestWarnings:
    def test_two_hidden_units_that_start_identical(self) -> None:
        network = sn.Network(NOTEBOOK, np.full(9, 0.5))
        with pytest.warns(
            sn.SheernetWarning, match="hidden units 1 and 2 of layer 1 have identical"
        ) as caught:
            sn.train(network, X, Y, max_iter=1)
        assert caught[0].filename == __file__

    def test_a_constant_target(self) -> None:
        with pytest.warns(sn.SheernetWarning, match="all targets are equal") as caught:
            sn.train(notebook(), *sn.datasets.load_iris_rows().scaled, max_iter=1)
        assert caught[0].filename == __file__

    @pytest.mark.parametrize(
        ("columns", "message"),
        [
            ([[0.1, 0.5], [0.2, 0.5], [0.3, 0.5]], "target column 2 is constant: the network can"),
            ([[0.5, 0.1], [0.5, 0.2], [0.5, 0.3]], "target column 1 is constant"),
            ([[0.5, 0.1]] * 3, "target columns 1 and 2 are constant"),
        ],
    )
    def test_a_constant_column_among_several(self, columns: list[Any], message: str) -> None:
        network = sn.Network.random(sn.Architecture((2, 3, 2)))
        with pytest.warns(sn.SheernetWarning, match=message):
            sn.train(network, X, columns, max_iter=1)

    def test_a_target_that_is_constant_where_it_weighs(self) -> None:
        with pytest.warns(sn.SheernetWarning, match="all targets are equal"):
            sn.train(notebook(), X, [0.5, 0.5, 0.9], weights=[1.0, 2.0, 0.0], max_iter=1)

    def test_not_a_target_that_varies_in_rows_that_weigh_though_the_first_does_not(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            sn.train(notebook(), X, [0.5, 0.5, 0.9], weights=[0.0, 2.0, 1.0], max_iter=1)

    def test_a_single_row(self) -> None:
        with pytest.warns(sn.SheernetWarning, match="a single training row"):
            sn.train(notebook(), X[:1], Y[:1], max_iter=1)

    def test_a_single_row_that_weighs(self) -> None:
        with pytest.warns(sn.SheernetWarning, match="a single training row"):
            sn.train(notebook(), X, Y, weights=[0.0, 2.0, 0.0], max_iter=1)

    def test_and_trains_all_the_same(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", sn.SheernetWarning)
            training = sn.train(
                notebook(), *sn.datasets.load_iris_rows().scaled, method="bfgs", max_iter=200
            )
        assert training.objective < 1e-3

    def test_nothing_otherwise(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            sn.train(notebook(), X, Y, starts=3)


class TestWhatIsKept:
    def test_settings_are_the_arguments_of_the_call(self) -> None:
        training = sn.train(
            notebook(), X, Y, method="adam", starts=2, seed=7, max_iter=9, learning_rate=0.5
        )
        expected = {
            "method": "adam", "options": {"learning_rate": 0.5}, "cost": "squared_error",
            "reduction": "mean", "starts": 2, "seed": 7, "scheme": "glorot", "max_iter": 9,
            "gradient_tolerance": 1e-8, "cost_tolerance": 0.0, "target": None, "max_evaluations": None,
            "time_limit": None, "patience": None,
        }  # fmt: skip
        assert training.settings == expected

    def test_the_settled_method_and_engine(self) -> None:
        training = sn.train(notebook(), X, Y, max_iter=1)
        assert (training.method, training.engine) == ("hybrid", sn.engines.resolve("auto"))
        assert repr(training) == (
            "<training of 2-3-1, sigmoid, sigmoid output, no biases: hybrid, 1 iterations, "
            f"objective {training.objective:.6g}, max_iterations>"
        )

    def test_theta_of_every_iteration_on_request_only(self) -> None:
        kept = sn.train(notebook(), X, Y, method="bfgs", max_iter=5, keep_path=True).record
        assert kept.path.shape == (6, 9)
        assert np.array_equal(kept.path[0], notebook().theta)
        assert sn.train(notebook(), X, Y, max_iter=5).record.path is None

    def test_decay_as_a_vector(self) -> None:
        training = sn.train(notebook(), X, Y, decay={"W2": 0.5}, max_iter=1)
        assert training.decay.tolist() == [0.0] * 6 + [0.5] * 3

    def test_weights_count_as_rows(self) -> None:
        repeated = sn.train(
            notebook(), np.vstack([X, X[:1]]), np.vstack([Y, Y[:1]]), method="lm", max_iter=8
        )
        weighted = sn.train(notebook(), X, Y, weights=[2.0, 1.0, 1.0], method="lm", max_iter=8)
        assert np.allclose(
            weighted.record.objective, repeated.record.objective, rtol=1e-6, atol=1e-15
        )


class TestObservers:
    def test_see_every_step_and_row_of_every_start(self) -> None:
        seen: list[tuple[int, float]] = []
        training = sn.train(
            notebook(), X, Y, method="bfgs", starts=3, max_iter=4,
            observers=[lambda step, row: seen.append((step.iteration, row.objective))],
        )  # fmt: skip
        assert [iteration for iteration, _ in seen] == [0, 1, 2, 3, 4] * 3
        mine = seen[5 * training.starts.best :][:5]
        assert [value for _, value in mine] == training.record.objective.tolist()

    def test_progress_is_one_of_them(self, capsys) -> None:
        sn.train(notebook(), X, Y, starts=2, max_iter=2, progress=True, engine="reference")
        output = capsys.readouterr()
        assert output.out == ""
        assert output.err.startswith("start 1 of 2: iteration 0, objective ")


class TestBadArguments:
    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"starts": 0}, "starts must be a whole number of at least 1, but 0"),
            ({"starts": 2.0}, "starts must be a whole number of at least 1, but 2.0"),
            ({"starts": True}, "starts must be a whole number"),
            ({"seed": -1}, "seed must be a whole number of at least 0, or None, but -1"),
            ({"method": "bgfs"}, "did you mean 'bfgs'"),
            (
                {"validation": 3},
                r"validation must be a pair \(X, y\), or \(X, y, weights\), but int was given",
            ),
            (
                {"validation": (X,)},
                r"validation must be a pair \(X, y\), or \(X, y, weights\), but tuple was given",
            ),
            ({"validation": (X[:, :1], Y)}, "X has 1 column but the network expects 2"),
            ({"patience": 3}, "patience needs validation"),
            (
                {"patience": 0, "validation": (X, Y)},
                "patience must be a whole number of at least 1",
            ),
            ({"max_iter": -1}, "max_iter must be a whole number of at least 0"),
            ({"max_evaluations": 0}, "max_evaluations must be a whole number of at least 1"),
            ({"max_evaluations": "many"}, "max_evaluations must be a whole number of at least 1"),
            ({"time_limit": -1}, "time_limit must be a number of at least 0 .seconds."),
            ({"time_limit": "1 h"}, "time_limit must be a number of at least 0 .seconds."),
            (
                {"gradient_tolerance": float("nan")},
                "gradient_tolerance must be a number of at least 0",
            ),
            ({"engine": "gpu"}, "engine 'gpu' is not recognized"),
            ({"cost": "cross_entropy"}, "cost 'cross_entropy' needs output activation 'softmax'"),
        ],
    )
    def test_is_refused_in_a_sentence_before_anything_is_evaluated(
        self, given: dict[str, Any], message: str
    ) -> None:
        seen: list[object] = []
        with pytest.raises(sn.InvalidInput, match=message):
            sn.train(notebook(), X, Y, observers=[lambda step, row: seen.append(step)], **given)
        assert seen == []

    def test_tables_that_do_not_fit(self) -> None:
        with pytest.raises(sn.ShapeMismatch, match="X has 3 rows and y has 2 rows"):
            sn.train(notebook(), X, Y[:2])
        with pytest.raises(
            sn.ShapeMismatch, match=r"X has 1 column but the network expects 2 \(W1 is \(2, 3\)\)"
        ):
            sn.train(notebook(), X[:, :1], Y)


def sine(factor: float = 1.0, value: Callable[[Any], Any] = np.sin) -> sn.activations.Activation:
    """An activation of a person's own whose derivative is wrong by a factor."""
    return sn.activations.Activation("my_sine", value, lambda z: factor * np.cos(z), None, "", "")


def with_sine(*arguments: Any) -> sn.Network:
    return sn.Network.random(sn.Architecture((1, 4, 1), hidden=sine(*arguments)), seed=0)


def real_sine(z: Any) -> Any:
    """As many functions of SciPy: not for complex numbers."""
    if np.iscomplexobj(z):
        raise TypeError("ufunc 'my_sine' not supported for the input types")
    return np.sin(z)


class TestCheck:
    def test_a_wrong_derivative_is_named_before_anything_is_trained(self) -> None:
        steps: list[Any] = []
        with pytest.raises(
            sn.GradientMismatch, match=r"W1 is 2 times the derivative\sand b1 is 2 times"
        ) as caught:
            sn.train(
                with_sine(2.0), *wave(), check=True, observers=[lambda *step: steps.append(step)]
            )
        assert str(caught.value).startswith("Gradient check: FAIL")
        assert steps == []

    def test_is_not_made_unless_asked_for(self) -> None:
        assert len(sn.train(with_sine(2.0), *wave(), method="gd", max_iter=2).record) == 3

    def test_a_right_one_is_trained_as_without(self) -> None:
        checked = sn.train(with_sine(), *wave(), check=True, max_iter=20)
        assert np.array_equal(
            checked.network.theta, sn.train(with_sine(), *wave(), max_iter=20).network.theta
        )

    def test_does_without_complex_values_where_there_are_none(self) -> None:
        sn.train(with_sine(1.0, real_sine), *wave(), check=True, max_iter=1)
        with pytest.raises(sn.GradientMismatch, match="Method: central differences"):
            sn.train(with_sine(2.0, real_sine), *wave(), check=True, max_iter=1)


class TestSearchesThatFail:
    """A wrong gradient shows as a search that finds nothing: what the check finds there is told."""

    @pytest.mark.parametrize(
        ("method", "reason"),
        [
            ("bfgs", "line_search_failed"),
            ("lbfgs", "line_search_failed"),
            ("scipy:BFGS", "line_search_failed"),
            ("lm", "damping_limit"),
        ],
    )
    def test_name_a_wrong_derivative(self, method: str, reason: str) -> None:
        net = sn.Network.random(sn.Architecture((1, 4, 1), hidden=sine(-1.0)), seed=1)
        training = sn.train(net, *wave(), method=method, max_iter=300)
        assert training.termination.reason == reason
        message = training.termination.message
        assert message.startswith("SciPy" if ":" in method else sn.optimizers.TERMINATIONS[reason])
        assert "A check of the gradient at this point FAILED: " in message
        assert "W1 is -1 times the derivative and b1 is -1 times" in message

    def test_say_that_a_right_one_is_right(self, monkeypatch) -> None:
        """SciPy gives up on a kink of relu, where the gradient is right."""
        relu = sn.Network.random(sn.Architecture((1, 4, 1), hidden="relu"), seed=0)
        training = sn.train(relu, *wave(), method="scipy:BFGS", max_iter=300)
        assert training.termination.reason == "line_search_failed"
        assert training.termination.message.endswith(
            " A check of the gradient at this point passed."
        )
