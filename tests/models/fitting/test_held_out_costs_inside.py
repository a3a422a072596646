"""As test_held_out_costs.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pytest

from models.fitting.test_held_out_costs import fitted
from sheernet.models.fitting import held_out_costs


@pytest.mark.parametrize("method", ["lm", "bfgs", "adam"])
def test_the_fit_has_the_same_bits_without_it(method, monkeypatch) -> None:
    followed = fitted(method=method, max_iter=30)
    monkeypatch.setattr(held_out_costs, "MOST_PATH", 0)
    alone = fitted(method=method, max_iter=30)
    assert followed.network.theta.tobytes() == alone.network.theta.tobytes()
    assert followed.record.objective.tobytes() == alone.record.objective.tobytes()
    assert np.isnan(alone.record.validation_cost).all()
    assert followed.record.path is None


def test_of_a_short_run_on_many_rows_only_some_are_computed(monkeypatch) -> None:
    monkeypatch.setattr(held_out_costs, "SHARE", 1e-9)
    costs = fitted(method="lm").record.validation_cost
    assert np.flatnonzero(np.isfinite(costs)).tolist() == [0, len(costs) - 1]
