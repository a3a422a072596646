"""The ranges of long tables, which are computed from several rows at a time."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn

pytest.importorskip("sklearn")

from sheernet.data.sources.array_tables import input_names
from sheernet.models.estimators.fit_facts import LONG_ROW, FitFacts

COLUMNS = 300
AT_A_TIME = LONG_ROW // COLUMNS
NETWORK = sn.Network.from_weights(
    sn.Architecture((COLUMNS, 1)), {"W1": np.zeros((COLUMNS, 1)), "b1": [0.0]}
)


@pytest.mark.parametrize("rest", range(AT_A_TIME))
def test_ranges_of_a_long_table_are_those_of_its_columns(rest: int) -> None:
    assert AT_A_TIME == 3
    rng = np.random.default_rng(rest)
    n_rows = 100 * AT_A_TIME + rest
    X = rng.normal(size=(n_rows, COLUMNS))
    X[np.arange(n_rows), np.arange(n_rows) % COLUMNS] = 9.0  # each row has an extreme
    X[np.arange(n_rows)[::-1], np.arange(n_rows) % COLUMNS] -= 20.0
    X += np.arange(COLUMNS)
    facts = FitFacts.of(NETWORK, X, X[:, :1], names=input_names(COLUMNS))
    assert facts.lowest.tolist() == [min(column) for column in X.T.tolist()]
    assert facts.highest.tolist() == [max(column) for column in X.T.tolist()]
