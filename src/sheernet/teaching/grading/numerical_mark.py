"""Grade compute_numerical_gradient(N, X, y): central differences of the cost with a sensible step."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from sheernet.derivatives import numerical_gradient
from sheernet.foundation.arrays import Array
from sheernet.teaching.faults.bank import NOTEBOOK
from sheernet.teaching.grading.answer_shape import first_mistake, same
from sheernet.teaching.grading.exercise import Exercise
from sheernet.teaching.grading.marks import Mark
from sheernet.teaching.grading.own_network import OwnNetwork

ENOUGH = 1e-6  # a central difference with step 1e-4 is accurate to about 1e-9
ROUGH = 1e-2  # the accuracy at which a mistake is recognized, also with a poor step
STEPS = (1.0, 0.5, 0.2, 0.1, 0.05, 0.01, 1e-3, 1e-4, 1e-5, 1e-6)
"""Steps that are recognized."""
STEP_HINT = "Try other values of the step, and watch how the numbers change."


def numerical_mark(own: OwnNetwork, exercise: Exercise) -> Mark:
    """Grade compute_numerical_gradient(N, X, y)."""
    part = own.part("compute_numerical_gradient")
    network = own.with_weights(exercise.weights)
    function = own.function("compute_numerical_gradient")
    answer = own.attempt(
        f"{part}(N, X, y)", function, network, exercise.X.copy(), exercise.y.copy()
    )
    found = first_mistake(part, answer, (exercise.n_weights,), "one vector")
    if found is not None:
        return found
    cost, theta = _right_cost(own, exercise)
    true = numerical_gradient(cost, theta)
    if not same(answer.value, true, ENOUGH):
        value = np.asarray(answer.value, dtype=float)
        accuracy = ENOUGH if same(value, true, ROUGH) else ROUGH
        named = _wrong_numbers(part, value, true, accuracy)
        return named or _poor_step(part, value, true, cost, theta)
    after = own.weights_of(network)
    if not all(same(one, before) for one, before in zip(after, exercise.weights, strict=True)):
        return Mark(
            part, "not restored", "it changes the weights of the network",
            "Print the weights before and after the call.",
        )  # fmt: skip
    return Mark(part)


def _right_cost(own: OwnNetwork, exercise: Exercise) -> tuple[Callable[[Array], float], Array]:
    """Return the correct cost as a function of the parameters in the learner's order, and the parameters, (P,)."""
    network = exercise.right()
    in_our_order = network.get_params()
    theta = in_our_order
    if own.has("get_params"):
        theta = np.asarray(own.method(own.with_weights(exercise.weights), "get_params")())
    places = np.argsort(theta)[np.argsort(np.argsort(in_our_order))]  # no two weights are equal

    def cost(theta: Array) -> float:
        network.set_params(theta[places])
        return float(network.cost_function(exercise.X, exercise.y))

    return cost, theta


def _wrong_numbers(part: str, value: Array, true: Array, accuracy: float) -> Mark | None:
    """Return the mark of a vector with wrong numbers for any step; None if the mistake has no name."""
    twice = NOTEBOOK["factor 2 of the step missing"].hint
    known = [
        ("factor", "it is twice the derivative", 2.0 * true, twice),
        ("factor", "it is half of the derivative", 0.5 * true, twice),
        ("sign", "it has the wrong sign", -true, NOTEBOOK["numerical sign"].hint),
        ("not reset", "each entry is the derivative along all weights up to it: earlier steps are not taken back",
         np.cumsum(true), NOTEBOOK["step not reset"].hint),
    ]  # fmt: skip
    for mistake, sentence, numbers, hint in known:
        if same(value, numbers, accuracy):
            return Mark(part, mistake, sentence, hint)
    missing = (value == 0) & (true != 0)
    if missing.any() and same(value[~missing], true[~missing], accuracy):
        n = int(missing.sum())
        return Mark(
            part, "zero", f"{n} of its {value.size} entries are zero and the others right",
            "Which weights does the loop reach?",
        )  # fmt: skip
    return None


def _poor_step(
    part: str, value: Array, true: Array, cost: Callable[[Array], float], theta: Array
) -> Mark:
    """Return the mark of one-sided differences or of a poor step; or of an unknown mistake."""
    f, units = cost(theta), np.eye(theta.size)
    for step in STEPS:
        above = np.array([cost(theta + step * unit) for unit in units])
        below = np.array([cost(theta - step * unit) for unit in units])
        if same(value, (above - f) / step, 1e-6) or same(value, (f - below) / step, 1e-6):
            return Mark(
                part, "one-sided", "it is a difference to one side: its error is proportional to the step",
                "Which two points give a difference whose error is proportional to the square of the step?",
            )  # fmt: skip
        if same(value, (above - below) / (2.0 * step), 1e-6):
            return Mark(
                part, "step", f"its step, {step:g}, is too large for a derivative", STEP_HINT
            )
    if same(value, true, ROUGH) or _is_rounding(value, f):
        sentence = "it is not accurate enough: its step is too large or too small"
        return Mark(part, "step", sentence, STEP_HINT)
    return Mark(
        part, "unknown", f"its first entry is {value[0]:.6g}, but it should be {true[0]:.6g}",
        "Compute one entry by hand: change one weight, evaluate the cost twice, divide.",
    )  # fmt: skip


def _is_rounding(value: Array, cost: float) -> bool:
    """Return whether all entries are multiples of a rounding unit of the cost, divided by a step of 1e-11 to 1e-16."""
    unit = np.spacing(abs(cost)) / 4.0
    for exponent in range(11, 17):
        counts = value * 2.0 * 10.0**-exponent / unit
        if np.max(np.abs(counts)) < 1e6 and np.allclose(counts, np.round(counts), atol=1e-3):
            return True
    return False
