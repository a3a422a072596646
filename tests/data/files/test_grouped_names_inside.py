"""As test_grouped_names.py, by names that are not published."""

from __future__ import annotations

from typing import Any

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from sheernet.data.files.grouped_names import are_grouped, joined_names


@given(st.lists(st.sampled_from(["", "a", "b", "c"]), min_size=2, max_size=6), st.data())
def test_groups_are_taken_only_if_all_names_are_told_apart(groups: list[str], data: Any) -> None:
    """The groups of pandas: the last filled cell at or before each column."""
    names = data.draw(
        st.lists(st.sampled_from(["", "x", "y"]), min_size=len(groups), max_size=len(groups))
    )
    filled = pd.Series(groups).replace("", None).ffill().fillna("")
    expected = [f"{group} {name}".strip() for group, name in zip(filled, names, strict=True)]
    assert joined_names(groups, names) == expected
    if are_grouped(groups, names):
        assert len(set(expected)) == len(expected)
        assert all(expected)
