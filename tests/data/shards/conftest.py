"""Data sets in files for the tests of shards."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest


@pytest.fixture
def write_parts(tmp_path):
    """Return a function that writes a DataFrame as Parquet files, cut at some rows, and returns their pattern."""

    def write(frame, cuts, name="part", row_group_size=None):
        ends = [0, *sorted(cuts), len(frame)]
        for i, (start, stop) in enumerate(itertools.pairwise(ends)):
            part = frame.iloc[start:stop].reset_index(drop=True)
            part.to_parquet(tmp_path / f"{name}-{i}.parquet", row_group_size=row_group_size)
        return str(tmp_path / f"{name}-*.parquet")

    return write


@pytest.fixture
def scores():
    """A table of 300 rows with columns of every kind."""
    rng = np.random.default_rng(3)
    n = 300
    frame = pd.DataFrame(
        {
            "hours": rng.normal(5, 2, n),
            "books": rng.integers(0, 9, n),
            "group": rng.choice(["a", "b", "c", "rare"], n, p=[0.5, 0.3, 0.19, 0.01]),
            "day": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 2000, n), "D"),
            "passed": rng.random(n) < 0.4,
            "price": [f"{x:,.2f} $" for x in rng.normal(2000, 300, n)],
            "weight": rng.integers(0, 4, n),
        }
    )
    frame["score"] = frame["hours"] + rng.normal(size=n)
    return frame
