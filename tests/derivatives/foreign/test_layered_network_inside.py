"""As test_layered_network.py, by names that are not published."""

from __future__ import annotations

import numpy as np
import pytest

import sheernet as sn
from derivatives.foreign.test_layered_network import X, Y
from sheernet.derivatives.foreign.entry_names import Part
from sheernet.derivatives.foreign.layered_network import ACTIVATIONS, LayeredNetwork, recognized

PARTS = [Part("W1", (2, 3), 1), Part("W2", (3, 3), 2)]


WITH_BIASES = [
    Part("W1", (2, 3), 1), Part("b1", (3,), 1, is_bias=True),
    Part("b2", (1, 3), 2, is_bias=True), Part("W2", (3, 3), 2),
]  # fmt: skip


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
