"""Accumulated local effects and pairs of models: exact for lines, right for interactions, and refused with advice."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import sheernet as sn

pytestmark = pytest.mark.filterwarnings(
    "ignore:(date|time of day) '|the statistics of held-out rows"
)
LINE = {"hidden": 0, "decay": 1e-9, "starts": 1, "held_out": 0}


def mixed(n: int = 90) -> dict[str, object]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=n)
    return {
        "x": x,
        "w": x + 0.3 * rng.normal(size=n),
        "day": np.datetime64("2024-01-01") + np.arange(n),
        "on": rng.uniform(size=n) < 0.5,
        "color": rng.choice(["red", "green", "blue"], n),
    }


@pytest.fixture(scope="module")
def product() -> tuple[sn.Model, dict[str, np.ndarray]]:
    """A model of x w with independent columns of mean 0, and an idle column."""
    rng = np.random.default_rng(0)
    table = {name: rng.uniform(-1, 1, 400) for name in ("x", "w", "idle")}
    y = table["x"] * table["w"]
    return sn.fit(table, y, hidden=8, decay=1e-6, starts=2, held_out=0, seed=1), table


class TestCurves:
    @pytest.mark.parametrize("cell", [10.0, "good", True, pd.Timestamp("2024-01-01")])
    @pytest.mark.parametrize("has_classes", [False, True])
    @pytest.mark.parametrize("kind", ["ale", "partial dependence"])
    def test_of_a_column_with_one_value_are_0(
        self, cell: object, has_classes: bool, kind: str
    ) -> None:
        table = {"x": mixed()["x"], "c": [cell] * 90}
        y = 3.0 * table["x"]
        target = np.where(y > 0, "up", "down") if has_classes else y
        how = {"decay": 0.01} if has_classes else {}
        model = sn.fit(table, target, inputs=["x", "c"], **(LINE | how))
        found = model.effects(table, kind=kind, pairs=[("x", "c")])
        assert found["c"].importance == pytest.approx(0.0, abs=1e-12)
        assert found.pairs[0].importance == pytest.approx(0.0, abs=1e-12)
        if not has_classes:
            assert np.diff(found["x"].mean[:, 0]) == pytest.approx(
                3.0 * np.diff(found["x"].values), abs=1e-3
            )

    def test_of_a_linear_model_are_lines_through_the_mean(self) -> None:
        table = mixed()
        y = 3.0 * table["x"] - 2.0 * table["w"] + 5.0 * table["on"] + (table["color"] == "red")
        model = sn.fit(table, y + 0.1 * np.arange(90), **LINE)
        found = model.effects(table)
        for name, slope in (("x", 3.0), ("w", -2.0), ("day (trend)", 0.1)):
            own = np.asarray(table[name.split()[0]])
            own = own if own.dtype == float else own.astype("M8[D]").astype(float)
            effect = found[name]
            assert effect.mean[:, 0] == pytest.approx(
                slope * (effect.values - own.mean()), abs=1e-3
            )
        assert np.diff(found["on"].mean[:, 0]) == pytest.approx([5.0], abs=1e-3)
        red = (table["color"] == "red").mean()
        expected = {"red": 1.0 - red, "green": -red, "blue": -red}
        colors = found["color"]
        assert [expected[label] for label in colors.values] == pytest.approx(
            colors.mean[:, 0].tolist(), abs=1e-3
        )
        assert found["x"].importance[0] == pytest.approx(3.0 * table["x"].std(), rel=1e-3)

    @pytest.mark.parametrize("kind", ["ale", "partial dependence"])
    def test_differences_from_the_ends_of_a_line_have_the_errors_of_its_slope(
        self, kind: str
    ) -> None:
        table = mixed()
        table = {name: table[name] for name in ("x", "w", "color")}
        y = 3.0 * table["x"] + 0.1 * np.cos(np.arange(90))
        model = sn.fit({**table, "y": y}, "y", **LINE)
        terms = model.summary().to_frame().set_index("term")
        effect = model.effects(table, kind)["x"]
        for i, end in enumerate((0, -1)):
            away = np.abs(effect.values - effect.values[end])
            assert effect.end_stds[i, :, 0] == pytest.approx(
                away * terms.loc["x", "std_error"], rel=1e-3
            )
        assert sorted(effect.places) == pytest.approx(sorted(table["x"]))
        assert not model.effects(table, kind)["color"].end_stds.size

    def test_correlated_columns_beside_partial_dependence(self) -> None:
        """Apley and Zhu's example: of x1 x2 with x2 = x1, x^2/2 - 1/6, but x/2 with partial dependence."""
        rng = np.random.default_rng(0)
        x = rng.uniform(size=300)
        table = {"a": x, "b": x + 1e-3 * rng.normal(size=300)}
        u, v = (
            values.ravel()
            for values in np.meshgrid(np.linspace(-0.1, 1.1, 20), [*np.linspace(-0.1, 1.1, 20)])
        )
        model = sn.fit({"a": u, "b": v}, u * v, hidden=8, decay=1e-7, starts=2, held_out=0, seed=1)
        assert model.training_fit.rmse[0] < 2e-3
        local, even = (model.effects(table, kind)["a"] for kind in ("ale", "partial dependence"))
        expected = local.values**2 / 2 - (x**2).mean() / 2
        assert local.mean[:, 0] == pytest.approx(expected, abs=0.01)
        assert even.mean[:, 0] == pytest.approx(even.values * x.mean(), abs=0.01)

    def test_a_column_that_acts_only_together_with_another_is_important(self, product) -> None:
        model, table = product
        found = model.effects(table, pairs=1)
        assert [effect.name for effect in found.curves][-1] == "idle"
        for name in ("x", "w"):
            # of the rows: 0 +- the root of 30 gaps times 1/15 sd / root of 13 rows in a gap, 0.06
            assert np.abs(found[name].mean).max() < 0.12
            # sd(x) sd(w) = 1/3
            assert found[name].importance[0] == pytest.approx(1 / 3, rel=0.1)

    def test_of_cycles_are_those_of_the_phase(self) -> None:
        hours = np.arange(600) * 1.7
        when = np.datetime64("2023-01-01T00:00", "s") + (3600 * hours).astype("m8[s]")
        model = sn.fit({"when": when}, np.cos(2 * np.pi * hours / 24), **LINE)
        daily = model.effects({"when": when})["when (hour of day)"]
        assert daily.mean[:, 0] == pytest.approx(np.cos(2 * np.pi * daily.values / 24), abs=0.02)

    @pytest.mark.parametrize("kind", ["ale", "partial dependence"])
    @pytest.mark.parametrize(
        ("begin", "end", "shown"),
        [
            (8, 16, [*range(8, 17)]), (22, 27, [0, 1, 2, 3, 22, 23, 24]),
            (10, 11, [10 + k / 12 for k in range(13)]),  # few hours, in steps of five minutes
            (23.5, 24.5, [*(k / 12 for k in range(7)), *(23.5 + k / 12 for k in range(7))]),
        ],
    )  # fmt: skip
    def test_of_cycles_have_no_phases_without_rows(
        self, kind: str, begin: int, end: int, shown: list[int]
    ) -> None:
        rng = np.random.default_rng(0)
        hours = 24 * np.repeat(np.arange(60), 6) + np.sort(rng.uniform(begin, end, 360))
        hours[:2] = begin, end
        when = np.datetime64("2023-01-01T00:00", "s") + (3600 * hours).astype("m8[s]")
        angle = 2 * np.pi * hours / 24
        y = 3 * np.cos(angle) + np.sin(angle)
        daily = sn.fit({"when": when}, y, **LINE).effects({"when": when}, kind)
        found = daily["when (hour of day)"]
        assert found.values == pytest.approx(shown)
        true = 3 * np.cos(2 * np.pi * found.values / 24) + np.sin(2 * np.pi * found.values / 24)
        change = found.mean[:, 0] - found.mean[0, 0]
        assert change == pytest.approx(true - true[0], abs=1e-3)
        if kind == "ale":  # partial dependence knows the rows by their nearest hour only
            assert found.importance[0] == pytest.approx(y.std(), rel=0.05)

    def test_of_few_whole_hours_are_these(self) -> None:
        hours = (24 * np.arange(90)[:, None] + [0, 6, 12]).ravel()
        when = np.datetime64("2023-01-01T00:00", "s") + (3600 * hours).astype("m8[s]")
        model = sn.fit({"when": when}, np.cos(hours / 4), **LINE)
        daily = model.effects({"when": when})["when (hour of day)"]
        assert daily.values.tolist() == [0, 6, 12, 24]

    def test_of_weekdays_are_those_that_rows_have(self) -> None:
        days = np.arange(280)
        days = days[(days + 3) % 7 < 5]  # 1970-01-05 was a Monday
        y = np.array([0.5, 3.5, -1.5, 1.5, 5.5])[(days + 3) % 7]
        when = days.astype("M8[D]")
        model = sn.fit({"when": when}, y, hidden=6, decay=1e-6, starts=2, held_out=0)
        weekly = model.effects({"when": when})["when (weekday)"]
        assert weekly.values.tolist() == ["Mon", "Tue", "Wed", "Thu", "Fri"]
        assert weekly.counts.tolist() == 5 * [40]
        assert weekly.mean[:, 0] - weekly.mean[0, 0] == pytest.approx([0, 3, -2, 1, 5], abs=0.05)

    def test_probabilities_change_by_0_in_sum(self) -> None:
        table = mixed()
        y = np.where(table["x"] > 0.3, "a", np.where(table["w"] > 0, "b", "c"))
        found = sn.fit(table, y, hidden=2, decay=1e-3, starts=1, held_out=0).effects(table, pairs=1)
        assert found.outputs == ("y=a", "y=b", "y=c")
        for effect in found.curves:
            assert effect.mean.sum(axis=1) == pytest.approx(0.0, abs=1e-12)
        assert found.pairs[0].joint.sum(axis=2) == pytest.approx(0.0, abs=1e-12)

    def test_an_ordered_category_keeps_its_order(self, tmp_path) -> None:
        rng = np.random.default_rng(3)
        order = ["mid", "low", "high"]  # neither alphabetical nor that of z
        grade = rng.choice(order, 120)
        z = rng.normal(size=120) + 3.0 * (grade == "low")
        y = z * pd.Series(grade).map({"mid": -1.0, "low": 0.5, "high": 2.0})
        ordered = pd.Categorical(grade, order, ordered=True)
        data = pd.DataFrame({"grade": ordered, "z": z, "y": y})
        fitted = sn.fit(data, "y", hidden=3, decay=1e-4, starts=1, held_out=0)
        for model in (fitted, sn.load(fitted.save(tmp_path / "model.json"))):
            effect = model.effects(data)["grade"]
            assert effect.values.tolist() == order
            for a, b in (order[:2], order[1:]):
                rows = data[data["grade"].isin([a, b])]
                there, here = (
                    model.predict(rows.assign(grade=label))
                    for label in (b, a)
                )  # fmt: skip
                step = effect.mean[order.index(b), 0] - effect.mean[order.index(a), 0]
                assert step == pytest.approx(np.mean(there - here), abs=1e-9)


