"""Values that are paired by position are refused if their row labels show another pairing."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from sheernet.foundation.row_labels import require_paired

X = pd.DataFrame({"a": [1.0, 2, 3, 5], "b": [2.0, 1, 4, 3]}, index=list("pqrs"))
SHUFFLED = pd.Series([3.0, 1, 4, 2], index=list("rpsq"), name="y")


def test_the_same_labels_in_another_order_are_refused() -> None:
    with pytest.raises(sn.InvalidInput, match=r"y has the row labels of X in another .*y\.loc\[X"):
        require_paired(X, SHUFFLED)
    require_paired(X, SHUFFLED.loc[X.index])


@pytest.mark.parametrize("y", [SHUFFLED.to_numpy(), SHUFFLED.tolist(), None, "y", SHUFFLED[:3]])
def test_without_labels_or_with_other_rows_nothing_is_checked(y: Any) -> None:
    require_paired(X, y)


@pytest.mark.parametrize("labels", [range(4), range(100, 104)])
def test_other_labels_are_paired_by_position(labels: range) -> None:
    require_paired(X, SHUFFLED.set_axis(labels))


def test_default_labels_in_another_order_give_a_warning() -> None:
    with pytest.warns(sn.SheernetWarning, match="paired by position, but y has .* another order"):
        require_paired(X.reset_index(drop=True), SHUFFLED.set_axis([2, 0, 3, 1]))


def test_a_part_of_the_labels_gives_a_warning() -> None:
    with pytest.warns(sn.SheernetWarning, match="y has 2 of the 4 row labels of X"):
        require_paired(X, SHUFFLED.set_axis(list("pqtu")))


TABLE = X.assign(y=[1.0, 2, 3, 4])
NET = sn.Network.random(sn.Architecture((2, 1)))


@pytest.mark.parametrize(
    "call",
    [
        lambda: sn.fit(X, SHUFFLED, decay=0.1),
        lambda: sn.fit(X["a"], SHUFFLED, decay=0.1),
        lambda: sn.fit(TABLE, "y", weights=SHUFFLED, decay=0.1),
        lambda: sn.fit(TABLE, "y", test=(X, SHUFFLED), decay=0.1),
        lambda: sn.select(TABLE, "y", groups=SHUFFLED),
        lambda: sn.train(NET, X, SHUFFLED),
        lambda: sn.train(NET, X, np.arange(4.0), weights=SHUFFLED),
        lambda: sn.train(NET, X, np.arange(4.0), validation=(X, SHUFFLED)),
    ],
)
def test_every_way_to_give_values_beside_a_table_is_checked(call: Callable[[], Any]) -> None:
    with (
        warnings.catch_warnings(action="ignore", category=sn.SheernetWarning),
        pytest.raises(sn.InvalidInput, match="row labels of X in another order"),
    ):
        call()
