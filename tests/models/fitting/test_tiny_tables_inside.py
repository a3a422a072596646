"""As test_tiny_tables.py, by names that are not published."""

from __future__ import annotations

import pytest

from sheernet.models.report_beginning import LOWEST, density_in_words


@pytest.mark.parametrize(
    ("value", "shown"),
    [(-1.234, "-1.23"), (34.5, "34.50"), (-999.5, "-999.50"), (-5e98, "below -1000")],
)
def test_a_log_density_below_the_bound_is_shown_by_it(value: float, shown: str) -> None:
    assert LOWEST == -1000
    assert density_in_words(value, 2) == shown
