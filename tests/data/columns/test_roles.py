"""Roles of columns: which are left out, which can be kept, and error messages."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from sheernet.data.columns import Inputs
from sheernet.data.columns.roles import Roles, choose_roles, read_weights

TABLE = {
    "x": [0.1, 0.7, 0.2, 0.4],
    "c": ["a", "b", "a", "b"],
    "w": [1.0, 2.0, 0.0, 1.0],
    "y": [1.0, 2.0, 3.0, 5.0],
}


def choose(table, target="y", **options):
    return choose_roles(sn.read_table(pd.DataFrame(table)), target, **options)


class TestDefaults:
    def test_every_other_column_is_an_input_in_the_order_of_the_table(self):
        assert choose(TABLE) == Roles(("x", "c", "w"), ("y",), None, ())

    def test_targets_weights_and_dropped_columns_are_not_inputs(self):
        roles = choose(TABLE, ["y", "x"], weights="w")
        assert roles == Roles(("c",), ("y", "x"), "w", ())
        assert choose(TABLE, drop=["w", "c"]).inputs == ("x",)

    @given(inputs=st.permutations(["x", "c", "w"]), n=st.integers(1, 3))
    def test_named_inputs_are_taken_in_their_order(self, inputs, n):
        assert choose(TABLE, inputs=inputs[:n]) == Roles(tuple(inputs[:n]), ("y",), None, ())

    @pytest.mark.parametrize(
        ("column", "why"),
        [
            ([7.0, 7.0, 7.0, 7.0], "'z' is left out: it has the same value in every row"),
            (
                [7.0, None, 7.0, 7.0],
                "'z' is left out: it has one value and 1 missing value; if it matters which values are missing, fill",
            ),
            (["u", None, None, "u"], "'z' is left out: it has one value and 2 missing values; if it"),
            ([None, True, None, None], "'z' is left out: it has one value and 3 missing values; if it"),
            ([False, None, False, False], "'z' is left out: it has one value and 1 missing value; if"),
            (
                pd.to_datetime(["2024-01-01", None, "2024-01-01", None]),
                "'z' is left out: it has one value and 2 missing values; if it",
            ),
            ([0, 0, np.nan, np.nan], "'z' is left out: it has one value and 2 missing values; if it"),
            ([True] * 4, "'z' is left out: it has the same value in every row"),
            (["u"] * 4, "'z' is left out: it has the same value in every row"),
            (pd.to_datetime(["2024-01-01"] * 4), "'z' is left out: it has the same value in every row"),
            ([None] * 4, "'z' is left out: it has no values"),
            (
                list("abcd"),
                (
                    "'z' is left out: its 4 values are all different; "
                    "name it in inputs with rare=0 to keep it"
                ),
            ),
            (
                ["a", None, "b", None],
                (
                    "'z' is left out: its 2 values are all different, and 2 are missing; if each holds for the rows "
                    "below it too, as in merged cells, fill them down; name it in inputs with rare=0 to keep it"
                ),
            ),
            ([1.0, b"2", 3.0, 4.0], "'z' is left out: it holds values that are not all numbers"),
            ([[1], [2], [3], [4]], "'z' is left out: it holds values that are not all numbers"),
            (np.array([1, 2, 3j, 4]), "'z' is left out: it holds values that are not all numbers"),
        ],
    )  # fmt: skip
    def test_uninformative_columns_are_left_out_with_a_message(self, column, why):
        roles = choose(TABLE | {"z": column})
        assert roles.inputs == ("x", "c", "w")
        assert len(roles.left_out) == 1
        assert roles.left_out[0].startswith(why)

    def test_text_of_which_no_value_is_in_the_share_of_rows(self):
        table = {
            "x": np.arange(100.0) ** 2,
            "z": [f"name {i // 2}" for i in range(100)],
            "y": np.arange(100.0),
        }
        assert choose(table).inputs == ("x", "z")
        roles = choose(table, rare=0.05)
        assert roles.inputs == ("x",)
        assert roles.left_out[0].startswith(
            "'z' is left out: none of its 50 values occurs in at least 5 % of the rows"
        )


class TestRowNumbers:
    @pytest.mark.parametrize("start", [0, 1])
    @pytest.mark.parametrize(
        "name", ["row", "row 2", "Unnamed: 0", "Unnamed: 0.1", "rownames", "row.names"]
    )
    def test_without_a_name_they_are_left_out(self, name, start):
        roles = choose({name: range(start, start + 4), **TABLE})
        assert roles.inputs == ("x", "c", "w")
        assert roles.left_out == (
            f"{name!r} is left out: it is only a row number; name it in inputs to keep it",
        )
        assert choose({**TABLE, name: range(start, start + 4)}).inputs == ("x", "c", "w")

    def test_two_of_them_without_a_name_are_left_out(self):
        table = {"row": range(4), "Unnamed: 0": range(1, 5), **TABLE}
        assert choose(table).inputs == ("x", "c", "w")

    @pytest.mark.parametrize("name", ["row", "Unnamed: 0", "rownames"])
    @pytest.mark.parametrize(
        "column",
        [
            [88, 104, 3, 17],  # d[sample(nrow(d), 4), ]
            [1, 2, 3, 5],  # na.omit(d)
            [0, 3, 1, 2],  # pandas' d.sample(frac=1)
            [101, 102, 104, 109],  # subset(d, ...)
            [12, 12.1, 3, 12.2],  # d[sample(nrow(d), 4, replace = TRUE), ]
            [2, 40, 7.1, 7],
        ],
    )
    def test_of_chosen_rows_are_left_out_without_a_name(self, name, column):
        roles = choose({name: column, **TABLE})
        assert roles.inputs == ("x", "c", "w")
        assert roles.left_out == (
            f"{name!r} is left out: it is only a row number; name it in inputs to keep it",
        )
        named = choose({"n": column, **TABLE})
        assert named.inputs == ("n", "x", "c", "w")
        assert named.doubtful == ()
        assert choose({name: column, "y": TABLE["y"]}).inputs == (name,)

    @given(order=st.permutations(range(1, 31)), n=st.integers(4, 30))
    def test_of_any_rows_are_left_out_without_a_name_unless_in_equal_steps(self, order, n):
        table = {"row": order[:n], "x": np.sin(np.arange(n)), "y": np.cos(np.arange(n))}
        roles = choose(table)
        assert len(roles.left_out) == ("row" not in roles.inputs)
        are_in_steps = len(set(np.diff(order[:n]))) == 1 and order[:2] != [1, 2]
        assert ("row" in roles.inputs) == are_in_steps

    @pytest.mark.parametrize(
        "column",
        [
            [2, 3, 4, 5],
            [1947, 1948, 1949, 1950],
            [0.0, 0.5, 1.0, 1.5],
            [4, 3, 2, 1],
            [1, 2, None, 4],
            [5, 3, 5, 9],
            [-3, 1, 7, 8],
            [0.2, 1.7, 3.1, 8.0],
        ],
    )
    def test_other_numbers_without_a_name_are_kept(self, column):
        assert "row" in choose({"row": column, **TABLE}).inputs
        assert "n" in choose({"n": column, **TABLE}).inputs

    def test_as_the_only_input_it_is_kept(self):
        assert choose({"n": range(4), "y": TABLE["y"]}) == Roles(("n",), ("y",), None, ())
        assert choose({"row": range(4), "z": [1.0] * 4, "y": TABLE["y"]}).inputs == ("row",)

    def test_named_it_is_kept(self):
        table = {"n": [1, 2, 3, 4], **TABLE}
        assert choose(table, inputs=["n", "x"]).inputs == ("n", "x")
        assert choose(table, categories=["n"], rare=0).inputs == ("n", "x", "c", "w")


class TestRefuses:
    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (
                {"target": "yy"},
                "has no column 'yy': its columns are x, c, w and y; did you mean 'y'",
            ),
            ({"target": ()}, "no target column is named; name at least one"),
            ({"target": ["y", "y"]}, "column 'y' is named twice in target; name it once"),
            (
                {"inputs": ["x", "xx"]},
                "has no column 'xx': its columns are x, c, w and y; did you mean 'x'",
            ),
            ({"inputs": ["x", "x"]}, "column 'x' is named twice in inputs; name it once"),
            ({"drop": ["q"]}, "has no column 'q'"),
            ({"weights": "q"}, "has no column 'q'"),
            ({"categories": ["q"]}, "has no column 'q'"),
            (
                {"drop": "c, w"},
                r"no column 'c, w': .*; several columns are given as a list: \['c', 'w'\]$",
            ),
            ({"inputs": ["x,c"]}, r"no column 'x,c': .* as a list: \['x', 'c'\]$"),
            ({"drop": "c,q"}, "no column 'c,q': its columns are x, c, w and y; name one of these$"),
            (
                {"inputs": ["x", "y"]},
                "column 'y' is both a target and an input; give it one role",
            ),
            ({"weights": "y"}, "column 'y' is both a target and the weights; give it one role"),
            ({"drop": ["y"]}, "column 'y' is both a target and dropped; give it one role"),
            ({"inputs": ["x", "w"], "weights": "w"}, "column 'w' is both the weights and an input"),
            ({"inputs": ["x", "c"], "drop": ["c"]}, "column 'c' is both an input and dropped"),
            ({"categories": ["y"]}, "column 'y' is named in categories but is not an input"),
            (
                {"inputs": []},
                r"no input columns remain \(the table needs at least one besides the target\)",
            ),
            ({"drop": ["x", "c", "w"]}, "no input columns remain"),
            ({"rare": 2}, "rare must be a number from 0 to below 1"),
        ],
    )
    def test_names_that_contradict_each_other(self, options, words):
        with pytest.raises(sn.InvalidInput, match=words):
            choose(TABLE, **options)

    def test_nothing_left_says_what_was_left_out(self):
        with pytest.raises(
            sn.InvalidInput,
            match="the table has no usable input columns: 'z' ",
        ):
            choose({"z": [1.0] * 4, "y": TABLE["y"]})

    @pytest.mark.parametrize("options", [{}, {"inputs": ["z"]}])
    def test_a_column_of_numbers_with_text_in_it(self, options):
        with pytest.raises(
            sn.InvalidInput,
            match=r"'z' .* data row 2 has 'n/k' \(2 such cells\).* missing_values=\['n/k', '\?'\]",
        ):
            choose(TABLE | {"z": ["1", "n/k", "3", "?"]}, **options)

    @pytest.mark.parametrize(
        ("cells", "shown"),
        [
            ([1, True, 3, 4], ["True"]), ([1.5, 2, np.False_, 4], ["False"]), ([True, 1, 0, 0], ["True"]),
            ([2, True, "n/k", False, 3, 4], ["True", "n/k", "False"]), (["2", True, "3", 3], ["True"]),
            ([None, 7, True], ["True"]),
        ],
    )  # fmt: skip
    def test_booleans_among_numbers_are_told_like_text(self, cells, shown):
        table = {
            "x": np.arange(len(cells)) ** 2.0,
            "z": pd.Series(cells, dtype=object),
            "y": range(len(cells)),
        }
        row = 1 + next(i for i, cell in enumerate(cells) if isinstance(cell, (bool, np.bool_)))
        with pytest.raises(
            sn.InvalidInput,
            match=rf"column 'z' of the table holds numbers, but data row {row} has '{shown[0]}'",
        ) as raised:
            choose(table)
        (told,) = (s.value for s in raised.value.args[0].settings if s.name == "missing_values")
        assert told == shown
        assert sn.read_table(table, missing_values=told).kind("z") in ("number", "mixed")

    def test_all_columns_with_text_and_all_their_texts_are_told_at_once(self):
        table = {
            "x": [1.0, 5.0, 2.0, 4.0],
            "a": ["1", "n/k", "3", "?"], "b": ["unknown", "2", "3", "5"], "c": ["1.5", "n/k", "2", "7"],
            "y": ["3", "4", "no", "1"],
        }  # fmt: skip
        with pytest.raises(sn.InvalidInput) as raised:
            choose(table)
        message = str(raised.value)
        assert message.startswith(
            "4 columns of the table hold numbers and text: 'y' (1 cell, the first 'no' in data row 3), 'a' (2 cells, "
            "the first 'n/k' in data row 2), 'b' (1 cell, the first 'unknown' in data row 1) and 'c' (1 cell, "
        )
        (told,) = (s.value for s in raised.value.args[0].settings if s.name == "missing_values")
        cleaned = sn.read_table(table, missing_values=told)
        assert [int(cleaned.frame[name].isna().sum()) for name in "abcy"] == [2, 1, 1, 1]

    def test_long_names_are_cut(self):
        table = {f"{i}{900 * 'n'}{i}": ["1", "2", "no", "3"] for i in range(2)} | {
            "y": [1, 2, 3, 4]
        }
        with pytest.raises(
            sn.InvalidInput, match=r"'0n+…n+0' \(1 cell, .* '1n+…n+1' \(1 cell, "
        ) as raised:
            choose(table)
        assert len(str(raised.value)) < 1200

    def test_the_message_is_a_sentence_however_many_columns_and_texts_there_are(self):
        dirty = {f"column {i}": ["1", "2", 50 * "x" + f" {i}", "3"] for i in range(200)}
        with pytest.raises(
            sn.InvalidInput, match=r"200 columns of .* and 196 more; correct the cells"
        ) as raised:
            choose(dirty | {"y": range(4)})
        assert len(str(raised.value)) < 1000
        assert "missing_values=..." in str(raised.value)

    @pytest.mark.parametrize("n_beyond", [1, 9])
    def test_a_column_of_values_beyond_a_limit(self, n_beyond):
        table = {"z": ["0.5", "1.5", "> 1000"] + ["<0.2"] * n_beyond, "y": range(3 + n_beyond)}
        with pytest.raises(
            sn.InvalidInput, match=r"'> 1000' .*limit of detection .*, write the limit itself"
        ):
            choose(table)
        other = {"z": ["0.5", "1.5", "none"] + ["<0.2"] * 9}
        assert sn.read_table(other).kind("z") == "category"

    @pytest.mark.filterwarnings("ignore:.* several units:sheernet.SheernetWarning")
    @pytest.mark.parametrize(
        ("text", "way"),
        [
            ("5 - very good", "write numbers in place of texts such as '5 - very good'"),
            ("ca. 12", "write numbers in place of texts such as 'ca. 12'"),
            ("10-20", "write numbers in place of texts such as '10-20'"),
            ("12 kWh", "write '12 kWh' and the other numbers in one unit"),
            ("7.9%", "write '7.9%' and the other numbers in one unit"),
        ],
    )
    def test_texts_that_tell_a_number_are_no_missing_values(self, text, way):
        with pytest.raises(sn.InvalidInput) as raised:
            choose({"z": ["2", "3", "4", text], "y": range(4)})
        message = str(raised.value)
        assert way in message
        assert "missing" not in message
        with pytest.raises(sn.InvalidInput) as raised:
            choose({"z": ["2", "3", "4", "1", text, "none"], "y": range(6)})
        assert way in str(raised.value)
        assert "missing_values=['none']" in str(raised.value)

    def test_limits_with_commas_are_listed_as_the_setting_needs_them(self):
        cells = ["0.5", "1.5", "2.5", "2.5", "< 0,5", "<1,0"]
        with pytest.raises(sn.InvalidInput, match=r"missing_values=\['< 0,5', '<1,0'\]\)"):
            choose({"z": cells, "y": range(6)})

    def test_unless_it_is_dropped_or_taken_as_labels(self):
        table = {"x": [1.0, 5.0, 2.0] * 2, "z": ["1", "2", "?"] * 2, "y": range(6)}
        assert choose(table, drop=["z"]).inputs == ("x",)
        assert choose(table, categories=["z"]).inputs == ("x", "z")

    @pytest.mark.parametrize(
        ("column", "words"),
        [
            (
                [None] * 4,
                "input 'z' of the table must hold numbers, dates or text, but holds no values; omit it",
            ),
            (
                [1.0, b"2", 3.0, 4.0],
                "all dates or all text; omit it, or write one number or text in each cell",
            ),
            (
                list("abcd"),
                "every value of input 'z' of the table occurs only once; omit it",
            ),
        ],
    )
    def test_named_inputs_that_cannot_be_used(self, column, words):
        with pytest.raises(sn.InvalidInput, match=words):
            choose(TABLE | {"z": column}, inputs=["z"])

    def test_text_that_names_rows_is_kept_with_rare_0(self):
        table = sn.read_table(TABLE | {"z": list("abcd")})
        roles = choose_roles(table, "y", inputs=["z"], rare=0)
        assert Inputs.learn(table, roles.inputs, np.arange(4), rare=0).n_features == 4


class TestWeights:
    def test_a_column_of_weights(self):
        assert read_weights(sn.read_table(TABLE), "w").tolist() == TABLE["w"]

    @pytest.mark.parametrize(
        ("column", "words"),
        [
            (
                [1.0, None],
                r"missing values in 1 column: 'w' \(1 value, in data row 2\); give every row a weight",
            ),
            (
                [1.0, -2.0],
                "column 'w' of the table must hold weights of at least 0, but data row 2 has -2; correct the cell",
            ),
            (
                [1.0, np.inf],
                "column 'w' of the table must hold finite numbers, but data row 2 has inf",
            ),
            ([0.0, 0.0], "weights are all 0; at least one row must have a positive weight"),
            (["a", "b"], "column 'w' of the table must hold numbers, but data row 1 has 'a'"),
        ],
    )
    def test_invalid_weights(self, column, words):
        with pytest.raises(sn.InvalidInput, match=words):
            read_weights(sn.read_table({"w": column}), "w")


def test_of_a_table_without_usable_columns_the_error_says_why():
    table = sn.read_table({"k": [1.0] * 4, "site": ["A"] * 4, "y": [1.0, 2.0, 3.0, 5.0]})
    with pytest.raises(sn.InvalidInput) as caught:
        choose_roles(table, "y")
    assert str(caught.value) == (
        "the table has no usable input columns: 'k' and 'site' have the same value in every row"
    )


def test_the_error_about_many_columns_is_one_sentence():
    columns = {f"column {i}": [f"a{i}", f"b{i}", f"c{i}", f"d{i}"] for i in range(30)}
    with pytest.raises(sn.InvalidInput) as caught:
        choose_roles(sn.read_table({**columns, "y": [1.0, 2.0, 3.0, 5.0]}), "y")
    assert str(caught.value).endswith("; and 26 other columns")
    assert len(str(caught.value)) < 1000


def test_a_formula_is_answered_by_the_target() -> None:
    table = sn.read_table({"y": [1.0, 2.0], "x": [0.5, 0.7]})
    with pytest.raises(sn.InvalidInput, match=r"no formulas: name the target with target='y', and"):
        choose_roles(table, "y ~ x + log(z)")


@pytest.mark.parametrize("given", ["log(x)", "x*z", "x : z", "I(x^2)", "sqrt(z)"])
def test_a_formula_of_inputs_is_answered_by_columns(given: str) -> None:
    table = sn.read_table({"y": [1.0, 2.0], "x": [0.5, 0.7], "z": [1.0, 3.0]})
    with pytest.raises(
        sn.InvalidInput, match=r"no formulas: put logarithms, powers and products into"
    ):
        choose_roles(table, "y", inputs=[given])


def test_a_unit_in_a_name_is_no_formula() -> None:
    table = sn.read_table({"y": [1.0, 2.0], "weight": [0.5, 0.7]})
    with pytest.raises(sn.InvalidInput, match=r"did you mean 'weight'"):
        choose_roles(table, "y", inputs=["weight (g)"])
