"""As test_default_effort.py, by names that are not published."""

from __future__ import annotations

import pytest

from sheernet.models.fitting.default_effort import effort_for
from sheernet.settings.training_settings import EffortSettings


@pytest.mark.parametrize(
    ("rows", "weights", "expected"),
    [
        (100, 41, EffortSettings(10, 0.0)),
        (10_000, 100, EffortSettings(10, 0.0)),
        (10_001, 100, EffortSettings(3, 0.0)),
        (100_000, 100, EffortSettings(3, 0.0)),
        (100_001, 100, EffortSettings(1, 1e-7)),
        (750_000, 111, EffortSettings(1, 1e-7)),
    ],
)
def test_less_is_done_for_larger_problems(
    rows: int, weights: int, expected: EffortSettings
) -> None:
    assert effort_for(rows, weights) == expected
