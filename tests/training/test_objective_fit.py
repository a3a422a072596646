"""`fit_objective`: somebody's own objective, from several starts, with all that `train` offers."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from sheernet.optimizers import minimize
from sheernet.training import fit_objective

STARTS = [[2.0, 0.5], [-2.0, 0.5], [0.3, -0.4]]


class Valleys:
    """Two valleys, at -1 and 1; the left one is deeper.  It has the methods that an optimizer needs, and no others."""

    def __init__(self, slope: float = 1.0, tilt: float = 0.1) -> None:
        self.slope, self.tilt = slope, tilt
        self.evaluations = 0

    def value(self, x: Any) -> float:
        return float((x[0] ** 2 - 1) ** 2 + self.tilt * x[0] + x[1] ** 2)

    def value_and_gradient(self, x: Any) -> tuple[float, Any]:
        self.evaluations += 1
        return self.value(x), self.slope * np.array(
            [4 * x[0] * (x[0] ** 2 - 1) + self.tilt, 2 * x[1]]
        )


class Moved:
    """What a validation needs at least."""

    def value(self, x: Any) -> float:
        return float(np.sum((x - 0.9) ** 2))


class TestOwnObjective:
    @pytest.mark.parametrize("method", ["auto", "bfgs", "lbfgs", "gd", "adam", "scipy:BFGS"])
    def test_the_lowest_of_all_starts_is_the_best(self, method: str) -> None:
        fits = fit_objective(Valleys(), STARTS, method, max_iter=3000)
        assert len(fits) == 3
        assert fits.best == np.argmin(fits.objectives)
        assert fits[fits.best].theta[0] < 0
        for start, run in zip(STARTS, fits, strict=True):
            assert run.record.objective[0] == Valleys().value(np.array(start))
            assert run.objective == pytest.approx(run.record.objective.min())

    def test_each_start_ends_as_minimize_ends_it(self) -> None:
        fits = fit_objective(Valleys(), STARTS, "bfgs", max_iter=40, keep_path=True, c2=0.5)
        for start, run in zip(STARTS, fits, strict=True):
            alone = minimize(Valleys(), start, "bfgs", max_iter=40, keep_path=True, c2=0.5)
            assert np.array_equal(run.record.path, alone.record.path)
            assert np.array_equal(run.record.objective, alone.record.objective)
            assert run.termination == alone.termination

    def test_budgets_are_of_the_whole_call(self) -> None:
        objective = Valleys()
        fits = fit_objective(objective, STARTS, "bfgs", max_evaluations=12)
        assert fits.reasons[-1] == "max_evaluations"
        assert len(fits) < 3
        assert objective.evaluations <= 12
        assert fit_objective(Valleys(), STARTS, "bfgs", time_limit=0.0).reasons == ("time_limit",)

    def test_a_target_ends_the_call(self) -> None:
        fits = fit_objective(Valleys(), STARTS, "bfgs", target=0.5)
        assert fits.reasons == ("target_reached",)

    def test_observers_see_each_step(self) -> None:
        seen: list[int] = []
        fits = fit_objective(
            Valleys(), STARTS, "bfgs", observers=[lambda step, row: seen.append(step.iteration)]
        )
        assert seen == [i for run in fits for i in run.record.iteration]

    def test_an_observer_ends_a_start(self) -> None:
        """The next start runs, unless the reason is one that ends the call."""

        def end(reason: str) -> Any:
            return lambda step, row: sn.optimizers.Termination(reason) if step.iteration else None

        fits = fit_objective(Valleys(), STARTS, "bfgs", observers=[end("cost_tolerance")])
        assert fits.reasons == ("cost_tolerance",) * 3
        assert fits.iterations.tolist() == [1, 1, 1]
        fits = fit_objective(Valleys(), STARTS, "bfgs", observers=[end("target_reached")])
        assert fits.reasons == ("target_reached",)

    def test_a_validation_needs_a_value_only(self) -> None:
        fits = fit_objective(
            Valleys(), STARTS, "bfgs", validation=Moved(), patience=2, keep_path=True
        )
        for run in fits:
            costs = [Moved().value(point) for point in run.record.path]
            assert np.array_equal(run.record.validation_cost, costs)
            assert np.array_equal(run.theta, run.record.path[np.argmin(costs)])
        assert fits.best == np.argmin(fits.validation_costs)

    def test_a_checkpoint_resumes_a_run(self) -> None:
        whole = fit_objective(Valleys(), STARTS[:1], "bfgs")[0]
        begun = fit_objective(Valleys(), STARTS[:1], "bfgs", max_iter=3)[0]
        rest = fit_objective(Valleys(), [begun.state], check=True)[0]
        assert rest.method == "bfgs"
        assert np.array_equal(rest.theta, whole.theta)
        assert rest.record.iteration[0] == 3

    def test_progress_is_shown(self, capsys) -> None:
        silent = fit_objective(Valleys(), STARTS, "bfgs")
        assert capsys.readouterr().err == ""
        shown = fit_objective(Valleys(), STARTS, "bfgs", progress=True)
        assert capsys.readouterr().err.startswith("start 1 of 3: iteration 0, objective 9.45, ")
        assert np.array_equal(shown.objectives, silent.objectives)


class TestCheck:
    def test_a_wrong_gradient_is_refused_before_anything_is_fitted(self) -> None:
        seen: list[Any] = []
        with pytest.raises(sn.GradientMismatch, match="fail"):
            fit_objective(
                Valleys(slope=-1.0), STARTS, "bfgs", check=True,
                observers=[lambda step, row: seen.append(step)],
            )  # fmt: skip
        assert not seen

    def test_a_right_one_changes_nothing(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            checked = fit_objective(Valleys(), STARTS, "bfgs", check=True)
        assert np.array_equal(
            checked.objectives, fit_objective(Valleys(), STARTS, "bfgs").objectives
        )

    def test_it_is_checked_where_a_resumed_run_continues(self) -> None:
        begun = fit_objective(Valleys(), STARTS[:1], "bfgs", max_iter=3)[0]
        with pytest.raises(sn.GradientMismatch):
            fit_objective(Valleys(slope=-1.0), [begun.state], check=True)

    def test_a_search_that_fails_is_explained_in_the_best_run_only(self) -> None:
        fits = fit_objective(Valleys(slope=-1.0), STARTS, "bfgs")
        assert set(fits.reasons) == {"line_search_failed"}
        for job, run in enumerate(fits):
            assert ("point FAILED: " in run.termination.message) == (job == fits.best)
        assert fits[fits.best - len(fits)].termination == fits[fits.best].termination


class TestRefusals:
    @pytest.mark.parametrize("check", [False, True])
    def test_no_starts(self, check: bool) -> None:
        with pytest.raises(sn.InvalidInput, match="at least one"):
            fit_objective(Valleys(), [], "bfgs", check=check)

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"max_iter": -1}, "max_iter must be a whole number"),
            ({"patience": 2}, "patience needs validation"),
            ({"method": "bfg"}, "did you mean 'bfgs'"),
            ({"memry": 3}, "'memry' is not recognized"),
        ],
    )
    def test_what_is_not_allowed(self, given: dict[str, Any], message: str) -> None:
        objective = Valleys()
        with pytest.raises(sn.InvalidInput, match=message):
            fit_objective(objective, STARTS, **{"method": "bfgs", **given})
        assert objective.evaluations == 0
