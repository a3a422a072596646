"""Grade forward(X): the returned values, for several weights and rows, and the stored attributes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.teaching.grading.answer_shape import first_mistake, same
from sheernet.teaching.grading.exercise import Exercise
from sheernet.teaching.grading.marks import Mark
from sheernet.teaching.grading.own_network import OwnNetwork


def _sigmoid(z: Array) -> Array:
    return 1.0 / (1.0 + np.exp(-z))


ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "the sigmoid": _sigmoid,
    "no activation": lambda z: z,
    "tanh": np.tanh,
    "relu": lambda z: np.maximum(z, 0.0),
    "the derivative of the sigmoid": lambda z: _sigmoid(z) * _sigmoid(-z),
    "the sigmoid of -z": lambda z: _sigmoid(-z),
}
"""Functions that a layer may apply by mistake."""

ACTIVATION_HINT = "Compute one unit of this layer by hand, for one row, and compare each step."
STALE_HINT = "Call forward twice, with other weights in between, and print z_2 each time."


def forward_mark(own: OwnNetwork, exercise: Exercise) -> Mark:
    """Grade forward(X)."""
    part = own.part("forward")
    network = own.with_weights(exercise.weights)
    X = exercise.X.copy()
    answer = own.attempt(f"{part}(X)", own.method(network, "forward"), X)
    y_hat = exercise.right().forward(exercise.X)
    found = first_mistake(part, answer, y_hat.shape, "an array of predictions, one row per sample,")
    if found is not None:
        return found
    if not np.array_equal(X, exercise.X):
        return Mark(
            part, "changes X", "it changes X, the inputs of its caller",
            "Which line writes into X, or into an array that is X under another name?",
        )  # fmt: skip
    if not same(answer.value, y_hat):
        return _wrong_numbers(own, exercise, network, answer.value, y_hat)
    return _stale(own, exercise, network) or _wrong_kept(own, exercise) or Mark(part)


def _wrong_numbers(
    own: OwnNetwork, exercise: Exercise, network: Any, value: Any, right: Array
) -> Mark:
    """Return the mark of a prediction with wrong numbers."""
    part = own.part("forward")
    again = own.attempt(f"{part}(X)", own.method(network, "forward"), exercise.X.copy())
    if not same(again.value, value):
        return Mark(
            part, "random", "it returns other numbers when it is called again with the same X",
            "Weights are drawn once, in __init__.",
        )  # fmt: skip
    W_1, W_2 = exercise.weights
    for (hidden, f), (output, g) in product(ACTIVATIONS.items(), ACTIVATIONS.items()):
        with np.errstate(all="ignore"):
            is_this = same(value, g(f(exercise.X @ W_1) @ W_2))
        if is_this:
            layers = {"the hidden layer": hidden, "the output layer": output}
            wrong = [
                f"{layer} applies {name}" for layer, name in layers.items() if name != "the sigmoid"
            ]
            return Mark(part, "activation", " and ".join(wrong), ACTIVATION_HINT)
    return Mark(
        part,
        "unknown",
        f"the prediction of the first row of a test is {np.asarray(value).flat[0]:.6g}, but it should be "
        f"{right.flat[0]:.6g}",
        "Write forward for one row and one unit, by hand, and compare z_2, a_2, z_3 and the prediction in this order.",
    )


def _stale(own: OwnNetwork, exercise: Exercise, network: Any) -> Mark | None:
    """Return a mark if other rows or weights do not change the prediction as they should."""
    part = own.part("forward")
    changes = (
        ("other rows", exercise.other_inputs, exercise.weights),
        ("other weights", exercise.X, exercise.other_weights),
    )
    for what, X, weights in changes:
        own.set_weights(network, weights)
        answer = own.attempt(f"{part}(X), called again,", own.method(network, "forward"), X.copy())
        if answer.mistake:
            return answer.mark(part)
        if not same(answer.value, exercise.right(weights).forward(X)):
            return Mark(
                part, "stale", f"it is right at its first call, but wrong when it is called again with {what}",
                STALE_HINT,
            )  # fmt: skip
    return None


def _wrong_kept(own: OwnNetwork, exercise: Exercise) -> Mark | None:
    """Return a mark if the stored z_2, a_2 or z_3 are not from this call."""
    network = own.with_weights(exercise.other_weights)
    forward = own.method(network, "forward")
    own.attempt("forward(X)", forward, exercise.other_inputs.copy())
    own.set_weights(network, exercise.weights)
    own.attempt("forward(X)", forward, exercise.X.copy())
    right = exercise.right()
    y_hat = right.forward(exercise.X)
    possible = [right.z_2, right.a_2, right.z_3, y_hat]
    for name, value in own.kept(network).items():
        if value is not None and not any(same(value, array) for array in possible):
            return Mark(
                own.part("forward"),
                "stale",
                f"its predictions are right, but the {name} that it keeps is not that of the call",
                STALE_HINT,
            )
    return None
