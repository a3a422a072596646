"""The time that is told before a long fit, by a planted clock and planted times of evaluations."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from models.fitting.prepared_tables import prepare
from models.fitting.tables import table
from planted_clock import Clock
from sheernet.foundation.sentences import rendered
from sheernet.models.fitting import fit_plan, time_expected
from sheernet.models.fitting.fit_plan import FitPlan, plan_of
from sheernet.models.fitting.time_expected import expected_seconds, tell_time
from sheernet.settings.fit_settings import FitSettings
from sheernet.statistics import fit_time
from sheernet.statistics.fit_time import EvaluationTimes

TIMES = EvaluationTimes(10, gradient=0.5, matrix=2.0)
ONE = {"hidden": 3, "decay": 1e-4, "starts": 4, "engine": "reference"}


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Evaluations take long, by their size and by measurement."""
    monkeypatch.setattr(time_expected, "SLOW", 1.0)
    monkeypatch.setattr(fit_time, "SLOW", 1.0)
    monkeypatch.setattr(fit_plan, "evaluation_times", lambda *rest, **given: TIMES)


def plan(**given: Any) -> FitPlan:
    settings = FitSettings.of(given)
    return plan_of(prepare(table(60), "y", held_out=0.0), settings)


@pytest.mark.usefixtures("slow")
class TestExpectedSeconds:
    @pytest.mark.parametrize(
        ("given", "iterations", "each"),
        [
            ({"method": "bfgs"}, 600, 1.1 * 0.5),
            ({"method": "lbfgs", "max_iter": 70}, 70, 1.1 * 0.5),
            ({"method": "lm"}, 150, 2.0),
            ({"method": "gd", "max_iter": 5000}, 5000, 1.1 * 0.5),
            ({"method": "bfgs", "cost_tolerance": 1e-6}, 100, 1.1 * 0.5),
        ],
    )
    def test_of_one_network(self, given: Any, iterations: int, each: float) -> None:
        found = expected_seconds(plan(**ONE, **given))
        assert found == pytest.approx(4 * iterations * each, rel=1e-3)

    def test_has_at_most_as_many_iterations_as_evaluations_are_allowed(self) -> None:
        """They are allowed for all starts together."""
        found = expected_seconds(plan(**ONE, method="bfgs", max_evaluations=50))
        assert found == pytest.approx(50 * 1.1 * 0.5, rel=1e-3)

    def test_of_a_chosen_decay_has_the_fits_of_the_folds(self) -> None:
        """13 decays, 5 folds, 3 starts; shorter ones."""
        given = {**ONE, "method": "bfgs"}
        one, chosen = (
            expected_seconds(plan(**{**given, "decay": decay})) for decay in (1e-4, "cv")
        )
        assert chosen == pytest.approx(one * (4 + 0.4 * 13 * 5 * 3) / 4)

    def test_is_shared_by_threads(self) -> None:
        sn_plan = plan(**{**ONE, "engine": "auto", "threads": 2})
        if sn_plan.whole.engine == "reference":
            pytest.skip("without the compiled engine, one thread")
        one = expected_seconds(plan(**{**ONE, "engine": "auto", "threads": 1}))
        assert expected_seconds(sn_plan) == pytest.approx(one / 2)


class TestShort:
    @pytest.mark.parametrize("given", [{}, {"hidden": 3}, ONE, {**ONE, "decay": "cv"}])
    def test_a_fit_is_not_measured(self, given: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fit_time, "seconds_over_rows", None)
        assert expected_seconds(plan(**given)) == 0.0

    @pytest.mark.parametrize(("seconds", "left"), [(19.0, inf), (100.0, 19.0)])
    def test_a_fit_is_not_told(
        self, seconds: float, left: float, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Clock(monkeypatch)
        monkeypatch.setattr(time_expected, "expected_seconds", lambda plan: seconds)
        told: list[str] = []
        tell_time([plan(**ONE)], left, told.append)
        assert told == []


class TestTold:
    def told(self, monkeypatch: pytest.MonkeyPatch, left: float, **given: Any) -> str:
        Clock(monkeypatch)
        monkeypatch.setattr(time_expected, "expected_seconds", lambda plan: 100.0)
        told: list[str] = []
        given = given or ONE
        tell_time([plan(**given), plan(**given)], left, told.append)
        (text,) = told
        return rendered(text, lambda setting: f"--{setting.name}")

    def test_is_the_time_of_all_fits_and_what_shortens_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert self.told(monkeypatch, inf) == (
            "this is expected to take about 2 to 6 minutes; fewer --starts, fewer units of --hidden or a --time_limit "
            "shorten it"
        )

    def test_of_more_columns_than_units_is_shortened_by_fewer_columns(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(time_expected, "MOST_WEIGHTS_OF_NETWORKS", 1)
        assert self.told(monkeypatch, inf, starts=4).endswith(
            "minutes; fewer columns in --inputs or a --time_limit shorten it"
        )

    def test_is_beside_a_limit_that_is_shorter(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.told(monkeypatch, 60.0).endswith("minutes; --time_limit ends it after 60 s")
        assert "shorten it" in self.told(monkeypatch, 300.0)

    @pytest.mark.parametrize(
        "given", [{**ONE, "method": "bfgs"}, {"starts": 1, "engine": "reference"}]
    )
    @pytest.mark.parametrize("progress", [True, False])
    def test_by_a_fit_before_it_begins_if_progress_is_shown(
        self, given: Any, progress: bool, capsys: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(time_expected, "expected_seconds", lambda plan: 100.0)
        data = {**table(30), "y": np.arange(30.0)}
        limit = {"max_iter": 2} if "method" in given else {"hidden": ()}
        sn.fit(data, "y", progress=progress, **given, **limit)
        lines = capsys.readouterr().err.splitlines()
        assert any("expected to take" in line for line in lines[:1]) is progress
        assert any("expected to take" in line for line in lines) is progress
