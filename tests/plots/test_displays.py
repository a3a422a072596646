"""Displays in the manner of scikit-learn: what they hold, what they draw, and what they refuse."""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.figure import Figure

pytest.importorskip("sklearn")

import sheernet as sn

N = 60
RNG = np.random.default_rng(4)
X = RNG.normal(size=(N, 2))
Y = X[:, 0] + 0.3 * RNG.normal(size=N)
PNG = b"\x89PNG"


@cache
def epochs() -> Any:
    """A fit with validation scores."""
    return sn.MLPRegressor(
        hidden_layer_sizes=(5,), early_stopping=True, n_iter_no_change=2, learning_rate_init=0.1,
        random_state=0,
    ).fit(X, Y)  # fmt: skip


@cache
def full_batch() -> Any:
    return sn.MLPRegressor(
        hidden_layer_sizes=(3,), solver="lbfgs", alpha=1.0, tol=1e-3, max_iter=2000, random_state=0
    ).fit(X, Y)  # fmt: skip


def line(ax: Any, label: str) -> Any:
    (found,) = [one for one in ax.lines if str(one.get_label()).startswith(label)]
    return found


class TestLossCurve:
    @pytest.mark.parametrize("fit", [epochs, full_batch])
    def test_is_that_of_the_estimator(self, fit) -> None:
        display = sn.plots.LossCurveDisplay.from_estimator(fit())
        curve = line(display.ax_, "loss")
        assert curve.get_ydata().tolist() == pytest.approx(fit().loss_curve_)
        assert curve.get_xdata().tolist() == list(range(1, fit().n_iter_ + 1))
        assert display.figure_ is display.ax_.figure

    def test_its_end_says_why(self) -> None:
        display = sn.plots.LossCurveDisplay.from_estimator(full_batch())
        reason = full_batch().termination_.reason.replace("_", " ")
        end = line(display.ax_, f"end: {reason}")
        assert end.get_xdata().tolist() == [full_batch().n_iter_]

    def test_scores_have_an_axis_of_their_own(self) -> None:
        display = sn.plots.LossCurveDisplay.from_estimator(epochs())
        scores, best = display.validation_ax_.lines
        assert scores.get_ydata().tolist() == epochs().validation_scores_
        assert best.get_ydata().tolist() == [max(epochs().validation_scores_)]
        assert scores.get_linestyle() == "--"
        labels = [text.get_text() for text in display.ax_.get_legend().get_texts()]
        assert "validation score" in labels

    def test_without_scores_there_is_one_axis(self) -> None:
        display = sn.plots.LossCurveDisplay.from_estimator(full_batch())
        assert display.validation_ax_ is None
        assert len(display.figure_.axes) == 1

    @pytest.mark.filterwarnings("ignore:Stochastic Optimizer")
    def test_of_the_perceptron_of_scikit_learn(self) -> None:
        from sklearn.neural_network import MLPRegressor

        theirs = MLPRegressor(hidden_layer_sizes=(3,), max_iter=4, random_state=0).fit(X, Y)
        display = sn.plots.LossCurveDisplay.from_estimator(theirs, name="theirs")
        assert line(display.ax_, "loss").get_ydata().tolist() == pytest.approx(theirs.loss_curve_)
        assert display.ax_.get_title().startswith("Loss of theirs: ")

    def test_a_name_is_written_as_it_is(self) -> None:
        display = sn.plots.LossCurveDisplay([2.0, 1.0], name="$a_1$").plot()
        assert display.ax_.get_title() == r"Loss of \$a_1\$: 1 after 2 iterations"
        display.figure_.draw_without_rendering()

    def test_a_negative_loss_has_a_linear_axis(self) -> None:
        assert sn.plots.LossCurveDisplay([2.0, -1.0]).plot().ax_.get_yscale() == "linear"
        assert sn.plots.LossCurveDisplay([2.0, 1.0]).plot().ax_.get_yscale() == "log"

    def test_of_one_iteration(self) -> None:
        assert (
            sn.plots.LossCurveDisplay([2.0]).plot().ax_.get_title() == "Loss: 2 after 1 iteration"
        )

    @pytest.mark.parametrize("estimator", [sn.MLPRegressor(), object()])
    def test_without_one_is_refused(self, estimator) -> None:
        with pytest.raises(sn.InvalidInput, match=r"has no loss_curve_.*sheernet\.plots\.cost"):
            sn.plots.LossCurveDisplay.from_estimator(estimator)

    @pytest.mark.parametrize("losses", [[], [np.nan, np.inf]])
    def test_without_a_finite_value_is_refused(self, losses) -> None:
        with pytest.raises(sn.InvalidInput, match="loss_curve"):
            sn.plots.LossCurveDisplay(losses)

    @pytest.mark.parametrize("scores", [[1.0], [[1.0, 2.0]]])
    def test_another_number_of_scores_is_refused(self, scores) -> None:
        with pytest.raises(sn.ShapeMismatch, match="validation_scores"):
            sn.plots.LossCurveDisplay([2.0, 1.0], validation_scores=scores)


