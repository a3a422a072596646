"""As test_split_effects.py, by names that are not published."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from models.fitting.prepared_tables import prepare
from models.fitting.tables import quickly, table
from sheernet.models.fitting import split_rows
from sheernet.models.row_roles import RowRoles

pytestmark = pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")


HELD_OUT = split_rows(40, 0.25, 0)[1]


def only_held_out(usual: Any, *others: Any) -> list[Any]:
    """A column in which only held-out rows have other values."""
    values = [usual] * 40
    for n, row in enumerate(HELD_OUT):
        values[row] = others[n % len(others)]
    return values


def leading_words(notices: tuple[str, ...], name: str) -> list[str]:
    return [notice for notice in notices if name in notice]


class TestOneValueInTraining:
    @pytest.mark.parametrize(
        "values",
        [
            (1.0, 50.0), (0, 1), (False, True), ("a", "b"), (5.0, np.nan, 6.0), (np.nan, 5.0, 6.0),
            (pd.Timestamp("2024-01-01"), pd.Timestamp("2026-01-01")), (None, "a", "b"),
        ],
    )  # fmt: skip
    def test_is_left_out_with_a_notice(self, values: tuple[Any, ...]) -> None:
        data = pd.DataFrame({**table(), "z": only_held_out(*values)})
        model = quickly(data, "y", held_out=0.25, missing="impute")
        assert model.inputs.names == ("a", "b")
        assert len(leading_words(model.notices, "'z'")) == 1

    @pytest.mark.parametrize(("usual", "other"), [(1.0, 50.0), (False, True), ("a", "b")])
    def test_is_kept_with_a_notice_if_it_is_named(self, usual: Any, other: Any) -> None:
        data = {**table(), "z": only_held_out(usual, other)}
        model = quickly(data, "y", held_out=0.25, inputs=["a", "z"])
        assert model.inputs.names == ("a", "z")
        assert (
            "'z' has one value in the training rows and others only in held-out rows"
            in " ".join(model.notices)
        )

    @pytest.mark.parametrize("value", [10.0, "good", True])
    @pytest.mark.parametrize(
        ("how", "end"),
        [({"categories": ["z"]}, "it is left out"), ({"inputs": ["a", "z"]}, "the model cannot know .* other values")],
    )  # fmt: skip
    def test_is_not_said_to_be_in_held_out_rows_if_only_missing_values_are(
        self, value: Any, how: dict[str, Any], end: str
    ) -> None:
        data = pd.DataFrame({**table(), "z": only_held_out(value, None)})
        notices = quickly(data, "y", held_out=0.25, missing="impute", **how).notices
        expected = f"'z' has one value in all rows, missing ones not counted: {end}"
        assert any(re.fullmatch(expected, notice) for notice in notices)
        assert "only in held-out rows" not in " ".join(notices)

    def test_is_kept_if_no_other_input_is_left(self) -> None:
        data = {"z": only_held_out(1.0, 2.0), "y": table()["y"]}
        assert quickly(data, "y", held_out=0.25).inputs.names == ("z",)


class TestLabelsOfHeldOutRows:
    @pytest.mark.parametrize("rare", [0, 0.01, 0.1])
    @pytest.mark.parametrize("new", ["c", "C", " c", "10"])
    def test_count_as_rare(self, rare: float, new: str) -> None:
        labels = np.array(["a", "b"] * 20, dtype=object)
        labels[HELD_OUT[:2]] = new
        column = quickly({**table(), "z": labels}, "y", held_out=0.25, rare=rare).inputs.columns[-1]
        assert (column.labels, column.rare) == (("a", "b"), (new.strip(),))


class TestRowsOutside:
    def far(self) -> dict[str, np.ndarray]:
        data = table()
        data["a"][HELD_OUT[:4]] = 900.0
        return data

    def test_are_a_cause_of_poor_predictions(self) -> None:
        model = sn.fit(self.far(), "y", hidden=3, decay=0.0, starts=1, max_iter=200, held_out=0.25)
        text = " ".join(model.report().split())
        assert model.held_out_fit.r2[0] < 0
        assert (
            "have inputs ('a') outside of the range of the training rows by more than 10 %" in text
        )
        assert "has learned noise, or it extrapolates, because" in text


class TestRowRoles:
    def test_count_rows_of_the_table_as_it_was_given(self) -> None:
        data = pd.DataFrame(table())
        data.loc[[3, 7], "a"] = np.nan
        data["w"] = np.where(np.arange(40) == 9, 0.0, 1.0)
        prepared = prepare(data, "y", held_out=0.25, missing="drop", weights="w")
        rows = prepared.rows
        assert rows.left_out.tolist() == [3, 7, 9]
        assert np.array_equal(prepared.evaluation.truth[:, 0], data["y"].to_numpy()[rows.held_out])
        assert np.array_equal(prepared.training.truth[:, 0], data["y"].to_numpy()[rows.training])

    @given(st.integers(1, 30), st.data())
    def test_each_row_has_one(self, count: int, data: st.DataObject) -> None:
        roles = data.draw(st.lists(st.sampled_from("tho"), min_size=count, max_size=count))
        held_out, left_out = (np.flatnonzero(np.array(roles) == role) for role in "ho")
        rows = RowRoles(count, held_out, left_out)
        assert [name[0] for name in rows.names] == [{"o": "l"}.get(role, role) for role in roles]
        assert rows.training.tolist() == [i for i, role in enumerate(roles) if role == "t"]

    @pytest.mark.parametrize(
        ("held_out", "left_out"), [([4], []), ([-1], []), ([2, 1], []), ([1, 1], []), ([1], [1])]
    )
    def test_refuse_rows_that_are_none(self, held_out: list[int], left_out: list[int]) -> None:
        with pytest.raises(sn.InvalidInput, match="'rows'"):
            RowRoles(4, np.array(held_out, np.int64), np.array(left_out, np.int64))
