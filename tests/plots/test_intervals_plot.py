"""Intervals and the share of the rows in them."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

import sheernet as sn
from sheernet.plots.intervals_plot import EXPECTED, MOST_BARS, MOST_ROWS, interval_rows
from sheernet.statistics import AffineUnits, Prediction


def a_table(n: int = 80) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=n)
    return {"x": x, "y": 100 * x + 20 * rng.normal(size=n)}


def ends(n: int, width: float = 1.0):
    rng = np.random.default_rng(5)
    middle = rng.normal(size=n)
    return (middle - width, middle + width), middle + rng.normal(size=n)


class TestRows:
    def test_of_a_model_are_the_held_out_rows_of_its_table(self) -> None:
        table = a_table()
        model = sn.fit(table, "y", hidden=0, decay=1e-3, starts=1)
        rows = interval_rows(model, table, coverage=0.8)
        held_out = {name: values[model.rows.held_out] for name, values in table.items()}
        lower, upper = model.predict_interval(held_out, 0.8)
        order = np.argsort(model.predict(held_out))
        assert rows.noun == "held-out row"
        assert rows.lower == pytest.approx(lower[order], rel=1e-12)
        assert rows.upper == pytest.approx(upper[order], rel=1e-12)
        inside = (lower <= held_out["y"]) & (held_out["y"] <= upper)
        assert rows.coverage == pytest.approx(inside.mean())

    def test_without_held_out_rows_they_are_called_training_rows(self) -> None:
        model = sn.fit(a_table(), "y", hidden=0, starts=1)
        rows = interval_rows(model, a_table(), method="conformal")
        assert (rows.noun, len(rows.true)) == ("training row", 80)
        lower, _ = model.predict_interval(a_table(), method="conformal")
        assert np.sort(rows.lower) == pytest.approx(np.sort(lower), rel=1e-12)

    def test_of_a_distribution_are_its_quantiles(self) -> None:
        locations = [[[0.0, 5.0], [1.0, 7.0]]]
        found = Prediction(
            [1.0], locations, np.ones((1, 2, 2)), [np.inf], AffineUnits([0, 0], [1, 2])
        )
        rows = interval_rows(found, [[0, 0], [0, 0]], output=1, target_names=["a", "b"])
        assert rows.name == "b"
        assert rows.middle == pytest.approx([10.0, 14.0])
        assert rows.upper == pytest.approx(np.array([10.0, 14.0]) + 2 * 1.6448536269514722)

    def test_are_in_the_order_of_their_predictions(self) -> None:
        rows = interval_rows(([4.0, 0.0, 2.0], [6.0, 2.0, 4.0]), [1.0, 2.0, 3.0])
        assert rows.middle.tolist() == [1.0, 3.0, 5.0]
        assert rows.true.tolist() == [2.0, 3.0, 1.0]

    def test_weights_count_in_the_coverage(self) -> None:
        rows = interval_rows(([0.0, 0.0], [1.0, 1.0]), [0.5, 2.0], weights=[3, 1])
        assert rows.coverage == 0.75

    def test_the_expected_range_is_that_of_a_binomial_distribution(self) -> None:
        pair, true = ends(40)
        rows = interval_rows(pair, true, coverage=0.8)
        sums = np.cumsum([comb(40, k) * 0.8**k * 0.2 ** (40 - k) for k in range(41)])
        tail = (1 - EXPECTED) / 2
        expected = np.argmax(sums >= tail) / 40, np.argmax(sums >= 1 - tail) / 40
        assert rows.expected_range == pytest.approx(expected)

    @pytest.mark.parametrize(
        ("source", "options", "message"),
        [
            ([1.0, 2.0], {}, r"need a Model, .* or a pair \(lower, upper\)"),
            (([0.0], [1.0]), {"coverage": 1.5}, "coverage"),
            (([0.0], [1.0]), {"method": "conformal"}, "need a Model"),
            (([0.0], [1.0]), {"output": 1}, "output must be a whole number from 0 to 0"),
        ],
    )
    def test_what_has_no_intervals_is_refused(self, source, options, message) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            interval_rows(source, [0.5], **options)


class TestPicture:
    def test_the_title_says_the_coverage(self) -> None:
        title = sn.plots.intervals(([0.0] * 4, [1.0] * 4), [0.5, 0.5, 0.5, 2.0]).get_title()
        text = "75.0 % of 4 rows in their 90 % interval; expected"
        assert title.splitlines()[1].startswith(text)

    def test_rows_outside_have_another_marker(self) -> None:
        ax = sn.plots.intervals(([0.0, 1.0], [1.0, 2.0]), [0.5, 9.0])
        by_marker = {line.get_marker(): line.get_xydata().tolist() for line in ax.get_lines()}
        assert (by_marker["o"], by_marker["s"]) == ([[1.0, 0.5]], [[2.0, 9.0]])

    def test_many_intervals_are_a_band(self) -> None:
        few, many = (sn.plots.intervals(*ends(n)) for n in (MOST_BARS, MOST_BARS + 1))
        assert type(few.collections[0]).__name__ == "LineCollection"
        assert type(many.collections[0]).__name__ == "FillBetweenPolyCollection"

    def test_of_too_many_rows_a_sample_is_drawn_but_all_are_counted(self) -> None:
        pair, true = ends(MOST_ROWS + 500)
        ax = sn.plots.intervals(pair, true)
        drawn = sum(len(line.get_xdata()) for line in ax.get_lines() if line.get_marker() in "os")
        assert drawn == MOST_ROWS
        inside = np.mean((pair[0] <= true) & (true <= pair[1]))
        assert f"{100 * inside:.1f} % of 2500 rows" in ax.get_title()
