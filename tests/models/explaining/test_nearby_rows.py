"""Pairs of values near which there are rows."""

from __future__ import annotations

import numpy as np
import pytest

from sheernet.models.explaining.nearby_rows import (
    LARGEST_RADIUS,
    SMALLEST_RADIUS,
    ColumnRows,
    remoteness,
)


def numbers(values, places) -> ColumnRows:
    return ColumnRows(np.array(values, dtype=float), np.array(places, dtype=float), False)


def labels(n: int, places) -> ColumnRows:
    return ColumnRows(np.arange(n), np.array(places, dtype=float), True)


def test_numbers_are_in_radii_around_the_rows() -> None:
    """Four rows at the corners of a field of 10 and 2: the radius is 1.2 / sqrt(4), at most 0.2, of the ranges."""
    x, y = numbers([0.0, 5.0], [0, 0, 10, 10]), numbers([0.0, 1.0], [0, 2, 0, 2])
    expected = np.array([[0.0, 0.5], [0.5, np.sqrt(0.5)]]) / LARGEST_RADIUS
    assert remoteness(x, y) == pytest.approx(expected)
    assert remoteness(y, x) == pytest.approx(expected.T)


def test_the_radius_has_a_smallest_value_for_many_rows() -> None:
    places = np.linspace(0.0, 1.0, 10_000)
    off = remoteness(numbers([0.5], places), numbers([0.6], places))[0, 0]
    assert off == pytest.approx(np.sqrt(2) * 0.05 / SMALLEST_RADIUS, rel=1e-3)


def test_labels_have_rows_or_not() -> None:
    found = remoteness(labels(2, [0, 0, 1, -1]), labels(2, [0, 1, 1, 0]))
    assert found.tolist() == [[0.0, 0.0], [2.0, 0.0]]


def test_of_a_label_without_rows_every_number_is_far() -> None:
    found = remoteness(numbers([0.0, 1.0], [0, 1]), labels(2, [0, 0]))
    assert found.tolist() == [[0.0, 2.0], [0.0, 2.0]]


def test_a_cycle_is_near_everywhere() -> None:
    assert not remoteness(numbers([0.0, 9.0], []), labels(2, [0, 0])).any()


def test_usual_values_leave_out_the_rarest_rows() -> None:
    assert numbers([0.0, 4.0, 5.0, 95.0, 96.0], range(1, 101)).is_usual.tolist() == [
        False, False, True, True, False,
    ]  # fmt: skip
    assert numbers([1.0, 2.0], [1] * 6 + [2] * 94).is_usual.all()
    assert labels(2, [0] * 99 + [1]).is_usual.all()
