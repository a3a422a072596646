"""Records of fits in C++: the columns that the Python driver's have, with the same in them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sheernet as sn
from both_engines import compiled as needs_compiled
from contracts.cases import Case
from sheernet.optimizers import COLUMNS, Run
from training.jobs.twins import (
    METHODS,
    all_in_cpp,
    assert_close,
    both,
    case_of,
    compiled,
    in_cpp,
    one_by_one,
    start_of,
    wave,
)

pytestmark = needs_compiled


def fit(method: str, **settings: Any) -> tuple[Run, Run]:
    objective = wave()
    return both(objective, start_of(objective), method, max_iter=6, **settings)


@pytest.mark.parametrize("method", METHODS)
class TestColumns:
    def test_have_the_types_and_shapes_of_python(self, method: str) -> None:
        counted = {"iteration", "value_evaluations", "gradient_evaluations"}
        native, python = fit(method, keep_path=True, validation=wave(17, decay=0.0))
        for column in COLUMNS:
            a, b = native.record[column], python.record[column]
            assert (a.dtype, a.shape) == (b.dtype, b.shape), column
            assert a.dtype == (np.int64 if column in counted else np.float64), column
            assert a.flags.c_contiguous
            assert a.flags.writeable == b.flags.writeable
        assert native.record.path.shape == python.record.path.shape == (7, 13)
        assert native.record.to_dict().keys() == python.record.to_dict().keys()

    def test_are_those_of_python(self, method: str) -> None:
        assert_close(*fit(method, keep_path=True, validation=wave(17, decay=0.0)))

    def test_row_0_is_the_start(self, method: str) -> None:
        native, python = fit(method, keep_path=True)
        objective = wave()
        start = start_of(objective)
        value, gradient = objective.value_and_gradient(start)
        record = native.record
        np.testing.assert_array_equal(record.path[0], start)
        assert record.iteration[0] == 0
        assert record.objective[0] == value
        units = objective.standard_units.gradient
        assert record.gradient_norm[0] == np.abs(gradient / units).max()
        assert np.isnan(record.step_length[0])
        assert (record.value_evaluations[0], record.gradient_evaluations[0]) == (1, 1)
        np.testing.assert_array_equal(record.damping[0], python.record.damping[0])
        assert np.isnan(record.damping).all() == (method not in ("lm", "hybrid"))

    def test_tell_what_the_objective_is_at_each_theta(self, method: str) -> None:
        native, _ = fit(method, keep_path=True)
        objective, record = wave(), native.record
        for row, theta in enumerate(record.path):
            value, gradient = objective.value_and_gradient(theta)
            assert record.objective[row] == value
            units = objective.standard_units.gradient
            assert record.gradient_norm[row] == np.abs(gradient / units).max()
        np.testing.assert_array_equal(native.gradient, gradient)
        np.testing.assert_array_equal(native.theta, record.path[-1])

    def test_seconds_grow(self, method: str) -> None:
        native, _ = fit(method)
        assert np.all(np.diff(native.record.seconds) >= 0.0)
        assert 0.0 <= native.record.seconds[0] <= native.record.seconds[-1] < 1.0

    def test_without_validation_nothing_is_known_of_it(self, method: str) -> None:
        assert np.isnan(fit(method)[0].record.validation_cost).all()

    def test_validation_cost_is_that_of_each_theta(self, method: str) -> None:
        held_out = wave(17, decay=0.0)
        record = fit(method, keep_path=True, validation=held_out)[0].record
        expected = [held_out.value(theta) for theta in record.path]
        np.testing.assert_array_equal(record.validation_cost, expected)

    def test_a_path_is_kept_on_request_only(self, method: str) -> None:
        assert fit(method)[0].record.path is None

    def test_go_on_from_a_resumed_run(self, method: str) -> None:
        objective = wave()
        first = in_cpp(objective, start_of(objective), method, max_iter=3)
        native, python = both(objective, first.state, method, max_iter=3, keep_path=True)
        assert_close(native, python)
        assert native.record.iteration.tolist() == [3, 4, 5, 6]
        assert native.record.value_evaluations[0] == 0


@pytest.mark.parametrize("method", METHODS)
class TestCostAndPenalty:
    def test_add_up(self, method: str) -> None:
        objective = wave(decay=0.01)
        record = in_cpp(objective, start_of(objective), method, max_iter=8, keep_path=True).record
        np.testing.assert_allclose(record.cost + record.penalty, record.objective, rtol=1e-15)
        penalty = 0.5 * 0.01 * (record.path**2).sum(axis=1)
        np.testing.assert_allclose(record.penalty, penalty, rtol=1e-14)

    def test_without_decay_all_is_cost(self, method: str) -> None:
        objective = wave(decay=0.0)
        record = in_cpp(objective, start_of(objective), method, max_iter=8).record
        np.testing.assert_array_equal(record.cost, record.objective)
        np.testing.assert_array_equal(record.penalty, 0.0)

    @pytest.mark.parametrize("power", range(-20, 21, 4))
    def test_are_those_of_python_whichever_is_larger(self, method: str, power: int) -> None:
        """Beside a penalty of 1e20 a cost of 1 is below the last bit of the objective: it is computed by itself."""
        objective = wave(decay=10.0**power)
        native, python = both(objective, start_of(objective), method, max_iter=0)
        for column in ("cost", "penalty"):
            np.testing.assert_allclose(native.record[column], python.record[column], rtol=1e-14)
        cost, penalty, _ = objective.terms(start_of(objective))
        assert native.record.penalty[0] == pytest.approx(penalty, rel=1e-14)
        assert native.record.cost[0] == pytest.approx(
            cost, rel=1e-14 + 1e-15 * penalty / cost * (power < 0)
        )
        if penalty > 0.5 * (cost + penalty):
            assert native.record.cost[0] == cost

    def test_cost_of_an_exact_fit_under_a_penalty_is_not_negative(self, method: str) -> None:
        """The difference of objective and penalty is rounding there: 0, as in Python."""
        arch = sn.Architecture((1, 1), bias=False)
        objective = compiled(arch, [0.0, 0.0], [0.0, 0.0], decay=0.3)
        native, python = both(objective, [1.7], method)
        assert np.all(native.record.cost >= 0.0)
        np.testing.assert_array_equal(native.record.cost == 0.0, python.record.cost == 0.0)

    @pytest.mark.parametrize("seed", range(8))
    def test_of_random_problems_are_those_of_python(self, method: str, seed: int) -> None:
        case: Case = case_of(
            seed, decay="mapping", hidden=("tanh", "softplus"), hidden_layers=[0, 1]
        )
        native, python = both(
            case.objective("compiled"), case.theta, method, max_iter=4, keep_path=True
        )
        assert_close(native, python)


class TestFits:
    @pytest.mark.parametrize("method", METHODS)
    def test_have_the_columns_of_their_runs(self, method: str) -> None:
        objective, held_out = wave(threads=2), wave(17, decay=0.0)
        jobs = [sn.jobs.Job(start_of(objective, seed)) for seed in range(5)]
        given = {"max_iter": 4, "validation": held_out}
        native, python = (run(objective, jobs, method, **given) for run in (all_in_cpp, one_by_one))
        for fits in (native, python):
            assert len(fits) == 5
            np.testing.assert_array_equal(fits.objectives, [run.objective for run in fits])
            np.testing.assert_array_equal(
                fits.first_objectives, [run.record.objective[0] for run in fits]
            )
            np.testing.assert_array_equal(
                fits.iterations, [run.record.iteration[-1] for run in fits]
            )
            np.testing.assert_array_equal(fits.seconds, [run.record.seconds[-1] for run in fits])
            np.testing.assert_array_equal(
                fits.validation_costs, [run.record.validation_cost.min() for run in fits]
            )
            assert fits.reasons == tuple(run.termination.reason for run in fits)
            assert fits.iterations.dtype == np.int64
        assert native.best == python.best
        np.testing.assert_allclose(native.objectives, python.objectives, rtol=1e-9)

    def test_are_numbered_from_either_end(self) -> None:
        objective = wave()
        jobs = [sn.jobs.Job(start_of(objective, seed)) for seed in range(3)]
        fits = all_in_cpp(objective, jobs, "lm", max_iter=2)
        np.testing.assert_array_equal(fits[-1].theta, fits[2].theta)
        for job in (3, -4):
            with pytest.raises(IndexError):
                fits[job]
