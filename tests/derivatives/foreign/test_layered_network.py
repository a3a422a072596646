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

RNG = np.random.default_rng(7)
X, Y = RNG.standard_normal((8, 2)), RNG.uniform(size=(8, 3))


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
