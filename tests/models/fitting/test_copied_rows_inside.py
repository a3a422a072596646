"""As test_copied_rows.py, by names that are not published."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.fitting.test_copied_rows import RNG, table
from sheernet.models.fitting import prepare
from sheernet.settings.table_settings import TableSettings


def part(rows: dict[str, Any], chosen: Any) -> dict[str, Any]:
    return {name: values[chosen] for name, values in rows.items()}


def joined(*tables: dict[str, Any]) -> dict[str, Any]:
    return {name: np.concatenate([each[name] for each in tables]) for name in tables[0]}


def notices(rows: dict[str, Any], **other: Any) -> list[str]:
    prepared = prepare(rows, "y", TableSettings(held_out=0.0, **other))
    return [notice for notice in prepared.notices if "training rows, so" in notice]


@pytest.mark.filterwarnings("ignore")
class TestCopies:
    @given(n_copies=st.integers(1, 30), n_new=st.integers(0, 30))
    def test_their_number_is_told_if_it_is_notable(self, n_copies: int, n_new: int) -> None:
        rows = table(40)
        chosen = RNG.choice(40, size=n_copies, replace=False)
        found = notices(rows, test=joined(table(n_new), part(rows, chosen)))
        n = n_copies + n_new
        if n_copies < 0.1 * n:
            assert found == []
        else:
            which = (
                "the test rows are the" if n_new == 0 else f"{n_copies} of the {n} test rows are"
            )
            assert found[0].startswith(f"{which} training rows, so the evaluation does not show")

    def test_validation_rows_too(self) -> None:
        rows = table(40)
        (notice,) = notices(rows, validation=part(rows, slice(0, 9)))
        assert notice.startswith("the validation rows are the training rows, so their cost")
        assert notice.endswith("give other rows with validation")

    def test_a_negative_zero_is_a_zero(self) -> None:
        rows = {"x": np.array([0.0, 1.0, 2.0, 3.0]), "y": np.array([1.0, 0.0, 2.0, 4.0])}
        test = {"x": np.array([-0.0, 1.0]), "y": np.array([1.0, -0.0])}
        assert len(notices(rows, test=test, scaling="none")) == 1

    def test_rows_of_few_labels_are_alike_by_chance(self) -> None:
        def drawn() -> dict[str, Any]:
            return {"a": RNG.choice(list("uvw"), size=60), "y": RNG.choice(list("pq"), size=60)}

        assert notices(drawn(), test=drawn()) == []
