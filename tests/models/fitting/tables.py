"""Tables for tests of fitting, and the shortest fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

import sheernet as sn


def table(rows: int = 40) -> dict[str, np.ndarray]:
    """y = 3 + 2 a - b^2, with a little noise."""
    rng = np.random.default_rng(rows)
    a, b = rng.normal(10.0, 3.0, rows), rng.uniform(-2.0, 2.0, rows)
    return {"a": a, "b": b, "y": 3.0 + 2.0 * a - b * b + 0.01 * rng.normal(size=rows)}


def mixed(rows: int = 40) -> pd.DataFrame:
    """A column of each kind, and a target of each."""
    rng = np.random.default_rng(rows)
    hours = rng.normal(5.0, 2.0, rows)
    return pd.DataFrame(
        {
            "hours": hours,
            "group": np.where(rng.random(rows) < 0.5, "day", "night"),
            "wet": rng.random(rows) < 0.4,
            "when": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 25, rows), "D"),
            "score": hours**2,
            "passed": hours > 5,
            "grade": np.select([hours < 4, hours < 6], ["A", "B"], "C"),
            "level": np.select([hours < 4, hours < 6], [1, 2], 3),
            "count": rng.integers(1, 4, rows),
        }
    )


INPUTS = ["hours", "group", "wet", "when"]


def quickly(*arguments: Any, **given: Any) -> sn.Model:
    return sn.fit(*arguments, **{"hidden": 1, "starts": 1, "max_iter": 1, **given})


def same_columns(one: sn.Model, other: sn.Model) -> bool:
    return one.inputs == other.inputs and one.targets == other.targets
