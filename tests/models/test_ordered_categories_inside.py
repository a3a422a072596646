"""As test_ordered_categories.py, by names that are not published."""

from __future__ import annotations

import pytest

import sheernet as sn
from models.test_ordered_categories import QUICK, SIZES, frame
from sheernet.models.explaining import compute_effects


@pytest.mark.parametrize(("ordered", "labels"), [(True, SIZES), (False, sorted(SIZES))])
class TestOrder:
    def test_of_inputs_is_that_of_the_picture(self, ordered: bool, labels: list[str]) -> None:
        data = frame(ordered)
        model = sn.fit(data, "y", drop="grade", **QUICK)
        found = compute_effects(
            model, model.inputs.encode(sn.read_table(data)), "partial dependence"
        )
        (effect,) = (curve for curve in found.curves if curve.name == "size")
        assert effect.values.tolist() == labels
        means = dict(zip(labels, effect.mean[:, 0], strict=True))
        assert means["low"] < means["medium"] < means["high"]
