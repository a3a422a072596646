"""The contract of objectives, checked for every engine.

A new engine is added to ENGINES.  The laws are in laws.py, the random cases in cases.py, and the independent
computation in exact.py; tests/teaching/test_faults.py shows that each law detects the corresponding faults.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations, product
from typing import ClassVar

import numpy as np
import pytest
import scipy.optimize

import sheernet as sn
from both_engines import ENGINES
from contracts import laws
from contracts.cases import (
    DECAYS,
    HIDDEN,
    LOCATION_SCALE,
    OUTPUTS,
    REDUCTIONS,
    WEIGHTS,
    Case,
    random_cases,
)
from sheernet import engines

SMALL = {"width": 3, "rows": 3, "hidden_layers": (0, 1, 2, 3)}
IN_MANY_DIGITS = {"value_and_gradient_are_the_definition", "hessian_vector_is_exact"}

pytestmark = pytest.mark.parametrize("engine", ENGINES)


def test_the_requested_engine_runs(engine: str) -> None:
    case = next(random_cases(0, 1))
    assert case.objective(engine).engine == engine
    assert engine in engines.ENGINES


@pytest.mark.parametrize("name", sorted(set(laws.LAWS) - IN_MANY_DIGITS))
def test_law(name: str, engine: str) -> None:
    laws.check(name, random_cases(11, 140), engine)


@pytest.mark.parametrize("name", sorted(IN_MANY_DIGITS))
def test_law_in_many_digits(name: str, engine: str) -> None:
    laws.check(name, random_cases(12, 40, **SMALL), engine)


@pytest.mark.parametrize("cost", OUTPUTS)
def test_generalized_linear_models_have_their_hessian_as_gauss_newton_matrix(
    cost: str, engine: str
) -> None:
    output = OUTPUTS[cost][0]
    cases = list(random_cases(13, 10, hidden_layers=(0,), cost=cost, output=output))
    laws.check("gauss_newton_is_the_hessian_of_a_linear_model", cases, engine)
    laws.check("hessian_vector_is_exact", cases[:3], engine)


SMOOTH_OUTPUTS = {
    **{cost: outputs[0] for cost, outputs in OUTPUTS.items()},
    "squared_error": "sigmoid",
}


@pytest.mark.parametrize("decay", ["number", "0"])
@pytest.mark.parametrize("cost", OUTPUTS)
def test_engines_agree_with_the_definition_at_converged_points(
    cost: str, decay: str, engine: str
) -> None:
    """Without decay some of them fit every row, and residuals are nothing but rounding."""
    held = {
        "hidden_layers": (1,),
        "hidden": ("tanh", "sigmoid", "softplus"),
        "cost": cost,
        "output": SMOOTH_OUTPUTS[cost],
    }
    # Their loss has no minimum if a network fits a row and tells it from all others.
    if cost in LOCATION_SCALE:
        held |= {"width": 2, "rows": 24, "fewest_rows": 16, "weights": "positive", "bias": True}
        held["hidden_layers"] = (0,) if decay == "0" else (1,)
    converged = [
        _minimizer(case, engine) for case in random_cases(14, 5, decay=decay, **(SMALL | held))
    ]
    laws.check("value_and_gradient_are_the_definition", converged, engine)
    laws.check("hessian_vector_is_exact", converged[:2], engine)


def _minimizer(case: Case, engine: str) -> Case:
    objective = case.objective(engine)
    scale = objective.gradient_magnitude(case.theta).max()
    options = {"method": "BFGS", "options": {"gtol": 1e-9 * scale, "maxiter": 300}}
    found = scipy.optimize.minimize(objective.value_and_gradient, case.theta, jac=True, **options)
    assert np.abs(found.jac).max() < 1e-4 * scale
    return case.at(found.x)


class TestComplexStep:
    """2 000 cases, every entry of theta: 1e-12 of the sum of absolute terms, saturated units included."""

    CASES: ClassVar = {1.0: 667, 10.0: 667, 40.0: 666}

    @pytest.mark.parametrize("scale", CASES)
    def test_agrees_with_every_entry_of_the_gradient(self, scale: float, engine: str) -> None:
        cases = list(random_cases(2_001, self.CASES[scale], scale=scale))
        laws.check("gradient_is_the_complex_step", cases, engine)
        if scale > 1.0:
            saturated = sum(map(_saturated, cases))
            assert saturated > 0.5 * len(cases), (
                f"only {saturated} of {len(cases)} cases have a saturated unit"
            )

    def test_is_run_on_2000_cases(self, engine: str) -> None:
        assert sum(self.CASES.values()) == 2_000


def _saturated(case: Case) -> bool:
    """Whether a unit is so far out that 1 - a^2 and the like are rounding noise."""
    with np.errstate(all="ignore"):
        passes = sn.forward(case.architecture, case.theta, case.X)
    curved = {"sigmoid", "tanh", "softplus", "silu", "softmax"}
    return any(
        f.name in curved and bool((np.abs(z) > 18).any())
        for f, z in zip(case.architecture.activations, passes.pre_activations[1:], strict=True)
    )


class TestCases:
    """What the cases cover: with a choice missing, a law above could hold for want of anything to break it."""

    def test_every_pair_of_choices_occurs(self, engine: str) -> None:
        choices = {
            "cost": OUTPUTS,
            "reduction": REDUCTIONS,
            "weights": WEIGHTS,
            "decay": DECAYS,
            "layers": range(5),
        }
        seen = Counter()
        for case in random_cases(11, 140):
            weights, decay = case.kinds
            layers = case.architecture.n_layers - 1
            chosen = {
                "cost": case.cost,
                "reduction": case.reduction,
                "weights": weights,
                "decay": decay,
                "layers": layers,
            }
            seen.update(combinations(sorted(chosen.items()), 2))
        for a, b in combinations(sorted(choices), 2):
            missing = [
                pair
                for pair in product(choices[a], choices[b])
                if not seen[(a, pair[0]), (b, pair[1])]
            ]
            assert len(missing) <= 1, f"{a} with {b}: {missing}"

    def test_every_activation_bias_and_skip_occurs(self, engine: str) -> None:
        cases = list(random_cases(11, 140))
        assert {f.name for case in cases for f in case.architecture.activations[:-1]} == set(HIDDEN)
        outputs = {(case.cost, case.architecture.activations[-1].name) for case in cases}
        assert {output for _, output in outputs} == {
            output for outputs in OUTPUTS.values() for output in outputs
        }
        assert {b for case in cases for b in case.architecture.bias} == {True, False}
        assert {case.architecture.skip for case in cases} == {True, False}
        assert {len(case.X) for case in cases} >= {2, 6}
        assert max(case.architecture.n_outputs for case in cases) > 1
