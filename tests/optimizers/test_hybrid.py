"""hybrid: plain steps of lm, bfgs from its matrix, and lm again where bfgs ends."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from optimizers.problems import noisy_network
from sheernet.optimizers import Termination, bfgs, hybrid, lm
from sheernet.optimizers.bfgs import BFGSState
from sheernet.optimizers.hybrid import (
    C1,
    C2,
    ITERATIONS,
    ITERATIONS_PER_PARAMETER,
    PLAIN_STEPS,
    TAU,
)
from sheernet.optimizers.lm import begin


def drained(steps: Any, most: int = 1000) -> tuple[list[Any], Termination | None]:
    """At most so many steps, and the termination."""
    found = []
    while len(found) < most:
        try:
            found.append(next(steps))
        except StopIteration as end:
            return found, end.value
    return found, None


@pytest.fixture(scope="module")
def noisy() -> tuple[Any, list[Any]]:
    """An objective whose residuals are large, and its iterates."""
    objective, start = noisy_network(8)
    return objective, drained(hybrid(objective, start), 60)[0]


def first_of_bfgs(steps: list[Any]) -> int:
    """Index of the first iterate of bfgs."""
    return next(k for k, step in enumerate(steps) if isinstance(step.state.phase, BFGSState))


@pytest.mark.parametrize(("decay", "is_slow"), [(10.0, True), (0.05, False)])
def test_begins_as_lm(decay: float, is_slow: bool) -> None:
    objective, start = noisy_network(decay=decay)
    steps, _ = drained(hybrid(objective, start), 60)
    k = first_of_bfgs(steps)
    plain, _ = drained(lm(objective, start), k)
    for step, same in zip(steps[:k], plain, strict=True):
        np.testing.assert_array_equal(step.theta, same.theta)
        assert (step.value, step.damping) == (same.value, same.damping)
    slow = [step.state.phase.reference > 0 for step in steps[:k]]
    assert slow == [*(k - 1) * [False], is_slow]  # whether lm would refine the next step
    assert (k - 1 < PLAIN_STEPS) if is_slow else (k - 1 == PLAIN_STEPS)


def test_first_direction_of_bfgs_is_the_plain_step_of_lm(noisy: tuple[Any, list[Any]]) -> None:
    _, steps = noisy
    k = first_of_bfgs(steps)
    before = steps[k - 1].state.phase
    damped = before.model.matrix + before.damping * np.eye(before.theta.size)
    step = np.linalg.solve(damped, -before.model.gradient)
    taken = steps[k].theta - before.theta
    np.testing.assert_allclose(
        taken, steps[k].step_length * step, rtol=0, atol=1e-8 * abs(step).max()
    )


def test_continues_as_bfgs(noisy: tuple[Any, list[Any]]) -> None:
    objective, steps = noisy
    k = first_of_bfgs(steps)
    begun = drained(hybrid(objective, steps[0].theta), k + 1)[0][-1].state.phase.snapshot()
    rest, _ = drained(bfgs(objective, begun, c1=C1, c2=C2), 20)
    for step, same in zip(steps[k : k + 20], rest, strict=True):
        np.testing.assert_array_equal(step.theta, same.theta)


def lm_begins_again(objective: Any, start: Any, most: int = 420) -> int | None:
    """Index of the first iterate of the last phase."""
    steps, _ = drained(hybrid(objective, start), most)
    return next((k for k, step in enumerate(steps) if step.state.finishing), None)


def test_without_decay_bfgs_ends_after_many_iterations() -> None:
    """Also with decay on the output bias only, whose median is 0."""
    assert ITERATIONS_PER_PARAMETER * noisy_network()[1].size < ITERATIONS
    for decay in (0.0, {"b2": 1e-9}):
        assert lm_begins_again(*noisy_network(3, decay=decay)) == ITERATIONS + 1
    assert lm_begins_again(*noisy_network(3, decay=1e-12)) is None


def test_iterations_of_bfgs_grow_with_the_number_of_parameters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    objective, start = noisy_network(3, decay=0.0)
    monkeypatch.setattr(sys.modules[hybrid.__module__], "ITERATIONS", 20)
    assert lm_begins_again(objective, start) == ITERATIONS_PER_PARAMETER * start.size + 1


def test_resumes_where_lm_begins_again() -> None:
    objective, start = noisy_network(3, decay=0.0)
    steps, _ = drained(hybrid(objective, start), ITERATIONS + 4)
    resumed, _ = drained(hybrid(objective, steps[ITERATIONS].state), 4)
    for step, same in zip(steps[ITERATIONS:], resumed, strict=True):
        np.testing.assert_array_equal(step.theta, same.theta)


@pytest.mark.parametrize("decay", [1e-9, 0.05])
def test_ends_as_lm_after_bfgs(decay: float) -> None:
    # Whether lm follows after bfgs depends on the rounding of products in BLAS.
    for seed in (16, 57, 46, 37):
        objective, start = noisy_network(seed, decay=decay)
        steps, end = drained(hybrid(objective, start))
        phases = [(type(step.state.phase).__name__, step.state.finishing) for step in steps]
        if phases[-1] == ("LMState", True):
            break
    assert list(dict.fromkeys(phases)) == [
        ("LMState", False),
        ("BFGSState", False),
        ("LMState", True),
    ]
    assert end == Termination("precision_reached")
    last = phases.index(("LMState", True))
    before = steps[last - 1]
    begun = begin(objective, before.theta, TAU, "none")
    refined = replace(begun, reference=float(np.linalg.norm(before.gradient)))
    rest, _ = drained(lm(objective, refined), len(steps) - last + 1)
    for step, same in zip(steps[last:], rest[1:], strict=True):
        np.testing.assert_array_equal(step.theta, same.theta)
