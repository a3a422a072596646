"""Input columns: agreement with scikit-learn's transformers, column order, and error messages."""

from __future__ import annotations

import copy
import datetime
import pickle
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.io import savemat
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import (
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    RobustScaler,
    StandardScaler,
)

import sheernet as sn
from sheernet.data.columns import (
    CategoryColumn,
    Inputs,
    NumberColumn,
    complete_rows,
    matched_columns,
)
from sheernet.data.columns.cells import as_labels, as_numbers

THEIRS = {
    "standardize": StandardScaler(),
    "minmax": MinMaxScaler(),
    "robust": RobustScaler(),
    "maxabs": MaxAbsScaler(),
}
LABELS = ("blue", "green", "red", "pink", "")


def all_rows(table):
    return np.arange(len(table))


def learn(table, *names, **options):
    table = sn.read_table(table)
    return Inputs.learn(table, names or table.columns, all_rows(table), **options)


def numbers(n_rows=30, n_columns=3, seed=0):
    X = np.random.default_rng(seed).normal(5.0, 3.0, (n_rows, n_columns))
    return pd.DataFrame(X, columns=[f"x{j}" for j in range(n_columns)])


def of_every_kind(n_rows=40, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "hours": rng.normal(size=n_rows),
            "color": rng.choice(["red", "green", "blue"], n_rows),
            "on": rng.integers(0, 2, n_rows).astype(bool),
            "day": pd.Timestamp("2020-01-01")
            + pd.to_timedelta(rng.integers(0, 8 * 10**5, n_rows), "min"),
            "count": rng.integers(0, 9, n_rows),
        }
    )


class TestAgainstScikitLearn:
    @pytest.mark.parametrize("scaling", THEIRS)
    def test_numbers_are_what_the_scaler_makes_of_them(self, scaling):
        table = numbers()
        np.testing.assert_allclose(
            learn(table, scaling=scaling).encode(sn.read_table(table)),
            THEIRS[scaling].fit_transform(table.to_numpy()),
            atol=1e-13,
        )

    @pytest.mark.parametrize("scaling", THEIRS)
    def test_missing_numbers_are_what_imputer_and_scaler_make_of_them(self, scaling):
        table = numbers().mask(np.random.default_rng(1).random((30, 3)) < 0.3)
        theirs = SimpleImputer(strategy="median", add_indicator=True).fit_transform(
            table.to_numpy()
        )
        filled, indicators = theirs[:, :3], theirs[:, 3:]
        inputs = learn(table, scaling=scaling, missing="impute")
        ours = inputs.encode(sn.read_table(table))
        np.testing.assert_allclose(ours[:, ::2], THEIRS[scaling].fit_transform(filled), atol=1e-13)
        np.testing.assert_array_equal(ours[:, 1::2], indicators)
        np.testing.assert_array_equal(inputs.encode_matrix(table), ours)

    @pytest.mark.parametrize(("n_missing", "has_indicator"), [(1, False), (2, True)])
    def test_an_indicator_needs_more_than_five_percent_of_missing_values(
        self, n_missing, has_indicator
    ):
        gaps = np.arange(20) < n_missing
        columns = {
            "x": np.where(gaps, np.nan, np.arange(20.0)),
            "c": np.where(gaps, None, list("ab" * 10)),
            "day": pd.Series(pd.date_range("2024-01-01", periods=20, freq="51h")).mask(gaps),
        }
        inputs = learn(pd.DataFrame(columns), missing="impute")
        X = inputs.encode(sn.read_table(columns))
        assert [column.missing_fraction for column in inputs.columns] == [n_missing / 20] * 3
        for column, place in inputs.with_slices():
            assert (column.features[-1] == f"{column.name}=(missing)") is has_indicator
            if has_indicator:
                np.testing.assert_array_equal(X[:, place][:, -1], gaps)
        assert [at.stop - at.start for at in inputs.label_groups] == [2]

    def test_nearly_all_of_the_weight_may_be_of_missing_values(self):
        table, weights = {"x": [None, 1.0, 2.0, 3.0], "c": [None, *"abc"]}, [1e12, 1.0, 1.0, 1.0]
        inputs = Inputs.learn(
            sn.read_table(table), ("x", "c"), np.arange(4), weights=weights, missing="impute"
        )
        assert all(0.9 < column.missing_fraction < 1.0 for column in inputs.columns)

    @settings(max_examples=40)
    @given(
        values=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=9)
    )
    def test_the_fill_of_numbers_is_that_of_the_imputer_in_other_units(self, values):
        power = 2.0 if max(map(abs, values)) > 8e307 else 1.0  # theirs overflows
        theirs = SimpleImputer(strategy="median").fit(np.array(values)[:, None] / power)
        column = learn({"x": [*values, None]}, missing="impute", scaling="none").columns[0]
        assert column.fill == power * theirs.statistics_[0]

    @settings(max_examples=40)
    @given(values=st.lists(st.booleans(), min_size=1, max_size=9))
    def test_the_fill_of_truth_values_is_that_of_the_imputer(self, values):
        theirs = SimpleImputer(strategy="most_frequent").fit(np.array(values, dtype=float)[:, None])
        column = learn({"on": [*values, None]}, missing="impute").columns[0]
        assert column.fill == theirs.statistics_[0]

    def test_missing_truth_values_become_the_most_frequent_one(self):
        assert learn({"on": [True, False, None]}, missing="impute").columns[0].fill == 0.0
        assert learn({"on": [True, False, True, None]}, missing="impute").columns[0].fill == 1.0

    def test_features_of_every_kind_are_theirs_side_by_side(self):
        table = of_every_kind()
        days = table["day"].to_numpy().astype("datetime64[s]").astype(float) / 86400
        expected = np.column_stack(
            [
                StandardScaler().fit_transform(table[["hours"]]),
                OneHotEncoder(sparse_output=False).fit_transform(table[["color"]]),
                table["on"],
                StandardScaler().fit_transform(days[:, None]),
                StandardScaler().fit_transform(table[["count"]]),
            ]
        )
        np.testing.assert_allclose(
            learn(table, cycles="none").encode(sn.read_table(table)),
            expected,
            rtol=1e-12,
            atol=1e-12,
        )

    def test_weights_are_those_of_the_scaler(self):
        table, weights = numbers(), np.random.default_rng(2).uniform(0.1, 2, 30)
        theirs = StandardScaler().fit(table.to_numpy(), sample_weight=weights)
        np.testing.assert_allclose(
            learn(table, weights=weights).encode(sn.read_table(table)),
            theirs.transform(table.to_numpy()),
            atol=1e-13,
        )

    @settings(max_examples=40)
    @given(
        values=st.lists(st.sampled_from(LABELS), min_size=3, max_size=40),
        new=st.lists(st.sampled_from((*LABELS, "never", "seen")), min_size=1, max_size=9),
        rare=st.sampled_from([0.01, 0.1, 0.3]),
    )
    def test_labels_are_what_the_encoder_makes_of_them(self, values, new, rare):
        theirs = OneHotEncoder(
            min_frequency=max(2, int(np.ceil(rare * len(values) - 1e-9))),
            handle_unknown="infrequent_if_exist",
            sparse_output=False,
        ).fit(np.array(values, dtype=object)[:, None])
        inputs = learn({"c": values}, rare=rare, unseen="rare")
        np.testing.assert_array_equal(
            inputs.encode(sn.read_table({"c": new})),
            theirs.transform(np.array(new, dtype=object)[:, None]),
        )

    @settings(max_examples=40)
    @given(values=st.lists(st.sampled_from([*LABELS, None]), min_size=3, max_size=30))
    def test_missing_labels_become_the_most_frequent_one(self, values):
        present = [value for value in values if value is not None]
        if present:
            expected = SimpleImputer(strategy="most_frequent", missing_values=None)
            expected = expected.fit(np.array(values, dtype=object)[:, None]).statistics_[0]
            assert learn({"c": values}, missing="impute").columns[0].fill == expected


