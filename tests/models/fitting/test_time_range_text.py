"""Ranges of seconds in words."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sheernet.models.fitting.time_expected import UNCERTAINTY, UNITS, in_words

SECONDS = {name: size for size, name in UNITS}


@given(st.floats(1.0, 1e8))
def test_the_range_is_that_of_the_uncertainty_but_for_rounding(seconds: float) -> None:
    low, high, unit = re.fullmatch(r"(\d+) to (\d+) (\w+)", in_words(seconds)).groups()
    assert int(low) * SECONDS[unit] == pytest.approx(seconds / UNCERTAINTY, rel=0.3, abs=1.0)
    assert int(high) * SECONDS[unit] == pytest.approx(seconds * UNCERTAINTY, rel=0.3)
    assert int(low) < int(high)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(100.0, "60 to 170 seconds"), (200.0, "2 to 6 minutes"), (86400.0, "14 to 41 hours")],
)
def test_the_numbers_are_round(seconds: float, words: str) -> None:
    digits = [int(word) for word in words.split() if word.isdigit()]
    found = [int(word) for word in in_words(seconds).split() if word.isdigit()]
    assert found == [n if n < 10 else 5 * round(n / 5) for n in digits]
