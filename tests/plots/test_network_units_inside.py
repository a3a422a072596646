"""As test_network_units.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from sheernet.plots.network_units import NetworkUnits
from sheernet.plots.surface import compute_surface


@pytest.fixture(scope="module")
def model() -> sn.Model:
    table = {"hours": [float(i * i) for i in range(12)], "light": [float(i % 4) for i in range(12)]}
    table["score"] = [50 + 3 * a - b for a, b in zip(table["hours"], table["light"], strict=True)]
    return sn.fit(table, target="score", hidden=2, starts=1, decay=1e-4)


class TestUnits:
    TRAIN = sn.datasets.load_sleep_study("train")
    TEST = sn.datasets.load_sleep_study("test")
    NET = sn.Network.random(sn.Architecture((2, 3, 1)), seed=0)

    def test_a_data_set_gives_names_scales_and_true_values(self) -> None:
        surface = compute_surface(self.NET, self.TRAIN)
        assert surface.names == ("hours asleep", "hours studying")
        assert surface.target == "test score"
        assert surface.marks.points.tolist() == self.TRAIN.X.tolist()
        assert surface.marks.heights.tolist() == self.TRAIN.y.ravel().tolist()
        largest = np.array([10.0, 5.0])  # hours
        corner = np.array([surface.axes[0][3], surface.axes[1][7]]) / largest
        assert surface.values[7, 3] == pytest.approx(100.0 * self.NET.predict([corner])[0, 0])

    def test_so_do_names_and_scalers(self) -> None:
        of_data = compute_surface(self.NET, self.TRAIN)
        units = NetworkUnits(
            self.TRAIN.input_names, ["score"], self.TRAIN.input_scaler, self.TRAIN.target_scaler
        )
        surface = compute_surface(self.NET, self.TRAIN.X, units=units)
        assert np.array_equal(surface.values, of_data.values)
        assert (surface.names, surface.target) == (of_data.names, "score")
        assert surface.marks.heights == pytest.approx(
            100.0 * self.NET.predict(self.TRAIN.scaled[0])[:, 0]
        )

    @pytest.mark.parametrize("test", [TEST, (TEST.X, TEST.y)])
    def test_test_rows_have_marks_of_their_own(self, test) -> None:
        surface = compute_surface(self.NET, self.TRAIN, test=test)
        assert surface.test is not None
        assert surface.test.points.tolist() == self.TEST.X.tolist()
        assert surface.test.heights.tolist() == self.TEST.y.ravel().tolist()
        assert [marks.rows for marks in surface.groups] == ["4 training rows", "4 test rows"]
        assert surface.axes[1][-1] == pytest.approx(5.5 + 0.05 * 4.5)  # studying: 1 to 5.5 hours

    def test_test_rows_without_true_values_are_at_their_predictions(self, model) -> None:
        surface = compute_surface(model, [[0.0, 0.0]], test=np.array([[11.0, 3.0]]))
        assert surface.test is not None
        assert surface.test.heights == pytest.approx(model.predict([[11.0, 3.0]]))
        assert surface.test.marked == "predictions for 1 test row"
