"""A plain network is recognized by its costs, and its known mistakes are named."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from derivatives.foreign.learners import (
    ActivationForPreActivation,
    HiddenDerivativeMissing,
    Network,
    OutputDerivativeMissing,
    StaleForwardPass,
    WrongOrder,
    sigmoid_prime,
)
from sheernet.derivatives.foreign.entry_names import Part
from sheernet.derivatives.foreign.layered_network import ACTIVATIONS, LayeredNetwork, recognized

RNG = np.random.default_rng(7)
X, Y = RNG.standard_normal((8, 2)), RNG.uniform(size=(8, 3))
PARTS = [Part("W1", (2, 3), 1), Part("W2", (3, 3), 2)]
WITH_BIASES = [
    Part("W1", (2, 3), 1), Part("b1", (3,), 1, is_bias=True),
    Part("b2", (1, 3), 2, is_bias=True), Part("W2", (3, 3), 2),
]  # fmt: skip


class SlopeOfOutputAtActivation(Network):
    def delta_3(self, y):
        return (self.y_hat - y) * sigmoid_prime(self.y_hat)


class BothSlopesAtActivation(SlopeOfOutputAtActivation, ActivationForPreActivation):
    pass


class Doubled(Network):
    def derivatives(self, X, y):
        dW_1, dW_2 = super().derivatives(X, y)
        return dW_1, 2 * dW_2


KINDS = {
    OutputDerivativeMissing: "output slope",
    ActivationForPreActivation: "slope argument",
    SlopeOfOutputAtActivation: "slope argument",
    BothSlopesAtActivation: "slope argument",
    StaleForwardPass: "stale forward",
    WrongOrder: "block order",
    HiddenDerivativeMissing: "layer",
}


@pytest.mark.parametrize("n_outputs", [1, 3])
@pytest.mark.parametrize("decay", [0.0, 0.3])
@pytest.mark.parametrize("mistake", KINDS)
def test_the_mistake_is_named(mistake, decay, n_outputs) -> None:
    own = mistake(sizes=(2, 3, n_outputs), decay=decay)
    report = sn.check_gradient(sn.foreign.from_object(own, X, Y[:, :n_outputs]))
    assert (report.verdict, report.diagnosis.kind) == ("fail", KINDS[mistake])


def test_a_doubled_block_of_three_entries_is_a_factor() -> None:
    report = sn.check_gradient(sn.foreign.from_object(Doubled(decay=0.0), X, Y[:, :1]))
    assert report.diagnosis.sentence.startswith("In the gradient, W_2 is 2 times the derivative")


@pytest.mark.parametrize("parts", [PARTS, WITH_BIASES])
@pytest.mark.parametrize("hidden", ACTIVATIONS)
@pytest.mark.parametrize("output", ACTIVATIONS)
def test_its_formula_is_that_of_the_costs(parts, hidden, output) -> None:
    x = np.random.default_rng(3).standard_normal(sum(int(np.prod(p.shape)) for p in parts))
    true = LayeredNetwork(parts, hidden, output, X, Y)

    def value(x):
        return float(np.array([0.25, 0.4]) @ true.terms(x))

    found = recognized(value, parts, x, X, Y)
    assert (found.hidden, found.output) == (hidden, output)
    assert (found.scale, found.decay) == pytest.approx((0.25, 0.4), rel=1e-6)
    gradient = found.data_gradient(x) + found.penalty_gradient(x)
    assert sn.check_gradient(value, lambda _: gradient, x).verdict == "pass"


@pytest.mark.parametrize(
    ("value", "parts", "inputs", "targets"),
    [
        (lambda x: float(np.sum(np.abs(x))), PARTS, X, Y),
        (lambda x: 0.0, PARTS[::-1], X, Y),
        (lambda x: 0.0, [*PARTS, Part("b", (3,), None, is_bias=True)], X, Y),
        (lambda x: 0.0, [], X, Y),
        (lambda x: 0.0, PARTS, X[:, 0], Y),
        (lambda x: 0.0, PARTS, X, np.array(["yes"] * 8)),
        (lambda x: np.nan, PARTS, X, Y),
    ],
)
def test_any_other_is_not_recognized(value, parts, inputs, targets) -> None:
    assert recognized(value, parts, np.ones(15), inputs, targets) is None
