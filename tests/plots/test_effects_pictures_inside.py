"""As test_effects_pictures.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from plots.test_effects_pictures import TABLE
from sheernet.models.explaining.uncertainty_text import with_band
from sheernet.plots.pair_effects_plot import interpolated
from sheernet.plots.style import new_figure, style, write_figure_title

pytest.importorskip("matplotlib")


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
    def test_a_long_title_is_broken_at_the_width_of_the_figure(self) -> None:
        with style():
            figure = new_figure(6.8, 3.0)
            write_figure_title(figure, "Change of the prediction of W as m columns change, " * 3)
        figure.canvas.draw()
        box = figure._suptitle.get_window_extent()
        assert figure.bbox.x0 < box.x0 < box.x1 < figure.bbox.x1


class TestPairs:
    def test_the_interaction_by_itself_is_around_0(self, model: sn.Model) -> None:
        ax = sn.plots.pair_effects(model, TABLE, pairs=[("x", "w")], interaction=True)
        found = model.effects(TABLE, pairs=[("x", "w")]).pairs[0]
        assert (
            ax.get_title()
            == f"interaction: {with_band(found.importance[0], found.importance_std[0])}"
        )
        assert "Interaction of two columns in the prediction of y" in ax.figure.get_suptitle()
        sets = [each for each in ax.collections if getattr(each, "filled", False)]
        low, high = sets[0].get_clim()  # the others are hatched
        assert low == pytest.approx(-high)
        assert high >= np.abs(found.interaction).max()

    def test_a_map_goes_through_the_points_of_the_effect(self, model: sn.Model) -> None:
        pair = model.effects(TABLE, pairs=[("x", "w")]).pairs[0]
        nodes = [values.astype(float) for values in pair.values]
        heights = pair.joint[:, :, 0]
        assert interpolated(pair, heights, nodes, smooth=True) == pytest.approx(heights)
        fine = [np.linspace(v[0], v[-1], 50) for v in nodes]
        smooth = interpolated(pair, heights, fine, smooth=True)
        assert heights.min() - 1e-9 <= smooth.min() <= smooth.max() <= heights.max() + 1e-9
