"""Effects of single columns on predictions."""

from __future__ import annotations

import datetime
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from sheernet.models.explaining import Effect, compute_effects, effects
from sheernet.models.explaining.column_parts import encode_values
from sheernet.models.explaining.effects import MOST_COLUMNS

KIND = "partial dependence"

pytestmark = pytest.mark.filterwarnings(
    "ignore:(date|time of day) '|the statistics of held-out rows"
)


def table(n: int = 60) -> dict[str, object]:
    rng = np.random.default_rng(0)
    days = np.datetime64("2024-01-01") + np.arange(n)
    return {
        "x": rng.normal(size=n),
        "w": rng.uniform(-1, 1, size=n),
        "day": days,
        "on": np.arange(n) % 2 == 0,
        "color": np.array(["red", "green", "blue"] * n)[:n],
    }


def fitted(y, hidden=0, **columns) -> tuple[sn.Model, dict[str, Effect]]:
    """A model and its effects by column."""
    model = sn.fit(columns, y, hidden=hidden, decay=1e-9, starts=1, held_out=0, task="auto")
    X = model.inputs.encode(sn.read_table(columns))
    return model, {effect.title: effect for effect in compute_effects(model, X, KIND).curves}


class TestValues:
    def test_the_effect_of_a_line_is_its_slope(self) -> None:
        columns = table()
        y = 3.0 * columns["x"] - 2.0 * columns["w"] + 5.0 * columns["on"]
        y = y + (columns["color"] == "red") + 0.1 * np.arange(60)
        _, found = fitted(y, **columns)
        for name, slope in (("x", 3.0), ("w", -2.0), ("on", 5.0), ("day (trend)", 0.1)):
            effect = found[name]
            assert np.diff(effect.mean[:, 0]) == pytest.approx(
                slope * np.diff(effect.values), abs=1e-4
            )
        colors = dict(zip(found["color"].values, found["color"].mean[:, 0], strict=True))
        assert colors["red"] - colors["blue"] == pytest.approx(1.0, abs=1e-4)
        assert [found[name].kind for name in ("x", "day (trend)", "on", "color")] == [
            "number", "date", "boolean", "category",
        ]  # fmt: skip

    def test_the_mean_is_that_of_the_predictions_of_the_rows(self) -> None:
        columns = {name: table()[name] for name in ("x", "w")}
        y = np.sin(columns["x"]) * columns["w"]
        model, found = fitted(y, hidden=3, **columns)
        effect = found["x"]
        for g in (0, 7, -1):
            moved = {**columns, "x": np.full(60, effect.values[g])}
            expected = model.predict(np.column_stack([moved["x"], moved["w"]])).mean()
            assert effect.mean[g, 0] == pytest.approx(expected)

    def test_a_column_that_acts_only_together_with_another_is_important(self) -> None:
        """The mean effect of x in x w is flat, but that of single rows is not."""
        columns = {name: table()[name] for name in ("x", "w")}
        columns["idle"] = np.random.default_rng(5).normal(size=60)
        y = columns["x"] * columns["w"]
        _, found = fitted(y, hidden=6, **columns)
        assert list(found)[-1] == "idle"
        flat = {name: np.std(effect.mean) for name, effect in found.items()}
        for name in ("x", "w"):
            assert found[name].importance[0] > 3 * found["idle"].importance[0]
            assert found[name].importance[0] > 2 * flat[name]

    def test_the_spread_is_that_among_the_members(self) -> None:
        columns = {name: table()[name] for name in ("x", "w")}
        model, found = fitted(2.0 * columns["x"], **columns)
        alone = replace(model, members=(replace(model.members[0], factor=np.zeros(0)),))
        other = model.members[0].network
        doubled = sn.Network(other.architecture, 2.0 * other.theta)
        half = replace(model.members[0], share=0.5, factor=np.zeros(0))
        pair = replace(model, members=(half, replace(half, network=doubled)))
        X = model.inputs.encode(sn.read_table(columns))
        assert not compute_effects(alone, X, KIND)["x"].std.any()
        effect = compute_effects(pair, X, KIND)["x"]
        assert effect.std[:, 0] == pytest.approx(
            np.abs(found["x"].mean[:, 0] - model.targets.shift[0]) / 2, abs=1e-6
        )

    def test_of_very_many_columns_those_with_the_largest_weights_are_computed(self) -> None:
        rng = np.random.default_rng(0)
        columns = {f"c{i}": rng.normal(size=80) for i in range(MOST_COLUMNS + 5)}
        _, found = fitted(5.0 * columns["c44"] + 3.0 * columns["c9"], **columns)
        assert len(found) == MOST_COLUMNS
        assert list(found)[:2] == ["c44", "c9"]

    def test_that_columns_are_left_out_is_known(self) -> None:
        columns = {
            f"c{i}": np.random.default_rng(i).normal(size=80) for i in range(MOST_COLUMNS + 1)
        }
        model, _ = fitted(columns["c0"], **columns)
        assert model.effects(columns, pairs=0).limited
        assert not model.effects(columns, columns=["c0"], pairs=0).limited

    @pytest.mark.parametrize(("numbers", "rows"), [(31 * 2 * 25, 25), (31 * 2 * 80, 80), (1, 1)])
    def test_of_many_features_are_those_of_fewer_rows(
        self, numbers: int, rows: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        columns = {name: np.random.default_rng(0).normal(size=80) for name in "xz"}
        model = sn.fit({**columns, "y": columns["x"]}, "y", hidden=0, decay=1e-9, held_out=0)
        monkeypatch.setattr(effects, "MOST_NUMBERS", numbers)
        sizes, whole = [], effects.even_effect

        def noting(model, X, *rest):
            sizes.append(len(X))
            return whole(model, X, *rest)

        monkeypatch.setattr(effects, "even_effect", noting)
        compute_effects(model, model.inputs.encode(sn.read_table(columns)), KIND)
        assert sizes == [rows, rows]

    def test_probabilities_of_classes_add_up_to_1(self) -> None:
        columns = {name: table()[name] for name in ("x", "w")}
        y = np.where(columns["x"] > 0.3, "a", np.where(columns["w"] > 0, "b", "c"))
        _, found = fitted(y, hidden=2, **columns)
        assert found["x"].mean.sum(axis=1) == pytest.approx(1.0)

    @pytest.mark.parametrize("shape", ["datetime", "day", "time"])
    def test_the_trend_and_the_cycles_of_a_date_are_separate(self, shape: str) -> None:
        n = 1000
        minutes = np.arange(n) * 1103  # about 766 days at all hours
        when = np.datetime64("2023-01-01T00:00") + minutes
        days = minutes / 1440
        hour, weekday = 24 * (days % 1), (when.astype("M8[D]").astype(int) + 3) % 7
        y = 0.01 * days + np.cos(2 * np.pi * hour / 24)
        column: object = when
        if shape == "day":
            column, y = when.astype("M8[D]"), 0.01 * days + 2.0 * np.cos(2 * np.pi * weekday / 7)
        if shape == "time":
            column, y = (
                [f"{int(h):02d}:{int(60 * h) % 60:02d}" for h in hour],
                3.0 * np.cos(2 * np.pi * hour / 24),
            )
            column = sn.read_table(
                {"when": [datetime.time.fromisoformat(cell) for cell in column]}
            ).frame["when"]
        _, found = fitted(y, when=column)
        if shape != "time":
            trend = found["when (trend)"]
            assert np.diff(trend.mean[:, 0]) == pytest.approx(
                0.01 * np.diff(trend.values), rel=0.01
            )
        if shape == "day":
            week = found["when (weekday)"]
            assert week.values.tolist() == ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
            expected = 2.0 * np.cos(2 * np.pi * np.arange(7) / 7)
            assert week.mean[:, 0] - week.mean[:, 0].mean() == pytest.approx(expected, abs=0.02)
            return
        size = 3.0 if shape == "time" else 1.0
        daily = found["when (hour of day)"]
        expected = size * np.cos(2 * np.pi * daily.values / 24)
        assert daily.mean[:, 0] - daily.mean[:-1, 0].mean() == pytest.approx(expected, abs=0.02)
        assert daily.importance[0] == pytest.approx(size / np.sqrt(2), rel=0.02)

    def test_a_time_of_day_without_cycles_is_a_number_of_hours(self) -> None:
        hours = np.arange(60) * 0.39
        times = [datetime.time(int(h), round(60 * (h % 1)) % 60) for h in hours]
        model = sn.fit(
            {"t": times}, hours, hidden=0, decay=1e-9, starts=1, held_out=0, cycles="none"
        )
        (effect,) = compute_effects(
            model, model.inputs.encode(sn.read_table({"t": times})), KIND
        ).curves
        assert effect.mean[:, 0] == pytest.approx(effect.values, abs=0.02)


def test_values_are_encoded_as_in_a_table() -> None:
    columns = table()
    model, _ = fitted(columns["x"], **columns)
    X = model.inputs.encode(sn.read_table(columns))
    place = 0
    for column in model.inputs.columns:
        values = np.asarray(columns[column.name])
        if column.name == "day":
            values = (values - np.datetime64("1970-01-01")).astype(float)
        features = encode_values(model.inputs, column, values)
        assert features.tolist() == X[:, place : place + features.shape[1]].tolist()
        place += features.shape[1]


@pytest.mark.filterwarnings("ignore:time of day:sheernet.SheernetWarning")
@pytest.mark.filterwarnings("ignore:date:sheernet.SheernetWarning")
def test_dates_with_cycles_and_times_of_day_have_their_own_values() -> None:
    hours = np.arange(96) % 24
    columns = {
        "when": pd.date_range("2024-01-01T03:00", periods=96, freq="13h", tz="Europe/Oslo"),
        "clock": [datetime.time(int(hour), 30) for hour in hours],
    }
    y = np.sin(2 * np.pi * (hours + 0.5) / 24) + 0.01 * np.arange(96)
    model = sn.fit(columns, y, hidden=0, decay=1e-9, starts=1, held_out=0)
    X = model.inputs.encode(sn.read_table(columns))
    for column, place in zip(model.inputs.columns, (slice(0, 5), slice(5, 7)), strict=True):
        own = column.values_of(X[:, place])
        np.testing.assert_allclose(encode_values(model.inputs, column, own), X[:, place], atol=1e-9)
    np.testing.assert_array_equal(own, hours + 0.5)
    found = {effect.name: effect for effect in compute_effects(model, X, KIND).curves}
    clock = found["clock"]
    assert (clock.part, clock.values[0], clock.values[-1]) == ("hour of day", 0.0, 24.0)
    level = clock.mean[:, 0] - np.sin(2 * np.pi * clock.values / 24)
    np.testing.assert_allclose(level, level.mean(), atol=1e-6)


def test_without_a_table_the_rows_of_the_model_are_used() -> None:
    columns = table()
    model, _ = fitted(3.0 * columns["x"] - 2.0 * columns["w"], **columns)
    found = model.effects()
    n = len(model.region.reference) // model.inputs.n_features
    assert found.rows == f"{n} rows that stand for the training rows"
    changes = np.diff(found["x"].mean[:, 0])
    assert changes == pytest.approx(3.0 * np.diff(found["x"].values), abs=1e-4)
    importance = model.importance()
    assert importance.rows == found.rows
    assert importance.columns[importance.order()[0]] == "x"
    assert any("are not given, so there is no permutation" in text for text in importance.notices)
    old = replace(model, region=replace(model.region, reference=np.zeros(0)))
    for explain in (old.effects, old.importance):
        with pytest.raises(
            sn.InvalidInput, match="stores no reference rows; give a table, such as"
        ):
            explain()


@pytest.mark.filterwarnings("ignore:'second' has few whole numbers")
def test_values_of_the_rows_of_the_model_are_as_in_the_table() -> None:
    rng = np.random.default_rng(3)
    smokes, births = rng.integers(0, 2, 90).astype(float), rng.integers(0, 4, 90).astype(float)
    second = 1.7e9 + rng.integers(0, 3, 90).astype(float)
    columns = {"smokes": smokes, "births": births, "second": second}
    model = sn.fit(
        columns, smokes - births / 3, task="regression", hidden=0, decay=1e-3, starts=1, held_out=0
    )
    found = model.effects()
    for name, values in columns.items():
        exact = found[name].values
        assert set(exact.round(9)) <= set(values)
        np.testing.assert_allclose(exact, exact.round(), rtol=1e-15, atol=1e-14)


@pytest.mark.parametrize("kind", ["ale", KIND])
def test_rows_of_labels_and_weekdays_are_counted(kind: str) -> None:
    columns = table(65)
    model, _ = fitted(columns["x"] + columns["on"], **columns)
    found = model.effects(columns, kind)
    days = pd.Series(columns["day"]).dt.strftime("%a").value_counts()
    weekday = found["day (weekday)"]
    assert weekday.counts.tolist() == [days[day] for day in weekday.written_values]
    colors = pd.Series(columns["color"]).value_counts()
    assert found["color"].counts.tolist() == [colors[each] for each in found["color"].values]
    assert found["on"].counts.tolist() == [32, 33]  # false, true
    assert not found["x"].counts.size
    pytest.importorskip("matplotlib")
    axes = {ax.get_xlabel(): ax for ax in sn.plots.effects(found).figure.axes}
    assert [text.get_text() for text in axes["on"].texts] == ["n=32", "n=33"]
