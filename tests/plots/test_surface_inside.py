"""As test_surface.py, by names that are not published."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pytest

import sheernet as sn
from plots.test_surface import LINEAR, ROWS
from sheernet.plots.surface import GRID, MOST_ROWS, compute_surface


@pytest.fixture(scope="module")
def model() -> sn.Model:
    table = {"hours": [float(i * i) for i in range(12)], "light": [float(i % 4) for i in range(12)]}
    table["score"] = [50 + 3 * a - b for a, b in zip(table["hours"], table["light"], strict=True)]
    return sn.fit(table, target="score", hidden=2, starts=1, decay=1e-4)


@pytest.fixture(scope="module")
def mixed() -> tuple[sn.Model, dict]:
    rng = np.random.default_rng(0)
    table = {
        "size": rng.normal(size=15),
        "color": ["red", "blue", "red"] * 5,
        "age": rng.normal(size=15),
        "new": [True, True, False] * 5,
        "sold": ["yes", "no", "no", "yes", "no"] * 3,
    }
    return sn.fit(table, target="sold", hidden=2, starts=1, max_iter=20), table


class TestSurface:
    def test_values_are_predictions_with_the_other_inputs_at_their_medians(self) -> None:
        surface = compute_surface(LINEAR, ROWS, columns=(2, 0))
        z, x = np.meshgrid(*surface.axes)
        assert np.allclose(surface.values, x + 10 * 6.0 + 100 * z, rtol=1e-13)
        assert surface.fixed == (("input 2", 6.0),)
        assert surface.names == ("input 3", "input 1")

    def test_axes_span_the_rows_and_a_twentieth_more(self) -> None:
        surface = compute_surface(LINEAR, ROWS)
        assert surface.axes[0][[0, -1]].tolist() == pytest.approx([-0.4, 8.4])
        assert surface.axes[1][[0, -1]].tolist() == pytest.approx([4.8, 9.2])
        assert surface.values.shape == (GRID, GRID)

    def test_rows_have_their_own_predictions(self) -> None:
        surface = compute_surface(LINEAR, ROWS)
        assert surface.marks.points.tolist() == ROWS[:, :2].tolist()
        assert surface.marks.heights.tolist() == [150.0, 264.0, 998.0]

    def test_another_output(self) -> None:
        surface = compute_surface(LINEAR, ROWS, output=1)
        assert surface.marks.heights.tolist() == [0.0, -4.0, -8.0]
        assert surface.target == "output 2"

    def test_a_single_row_gets_room_around_it(self) -> None:
        axes = compute_surface(LINEAR, [[0.0, 50.0, 1.0]]).axes
        assert [axis[[0, -1]].tolist() for axis in axes] == [[-0.5, 0.5], [45.0, 55.0]]

    def test_one_input_is_a_curve(self) -> None:
        net = sn.Network.from_weights(sn.Architecture((1, 1), bias=False), {"W1": [[2.0]]})
        surface = compute_surface(net, [0.0, 1.0])
        assert np.allclose(surface.values, 2 * surface.axes[0], rtol=1e-14)
        assert surface.values.shape == (GRID,)

    def test_a_model_is_drawn_in_its_own_units(self, model) -> None:
        X = np.array([[0.0, 0.0], [11.0, 3.0]])
        surface = compute_surface(model, X)
        assert surface.marks.heights == pytest.approx(model.predict(X), rel=1e-13)
        assert surface.names == ("hours", "light")
        corner = model.predict([[surface.axes[0][3], surface.axes[1][7]]])
        assert surface.values[7, 3] == pytest.approx(corner[0], rel=1e-12)

    def test_a_models_rows_may_be_a_table_in_any_order(self, model) -> None:
        surface = compute_surface(model, {"light": [0.0, 3.0], "hours": [0.0, 11.0]})
        assert np.allclose(surface.marks.points, [[0.0, 0.0], [11.0, 3.0]], rtol=0, atol=1e-13)

    def test_of_many_rows_a_sample_is_marked(self) -> None:
        rows = np.random.default_rng(0).normal(size=(MOST_ROWS + 1, 3))
        surface = compute_surface(LINEAR, rows)
        assert len(surface.marks.points) == len(surface.marks.heights) == MOST_ROWS
        assert surface.marks.rows == "2000 of 2001 rows of data, drawn at random"
        assert surface.marks.marked == "predictions for 2000 of 2001 rows of data, drawn at random"
        span = surface.axes[0][-1] - surface.axes[0][0]
        assert span == pytest.approx(1.1 * np.ptp(rows[:, 0]))
        assert np.array_equal(surface.marks.points, compute_surface(LINEAR, rows).marks.points)

    def test_the_title_says_what_is_fixed(self) -> None:
        assert compute_surface(LINEAR, ROWS).title.endswith("\nat the median input 3 = 2")
        wide = sn.Network.random(sn.Architecture((6, 1)), seed=0)
        assert compute_surface(wide, np.zeros((1, 6))).title.endswith(
            "\n4 other inputs at their medians"
        )

    def test_equal_predictions_are_constant(self) -> None:
        assert compute_surface(sn.Network(LINEAR.architecture, np.zeros(6)), ROWS).constant
        assert not compute_surface(LINEAR, ROWS).constant


class TestCategories:
    def test_they_stay_at_their_most_frequent_label(self, mixed) -> None:
        model, table = mixed
        surface = compute_surface(model, table)
        assert surface.names == ("size", "age")
        assert surface.fixed == (("color", "red"), ("new", 1.0))
        assert surface.title.endswith("\nat color = red, new = 1 (medians, most frequent labels)")
        corner = {"size": [surface.axes[0][3]], "age": [surface.axes[1][80]]}
        with pytest.warns(sn.SheernetWarning):  # the grid goes beyond the training rows
            expected = model.outputs({**corner, "color": ["red"], "new": [True]})
        assert surface.values[80, 3] == pytest.approx(1 - expected[0, 0], rel=1e-12)

    def test_rows_have_predictions_with_their_own_labels(self, mixed) -> None:
        model, table = mixed
        surface = compute_surface(model, table, output=1)
        assert surface.marks.heights == pytest.approx(model.probabilities(table)[:, 1], rel=1e-12)
        assert surface.target == "probability of yes"


class TestTrueValues:
    NET = sn.Network.from_weights(sn.Architecture((1, 1), bias=False), {"W1": [[2.0]]})

    def test_are_where_rows_are_marked_over_one_input(self) -> None:
        X, true = [[0.0], [1.0], [3.0]], [0.5, 1.5, 7.0]
        surface = compute_surface(self.NET, X, true=true)
        assert surface.marks.heights.tolist() == true
        assert surface.marks.marked == "true values of 3 rows of data"
        assert compute_surface(self.NET, X).marks.heights.tolist() == [0.0, 2.0, 6.0]
        labels = sn.plots.response_surface(self.NET, X, true=true).get_legend_handles_labels()[1]
        assert labels == ["prediction", "true values of 3 rows of data"]

    def test_stay_with_their_rows_where_some_are_drawn(self) -> None:
        x = np.arange(2500.0)
        surface = compute_surface(self.NET, x[:, None], true=x + 0.5)
        assert np.array_equal(surface.marks.heights, surface.marks.points[:, 0] + 0.5)

    def test_are_as_many_as_rows(self) -> None:
        with pytest.raises(sn.ShapeMismatch, match="true"):
            compute_surface(self.NET, [[0.0], [1.0]], true=[1.0])


class TestSeveralTargets:
    @staticmethod
    @functools.cache
    def fitted():
        a = np.linspace(0.0, 3.0, 24)
        table = {"a": a, "b": np.cos(5 * a), "y": 2 * a, "z": 5 - a}
        model = sn.fit(table, ["y", "z"], hidden=0, decay=0.0, starts=1, held_out=0)
        return model, table

    def test_true_values_are_those_of_the_target(self) -> None:
        model, table = self.fitted()
        true = np.column_stack([table["y"], table["z"]])
        for k, name in enumerate(("y", "z")):
            surface = compute_surface(model, table, output=k, true=true)
            assert surface.marks.heights.tolist() == table[name].tolist()
            assert surface.values.mean() == pytest.approx(table[name].mean(), rel=1e-6)


class TestFarFromTheRows:
    """A map is hatched where no row is near, by the distance in units of the ranges of the rows."""

    def test_is_hatched(self) -> None:
        rows = np.vstack([[[0.0, 0.0, 1.0], [4.0, 2.0, 1.0]]] * 8)  # two corners of 4 x 2
        surface = compute_surface(LINEAR, rows)
        x, y = np.meshgrid(surface.axes[0] / 4.0, surface.axes[1] / 2.0)
        expected = np.minimum(np.hypot(x, y), np.hypot(x - 1.0, y - 1.0)) / 0.2
        np.testing.assert_allclose(surface.remoteness, expected, rtol=1e-12, atol=1e-12)
        ax = sn.plots.response_surface(LINEAR, rows)
        (hatched,) = [each for each in ax.collections if any(getattr(each, "hatches", []) or [])]
        inside = [
            any(path.contains_points([point]).any() for path in hatched.get_paths())
            for point in ([4.0, 0.0], [0.2, 0.1])
        ]
        assert inside == [True, False]

    def test_is_not_known_for_times_of_day(self) -> None:
        surface = compute_surface(LINEAR, ROWS)
        assert surface.remoteness.max() > 1.0
        assert not replace(surface, kinds=("time", "number")).remoteness.any()
