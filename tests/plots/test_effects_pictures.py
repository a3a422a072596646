"""Pictures of effects: what each kind shows, maps of pairs, and refusals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import sheernet as sn

pytest.importorskip("matplotlib")

TABLE = {
    "x": np.linspace(0.0, 1.0, 60),
    "w": np.sin(np.arange(60.0)),
    "c": np.array(["red", "green", "blue"] * 20),
    "few": np.arange(60) % 2 * 1.5,
}


@pytest.fixture(scope="module")
def model() -> sn.Model:
    y = TABLE["x"] * TABLE["w"] + (TABLE["c"] == "red") + TABLE["few"]
    return sn.fit(
        {**TABLE, "y": y},
        "y",
        hidden=2,
        decay=0.1,
        reduction="sum",
        starts=1,
        held_out=0,
        method="bfgs",
    )


class TestCurves:
    def test_effects_need_no_table(self, model: sn.Model) -> None:
        found = model.effects(TABLE)
        axes = sn.plots.effects(found).figure.axes
        assert [ax.get_xlabel() for ax in axes] == [effect.title for effect in found.curves]
        (x,) = [ax for ax in axes if ax.get_xlabel() == "x"]
        assert found["x"].mean[:, 0].tolist() in [line.get_ydata().tolist() for line in x.lines]
        ends = x.collections[0].get_paths()[0].vertices
        width = 2.0 * found["x"].std[0, 0]
        assert np.ptp(ends[ends[:, 0] == 0.0, 1]) == pytest.approx(2.0 * width)

    def test_columns_that_are_named_are_not_called_the_largest(self, model: sn.Model) -> None:
        title = sn.plots.effects(model, TABLE, columns=["x", "w"]).figure.get_suptitle()
        assert " ".join(title.split()) == (
            "How the prediction of y goes with each column, at equal values of the others (associations, not causes) "
            f"0: mean prediction {model.predict(TABLE).mean():.4g}; "
            "band: 2 standard deviations of the difference from it, so narrow near it "
            "size: standard deviation over the rows; strokes: rows"
        )
        assert (
            "2 of 4 columns" in sn.plots.effects(model, TABLE, most_columns=2).figure.get_suptitle()
        )

    def test_labels_that_are_left_out_are_counted(self) -> None:
        lots = [f"L{k}" for k in range(15) for _ in range(4)]
        table = {
            "lot": lots,
            "x": np.linspace(0.0, 1.0, 60) ** 2,
            "y": np.sin(np.arange(60.0) // 4),
        }
        model = sn.fit(table, "y", hidden=0, decay=0.01, held_out=0.0)
        names = [ax.get_xlabel() for ax in sn.plots.effects(model, table).figure.axes]
        assert sorted(names) == ["lot (12 of 15)", "x"]
        found = model.profile({"lot": "L3", "x": 0.5})
        names = [ax.get_xlabel() for ax in sn.plots.profile(found).figure.axes]
        assert any(name.startswith("lot (12 of 15)\nL3") for name in names)

    def test_each_row_is_a_stroke_below_the_effect_of_a_number(self, model: sn.Model) -> None:
        for ax in sn.plots.effects(model, TABLE).figure.axes:
            rugs = [line for line in ax.lines if line.get_gid() == "rug"]
            own = TABLE[ax.get_xlabel()]
            assert len(rugs) == (own.dtype.kind == "f")
            for rug in rugs:
                assert rug.get_xdata() == pytest.approx(own)
                assert set(rug.get_ydata()) == {0.025}

    def test_curves_with_another_column_held_are_at_their_own_levels(self) -> None:
        """Of x w + w with x around 0, the curve of x with w held has the mean w."""
        rng = np.random.default_rng(0)
        x, w = rng.uniform(-1.0, 1.0, (2, 300))
        model = sn.fit(
            {"x": x, "w": w, "y": x * w + w}, "y",
            hidden=4, decay=1e-6, starts=1, held_out=0,
        )  # fmt: skip
        (ax,) = (
            ax
            for ax in sn.plots.effects(model, {"x": x, "w": w}).figure.axes
            if ax.get_xlabel() == "x"
        )
        held = {line.get_label(): line for line in ax.lines if "near" in line.get_label()}
        (first, y1), (second, y2) = (
            (float(label.rpartition(" ")[2]), np.nanmean(line.get_ydata()))
            for label, line in held.items()
        )
        assert (y1 - y2) / (first - second) == pytest.approx(1.0, abs=0.2)

    def test_single_rows_are_drawn_behind_the_mean_and_inside_the_axes(
        self, model: sn.Model
    ) -> None:
        kind = "partial dependence"
        axes = sn.plots.effects(model, TABLE, kind=kind, individual=True).figure.axes
        found = model.effects(TABLE, kind, individual=True)
        for ax in axes:
            own = found[ax.get_xlabel()].individual
            assert ax.get_ylim()[0] <= own.min() <= own.max() <= ax.get_ylim()[1]
            assert len(ax.lines) >= 60

    def test_changes_of_probabilities_stay_between_their_ends(self) -> None:
        y = np.where(TABLE["x"] + TABLE["w"] > 0.5, "yes", "no")
        model = sn.fit({**TABLE, "y": y}, "y", hidden=0, decay=1e-3, starts=1, held_out=0)
        member = model.members[0]
        other = replace(member.network, theta=-30.0 * member.network.theta)
        model = replace(
            model, members=(replace(member, share=0.5), replace(member, network=other, share=0.5))
        )
        for ax in sn.plots.effects(model, TABLE).figure.axes:
            assert -1.0 <= ax.get_ylim()[0] < ax.get_ylim()[1] <= 1.0
            assert ax.get_ylabel() == "probability − mean"

    def test_a_large_interaction_is_drawn_with_its_effect(self) -> None:
        """The slope of w is 2 x, and that of x is 5 + 2 w."""
        table = {name: TABLE[name] for name in ("x", "w")}
        y = 5.0 * table["x"] + 2.0 * table["w"] * table["x"]
        model = sn.fit(table, y, hidden=3, decay=1e-4, starts=1, held_out=0)
        found = model.effects(table)
        dependence = found.pairs[0].dependences[0]
        name = found.pairs[0].names[dependence.column]
        panels = {ax.get_xlabel(): ax for ax in sn.plots.effects(found).figure.axes}
        lines = {line.get_label(): line for line in panels[name].lines}
        held = [label for label in lines if label.startswith("if ")]
        assert len(held) == 2
        for label, curve, near in zip(held, dependence.curves.T, dependence.near.T, strict=True):
            assert lines[label].get_ydata()[near] == pytest.approx(curve[near])
            assert np.isnan(lines[label].get_ydata()[~near]).all()
        other = panels["w" if name == "x" else "x"]
        assert not any(str(line.get_label()).startswith("if ") for line in other.lines)

    def test_means_of_true_values_are_drawn_beside_labels(self, model: sn.Model) -> None:
        y = np.arange(60.0)
        ax = sn.plots.effects(model, {**TABLE, "y": y}, columns=["c"])
        (marks,) = [line for line in ax.lines if line.get_label() == "mean of the true values"]
        means = [y[TABLE["c"] == label].mean() for label in ("blue", "green", "red")]
        zero = model.predict(TABLE).mean()
        assert marks.get_ydata() == pytest.approx(np.array(means) - zero)
        low, high = ax.get_ylim()
        assert low < min(means) - zero < max(means) - zero < high


class TestPairs:
    def test_labels_have_fields_with_their_values(self, model: sn.Model) -> None:
        ax = sn.plots.pair_effects(model, TABLE, pairs=[("few", "c")])
        found = model.effects(TABLE, pairs=[("few", "c")])
        heights = found.pairs[0].joint[:, :, 0] + found.means[0]
        (mesh,) = [each for each in ax.collections if hasattr(each, "get_coordinates")]
        assert mesh.get_array().ravel().tolist() == pytest.approx(heights.T.ravel().tolist())
        assert [tick.get_text() for tick in ax.get_xticklabels()] == ["0", "1.5"]
        assert [tick.get_text() for tick in ax.get_yticklabels()] == ["blue", "green", "red"]
        written = {text.get_position(): text.get_text() for text in ax.texts}
        for i, j in np.ndindex(heights.shape):
            value, half = written[i, j].split("\n± ")
            assert float(value) == pytest.approx(heights[i, j], abs=0.051)
            assert float(half) == pytest.approx(2 * found.pairs[0].joint_std[i, j, 0], rel=0.05)

    def test_fields_without_rows_are_hatched(self, model: sn.Model) -> None:
        few = {name: values[:3] for name, values in TABLE.items()}  # red 0, green 1.5, blue 0
        ax = sn.plots.pair_effects(model, few, pairs=[("few", "c")])
        hatched = {patch.get_xy() for patch in ax.patches if patch.get_hatch()}
        assert hatched == {(-0.5, 0.5), (0.5, -0.5), (0.5, 1.5)}
        assert "there are no rows" in ax.figure.get_suptitle()
        assert "bands" not in ax.figure.get_suptitle()

    @pytest.mark.parametrize("names", [("c", "x"), ("x", "c")])
    def test_a_label_and_a_number_are_a_line_for_each_label(
        self, model: sn.Model, names: tuple[str, str]
    ) -> None:
        ax = sn.plots.pair_effects(model, TABLE, pairs=[names])
        assert "bands: 2 standard deviations" in " ".join(ax.figure.get_suptitle().split())
        found = model.effects(TABLE, pairs=[names])
        heights = found.pairs[0].joint[:, :, 0] + found.means[0]
        lines = {line.get_label(): line for line in ax.lines if line.get_linestyle() == "-"}
        assert list(lines) == ["blue", "green", "red"]
        curves = heights if names[0] == "c" else heights.T
        far = found.pairs[0].remoteness > 1.0
        for i, line in enumerate(lines.values()):
            own = far[i] if names[0] == "c" else far[:, i]
            assert np.isnan(line.get_ydata()).tolist() == own.tolist()
            assert line.get_ydata()[~own] == pytest.approx(curves[i][~own])
        assert far.any()  # red has no row with the largest x
        assert (ax.get_xlabel(), ax.get_ylabel()) == ("x", "y")

    def test_numbers_have_contours_through_the_rows(self, model: sn.Model) -> None:
        ax = sn.plots.pair_effects(model, TABLE, pairs=[("x", "w")])
        (rows,) = [line for line in ax.lines if line.get_marker() == "o"]
        assert rows.get_xdata() == pytest.approx(TABLE["x"])
        assert rows.get_ydata() == pytest.approx(TABLE["w"])
        assert any(text.get_text() for text in ax.texts)  # labels of lines
        found = model.effects(TABLE, pairs=[("x", "w")])
        heights = found.pairs[0].joint + found.means[0]
        shown = [each.get_clim() for each in ax.collections if each.get_array() is not None]
        assert min(low for low, _ in shown) <= heights.min() <= heights.max() <= max(
            high for _, high in shown
        )  # fmt: skip

    def test_maps_have_one_scale_of_colors_and_say_what_their_marks_are(self) -> None:
        rng = np.random.default_rng(0)
        table = dict(zip("abc", rng.uniform(size=(3, 200)), strict=True))
        y = table["a"] * table["b"] + 5.0 * table["c"] * table["a"]
        model = sn.fit({**table, "y": y}, "y", hidden=3, decay=1e-3, starts=1, held_out=0)
        ax = sn.plots.pair_effects(model, table, pairs=[("a", "b"), ("a", "c")])
        maps = [
            each
            for axes in ax.figure.axes
            for each in axes.collections
            if getattr(each, "filled", False)
        ]
        scales = {each.get_clim() for each in maps if not any(each.hatches)}
        assert len(scales) == 1
        assert "dots are rows" in ax.figure.get_suptitle()
        assert "dotted" not in ax.figure.get_suptitle()

    def test_the_strongest_interactions_are_drawn_first(self, model: sn.Model) -> None:
        found = model.effects(TABLE, pairs=5)
        titles = [
            ax.get_title() for ax in sn.plots.pair_effects(found).figure.axes if ax.get_title()
        ]
        sizes = [float(title.removeprefix("interaction: ").split()[0]) for title in titles]
        assert len(sizes) == 5
        assert sizes == sorted(sizes, reverse=True)


class TestRefusals:
    def test_of_what_is_no_model(self) -> None:
        with pytest.raises(
            sn.InvalidInput, match="need a Model, a fitted estimator or Effects, but dict was given"
        ):
            sn.plots.effects({}, TABLE)

    def test_of_effects_without_pairs(self, model: sn.Model) -> None:
        with pytest.raises(sn.InvalidInput, match=r"needs a pair of columns.*pairs=1"):
            sn.plots.pair_effects(model.effects(TABLE, pairs=0))

    def test_of_an_output_that_does_not_exist(self, model: sn.Model) -> None:
        with pytest.raises(
            sn.InvalidInput, match="output must be a whole number from 0 to 0, but 1"
        ):
            sn.plots.pair_effects(model, TABLE, output=1)


def test_lines_of_labels_say_what_their_level_is(model: sn.Model) -> None:
    said = "levels of labels: at equal other columns"
    for kind, interaction in (("ale", False), ("ale", True), ("partial dependence", False)):
        ax = sn.plots.pair_effects(
            model, TABLE, pairs=[("x", "c")], kind=kind, interaction=interaction
        )
        is_told = said in ax.figure.get_suptitle()
        assert is_told == (kind == "ale" and not interaction)
    assert said not in sn.plots.pair_effects(model, TABLE, pairs=[("x", "w")]).figure.get_suptitle()
