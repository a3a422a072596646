"""As test_cross_validated_decay.py, by names that are not published."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import sheernet as sn
from contest_cases import REPORTING, CtrlC
from models.fitting.test_cross_validated_decay import ENGINE, LINEAR, curve, noisy_line
from planted_clock import Clock
from sheernet.models.fitting import cross_validated_decay as module
from sheernet.models.fitting import left_out_fits, prepare, table_fit
from sheernet.models.fitting.cross_validated_decay import DECAYS, DecayChoice, choose_decay
from sheernet.models.fitting.fit_plan import plan_of
from sheernet.models.fitting.simple_predictions import contest_of
from sheernet.settings.fit_settings import FitSettings
from sheernet.statistics import folds


def table(rows: int = 30, **columns: Any) -> dict[str, Any]:
    X, y = noisy_line(rows)
    return {"a": X[:, 0], "b": X[:, 1], "y": y, **columns}


def chosen(data: dict[str, Any], **given: Any) -> tuple[DecayChoice, Any]:
    """The choice without the fit that follows it, and the training rows with their folds."""
    settings = FitSettings.of({**LINEAR, "held_out": 0.0, **given})
    prepared = prepare(data, "y", settings.rows, settings.start.seed)
    plan = plan_of(prepared, settings)
    choice = choose_decay(prepared, settings, plan.network, plan.cost)
    return choice, contest_of(prepared, settings)


class TestTheDecay:
    def test_is_that_of_ridge_regression_in_each_fold(self) -> None:
        """The mean of half the squared errors, by the normal equations."""
        choice, contest = chosen(table())
        X = np.column_stack([contest.X, np.ones(len(contest.X))])
        expected = np.empty((len(DECAYS), 5))
        for i, decay in enumerate(DECAYS):
            for fold in range(5):
                own = contest.folds.fold_of_row == fold
                A, b = X[~own], contest.y[~own]
                beta = np.linalg.solve(A.T @ A + len(A) * decay * np.diag([1, 1, 0]), A.T @ b)
                expected[i, fold] = np.mean((contest.y[own] - X[own] @ beta) ** 2) / 2
        np.testing.assert_allclose(choice.costs, expected, rtol=1e-7)
        rows = np.bincount(contest.folds.fold_of_row)
        assert choice.decay == DECAYS[np.argmin(expected @ rows)]

    def test_is_that_of_a_loop_over_train(self) -> None:
        """Of three starts in each fold, the one with the lowest objective counts."""
        choice, contest = chosen(table(22), hidden=2, starts=7, max_iter=8)
        architecture = contest.architecture((2,), None)
        costs = np.empty((len(DECAYS), 5))
        for i, decay in enumerate(DECAYS):
            vector = sn.weight_decay(architecture, decay)
            for fold in range(5):
                own = contest.folds.fold_of_row == fold
                network = sn.train(
                    sn.Network.random(architecture, 0), contest.X[~own], contest.y[~own], decay=vector, starts=3,
                    max_iter=8, **ENGINE,
                ).network  # fmt: skip
                costs[i, fold] = (
                    np.mean((network.predict(contest.X[own]) - contest.y[own]) ** 2) / 2
                )
        np.testing.assert_allclose(choice.costs, costs, rtol=1e-6)

    def test_does_not_depend_on_the_order_of_the_starts(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        given = {"hidden": 2, "starts": 3, "max_iter": 8}
        choice, _ = chosen(table(), **given)
        ordered = module.first_starts
        monkeypatch.setattr(module, "first_starts", lambda *rest: ordered(*rest)[::-1])
        other, _ = chosen(table(), **given)
        np.testing.assert_allclose(other.costs, choice.costs, rtol=1e-9)
        assert other.decay == choice.decay

    @pytest.mark.filterwarnings("ignore:the weights in 'w' are whole numbers")
    def test_does_not_depend_on_the_scale_of_the_weights(self) -> None:
        w = np.random.default_rng(3).integers(1, 4, size=30)
        one, four = (chosen(table(w=k * w), weights="w")[0] for k in (1.0, 4.0))
        np.testing.assert_array_equal(one.costs, four.costs)
        np.testing.assert_array_equal(4 * one.fold_weights, four.fold_weights)
        assert one.fold_weights.sum() == w.sum()

    @pytest.mark.filterwarnings("ignore:the weights in 'w' are whole numbers")
    def test_grows_with_the_weight_of_all_rows_for_sums(self) -> None:
        w = np.random.default_rng(3).integers(1, 4, size=30)
        data = table(w=w)
        mean, total = (
            chosen(data, weights="w", reduction=each)[0].decay for each in ("mean", "sum")
        )
        assert total == w.sum() * mean

    @pytest.mark.filterwarnings("ignore:the chosen decay")
    @pytest.mark.parametrize("labels", [("no", "yes"), ("red", "green", "blue")])
    def test_is_chosen_for_classes(self, labels: tuple[str, ...]) -> None:
        X, y = noisy_line(noise=0.1)
        names = np.array(labels)[np.searchsorted([-0.5, 0.5][: len(labels) - 1], y)]
        model = sn.fit(X, names, **LINEAR)
        assert model.decay.max() in DECAYS
        assert model.held_out_fit.accuracy > model.held_out_fit.majority

    def test_is_judged_on_one_fold_of_many_rows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("MOST_ROWS_TO_SEARCH", "MOST_ROWS_FOR_FIVE"):
            monkeypatch.setattr(folds, name, 29)
        choice, _ = chosen(table())
        assert choice.costs.shape == (len(DECAYS), 1)
        assert choice.fold_weights.tolist() == [6.0]
        assert "by 1 fold of the training rows; mean cost of the rows left out" in str(choice)


COSTS = arrays(float, st.tuples(st.integers(1, 13), st.integers(1, 5)), elements=st.floats(0, 9))


class TestTheChoice:
    @given(COSTS, st.data())
    def test_has_the_lowest_mean_cost_of_a_row_and_of_equal_ones_the_largest_decay(
        self, costs: np.ndarray, data: st.DataObject
    ) -> None:
        rows = np.array(
            data.draw(st.lists(st.integers(1, 9), min_size=len(costs[0]), max_size=len(costs[0])))
        )
        best = DecayChoice(costs, rows, 1.0).best
        means = [float(sum(c * n for c, n in zip(each, rows, strict=True))) for each in costs]
        assert means[best] == pytest.approx(min(means), rel=2e-6)
        assert all(mean > means[best] for mean in means[:best])
        rounded = np.repeat(costs, 2, axis=0) * np.tile([1 + 1e-12, 1.0], len(costs))[:, None]
        assert DecayChoice(rounded, rows, 1.0).best == 2 * best

    def test_is_not_a_decay_whose_fits_failed(self) -> None:
        costs = np.array([[np.nan, 0.1], [np.inf, 0.1], [0.3, 0.4]])
        assert DecayChoice(costs, np.ones(2), 1.0).decay == pytest.approx(1.0)

    def test_is_from_values_in_equal_steps(self) -> None:
        assert (DECAYS[0], DECAYS[-1], len(DECAYS)) == (10.0, 1e-5, 13)
        np.testing.assert_allclose(np.diff(np.log10(DECAYS)), -0.5)


@pytest.fixture(scope="module")
def model() -> sn.Model:
    return sn.fit(*noisy_line(), **LINEAR)


class TestWhatTheModelSays:
    @pytest.mark.parametrize(
        ("data", "given", "end"),
        [
            (curve(), {"hidden": 3, "starts": 1, "max_iter": 100}, "1e-05 is the smallest"),
            (noisy_line(seed=2, noise=1e3), {}, "10 is the largest"),
        ],
    )
    def test_is_that_the_decay_is_at_an_end(self, data: Any, given: dict, end: str) -> None:
        advice = {"1": "smaller one, set decay=3.16e-06", "10": "larger one, set decay=31.6"}
        expected = (
            f"the chosen decay {end} of those tried; for a {advice[end.split('e')[0].split()[0]]}"
        )
        with pytest.warns(sn.SheernetWarning) as warned:
            model = sn.fit(*data, **{**LINEAR, **given})
        assert [str(each.message) for each in warned] == [expected]
        assert expected in model.notices
        followed = sn.fit(*data, **{**LINEAR, **given, "decay": float(expected.split("=")[1])})
        assert not set(np.unique(followed.decay)) & set(DECAYS)


class TestATimeLimit:
    def test_ends_the_choice_after_half_of_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The fits for each decay take a tenth of it."""
        calls = Clock(monkeypatch).takes(left_out_fits, "fit_jobs", 10.0)
        with pytest.warns(sn.SheernetWarning, match="increase time_limit to try all"):
            model = sn.fit(*noisy_line(), **LINEAR, time_limit=100.0)
        assert [call["time_limit"] for call in calls] == [50.0, 40.0, 30.0, 20.0, 10.0]
        assert model.decay.max() in DECAYS[:5]
        assert model.settings["time_limit"] == 100.0
        assert model.notices[0].startswith(
            "the time limit ended the choice of the decay after 5 of 13"
        )

    def test_leaves_the_rest_to_the_training(self, monkeypatch: pytest.MonkeyPatch) -> None:
        clock = Clock(monkeypatch)
        clock.takes(table_fit, "choose_decay", 30.0)
        calls = clock.takes(table_fit, "train", 1.0)
        sn.fit(*noisy_line(), **LINEAR, time_limit=100.0)
        assert [call["time_limit"] for call in calls] == [70.0]

    def test_does_not_count_a_decay_with_fits_that_it_ended(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        whole = left_out_fits.fit_jobs
        calls: list[int] = []

        def shorter(*arguments: Any, **given: Any) -> Any:
            calls.append(1)
            left = 0.0 if len(calls) == 3 else None
            return whole(*arguments, **{**given, "time_limit": left})

        monkeypatch.setattr(left_out_fits, "fit_jobs", shorter)
        choice, _ = chosen(table(), time_limit=100.0)
        assert (len(choice.costs), len(calls)) == (2, 3)


class TestCtrlC:
    @pytest.mark.parametrize("decays", [0, 2])
    def test_in_the_choice_is_passed_on(self, decays: int, monkeypatch: pytest.MonkeyPatch) -> None:
        """Whether it comes in a fit, which ends with a reason, or between two."""
        pressed = CtrlC()
        tried: list[str] = []

        class Pressing(module.SearchProgress):
            def __enter__(self) -> CtrlC:
                return pressed

            def trying(self, what: str) -> None:
                tried.append(what)
                if len(tried) > decays:
                    pressed.press()

        monkeypatch.setattr(module, "SearchProgress", Pressing)
        monkeypatch.setattr(table_fit, "train", None)
        given = {**LINEAR, "hidden": 2, "starts": 2, "progress": True, **REPORTING}
        with pytest.raises(KeyboardInterrupt):
            sn.fit(*noisy_line(), **given)
        assert tried == ["decay 10", "decay 3.16", "decay 1"][: decays + 1]


class TestRefused:
    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"patience": 3}, "patience needs validation rows"),
            ({"cost": "cross_entropy"}, "cost 'cross_entropy' cannot be used"),
            ({"method": "bfsg"}, "did you mean 'bfgs'"),
            ({"learning_rate": 1.0, "method": "lm"}, "learning_rate"),
            ({"engine": "fast"}, "engine"),
            ({"scheme": "zeros!"}, "scheme"),
        ],
    )
    def test_before_anything_is_trained(
        self, given: dict, message: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("sheernet.training.jobs.dispatch.fit_one_by_one", None)
        monkeypatch.setattr("sheernet.training.jobs.dispatch.compiled_fits.fit_compiled", None)
        with pytest.raises(sn.InvalidInput, match=message):
            sn.fit(table(), "y", **{**LINEAR, "held_out": 0.0, **given})
