"""Test and validation rows that are training rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sheernet as sn

RNG = np.random.default_rng(4)


def table(n: int) -> dict[str, Any]:
    x = RNG.normal(size=n)
    return {"x": x, "label": RNG.choice(["p", "q"], size=n), "y": x + 0.1 * RNG.normal(size=n)}


@pytest.mark.filterwarnings("ignore")
class TestCopies:
    def test_a_model_keeps_that_it_was_evaluated_on_its_training_rows(self) -> None:
        rows = table(40)
        with pytest.warns(sn.SheernetWarning, match=r"^the test rows are the training rows, so"):
            model = sn.fit(rows, "y", hidden=0, decay=0.01, starts=1, test=rows)
        assert any("the test rows are the training rows" in notice for notice in model.notices)
        assert "give other rows with test" in model.report()
