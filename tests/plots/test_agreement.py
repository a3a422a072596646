"""Predictions against true values, and residuals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

import sheernet as sn
from sheernet.plots.agreement import agreements

BOTH = pytest.mark.parametrize("draw", [sn.plots.predicted_against_true, sn.plots.residuals])


def lines_of(ax) -> dict:
    return {line.get_label(): line for line in ax.lines}


class TestAgreement:
    @given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=9))
    def test_residuals_are_true_minus_predicted(self, values) -> None:
        true = np.array(values)
        (pair,) = agreements(true - 2.0, true)
        assert np.allclose(pair.residuals, 2.0, atol=1e-9)

    def test_a_mask_and_row_numbers_say_the_same(self) -> None:
        (a,) = agreements([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], held_out=[1, 0])
        (b,) = agreements([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], held_out=[True, True, False])
        assert a.held_out.tolist() == b.held_out.tolist() == [True, True, False]

    def test_groups_are_named_for_what_they_are(self) -> None:
        def names(held_out) -> list[str]:
            return [name for name, _ in agreements([1.0, 2.0], [1.0, 2.0], held_out)[0].groups()]

        assert names(None) == names([]) == ["rows"]
        assert names([0, 1]) == ["held-out rows"]
        assert names([1]) == ["training rows", "held-out rows"]

    def test_several_targets_are_numbered_or_named(self) -> None:
        table = np.ones((2, 2))
        assert [pair.name for pair in agreements(table, table)] == ["target 1", "target 2"]
        assert [pair.name for pair in agreements(table, table, target_names=["a", "b"])] == [
            "a",
            "b",
        ]


class TestPictures:
    def test_points_are_true_and_predicted(self) -> None:
        ax = sn.plots.predicted_against_true([1.0, 2.0], [3.0, 5.0])
        assert lines_of(ax)["2 rows"].get_xydata().tolist() == [[3, 1], [5, 2]]
        assert ax.get_xlim() == ax.get_ylim() == (pytest.approx(0.8), pytest.approx(5.2))

    def test_the_title_has_rmse_and_r2(self) -> None:
        # squared errors 1 and 0; deviations of 1, 3 from their mean 2: 1 and 1
        assert (
            sn.plots.predicted_against_true([2.0, 3.0], [1.0, 3.0])
            .get_title()
            .endswith("RMSE 0.707, R² 0.5000")
        )

    def test_constant_true_values_have_no_r2(self) -> None:
        assert (
            sn.plots.predicted_against_true([2.0, 2.0], [1.0, 1.0]).get_title().endswith("RMSE 1")
        )

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
            sn.InvalidInput, match=r"held_out names rows from .* but the rows are 0 to 1"
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
