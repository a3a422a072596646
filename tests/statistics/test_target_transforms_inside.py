"""As test_target_transforms.py, by names that are not published."""

from __future__ import annotations

import numpy as np

from sheernet.statistics.target_transforms import UNCHANGED


def test_unchanged_changes_nothing() -> None:
    y = np.array([1.0, -2.0])
    for found in (UNCHANGED.forward(y), UNCHANGED.inverse(y), UNCHANGED.means(y, 3.0)):
        assert found is y
    assert UNCHANGED.log_jacobian(y).tolist() == [0, 0]