def test_scikit_learn_is_not_imported():
    """Its import would take longer than the learning."""
    program = """
import sys
import numpy as np
from sheernet.data.columns import Inputs
from sheernet.data.sources import read_table
from sheernet.data.targets import learn_targets
table = read_table({"x": [1.0, None, 3.0, 4.0], "c": ["a", None, "b", "a"], "y": [1.0, 2.0, 3.5, 5.0]})
Inputs.learn(table, ("x", "c"), np.arange(4), missing="impute")
learn_targets(table, ("y",), np.arange(4), scaling="robust")
print("sklearn" in sys.modules)
"""
    shown = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert shown.stdout == "False\n"


class TestLaws:
    @given(seed=st.integers(0, 99), order=st.permutations(range(5)))
    @settings(max_examples=20)
    def test_the_order_of_the_columns_does_not_matter(self, seed, order):
        table = of_every_kind(seed=seed)
        inputs = learn(table)
        shuffled = table.iloc[:, list(order)].assign(more=1.0)
        np.testing.assert_array_equal(
            inputs.encode(sn.read_table(shuffled)), inputs.encode(sn.read_table(table))
        )

    @given(seed=st.integers(0, 99), scaling=st.sampled_from([*THEIRS, "none", "maximum"]))
    @settings(max_examples=20)
    def test_a_matrix_gives_the_same_bits_as_a_table(self, seed, scaling):
        table = numbers(seed=seed).assign(on=np.arange(30) % 2 == 0)
        inputs = learn(table, scaling=scaling)
        expected = inputs.encode(sn.read_table(table))
        X = table.to_numpy(dtype=float)
        before = X.copy()
        np.testing.assert_array_equal(inputs.encode_matrix(X), expected)
        np.testing.assert_array_equal(X, before)

    def test_rows_apart_or_together_are_the_same(self):
        table = of_every_kind()
        inputs = learn(table)
        apart = [inputs.encode(sn.read_table(table.iloc[[row]])) for row in range(len(table))]
        np.testing.assert_array_equal(np.vstack(apart), inputs.encode(sn.read_table(table)))

    def test_the_table_is_not_written_to(self):
        table = numbers().mask(np.random.default_rng(1).random((30, 3)) < 0.2)
        before = table.copy()
        learn(table, missing="impute").encode(sn.read_table(table))
        pd.testing.assert_frame_equal(table, before)

    @pytest.mark.parametrize("missing", ["refuse", "impute"])
    @given(data=st.data())
    @settings(max_examples=25)
    def test_a_weight_of_k_is_k_rows_and_a_weight_of_0_none(self, missing, data):
        table = of_every_kind(n_rows=8, seed=data.draw(st.integers(0, 9)))
        if missing == "impute":
            table = table.astype({"count": float, "on": object})
            table.loc[0, ["hours", "count"]] = np.nan
            table.loc[1, ["on", "color"]] = None
        counts = np.array(data.draw(st.lists(st.integers(0, 3), min_size=8, max_size=8)))
        counts[2:4] += 1
        one = learn(table, weights=counts, missing=missing, rare=0)
        other = learn(table.loc[np.repeat(np.arange(8), counts)], missing=missing, rare=0)
        for mine, theirs in zip(one.columns, other.columns, strict=True):
            if isinstance(mine, NumberColumn):
                pair = np.array(
                    [[c.shift, c.scale, c.lowest, c.highest, c.fill or 0] for c in (mine, theirs)]
                )
                np.testing.assert_allclose(pair[0], pair[1], rtol=1e-9, atol=1e-12)
            else:
                assert mine.fill == theirs.fill
                assert set(theirs.labels) <= set(mine.labels)

    def test_numbers_are_learned_from_the_training_rows_and_labels_from_all(self):
        table = sn.read_table({"x": [0.0, 2.0, 100.0], "c": ["a", "a", "b"]})
        number, category = Inputs.learn(table, ("x", "c"), np.array([0, 1])).columns
        assert (number.shift, number.scale, number.lowest, number.highest) == (1.0, 1.0, 0.0, 2.0)
        assert (category.labels, category.rare) == (("a",), ("b",))

    @pytest.mark.parametrize(
        "twin_of", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))]
    )
    def test_a_copy_is_equal(self, twin_of):
        inputs = learn(of_every_kind())
        assert twin_of(inputs) == inputs

    def test_features_are_named_and_counted(self):
        inputs = learn(of_every_kind())
        assert inputs.features == (
            "hours", "color=blue", "color=green", "color=red", "on", "day", "day (hour of day, sine)",
            "day (hour of day, cosine)", "day (weekday, sine)", "day (weekday, cosine)", "count",
        )  # fmt: skip
        assert inputs.n_features == 11
        assert inputs.names == ("hours", "color", "on", "day", "count")

    def test_from_scaler_is_the_scaler(self):
        X = np.random.default_rng(0).uniform(1, 9, (5, 2))
        scaler = sn.preprocessing.Scaler.maximum(X)
        inputs = Inputs.from_scaler(("a", "b"), scaler, X)
        np.testing.assert_array_equal(inputs.encode_matrix(X), scaler.transform(X))
        assert inputs.scaling == "maximum"
        assert [c.highest for c in inputs.columns] == X.max(axis=0).tolist()


