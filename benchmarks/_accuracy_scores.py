"""The scores of accuracy.py on held-out rows, and the file that keeps them, one row per table, split and method."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from _accuracy_methods import Forecast
from _accuracy_tables import Array, Split

COVERED = 0.9
LEAST = 1e-15
"""Smallest probability in the log-loss."""
BINS, FEW_ROWS, BINS_OF_FEW = 15, 150, 10
SCORES = (
    "target_sd", "rmse", "log_density", "coverage", "width", "log_loss", "error", "calibration",
)  # fmt: skip
COLUMNS = (
    "table", "split", "method", "version", "n_train", "n_test", "seconds", *SCORES, "failure",
)  # fmt: skip

Key = tuple[str, int, str]
"""Table, split and method."""


def regression_scores(forecast: Forecast, split: Split) -> dict[str, float]:
    """Errors in the units of the target, the mean log density, and the 90 % interval."""
    scores = {
        "target_sd": float(np.std(split.y)),
        "rmse": float(np.sqrt(np.mean((forecast.mean - split.y_test) ** 2))),
    }
    if forecast.distribution is not None:
        low, high = forecast.distribution.interval(COVERED)
        inside = (low <= split.y_test) & (split.y_test <= high)
        scores["log_density"] = float(np.mean(forecast.distribution.logpdf(split.y_test)))
        scores["coverage"] = float(np.mean(inside))
        scores["width"] = float(np.mean(high - low))
    return scores


def class_scores(probabilities: Array, y: npt.NDArray[np.integer[Any]]) -> dict[str, float]:
    """Mean log-loss, share of wrong classes, and expected calibration error."""
    of_truth = np.clip(probabilities[np.arange(len(y)), y], LEAST, 1.0)
    right = np.argmax(probabilities, axis=1) == y
    return {
        "log_loss": float(-np.mean(np.log(of_truth))),
        "error": float(np.mean(~right)),
        "calibration": calibration_error(np.max(probabilities, axis=1), right),
    }


def calibration_error(confidence: Array, right: npt.NDArray[np.bool_]) -> float:
    """|mean confidence - share of right predictions|, averaged over bins of equally many rows.

    The confidence of a row is the largest of its probabilities.
    """
    order = np.argsort(confidence, kind="stable")
    n_bins = BINS if len(order) >= FEW_ROWS else min(BINS_OF_FEW, len(order))
    bins = np.array_split(order, n_bins)
    gaps = [len(rows) * abs(np.mean(confidence[rows]) - np.mean(right[rows])) for rows in bins]
    return float(np.sum(gaps) / len(order))


# ------------------------------------------------------------------------------------------- results


def append(path: Path, row: dict[str, object]) -> None:
    """Append a line by one write, so that no other process can write inside it."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    existing = path.read_bytes() if path.exists() else b""
    if not existing:
        writer.writeheader()
    elif not existing.endswith(b"\n"):  # the machine stopped in the middle of a line
        text.write("\n")
    writer.writerow(row)
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(file, text.getvalue().encode())
    finally:
        os.close(file)


def read(paths: Iterable[Path]) -> dict[Key, dict[str, str]]:
    """The complete rows of several files; a later row replaces an earlier one of the same table, split and method."""
    found: dict[Key, dict[str, str]] = {}
    for path in paths:
        if not path.exists():
            continue
        with path.open(newline="") as file:
            for row in csv.reader(file):
                if len(row) == len(COLUMNS) and row[0] != COLUMNS[0]:
                    named = dict(zip(COLUMNS, row, strict=True))
                    found[named["table"], int(named["split"]), named["method"]] = named
    return found
