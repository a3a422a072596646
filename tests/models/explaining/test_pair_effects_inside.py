"""As test_pair_effects.py, by names that are not published."""

from __future__ import annotations

import numpy as np

import sheernet as sn
from models.explaining.test_pair_effects import QUIET
from sheernet.models.explaining import compute_effects


class TestInteractions:
    def test_chosen_pairs_have_the_order_of_the_model(self) -> None:
        rng = np.random.default_rng(0)
        table = {"weak": rng.uniform(-1, 1, 200), "strong": rng.uniform(-1, 1, 200)}
        y = table["weak"] * table["strong"] + 5.0 * table["strong"]
        model = sn.fit(table, y, hidden=4, **QUIET)
        X = model.inputs.encode(sn.read_table(table))
        found = compute_effects(model, X)
        assert found.curves[0].name == "strong"
        assert found.pairs[0].names == ("weak", "strong")
