"""Predictive densities, compared with SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import sheernet as sn
from sheernet.plots.density_plot import MOST_ROWS, density_curves
from sheernet.statistics import AffineUnits, Prediction

UNITS = AffineUnits([60.0], [10.0])
NARROW_AND_WIDE = Prediction(
    [1.0], [[[0.0], [1.0]]], [[[1.0], [1e-4]]], [np.inf], AffineUnits([60.0], [10.0])
)


def a_model() -> sn.Model:
    x = np.linspace(0.0, 4.0, 40)
    return sn.fit({"x": x, "y": 3 * x + np.cos(9 * x) / 9}, "y", hidden=0, decay=0.0, held_out=0)


class TestCurves:
    def test_are_densities_at_values_of_the_target(self) -> None:
        curves = density_curves(NARROW_AND_WIDE)
        for k, known in enumerate((stats.norm(60, 10), stats.norm(70, 1e-3))):
            assert curves.densities[k] == pytest.approx(known.pdf(curves.values), rel=1e-9)
            area = np.trapezoid(curves.densities[k], curves.values)
            assert area == pytest.approx(1.0, abs=0.01)  # a narrow density has values of its own
            assert (curves.lower[k], curves.upper[k]) == pytest.approx(known.interval(0.9))
        assert curves.means == pytest.approx([60.0, 70.0])

    def test_of_a_model_are_those_of_its_distribution(self) -> None:
        model, rows = a_model(), {"x": [1.0, 3.0]}
        curves = density_curves(model, rows, coverage=0.5)
        assert curves.means == pytest.approx(model.predict(rows), rel=1e-12)
        assert curves.upper == pytest.approx(model.distribution(rows).ppf(0.75), rel=1e-12)
        assert curves.true is None

    def test_a_row_with_the_target_has_its_true_value(self) -> None:
        model = a_model()
        assert density_curves(model, {"x": 1.0, "y": 2.5}).true.tolist() == [2.5]
        assert density_curves(model, {"x": [1.0, 2.0], "y": [2.5, 7.0]}).true.tolist() == [2.5, 7.0]
        assert density_curves(model, {"x": 1.0, "y": 2.5}, true=[3.0]).true.tolist() == [3.0]
        assert density_curves(model, {"x": 1.0, "y": "unknown"}).true is None

    def test_the_axis_reaches_a_true_value_far_away(self) -> None:
        assert density_curves(NARROW_AND_WIDE, [0], true=[500.0]).values[-1] == 500.0

    def test_rows_of_a_distribution_and_a_target_can_be_chosen(self) -> None:
        found = Prediction(
            [1.0], [[[0.0, 5.0], [1.0, 7.0]]], np.ones((1, 2, 2)), [np.inf], AffineUnits([0, 0], [1, 2])
        )  # fmt: skip
        curves = density_curves(found, [1], output=1, true=[[0.0, 12.0]])
        assert (curves.means.tolist(), curves.true.tolist()) == ([14.0], [12.0])
        assert curves.densities[0] == pytest.approx(stats.norm(14, 2).pdf(curves.values))

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"output": 1}, "output must be a whole number from 0 to 0"),
            ({"true": [1.0, 2.0, 3.0]}, "true must have a value for each of the 2 rows"),
            ({"row_names": ["a"]}, "row_names needs 2 names"),
            ({"rows": [0] * (MOST_ROWS + 1)}, "room for 12 rows but 13 were given"),
        ],
    )
    def test_what_does_not_fit_is_refused(self, options, message) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            density_curves(NARROW_AND_WIDE, **options)

    def test_models_without_rows_and_other_sources_are_refused(self) -> None:
        with pytest.raises(sn.InvalidInput, match="needs rows"):
            density_curves(a_model())
        with pytest.raises(sn.InvalidInput, match="needs a Model"):
            density_curves([0.0])


class TestPicture:
    def test_of_one_row_has_its_numbers_in_the_title(self) -> None:
        ax = sn.plots.density(Prediction([1.0], [[[0.0]]], [[[1.0]]], [np.inf], UNITS), true=[66.0])
        assert (
            ax.get_title().splitlines()[1] == "mean 60, 90 % interval 43.6 to 76.4, true value 66"
        )
        assert ax.get_ylabel() == "density"

    def test_of_several_rows_has_their_names_from_the_top(self) -> None:
        ax = sn.plots.density(NARROW_AND_WIDE, row_names=["first", "second"])
        names = [tick.get_text() for tick in ax.get_yticklabels()]
        assert dict(zip(names, ax.get_yticks(), strict=True)) == {"second": 0, "first": 1}
