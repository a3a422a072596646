"""A notice if labels differ only in upper and lower case, which are different labels."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from models.fitting.tables import quickly

NOTICE = "labels that differ only in upper and lower case are different labels"
X = np.linspace(0.0, 1.0, 40)


@pytest.mark.parametrize(
    ("labels", "alike"),
    [
        (["M1", "m1"], "'M1' and 'm1'"),
        (["Mitte", "Nord", "mitte"], "'Mitte' and 'mitte'"),
        (["STRASSE", "Straße"], "'STRASSE' and 'Straße'"),
        (["yes", "Yes", "YES", "no"], "'yes' and 'Yes'"),
        (["Ärzte", "ärzte"], "'Ärzte' and 'ärzte'"),
    ],
)
@pytest.mark.parametrize("role", ["input", "target"])
def test_labels_that_differ_only_in_case_are_said(labels: list[str], alike: str, role: str) -> None:
    column = [labels[i % len(labels)] for i in range(40)]
    table = {"x": X, "c": column, "y": X * X}
    with pytest.warns(sn.SheernetWarning, match=f"'c': {NOTICE}, such as {alike};"):
        model = quickly(table, "y" if role == "input" else "c")
    assert any(NOTICE in notice for notice in model.notices)


def test_other_labels_are_not() -> None:
    table = {"x": X, "c": [("M1", "M2", "m3")[i % 3] for i in range(40)], "y": X * X}
    assert not any(NOTICE in notice for notice in quickly(table, "y").notices)
