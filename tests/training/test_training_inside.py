"""As test_training.py, by names that are not published."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from both_engines import ENGINES
from engine_classes import CLASSES
from sheernet.objective.engines.reference_engine import ReferenceEngine
from sheernet.training.starts import nth_start
from training.test_training import X, Y, ignore, notebook, wave, with_sine


class Spy:
    """Counts what the engine is asked, and not what it asks itself."""

    def __init__(self) -> None:
        self.evaluations = 0
        self.inside = False

    def around(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any) -> Any:
            if self.inside:
                return original(*arguments)
            self.evaluations += 1
            self.inside = True
            try:
                return original(*arguments)
            finally:
                self.inside = False

        return counted


@pytest.fixture
def spy(monkeypatch: pytest.MonkeyPatch) -> Spy:
    seen = Spy()
    for engine in CLASSES:
        for name in ("value", "value_and_gradient", "gauss_newton", "hessian_vector"):
            monkeypatch.setattr(engine, name, seen.around(getattr(engine, name)))
    return seen


class TestBudgets:
    @pytest.mark.parametrize("method", ["bfgs", "lm", "gd", "scipy:L-BFGS-B"])
    @pytest.mark.parametrize("budget", [1, 2, 57, 400])
    @pytest.mark.parametrize("engine", ENGINES)
    def test_evaluations_are_those_of_the_whole_call(
        self, method: str, budget: int, engine: str, spy: Spy
    ) -> None:
        """Those after the last iterate too: a line search that finds nothing costs some that stand in no record."""
        training = sn.train(
            notebook(), X, Y, method=method, starts=50, scheme="uniform", max_evaluations=budget,
            gradient_tolerance=0.0, engine=engine, observers=[ignore],
        )  # fmt: skip
        assert 0 < spy.evaluations <= budget
        assert spy.evaluations > 0.9 * budget or training.starts.reasons[-1] != "max_evaluations"
        assert len(training.starts) < 50


class TestValidation:
    def test_with_patience_the_best_start_is_too(self) -> None:
        train, test = (sn.datasets.load_sleep_study(subset).scaled for subset in ("train", "test"))
        given = {"method": "bfgs", "validation": test, "patience": 5}
        training = sn.train(notebook(), *train, starts=6, seed=1, scheme="uniform", **given)
        alone = [
            sn.train(nth_start(notebook(), i, "uniform", 1), *train, **given) for i in range(6)
        ]
        lowest = [np.min(one.record.validation_cost) for one in alone]
        assert training.starts.best == np.argmin(lowest) != np.argmin(training.starts.objectives)
        assert np.array_equal(training.network.theta, alone[np.argmin(lowest)].network.theta)


class TestInterruption:
    def test_between_two_starts_keeps_the_earlier_ones(self, monkeypatch) -> None:
        from sheernet.training.jobs import python_fits

        original, calls = python_fits.minimize_by_rules, []

        def pressed(*arguments: Any, **given: Any) -> Any:
            calls.append(arguments)
            if len(calls) == 3:
                raise KeyboardInterrupt
            return original(*arguments, **given)

        monkeypatch.setattr(python_fits, "minimize_by_rules", pressed)
        training = sn.train(notebook(), X, Y, method="gd", max_iter=9, starts=5, scheme="uniform")
        assert len(training.starts) == 2
        assert training.starts.reasons[-1] == "interrupted"

    def test_before_there_is_anything_is_raised(self, monkeypatch) -> None:
        from sheernet.training.jobs import python_fits

        def pressed(*arguments: Any, **given: Any) -> Any:
            raise KeyboardInterrupt

        monkeypatch.setattr(python_fits, "minimize_by_rules", pressed)
        with pytest.raises(KeyboardInterrupt):
            sn.train(notebook(), X, Y, method="gd")


class TestCheck:
    def test_takes_a_few_complex_values_and_one_for_each_block(self, monkeypatch) -> None:
        calls: list[int] = []
        original = ReferenceEngine.complex_value

        def counted(self, theta):
            calls.append(1)
            return original(self, theta)

        monkeypatch.setattr(ReferenceEngine, "complex_value", counted)
        sn.train(notebook(), X, Y, check=True, max_iter=1)
        assert 5 + 2 <= len(calls) <= 6 + 2

    def test_of_a_resumed_training_is_made_where_it_goes_on(self, monkeypatch) -> None:
        first = sn.train(notebook(), X, Y, method="bfgs", max_iter=3)
        points: list[Any] = []
        monkeypatch.setattr(
            "sheernet.training.training_checks.check_gradient",
            lambda objective, theta, **options: (
                points.append(theta) or sn.check_gradient(objective, theta)
            ),
        )
        sn.train(notebook(), X, Y, method="bfgs", max_iter=1, resume=first, check=True)
        assert np.array_equal(points[0], first.state.state.theta)

    def test_that_cannot_decide_is_a_warning(self, monkeypatch) -> None:
        values = iter(range(10**6))
        for engine in CLASSES:
            monkeypatch.setattr(engine, "value", lambda self, theta: float(next(values)))
        with pytest.warns(
            sn.SheernetWarning,
            match=r"check at the initial weights is inconclusive: Two calls.*Check the gradient at other weights",
        ) as said:
            sn.train(notebook(), X, Y, check=True, max_iter=0)
        assert said[0].filename == __file__


class TestSearchesThatFail:
    """A wrong gradient shows as a search that finds nothing: what the check finds there is told."""

    def test_are_not_examined_beyond_a_budget(self, spy: Spy) -> None:
        net = with_sine(-1.0)
        for budget in ({"max_evaluations": 200}, {"max_evaluations": 10**6}):
            spy.evaluations = 0
            training = sn.train(net, *wave(), method="bfgs", **budget)
            assert training.termination.message == sn.optimizers.TERMINATIONS["line_search_failed"]
            assert spy.evaluations <= budget["max_evaluations"]

    def test_other_endings_are_not_examined(self, monkeypatch) -> None:
        monkeypatch.setattr(
            "sheernet.training.training_checks.check_gradient", lambda *a, **k: 1 / 0
        )
        sn.train(notebook(), X, Y, max_iter=2)

    def test_keep_their_run_when_ctrl_c_is_pressed_during_the_check(self, monkeypatch) -> None:
        def pressed(*arguments, **options):
            raise KeyboardInterrupt

        monkeypatch.setattr("sheernet.training.training_checks.check_gradient", pressed)
        training = sn.train(with_sine(-1.0), *wave(), method="bfgs")
        assert training.termination.message == sn.optimizers.TERMINATIONS["line_search_failed"]