class TestRare:
    @pytest.mark.parametrize(
        ("labels", "rows", "options", "unseen"),
        [
            ("aabbc", 5, {}, "rare"),
            ("aabb", 4, {}, "refuse"),
            ("aabbc", 4, {}, "refuse"),  # no training row has the rare label
            ("aabbc", 5, {"rare": 0}, "refuse"),
            ("aabbc", 5, {"unseen": "refuse"}, "refuse"),
            ("aabb", 4, {"unseen": "rare"}, "rare"),
        ],
    )
    def test_unknown_labels_are_rare_ones_if_the_training_rows_have_some(
        self, labels, rows, options, unseen
    ):
        table = sn.read_table({"c": list(labels)})
        inputs = Inputs.learn(table, ("c",), np.arange(rows), **options)
        assert inputs.columns[0].unseen == unseen

    def test_labels_of_too_few_rows_share_a_feature(self):
        inputs = learn({"c": ["a"] * 90 + ["b"] * 8 + ["z", "d"]}, rare=0.09)
        assert inputs.columns == (CategoryColumn("c", ("a",), ("b", "d", "z"), "rare"),)
        np.testing.assert_array_equal(
            inputs.encode(sn.read_table({"c": ["a", "b", "z"]})), [[1, 0], [0, 1], [0, 1]]
        )

    def test_the_share_is_met_in_spite_of_rounding(self):
        # In floating-point numbers, 0.07 * 100 > 7.
        assert learn({"c": ["a"] * 93 + ["b"] * 7}, rare=0.07).columns[0].rare == ()

    def test_a_share_of_0_makes_no_label_rare(self):
        assert learn({"c": ["a", "a", "b"]}, rare=0).columns[0].labels == ("a", "b")

    @pytest.mark.parametrize("rare", [-0.1, 1.0, float("nan"), "0.1", True])
    def test_an_invalid_share(self, rare):
        with pytest.raises(sn.InvalidInput, match="rare must be a number from 0 to below 1"):
            learn({"c": ["a", "a"]}, rare=rare)

    def test_an_unknown_label_is_all_zeros_if_none_is_rare(self):
        inputs = learn({"c": ["a", "a", "b", "b"]}, unseen="rare")
        np.testing.assert_array_equal(inputs.encode(sn.read_table({"c": ["x"]})), [[0.0, 0.0]])


