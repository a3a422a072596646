"""`Model.explain_row`: contributions in order, neighbors, ranges, uncertainty, and text."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sheernet as sn

pytestmark = pytest.mark.filterwarnings("ignore:(date|the figures)")
X = {"x": np.linspace(0.0, 9.0, 40), "w": np.tile([1.0, 2.0, 4.0, 3.0], 10)}
TABLE = {**X, "y": 2.0 * X["x"] - X["w"] + 0.1 * np.random.default_rng(0).normal(size=40)}


@pytest.fixture(scope="module")
def line() -> sn.Model:
    return sn.fit(TABLE, "y", hidden=0, decay=1e-6, starts=1, held_out=0)


class TestNumbers:
    def test_agree_with_contributions_and_the_prediction(self, line: sn.Model) -> None:
        row = {"x": 7.0, "w": 1.0}
        found = line.explain_row(row, TABLE)
        assert found.prediction[0] == pytest.approx(line.predict(row))
        one = line.contributions({"x": [7.0], "w": [1.0]}, TABLE)
        assert found.contributions.tolist() == one.values[0].tolist()
        lower, upper = line.predict_interval(row)
        assert [float(end[0]) for end in found.interval] == pytest.approx([lower, upper])

    @pytest.mark.parametrize(
        "row",
        [pd.Series({"x": 7.0, "w": 1.0}), pd.DataFrame({"x": [7.0], "w": [1.0]}), [[7.0, 1.0]]],
    )
    def test_a_row_has_the_forms_that_predict_knows(self, line: sn.Model, row) -> None:
        assert line.explain_row(row).values == ("7", "1")

    def test_neighbors_are_the_nearest_in_scaled_inputs(self, line: sn.Model) -> None:
        found = line.explain_row({"x": 4.6, "w": 3.2}, TABLE).neighbors
        z = [
            (X[c.name] - v) / c.scale for c, v in zip(line.inputs.columns, (4.6, 3.2), strict=True)
        ]
        distances = np.hypot(*z)
        order = np.argsort(distances)[:5]
        assert found.numbers.tolist() == (order + 1).tolist()
        assert found.distances == pytest.approx(distances[order])
        assert found.truths[0] == (f"y = {TABLE['y'][order[0]]:.6g}",)
        assert line.explain_row({"x": 4.6, "w": 3.2}, X).neighbors.truths == ()

    def test_the_uncertainty_of_a_line_grows_with_the_distance(self, line: sn.Model) -> None:
        """Var of a line with known columns: x^T C x, C proportional to the inverse of the normal equations."""
        A = np.column_stack([X["x"], X["w"], np.ones(40)])
        C = np.linalg.inv(A.T @ A)
        row = np.array([30.0, 9.0, 1.0])
        usual = np.sqrt(np.einsum("ni,ij,nj->n", A, C, A).mean())
        with pytest.warns(sn.SheernetWarning, match="above"):
            found = line.explain_row({"x": 30.0, "w": 9.0}, TABLE)
        assert found.novelty.ratio == pytest.approx(np.sqrt(row @ C @ row) / usual, rel=1e-3)
        assert found.novelty.quantile == 1.0
        inside = line.predict_interval(X)
        own = line.predict_interval([[30.0, 9.0]])
        assert found.novelty.width == pytest.approx(
            float((own[1] - own[0])[0] / np.median(inside[1] - inside[0]))
        )
        assert found.outside == (
            "x: 30 is above 9, the largest value of the training rows, by 233 % of their range.",
            "w: 9 is above 4, the largest value of the training rows, by 167 % of their range.",
        )

    def test_the_ends_of_the_range_are_inside(self) -> None:
        rng = np.random.default_rng(0)
        table = {f"c{j}": 10.0 ** rng.integers(-3, 4) * (1 + rng.normal(size=9)) for j in range(40)}
        model = sn.fit(
            {**table, "y": rng.normal(size=9)}, "y", hidden=0, decay=1.0, starts=1, held_out=0
        )
        for end in (np.min, np.max):
            row = {name: end(values) for name, values in table.items()}
            assert model.explain_row(row).outside == ()


class TestText:
    def test_has_the_largest_contribution_first(self, line: sn.Model) -> None:
        text = str(line.explain_row({"x": 4.5, "w": 4.0}, TABLE))
        lines = text.splitlines()
        assert lines[0].startswith("y: ")
        assert "90 % interval" in lines[0]
        assert [line.split()[:2] for line in lines[3:5]] == [["w", "4"], ["x", "4.5"]]
        assert "All numbers are in the range" in text
        assert "Nearest training rows" in text

    def test_of_classes_is_about_the_predicted_class(self) -> None:
        model = sn.fit(
            {**X, "c": np.where(X["x"] > 4, "b<i>", "a")},
            "c",
            hidden=0,
            decay=1e-2,
            starts=1,
            held_out=0,
        )
        found = model.explain_row({"x": 9.0, "w": 1.0})
        assert str(found).startswith("c=b<i>: 0.9")
        assert found.interval is None
        assert found.neighbors is None
        assert "c=b&lt;i&gt;" in found._repr_html_()
        assert len(found.to_frame()) == 2 * 2

    def test_shows_dates_labels_and_booleans_as_they_are(self) -> None:
        table = {
            "day": np.datetime64("2024-01-01") + np.arange(20),
            "color": np.array(["red", "blue"] * 10),
            "on": np.arange(20) % 3 == 0,
        }
        model = sn.fit(
            {**table, "y": np.arange(20.0) ** 0.5}, "y", hidden=0, decay=1e-3, starts=1, held_out=0
        )
        row = {"day": "2024-01-05", "color": "red", "on": True}
        assert model.explain_row(row, table).values == ("2024-01-05", "red", "true")


class TestRefusals:
    def test_of_several_rows(self, line: sn.Model) -> None:
        with pytest.raises(
            sn.InvalidInput, match="single row, but 40 rows were given; use contributions"
        ):
            line.explain_row(X)

    def test_of_a_missing_value(self, line: sn.Model) -> None:
        with pytest.raises(sn.InvalidInput, match="missing inputs"):
            line.explain_row({"x": None, "w": 1.0})
