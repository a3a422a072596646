"""The numbers of rows and groups in a report add up to those of the table, for every way to use the rows."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sheernet as sn

N = 120
ONE = {"hidden": 2, "decay": 1e-2, "starts": 1, "max_iter": 20}
GROUPS = np.repeat([f"g{k}" for k in range(12)], 10)


def table(seed: int, *, with_gaps: bool, with_times: bool, with_weights: bool) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(N, 2))
    columns: dict[str, Any] = {"x": x[:, 0], "w": x[:, 1], "g": GROUPS[rng.permutation(N)]}
    columns["y"] = np.sin(x[:, 0]) + 0.2 * rng.normal(size=N)
    if with_times:
        columns["t"] = pd.date_range("2020-01-01", periods=N)
    if with_weights:
        columns["k"] = (rng.random(N) < 0.9).astype(float)
    if with_gaps:
        columns["x"][rng.random(N) < 0.1] = np.nan
        columns["y"][rng.random(N) < 0.1] = np.nan
    return pd.DataFrame(columns)


def first_number(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    assert found is not None, (pattern, text)
    return int(found[1])


@pytest.mark.parametrize("evaluated", ["default", "fraction", "test", "folds"])
@pytest.mark.parametrize("groups", [None, "g"])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
def test_rows_and_groups_add_up(seed: int, groups: str | None, evaluated: str) -> None:
    has = {"with_gaps": seed % 2 == 1, "with_times": seed == 2, "with_weights": seed > 1}
    data = table(seed, **has)
    settings: dict[str, Any] = dict(ONE) if evaluated != "folds" else {"time_limit": 2}
    settings |= {"missing": "impute" if seed == 3 else "drop"} if has["with_gaps"] else {}
    settings |= {"weights": "k"} if has["with_weights"] else {}
    settings |= {"fraction": {"held_out": 0.4}}.get(evaluated, {})
    given: dict[str, Any] = {} if groups is None else {"groups": groups}
    if groups is None:
        data = data.drop(columns="g")
    if evaluated == "test":
        given = {"test": table(seed + 9, **has)}
    model = sn.fit(data, "y", **given, **settings)
    assert model.rows is not None
    assert model.rows.count == N
    left_out = len(model.rows.left_out)
    report = " ".join(model.report(verbose=True).split())
    data_line = report.partition(" Data ")[2].partition(" Fit ")[0]
    used = f"{N - left_out} of {N} rows" if left_out else f"{N} rows"
    assert f" of the table, {used}; figures " in report
    assert data_line.startswith(f"the table: {used}, ")
    assert left_out == sum(map(int, re.findall(r"(\d+) of 120 rows of the table", report)))
    training = first_number(r"(\d+) for training", data_line)
    assert training == len(model.rows.training)
    held_out = len(model.rows.held_out)
    assert training + held_out + left_out == N
    if held_out:
        assert first_number(r", (\d+) held out", data_line) == held_out
        assert first_number(r"figures on (\d+) held-out rows", report) == held_out
        assert first_number(r"trained on the other (\d+)", report) == training
    if groups is not None and evaluated != "test":
        names = data["g"].to_numpy()
        n, of = len(np.unique(names[model.rows.used])), len(np.unique(names[model.rows.held_out]))
        counted = f"{of} of the {n} groups of 'g'" if held_out else f"{n} groups of 'g'"
        assert f"of whole groups ({counted})" in report
        independent = of or n
        assert f"over the {independent} groups of the " in report
