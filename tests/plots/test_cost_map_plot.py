"""Maps of the cost over two weights, or over the plane of paths."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import sheernet as sn
from sheernet.plots.cost_map_plot import FEW, log_levels
from sheernet.plots.cost_plane import compute_cost_map, principal_plane

ARCH = sn.Architecture((3, 1), bias=False)
X, Y = np.eye(3), np.array([1.0, 2.0, 3.0])
OBJECTIVE = sn.make_objective(ARCH, X, Y, reduction="sum")
"""The cost is |w - (1, 2, 3)|^2 / 2."""
START = sn.Network(ARCH, [0.0, 0.0, 0.0])


def trained(method: str, **options) -> sn.Training:
    return sn.train(START, X, Y, method=method, reduction="sum", keep_path=True, **options)


def lines_of(ax) -> dict:
    return {line.get_label(): line for line in ax.lines}


class TestPlane:
    @given(arrays(float, (7, 4), elements=st.integers(-9, 9).map(float)))
    def test_directions_and_shares_are_those_of_the_covariance(self, path) -> None:
        variances = np.linalg.eigvalsh(np.cov(path.T))[::-1]
        if variances[1] < 1e-9:
            return
        plane = principal_plane([path])
        assert np.allclose(plane.directions @ plane.directions.T, np.eye(2), atol=1e-9)
        assert np.allclose(plane.shares, variances[:2] / variances.sum(), atol=1e-9)
        assert np.allclose(plane.places(path).var(axis=0, ddof=1), variances[:2], rtol=1e-9)

    def test_a_long_path_does_not_outweigh_a_short_one(self) -> None:
        """1001 points along the first axis with variance 1/3, and 2 along the second with variance 1."""
        long = np.column_stack([np.linspace(-1, 1, 1001), np.zeros((1001, 2))])
        short = np.array([[0.0, -1.0, 0.0], [0.0, 1.0, 0.0]])
        plane = principal_plane([long, short])
        assert plane.shares == pytest.approx((0.75, 0.25), abs=1e-3)
        assert plane.directions == pytest.approx(np.array([[0, 1, 0], [1, 0, 0]]), abs=1e-12)

    def test_a_line_has_a_second_direction_at_a_right_angle(self) -> None:
        plane = principal_plane([np.array([[0.0, 0.0, 0.0], [1.0, 2.0, 2.0]])])
        assert plane.shares == (1.0, 0.0)
        assert np.allclose(plane.directions @ plane.directions.T, np.eye(2), atol=1e-12)
        assert plane.directions[0] == pytest.approx(np.array([1, 2, 2]) / 3)

    def test_points_of_the_plane_have_their_places(self) -> None:
        plane = principal_plane([np.random.default_rng(0).normal(size=(6, 5))])
        places = np.array([[0.5, -2.0], [0.0, 3.0]])
        assert np.allclose(plane.places(plane.points(places)), places)


class TestNumbers:
    def test_over_two_weights_the_others_keep_their_values(self) -> None:
        found = compute_cost_map(OBJECTIVE, weights=("W1[2,0]", 0), at=[5.0, 4.0, 1.0], points=5)
        w2, w0 = np.meshgrid(*found.axes)
        cost = ((w0 - 1) ** 2 + (4 - 2) ** 2 + (w2 - 3) ** 2) / 2
        assert np.allclose(found.values, cost, rtol=1e-12)
        assert found.axes[0].tolist() == [-1, 0, 1, 2, 3]  # around 1, the present value
        assert found.axes[1].tolist() == [-5, 0, 5, 10, 15]
        assert found.title == "Cost over W1[2,0] and W1[0,0]"

    def test_by_default_the_others_are_those_at_the_end_of_the_first_path(self) -> None:
        path = np.array([[0.0, 0.0, 0.0], [1.0, 7.0, 1.0]])
        found = compute_cost_map(OBJECTIVE, path, weights=(0, 2), points=3)
        w0, w2 = np.meshgrid(*found.axes)
        assert np.allclose(found.values, ((w0 - 1) ** 2 + 25 + (w2 - 3) ** 2) / 2, rtol=1e-12)
        assert found.paths[0].places.tolist() == [[0, 0], [1, 1]]

    def test_in_the_plane_of_paths_the_cost_is_that_of_its_points(self) -> None:
        runs = {"gd": trained("gd", learning_rate=0.3), "bfgs": trained("bfgs")}
        found = compute_cost_map(OBJECTIVE, runs, points=4)
        u, v = np.meshgrid(*found.axes)
        points = found.plane.points(np.stack([u, v], axis=-1).reshape(-1, 2))
        costs = ((points - [1, 2, 3]) ** 2).sum(axis=1) / 2
        assert np.allclose(found.values.ravel(), costs, rtol=1e-12)
        assert [path.outcome for path in found.paths] == [
            f"{sn.foundation.picture_texts.number(run.objective)} after {len(run.record) - 1} "
            f"iteration{'s' if len(run.record) > 2 else ''}"
            for run in runs.values()
        ]

    def test_the_grid_extends_beyond_the_paths(self) -> None:
        found = compute_cost_map(OBJECTIVE, np.array([[0.0, 0, 0], [10.0, 20, 0]]), (0, 1))
        assert [axis[[0, -1]].tolist() for axis in found.axes] == [[-1.5, 11.5], [-3.0, 23.0]]

    def test_a_path_along_one_axis_has_a_map_as_well(self) -> None:
        found = compute_cost_map(OBJECTIVE, np.array([[0.0, 0, 0], [10.0, 0, 0]]), (0, 1))
        assert found.axes[1][[0, -1]].tolist() == [-3.25, 3.25]


class TestLevels:
    @given(st.floats(1e-200, 1e200), st.floats(10.0, 1e90))
    def test_enclose_the_values_at_equal_distances(self, low, ratio) -> None:
        high = low * ratio
        levels = log_levels(low, high)
        assert len(levels) <= 14
        assert levels[0] <= low * (1 + 1e-9)
        assert levels[-1] >= high * (1 - 1e-9)
        assert np.ptp(np.diff(np.log10(levels))) < 1e-9


class TestPicture:
    def test_paths_have_a_common_start_and_their_ends(self) -> None:
        runs = {"gd": trained("gd", learning_rate=0.5, max_iter=2), "lm": trained("lm")}
        ax = sn.plots.cost_map(OBJECTIVE, runs, weights=("W1[0,0]", "W1[1,0]"))
        lines = lines_of(ax)
        assert lines["start; the other marks are ends"].get_xydata().tolist() == [[0, 0]]
        # Each step of gd halves the distance to (1, 2, 3), whose square is 14.
        assert lines["gd: 0.438 after 2 iterations"].get_xydata().tolist() == [[0.75, 1.5]]
        assert len({line.get_marker() for line in lines.values()} - {"None", "*", ".", ""}) == 2

    def test_iterates_have_marks_if_they_are_few(self) -> None:
        for n, marked in ((FEW, FEW - 2), (FEW + 1, 0)):
            path = np.column_stack([np.linspace(0, 1, n), np.linspace(0, 1, n) ** 2, np.zeros(n)])
            lines = sn.plots.cost_map(OBJECTIVE, path, points=3).lines
            assert (
                sum(len(line.get_xdata()) for line in lines if line.get_marker() == ".") == marked
            )

    def test_weights_without_a_path_have_no_start(self) -> None:
        ax = sn.plots.cost_map(OBJECTIVE, weights=(0, 1), at=START, points=3)
        assert not any(label.startswith("start") for label in lines_of(ax))

    def test_costs_over_decades_have_a_logarithmic_bar(self) -> None:
        ax = sn.plots.cost_map(OBJECTIVE, weights=(0, 1), at=[1.0, 2.0, 3.0])
        bar = ax.figure.axes[1]
        assert (bar.get_yscale(), bar.get_ylabel()) == ("log", "cost")
        ax = sn.plots.cost_map(OBJECTIVE, weights=(0, 1), at=[1.0, 2.0, 90.0])
        assert ax.figure.axes[1].get_yscale() != "log"

    def test_the_title_states_the_variance_in_the_plane(self) -> None:
        path = np.array(
            [[2.0, 0, 0], [-2.0, 0, 0], [0, 1.0, 0], [0, -1.0, 0], [0, 0, 1], [0, 0, -1]]
        )
        ax = sn.plots.cost_map(OBJECTIVE, path)
        assert "83.3 % of their variance" in " ".join(ax.get_title().split())  # 10 of 12
        assert ax.get_xlabel() == "principal component 1 (66.7 %)"

    def test_points_without_a_finite_cost_stay_empty(self, tmp_path) -> None:
        class Logarithm:
            def value(self, theta) -> float:
                return float(np.log(theta[0]) + theta[1] ** 2)

        found = compute_cost_map(Logarithm(), weights=(0, 1), at=[1.0, 2.0])
        assert np.array_equal(np.isnan(found.values), np.tile(found.axes[0] <= 0, (61, 1)))
        ax = sn.plots.cost_map(Logarithm(), weights=(0, 1), at=[1.0, 2.0])
        levels = ax.collections[0].levels
        assert levels[0] <= np.nanmin(found.values) <= np.nanmax(found.values) <= levels[-1]
        sn.plots.save(ax, tmp_path / "map.png")

    def test_a_constant_cost_is_stated(self) -> None:
        nothing = sn.make_objective(ARCH, np.zeros((1, 3)), [4.0])
        ax = sn.plots.cost_map(nothing, weights=(0, 1), at=START)
        assert [text.get_text() for text in ax.texts] == ["constant: 8"]


class TestRefused:
    def test_a_path_that_does_not_move(self) -> None:
        with pytest.raises(sn.InvalidInput, match="are equal, so they span no plane"):
            sn.plots.cost_map(OBJECTIVE, trained("lm", max_iter=0))

    def test_a_single_weight(self) -> None:
        one = sn.make_objective(sn.Architecture((1, 1), bias=False), [[1.0]], [1.0])
        with pytest.raises(sn.InvalidInput, match=r"two weights, but there is one.*cost_along"):
            sn.plots.cost_map(one, np.array([[1.0], [2.0]]))

    def test_neither_paths_nor_weights(self) -> None:
        with pytest.raises(sn.InvalidInput, match="needs trainings with paths, or two weights"):
            sn.plots.cost_map(OBJECTIVE)

    @pytest.mark.parametrize("weights", [(0, 0), (0,), (0, 1, 2), "W1[0,0]"])
    def test_other_than_two_weights(self, weights) -> None:
        with pytest.raises(sn.InvalidInput, match="weights must be two different weights"):
            sn.plots.cost_map(OBJECTIVE, weights=weights, at=START)

    def test_several_trainings_without_labels(self) -> None:
        with pytest.raises(sn.InvalidInput, match="several trainings need labels"):
            sn.plots.cost_map(OBJECTIVE, [trained("lm"), trained("bfgs")])

    def test_a_map_without_a_finite_cost(self) -> None:
        class Nothing:
            def value(self, theta) -> float:
                return np.nan

        with pytest.raises(sn.InvalidInput, match="no cost of the map is finite"):
            sn.plots.cost_map(Nothing(), weights=(0, 1), at=[1.0, 2.0])
