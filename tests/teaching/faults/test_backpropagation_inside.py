"""As test_backpropagation.py, by names that are not published."""

from __future__ import annotations

import re

import numpy as np
import pytest

import sheernet as sn
from contracts.cases import Case, random_cases
from teaching.faults.kinds import right_gradient


def worst_error(case: Case) -> float:
    """Largest difference to the reference engine beyond the rounding error, which scales with the magnitude."""
    objective = case.objective()
    g = right_gradient(objective, case.theta)
    error = np.abs(g - objective.value_and_gradient(case.theta)[1])
    magnitude = objective.gradient_magnitude(case.theta)
    assert g.shape == (case.architecture.n_parameters,)
    return float((error - 1e-12 * magnitude).max())


@pytest.mark.parametrize("scale", [1.0, 40.0])
def test_agrees_with_the_reference_engine(scale: float) -> None:
    for case in random_cases(7, 300, scale=scale):
        assert worst_error(case) <= 0.0, str(case)


@pytest.mark.parametrize("cost", sorted(sn.costs.ALL))
def test_knows_every_cost(cost: str) -> None:
    for case in random_cases(8, 10, cost=cost):
        assert worst_error(case) <= 0.0, str(case)


def test_refuses_a_user_s_own_activation_and_cost() -> None:
    sine = sn.activations.Activation(
        "sine", np.sin, np.cos, lambda z: -np.sin(z), "sin(z)", "Sitzmann et al. (2020)"
    )
    of_sine = sn.make_objective(
        sn.Architecture((1, 2, 1), sine), [[1.0]], [[1.0]], engine="reference"
    )
    with pytest.raises(sn.InvalidInput, match=re.escape("activation 'sine' is not written out")):
        right_gradient(of_sine, np.ones(7))
    cost = sn.costs.ResidualCost("quartic", "r^4", lambda r: r**4, lambda r: 4 * r**3, np.square)
    of_cost = sn.make_objective(
        sn.Architecture((1, 1)), [[1.0]], [[1.0]], cost=cost, engine="reference"
    )
    with pytest.raises(sn.InvalidInput, match=re.escape("cost 'quartic' is not written out")):
        right_gradient(of_cost, np.ones(2))
