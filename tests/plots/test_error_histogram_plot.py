"""Histograms of errors, compared with numpy.histogram and with the figures of models."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

import sheernet as sn
from sheernet.plots.agreement import agreements
from sheernet.plots.error_histogram_plot import ErrorHistogram


def a_case(n: int = 200):
    rng = np.random.default_rng(4)
    predicted = rng.normal(size=n)
    return predicted, predicted + rng.uniform(-2, 3, size=n)


def legend(ax) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


class TestNumbers:
    def test_are_shares_of_true_minus_predicted(self) -> None:
        predicted, true = a_case()
        found = ErrorHistogram.of(agreements(predicted, true)[0], bins=10)
        reach = np.abs(true - predicted).max()
        counts, edges = np.histogram(true - predicted, 10, range=(-reach, reach))
        assert found.edges == pytest.approx(edges)
        assert found.shares[0] == pytest.approx(counts / 200)

    def test_each_group_has_its_own_shares(self) -> None:
        predicted, true = a_case()
        found = ErrorHistogram.of(agreements(predicted, true, held_out=range(30))[0])
        assert found.shares.sum(axis=1) == pytest.approx([1.0, 1.0])
        assert found.held_out == (False, True)
        one = ErrorHistogram.of(agreements(predicted[:30], true[:30])[0])
        mass = [(found.shares[1] * found.edges[1:]).sum(), (one.shares[0] * one.edges[1:]).sum()]
        assert mass[0] == pytest.approx(mass[1], abs=0.3)  # the same errors in other bins

    def test_a_row_of_weight_3_counts_as_three_rows(self) -> None:
        predicted, true = a_case(40)
        weights = np.arange(40) % 3 + 1
        weighted = ErrorHistogram.of(agreements(predicted, true, weights=weights)[0])
        repeated = (np.repeat(values, weights) for values in (predicted, true))
        assert weighted.shares == pytest.approx(ErrorHistogram.of(agreements(*repeated)[0]).shares)

    def test_a_huge_error_does_not_make_all_others_one_bin(self) -> None:
        predicted, true = a_case()
        true[7] = 1e9
        found = ErrorHistogram.of(agreements(predicted, true)[0])
        assert found.beyond == 1
        assert np.count_nonzero(found.shares) > 5
        assert found.shares.sum() == pytest.approx(1.0)

    def test_rounding_is_no_error(self) -> None:
        predicted, _ = a_case()
        found = ErrorHistogram.of(agreements(predicted, predicted * (1 + 1e-15))[0])
        assert found.exact
        assert found.shares.tolist() == [[1.0]]

    def test_predictions_of_a_target_of_zeros_have_errors(self) -> None:
        assert not ErrorHistogram.of(agreements([1e-20, 0.0], [0.0, 0.0])[0]).exact


class TestPicture:
    def test_the_figures_of_a_model_are_in_the_legend(self) -> None:
        rng = np.random.default_rng(0)
        x = rng.normal(size=80)
        table = {"x": x, "y": 100 * x + 20 * rng.normal(size=80)}
        for options, others in (
            ({"decay": 1e-3}, "20 held-out rows"),
            ({}, "80 rows left out in 5 folds"),
        ):
            model = sn.fit(table, "y", hidden=0, starts=1, **options)
            texts = legend(sn.plots.error_histogram(model, table))
            assert (
                f"RMSE {model.training_fit.rmse[0]:.3g}"
                in texts[0 if "training" in texts[0] else 1]
            )
            (own,) = [text for text in texts if text.startswith(others)]
            assert own.endswith(f"RMSE {model.held_out_fit.rmse[0]:.3g}")

    def test_of_another_table_is_a_single_group(self) -> None:
        model = sn.fit({"x": [1.0, 2.0, 4.0], "y": [1.5, 2.0, 3.0]}, "y", hidden=0, decay=0.0)
        ax = sn.plots.error_histogram(model, ([[1.0], [3.0]], [1.0, 2.0]))
        assert ax.get_title().splitlines()[0] == "Errors of y"
        assert ax.get_ylabel() == "share of the rows (%)"

    def test_bins_are_even_so_that_0_is_an_edge(self) -> None:
        predicted, true = a_case()
        ax = sn.plots.error_histogram(predicted, true, bins=7)
        assert len(ax.patches[0].get_data().values) == 8

    def test_several_targets_have_panels_of_their_own(self) -> None:
        Y = np.random.default_rng(0).normal(size=(30, 7))
        ax = sn.plots.error_histogram(Y, Y + 1.0 + 0.1 * Y)
        assert len(ax.figure.axes) == 6
        assert ax.figure.get_suptitle() == "the first 6 of 7 targets"
        with pytest.raises(sn.ShapeMismatch, match="room for one target but there are 7"):
            sn.plots.error_histogram(Y, Y, ax=Figure().add_subplot())

    def test_an_exact_fit_says_so(self) -> None:
        ax = sn.plots.error_histogram([1.0, 2.0], [1.0, 2.0])
        assert ax.get_title() == "No error of 2 rows except for rounding"

    def test_a_model_of_classes_is_refused(self) -> None:
        model = sn.fit({"x": [1.0, 2.0, 3.0, 4.0], "y": list("abab")}, "y", hidden=0, decay=0.1)
        with pytest.raises(sn.InvalidInput, match="needs a model of numbers"):
            sn.plots.error_histogram(model, {"x": [1.0], "y": ["a"]})
