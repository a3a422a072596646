"""Plots of the final objectives of many starts."""

from __future__ import annotations

import numpy as np
import pytest
from numpy import inf, nan

import sheernet as sn
from sheernet.training import Starts


def starts_at(objectives, best: int = 0, floor: float = 0.0) -> Starts:
    n = len(objectives)
    return Starts(
        np.array(objectives, float),
        ("max_iterations",) * n,
        np.ones(n, int),
        np.zeros(n),
        best,
        0,
        "glorot",
        floor,
    )


def lines_of(ax) -> dict:
    return {line.get_label(): line for line in ax.lines}


class TestPicture:
    def test_near_and_far_differ_by_marker(self) -> None:
        lines = lines_of(sn.plots.starts(starts_at([2.0, 1.0, 1.001], best=1)))
        assert lines["within 1 % of the best"].get_xydata().tolist() == [[1, 1], [2, 1.001]]
        assert lines["worse"].get_xydata().tolist() == [[3, 2]]
        assert lines["within 1 % of the best"].get_marker() != lines["worse"].get_marker()
        assert lines["kept"].get_xydata().tolist() == [[1, 1]]

    def test_the_legend_lies_outside_the_axes(self) -> None:
        ax = sn.plots.starts(starts_at([2.0, 1.0, nan]))
        ax.figure.draw_without_rendering()
        assert ax.get_legend().get_window_extent().y1 < ax.get_window_extent().y0

    def test_the_longest_title_is_not_cut(self) -> None:
        ax = sn.plots.starts(starts_at([8.86e-19, 4e-15] * 500, floor=1.26e-9))
        ax.figure.draw_without_rendering()
        title = ax.title.get_window_extent()
        assert 0 <= title.x0 < title.x1 <= ax.figure.bbox.x1

    def test_zeros_and_lost_starts_are_marked(self) -> None:
        ax = sn.plots.starts(starts_at([0.0, 1.0, nan]))
        assert ax.get_yscale() == "log"
        assert lines_of(ax)["exactly 0, below the range of the axis"].get_xdata().tolist() == [1]
        assert lines_of(ax)["1 start without a finite objective"].get_xdata().tolist() == [3]

    def test_equal_optima_have_ticks_that_a_person_can_read(self) -> None:
        value = 3.747064823e-2
        ax = sn.plots.starts(starts_at([value, value * (1 + 1e-12), value * (1 + 3e-12)]))
        ax.figure.draw_without_rendering()
        assert ax.yaxis.get_offset_text().get_text() == ""
        low, high = ax.get_ylim()
        assert low < 0.995 * value
        assert high > 1.005 * value

    @pytest.mark.parametrize("objectives", [[nan, inf], [0.0, 0.0], [-1.0, 2.0], [1.0] * 300])
    def test_odd_cases_can_be_drawn(self, objectives, tmp_path) -> None:
        sn.plots.save(sn.plots.starts(starts_at(objectives)), tmp_path / "starts.png")
