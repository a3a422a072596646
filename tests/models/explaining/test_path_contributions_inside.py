"""As test_path_contributions.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from models.explaining.test_path_contributions import PATHS, product_model
from sheernet.models.explaining import path_contributions


def test_contributions_that_do_not_add_up_are_refused(monkeypatch) -> None:
    model, gradient = product_model(), path_contributions.prediction_gradient
    monkeypatch.setattr(
        path_contributions, "prediction_gradient", lambda *given: 1.001 * gradient(*given)
    )
    rows = np.array([[0.0, 0.2, 0.1], [0.5, -0.4, 0.3]])
    with pytest.raises(sn.InvalidInput, match=r"row 2 do not add up .*check_gradient"):
        model.contributions(rows, rows[:1], **PATHS)
