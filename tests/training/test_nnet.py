"""The best of the same starts is the optimum that R's nnet finds; nnet/nnet.R made the numbers in nnet/nnet.json.

The conventions of nnet (Venables and Ripley 2002, Modern Applied Statistics with S, section 8.10), and ours:

                 nnet                                         here, with reduction="sum"
    hidden       logistic units                               hidden="sigmoid"
    linout       sum of squares + decay * sum of w^2          twice the objective; the same decay
    entropy,     -log likelihood + decay * sum of w^2         the objective; twice the decay
    softmax
    penalty      all weights, biases and skip connections     decay_from("nnet", ...) decays all of theta
    weights      by the unit that they lead to, its bias      by layer, (fan-in, fan-out), biases after weights, skip
                 first; hidden units before outputs           connections last
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sheernet as sn
from both_engines import ENGINES
from sheernet.objective import Objective

JSON = Path(__file__).parent / "nnet" / "nnet.json"
CASES = {
    "regression": ("identity", "squared_error"),
    "two_outputs": ("identity", "squared_error"),
    "skip": ("identity", "squared_error"),
    "entropy": ("sigmoid", "binary_cross_entropy"),
    "softmax": ("softmax", "cross_entropy"),
}
"""The output activation and the cost of each case."""
SQUARED = [name for name, (_, cost) in CASES.items() if cost == "squared_error"]
FITS = [(name, "bfgs") for name in CASES] + [(name, "lm") for name in SQUARED]


@cache
def numbers() -> dict[str, Any]:
    return json.loads(JSON.read_text())


def nnet_order(arch: sn.Architecture, conn: list[int], nconn: list[int]) -> np.ndarray:
    """For each entry of theta, the index of the same connection in nnet's weights, (P,).

    nnet numbers the bias 0, then the inputs, the hidden units and the outputs.
    """
    first = np.concatenate([[1], 1 + np.cumsum(arch.sizes)])  # the first unit of each layer
    place = {
        (conn[k], unit): k
        for unit, (begin, end) in enumerate(pairwise(nconn))
        for k in range(begin, end)
    }
    return np.array([
        place[0 if block.is_bias else first[block.source] + index[0], first[block.layer] + index[-1]]
        for block in arch.layout.blocks
        for index in np.ndindex(block.shape)
    ])  # fmt: skip


@dataclass(frozen=True, eq=False)
class Peer:
    """nnet's best fit of a case, in our conventions."""

    architecture: sn.Architecture
    starts: np.ndarray  # (n, P)
    theta: np.ndarray  # (P,), the best of nnet's ends
    data: dict[str, Any]  # arguments that make the same problem here
    value: float  # of our objective
    fitted: np.ndarray  # (N, K)
    hessian: np.ndarray  # (P, P), of our objective


@cache
def peer(name: str) -> Peer:
    given = numbers()[name]
    output, cost = CASES[name]
    X, y = np.array(given["X"]), np.array(given["y"])
    arch = sn.Architecture(
        (X.shape[1], given["hidden"], y.shape[1]), hidden="sigmoid", output=output, skip=given["skip"]
    )  # fmt: skip
    order = nnet_order(arch, given["conn"], given["nconn"])
    decay = sn.decay_from("nnet", given["decay"], arch, len(X), cost=cost, reduction="sum")
    scale = 2.0 if cost == "squared_error" else 1.0  # nnet's objective / ours
    return Peer(
        architecture=arch,
        starts=np.array(given["starts"])[:, order],
        theta=np.array(given["weights"])[order],
        data={"X": X, "y": y, "cost": cost, "reduction": "sum", "decay": decay},
        value=given["value"] / scale,
        fitted=np.array(given["fitted"]),
        hessian=np.array(given["hessian"])[np.ix_(order, order)] / scale,
    )


def objective_of(fit: Peer, engine: str) -> Objective:
    return sn.make_objective(fit.architecture, **fit.data, engine=engine)


def sorted_units(arch: sn.Architecture, theta: np.ndarray) -> np.ndarray:
    """The same network with its hidden units in the order of their biases."""
    ranks = np.argsort(sn.Network(arch, theta)["b1"])
    turned = theta.copy()
    views = arch.layout.views(turned)
    views["W1"][:], views["b1"][:] = views["W1"][:, ranks], views["b1"][ranks]
    views["W2"][:] = views["W2"][ranks]
    return turned


@pytest.mark.parametrize("name", CASES)
class TestAtTheOptimumOfNnet:
    def test_outputs_are_its_fitted_values(self, name: str) -> None:
        fit = peer(name)
        found = sn.Network(fit.architecture, fit.theta).predict(fit.data["X"])
        np.testing.assert_allclose(found, fit.fitted, rtol=0, atol=1e-10)

    @pytest.mark.parametrize("engine", ENGINES)
    def test_value_gradient_and_hessian(self, name: str, engine: str) -> None:
        fit = peer(name)
        objective = objective_of(fit, engine)
        value, gradient = objective.value_and_gradient(fit.theta)
        assert value == pytest.approx(fit.value, rel=1e-12)
        assert np.abs(gradient).max() < 1e-5 * value  # as far as nnet converges
        columns = [objective.hessian_vector(fit.theta, e) for e in np.eye(fit.theta.size)]
        hessian = np.array(columns)
        np.testing.assert_allclose(hessian, fit.hessian, rtol=1e-6, atol=1e-9 * fit.hessian.max())


def test_the_mean_of_the_losses_has_the_same_optimum() -> None:
    """The factors of docs/conventions.md."""
    for name, factor in (("regression", 2), ("entropy", 1), ("softmax", 1)):
        fit = peer(name)
        cost, n, value = CASES[name][1], len(fit.fitted), numbers()[name]["value"]
        decay = sn.decay_from("nnet", numbers()[name]["decay"], fit.architecture, n, cost=cost)
        objective = sn.make_objective(
            fit.architecture, fit.data["X"], fit.data["y"], cost=cost, decay=decay
        )
        assert factor * n * objective.value(fit.theta) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(("name", "method"), FITS)
@pytest.mark.parametrize("engine", ENGINES)
def test_the_best_of_the_same_starts_is_that_of_nnet(name: str, method: str, engine: str) -> None:
    fit = peer(name)
    runs = sn.jobs.fit_jobs(
        objective_of(fit, engine), [sn.jobs.Job(start) for start in fit.starts], method,
        max_iter=5000, gradient_tolerance=1e-9, cost_tolerance=0.0,
    )  # fmt: skip
    best = min(runs, key=lambda run: run.objective)
    assert best.objective == pytest.approx(fit.value, rel=1e-9)
    found = sn.Network(fit.architecture, best.theta).predict(fit.data["X"])
    np.testing.assert_allclose(found, fit.fitted, rtol=0, atol=1e-6)
    ours, theirs = (sorted_units(fit.architecture, theta) for theta in (best.theta, fit.theta))
    np.testing.assert_allclose(ours, theirs, rtol=1e-6, atol=1e-6)