class TestCells:
    @pytest.mark.parametrize(
        ("values", "labels"),
        [
            ([1, 2, 1], ["1", "2"]),
            ([1.0, 2.5, np.nan], ["1", "2.5"]),
            ([True, False], ["True", "False"]),
            (pd.to_datetime(["2024-03-01", "2024-03-02"]), ["2024-03-01", "2024-03-02"]),
            (pd.to_datetime(["2024-03-01 12:30"]), ["2024-03-01T12:30:00"]),
            ([" a", "a", "a "], ["a"]),
            (pd.Categorical(["u", "v"]), ["u", "v"]),
            (pd.array([1, None], dtype="Int64"), ["1"]),
            ([1, "1", "a"], ["1", "a"]),
        ],
    )
    def test_labels_of_other_kinds(self, values, labels):
        codes, found = as_labels(sn.read_table(pd.DataFrame({"c": values})), "c")
        assert found == labels
        assert codes.max() == len(labels) - 1

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ([1, 2], [1.0, 2.0]),
            ([True, False], [1.0, 0.0]),
            ([True, None], [1.0, np.nan]),
            (pd.array([1, None], dtype="Int64"), [1.0, np.nan]),
            (pd.array([True, None], dtype="boolean"), [1.0, np.nan]),
            ([None, None], [np.nan, np.nan]),
        ],
    )
    def test_numbers(self, values, expected):
        found = as_numbers(sn.read_table(pd.DataFrame({"c": values})), "c", "number")
        np.testing.assert_array_equal(found, expected)

    @pytest.mark.parametrize(
        ("values", "days"),
        [
            (pd.to_datetime(["1970-01-02T00:00", "1969-12-31T12:00", None]), [1.0, -0.5, np.nan]),
            (pd.to_datetime(["1970-01-02T02:00"]).tz_localize("Europe/Berlin"), [1 + 1 / 24]),
            (["1970-01-03", "1970-01-01T06:00"], [2.0, 0.25]),
            ([None, None], [np.nan, np.nan]),
        ],
    )
    def test_dates_are_days(self, values, days):
        found = as_numbers(sn.read_table(pd.DataFrame({"d": values})), "d", "date")
        np.testing.assert_allclose(found, days, rtol=1e-15)

    def test_a_boolean_column_takes_ones_and_zeros(self):
        inputs = learn({"on": [True, False]})
        np.testing.assert_array_equal(inputs.encode(sn.read_table({"on": [0, 1]})), [[0.0], [1.0]])

    def test_a_column_learned_as_labels_takes_whole_numbers_in_any_form(self):
        inputs = learn({"k": [1, 2, 1, 2]}, categories=("k",))
        for values in ([2], [2.0], ["2"]):
            np.testing.assert_array_equal(inputs.encode(sn.read_table({"k": values})), [[0.0, 1.0]])


def refusal(inputs, table):
    with pytest.raises(sn.InvalidInput) as caught:
        inputs.encode(sn.read_table(table))
    return str(caught.value)


