"""As test_local_effects.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from sheernet.models.explaining import compute_effects

pytestmark = pytest.mark.filterwarnings(
    "ignore:(date|time of day) '|the statistics of held-out rows"
)


class TestKinds:
    def test_the_held_out_rows_of_the_table_of_the_fit_are_left_out(self) -> None:
        table = {"x": np.arange(40.0)}
        model = sn.fit({**table, "y": np.arange(40.0) ** 2}, "y", hidden=2, decay=1e-3, starts=1)
        found = model.effects(table)
        assert found.rows == "30 training rows"
        own = model.inputs.encode(sn.read_table(table))[model.rows.training]
        assert found["x"].mean.tolist() == compute_effects(model, own)["x"].mean.tolist()
        assert model.effects({"x": np.arange(39.0)}).rows == "39 rows"