class TestPairs:
    def test_the_interaction_of_a_product_is_the_product(self, product) -> None:
        model, table = product
        for kind in ("ale", "partial dependence"):
            (pair,) = model.effects(table, kind, pairs=1).pairs
            assert set(pair.names) == {"x", "w"}
            expected = np.outer(pair.values[0], pair.values[1])
            assert pair.interaction[:, :, 0] == pytest.approx(expected, abs=0.12)
            assert pair.importance[0] == pytest.approx(1 / 3, rel=0.15)

    def test_the_joint_effect_is_that_of_both_columns(self) -> None:
        table = mixed()
        model = sn.fit(table, 3.0 * table["x"] + 2.0 * (table["color"] == "red"), **LINE)
        (pair,) = model.effects(table, pairs=[("x", "color")], columns=["x"]).pairs
        red = (pair.values[1] == "red") - (table["color"] == "red").mean()
        expected = 3.0 * (pair.values[0] - table["x"].mean())[:, None] + 2.0 * red
        assert pair.joint[:, :, 0] == pytest.approx(expected, abs=1e-3)
        assert pair.interaction == pytest.approx(0.0, abs=1e-3)
        even = model.effects(table, "partial dependence", columns=["x"], pairs=[("x", "color")])
        assert even.pairs[0].interaction == pytest.approx(0.0, abs=1e-9)

    def test_partial_dependence_is_the_mean_of_predictions(self, product) -> None:
        model, table = product
        rows = {name: values[:40] for name, values in table.items()}
        (pair,) = model.effects(rows, "partial dependence", pairs=[("x", "w")]).pairs
        moved = {**rows, "x": np.full(40, pair.values[0][2]), "w": np.full(40, pair.values[1][5])}
        assert pair.joint[2, 5, 0] == pytest.approx(model.predict(moved).mean())

    def test_parts_of_dates_have_names(self) -> None:
        table = mixed()
        model = sn.fit(table, np.arange(90.0), **LINE)
        (pair,) = model.effects(table, pairs=[("day (weekday)", "x")]).pairs
        assert pair.joint.shape[0] == 7
        with pytest.raises(
            sn.InvalidInput, match=r"column 'day' has several parts.*'?day \(trend\)"
        ):
            model.effects(table, pairs=[("day", "x")])


