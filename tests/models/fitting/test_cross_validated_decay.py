"""`decay="cv"`: one decay for all weights of a single network, by folds of the training rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import sheernet as sn
from contest_cases import REPORTING, CtrlC
from planted_clock import Clock
from sheernet.models.fitting import cross_validated_decay as module
from sheernet.models.fitting import left_out_fits, prepare, table_fit
from sheernet.models.fitting.cross_validated_decay import DECAYS, DecayChoice, choose_decay
from sheernet.models.fitting.fit_plan import plan_of
from sheernet.models.fitting.simple_predictions import contest_of
from sheernet.settings.fit_settings import FitSettings
from sheernet.statistics import folds

ENGINE = {"engine": "reference"}
LINEAR: dict[str, Any] = {"hidden": (), "decay": "cv", **ENGINE}


def noisy_line(rows: int = 60, seed: int = 0, noise: float = 1.0) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, 3))
    return X, X @ [1.0, -0.5, 0.3] + noise * rng.normal(size=rows)


def curve(rows: int = 40) -> tuple[Any, Any]:
    x = np.linspace(-2.0, 2.0, rows)
    return x[:, None], np.sin(2 * x)


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
    def test_is_large_if_a_network_could_learn_noise(self) -> None:
        X, y = noisy_line()
        few = {"hidden": 6, "starts": 1, "method": "lm", "max_iter": 20, **ENGINE}
        model = sn.fit(X, y, decay="cv", **few)
        assert model.decay.max() >= 0.01
        new, truth = noisy_line(2000, seed=1, noise=0.0)
        error, of_default = (
            np.mean((each.predict(new) - truth) ** 2)
            for each in (model, sn.fit(X, y, decay=1e-4, **few))
        )
        assert error < of_default / 2

    @pytest.mark.filterwarnings("ignore:the chosen decay 1e-05 is the smallest")
    def test_is_small_without_noise(self) -> None:
        model = sn.fit(*curve(), decay="cv", hidden=3, starts=1, max_iter=100, **ENGINE)
        assert model.decay.max() <= 1e-4

    @pytest.mark.parametrize("reduction", ["mean", "sum"])
    def test_is_followed_as_if_it_had_been_given(self, reduction: str) -> None:
        given = {"hidden": 2, "starts": 2, "max_iter": 30, "reduction": reduction, **ENGINE}
        model = sn.fit(*noisy_line(), decay="cv", **given)
        same = sn.fit(*noisy_line(), decay=model.decay.max(), **given)
        np.testing.assert_array_equal(model.network.theta, same.network.theta)
        np.testing.assert_array_equal(model.decay, same.decay)
        assert model.held_out_fit == same.held_out_fit
        assert model.comparisons == same.comparisons
        assert model.gradient_check == same.gradient_check
        assert model.held_out_fit.rows == 15

    def test_does_not_apply_to_biases(self) -> None:
        model = sn.fit(*noisy_line(), **LINEAR)
        assert model.decay[:3].min() == model.decay[:3].max() > 0
        assert model.decay[3:].tolist() == [0.0]

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
    def test_is_what_was_asked_for(self, model: sn.Model) -> None:
        assert (model.settings["decay"], model.origins["decay"]) == ("cv", "given")
        assert model.settings["hidden"] == []
        assert "decay cv" in model.report(verbose=True)

    def test_is_the_number_and_its_costs(self, model: sn.Model) -> None:
        report = " ".join(model.report(verbose=True).split())
        assert f"Decay {model.decay.max():.3g}, chosen from 13 values by 5 folds of the" in report
        assert model.settings["decay_choice"] in report
        assert "decay_choice" not in report
        assert "Decay" not in model.report()

    def test_is_saved(self, model: sn.Model, tmp_path) -> None:
        model.save(tmp_path / "model.json")
        loaded = sn.load(tmp_path / "model.json")
        assert loaded.report(verbose=True) == model.report(verbose=True)
        assert loaded.settings == model.settings

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

    @pytest.mark.filterwarnings("ignore:the chosen decay 10 is the largest")
    def test_is_no_advice_to_lower_a_decay_that_was_compared_with_lower_ones(self) -> None:
        data, given = noisy_line(seed=2, noise=1e3), {**LINEAR, "max_iter": 50}
        assert "lower decay" in sn.fit(*data, **{**given, "decay": 10.0}).report()
        report = sn.fit(*data, **given).report()
        assert "use inputs on which the target depends" in " ".join(report.split())
        assert "lower decay" not in report


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

    def test_of_nothing_still_gives_a_model(self) -> None:
        with pytest.warns(sn.SheernetWarning, match="after 0 of 13 values; increase time_limit"):
            model = sn.fit(*noisy_line(), **LINEAR, time_limit=0)
        assert model.decay.max() == 1e-4
        assert "the time limit left no time" in model.settings["decay_choice"]
        assert model.termination.reason == "time_limit"


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

    def test_cv_is_a_word_of_fit_only(self) -> None:
        with pytest.raises(sn.InvalidInput, match="decay must be a number, a vector or a mapping"):
            sn.make_objective(sn.Architecture((1, 1)), [0.0, 1.0], [1.0, 2.0], decay="cv")

    @pytest.mark.parametrize("decay", [{"W1": "cv"}, ["cv"]])
    def test_cv_is_not_a_number_of_an_array(self, decay: Any) -> None:
        with pytest.raises(sn.InvalidInput):
            sn.fit(*noisy_line(), **{**LINEAR, "decay": decay})
