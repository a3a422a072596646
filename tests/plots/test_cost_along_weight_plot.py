"""Plots of the cost along one weight."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from sheernet.plots.cost_along_weight_plot import compute_cost_along_weight

ARCH = sn.Architecture((2, 1), bias=False)
OBJECTIVE = sn.make_objective(ARCH, [[1.0, 0.0]], [2.0])
"""The cost is (w - 2)^2 / 2 for the first weight w, and does not depend on the second."""


class Logarithm:
    """An objective that is nan for negative weights."""

    def value(self, theta) -> float:
        return float(np.log(theta[0]) + theta[0])

    def value_and_gradient(self, theta) -> tuple[float, np.ndarray]:
        return self.value(theta), np.array([1 / theta[0] + 1])


def lines_of(ax) -> dict:
    return {line.get_label(): line for line in ax.lines}


class TestNumbers:
    def test_the_cost_and_the_tangent_are_those_of_the_formula(self) -> None:
        found = compute_cost_along_weight(OBJECTIVE, [1.0, 9.0], "W1[0,0]", between=(-3, 5))
        assert np.allclose(found.cost, (found.weight - 2) ** 2 / 2, rtol=1e-12, atol=1e-15)
        assert np.allclose(found.tangent, 0.5 - (found.weight - 1), rtol=1e-12, atol=1e-12)
        assert (found.weight[0], found.weight[found.at], found.weight[-1]) == (-3, 1, 5)

    def test_the_present_value_may_lie_outside_of_the_range(self) -> None:
        found = compute_cost_along_weight(OBJECTIVE, [7.0, 9.0], 0, between=(0, 1))
        assert found.weight[found.at] == found.weight[-1] == 7.0
        assert found.slope == 5.0

    @pytest.mark.parametrize(("here", "ends"), [(0.5, (-1.5, 2.5)), (-10.0, (-30.0, 10.0))])
    def test_the_range_is_2_or_twice_the_weight_on_both_sides(self, here, ends) -> None:
        weight = compute_cost_along_weight(OBJECTIVE, [here, 0.0]).weight
        assert (weight[0], weight[-1]) == ends

    def test_samples_are_at_equal_distances_and_the_lowest_is_found(self) -> None:
        found = compute_cost_along_weight(OBJECTIVE, [1.0, 9.0], between=(0, 5), samples=6)
        assert found.samples.tolist() == [0, 1, 2, 3, 4, 5]
        assert found.sample_costs == pytest.approx([2, 0.5, 0, 0.5, 2, 4.5])
        assert found.lowest_sample == 2

    def test_costs_that_are_not_finite_are_gaps(self) -> None:
        found = compute_cost_along_weight(Logarithm(), [1.0], samples=3, between=(-1, 1))
        assert np.array_equal(np.isnan(found.cost), found.weight <= 0)
        assert found.slope == 2.0
        assert found.lowest_sample == 2

    def test_a_penalty_is_a_part(self) -> None:
        found = compute_cost_along_weight(OBJECTIVE.replace(decay=3.0), [1.0, 0.0])
        assert (found.cost[found.at], found.slope) == (0.5 + 1.5, -1.0 + 3.0)
        assert found.title.startswith("Cost + penalty along W1[0,0]")

    def test_the_axis_ends_below_costs_that_are_much_higher_than_most(self) -> None:
        arch = sn.Architecture((1, 1), output="exp", bias=False)
        objective = sn.make_objective(arch, [[1.0]], [2.0])
        found = compute_cost_along_weight(objective, [0.0], between=(-1, 30))
        low, high = found.limits
        assert low < np.nanmin(found.cost)
        assert found.cost[found.at] < high < np.nanmax(found.cost) / 1e4

    def test_a_constant_cost_has_an_axis(self) -> None:
        found = compute_cost_along_weight(OBJECTIVE, [2.0, 0.0], "W1[1,0]")
        assert found.limits == (-0.5, 0.5)


class TestPicture:
    def test_the_tangent_touches_the_curve_at_the_present_value(self) -> None:
        ax = sn.plots.cost_along_weight(OBJECTIVE, sn.Network(ARCH, [1.0, 9.0]), samples=5)
        lines = lines_of(ax)
        assert ax.get_title() == "Cost along W1[0,0]: slope −1 at 1"
        assert lines["present value: 0.5 at 1"].get_xydata().tolist() == [[1, 0.5]]
        x, y = lines["tangent: slope −1"].get_xydata().T
        assert np.allclose(np.diff(y), -np.diff(x))
        assert lines["5 values tried"].get_xdata().tolist() == [-1, 0, 1, 2, 3]
        assert lines["lowest of them: 0 at 2"].get_xydata().tolist() == [[2, 0]]

    def test_without_samples_none_are_marked(self) -> None:
        labels = lines_of(sn.plots.cost_along_weight(OBJECTIVE, [1.0, 9.0]))
        assert not any("tried" in label or "lowest" in label for label in labels)


class TestRefused:
    @pytest.mark.parametrize("between", [(1, 1), (2, 1), (0, np.inf), (1, 2, 3)])
    def test_a_range_without_a_length(self, between) -> None:
        with pytest.raises(sn.InvalidInput, match=r"between must be two finite numbers"):
            sn.plots.cost_along_weight(OBJECTIVE, [1.0, 9.0], between=between)

    def test_a_point_without_a_finite_cost(self) -> None:
        with pytest.raises(sn.InvalidInput, match="is not finite, so it has no tangent"):
            sn.plots.cost_along_weight(Logarithm(), [-1.0])

    def test_a_negative_number_of_samples(self) -> None:
        with pytest.raises(sn.InvalidInput, match="samples must be"):
            sn.plots.cost_along_weight(OBJECTIVE, [1.0, 9.0], samples=-1)
