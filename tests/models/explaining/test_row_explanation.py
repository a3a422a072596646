"""`Model.explain_row`: contributions in order, neighbors, ranges, uncertainty, and text."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import sheernet as sn

pytestmark = pytest.mark.filterwarnings("ignore:(date|the statistics)")
X = {"x": np.linspace(0.0, 9.0, 40), "w": np.tile([1.0, 2.0, 4.0, 3.0], 10)}
TABLE = {**X, "y": 2.0 * X["x"] - X["w"] + 0.1 * np.random.default_rng(0).normal(size=40)}


@pytest.fixture(scope="module")
def line() -> sn.Model:
    return sn.fit(TABLE, "y", hidden=0, decay=1e-6, starts=1, held_out=0, missing="refuse")


class TestNumbers:
    def test_agree_with_contributions_and_the_prediction(self, line: sn.Model) -> None:
        row = {"x": 7.0, "w": 1.0}
        found = line.explain_row(row, TABLE)
        assert found.prediction[0] == pytest.approx(line.predict(row))
        one = line.contributions({"x": [7.0], "w": [1.0]}, TABLE)
        assert found.contributions.tolist() == one.values[0].tolist()
        lower, upper = line.predict_interval(row)
        assert [float(end[0]) for end in found.interval] == pytest.approx([lower, upper])

    def test_the_interval_ends_at_the_limits_of_the_output(self) -> None:
        noise = np.abs(np.random.default_rng(0).normal(size=40))
        table = {**X, "y": np.exp(0.2 * X["x"] - X["w"]) + noise}
        model = sn.fit(
            table, "y", hidden=0, output_activation="exp", decay=1e-6, starts=1, held_out=0
        )
        row = {"x": 0.0, "w": 4.0}
        expected = model.predict_interval(row)
        assert expected[0] == 0.0
        assert [float(end[0]) for end in model.explain_row(row).interval] == list(expected)

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

    def test_neighbors_of_a_row_of_the_table_are_others(self, line: sn.Model) -> None:
        found = line.explain_row({name: TABLE[name][6] for name in X}, TABLE).neighbors
        assert found.same.tolist() == [7]
        assert 7 not in found.numbers
        assert found.distances.min() > 0.1

    def test_neighbors_keep_their_numbers_if_rows_were_held_out(self) -> None:
        """The values of the target are those of the rows with these numbers in the whole table."""
        model = sn.fit(TABLE, "y", hidden=0, decay=1e-6, starts=1, held_out=0.25)
        near = model.explain_row({"x": 4.6, "w": 3.2}, TABLE).neighbors
        assert set(near.numbers - 1) <= set(model.rows.training)
        assert near.truths == tuple((f"y = {TABLE['y'][i - 1]:.6g}",) for i in near.numbers)

    def test_tables_have_standard_deviations_not_bands(self, line: sn.Model) -> None:
        found = line.explain_row({"x": 7.0, "w": 1.0}, TABLE)
        assert found.to_frame()["std"].tolist() == found.std[:, 0].tolist()  # x, then w
        assert found.band == "2 standard deviations of the weights"

    def test_without_a_table_the_mean_of_a_target_with_limits_is_not_known(self) -> None:
        """Its shift is a limit, not a mean."""
        table = {**X, "y": np.exp(0.2 * X["x"])}
        options = {"hidden": 0, "decay": 1e-6, "starts": 1, "held_out": 0}
        model = sn.fit(table, "y", output_activation="exp", **options)
        assert model.explain_row({"x": 7.0, "w": 1.0}).target_mean is None
        model = sn.fit(table, "y", **options)
        mean = model.explain_row({"x": 7.0, "w": 1.0}).target_mean
        assert mean == pytest.approx([np.mean(table["y"])])

    def test_the_usual_distance_is_that_between_the_rows(self, line: sn.Model) -> None:
        """Without w, x is at distances of 9 / 39 and its standard deviation is that of the column."""
        table = {"x": X["x"], "y": X["x"]}
        model = sn.fit(table, "y", hidden=0, decay=1e-6, starts=1, held_out=0)
        step = 9.0 / 39 / X["x"].std()
        found = model.explain_row({"x": 4.5 + 0.49 * 9.0 / 39}, table).neighbors
        assert found.usual == pytest.approx(step)
        assert found.quantile == 0.0
        sparse = {"x": np.array([0.0, 1.0, 2.0, 5.0])}
        found = model.explain_row({"x": 7.5}, sparse).neighbors
        assert found.quantile == 0.75  # 2.5 from the nearest; these are 1, 1, 1 and 3 from theirs
        assert np.isnan(model.explain_row({"x": 7.5}, {"x": [1.0]}).neighbors.usual)

    def test_the_uncertainty_of_a_line_grows_with_the_distance(self, line: sn.Model) -> None:
        """Var of a line with known columns: x^T C x, C proportional to the inverse of the normal equations."""
        A = np.column_stack([X["x"], X["w"], np.ones(40)])
        C = np.linalg.inv(A.T @ A)
        row = np.array([30.0, 9.0, 1.0])
        others = np.sqrt(np.einsum("ni,ij,nj->n", A, C, A))
        with pytest.warns(sn.SheernetWarning, match="above"):
            found = line.explain_row({"x": 30.0, "w": 9.0}, TABLE)
        novelty = found.novelty
        ratio = np.sqrt(row @ C @ row) / np.median(others)
        assert novelty.std / novelty.usual == pytest.approx([ratio], rel=1e-3)
        assert novelty.quantile.tolist() == [1.0]
        noise = np.sqrt(np.square(novelty.whole) - np.square([novelty.std, novelty.usual]))
        assert noise == pytest.approx(np.full((2, 1), 0.1), rel=0.2)  # that of TABLE
        assert novelty.whole[0] == pytest.approx(line.distribution([[30.0, 9.0]]).std())
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
    def test_tells_an_unusual_combination_that_the_model_file_shows(self) -> None:
        """x and w are each within their ranges; near the line w = x there are rows, far from it none."""
        x = np.linspace(-1.0, 1.0, 50)
        w = x + 0.01 * np.random.default_rng(0).normal(size=50)
        model = sn.fit({"x": x, "w": w, "y": x}, "y", hidden=0, decay=0.1, starts=1, held_out=0)
        far = str(model.explain_row({"x": 0.9, "w": -0.9})).replace("\n", " ")
        assert "range of the training rows. Distance from the center of the data:" in far
        assert "farther than all training rows" in far
        assert "Not checked without a table: gaps between the training rows." in far

    def test_of_an_old_model_file_without_rows_begins_with_a_caution(self, line: sn.Model) -> None:
        old = replace(line, region=None)
        row = {"x": 7.0, "w": 1.0}
        assert "\n\nCaution: without a table, this model has no rows:" in str(old.explain_row(row))
        assert "Caution" not in str(old.explain_row(row, TABLE)) + str(line.explain_row(row))

    def test_has_the_largest_contribution_first(self, line: sn.Model) -> None:
        found = line.explain_row({"x": 4.5, "w": 4.0}, TABLE)
        assert found.to_frame()["column"].tolist() == ["w", "x"]
        text = str(found)
        assert text.index("\n  w       4 ") < text.index("\n  x       4.5 ")

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
