"""Plots of cost over iterations."""

from __future__ import annotations

import numpy as np
import pytest
from numpy import nan

import sheernet as sn


def lines_of(ax) -> dict:
    return {line.get_label(): line for line in ax.lines}


class TestPicture:
    def test_training_is_solid_and_validation_dashed(self, record) -> None:
        lines = lines_of(sn.plots.cost(record([2.0, 1.0], validation=[3.0, 2.5])))
        assert lines["training cost"].get_linestyle() == "-"
        assert lines["validation cost"].get_linestyle() == "--"
        assert lines["training cost"].get_xydata().tolist() == [[0, 2], [1, 1]]
        assert lines["lowest validation cost: 2.5, iteration 1"].get_xydata().tolist() == [[1, 2.5]]

    def test_the_end_is_marked(self, record) -> None:
        assert lines_of(sn.plots.cost(record([3.0, 2.0, 1.0])))["end"].get_xydata().tolist() == [
            [2, 1]
        ]

    def test_the_title_says_first_and_last(self, record) -> None:
        assert (
            sn.plots.cost(record([3.0, 1.0])).get_title()
            == "Cost: 3 at the start, 1 after 1 iteration"
        )

    def test_a_start_without_iterations_is_a_point(self, record) -> None:
        ax = sn.plots.cost(record([1.5]))
        assert ax.get_title() == "Cost: 1.5 at the start; no iteration was made"
        assert ax.get_xlim() == (-0.5, 0.5)

    def test_zero_is_marked_below_the_others(self, record) -> None:
        ax = sn.plots.cost(record([1.0, 0.01, 0.0]))
        marked = lines_of(ax)["exactly 0, below the range of the axis"]
        assert ax.get_yscale() == "log"
        assert marked.get_xydata().tolist() == [[2, pytest.approx(0.001)]]

    def test_negative_costs_have_a_linear_axis_that_says_so(self, record) -> None:
        ax = sn.plots.cost(record([1.0, -2.0]))
        assert ax.get_yscale() == "linear"
        assert "negative" in ax.get_ylabel()

    def test_several_runs_differ_by_marker_too(self, record) -> None:
        ax = sn.plots.cost({f"_{i}": record([2.0, 1.0]) for i in range(9)})
        looks = {(line.get_color(), line.get_marker()) for line in ax.lines}
        assert len(looks) == 9
        assert len(ax.get_legend().get_texts()) == 9


class TestAxis:
    """The training cost of an exact fit falls by many powers of ten, the validation cost by few."""

    def test_ends_a_power_of_ten_below_the_validation_cost(self, record) -> None:
        ax = sn.plots.cost(record([1.0, 1e-3, 1e-17], validation=[0.5, 0.1, 0.2]))
        low, high = ax.get_ylim()
        assert low == pytest.approx(0.01)
        assert 1.0 < high < 2.0
        marked = lines_of(ax)["end, at 1e−17 below the axis"]
        assert marked.get_xydata() == pytest.approx(np.array([[2, 0.01]]))

    def test_ends_as_far_below_as_the_validation_cost_extends(self, record) -> None:
        ax = sn.plots.cost(record([1.0, 1e-17], validation=[1.0, 0.01]))
        assert ax.get_ylim()[0] == pytest.approx(1e-4)

    @pytest.mark.parametrize(
        ("costs", "validation"),
        [
            ([1.0, 1e-4], [0.5, 0.1]),  # a single power of ten would be hidden
            ([1.0, 1e-17], [0.5, 1e-5]),  # the validation cost takes a quarter of the axis
            ([1.0, 1e-17], None),
            ([1.0, -1.0], [0.5, 0.1]),
        ],
    )
    def test_extends_to_the_lowest_cost_if_all_can_be_read(self, record, costs, validation) -> None:
        ax = sn.plots.cost(record(costs, validation=validation))
        assert ax.get_ylim()[0] < costs[-1]
        assert "end" in lines_of(ax)

    def test_a_cost_of_0_is_below_it_as_well(self, record) -> None:
        ax = sn.plots.cost(record([1.0, 1e-17, 0.0], validation=[0.5, 0.1, 0.2]))
        assert "end, at 0 below the axis" in lines_of(ax)
        assert not any("exactly 0" in label for label in lines_of(ax))

    def test_several_runs_have_one(self, record) -> None:
        ax = sn.plots.cost(
            {
                "a": record([1.0, 1e-17], validation=[0.5, 0.1]),
                "b": record([1.0, 0.3], validation=[0.5, 0.4]),
            }
        )
        assert ax.get_ylim()[0] == pytest.approx(0.1 / 10)
        assert "ends below the axis" in lines_of(ax)
        triangles = [
            line for line in ax.lines if line.get_marker() == "v" and len(line.get_xdata())
        ]
        assert [line.get_xydata().tolist() for line in triangles] == [[[1, pytest.approx(0.01)]]]


class TestRefused:
    def test_something_else(self) -> None:
        with pytest.raises(
            sn.InvalidInput,
            match=r"needs a Training, a Model, a fitted estimator, a Record, or a mapping .* but int was given",
        ):
            sn.plots.cost(5)

    def test_an_empty_mapping(self) -> None:
        with pytest.raises(sn.InvalidInput, match="mapping of labels to runs is empty"):
            sn.plots.cost({})

    def test_costs_that_are_not_finite(self, record) -> None:
        with pytest.raises(sn.InvalidInput, match="no cost of 'gd' is finite"):
            sn.plots.cost({"gd": record([nan, np.inf])})
