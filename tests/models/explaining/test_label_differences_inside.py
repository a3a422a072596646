"""As test_label_differences.py, by names that are not published."""

from __future__ import annotations

import numpy as np

import sheernet as sn
from models.explaining.test_label_differences import LINE
from sheernet.models.explaining import effects


def test_raw_means_are_those_of_the_rows_that_are_used(monkeypatch) -> None:
    """With y = 1.5 for a and 0.5 for b, the mean of any rows with a is 1.5."""
    label = np.random.default_rng(0).choice(["a", "b"], 90)
    table = {"label": label, "y": (label == "a") + 0.5}
    fitted = sn.fit(table, "y", **LINE)
    monkeypatch.setitem(effects.MOST_ROWS, "ale", 30)
    found = fitted.effects(table)
    assert found.rows == "30 of 90 training rows, drawn at random"
    assert found["label"].raw.ravel().tolist() == [1.5, 0.5]