class TestEncodeRefuses:
    def test_one_missing_column_with_the_nearest(self):
        assert (
            "the model needs column 'x0', which the table does not have (its columns are x00, x1 and x2); add it, or "
            "rename the column that holds it (perhaps 'x00' to 'x0')"
            in refusal(learn(numbers()), numbers().rename(columns={"x0": "x00"}))
        )

    def test_all_missing_columns_in_one_message(self):
        sentence = refusal(learn(numbers()), numbers()[["x1"]].assign(X0=1.0))
        assert sentence == (
            "the model needs columns 'x0' and 'x2', which the table does not have (its columns are x1 and X0); "
            "add them, or rename the columns that hold them (perhaps 'X0' to 'x0')"
        )

    def test_each_missing_column_has_its_own_nearest_one(self):
        names = ("Product", "Oven °C", "Pressure (bar)", "x1", "x2")
        table = {name: [1.0] for name in ("Pressure(bar)", "oven °C", "X2", "day")}
        sentence = refusal(learn({name: [1.0, 2.0] for name in names}), table)
        assert sentence.endswith(
            "(perhaps 'oven °C' to 'Oven °C', 'X2' to 'x2' and 'Pressure(bar)' to 'Pressure (bar)')"
        )

    def test_the_nearest_column_is_found_in_other_letters(self):
        sentence = refusal(learn({"ALPHA": [1.0, 2.0], "BETA": [1.0, 2.0]}), {"alpha": [1.0]})
        assert "(perhaps 'alpha' to 'ALPHA')" in sentence

    @pytest.mark.parametrize(
        ("names", "given", "hint"),
        [
            (("x1", "x2"), ("x1",), ""),
            (("x1", "x2"), ("x2",), ""),
            (("x1", "x2"), ("x1", "X2"), " (perhaps 'X2' to 'x2')"),
            (("temp_in", "temp_out"), ("temp_in", "day"), ""),
            (("a", "aa", "aaa"), ("a", "aaa"), ""),
        ],
    )
    def test_a_needed_column_keeps_its_name(self, names, given, hint):
        inputs = learn({name: [1.0, 2.0] for name in names})
        sentence = refusal(inputs, {name: [1.0] for name in given})
        assert sentence.partition("hold")[2].partition(" it")[2] == hint

    def test_numbers_are_not_similar_names(self):
        given = {name: [1.0] for name in ("1180", "1100.5", "1200.0")}
        message = refusal(learn({name: [1.0, 2.0] for name in ("1100", "1200")}), given)
        assert "perhaps" not in message

    @pytest.mark.parametrize(
        ("width", "hint"),
        [(3, "(perhaps A1 to A3 in this order, if their names are only"), (4, "")],
    )
    def test_names_that_are_positions_are_not_similar_names(self, tmp_path, width, hint):
        savemat(tmp_path / "new.mat", {"A": np.ones((5, width))})
        inputs = learn({name: [1.0, 2.0] for name in ("A400", "A40", "A15")})
        message = refusal(inputs, tmp_path / "new.mat")
        assert hint in message
        assert "'A1'" not in message
        assert bool(hint) == ("perhaps" in message)

    @pytest.mark.parametrize("name", ["1100.0", "1100.", " 1100.000"])
    def test_a_whole_number_is_the_same_name_with_decimals(self, name):
        inputs = learn({"1100": [1.0, 2.0], "1110": [3.0, 5.0]})
        expected = inputs.encode(sn.read_table({"1100": [1.5], "1110": [4.0]}))
        given = matched_columns(
            sn.read_table({name: [1.5], "1110.0": [4.0], "1120.0": [0.0]}), inputs.names
        )
        np.testing.assert_array_equal(inputs.encode(given), expected)

    def test_sections_keep_their_names(self):
        with pytest.raises(sn.InvalidInput, match=r"the model needs column '1\.1'"):
            matched_columns(sn.read_table({"1.10": [1.0]}), ["1.1"])

    def test_missing_values_of_every_column(self):
        inputs = learn({"a": [1.0, 2.0], "b": ["u", "u"], "c": [1.0, 2.0]})
        sentence = refusal(
            inputs, {"a": [1.0, np.nan, np.nan], "b": [None, "u", "v"], "c": [1.0, 2.0, 3.0]}
        )
        assert sentence == (
            "the table has missing values in 2 columns: 'a' (2 values, the first in data row 2) and 'b' (1 value, "
            "in data row 1); "
            "fill or remove these rows, or fit the model again with missing='impute'"
        )

    def test_missing_values_if_rows_were_dropped(self):
        sentence = refusal(learn({"a": [1.0, 2.0]}, missing="drop"), {"a": [None, 1.0]})
        assert sentence.endswith(
            "fill or remove these rows, or fit the model again with missing='impute'"
        )

    def test_infinite_values(self):
        assert refusal(learn(numbers()), numbers().assign(x1=[1.0] * 28 + [np.inf, -np.inf])) == (
            "column 'x1' of the table must hold finite numbers, but data row 29 has inf, or a number too large "
            "for float64 (2 such values in the column); fix or remove these rows, or make the values missing by "
            "sn.read_table(table, missing_values=['inf'])"
        )

    def test_numbers_kept_as_text_are_numbers_for_a_number_column(self):
        inputs = learn({"a": [1.0, 2.0, 3.0]})
        given = {"a": ["01", "2", "0003"]}
        assert inputs.encode(sn.read_table(pd.DataFrame(given))).tolist() == (
            inputs.encode(sn.read_table(pd.DataFrame({"a": [1.0, 2.0, 3.0]}))).tolist()
        )

    def test_text_in_a_column_of_numbers(self):
        assert refusal(learn({"a": [1.0, 2.0]}), {"a": ["1", "2", "n/k", "3", "?"]}) == (
            "column 'a' of the table must hold numbers, but data row 3 has 'n/k' (2 such values); correct the cell, or "
            "give the column the kind of values that the model was fitted to"
        )

    @pytest.mark.parametrize(
        ("learned", "given", "words"),
        [
            ([1.0, 2.0], pd.to_datetime(["2024-01-01"]), "must hold numbers, but data row 1 has 2024-01-01"),
            ([True, False], ["yes"], r"Boolean values \(true and false, or 1 and 0\), but .* has 'yes'"),
            ([True, False], [1, 7], "must hold true or false .or 1 and 0., but data row 2 has 7"),
            (pd.to_datetime(["2024-01-01", "2024-01-02"]), [3.0], "must hold dates, but data row 1 has 3"),
            (pd.to_datetime(["2024-01-01"]), ["2024-01-01", "soon"], "dates.*'soon'; .* with a year of four digits"),
            (
                pd.to_datetime(["2024-01-01"]), [datetime.datetime(2024, 1, 1), None, "Sum", 3],
                "must hold dates, but data row 3 has 'Sum' .2 such values",
            ),
            (["u", "u"], [[1, 2], [3]], "must hold text, but data row 1 has"),
        ],
    )  # fmt: skip
    def test_another_kind(self, learned, given, words):
        inputs = learn(pd.DataFrame({"a": learned}))
        with pytest.raises(sn.InvalidInput, match=words):
            inputs.encode(sn.read_table(pd.DataFrame({"a": given})))

    @pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
    @pytest.mark.parametrize(
        ("cell", "words"),
        [
            ("5/3/23", "give dates='day-first' or dates='month-first'; or write dates as"),
            ("05/03/2023", "give dates='day-first' or dates='month-first'; or write dates as"),
            ("soon", "data row 1 has 'soon'; write dates as"),
        ],
    )
    def test_dates_of_a_file_in_a_doubtful_order(self, tmp_path, cell, words):
        inputs = learn(pd.DataFrame({"a": pd.to_datetime(["2024-01-01", "2024-01-02"])}))
        path = tmp_path / "new.csv"
        path.write_text(f"a,b\n{cell},1\n{cell},2\n")
        with pytest.raises(sn.InvalidInput, match=words):
            inputs.encode(sn.read_table(path))
        with pytest.raises(sn.InvalidInput, match=r"has '[^']*'; write dates as"):
            inputs.encode(sn.read_table(pd.DataFrame({"a": [cell]})))

    def test_dates_with_points(self, tmp_path):
        inputs = learn(pd.DataFrame({"a": pd.to_datetime(["2024-01-01", "2024-01-02"])}))
        path = tmp_path / "new.csv"
        path.write_text("a,b\n05.03.2023,1\n06.03.2023,2\n")
        expected = inputs.encode(sn.read_table(pd.DataFrame({"a": pd.to_datetime(["2023-03-05"])})))
        with pytest.warns(
            sn.SheernetWarning, match="'05.03.2023' is read as a date with the day first"
        ):
            table = sn.read_table(path)
        assert np.array_equal(inputs.encode(table)[:1], expected)

    def test_an_unknown_label(self):
        inputs = learn({"c": list("abcdefghij") * 2})
        assert refusal(inputs, {"c": ["a", "x", "y"]}) == (
            "column 'c' of the table has 'x' in data row 2 (2 rows with unknown labels), but the model knows 'a', 'b', "
            "'c', 'd', 'e', 'f', 'g' and 3 more; correct the cell, or fit the model with unseen='rare', which treats "
            "such labels as rare ones"
        )

    def test_missing_values_are_reported_before_a_label(self):
        inputs = learn({"c": ["a", "a"], "x": [1.0, 2.0]})
        assert "missing values" in refusal(inputs, {"c": ["z", "a"], "x": [1.0, None]})

    def test_a_value_whose_feature_overflows(self):
        assert "column 'a' of the table is too far from the training rows in data row 2" in refusal(
            learn({"a": [1e-300, 3e-300]}), {"a": [0.0, 1e10]}
        )


