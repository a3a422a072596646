"""Messages cut long names of columns and files, as of a damaged file, and escape their control characters."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheernet as sn

LONG = "\x1b[31m" + "n" * 5000
ROWS = np.arange(30.0)
X = np.random.default_rng(0).normal(size=30)
FEW = {"hidden": 1, "starts": 1, "decay": 0.1}


def said(table: Any, target: str, **given: Any) -> list[str]:
    """Return the warnings and the error of a fit."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            sn.fit(table, target, **FEW, **given)
        except sn.InvalidInput as error:
            return [str(error)]
    return [str(each.message) for each in caught]


@pytest.mark.parametrize(
    ("column", "given"),
    [
        (np.where(ROWS == 3, np.inf, X), {}),
        (ROWS * 0, {}),
        (ROWS * np.nan, {"inputs": [LONG]}),
        (-np.ones(30), {"weights": LONG}),
        (X, {"weights": LONG, "inputs": [LONG]}),
        (X + 2.0**60, {}),
        (ROWS.astype("M8[D]").astype(str), {"categories": [LONG]}),
    ],
    ids=["infinite", "constant", "empty", "weights", "two roles", "rounded", "dates"],
)  # fmt: skip
def test_of_columns_are_cut_and_escaped(column: Any, given: dict[str, Any]) -> None:
    messages = said({LONG: column, "z": X, "y": X**2}, "y", **given)
    named = [each for each in messages if "nnn" in each]
    assert named
    for message in named:
        assert len(message) < 1500
        assert "\x1b" not in message


def test_of_files_are_cut(tmp_path: Path) -> None:
    missing = tmp_path / "/".join(["f" * 200] * 10) / "data.csv"
    with pytest.raises(sn.InvalidInput, match=r"^there is no file '.*…f*/data\.csv'") as caught:
        sn.read_table(missing)
    assert len(str(caught.value)) < 500
