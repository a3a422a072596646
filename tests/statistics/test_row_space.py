"""A linear model in the space of few rows is the model of all inputs: the same evidence, predictions and variances."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import sheernet as sn
from sheernet.models.fitting.sharded_metrics import OfNetwork
from sheernet.statistics import decay_groups, evidence_at
from sheernet.statistics.ensemble_candidates import Contest, linear_model
from sheernet.statistics.folds import Folds
from sheernet.statistics.laplace import noise_and_factor
from sheernet.statistics.network_densities import predictive_densities
from sheernet.statistics.noise_models import CONSTANT
from sheernet.statistics.row_space import RowSpace


def facts(X: np.ndarray, new: np.ndarray, start: np.ndarray, rest: Any, is_class: bool) -> Any:
    """The objective, its gradient, the evidence, and the densities of new rows at weights `start` (d, K), biases 0."""
    y, weights, decay = rest
    output, cost = ("sigmoid", "binary_cross_entropy") if is_class else ("identity", None)
    arch = sn.Architecture((X.shape[1], y.shape[1]), output=output)
    groups = decay_groups(arch)
    decays = np.zeros(arch.n_parameters)
    decays[groups["W1"]] = decay
    objective = sn.make_objective(
        arch, X, y, weights=weights, cost=cost, reduction="sum", decay=decays
    )
    theta = np.zeros(arch.n_parameters)
    theta[groups["W1"]] = start.ravel()
    value, gradient = objective.value_and_gradient(theta)
    noise = None if is_class else CONSTANT
    uncertainty = noise_and_factor(objective, theta)
    found = predictive_densities(sn.Network(arch, theta), new, noise, *uncertainty)
    densities = found.log(np.ones((len(new), y.shape[1])))
    evidence = evidence_at(objective, theta, groups)
    of_weights = gradient[groups["W1"]].reshape(start.shape)
    return value, evidence.log_evidence, evidence.effective_parameters, densities, of_weights


@given(
    st.integers(4, 20), st.integers(2, 15), st.integers(1, 2), st.booleans(), st.floats(0.05, 20.0),
    st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_is_the_model_of_all_inputs(
    rows: int, more: int, outputs: int, is_class: bool, decay: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    X, new = rng.normal(size=(rows, rows + more)), rng.normal(size=(5, rows + more))
    y = rng.normal(size=(rows, outputs))
    y = (y > 0) * 1.0 if is_class else y
    rest = y, rng.uniform(0.5, 2.0, rows), decay
    space = RowSpace.of(X)
    assert space is not None
    v = 0.1 * rng.normal(size=(rows, outputs))
    inner = facts(
        space.coordinates(X), space.coordinates(new), np.vstack([v, np.zeros((1, outputs))]), rest, is_class
    )  # fmt: skip
    outer = facts(X, new, space.basis @ v, rest, is_class)
    for own, theirs in zip(inner[:-1], outer[:-1], strict=True):
        assert np.allclose(own, theirs, rtol=1e-10, atol=1e-10)
    assert np.allclose(space.basis @ inner[-1][:-1], outer[-1], rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize("rows", [30, 60])
def test_its_decay_is_that_of_all_inputs(rows: int) -> None:
    rng = np.random.default_rng(rows)
    X, new = rng.normal(size=(rows, 80)), rng.normal(size=(5, 80))
    y = X[:, :1] + 2.0 * rng.normal(size=(rows, 1))
    asked = Contest(X, y, np.ones(rows), Folds(np.arange(rows) % 2, 2), cost="squared_error")
    found = linear_model(asked)
    with patch.object(RowSpace, "of", return_value=None):
        expected = linear_model(asked)
    assert found is not None
    assert expected is not None
    assert (found.network.theta.size, expected.network.theta.size) == (rows + 2, 81)
    assert found.noise_variance == pytest.approx(expected.noise_variance, rel=1e-10)
    own, theirs = found.densities(new), expected.densities(new)
    assert np.allclose(own.means, theirs.means, rtol=1e-10, atol=1e-10)
    assert np.allclose(own.scales, theirs.scales, rtol=1e-10, atol=1e-10)
    assert np.array_equal(OfNetwork(*found).densities(new)[0], own.means)


def test_is_used_only_for_fewer_rows_than_inputs() -> None:
    assert RowSpace.of(np.ones((5, 6))) is None
    assert RowSpace.of(np.ones((5, 7))) is not None


def test_stands_beside_a_network_of_more_inputs_than_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sheernet.models.fitting.simple_predictions.MOST_WORK", 30**3)
    rng = np.random.default_rng(0)
    data = dict(zip(map("x{}y".format, range(100)), rng.normal(size=(100, 40)), strict=True))
    data["y"] = data["x0y"] + 0.1 * rng.normal(size=40)
    model = sn.fit(data, "y", hidden=1, decay=0.01, starts=1, max_iter=5)
    assert set(model.comparisons) == {"linear model", "mean of target"}
