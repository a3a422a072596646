"""The picture of a selection: a line for each size and decay, bars of standard errors, the chosen and the lowest."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

import sheernet as sn
from selections import selection_of
from sheernet.plots.selection_plot import MOST, ErrorLines, _some

ERRORS = [[3.0, 2.0, 2.5], [4.0, 1.0, 1.5]]


def lines(ax: Any) -> dict[str, Any]:
    return {each.get_label(): each for each in ax.containers}


class TestLines:
    def test_have_the_errors_of_a_size_from_the_smallest_decay(self) -> None:
        found = ErrorLines.over_decays(selection_of(ERRORS).grid)
        assert [line.label for line in found.lines] == ["no hidden units", "2 units"]
        assert found.lines[1].errors.tolist() == [1.5, 1.0, 4.0]
        assert found.ticks == ("0.001", "0.01", "0.1")
        assert (found.chosen, found.reference) == ((1, 1), 1.0)

    def test_have_the_errors_of_a_decay_over_sizes(self) -> None:
        found = ErrorLines.over_sizes(selection_of(ERRORS).grid)
        assert [line.label for line in found.lines] == ["decay 0.1", "decay 0.01", "decay 0.001"]
        assert found.lines[0].errors.tolist() == [3.0, 4.0]
        assert found.ticks == ("0", "2")

    def test_keep_the_evidence_and_chosen_sizes_apart(self) -> None:
        """A missing point separates them from the numbers, so that no line connects them."""
        grid = selection_of([[2.0, 4.0], [3.0, 5.0], [1.0, np.nan]]).grid
        grid = replace(grid, sizes=((), (2,), "auto"), decays=("evidence", 0.1))
        decays, sizes = ErrorLines.over_decays(grid), ErrorLines.over_sizes(grid)
        assert decays.ticks == ("0.1", "", "evidence")
        assert decays.chosen == (2, 2)  # no single size is near
        np.testing.assert_array_equal(decays.lines[0].errors, [4.0, np.nan, 2.0])
        assert sizes.ticks == ("0", "2", "", "auto")
        assert sizes.chosen == (0, 3)
        assert [line.label for line in sizes.lines] == ["decays by the evidence", "decay 0.1"]

    @given(st.integers(1, 40), st.data())
    def test_of_many_some_are_drawn_the_required_ones_among_them(self, n: int, data: Any) -> None:
        required = data.draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=2))
        some = _some(n, required)
        assert set(required) <= set(some)
        assert some == sorted(set(some))
        assert len(some) == min(n, MOST)


class TestThePicture:
    def test_has_bars_of_one_standard_error(self) -> None:
        ax = sn.plots.selection(selection_of(ERRORS))
        _, _, (bars,) = lines(ax)["2 units"]
        ends = np.array([segment[:, 1] for segment in bars.get_segments()])
        np.testing.assert_allclose(ends, [[1.4, 1.6], [0.9, 1.1], [3.9, 4.1]])

    def test_rings_the_chosen_error_on_its_line(self) -> None:
        for ax in sn.plots.selection(selection_of(ERRORS)).figure.axes:
            (ring,) = [each for each in ax.lines if each.get_label() == "chosen"]
            points = [
                point
                for each in lines(ax).values()
                for point in each.lines[0].get_xydata().tolist()
            ]
            assert ring.get_xydata().tolist()[0] in points
            assert ring.get_ydata()[0] == 1.0

    def test_has_a_line_at_the_error_that_the_others_are_compared_with(self) -> None:
        """The default model may have a higher error than the lowest."""
        selected = selection_of([[2.0, 4.0], [3.0, 5.0], [2.5, np.nan]], rule="paired")
        grid = replace(selected.grid, sizes=((), (2,), "auto"), reference=(2, 0))
        for each, error, name in (
            (selected, 2.0, "lowest"),
            (replace(selected, grid=grid), 2.5, "default model"),
        ):
            for ax in sn.plots.selection(each).figure.axes:
                (line,) = [line for line in ax.lines if line.get_label() == f"{name}, {error:g}"]
                assert set(line.get_ydata()) == {error}

    def test_says_what_was_chosen(self) -> None:
        title = sn.plots.selection(selection_of(ERRORS)).figure.get_suptitle()
        assert "chosen: 2 units, decay 0.01; RMSE 1 (standard error 0.1)" in title

    @pytest.mark.parametrize(
        ("errors", "axes"),
        [
            (ERRORS, ["weight decay", "hidden units"]),
            ([[1.0], [2.0]], ["hidden units"]),
            ([[1.0, 2.0]], ["weight decay"]),
            ([[1.0]], ["weight decay"]),
        ],
    )
    def test_has_no_panel_of_a_single_place(self, errors: Any, axes: list[str]) -> None:
        figure = sn.plots.selection(selection_of(errors)).figure
        assert [ax.get_xlabel() for ax in figure.axes] == axes

    @pytest.mark.parametrize(
        ("errors", "scale"),
        [([[1.0, 3.0]], "linear"), ([[1.0, 30.0]], "log"), ([[0.0, 1.0]], "log")],
    )
    def test_is_logarithmic_if_errors_differ_much(self, errors: Any, scale: str) -> None:
        assert sn.plots.selection(selection_of(errors)).get_yscale() == scale

    def test_leaves_out_what_is_not_known(self) -> None:
        ax = sn.plots.selection(selection_of([[1.0, np.inf, np.nan]]), Figure().add_subplot())
        assert np.isfinite(ax.get_ylim()).all()
        assert np.isnan(lines(ax)["no hidden units"].lines[0].get_ydata()).sum() == 2

    def test_has_no_more_ticks_than_fit(self) -> None:
        many = np.linspace(1.0, 2.0, 30)[None, :]
        ax = sn.plots.selection(selection_of(many))
        assert sum(len(label.get_text()) for label in ax.get_xticklabels()) <= 60
