"""As test_durations.py, by names that are not published."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheernet.data.formats.durations import are_durations, hours_of
from sheernet.data.formats.number_formats import find_format

SECONDS = st.integers(-(10**7), 10**7)


@given(SECONDS)
def test_texts_of_pandas_and_python_are_the_hours(seconds: int) -> None:
    moment = datetime.timedelta(seconds=seconds)
    for text in (str(moment), str(pd.Timedelta(moment))):
        assert hours_of(text) == pytest.approx(seconds / 3600, rel=1e-14)


@given(SECONDS)
def test_clocks_and_words_are_the_hours(seconds: int) -> None:
    size, sign = abs(seconds), "-" * (seconds < 0)
    hours, minutes, rest = size // 3600, size // 60 % 60, size % 60
    for text in (
        f"{sign}{hours}:{minutes:02d}:{rest:02d}",
        f"{sign}{hours} h {minutes}min {rest} s",
    ):
        assert hours_of(text) == pytest.approx(seconds / 3600, rel=1e-14)


@pytest.mark.parametrize(
    ("texts", "hours"),
    [
        (["1:23:45", "27:00:00"], [1 + 23 / 60 + 45 / 3600, 27]), (["75:30", "0:06"], [75.5, 0.1]),
        (["2 days 03:00:00", "0 days 00:00:36.000"], [51, 0.01]), (["-1 days +23:30:00"], [-0.5]),
        (["90 min", "2 h"], [1.5, 2]), (["1h30m", "2 h"], [1.5, 2]), (["1 day, 2 hours"], [26]),
        (["00:00:36,0", "-01:30:00"], [0.01, -1.5]), (["1 d, 3:00:00"], [27]), (["2 weeks", "1.5 d"], [336, 36]),
        (["02:29.5", "00:30", "75:00.0"], [149.5 / 3600, 30 / 3600, 1.25]), (["-00:36.0"], [-0.01]),
        (["59:30,0", "1:02:15"], [59.5 / 60, 1.0375]),
    ],
)  # fmt: skip
def test_of_a_column(texts: list[str], hours: list[float]) -> None:
    form = find_format(texts).format
    assert form.kind == "duration"
    assert np.allclose(form.convert(texts), hours, rtol=1e-14)


@pytest.mark.parametrize(
    "texts",
    [
        ["14:30", "3:00"], ["1:23:45"], ["90 min", "91 min"], ["5 m", "3 s"], ["59:30", "1:02:15"], ["30 min 1 h"],
        ["27:00", "late"], ["27:75"], ["12 A", "3 h"], ["27:00", "2 h"], ["1.5"], ["2026-03-01 27:00"], ["12:30 p.m."],
        ["02:75.5"], ["02:29.5", "late"],
    ],
)  # fmt: skip
def test_other_columns_are_none(texts: list[str]) -> None:
    assert not are_durations(texts)
    assert find_format(texts).format.kind != "duration"