class TestEffects:
    def test_are_those_of_the_model(self) -> None:
        display = sn.plots.EffectsDisplay.from_estimator(full_batch(), X)
        expected = full_batch().to_model().effects(X)
        assert [effect.name for effect in display.effects.curves] == [
            e.name for e in expected.curves
        ]
        drawn = {ax.get_xlabel(): ax.lines[0].get_ydata() for ax in display.figure_.axes}
        for effect in expected.curves:
            np.testing.assert_allclose(drawn[effect.name], effect.mean[:, 0])

    def test_options_are_those_of_effects(self) -> None:
        display = sn.plots.EffectsDisplay.from_estimator(
            full_batch(), X, kind="partial dependence", columns=["x2"]
        )
        assert [ax.get_xlabel() for ax in display.figure_.axes] == ["x2"]
        assert "Mean prediction" in display.figure_.get_suptitle()


class TestImportance:
    def test_is_that_of_the_model(self) -> None:
        display = sn.plots.ImportanceDisplay.from_estimator(
            full_batch(), X, Y, points=64, repeats=2
        )
        expected = full_batch().to_model().importance(X, Y, points=64, repeats=2)
        widths = sorted(bar.get_width() for bar in display.ax_.containers[0])
        assert widths == pytest.approx(sorted(expected["total"].values[:, 0]))

    def test_of_another_measure(self) -> None:
        display = sn.plots.ImportanceDisplay.from_estimator(
            full_batch(), X, Y, measure="permutation", points=64, repeats=2
        )
        assert display.ax_.get_xlabel() == "growth of the error if permuted"


DISPLAYS = {
    "loss": lambda ax=None: sn.plots.LossCurveDisplay.from_estimator(epochs(), ax=ax),
    "effects": lambda ax=None: sn.plots.EffectsDisplay.from_estimator(full_batch(), X, ax=ax),
    "importance": lambda ax=None: sn.plots.ImportanceDisplay.from_estimator(
        full_batch(), X, points=64, ax=ax
    ),
}


@pytest.mark.parametrize("name", DISPLAYS)
class TestEveryDisplay:
    def test_draws_on_given_axes(self, name) -> None:
        ax = Figure().add_subplot()
        display = DISPLAYS[name](ax)
        assert display.ax_ is ax
        assert display.figure_ is ax.figure

    def test_draws_again(self, name) -> None:
        display = DISPLAYS[name]()
        first = display.figure_
        assert display.plot() is display
        assert display.figure_ is not first
        assert display.ax_.get_xlabel() == first.axes[0].get_xlabel()

    def test_is_a_picture_in_a_notebook_if_the_figure_is_its_own(self, name, monkeypatch) -> None:
        monkeypatch.delitem(sys.modules, "matplotlib.pyplot", raising=False)
        assert DISPLAYS[name]()._repr_png_().startswith(PNG)
        assert DISPLAYS[name](Figure().add_subplot())._repr_png_() is None

    def test_is_no_second_picture_of_a_figure_that_pyplot_shows(self, name) -> None:
        display = DISPLAYS[name]()
        assert pyplot.fignum_exists(display.figure_.number)
        assert display._repr_png_() is None
