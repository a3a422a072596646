"""Networks that were trained on scaled columns, drawn in the units of the data."""

from __future__ import annotations

import pytest

import sheernet as sn


@pytest.fixture(scope="module")
def model() -> sn.Model:
    table = {"hours": [float(i * i) for i in range(12)], "light": [float(i % 4) for i in range(12)]}
    table["score"] = [50 + 3 * a - b for a, b in zip(table["hours"], table["light"], strict=True)]
    return sn.fit(table, target="score", hidden=2, starts=1, decay=1e-4)


class TestUnits:
    TRAIN = sn.datasets.load_sleep_study("train")
    TEST = sn.datasets.load_sleep_study("test")
    NET = sn.Network.random(sn.Architecture((2, 3, 1)), seed=0)

    def test_given_names_come_before_those_of_the_data(self) -> None:
        ax = sn.plots.response_surface(self.NET, self.TRAIN, output_names=["points"])
        assert ax.get_title() == "Predicted points over hours asleep and hours studying"

    @pytest.mark.parametrize("kind", ["contour", "3d"])
    def test_they_are_drawn_as_squares(self, kind) -> None:
        ax = sn.plots.response_surface(self.NET, self.TRAIN, kind=kind, test=self.TEST)
        drawn = {line.get_marker(): line for line in ax.get_lines()}
        assert drawn["s"].get_label().endswith("4 test rows")
        assert drawn["s"].get_data()[0].tolist() == self.TEST.X[:, 0].tolist()
        assert drawn["o"].get_data()[0].tolist() == self.TRAIN.X[:, 0].tolist()

    def test_limits_of_several_networks_contain_the_marks(self) -> None:
        low, high = sn.plots.surface_limits([self.NET], self.TRAIN)
        assert low <= 70.0
        assert high >= 93.0

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"input_names": ["a"]}, "input_names needs 2 names"),
            ({"input_scaler": 10.0}, r"input_scaler must be a Scaler, .* but float was given"),
            ({"output_scaler": TRAIN.input_scaler}, "output_scaler has 2 columns but the network has 1 output"),
        ],
    )  # fmt: skip
    def test_what_does_not_fit_is_refused(self, options, message) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            sn.plots.response_surface(self.NET, self.TRAIN.X, **options)

    def test_a_model_knows_its_own_units(self, model) -> None:
        with pytest.raises(sn.InvalidInput, match="a Model has the names and scales"):
            sn.plots.response_surface(model, [[0.0, 0.0]], input_names=["a", "b"])


def test_a_diagram_takes_its_names_from_a_data_set() -> None:
    ax = sn.plots.network(TestUnits.NET, TestUnits.TRAIN)
    texts = {text.get_text() for text in ax.texts}
    assert {"hours asleep", "hours studying", "test score"} <= texts
    own = sn.plots.network(TestUnits.NET, TestUnits.TRAIN, ["points"])
    assert "points" in {text.get_text() for text in own.texts}
