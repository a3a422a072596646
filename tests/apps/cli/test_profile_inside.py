"""As test_profile.py, by names that are not published."""

from __future__ import annotations

import pytest

import sheernet as sn
from sheernet.apps.cli.named_values import row
from sheernet.data.columns import CategoryColumn, Inputs, NumberColumn


def test_values_have_the_types_of_the_columns() -> None:
    inputs = Inputs((
        NumberColumn("a=b", "number", 0.0, 1.0, 0.0, 9.0),
        NumberColumn("on", "boolean", 0.0, 1.0, 0.0, 1.0),
        NumberColumn("day", "date", 0.0, 1.0, 0.0, 9.0),
        CategoryColumn("code", ("1", "2")),
    ))  # fmt: skip
    found = row(["a=b=3, on=No", "day=2024-02-01", '"code=1"'], inputs, "at")
    assert found == {"a=b": 3.0, "on": False, "day": "2024-02-01", "code": "1"}
    with pytest.raises(sn.InvalidInput, match="at of on must be true or false, but 'maybe'"):
        row(["on=maybe"], inputs, "at")
