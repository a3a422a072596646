"""What becomes of columns: features, tasks, missing values, weights."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import sheernet as sn
from models.fitting.tables import INPUTS, mixed, quickly, table

RNG = np.random.default_rng(0)

pytestmark = pytest.mark.filterwarnings("ignore:the weights in 'count'")


class TestColumns:
    def test_inputs_are_all_others_by_default(self) -> None:
        model = quickly(table(), "y")
        assert model.inputs.names == ("a", "b")
        assert model.targets.names == ("y",)

    def test_inputs_may_be_chosen_in_any_order_and_dropped(self) -> None:
        assert quickly(table(), "y", inputs=["b"]).inputs.names == ("b",)
        assert quickly(table(), "y", inputs="b").inputs.names == ("b",)
        assert quickly(table(), "y", inputs=("b", "a")).inputs.names == ("b", "a")
        assert quickly(table(), "y", drop=["a"]).inputs.names == ("b",)
        assert quickly(table(), "y", drop="a").settings["drop"] == ["a"]

    @pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
    def test_of_another_order_make_no_other_prediction(self) -> None:
        data = mixed()
        for target in ("score", "grade"):
            model = sn.fit(data, target, inputs=INPUTS, hidden=2, starts=1, max_iter=10)
            assert np.array_equal(model.predict(data.iloc[:, ::-1]), model.predict(data))

    @pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
    def test_that_tell_nothing_once_rows_are_dropped_are_left_out_too(self) -> None:
        data = {
            **table(40),
            "flag": ["odd"] * 2 + ["even"] * 38,
            "gap": [np.nan] * 2 + [*range(38)],
        }
        model = quickly(data, "y", missing="drop")
        assert model.inputs.names == ("a", "b", "gap")
        dropped, constant = model.notices
        assert "2 of 40 rows" in dropped
        assert (
            constant
            == "in the rows that remain, 'flag' is left out: it has the same value in every row"
        )
        assert quickly(data, "y", inputs=["flag", "gap"], missing="drop").inputs.names == (
            "flag",
            "gap",
        )

    @pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
    def test_that_cost_most_rows_are_named(self) -> None:
        gaps = np.where(np.arange(40) < 9, np.nan, np.arange(40.0) % 7)
        some = np.where(np.arange(40) > 37, np.nan, np.arange(40.0) % 5)
        (notice,) = quickly({**table(40), "gaps": gaps, "some": some}, "y", missing="drop").notices
        assert notice == (
            "11 of 40 rows of the table have missing values and are left out (most often 'gaps': 9)"
        )

    @pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
    def test_that_are_filled_are_counted_in_held_out_rows_too(self) -> None:
        data = table(40)
        data["a"] = [None] * 20 + list(data["a"][20:])
        model = quickly(data, "y", missing="impute", held_out=0.5)
        assert "20 missing values are filled" in model.notices[0]
        assert ": a (20, with " in model.notices[0]

    @pytest.mark.parametrize("form", ["%d/%m/%Y", "%m/%d/%y"])
    def test_of_dates_of_unknown_order_are_pointed_out(self, form: str) -> None:
        days = pd.date_range("2024-01-01", periods=8).strftime(form).tolist() * 5
        with pytest.warns(sn.SheernetWarning, match="'day' of the table is read as text: "):
            quickly({**table(40), "day": days}, "y")

    @pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
    @pytest.mark.parametrize("repeated", [1, 2])
    def test_of_text_in_memory_may_be_dates(self, repeated: int) -> None:
        days = pd.date_range("2026-11-25", periods=400 // repeated).strftime("%d.%m.%Y")
        model = quickly({**table(400), "day": days.tolist() * repeated}, "y")
        assert any("'day' has dates with the day first" in notice for notice in model.notices)
        assert {column.name: column.kind for column in model.inputs.columns}["day"] == "date"

    def test_of_numbers_may_be_taken_as_labels(self) -> None:
        model = quickly(mixed(), "score", inputs=["level", "hours"], categories="level")
        assert model.inputs.features == ("level=1", "level=2", "level=3", "hours")
        assert list(model.settings["categories"]) == ["level"]

    def test_that_look_like_numbers_with_signs_give_a_notice(self) -> None:
        data = {**table(40), "p": ["13%", "7%"] * 20}
        with pytest.warns(
            sn.SheernetWarning, match="'p' has numbers such as '1234.5%', of which 38% is 38"
        ):
            quickly(data, "y")

    def test_share_a_feature_for_rare_labels_and_a_notice(self) -> None:
        data = mixed()
        data.loc[:1, "group"] = ["swing", "split"]
        with pytest.warns(
            sn.SheernetWarning, match=r"group: 2 rare labels are combined into '\(rare\)': "
        ):
            model = quickly(data, "score", inputs=INPUTS, held_out=0)
        assert "group=(rare)" in model.inputs.features
        assert len(model.notices) == 1
        rare = quickly(data, "score", inputs=INPUTS, held_out=0, rare=0)
        assert "group=swing" in rare.inputs.features

    def test_that_are_rare_may_be_a_single_one(self) -> None:
        data = mixed()
        data.loc[:0, "group"] = ["swing"]
        with pytest.warns(
            sn.SheernetWarning,
            match=r"group: the label 'swing' is rare and is replaced by '\(rare\)'",
        ):
            quickly(data, "score", inputs=INPUTS, held_out=0)

    def test_remember_what_to_do_with_labels_that_nobody_saw(self) -> None:
        new = mixed().iloc[:1].assign(group="noon")
        with pytest.warns(sn.SheernetWarning, match="group 'noon', and gets no prediction"):
            assert np.isnan(quickly(mixed(), "score", inputs=INPUTS).predict(new)).all()
        with pytest.warns(sn.SheernetWarning, match="'noon'"):
            quickly(mixed(), "score", inputs=INPUTS, unseen="rare").predict(new)

    def test_that_are_not_used_may_have_missing_values(self) -> None:
        data = table() | {"gaps": np.r_[np.nan, np.arange(39.0)]}
        model = quickly(data, "y", inputs=["a", "b"])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", sn.SheernetWarning)
            assert model.predict(data).shape == (40,)

    def test_units_make_no_difference(self) -> None:
        """Doubling is exact in binary, so that not even rounding differs."""
        data = table()
        one = sn.fit(data, "y", hidden=2, starts=1, max_iter=30)
        other = sn.fit(
            {"a": data["a"] * 1024, "b": data["b"] / 64, "y": data["y"] * 2},
            "y",
            hidden=2,
            starts=1,
            max_iter=30,
        )
        assert np.array_equal(other.network.theta, one.network.theta)
        assert other.held_out_fit.r2 == pytest.approx(one.held_out_fit.r2, rel=1e-12)


class TestTask:
    def test_may_be_chosen(self) -> None:
        classes = quickly(mixed(), "level", inputs=INPUTS, task="classification")
        assert classes.targets.classes == (1, 2, 3)
        assert classes.notices == ()
        numbers = quickly(mixed(), "passed", inputs=INPUTS, task="regression")
        assert numbers.task == "regression"
        assert numbers.predict(mixed().iloc[:1].assign(hours=5.0)).dtype == np.float64

    def test_of_few_whole_numbers_is_a_notice(self) -> None:
        with pytest.warns(sn.SheernetWarning, match="'level' has 3 .* whole numbers") as caught:
            model = quickly(mixed(), "level", inputs=INPUTS)
        assert model.task == "regression"
        assert model.notices == (str(caught[0].message),)

    def test_of_several_targets_is_regression(self) -> None:
        data = table(60) | {"z": np.sin(table(60)["b"])}
        model = sn.fit(data, ["y", "z"], hidden=6, starts=2, decay=1e-4)
        assert min(model.held_out_fit.r2) > 0.95
        with pytest.raises(sn.InvalidInput, match="all must be numbers, but 'grade'"):
            quickly(mixed(), ["score", "grade"], inputs=INPUTS)

    @pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
    @pytest.mark.parametrize(
        ("target", "labels"), [("passed", bool), ("grade", str), ("level", int)]
    )
    def test_learns_classes(self, target: str, labels: type) -> None:
        data = mixed(200)
        model = sn.fit(
            data, target, inputs=["hours"], hidden=3, starts=1, task="classification", max_iter=60
        )
        assert model.held_out_fit.accuracy > 0.95
        predicted = model.predict(data)
        assert {type(label) for label in predicted} == {labels}
        assert np.mean(predicted == data[target].to_numpy()) > 0.95

    def test_of_two_classes_without_hidden_units_is_logistic_regression(self) -> None:
        data = mixed(80)
        data["passed"] ^= RNG.random(80) < 0.1
        model = sn.fit(
            data, "passed", inputs=["hours"], hidden=(), starts=1, decay=0.02, held_out=0
        )
        X = model.inputs.encode(sn.read_table(data))
        theirs = LogisticRegression(C=1 / (0.02 * 80), tol=1e-10).fit(X, data["passed"])
        assert np.allclose(model.network["W1"][:, 0], theirs.coef_[0], rtol=1e-5)
        assert np.allclose(model.network["b1"], theirs.intercept_, rtol=1e-5, atol=1e-6)


class TestMissingValues:
    def gaps(self) -> pd.DataFrame:
        data = mixed()
        data.loc[3, "hours"] = np.nan
        data.loc[4, "group"] = None
        data.loc[5, "when"] = pd.NaT
        data["wet"] = data["wet"].astype(object)
        data.loc[6, "wet"] = None
        return data

    def test_are_refused_with_columns_counts_and_ways_out(self) -> None:
        with pytest.raises(
            sn.InvalidInput,
            match=r"missing values in 4 columns: 'hours' .1 value, in data row 4., 'group' .1 .*, 'wet' .1 .*'when' .1",
        ):
            quickly(self.gaps(), "score", inputs=INPUTS, missing="refuse")

    def test_of_target_and_weights_are_counted_with_those_of_inputs(self) -> None:
        data = self.gaps().astype({"count": float})
        data.loc[:1, "score"] = np.nan
        data.loc[7:9, "count"] = np.nan
        with pytest.raises(
            sn.InvalidInput,
            match=(
                r"in 4 columns: 'score' .2 values, the first in data row 1., 'hours' .1 .*, 'group' .1 .* 'count' .3 .*"
                "; fill them, or use missing='impute', which leaves out rows without target or weight, or "
                "missing='drop'"
            ),
        ):
            quickly(data, "score", inputs=["hours", "group"], weights="count", missing="refuse")

    @pytest.mark.parametrize("mark", ["x", 1, True])
    @pytest.mark.parametrize("missing", ["impute", "drop", "refuse"])
    def test_of_a_target_with_one_value_may_be_the_other_class(
        self, mark: Any, missing: str
    ) -> None:
        data = mixed()
        data["scrap"] = [None, mark] * (len(data) // 2)
        with pytest.raises(
            sn.InvalidInput,
            match=r"'scrap' .*; its only value is .*: .* empty cells, such as no\)",
        ):
            quickly(data, "scrap", inputs=["hours"], missing=missing)

    def test_in_rows_of_weight_0_are_no_matter(self) -> None:
        data = self.gaps()
        data["count"] = 1
        data.loc[3:6, "count"] = 0
        with pytest.warns(sn.SheernetWarning, match="4 of 40 rows .*: the weight 'count' is 0"):
            assert (
                quickly(data, "score", inputs=INPUTS, weights="count", held_out=0).training_fit.rows
                == 36
            )

    def test_of_a_test_table_are_counted_together_too(self) -> None:
        gaps = self.gaps()
        gaps.loc[:1, "score"] = np.nan
        with pytest.raises(
            sn.InvalidInput, match=r"the test table has missing values in 5 columns: 'score' \(2 "
        ):
            quickly(mixed(), "score", inputs=INPUTS, test=gaps, missing="refuse")

    def test_are_filled_with_what_the_training_rows_say(self) -> None:
        data = self.gaps()
        with pytest.warns(sn.SheernetWarning) as caught:
            model = quickly(data, "passed", inputs=INPUTS, held_out=0)
        assert model.training_fit.rows == 40
        fills = {column.name: column.fill for column in model.inputs.columns}
        assert fills["hours"] == data["hours"].median()
        assert fills["group"] == data["group"].mode()[0]
        assert fills["wet"] == float(data["wet"].mode()[0])
        (notice,) = model.notices
        assert [str(each.message) for each in caught] == [notice]
        assert notice.startswith("4 missing values are filled with ")
        assert all(f"{name} (1, with " in notice for name in ("hours", "group", "wet", "when"))

    def test_drop_rows_on_request(self) -> None:
        with pytest.warns(
            sn.SheernetWarning,
            match="4 of 40 rows of the table have missing values and are left out",
        ):
            model = quickly(self.gaps(), "passed", inputs=INPUTS, missing="drop", held_out=0)
        assert model.training_fit.rows == 36
        same = quickly(self.gaps().dropna().infer_objects(), "passed", inputs=INPUTS, held_out=0)
        assert np.array_equal(model.network.theta, same.network.theta)

    @pytest.mark.parametrize("missing", ["impute", "drop"])
    def test_of_a_target_drop_the_row(self, missing: str) -> None:
        data = mixed()
        data.loc[:2, "score"] = np.nan
        with pytest.warns(
            sn.SheernetWarning,
            match="3 of 40 rows of the table have (missing values|no value of the target) and are",
        ):
            model = quickly(data, "score", inputs=INPUTS, missing=missing, held_out=0)
        assert model.training_fit.rows == 37

    def test_of_a_weight_drop_the_row_too(self) -> None:
        data = mixed().astype({"count": float})
        data.loc[:1, "count"] = np.nan
        with pytest.warns(
            sn.SheernetWarning, match="2 of 40 rows .* have no value of 'score' or 'count'"
        ):
            model = quickly(
                data, "score", inputs=INPUTS, weights="count", missing="impute", held_out=0
            )
        assert model.training_fit.rows == 38

    @pytest.mark.parametrize("missing", ["refuse", "impute", "drop"])
    def test_in_every_row_are_refused(self, missing: str) -> None:
        data = {"a": [1.0, None, 3.0, None], "b": [None, 1.0, None, 2.0], "y": [1.0, 2.0, 4.0, 3.0]}
        if missing == "impute":
            data["y"] = [None] * 4
        message = (
            "missing values" if missing == "refuse" else "every row of the table has no value in"
        )
        with pytest.raises(sn.InvalidInput, match=message):
            quickly(data, "y", inputs=["a", "b"], missing=missing)


class TestWeights:
    @pytest.mark.parametrize("target", ["score", "passed", "grade"])
    def test_of_k_are_k_equal_rows(self, target: str) -> None:
        data = mixed()
        repeated = data.loc[data.index.repeat(data["count"])].reset_index(drop=True)
        given = {
            "inputs": INPUTS, "hidden": 2, "starts": 1, "max_iter": 8, "held_out": 0, "rare": 0, "method": "bfgs"
        }  # fmt: skip
        one = sn.fit(data, target, weights="count", **given)
        other = sn.fit(repeated, target, **given)
        assert np.allclose(one.network.theta, other.network.theta, rtol=1e-7, atol=1e-7)
        assert np.allclose(one.record.objective[:3], other.record.objective[:3], rtol=1e-12)
        for ours, theirs in zip(one.inputs.columns, other.inputs.columns, strict=True):
            if hasattr(ours, "shift"):
                assert (ours.shift, ours.scale) == pytest.approx(
                    (theirs.shift, theirs.scale), rel=1e-12
                )
        if target == "score":
            assert one.targets.shift == pytest.approx(other.targets.shift, rel=1e-12)
            assert one.training_fit.rmse == pytest.approx(other.training_fit.rmse, rel=1e-6)
        else:
            assert one.training_fit.confusion == other.training_fit.confusion
        assert one.training_fit.rows == 40

    def test_a_single_row_is_told_to_be_one_and_not_that_its_columns_are_constant(self) -> None:
        with pytest.raises(
            sn.InvalidInput,
            match=r"^the table has a single usable row, but at least 2 rows are needed; give more rows$",
        ):
            quickly({"a": [1.0], "y": [2.0]}, "y")

    @pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
    def test_of_0_in_all_rows_but_one_leave_nothing_to_learn(self) -> None:
        data = mixed(30)
        data["count"] = 0
        data.loc[4, "count"] = 2
        with pytest.raises(sn.InvalidInput, match="a single usable row"):
            quickly(data, "score", inputs=INPUTS, weights="count")

    @pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
    def test_of_0_are_no_rows(self) -> None:
        data = mixed()
        data.loc[:9, "count"] = 0
        given = {
            "inputs": INPUTS,
            "hidden": 2,
            "starts": 1,
            "max_iter": 8,
            "held_out": 0,
            "method": "bfgs",
        }
        one = sn.fit(data, "score", weights="count", **given)
        other = sn.fit(data.iloc[10:], "score", weights="count", **given)
        assert np.allclose(one.network.theta, other.network.theta, rtol=1e-7, atol=1e-7)
        assert one.training_fit.rows == other.training_fit.rows == 30

    def test_are_no_input(self) -> None:
        model = quickly(mixed()[["hours", "score", "count"]], "score", weights="count")
        assert model.inputs.names == ("hours",)
        assert model.settings["weights"] == "count"

    @pytest.mark.parametrize(
        ("weights", "message"),
        [
            ("w", "no column 'w'"),
            ("group", "column 'group' .* must hold numbers"),
            ("hours", "'hours' is both the weights and an input"),
            ("score", "'score' is both a target and the weights"),
            (np.ones(39), "the table has 40 rows and weights has 39 rows"),
            (np.ones((40, 2)), r"one value for each row, but their shape is \(40, 2\)"),
            (
                -np.ones(40),
                "'weights' of the table must hold weights of at least 0, but data row 1",
            ),
            (["a"] * 40, "column 'weights' of the table must hold numbers"),
            (np.zeros(40), "weights are all 0"),
            (1.5, "weights must be the name of a column or an array .*, but 1.5 was given"),
            (np.array(1.5), "weights must be the name of a column or an array"),
            ({"count": np.ones(40)}, "weights must be the name of a column or an array"),
        ],
        ids=str,
    )
    def test_that_cannot_be_are_refused(self, weights: Any, message: str) -> None:
        with pytest.raises(sn.InvalidInput, match=message):
            quickly(mixed(), "score", inputs=["hours"], weights=weights)

    @pytest.mark.parametrize(
        ("values", "message"),
        [
            ([-1.0], "weights of at least 0, but data row 1 has -1"), ([np.nan], "'count' .1 value, in data row 1"),
            ([np.inf], "data row 1 has inf"), ([0.0] * 40, "weights are all 0"),
        ],
    )  # fmt: skip
    def test_that_weigh_nothing_are_refused(self, values: list[float], message: str) -> None:
        data = mixed().astype({"count": float})
        data.loc[: len(values) - 1, "count"] = values
        with pytest.raises(sn.InvalidInput, match=message):
            quickly(data, "score", inputs=INPUTS, weights="count", missing="refuse")
