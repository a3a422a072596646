"""`Model.profile`: curves around a point, equal to `Model.predict` to the digit."""

from __future__ import annotations

import datetime
import json

import numpy as np
import pandas as pd
import pytest

import sheernet as sn

pytestmark = pytest.mark.filterwarnings(
    "ignore:(date|time of day) '|the statistics of held-out rows"
)
N = 60
ROWS = np.random.default_rng(0)
TABLE = {
    "x": np.linspace(0.0, 6.0, N),
    "day": np.datetime64("2024-01-01") + np.arange(N),
    "hour": [datetime.time(int(h), 30) for h in ROWS.integers(0, 24, N)],
    "on": np.arange(N) % 3 > 0,
    "color": np.array(["red", "green", "blue"])[ROWS.integers(0, 5, N).clip(max=2)],
}
Y = {
    "y": 3.0 * TABLE["x"] + 5.0 * TABLE["on"] + 0.1 * ROWS.normal(size=N),
    "z": TABLE["x"] ** 2,
    "n": ROWS.poisson(np.exp(0.4 * TABLE["x"])),
    "kind": np.where(TABLE["x"] > 3, "high", "low"),
    "three": np.array(["a", "b", "c"])[ROWS.integers(0, 3, N)],
}
TASKS = {
    "regression": ("y", {}),
    "two targets": (["y", "z"], {}),
    "poisson": ("n", {"cost": "poisson", "output_activation": "exp"}),
    "two classes": ("kind", {}),
    "three classes": ("three", {}),
}
_FITTED: dict[str, sn.Model] = {}


def fitted(task: str) -> sn.Model:
    """A small network with columns of each kind."""
    if task not in _FITTED:
        target, options = TASKS[task]
        names = [target] if isinstance(target, str) else target
        table = {**TABLE, **{name: Y[name] for name in names}}
        _FITTED[task] = sn.fit(
            table, target, hidden=3, decay=1e-3, starts=1, max_iter=60, held_out=0, **options
        )
    return _FITTED[task]