class TestKinds:
    def test_individual_curves_are_predictions_of_the_rows(self, product) -> None:
        model, table = product
        rows = {name: values[:30] for name, values in table.items()}
        effect = model.effects(rows, "partial dependence", individual=True)["w"]
        expected = model.predict({**rows, "w": np.full(30, effect.values[3])})
        assert effect.individual[3, :, 0] == pytest.approx(expected)
        assert effect.individual.mean(axis=1) == pytest.approx(effect.mean)

    def test_rows_without_a_prediction_are_left_out(self) -> None:
        table = {"x": np.arange(9.0), "y": np.arange(9.0) / 2}
        model = sn.fit(table, "y", missing="refuse", **LINE)
        with pytest.warns(sn.SheernetWarning, match="missing inputs"):
            assert model.effects({"x": [1.0, None, 3.0]}).rows == "2 rows"


class TestResults:
    def test_tables_and_text(self, product) -> None:
        model, table = product
        found = model.effects(table, columns=["x"], pairs=[("x", "w")])
        frame = found.to_frame()
        heads = ["column", "part", "value", "prediction", "effect", "std", "raw_mean"]
        assert list(frame) == heads
        assert frame["effect"].tolist() == found["x"].mean[:, 0].tolist()
        pairs = found.pairs_to_frame()
        assert len(pairs) == found.pairs[0].joint.size
        values = found.values_to_frame()
        assert list(values) == [*heads, "second", "second_value", "interaction", "interaction_std"]
        assert len(values) == len(frame) + len(pairs)
        assert values["effect"].tolist() == [*frame["effect"], *pairs["effect"]]
        assert values["second"][len(frame) :].tolist() == ["w"] * len(pairs)
        assert isinstance(pairs, pd.DataFrame)
        text = str(found)
        assert text.startswith("Accumulated local effects on y, 400 training rows")
        assert "x and w" in text
        assert ">x</th>" in found._repr_html_()

    @pytest.mark.parametrize(
        ("options", "why"),
        [
            ({"kind": "pdp"}, "kind 'pdp' is not"),
            ({"individual": True}, "have no curves of single rows.*kind='partial dependence'"),
            ({"columns": ["z"]}, "'z'"),
            ({"columns": ["x", "x"]}, "twice"),
            ({"pairs": -1}, "at least 0"),
            ({"pairs": ["xw"]}, "whole number or a list of pairs"),
            ({"pairs": [("x", "x")]}, "two different columns"),
        ],
    )  # fmt: skip
    def test_what_is_not_defined_is_refused(self, product, options, why: str) -> None:
        model, table = product
        with pytest.raises(sn.InvalidInput, match=why):
            model.effects(table, **options)

    def test_a_table_without_rows_is_refused(self, product) -> None:
        model, _ = product
        with pytest.raises(sn.InvalidInput, match="X has no rows; at least one is needed"):
            model.effects(np.zeros((0, 3)))
