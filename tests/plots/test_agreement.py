"""Plots of predictions against true values, and of residuals."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.figure import Figure

import sheernet as sn

BOTH = pytest.mark.parametrize("draw", [sn.plots.predicted_against_true, sn.plots.residuals])


@BOTH
class TestModels:
    @pytest.mark.parametrize("options", [{"decay": 1e-3}, {}], ids=["held out", "folds"])
    def test_of_the_table_of_the_fit_there_are_two_groups(self, draw, options) -> None:
        rng = np.random.default_rng(0)
        x = rng.normal(size=80)
        table = {"x": x, "y": 100 * x + 20 * rng.normal(size=80)}
        model = sn.fit(table, "y", hidden=0, starts=1, **options)
        ax = draw(model, table)
        texts = " ".join(
            [ax.get_title(), *(text.get_text() for text in ax.get_legend().get_texts())]
        )
        for fit in (model.training_fit, model.held_out_fit):
            assert f"RMSE {fit.rmse[0]:.3g}" in texts

    def test_another_table_gives_the_picture_of_its_predictions(self, draw) -> None:
        model = sn.fit({"x": [1.0, 2.0, 4.0], "y": [1.5, 2.0, 3.0]}, "y", hidden=0, decay=0.0)
        X, y = [[1.0], [3.0]], [1.0, 2.0]
        ax, same = draw(model, (X, y)), draw(model.predict(X), y, target_names=["y"])
        assert ax.get_title() == same.get_title()
        assert [line.get_xydata().tolist() for line in ax.lines] == [
            line.get_xydata().tolist() for line in same.lines
        ]

    def test_a_model_of_classes_is_refused(self, draw) -> None:
        model = sn.fit({"x": [1.0, 2.0, 3.0, 4.0], "y": list("abab")}, "y", hidden=0, decay=0.1)
        with pytest.raises(sn.InvalidInput, match="needs a model of numbers"):
            draw(model, {"x": [1.0], "y": ["a"]})


def lines_of(ax) -> dict:
    return {line.get_label(): line for line in ax.lines}


class TestExactFit:
    @pytest.mark.parametrize(
        ("error", "words"),
        [
            (0.0, "exact to rounding, RMSE 0"),
            (1e-15, "exact to rounding"),
            (2e-9, "exact to 9 digits"),  # of the range, which is 4
            (2e-6, "exact to 6 digits"),
            (1e-5, "mean"),
        ],
    )
    def test_the_digits_are_those_of_the_range(self, error, words) -> None:
        true = np.array([1.0, 2.0, 3.0, 5.0])
        signs = np.array([1.0, -1.0, 1.0, -1.0])
        ax = sn.plots.residuals(true + error * signs, true)
        assert ax.get_title().startswith(f"Residuals: {words}")

    def test_rounding_lies_on_the_line_at_0(self) -> None:
        true = np.array([1.0, 2.0, 3.0, 5.0])
        ax = sn.plots.residuals(true * (1 + 1e-15), true)
        assert ax.get_ylim() == pytest.approx((-4e-4, 4e-4))
        labels = [text.get_text() for text in ax.get_legend().get_texts()]
        assert labels == ["4 rows"]  # without a band

    def test_held_out_rows_keep_their_errors(self) -> None:
        true, predicted = [1.0, 2.0, 3.0, 4.0, 9.0], [1.0, 2.0, 3.0, 4.5, 8.5]
        ax = sn.plots.residuals(predicted, true, held_out=[3, 4])
        labels = [text.get_text() for text in ax.get_legend().get_texts()]
        assert "3 training rows: exact to rounding, RMSE 0" in labels
        assert "2 held-out rows: mean 0, RMSE 0.5" in labels
        assert "one RMSE of held-out rows around 0" in labels

    def test_the_band_of_many_rows_is_the_error_of_similar_predictions(self) -> None:
        predicted = np.arange(80.0)
        true = predicted + np.where(np.arange(80) % 2, 1.0, -1.0) * np.where(
            predicted < 40, 0.5, 3.0
        )
        ax = sn.plots.residuals(predicted, true)
        (label,) = [
            text.get_text() for text in ax.get_legend().get_texts() if "RMSE" in text.get_text()
        ]
        assert label == "one RMSE of rows with similar predictions, around 0"
        corners = ax.collections[0].get_paths()[0].vertices
        for end, rmse in ((0.0, 0.5), (79.0, 3.0)):
            assert np.ptp(corners[corners[:, 0] == end, 1]) == pytest.approx(2 * rmse)

    def test_a_constant_target_of_0_can_be_drawn(self) -> None:
        assert sn.plots.residuals([0.0, 0.0], [0.0, 0.0]).get_ylim() == (-1.0, 1.0)


class TestPictures:
    def test_points_are_true_and_predicted(self) -> None:
        ax = sn.plots.predicted_against_true([1.0, 2.0], [3.0, 5.0])
        assert lines_of(ax)["2 rows"].get_xydata().tolist() == [[3, 1], [5, 2]]
        assert ax.get_xlim() == ax.get_ylim() == (pytest.approx(0.8), pytest.approx(5.2))

    @pytest.mark.parametrize("draw", [sn.plots.predicted_against_true, sn.plots.residuals])
    @pytest.mark.parametrize("name", [None, "score"])
    def test_the_title_says_where_all_rows_are_training_rows(self, draw, name) -> None:
        names = name and [name]
        title = draw(
            [3.0, 1.0], [1.0, 3.0], held_out=[False, False], target_names=names
        ).get_title()
        assert ": 2 training rows\n" in title
        assert "RMSE 2" in title
        assert "training" not in draw([3.0, 1.0], [1.0, 3.0], target_names=names).get_title()

    def test_the_title_has_rmse_and_r2(self) -> None:
        # squared errors 1 and 0; deviations of 1, 3 from their mean 2: 1 and 1
        assert (
            sn.plots.predicted_against_true([2.0, 3.0], [1.0, 3.0])
            .get_title()
            .endswith("RMSE 0.707, R² 0.5000")
        )

    def test_an_r2_below_0_has_a_minus_as_other_numbers_have(self) -> None:
        # squared errors 4 and 4; deviations of 1, 3 from their mean 2: 1 and 1
        title = sn.plots.predicted_against_true([3.0, 1.0], [1.0, 3.0]).get_title()
        assert title.endswith("RMSE 2, R² −3.0000")

    @pytest.mark.parametrize("held_out", [None, np.arange(9_000)])
    def test_the_bar_of_many_rows_is_no_taller_than_its_panel(self, held_out) -> None:
        true = np.random.default_rng(0).normal(size=20_000)
        ax = sn.plots.predicted_against_true(true + 0.1, true, held_out=held_out)
        ax.figure.draw_without_rendering()
        for panel in ax.figure.axes:
            (bar,) = panel.child_axes
            assert bar.get_window_extent().height < panel.get_window_extent().height
            assert bar.get_tightbbox().x1 <= ax.figure.bbox.x1

    def test_constant_true_values_have_no_r2(self) -> None:
        assert (
            sn.plots.predicted_against_true([2.0, 2.0], [1.0, 1.0]).get_title().endswith("RMSE 1")
        )

    @BOTH
    def test_rows_of_folds_are_not_called_held_out(self, draw) -> None:
        ax = draw([1.0, 2.0, 1.1, 2.3], [1.0, 2.1] * 2, held_out=[2, 3], folds=5)
        labels = [text.get_text() for text in ax.get_legend().get_texts()]
        assert sum(label.startswith("2 rows left out in 5 folds") for label in labels) == 1
        assert sum(label.startswith("2 training rows") for label in labels) == 1
        assert not any("held-out" in label for label in labels)

    def test_the_means_of_equal_predictions_show_that_predictions_are_right(self) -> None:
        """Predictions that are the true means: high true values are above them, their means are not."""
        rng = np.random.default_rng(0)
        predicted = rng.normal(size=2000)
        true = predicted + rng.normal(size=2000)
        weights = rng.uniform(0.5, 2.0, size=2000)
        ax = sn.plots.predicted_against_true(predicted, true, weights=weights)
        x, y = lines_of(ax)["mean true value of similar predictions"].get_data()
        parts = np.array_split(np.argsort(predicted), 12)
        assert x == pytest.approx([np.average(true[p], weights=weights[p]) for p in parts])
        assert y == pytest.approx([np.average(predicted[p], weights=weights[p]) for p in parts])
        assert np.abs(x - y).max() < 4 / np.sqrt(2000 / 12)  # standard errors
        highest = true > np.quantile(true, 0.95)
        assert (true - predicted)[highest].mean() > 0.8

    def test_few_rows_have_no_such_means(self) -> None:
        ax = sn.plots.predicted_against_true(np.arange(59.0), np.arange(59.0) % 7)
        assert "mean true value of similar predictions" not in lines_of(ax)

    def test_residuals_are_drawn_over_predictions(self) -> None:
        ax = sn.plots.residuals([1.0, 2.0], [3.0, 1.0])
        assert lines_of(ax)["2 rows"].get_xydata().tolist() == [[1, 2], [2, -1]]
        assert ax.get_title() == "Residuals: mean 0.5, RMSE 1.58"

    @BOTH
    def test_held_out_rows_have_another_marker(self, draw) -> None:
        ax = draw([1.0, 2.0, 4.0], [1.0, 2.0, 3.0], held_out=[2])
        lines = [line for line in ax.lines if line.get_marker() in "os"]
        assert [(line.get_marker(), len(line.get_xdata())) for line in lines] == [
            ("o", 2),
            ("s", 1),
        ]

    def test_the_legend_has_the_figures_of_each_group(self) -> None:
        # training: residuals 1 and 3, held out: -2
        ax = sn.plots.residuals([0.0, 0.0, 2.0], [1.0, 3.0, 0.0], held_out=[2])
        assert list(lines_of(ax))[-2:] == [
            "2 training rows: mean 2, RMSE 2.24",
            "1 held-out row: mean −2, RMSE 2",
        ]
        assert ax.get_title() == "Residuals"
        corners = ax.collections[0].get_paths()[0].vertices
        assert np.ptp(corners[:, 1]) == pytest.approx(2 * np.sqrt(5))
        dashed = [line.get_ydata()[0] for line in ax.lines if line.get_linestyle() == "--"]
        assert dashed == [-2, 2]

    @BOTH
    def test_the_legend_lies_outside_the_axes(self, draw) -> None:
        ax = draw([1.0, 2.0, 4.0], [1.0, 2.0, 3.0], held_out=[2])
        ax.figure.draw_without_rendering()
        assert ax.get_legend().get_window_extent().y1 < ax.get_window_extent().y0

    @BOTH
    def test_of_many_rows_the_held_out_ones_have_a_panel(self, draw) -> None:
        true = np.random.default_rng(0).normal(size=6000)
        predicted = true + np.where(np.arange(6000) < 1000, 2.0, 1.0)
        ax = draw(predicted, true, held_out=np.arange(1000))
        titles = [panel.get_title() for panel in ax.figure.axes if panel.get_title()]
        assert [title.splitlines()[0].split(": ")[1] for title in titles] == [
            "5000 training rows",
            "1000 held-out rows",
        ]
        assert ["RMSE 1" in titles[0], "RMSE 2" in titles[1]] == [True, True]

    @BOTH
    def test_on_an_ax_that_is_given_many_rows_are_counted_together(self, draw) -> None:
        true = np.random.default_rng(0).normal(size=6000)
        ax = draw(true, true, held_out=np.arange(1000), ax=Figure().add_subplot())
        assert ax.collections[0].get_array().sum() == 6000
        labels = [text.get_text() for text in ax.get_legend().get_texts()]
        assert [label.split(":")[0] for label in labels][-2:] == [
            "5000 training rows",
            "1000 held-out rows",
        ]

    @BOTH
    def test_many_equal_rows_can_be_drawn(self, draw) -> None:
        ax = draw(np.full(6000, 2.0), np.full(6000, 2.0))
        assert ax.collections[0].get_array().max() == 6000

    @BOTH
    def test_several_targets_stand_side_by_side(self, draw, tmp_path) -> None:
        ax = draw(np.zeros((4, 3)), np.ones((4, 3)))
        assert ax.figure.axes[0] is ax
        assert [panel.get_title().splitlines()[0] for panel in ax.figure.axes] == [
            "target 1",
            "target 2",
            "target 3",
        ]
        sn.plots.save(ax, tmp_path / "panels.png")

    @BOTH
    def test_a_perfect_single_row_can_be_drawn(self, draw, tmp_path) -> None:
        sn.plots.save(draw([0.0], [0.0]), tmp_path / "one.png")


@BOTH
class TestRefused:
    def test_predictions_that_are_not_numbers(self, draw) -> None:
        with pytest.raises(
            sn.InvalidInput, match="predicted must be finite, but row 1, column 0 is nan"
        ):
            draw([1.0, np.nan], [1.0, 2.0])

    def test_tables_that_do_not_fit(self, draw) -> None:
        with pytest.raises(
            sn.ShapeMismatch, match=r"predicted has shape \(2, 1\) but true has \(3, 1\)"
        ):
            draw([1.0, 2.0], [1.0, 2.0, 3.0])

    def test_several_targets_on_one_ax(self, draw) -> None:
        with pytest.raises(sn.ShapeMismatch, match="ax has room for one target but there are 2"):
            draw(np.ones((3, 2)), np.ones((3, 2)), ax=Figure().add_subplot())

    def test_a_mask_of_another_length(self, draw) -> None:
        with pytest.raises(sn.ShapeMismatch, match=r"a mask of shape \(1,\) but there are 2 rows"):
            draw([1.0, 2.0], [1.0, 2.0], held_out=[True])

    @pytest.mark.parametrize("rows", [[2], [-1]])
    def test_rows_that_are_not_there(self, draw, rows) -> None:
        with pytest.raises(
            sn.InvalidInput, match=r"held_out holds row numbers from .* but the rows are 0 to 1"
        ):
            draw([1.0, 2.0], [1.0, 2.0], held_out=rows)

    def test_held_out_that_is_neither_mask_nor_rows(self, draw) -> None:
        with pytest.raises(sn.InvalidInput, match="a mask of bools or a list of row numbers"):
            draw([1.0, 2.0], [1.0, 2.0], held_out=[0.5])

    def test_names_that_do_not_fit(self, draw) -> None:
        with pytest.raises(
            sn.ShapeMismatch, match="target_names needs 1 name, one for each target, but"
        ):
            draw([1.0, 2.0], [1.0, 2.0], target_names=["a", "b"])

    def test_weights_of_another_length(self, draw) -> None:
        with pytest.raises(
            sn.ShapeMismatch, match=r"weights has shape \(1,\) but there are 2 rows"
        ):
            draw([1.0, 2.0], [1.0, 2.0], weights=[1.0])
