"""Plots of response surfaces."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from matplotlib.figure import Figure

import sheernet as sn

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


class TestCategories:
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
