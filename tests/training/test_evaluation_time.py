"""The time of an evaluation over all rows, from few of them, by a planted clock."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planted_clock import Clock
from sheernet.training.evaluation_time import TOLERABLE, seconds_over_rows


class Rows:
    """Evaluations that take a time of their own and a time for each row; which numbers of rows were evaluated."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fixed: float, each: float) -> None:
        self.clock, self.fixed, self.each = Clock(monkeypatch), fixed, each
        self.sizes: list[int] = []

    def seconds(self, n_rows: int) -> float:
        return seconds_over_rows(self.evaluate, lambda rows: rows.stop, n_rows)

    def evaluate(self, n: int) -> None:
        self.sizes.append(n)
        self.clock.now += self.fixed + self.each * n


@given(st.floats(0.0, 1.0), st.floats(1e-6, 1.0), st.integers(1, 10**6))
def test_is_at_most_half_the_mean_of_a_row_off(fixed: float, each: float, n_rows: int) -> None:
    """Exact, unless what does not depend on the rows takes more than half of the time."""
    with pytest.MonkeyPatch.context() as patch:
        rows = Rows(patch, fixed, each)
        found, true = rows.seconds(n_rows), fixed + each * n_rows
        last = rows.sizes[-1]
    if fixed <= each * last and last > 1:
        assert found == pytest.approx(true, rel=1e-6)
    most = true + (fixed / 2) * (n_rows / last)
    assert (
        true * (1 - 1e-6) <= found <= (most if last > 1 else n_rows * (fixed + each)) * (1 + 1e-6)
    )


def test_takes_rows_until_the_time_can_be_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Rows(monkeypatch, 0.0, 1e-4)
    rows.seconds(10_000)
    assert rows.sizes == [1, 8, 64, 512]
    assert rows.clock.now < 0.06


def test_takes_no_more_than_twice_as_many_rows_as_take_a_tenth_of_a_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = Rows(monkeypatch, 0.02, 1e-4)
    rows.seconds(10_000)
    assert rows.sizes == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]


def test_repeats_all_rows_until_the_time_can_be_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Rows(monkeypatch, 0.01, 1e-6)
    assert rows.seconds(10) == pytest.approx(0.01 + 1e-5)
    assert rows.sizes == [1, 8, *8 * [10]]


def test_takes_two_rows_if_one_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Rows(monkeypatch, 0.0, TOLERABLE)
    assert rows.seconds(5000) == pytest.approx(5000 * TOLERABLE)
    assert rows.sizes == [1, 2]


def test_takes_no_second_row_if_one_takes_very_long(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Rows(monkeypatch, 5.0, 0.1)
    assert rows.seconds(5000) == pytest.approx(5000 * 5.1)
    assert rows.sizes == [1]


def test_is_not_short_if_a_busy_processor_makes_fewer_rows_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, took = Clock(monkeypatch), iter([0.06, 0.055])

    def evaluate(n: int) -> None:
        clock.now += next(took)

    assert seconds_over_rows(evaluate, lambda rows: rows.stop, 8000) == pytest.approx(
        0.055 + 7998 * 0.5 * 0.055 / 2
    )
