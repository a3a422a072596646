"""A notice that rows held out at random do not show how later times are predicted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import sheernet as sn
from models.fitting.tables import quickly

NOTICE = "do not show the quality of predictions at later times"
RNG = np.random.default_rng(0)
DAYS = pd.date_range("2024-01-01", periods=40)


def _table(when: Any) -> pd.DataFrame:
    x = np.linspace(0.0, 1.0, len(when))
    return pd.DataFrame({"when": when, "x": x, "y": x * x})


@pytest.mark.parametrize(
    "when",
    [
        DAYS,
        DAYS[::-1],
        DAYS[RNG.permutation(40)],
        DAYS[np.arange(40) // 2],
        DAYS.strftime("%d.%m.%Y"),
        pd.date_range("2024-01-01", periods=40, freq="h"),
    ],
    ids=["in order", "backwards", "in any order", "two rows a day", "text", "hours"],
)
def test_a_series_in_time_is_told(when: Any) -> None:
    with pytest.warns(sn.SheernetWarning) as told:
        model = quickly(_table(when), "y")
    assert sum(NOTICE in str(warning.message) for warning in told) == 1
    assert sum(NOTICE in notice for notice in model.notices) == 1


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
@pytest.mark.parametrize("when", [DAYS[RNG.integers(0, 15, 40)], DAYS[np.arange(40) // 8]])
def test_other_dates_are_not(when: Any) -> None:
    assert not any(NOTICE in notice for notice in quickly(_table(when), "y").notices)


SECONDS = np.arange(40) * 0.05


@pytest.mark.parametrize(
    ("name", "times"),
    [
        ("time", SECONDS),
        ("Zeit [ms]", 1000 * SECONDS[::-1]),
        ("t_s", np.arange(40)),
        ("elapsedTime", SECONDS + 0.001 * RNG.random(40)),
        ("year", 1980 + np.arange(40) // 2),
        ("since start", pd.to_timedelta(SECONDS, "s")),
    ],
    ids=["steps", "backwards", "a count of rows", "unequal steps", "two rows a year", "durations"],
)
def test_a_recording_is_told(name: str, times: Any) -> None:
    table = _table(times).rename(columns={"when": name})
    with pytest.warns(sn.SheernetWarning) as told:
        model = quickly(table, "y")
    messages = [str(warning.message) for warning in told]
    assert sum(NOTICE in each and f"rows in {name!r}, do" in each for each in messages) == 1
    assert sum(NOTICE in notice for notice in model.notices) == 1


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("time", SECONDS[RNG.permutation(40)]),
        ("time", np.arange(40) // 8),
        ("depth", SECONDS),
        ("T", 300 + SECONDS),
        ("since start", pd.to_timedelta(SECONDS[RNG.permutation(40)], "s")),
    ],
    ids=["in any order", "few", "another quantity", "a temperature", "durations in any order"],
)
def test_other_numbers_are_not(name: str, numbers: Any) -> None:
    table = _table(numbers).rename(columns={"when": name})
    assert not any(NOTICE in notice for notice in quickly(table, "y").notices)


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
def test_later_rows_are_the_answer() -> None:
    table = _table(DAYS)
    model = quickly(table[:30], "y", test=table[30:])
    assert not any(NOTICE in notice for notice in model.notices)


@pytest.mark.parametrize("when", [DAYS, DAYS.tz_localize("UTC"), DAYS - DAYS[0]])
def test_an_index_of_dates_or_durations_is_told(when: Any) -> None:
    table = _table(when).set_index("when")
    with pytest.warns(sn.SheernetWarning) as told:
        model = quickly(table, "y")
    assert model.inputs.names == ("x",)
    messages = [str(warning.message) for warning in told]
    assert any("index of the table ('when') are left out; to use them" in each for each in messages)
    assert sum(NOTICE in each and "rows in 'when'" in each for each in messages) == 1


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
def test_an_index_of_dates_with_later_rows_is_only_left_out() -> None:
    table = _table(DAYS).set_index("when")
    notices = quickly(table[:30], "y", test=table[30:]).notices
    assert any("are left out" in notice for notice in notices)
    assert not any(NOTICE in notice for notice in notices)


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
@pytest.mark.parametrize(
    ("given", "is_told"),
    [
        ({"held_out": 0.0, "decay": 0.01}, False),
        ({"held_out": 0.0, "decay": "cv", "max_iter": 3}, True),
        ({"held_out": 0.25, "decay": 0.01}, True),
    ],
    ids=["none", "folds", "held out"],
)
@pytest.mark.parametrize("as_index", [False, True])
def test_only_rows_that_are_held_out_are_told_of(
    as_index: bool, given: dict[str, Any], is_told: bool
) -> None:
    table = _table(DAYS).set_index("when") if as_index else _table(DAYS)
    model = sn.fit(table, "y", hidden=1, starts=1, **given)
    assert any(NOTICE in notice for notice in model.notices) == is_told


@pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
@pytest.mark.parametrize("held_out", [0.0, 0.25])
def test_shards_without_held_out_rows_are_not_told_of(tmp_path: Path, held_out: float) -> None:
    _table(DAYS).to_csv(tmp_path / "days.csv", index=False)
    rows = sn.shards(tmp_path / "days.csv")
    model = sn.fit(rows, "y", hidden=1, starts=1, held_out=held_out, decay=0.01)
    assert any(NOTICE in notice for notice in model.notices) == (held_out > 0)