class TestMatrixRefuses:
    def test_another_number_of_columns(self):
        with pytest.raises(
            sn.ShapeMismatch,
            match=r"shape \(2, 2\), but the model needs a matrix with 3 columns: 'x0', 'x1'",
        ):
            learn(numbers()).encode_matrix(np.ones((2, 2)))

    def test_a_model_of_labels_or_dates(self):
        with pytest.raises(
            sn.InvalidInput,
            match="only numbers, but column 'color' of the model needs labels or dates",
        ):
            learn(of_every_kind()).encode_matrix(np.ones((2, 5)))

    def test_a_model_of_dates_alone(self):
        inputs = learn(pd.DataFrame({"day": pd.to_datetime(["2024-01-01", "2024-01-02"])}))
        with pytest.raises(sn.InvalidInput, match="only numbers, but column 'day'"):
            inputs.encode_matrix([[19723.0]])

    def test_missing_and_infinite_values(self):
        inputs = learn(numbers())
        with pytest.raises(
            sn.InvalidInput,
            match=r"X has missing values in 1 column: 'x1' \(1 value, in data row 1\)",
        ):
            inputs.encode_matrix([[1.0, np.nan, 1.0]])
        with pytest.raises(
            sn.InvalidInput,
            match="column 'x2' of X must hold finite numbers, but data row 1 has -inf",
        ):
            inputs.encode_matrix([[1.0, 1.0, -np.inf]])

    def test_missing_values_are_filled_if_a_fill_was_learned(self):
        inputs = learn({"x": [1.0, 3.0, 9.0]}, missing="impute")
        np.testing.assert_array_equal(
            inputs.encode_matrix([[np.nan]]), inputs.encode_matrix([[3.0]])
        )


