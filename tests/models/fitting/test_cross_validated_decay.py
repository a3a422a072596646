"""`decay="cv"`: one decay for all weights of a single network, by folds of the training rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sheernet as sn

ENGINE = {"engine": "reference"}
LINEAR: dict[str, Any] = {"hidden": (), "decay": "cv", **ENGINE}


def noisy_line(rows: int = 60, seed: int = 0, noise: float = 1.0) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, 3))
    return X, X @ [1.0, -0.5, 0.3] + noise * rng.normal(size=rows)


def curve(rows: int = 40) -> tuple[Any, Any]:
    x = np.linspace(-2.0, 2.0, rows)
    return x[:, None], np.sin(2 * x)


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

    @pytest.mark.filterwarnings("ignore:the chosen decay 10 is the largest")
    def test_is_no_advice_to_lower_a_decay_that_was_compared_with_lower_ones(self) -> None:
        data, given = noisy_line(seed=2, noise=1e3), {**LINEAR, "max_iter": 50}
        assert "lower decay" in sn.fit(*data, **{**given, "decay": 10.0}).report()
        report = sn.fit(*data, **given).report()
        assert "use inputs on which the target depends" in " ".join(report.split())
        assert "lower decay" not in report


class TestATimeLimit:
    def test_of_nothing_still_gives_a_model(self) -> None:
        with pytest.warns(sn.SheernetWarning, match="after 0 of 13 values; increase time_limit"):
            model = sn.fit(*noisy_line(), **LINEAR, time_limit=0)
        assert model.decay.max() == 1e-4
        assert "the time limit left no time" in model.settings["decay_choice"]
        assert model.termination.reason == "time_limit"


class TestRefused:
    def test_cv_is_a_word_of_fit_only(self) -> None:
        with pytest.raises(sn.InvalidInput, match="decay must be a number, a vector or a mapping"):
            sn.make_objective(sn.Architecture((1, 1)), [0.0, 1.0], [1.0, 2.0], decay="cv")

    @pytest.mark.parametrize("decay", [{"W1": "cv"}, ["cv"]])
    def test_cv_is_not_a_number_of_an_array(self, decay: Any) -> None:
        with pytest.raises(sn.InvalidInput):
            sn.fit(*noisy_line(), **{**LINEAR, "decay": decay})
