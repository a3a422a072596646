"""The cost of the held-out rows in the record of a fit."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn


def table(n: int = 60) -> dict[str, list[float]]:
    rng = np.random.default_rng(0)
    x = rng.normal(size=n)
    return {"x": x.tolist(), "y": (np.sin(2 * x) + 0.1 * rng.normal(size=n)).tolist()}


def fitted(**settings) -> sn.Model:
    return sn.fit(table(), "y", hidden=3, decay=1e-3, starts=3, **settings)


@pytest.mark.parametrize("method", ["lm", "bfgs", "gd"])
def test_the_last_one_is_the_cost_of_the_result(method) -> None:
    model = fitted(method=method, max_iter=30)
    scale = model.targets.scale[0]
    assert model.record.validation_cost[-1] == pytest.approx(
        0.5 * (model.held_out_fit.rmse[0] / scale) ** 2, rel=1e-9
    )
    assert model.name_of_validation_cost == "held-out cost"


def test_a_path_that_is_asked_for_is_kept() -> None:
    record = fitted(method="lm", keep_path=True).record
    assert record.path.shape == (len(record), 10)


def test_validation_rows_come_first() -> None:
    model = fitted(validation=table(20), method="lm")
    assert model.name_of_validation_cost == "validation cost"
    assert np.isfinite(model.record.validation_cost).all()


def test_without_held_out_rows_there_is_none() -> None:
    assert np.isnan(fitted(held_out=0, method="lm").record.validation_cost).all()


def test_the_picture_names_it() -> None:
    pytest.importorskip("matplotlib")
    legend = sn.plots.cost(fitted(method="lm")).get_legend()
    labels = [text.get_text() for text in legend.get_texts()]
    assert "held-out cost" in labels
    assert any(label.startswith("lowest held-out cost: ") for label in labels)