class TestLearnRefuses:
    @pytest.mark.parametrize(
        ("table", "options", "words"),
        [
            ({"a": [1.0, None]}, {}, r"missing values in 1 column: 'a' \(1 value, in data row 2\); fill them"),
            ({"a": [None, None]}, {}, "column 'a' of the table has no values; leave it out of the inputs"),
            ({"a": [1.0, b"2"]}, {}, "'a' of the table holds values that are not all numbers, all dates or all text"),
            ({"a": [[1], [2]]}, {}, "leave it out .*, or write one number"),
            ({"a": ["1", "2", "x"]}, {}, "'a' of the table holds numbers, but data row 3 has 'x'; correct the cell"),
            ({"a": [1.0, np.inf]}, {}, "column 'a' of the table must hold finite numbers, but data row 2 has inf"),
            ({"a": [1.0, np.inf, None]}, {"missing": "impute"}, "column 'a' of the table must hold finite numbers"),
            ({"a": [1.0, None]}, {"missing": "drop"}, "missing values in 1 column: 'a'"),
            ({"a": ["u", None]}, {"missing": "drop"}, "missing values in 1 column: 'a'"),
            ({"a": [1.0]}, {"scaling": "standard"}, "scaling 'standard' is not recognized; did you mean 'standardize'"),
            ({"a": [1.0]}, {"missing": "fill"}, "missing 'fill' is not recognized; choose one of impute, drop, refuse"),
            ({"a": [1.0]}, {"unseen": "zero"}, "unseen 'zero' is not recognized; choose one of auto, rare, refuse"),
            ({"a": [-1e308, 1e308]}, {}, "column 'a' ranges from -1e.308 to 1e.308"),
            ({"a": [1.0, 2.0]}, {"weights": [1.0]}, r"weights has shape \(1,\) but there are 2 rows"),
        ],
    )  # fmt: skip
    def test_a_column_that_cannot_be_an_input(self, table, options, words):
        with pytest.raises(sn.InvalidInput, match=words):
            learn(pd.DataFrame(table), **options)

    @pytest.mark.filterwarnings("ignore:column 'a' of the table is read as text")
    @pytest.mark.parametrize("other", ["821", "3.2M"])
    def test_a_number_in_another_unit(self, other):
        words = f"'a' of the table .* has '{other}'; .* in one unit"
        with pytest.raises(sn.InvalidInput, match=words):
            learn(pd.DataFrame({"a": ["14.2k", "18.5k", other]}))

    @pytest.mark.parametrize("column", [[None, None, 1.0], [None, None, "u"]])
    def test_no_values_in_the_training_rows(self, column):
        table = sn.read_table({"a": column})
        with pytest.raises(
            sn.InvalidInput, match="column 'a' of the table has no values in the training rows"
        ):
            Inputs.learn(table, ("a",), np.array([0, 1]), missing="impute")

    def test_no_training_rows(self):
        with pytest.raises(sn.InvalidInput, match="there are no training rows"):
            Inputs.learn(sn.read_table({"a": [1.0]}), ("a",), np.array([], dtype=int))

    def test_text_among_numbers_is_taken_as_labels_on_request(self):
        assert learn({"a": ["1", "2", "x"]}, categories=("a",), rare=0).features == (
            "a=1",
            "a=2",
            "a=x",
        )

    def test_huge_numbers_have_a_median(self):
        assert learn({"a": [1.5e308, 1.7e308, None]}, missing="impute").columns[
            0
        ].fill == pytest.approx(1.6e308)


class TestOutside:
    def test_both_ends_are_counted(self):
        inputs = learn({"hours": [1.0, 10.0]})
        assert inputs.range_messages(sn.read_table({"hours": [0.5, 5.0, 11.0, 12.0]})) == [
            "hours: 1 of 4 rows is below 1, the smallest value of the training rows",
            "hours: 2 of 4 rows are above 10, the largest value of the training rows",
        ]

    def test_dates_are_written_as_dates(self):
        inputs = learn(
            pd.DataFrame({"day": pd.to_datetime(["2024-01-01T00:00", "2024-03-01T12:00"])})
        )
        new = sn.read_table(pd.DataFrame({"day": pd.to_datetime(["2023-12-31", "2025-01-01"])}))
        assert inputs.range_messages(new) == [
            "day: 1 of 2 rows is below 2024-01-01, the smallest value of the training rows",
            "day: 1 of 2 rows is above 2024-03-01T12:00:00, the largest value of the training rows",
        ]

    def test_a_day_outside_the_calendar_is_written_as_a_number(self):
        column = NumberColumn("day", "date", 0.0, 1.0, 0.0, 1e300)
        assert list(column.range_messages(np.array([2e300]))) == [
            "day: 1 of 1 row is above 1e+300, the largest value of the training rows"
        ]

    def test_labels_that_count_as_rare(self):
        inputs = learn({"c": ["a", "a", "b"]}, unseen="rare")
        assert inputs.range_messages(sn.read_table({"c": ["x", "y", "a"]})) == [
            "c: 2 of 3 rows have labels that are not in the training rows and count as rare: 'x' (1) and 'y' (1)"
        ]

    def test_the_training_rows_are_inside(self):
        table = of_every_kind()
        assert learn(table).range_messages(sn.read_table(table)) == []

    def test_more_than_a_few_are_counted(self):
        names = [f"x{i}" for i in range(20)]
        inputs = learn({name: [0.0, 1.0] for name in names})
        messages = inputs.range_messages(sn.read_table({name: [-1.0, 2.0] for name in names}))
        assert len(messages) == 9
        assert messages[-1] == (
            "32 more messages about values outside the range of the training rows"
        )


class TestNotices:
    def test_fills_and_rare_labels_give_notices(self):
        table = {"x": [1.0, 3.0, None, 3.0], "c": ["a", "a", None, "b"]}
        inputs = learn(table, missing="impute")
        where = "x (1, with 3 and an indicator) and c (1, with 'a' and an indicator)"
        assert inputs.notices(sn.read_table(table)) == (
            f"2 missing values are filled with a typical value of the training rows: {where}",
            "c: the label 'b' is rare and is replaced by '(rare)'",
        )

    def test_no_notices(self):
        table = of_every_kind()
        assert learn(table).notices(sn.read_table(table)) == (
            "date 'day': trend, hour of day, weekday",
        )


