"""Effects of single columns on predictions."""

from __future__ import annotations

import datetime
from dataclasses import replace

import numpy as np
import pytest

import sheernet as sn
from sheernet.models.effects import MOST_COLUMNS, Effect, compute_effects, encode_values


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
    return model, {effect.name: effect for effect in compute_effects(model, X)}


class TestValues:
    @pytest.mark.filterwarnings("ignore:time of day 'at'")
    @pytest.mark.parametrize("minutes", [1, 7, 31, 59, 601])
    def test_the_effect_of_a_time_of_day_is_its_cycle(self, minutes: int) -> None:
        rng = np.random.default_rng(minutes)
        hours = rng.integers(0, 24 * 60 // minutes + 1, size=200) * minutes / 60 % 24
        times = [datetime.time(int(h), round(h % 1 * 60) % 60) for h in np.round(hours * 60) / 60]
        exact = np.array([t.hour + t.minute / 60 for t in times])
        columns = {"at": times, "x": rng.normal(size=200)}
        _, found = fitted(columns["x"] + np.sin(exact * np.pi / 12), **columns)
        effect = found["at"]
        assert effect.kind == "time"
        assert 0 <= effect.values.min() <= effect.values.max() < 24
        expected = np.sin(effect.values * np.pi / 12) + columns["x"].mean()
        np.testing.assert_allclose(effect.mean[:, 0], expected, atol=1e-3)

    def test_the_effect_of_a_line_is_its_slope(self) -> None:
        columns = table()
        y = 3.0 * columns["x"] - 2.0 * columns["w"] + 5.0 * columns["on"]
        y = y + (columns["color"] == "red") + 0.1 * np.arange(60)
        _, found = fitted(y, **columns)
        for name, slope in (("x", 3.0), ("w", -2.0), ("on", 5.0), ("day", 0.1)):
            effect = found[name]
            assert np.diff(effect.mean[:, 0]) == pytest.approx(
                slope * np.diff(effect.values), abs=1e-4
            )
        colors = dict(zip(found["color"].values, found["color"].mean[:, 0], strict=True))
        assert colors["red"] - colors["blue"] == pytest.approx(1.0, abs=1e-4)
        assert [found[name].kind for name in ("x", "day", "on", "color")] == [
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
        assert not found["x"].spread.any()
        other = model.members[0].network
        doubled = sn.Network(other.architecture, 2.0 * other.theta)
        half = replace(model.members[0], share=0.5, factor=np.zeros(0))
        pair = replace(model, members=(half, replace(half, network=doubled)))
        X = model.inputs.encode(sn.read_table(columns))
        effect = next(e for e in compute_effects(pair, X) if e.name == "x")
        assert effect.spread[:, 0] == pytest.approx(
            np.abs(found["x"].mean[:, 0] - model.targets.shift[0]) / 2, abs=1e-6
        )

    def test_of_very_many_columns_those_with_the_largest_weights_are_computed(self) -> None:
        rng = np.random.default_rng(0)
        columns = {f"c{i}": rng.normal(size=80) for i in range(MOST_COLUMNS + 5)}
        _, found = fitted(5.0 * columns["c44"], **columns)
        assert len(found) == MOST_COLUMNS
        assert next(iter(found)) == "c44"

    def test_probabilities_of_classes_add_up_to_1(self) -> None:
        columns = {name: table()[name] for name in ("x", "w")}
        y = np.where(columns["x"] > 0.3, "a", np.where(columns["w"] > 0, "b", "c"))
        _, found = fitted(y, hidden=2, **columns)
        assert found["x"].mean.sum(axis=1) == pytest.approx(1.0)


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
