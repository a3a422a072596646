"""What the split into training and held-out rows does to columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sheernet as sn
from models.fitting.tables import quickly, table

pytestmark = pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")


class TestLabelsOfHeldOutRows:
    def test_all_are_known_if_no_rows_are_held_out(self) -> None:
        labels = np.array(["a", "b"] * 19 + ["c", "d"])
        model = quickly({**table(), "z": labels}, "y", held_out=0, rare=0)
        assert model.inputs.columns[-1].labels == ("a", "b", "c", "d")


class TestRowsOutside:
    def test_are_counted_in_a_test_table(self) -> None:
        data = {name: np.asarray(values) for name, values in table().items()}
        later = {name: values[:6] for name, values in data.items()}
        later["a"] = data["a"].max() + np.ptp(data["a"]) * np.array([-1, 0, 0.09, 0.11, 0.2, 5])
        model = quickly(data, "y", test=later)
        assert model.settings["evaluation_rows_outside"] == 3
        assert model.settings["evaluation_columns_outside"] == ["a"]
        assert "evaluation_rows_outside" not in quickly(data, "y", test=data).settings

    def test_are_not_mentioned_if_there_are_none(self) -> None:
        model = quickly({**table(), "a": [1.0, 2.0] * 20}, "y", inputs=["a"], held_out=0.25)
        assert model.notices == ()
        assert "evaluation_rows_outside" not in model.settings


class TestRowRoles:
    def test_survive_a_file(self, tmp_path: Any) -> None:
        model = sn.fit(table(), "y", hidden=1, decay=1e-4, starts=1, max_iter=2)
        loaded = sn.load(model.save(tmp_path / "model.json"))
        assert len(loaded.rows.held_out) == 10
        assert np.array_equal(loaded.rows.names, model.rows.names)
