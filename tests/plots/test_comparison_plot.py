"""Plots of comparisons of optimizers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy import inf, nan

import sheernet as sn
from comparisons import comparison_of, model_of, record_of
from sheernet.plots.comparison_plot import ComparisonCurves

objectives = st.lists(
    st.one_of(st.floats(0, 1e6), st.sampled_from([nan, inf])), min_size=1, max_size=8
)


def lines_of(ax) -> dict:
    return {line.get_label(): line for line in ax.lines}


class TestCurves:
    @given(st.lists(objectives, min_size=1, max_size=4))
    def test_heights_are_above_the_lowest_of_all_and_never_rise(self, runs) -> None:
        found = ComparisonCurves.of(
            comparison_of({str(i): record_of(run) for i, run in enumerate(runs)})
        )
        for curve in found.curves:
            heights = curve.above[~np.isnan(curve.above)]
            assert np.all(heights >= 0)
            assert np.all(np.diff(heights) <= 0)

    def test_the_lowest_is_that_of_the_kept_starts(self) -> None:
        """Under patience, a start that was not kept may have a lower objective."""
        record = record_of([5.0, 3.0])
        found = ComparisonCurves.of(
            comparison_of({"lm": model_of(record, [3.0, 2.0], ran="lm"), "gd": record_of([4.0])})
        )
        assert found.lowest == 3.0
        assert [curve.above.tolist() for curve in found.curves] == [[2, 0], [1]]

    def test_the_method_first_within_1_percent_is_named(self) -> None:
        found = ComparisonCurves.of(
            comparison_of(
                {
                    "lm": record_of([5.0, 1.0], evaluations=[1, 30], seconds=[0.1, 0.5]),
                    "bfgs": record_of([5.0, 1.009, 1.005], evaluations=[1, 40, 80], seconds=[0, 0.2, 9]),
                }
            )
        )  # fmt: skip
        assert found.first("evaluations") == "first within 1 % of the lowest: lm, 30 evaluations"
        assert found.first("seconds") == "first within 1 % of the lowest: bfgs, 0.2 s"

    def test_the_winner_need_not_be_the_method_that_was_first(self) -> None:
        found = ComparisonCurves.of(
            comparison_of(
                {
                    "lm": record_of([5.0, 1.0, 1.0], evaluations=[1, 30, 90]),
                    "bfgs": record_of([5.0, 1.0], evaluations=[1, 40]),
                }
            )
        )
        assert found.first("evaluations").endswith(": lm, 30 evaluations")
        assert found.won == "winner by fewest evaluations until it stopped: bfgs, 40 evaluations"

    def test_without_a_finite_objective_there_is_none(self) -> None:
        found = ComparisonCurves.of(comparison_of({"lm": record_of([np.nan, np.nan])}))
        assert found.first("seconds").startswith("no method came within")

    def test_labels_say_where_each_got(self) -> None:
        found = ComparisonCurves.of(
            comparison_of({"auto": record_of([5.0, 1.0]), "gd": record_of([nan])})
        )
        assert [curve.label for curve in found.curves] == [
            "auto (lm): 1 after 2 evaluations, 0.02 s",
            "gd: no finite objective",
        ]


class TestPicture:
    def test_methods_differ_by_dash_and_marker(self) -> None:
        names = ("lm", "bfgs", "lbfgs", "adam", "gd")
        ax = sn.plots.comparison(
            comparison_of({name: record_of([3.0, 1.0 + i]) for i, name in enumerate(names)})
        )
        lines = ax.lines[:5]
        assert len({line.get_marker() for line in lines}) == 5
        assert len({str(line._unscaled_dash_pattern) for line in lines}) == 5

    def test_of_eight_methods_no_two_share_color_dash_or_marker(self) -> None:
        ax = sn.plots.comparison(
            comparison_of({f"scipy:{i}": record_of([3.0, 1.0 + i]) for i in range(9)})
        )
        eight = ax.lines[:8]
        assert len({line.get_color() for line in eight}) == 8
        assert len({str(line._unscaled_dash_pattern) for line in eight}) == 8
        assert len({line.get_marker() for line in eight}) == 8
        ninth = ax.lines[8]
        assert ninth.get_color() == eight[0].get_color()
        assert ninth.get_marker() != eight[0].get_marker()

    def test_the_winner_does_not_fall_to_the_floor_at_its_own_end(self) -> None:
        runs = {"lm": record_of([5.0, 2.0]), "gd": record_of([5.0, 3.0])}
        ax = sn.plots.comparison(comparison_of(runs))
        assert [line.get_ydata().tolist() for line in ax.lines[:2]] == [[5.0, 2.0], [5.0, 3.0]]
        assert ax.get_ylim()[0] > 1.0

    def test_heights_below_the_floor_are_drawn_at_the_floor(self) -> None:
        run = model_of(record_of([1.0, 1e-3, 1e-12]), ran="lm", floor=1e-9)
        ax = sn.plots.comparison(comparison_of({"lm": run}))
        assert ax.get_yscale() == "log"
        assert ax.lines[0].get_ydata() == pytest.approx([1.0, 1e-3, 1e-9])
        label = "objectives up to 1e−09 count as 0"
        assert lines_of(ax)[label].get_ydata() == [1e-9, 1e-9]

    def test_1_percent_is_marked(self) -> None:
        run = model_of(record_of([5.0, 2.0]), ran="lm", floor=1e-9)
        ax = sn.plots.comparison(comparison_of({"lm": run}))
        label = "1 % above the lowest of all, 2"
        assert lines_of(ax)[label].get_ydata() == pytest.approx([2.02, 2.02])

    def test_a_second_panel_has_seconds(self) -> None:
        ax = sn.plots.comparison(comparison_of({"lm": record_of([5.0, 2.0], seconds=[0.0, 3.0])}))
        left, right = ax.figure.axes
        assert (left.get_xlabel(), right.get_xlabel()) == (
            "evaluations of the objective",
            "seconds",
        )
        assert left.lines[0].get_xdata().tolist() == [1, 2]
        assert right.lines[0].get_xdata().tolist() == [1.5, 3.0]

    def test_the_title_says_problem_rows_and_starts(self) -> None:
        ax = sn.plots.comparison(comparison_of({"lm": record_of([5.0, 2.0])}))
        title = ax.figure.get_suptitle()
        assert title == (
            "strength in steel.csv: 30 rows for training, 10 held out, 1 start\n"
            "winner by lowest objective: lm, 2"
        )

    @pytest.mark.parametrize(
        "runs",
        [
            [[nan]],
            [[0.0]],
            [[0.0, 0.0], [0.0]],
            [[inf, 3.0], [nan]],
            [[-5.0, -7.0], [3.0]],
            [[1.0]],
        ],
    )
    @pytest.mark.parametrize("floor", [0.0, 1e-9])
    def test_odd_cases_can_be_drawn(self, runs, floor, tmp_path) -> None:
        models = {
            f"_{i}": model_of(record_of(run), ran=f"_{i}", floor=floor)
            for i, run in enumerate(runs)
        }
        sn.plots.save(sn.plots.comparison(comparison_of(models)), tmp_path / "comparison.png")