class TestCompleteRows:
    def test_rows_without_missing_values(self):
        table = sn.read_table(
            {"x": [1.0, None, 3.0, 4.0], "y": ["a", "b", None, "d"], "z": [None] * 4}
        )
        np.testing.assert_array_equal(complete_rows(table, ("x", "y")), [0, 3])


NUMBER = {
    "name": "x",
    "kind": "number",
    "shift": 0.0,
    "scale": 1.0,
    "lowest": 0.0,
    "highest": 1.0,
    "fill": None,
}
CATEGORY = {"name": "c", "labels": ("a", "b"), "rare": ("d",), "unseen": "refuse", "fill": None}


class TestConstructorsRefuse:
    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"name": 3}, "name of a column must be text, but is 3"),
            ({"kind": "text"}, "kind of column 'x' 'text' is not recognized"),
            ({"kind": None}, "kind of column 'x' None is not recognized"),
            ({"shift": "0"}, "shift of column 'x' must be a number, but is '0'"),
            ({"shift": float("nan")}, "shift of column 'x' must be finite, but is nan"),
            ({"scale": 0.0}, "scale of column 'x' must be positive, but is 0.0"),
            ({"scale": True}, "scale of column 'x' must be a number, but is True"),
            (
                {"lowest": 2.0},
                "lowest of column 'x' must not be above highest, but they are 2.0 and 1.0",
            ),
            ({"highest": None}, "highest of column 'x' must be a number, but is None"),
            ({"fill": float("inf")}, "fill of column 'x' must be finite, but is inf"),
            ({"fill": 10**400}, "fill of column 'x' must be finite"),
        ],
    )
    def test_a_number_column(self, change, words):
        assert NumberColumn(**NUMBER).scale == 1.0
        with pytest.raises(sn.InvalidInput, match=words):
            NumberColumn(**(NUMBER | change))

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"name": None}, "name of a column must be text, but is None"),
            ({"labels": "ab"}, "labels of column 'c' must be a list of text, but is 'ab'"),
            ({"labels": (1, 2)}, r"labels of column 'c' must be a list of text, but is \(1, 2\)"),
            ({"rare": [None]}, r"rare of column 'c' must be a list of text, but is \[None\]"),
            ({"labels": (), "rare": ()}, "column 'c' must have at least one label, but has none"),
            (
                {"labels": ("a", "a")},
                "labels of column 'c' must be distinct, but 'a' occurs twice",
            ),
            ({"rare": ("b",)}, "labels of column 'c' must be distinct, but 'b' occurs twice"),
            ({"unseen": "x"}, "unseen of column 'c' 'x' is not recognized"),
            ({"fill": "x"}, "fill of column 'c' must be one of its labels, but is 'x'"),
            ({"is_ordered": 1}, "is_ordered of column 'c' must be True or False, but is 1"),
            ({"fill": 1}, "fill of column 'c' must be one of its labels, but is 1"),
        ],
    )
    def test_a_category_column(self, change, words):
        assert CategoryColumn(**CATEGORY).known == ("a", "b", "d")
        with pytest.raises(sn.InvalidInput, match=words):
            CategoryColumn(**(CATEGORY | change))

    def test_lists_of_labels_become_tuples(self):
        assert CategoryColumn("c", ["a"], ["b"]).known == ("a", "b")

    @pytest.mark.parametrize(
        ("columns", "options", "words"),
        [
            ((), {}, "inputs must have at least one column, but have none"),
            (
                ("x",),
                {},
                "a column of the inputs must be a NumberColumn or a CategoryColumn, but is 'x'",
            ),
            (
                (NumberColumn(**NUMBER),) * 2,
                {},
                "columns of the inputs must be distinct, but 'x' occurs twice",
            ),
            ((NumberColumn(**NUMBER),), {"scaling": "x"}, "scaling 'x' is not recognized"),
            ((NumberColumn(**NUMBER),), {"missing": "x"}, "missing 'x' is not recognized"),
        ],
    )
    def test_inputs(self, columns, options, words):
        with pytest.raises(sn.InvalidInput, match=words):
            Inputs(columns, **options)

    def test_a_scaler_of_other_columns(self):
        with pytest.raises(
            sn.ShapeMismatch, match=r"X of shape \(1, 2\), 1 names and a scaler of 2 columns"
        ):
            Inputs.from_scaler(("a",), sn.preprocessing.Scaler.fixed([1.0, 1.0]), [[1.0, 2.0]])


@given(shift=st.floats(-1e6, 1e6).filter(lambda v: abs(v) > 1e-6), scale=st.floats(1e-6, 1e6))
def test_a_number_that_was_zero_is_zero_again(shift: float, scale: float) -> None:
    column = NumberColumn("x", "number", shift, scale, lowest=-1e6, highest=1e6)
    assert column.values_of(np.array([[(0.0 - shift) / scale]])) == [0.0]
    assert column.values_of(np.array([[(1e-3 * shift - shift) / scale]])) != [0.0]
