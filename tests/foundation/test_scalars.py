"""Whole numbers, numbers and shares: Python's and NumPy's alike, and nothing else."""

from __future__ import annotations

import math

import numpy as np
import pytest

import sheernet as sn
from sheernet.foundation.scalars import as_number, as_share, as_whole

NOT_NUMBERS = [True, np.True_, "3", None, [3], 3j, float("nan")]


class TestWhole:
    @pytest.mark.parametrize("value", [3, np.int64(3), np.uint8(3)])
    def test_takes_python_s_and_numpy_s(self, value) -> None:
        found = as_whole("starts", value, 1)
        assert (type(found), found) == (int, 3)

    @pytest.mark.parametrize("value", [*NOT_NUMBERS, 3.0, np.float64(3), 0, -1])
    def test_refuses_what_is_not_one_or_too_small(self, value) -> None:
        with pytest.raises(
            sn.InvalidInput, match=r"^starts must be a whole number of at least 1, but"
        ):
            as_whole("starts", value, 1)

    def test_the_message_says_that_none_is_allowed(self) -> None:
        with pytest.raises(sn.InvalidInput, match="of at least 1, or None, but 0 was given"):
            as_whole("threads", 0, 1, or_none=True)

    def test_a_long_value_is_cut(self) -> None:
        with pytest.raises(sn.InvalidInput) as refused:
            as_whole("starts", "x" * 1000, 1)
        assert len(str(refused.value)) < 150


class TestNumber:
    @pytest.mark.parametrize("value", [0, 0.5, np.float32(0.5), np.int8(0), math.inf])
    def test_takes_numbers(self, value) -> None:
        found = as_number("decay", value, least=0)
        assert (type(found), found) == (float, float(value))

    @pytest.mark.parametrize("value", [*NOT_NUMBERS, -1e-300])
    def test_refuses_others(self, value) -> None:
        with pytest.raises(sn.InvalidInput, match=r"^decay must be a number of at least 0, but"):
            as_number("decay", value, least=0)

    def test_without_a_bound_negative_numbers_are_good(self) -> None:
        assert as_number("target", -1e9) == -1e9


class TestShare:
    @pytest.mark.parametrize("value", [0, 0.25, np.float32(0.5)])
    def test_takes_shares(self, value) -> None:
        assert as_share("held_out", value) == float(value)

    @pytest.mark.parametrize("value", [*NOT_NUMBERS, 1, 25, -0.1])
    def test_refuses_others(self, value) -> None:
        with pytest.raises(sn.InvalidInput, match=r"^held_out must be a number from 0 to below 1"):
            as_share("held_out", value)
