"""The uncertainty of importance due to the weights: against formulas of linear models."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import sheernet as sn

pytestmark = pytest.mark.filterwarnings("ignore::sheernet.SheernetWarning")
N, NOISE = 400, 0.5
SLOPES = np.array([1.0, 0.6, 0.0])


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N, 3))
    return pd.DataFrame(
        {**dict(zip("abc", X.T, strict=True)), "y": X @ SLOPES + NOISE * rng.normal(size=N)}
    )


@pytest.fixture(scope="module")
def line(table: pd.DataFrame) -> sn.Model:
    return sn.fit(table, "y", hidden=0, decay=1e-9, starts=1, held_out=0)


def test_of_unknown_covariance_is_left_out(line, table) -> None:
    members = tuple(replace(member, factor=np.zeros(0)) for member in line.members)
    found = replace(line, members=members).importance(table)
    assert found["total"].weights is None
    assert "total_weights" not in found.to_frame()
    assert "of its weights" not in str(found)
    assert "of its weights" in str(line.importance(table))


def test_draws_of_networks_are_those_of_their_own_weights(table) -> None:
    """A copy of a network with the same covariance changes nothing but the draws, and no spread is added."""
    model = sn.fit(table, "y", hidden=2, decay=0.01, starts=1, held_out=0)
    (member,) = model.members
    twice = replace(model, members=(replace(member, share=0.5),) * 2)
    one, two = model.importance(table)["total"], twice.importance(table)["total"]
    assert two.spread == pytest.approx(np.zeros((3, 1)), abs=1e-12)
    assert two.weights[:2] == pytest.approx(one.weights[:2], rel=0.7)  # 16 draws each
    assert one.weights.min() > 0