class TestThePoint:
    def test_is_a_typical_row_by_default(self) -> None:
        profile = fitted("regression").profile()
        assert profile.point["x"] == pytest.approx(3.0)
        assert profile.point["on"] is True
        assert profile.point["color"] == "blue"
        assert profile.words.startswith("a typical row")

    @pytest.mark.parametrize(
        "at",
        [
            {"x": 1.5, "day": "2024-02-01", "hour": "07:45", "on": True, "color": "red"},
            pd.Series({"x": 1.5, "day": pd.Timestamp("2024-02-01"), "hour": datetime.time(7, 45), "on": 1,
                       "color": "red"}),
            pd.DataFrame({"x": [1.5], "day": ["2024-02-01"], "hour": ["07:45"], "on": [True], "color": ["red"]}),
            {"x": [1.5], "day": np.datetime64("2024-02-01"), "hour": "07:45", "on": True, "color": "red"},
        ],
    )  # fmt: skip
    def test_has_the_forms_that_predict_knows(self, at) -> None:
        model = fitted("regression")
        profile = model.profile(at)
        assert profile.words == "the given row"
        assert profile.values == {"x": 1.5, "day": 19754.0, "hour": 7.75, "on": 1.0, "color": "red"}
        assert model.predict(profile.point) == profile.prediction[0]

    def test_outside_of_the_data_extends_the_curve_and_is_told(self) -> None:
        with pytest.warns(sn.SheernetWarning, match="above"):
            profile = fitted("regression").profile({"x": 9.0})
        assert profile["x"].values[-1] == 9.0
        assert profile["x"].present == len(profile["x"].values) - 1
        assert "Outside the training rows: x by 50 % of its range." in profile.text()

    def test_with_a_missing_value_has_the_one_that_fills_it(self) -> None:
        table = {"x": [1.0, 2.0, None, 4.0, 9.0], "y": [1.5, 2.0, 3.0, 4.0, 9.0]}
        with pytest.warns(sn.SheernetWarning, match="filled"):
            model = sn.fit(table, "y", hidden=0, decay=0.1, starts=1)
        profile = model.profile({"x": float("nan")})
        assert profile.point == {"x": 3.0}

    @pytest.mark.parametrize(
        ("at", "message"),
        [
            ({"size": 1.0}, "column of the model 'size' is not recognized"),
            ({"color": "pink"}, "pink"),
            ({"x": "much"}, "much"),
            ([[1.0, 2.0]], "column"),
            (pd.DataFrame({"x": [1, 2], "day": ["2024-02-01"] * 2, "hour": ["07:45"] * 2, "on": [1, 0],
                           "color": ["red"] * 2}),
             "a single row is needed, but 2 rows were given"),
        ],
    )  # fmt: skip
    def test_of_another_kind_is_refused(self, at, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            fitted("regression").profile(at)


class TestCurves:
    def test_of_numbers_span_the_range_of_the_training_rows(self) -> None:
        curve = fitted("regression").profile({"x": 1.0}, points=7)["x"]
        assert curve.values.tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
        assert curve.present == 1

    def test_of_a_date_with_cycles_keep_the_phase_of_the_point(self) -> None:
        n = 800
        days = np.datetime64("2022-01-01") + np.arange(n)
        model = sn.fit(
            {"day": days, "y": np.arange(n) % 7 + 0.5},
            "y",
            hidden=0,
            decay=1e-6,
            starts=1,
            held_out=0,
        )
        curve = model.profile({"day": "2023-03-01"})["day"]
        assert 7.0 in model.inputs.columns[0].cycles
        assert set(((curve.values - curve.values[0]) % 7).tolist()) == {0.0}
        assert len(curve.values) <= 60
        assert np.ptp(curve.mean) < 1.0  # between weekdays the target changes by 6

    def test_have_the_standard_deviation_of_the_distribution_without_the_noise(self) -> None:
        x = np.linspace(0.0, 1.0, 40)
        y = 3.0 * x + 0.1 * np.random.default_rng(0).normal(size=40)
        model = sn.fit({"x": x, "y": y}, "y", hidden=0, decay=0.0, starts=1, held_out=0)
        profile = model.profile({"x": 0.5}, coverage=0.5)
        A = np.column_stack([np.ones(40), x])
        coefficients = np.linalg.lstsq(A, y, rcond=None)[0]
        assert profile["x"].change[0] == pytest.approx(coefficients[1])
        residuals = y - A @ coefficients
        covariance = np.linalg.inv(A.T @ A) * (residuals @ residuals) / 38
        at = np.column_stack([np.ones(41), profile["x"].values])
        expected = np.sqrt(np.einsum("ni,ij,nj->n", at, covariance, at))
        assert profile["x"].std[:, 0] == pytest.approx(expected, rel=1e-5)
        lower, upper = model.predict_interval({"x": profile["x"].values}, coverage=0.5)
        assert profile["x"].interval[0][:, 0] == pytest.approx(lower)
        assert profile["x"].interval[1][:, 0] == pytest.approx(upper)

    def test_of_chosen_columns_only(self) -> None:
        profile = fitted("regression").profile(columns=["on", "x"])
        assert [curve.name for curve in profile.curves] == ["on", "x"]
        with pytest.raises(sn.InvalidInput, match="curve 'day' is not recognized"):
            profile["day"]

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"columns": ["size"]}, "column of the model 'size' is not recognized"),
            ({"columns": ["x", "x"]}, "columns contains 'x' twice"),
            ({"points": 1}, "points must be a whole number of at least 2"),
            ({"coverage": 1.5}, "coverage"),
        ],
    )
    def test_refuse_options_that_are_not_allowed(self, options, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            fitted("regression").profile(**options)

    def test_of_classes_have_no_interval(self) -> None:
        with pytest.raises(sn.InvalidInput, match="omit coverage"):
            fitted("two classes").profile(coverage=0.9)


class TestTextAndTables:
    def test_the_text_has_the_prediction_and_the_largest_change_first(self) -> None:
        text = fitted("regression").profile({"x": 3.0}).text()
        assert "y: " in text
        assert "90 % interval" in text
        names = [line.split()[0] for line in text.splitlines() if line.startswith("  ")]
        assert names[:2] == ["column", "x"]

    def test_of_two_classes_tells_of_the_second(self) -> None:
        profile = fitted("two classes").profile()
        assert profile.shown == [1]
        assert "the probability of kind=low" in profile.text()

    def test_of_several_targets_has_a_table_for_each(self) -> None:
        html = fitted("two targets").profile()._repr_html_()
        assert html.count("<table>") == 2

    def test_to_frame_has_each_value_of_each_curve(self) -> None:
        profile = fitted("three classes").profile()
        frame = profile.to_frame()
        assert len(frame) == 3 * sum(len(curve.values) for curve in profile.curves)
        own = frame[frame["present"] & (frame["prediction"] == "three=b")]
        assert own["mean"].unique().tolist() == [profile.prediction[1]]

    def test_to_dict_is_json(self) -> None:
        found = json.loads(json.dumps(fitted("regression").profile({"x": 3.0}).to_dict()))
        assert found["point"]["x"] == 3.0
        assert found["point"]["hour"].count(":") == 2
        assert found["curves"][0]["mean"][found["curves"][0]["present"]] == found["prediction"]


class TestAwkwardModels:
    def test_one_category(self) -> None:
        table = {"c": ["a", "b", "a", "b", "a"], "y": [1.0, 2.0, 1.1, 2.1, 0.9]}
        model = sn.fit(table, "y", hidden=0, decay=1e-3, starts=1)
        profile = model.profile()
        assert profile.point == {"c": "a"}
        assert profile["c"].cells == ("a", "b")


@pytest.mark.parametrize(
    ("step", "has_times"), [(np.timedelta64(1, "D"), False), (np.timedelta64(7, "h"), True)]
)
def test_dates_have_times_of_day_only_if_those_of_the_training_rows_have(
    step: np.timedelta64, has_times: bool
) -> None:
    n = 300  # 299 is odd, so that the median is between two days
    when = np.datetime64("2024-01-01", "s") + step * np.arange(n)
    table = {"when": when, "x": np.arange(n) % 7, "y": np.linspace(0, 1, n)}
    model = sn.fit(table, "y", hidden=0, decay=0.1, starts=1, held_out=0)
    found = model.profile(points=10)
    (curve,) = [curve for curve in found.curves if curve.name == "when"]
    assert (curve.values % 1.0 != 0.0).any() == has_times
    assert (found.values["when"] % 1.0 != 0.0) == has_times
    assert any("T" in text for text in curve.written_values) == has_times
    assert len(curve.values) >= 10
