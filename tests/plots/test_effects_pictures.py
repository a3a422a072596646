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
        {**TABLE, "y": y}, "y", hidden=2, decay=0.1, reduction="sum", starts=1, held_out=0
    )


class TestCurves:
    def test_effects_need_no_table(self, model: sn.Model) -> None:
        found = model.effects(TABLE)
        axes = sn.plots.effects(found).figure.axes
        assert [ax.get_xlabel() for ax in axes] == [effect.title for effect in found.curves]
        (x,) = [ax for ax in axes if ax.get_xlabel() == "x"]
        assert x.lines[0].get_ydata().tolist() == found["x"].mean[:, 0].tolist()
        ends = x.collections[0].get_paths()[0].vertices
        width = 2.0 * found["x"].std[0, 0]
        assert np.ptp(ends[ends[:, 0] == 0.0, 1]) == pytest.approx(2.0 * width)

    def test_columns_that_are_named_are_not_called_the_largest(self, model: sn.Model) -> None:
        title = sn.plots.effects(model, TABLE, columns=["x", "w"]).figure.get_suptitle()
        assert title.splitlines() == [
            "Change of the prediction of y as one column changes",
            "band: 2 standard deviations of the weights",
        ]
        assert (
            "2 of 4 columns" in sn.plots.effects(model, TABLE, most_columns=2).figure.get_suptitle()
        )

    def test_leks_profile_has_a_line_and_a_name_for_each_quantile(self, model: sn.Model) -> None:
        ax = sn.plots.effects(model, TABLE, kind="lek", columns=["x"])
        labels = ax.get_legend_handles_labels()[1]
        assert labels[0] == "others: minimum"
        assert len(labels) == len(ax.lines) == 6
        assert "band" not in ax.figure.get_suptitle()

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
            assert ax.get_ylabel() == "change of probability"


class TestMaps:
    def test_labels_and_few_numbers_have_fields(self, model: sn.Model) -> None:
        for pair in (("c", "x"), ("x", "few"), ("few", "c")):
            ax = sn.plots.pair_effects(model, TABLE, pairs=[pair])
            (mesh,) = [each for each in ax.collections if hasattr(each, "get_coordinates")]
            found = model.effects(TABLE, pairs=[pair]).pairs[0]
            assert mesh.get_array().ravel().tolist() == found.joint[:, :, 0].T.ravel().tolist()
            assert (ax.get_xlabel(), ax.get_ylabel()) == pair
        assert [tick.get_text() for tick in ax.get_xticklabels()] == ["0", "1.5"]
        assert [tick.get_text() for tick in ax.get_yticklabels()] == ["blue", "green", "red"]

    def test_numbers_have_contours_and_the_size_of_the_interaction(self, model: sn.Model) -> None:
        ax = sn.plots.pair_effects(model, TABLE, pairs=[("x", "w")], interaction=True)
        found = model.effects(TABLE, pairs=[("x", "w")]).pairs[0]
        assert ax.get_title() == f"interaction: {found.importance[0]:.3g}"
        assert ax.figure.get_suptitle() == "Interaction of two columns in the prediction of y"
        shown = max(each.get_clim()[1] for each in ax.collections if each.get_array() is not None)
        assert shown == pytest.approx(np.abs(found.interaction).max(), rel=0.05)

    def test_the_strongest_interactions_are_drawn_first(self, model: sn.Model) -> None:
        found = model.effects(TABLE, pairs=5)
        titles = [
            ax.get_title() for ax in sn.plots.pair_effects(found).figure.axes if ax.get_title()
        ]
        sizes = [float(title.removeprefix("interaction: ")) for title in titles]
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
            sn.plots.pair_effects(model.effects(TABLE))

    def test_of_an_output_that_does_not_exist(self, model: sn.Model) -> None:
        with pytest.raises(
            sn.InvalidInput, match="output must be a whole number from 0 to 0, but 1"
        ):
            sn.plots.pair_effects(model, TABLE, output=1)
