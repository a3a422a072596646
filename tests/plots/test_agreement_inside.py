"""As test_agreement.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

import sheernet as sn
from plots.test_agreement import BOTH
from sheernet.plots.agreement import CELLS, MOST_POINTS, agreements
from sheernet.plots.agreement_plots import _draw_density


class TestAgreement:
    @given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=9))
    def test_residuals_are_true_minus_predicted(self, values) -> None:
        true = np.array(values)
        (pair,) = agreements(true - 2.0, true)
        assert np.allclose(pair.groups[0].residuals, 2.0, atol=1e-9)

    def test_a_mask_and_row_numbers_say_the_same(self) -> None:
        (a,) = agreements([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], held_out=[1, 0])
        (b,) = agreements([1.0, 2.0, 3.0], [1.0, 2.0, 3.0], held_out=[True, True, False])
        assert a.held_out.tolist() == b.held_out.tolist() == [True, True, False]

    def test_groups_are_named_for_what_they_are(self) -> None:
        def names(held_out) -> list[str]:
            pair = agreements([1.0, 2.0], [1.0, 2.0], held_out)[0]
            return [group.label for group in pair.groups]

        assert names(None) == names([]) == ["2 rows"]
        assert names([0, 1]) == ["2 held-out rows"]
        assert names([False, False]) == ["2 training rows"]
        assert names([1]) == ["1 training row", "1 held-out row"]

    def test_several_targets_are_numbered_or_named(self) -> None:
        table = np.ones((2, 2))
        assert [pair.name for pair in agreements(table, table)] == ["target 1", "target 2"]
        assert [pair.name for pair in agreements(table, table, target_names=["a", "b"])] == [
            "a",
            "b",
        ]

    def test_more_targets_than_rows_may_be_turned(self) -> None:
        y = np.ones((1, 60))
        with pytest.warns(
            sn.SheernetWarning,
            match=r"predicted and true have 1 row and 60 columns.* transpose both",
        ):
            assert len(agreements(y, y)) == 60
        assert len(agreements(y[:, :2], y[:, :2], target_names=["a", "b"])) == 2

    @given(st.data())
    def test_each_group_has_the_figures_of_its_own_rows(self, data) -> None:
        n = data.draw(st.integers(2, 9))
        held_out = data.draw(st.integers(0, n - 2)) + 1
        numbers = st.lists(st.floats(-1e3, 1e3), min_size=n, max_size=n)
        true, predicted = np.array(data.draw(numbers)), np.array(data.draw(numbers))
        (pair,) = agreements(predicted, true, held_out=np.arange(held_out))
        training, kept = pair.groups
        for group, rows in ((training, slice(held_out, None)), (kept, slice(0, held_out))):
            alone = agreements(predicted[rows], true[rows])[0].groups[0]
            assert (group.fit, group.quality, group.error) == (
                alone.fit,
                alone.quality,
                alone.error,
            )

    def test_a_weight_is_a_row_repeated_and_a_weight_of_0_is_none(self) -> None:
        weighted = agreements([1.0, 5.0, 9.0], [2.0, 2.0, 0.0], weights=[3.0, 1.0, 0.0])[0]
        repeated = agreements([1.0, 1.0, 1.0, 5.0], [2.0, 2.0, 2.0, 2.0])[0]
        assert weighted.groups[0].label == "2 rows"
        assert weighted.groups[0].error == repeated.groups[0].error == "mean 0, RMSE 1.73"


class TestDensity:
    def test_every_point_is_counted_in_the_cell_where_it_lies(self) -> None:
        x, residuals = np.random.default_rng(0).normal(size=(2, MOST_POINTS + 1))
        ax = sn.plots.residuals(x, x + residuals)
        (left, right), (low, high) = ax.get_xlim(), ax.get_ylim()
        columns = ((x - left) / (right - left) * CELLS).astype(int)
        rows = ((residuals - low) / (high - low) * CELLS).astype(int)
        expected = np.zeros((CELLS, CELLS))
        np.add.at(expected, (rows, columns), 1)
        assert np.array_equal(ax.collections[0].get_array().filled(0), expected)

    def test_points_at_the_ends_of_the_axes_are_counted(self) -> None:
        ends = np.repeat([0.0, 1.0], MOST_POINTS)
        ax = Figure().add_subplot()
        ax.set_xlim(0.0, 1.0)
        ax.set_ylim(0.0, 1.0)
        _draw_density(ax, ends, ends)
        counts = ax.collections[0].get_array()
        assert counts[0, 0] == counts[-1, -1] == MOST_POINTS

    def test_columns_are_x_and_rows_are_y(self) -> None:
        predicted = np.repeat([0.0, 10.0], MOST_POINTS)
        true = predicted + np.where(predicted == 0, 5.0, -5.0)
        counts = sn.plots.residuals(predicted, true).collections[0].get_array()
        (high, left), (low, right) = np.argwhere(~counts.mask)[::-1]
        assert left < CELLS // 2 <= high
        assert low < CELLS // 2 <= right


class TestPictures:
    @BOTH
    def test_many_rows_are_counted_in_cells(self, draw, tmp_path) -> None:
        n = MOST_POINTS + 1
        true = np.random.default_rng(0).normal(size=n)
        ax = draw(true + 1.0, true)
        (cells,) = ax.collections
        assert cells.get_array().sum() == n
        assert not [line for line in ax.lines if line.get_marker() in "os"]
        assert ax.child_axes[0].get_ylabel() == "rows in a cell, of 5001 rows"
        assert "RMSE 1" in ax.get_title()
        assert sn.plots.save(ax, tmp_path / "many.png").stat().st_size < 300_000
