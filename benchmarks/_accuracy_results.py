"""The results of accuracy.py, by table, method and score."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from _accuracy_scores import Key
from _accuracy_tables import Array

PERCENT = ("coverage", "error", "calibration")
RELATIVE = {"relative_rmse": "rmse", "relative_width": "width"}

OURS = "sheernet"
Pair = tuple[Array, Array]
"""Our values and those of another method, on the same splits."""


class Results:
    """Numbers of the results; a fit that failed has none."""

    def __init__(self, rows: Mapping[Key, Mapping[str, str]]) -> None:
        self._rows = rows
        self.failures: dict[Key, str] = {
            key: row["failure"] for key, row in rows.items() if row["failure"]
        }

    def _value(self, row: Mapping[str, str], score: str) -> float | None:
        text = row[RELATIVE.get(score, score)]
        if not text:
            return None
        unit = float(row["target_sd"]) if score in RELATIVE else 1.0
        return float(text) / unit * (100.0 if score in PERCENT else 1.0)

    def by_split(self, table: str, method: str, score: str) -> dict[int, float]:
        """The values of a method on the splits of a table."""
        found = {}
        for (table_, number, method_), row in self._rows.items():
            if (table_, method_) == (table, method):
                value = self._value(row, score)
                if value is not None:
                    found[number] = value
        return found

    def has(self, table: str, method: str, score: str) -> bool:
        """Whether there is any value."""
        return bool(self.by_split(table, method, score))

    def values(self, table: str, score: str) -> dict[str, Array]:
        """The values of each method, in the order of the splits that it has."""
        methods = dict.fromkeys(method for table_, _, method in self._rows if table_ == table)
        values = {method: self.by_split(table, method, score) for method in methods}
        return {
            method: np.array([found[number] for number in sorted(found)])
            for method, found in values.items()
            if found
        }

    def pairs(self, table: str, score: str) -> dict[str, Pair]:
        """For each other method, our values and its values on the splits that both have."""
        ours = self.by_split(table, OURS, score)
        found: dict[str, Pair] = {}
        for method in self.values(table, score):
            others = self.by_split(table, method, score)
            shared = sorted(ours.keys() & others.keys())
            if method != OURS and shared:
                found[method] = (
                    np.array([ours[number] for number in shared]),
                    np.array([others[number] for number in shared]),
                )
        return found

    def all(self, method: str, score: str) -> Array:
        """The values of a method on all tables and splits."""
        rows = [row for (_, _, method_), row in self._rows.items() if method_ == method]
        return np.array([float(row[score]) for row in rows if row[score]])

    def versions(self, method: str) -> set[str]:
        """The packages and versions that ran."""
        return {row["version"] for (_, _, method_), row in self._rows.items() if method_ == method}


def standard_error(values: Array) -> float:
    """The standard error of the mean; nan for a single value."""
    return float(np.std(values, ddof=1) / np.sqrt(len(values))) if len(values) > 1 else np.nan


def concise(values: Array) -> str:
    """Mean and standard error: 0.312(10) is 0.312 with a standard error of 0.010.

    The error has two digits if it begins with 1 or 2, otherwise one, and at most five decimals.
    """
    mean, error = float(np.mean(values)), standard_error(values)
    if not error > 1e-9 * abs(mean):  # one value, or equal values
        return f"{mean:.3g}"
    exponent = int(np.floor(np.log10(error)))
    decimals = int(np.clip(-exponent + (error / 10.0**exponent < 2.95), 0, 5))
    return f"{mean:.{decimals}f}({round(error * 10**decimals)})"
