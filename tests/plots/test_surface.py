"""Plots of response surfaces."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

import sheernet as sn
from sheernet.plots.surface import GRID, MOST_ROWS, compute_surface

LINEAR = sn.Network.from_weights(
    sn.Architecture((3, 2), bias=False), {"W1": [[1.0, -1.0], [10.0, 0.0], [100.0, 0.0]]}
)
ROWS = np.array([[0.0, 5.0, 1.0], [4.0, 6.0, 2.0], [8.0, 9.0, 9.0]])


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

    def test_on_an_axis_they_are_refused(self, mixed) -> None:
        with pytest.raises(
            sn.InvalidInput, match=r"input 1 \('color'\) has categories; .* are 0, 2, 3"
        ):
            sn.plots.response_surface(mixed[0], mixed[1], columns=(0, 1))

    def test_nothing_but_categories_is_refused(self) -> None:
        table = {"color": ["red", "blue"] * 6, "y": [1.5, 2.5] * 6}
        model = sn.fit(table, target="y", hidden=1, starts=1, max_iter=3)
        with pytest.raises(sn.InvalidInput, match="needs a numeric input for its axis"):
            sn.plots.response_surface(model, table)


class TestPicture:
    @pytest.mark.parametrize("kind", ["contour", "3d"])
    @pytest.mark.parametrize("weights", [0.0, 1.0])
    def test_rows_are_marked_on_a_surface_that_may_be_constant(
        self, kind, weights, tmp_path
    ) -> None:
        ax = sn.plots.response_surface(
            sn.Network(LINEAR.architecture, weights * LINEAR.theta), ROWS, kind=kind
        )
        assert (ax.name == "3d") == (kind == "3d")
        assert ax.lines[-1].get_marker() == "o"
        assert "3 rows" in ax.get_legend().get_texts()[0].get_text()
        sn.plots.save(ax, tmp_path / "surface.png")

    def test_a_constant_map_says_so_in_words(self) -> None:
        ax = sn.plots.response_surface(sn.Network(LINEAR.architecture, np.zeros(6)), ROWS)
        assert [text.get_text() for text in ax.texts] == ["constant: 0"]

    def test_contours_are_labeled_and_a_bar_names_the_target(self, model) -> None:
        ax = sn.plots.response_surface(model, np.array([[0.0, 0.0], [11.0, 3.0]]))
        assert len(ax.texts) >= 3
        assert [other.get_ylabel() for other in ax.figure.axes] == ["light", "score"]
        assert ax.get_xlabel() == "hours"

    def test_one_input_is_drawn_as_a_curve(self, network_of) -> None:
        ax = sn.plots.response_surface(network_of(1, 3, 1), [0.0, 1.0, 2.0], kind="3d")
        assert (ax.name, ax.get_ylabel()) == ("rectilinear", "output")


class TestRefused:
    def test_no_rows(self, model) -> None:
        for shown in (LINEAR, model):
            with pytest.raises(sn.InvalidInput, match="give X, such as the table of the fit"):
                sn.plots.response_surface(shown)

    def test_another_kind(self) -> None:
        with pytest.raises(sn.InvalidInput, match="kind of surface 'map' is not recognized"):
            sn.plots.response_surface(LINEAR, ROWS, kind="map")

    @pytest.mark.parametrize(
        ("kind", "wanted"),
        [("3d", 'axes with projection="3d"'), ("contour", "without a projection")],
    )
    def test_axes_of_another_projection(self, kind, wanted) -> None:
        ax = Figure().add_subplot(projection=None if kind == "3d" else "3d")
        with pytest.raises(sn.InvalidInput, match=wanted):
            sn.plots.response_surface(LINEAR, ROWS, ax=ax, kind=kind)

    def test_something_that_is_no_model(self) -> None:
        with pytest.raises(
            sn.InvalidInput,
            match="needs a Model, a fitted estimator or a Network, but int was given",
        ):
            sn.plots.response_surface(3, ROWS)

    @pytest.mark.parametrize("columns", [(0, 0), (0, 3), (-1, 1), (0,), (0.0, 1)])
    def test_columns_that_do_not_exist(self, columns) -> None:
        with pytest.raises(
            sn.InvalidInput, match="must be two different whole numbers from 0 to 2, but"
        ):
            sn.plots.response_surface(LINEAR, ROWS, columns=columns)

    @pytest.mark.parametrize("output", [2, -1, True, 0.0])
    def test_an_output_that_does_not_exist(self, output) -> None:
        with pytest.raises(sn.InvalidInput, match="output must be a whole number from 0 to 1, but"):
            sn.plots.response_surface(LINEAR, ROWS, output=output)

    def test_another_number_of_columns(self) -> None:
        with pytest.raises(
            sn.ShapeMismatch,
            match="X has 2 columns but there are 3 inputs: input 1, input 2, input 3",
        ):
            sn.plots.response_surface(LINEAR, ROWS[:, :2])

    def test_predictions_that_are_not_finite(self) -> None:
        net = sn.Network(sn.Architecture((2, 1), bias=False), [1e308, 1e308])
        with pytest.raises(
            sn.InvalidInput, match=r"a surface needs finite predictions, but .* are not finite"
        ):
            sn.plots.response_surface(net, [[0.0, 0.0], [9.0, 9.0]])


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

    @pytest.mark.parametrize(
        ("kind", "marked"),
        [("contour", "3 rows of data"), ("3d", "true values of 3 rows of data")],
    )
    def test_are_named_where_a_height_can_be_seen(self, kind: str, marked: str) -> None:
        true = [0.5, 1.5, 7.0]
        ax = sn.plots.response_surface(LINEAR, ROWS, kind=kind, columns=[0, 1], true=true)
        assert ax.get_legend_handles_labels()[1][-1] == marked


class TestSeveralTargets:
    @staticmethod
    @functools.cache
    def fitted():
        a = np.linspace(0.0, 3.0, 24)
        table = {"a": a, "b": np.cos(5 * a), "y": 2 * a, "z": 5 - a}
        model = sn.fit(table, ["y", "z"], hidden=0, decay=0.0, starts=1, held_out=0)
        return model, table

    @pytest.mark.parametrize("kind", ["contour", "3d"])
    def test_each_has_a_panel(self, kind) -> None:
        model, table = self.fitted()
        true = np.column_stack([table["y"], table["z"]])
        ax = sn.plots.response_surface(model, table, kind=kind, true=true)
        panels = [each for each in ax.figure.axes if each.get_xlabel() == "a"]
        assert panels[0] is ax
        assert [each.get_title() for each in panels] == [
            "Predicted y over a and b",
            "Predicted z over a and b",
        ]
        assert all((each.name == "3d") == (kind == "3d") for each in panels)

    def test_true_values_are_those_of_the_target(self) -> None:
        model, table = self.fitted()
        true = np.column_stack([table["y"], table["z"]])
        for k, name in enumerate(("y", "z")):
            surface = compute_surface(model, table, output=k, true=true)
            assert surface.marks.heights.tolist() == table[name].tolist()
            assert surface.values.mean() == pytest.approx(table[name].mean(), rel=1e-6)

    def test_one_is_drawn_if_it_is_named_or_there_are_axes(self) -> None:
        model, table = self.fitted()
        ax = sn.plots.response_surface(model, table, output=1)
        assert ax.get_title() == "Predicted z over a and b"
        assert sum(each.get_xlabel() == "a" for each in ax.figure.axes) == 1
        own = Figure().add_subplot()
        assert sn.plots.response_surface(model, table, ax=own) is own
        assert own.get_title() == "Predicted y over a and b"

    def test_of_many_the_first_nine_are_drawn(self) -> None:
        a = np.linspace(0.0, 3.0, 12)
        names = [f"y{k}" for k in range(10)]
        table = {"a": a} | {name: (k + 1) * a + 0.5 for k, name in enumerate(names)}
        model = sn.fit(table, names, hidden=0, decay=0.0, starts=1, held_out=0)
        figure = sn.plots.response_surface(model, table).figure
        assert len(figure.axes) == 9
        assert figure.get_suptitle() == "9 of 10 targets"


class TestLimits:
    def test_are_the_range_of_all_models(self) -> None:
        arch = sn.Architecture((2, 1), bias=False)
        models = [sn.Network(arch, [1.0, 0.0]), sn.Network(arch, [0.0, -3.0])]
        rows = [[0.0, 0.0], [1.0, 1.0]]
        assert sn.plots.surface_limits(models, rows) == pytest.approx((-3.15, 1.05))

    def test_contain_the_rows_own_predictions(self) -> None:
        # The third input is not on an axis.
        assert sn.plots.surface_limits([LINEAR], ROWS)[1] == 998.0

    def test_of_constant_predictions_have_a_length(self) -> None:
        constant = sn.Network(sn.Architecture((1, 1), bias=False), [0.0])
        assert sn.plots.surface_limits([constant], [[1.0]]) == (-0.5, 0.5)

    def test_give_surfaces_side_by_side_the_same_colors(self) -> None:
        arch = sn.Architecture((2, 1), bias=False)
        maps = [
            sn.plots.response_surface(sn.Network(arch, w), [[0.0, 0.0], [1.0, 1.0]], limits=(-3, 1))
            for w in ([1.0, 0.0], [0.0, -3.0], [0.0, 0.0], [50.0, 70.0])
        ]
        colors = [(ax.collections[0].get_clim(), ax.figure.axes[1].get_ylim()) for ax in maps]
        assert len(set(colors)) == 1
        drawn = [each for each in maps[2].collections if not any(each.hatches or [])]
        assert len(drawn) == 1  # a constant map has no lines, only hatching far from the rows

    def test_predictions_beyond_them_have_the_color_of_their_end(self) -> None:
        steep = sn.Network(sn.Architecture((2, 1), bias=False), [50.0, 70.0])
        rows = [[0.0, 0.0], [1.0, 1.0]]
        own, limited = (
            sn.plots.response_surface(steep, rows, limits=limits).collections[0]
            for limits in (None, (-3, 1))
        )
        assert (own.extend, limited.extend) == ("neither", "both")

    def test_give_curves_the_same_axis_and_surfaces_in_3d_the_same_height(self) -> None:
        steep = sn.Network(sn.Architecture((1, 1), bias=False), [5.0])
        ax = sn.plots.response_surface(steep, [[0.0], [1.0]], limits=(-1, 1))
        assert ax.get_ylim() == pytest.approx((-1.06, 1.06))
        space = sn.plots.response_surface(LINEAR, ROWS, kind="3d", limits=(-1, 1))
        assert space.get_zlim() == (-1, 1)

    @pytest.mark.parametrize("limits", [(1, 1), (2, 1), (0, np.nan), (1,), "ab"])
    def test_without_a_length_are_refused(self, limits) -> None:
        with pytest.raises(sn.InvalidInput, match="limits must be"):
            sn.plots.response_surface(LINEAR, ROWS, limits=limits)

    def test_of_no_model_are_refused(self) -> None:
        with pytest.raises(sn.InvalidInput, match="at least one model"):
            sn.plots.surface_limits([], ROWS)


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
