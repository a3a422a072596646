"""A time limit holds in the search for decays, in the fits of folds, and beside the networks; with a fake clock."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest

import sheernet as sn
from contest_cases import CLASSES, contest, line, wave
from planted_clock import Clock
from sheernet.statistics import (
    decay_groups,
    ensemble,
    ensemble_candidates,
    evidence_search,
    evidence_time,
    maximize_evidence,
)
from sheernet.statistics.ensemble_candidates import SHORTEST, linear_model
from sheernet.statistics.noise_models import CONSTANT
from sheernet.training.starts import first_starts


def search(limit: float | None, starts: int = 3):
    x, y = wave()
    arch = sn.Architecture((1, 2, 1))
    objective = sn.make_objective(arch, x, y, reduction="sum")
    thetas = first_starts(sn.Network.random(arch, 0), starts, "glorot", 0)
    return maximize_evidence(objective, thetas, decay_groups(arch), time_limit=limit)


class TestASearch:
    @pytest.mark.parametrize("limit", [0.0, 2.0, 5.5, 11.0])
    def test_evaluates_the_evidence_once_more_after_its_time(
        self, limit: float, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        calls = Clock(monkeypatch).takes(evidence_search, "evidence_at", 1.0)
        found = search(limit)
        assert sum(call["now"] >= limit for call in calls) <= 1
        assert len(found.evidences) == 1

    def test_without_a_limit_evaluates_the_starts_that_are_continued(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Clock(monkeypatch).takes(evidence_search, "evidence_at", 1.0)
        assert len(search(None).evidences) == 2

    def test_gives_its_fits_what_is_left(self, monkeypatch: pytest.MonkeyPatch) -> None:
        calls = Clock(monkeypatch).takes(evidence_search, "fit_jobs", 3.0)
        search(7.0)
        assert [call["time_limit"] for call in calls] == [7.0, 4.0, 1.0]

    def test_keeps_the_start_with_the_lowest_objective(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        clock, ends = Clock(monkeypatch), []
        whole = evidence_search.fit_jobs

        def slow(*arguments, **given):
            fits = whole(*arguments, **given)
            ends.append(fits)
            clock.now += 5.0
            return fits

        monkeypatch.setattr(evidence_search, "fit_jobs", slow)
        found = search(1.0)
        assert np.array_equal(found.thetas[0], ends[0][int(np.argmin(ends[0].objectives))].theta)


class TestCandidates:
    def test_of_a_required_size_share_the_time_among_the_folds(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """If half of the time left does not suffice to search without each fold: 8 s of the 12 s after the search."""
        clock = Clock(monkeypatch)
        searches = clock.takes(ensemble_candidates, "maximize_evidence", 8.0)
        calls = clock.takes(ensemble_candidates, "fit_jobs", 1.0)
        (found,) = contest(*line(), ends=20.0).candidates((), False, CONSTANT, required=True)
        assert [search["time_limit"] for search in searches] == [10.0, 6.0]
        assert [call["time_limit"] for call in calls] == [4 / 5, 3 / 4, 2 / 3, 1 / 2, 0.0]
        assert len(found.log_densities) == 60

    @pytest.mark.parametrize("seconds", [5.0, 8.0])
    def test_of_the_others_are_left_out_if_the_search_without_folds_takes_longer(
        self, seconds: float, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Clock(monkeypatch).takes(ensemble_candidates, "maximize_evidence", seconds)
        given = contest(*line(), ends=15.0)
        assert len(given.candidates((), False, CONSTANT)) == (seconds == 5.0)
        assert given.left_out == (seconds == 8.0)

    @pytest.mark.parametrize("ends", [-1.0, 0.0, 0.5])
    def test_of_the_first_network_have_a_second(
        self, ends: float, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Clock(monkeypatch)
        given = contest(*line(), ends=ends)
        assert len(given.candidates((), False, CONSTANT, required=True)) == 1
        assert given.candidates((), True, CONSTANT) == [] or ends > 0
        assert given._times(given.objective(given.architecture((), CONSTANT), CONSTANT), CONSTANT,
                            np.zeros(2), True) == (SHORTEST, SHORTEST / 2)  # fmt: skip

    @pytest.mark.parametrize("required", [True, False])
    def test_that_take_longer_than_the_time_left_are_left_out(
        self, required: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The evidence, the uncertainty of five folds, and that of the members: one if required, else up to three."""
        Clock(monkeypatch)
        monkeypatch.setattr(ensemble_candidates, "seconds_of_evidence", lambda *rest: 2.0)
        least = 14.0 if required else 18.0
        given = contest(*line(), ends=least - 0.1)
        assert given.candidates((), False, CONSTANT, required=required) == []
        assert given.left_out
        assert given.ended
        assert not given.interrupted
        assert contest(*line(), ends=least + 0.1).candidates((), False, CONSTANT, required=required)

    def test_that_are_all_left_out_are_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Clock(monkeypatch)
        monkeypatch.setattr(ensemble_candidates, "seconds_of_evidence", lambda *rest: 2.0)
        with pytest.raises(
            sn.InvalidInput, match=r"time limit is too short .* about 2.0 s.* increase time_limit"
        ):
            ensemble.best_ensemble(contest(*line(), ends=5.0), False)

    def test_of_a_given_size_that_is_left_out_leave_the_line(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Clock(monkeypatch)
        whole = ensemble_candidates.seconds_of_evidence
        monkeypatch.setattr(
            ensemble_candidates, "seconds_of_evidence",
            lambda objective, rows, theta: 9.0 if theta.size > 2 else whole(objective, rows, theta),
        )  # fmt: skip
        found = ensemble.best_ensemble(contest(*line(), ends=30.0), False, (2,))
        assert [each.hidden for each in found.members] == [()]
        assert found.cut == "time_limit"


@pytest.mark.parametrize(("ends", "is_fitted"), [(inf, True), (29.0, True), (11.0, False), (0.0, False)])  # fmt: skip
def test_the_linear_model_for_comparison_is_left_out_in_short_time(
    ends: float, is_fitted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    Clock(monkeypatch)
    monkeypatch.setattr(ensemble_candidates, "seconds_of_evidence", lambda *rest: 2.0)
    x, y = line(40)
    found = linear_model(contest(x, (y > 0) * 1.0, ends=ends, **CLASSES))
    assert (found is not None) == is_fitted


@pytest.mark.parametrize("ends", [inf, 0.0, -5.0])
def test_a_short_linear_model_for_comparison_is_fitted_after_the_end(
    ends: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    Clock(monkeypatch)
    x, y = line(40)
    whole = linear_model(contest(x, y))
    found = linear_model(contest(x, y, ends=ends))
    assert found is not None
    assert whole is not None
    assert np.array_equal(found.network.theta, whole.network.theta)


def test_a_linear_model_whose_search_is_cut_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    Clock(monkeypatch).takes(evidence_search, "evidence_at", 2.0)
    x, y = line(40)
    assert linear_model(contest(x, y, ends=0.0)) is None
    assert linear_model(contest(x, y, ends=1e6)) is not None


class TestTheTimeOfTheEvidence:
    def objective(self, arch: sn.Architecture, rows: int):
        X = np.random.default_rng(0).normal(size=(rows, arch.sizes[0]))
        return sn.make_objective(arch, X, X @ np.ones(arch.sizes[0]))

    def test_is_not_measured_for_small_problems(self) -> None:
        arch = sn.Architecture((3, 1))

        def never(rows):
            raise AssertionError

        given = self.objective(arch, 50)
        assert evidence_time.seconds_of_evidence(given, never, np.zeros(4)) == 0.0

    def test_is_that_of_the_matrix_over_all_rows_and_of_its_factor(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        clock, arch = Clock(monkeypatch), sn.Architecture((400, 1))

        class Part:
            def __init__(self, rows: slice) -> None:
                self.rows = rows.stop

            def gauss_newton(self, theta) -> None:
                clock.now += 0.01 * self.rows

        seconds = evidence_time.seconds_of_evidence(self.objective(arch, 2000), Part, np.zeros(401))
        assert seconds == pytest.approx(0.01 * 2000 + 401**3 / evidence_time.FACTORED)

    def test_of_a_member_is_kept_after_the_fits(self, monkeypatch: pytest.MonkeyPatch) -> None:
        Clock(monkeypatch)
        monkeypatch.setattr(ensemble_candidates, "seconds_of_evidence", lambda *rest: 2.0)
        given = contest(*line(), ends=60.0)
        given.candidates((), False, CONSTANT, required=True)
        assert given.ends_of_fits == 60.0 - 3 * 2.0
