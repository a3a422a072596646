"""Grade cost_function(X, y): one number, 1/2 sum (y_hat - y)^2, at the current weights."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.teaching.faults.bank import NOTEBOOK
from sheernet.teaching.grading import penalty_mistakes
from sheernet.teaching.grading.answer_shape import same, shape_mistake
from sheernet.teaching.grading.exercise import Exercise
from sheernet.teaching.grading.marks import Mark
from sheernet.teaching.grading.own_network import OwnNetwork

FACTOR_HINT = "Compare your formula with the lesson's, symbol by symbol, for two rows that you compute by hand."

ARRAY_REMARK = (
    "it returns an array of one number; with np.sum it returns a number, which other code may need"
)


def cost_mark(own: OwnNetwork, exercise: Exercise) -> Mark:
    """Grade cost_function(X, y)."""
    part = own.part("cost_function")
    network = own.with_weights(exercise.weights)
    cost = own.method(network, "cost_function")
    answer = own.attempt(f"{part}(X, y)", cost, exercise.X.copy(), exercise.y.copy())
    if answer.mistake:
        return answer.mark(part)
    found = _not_a_number(part, answer.value)
    if found is not None:
        return found
    value = float(np.asarray(answer.value).reshape(()))
    right = exercise.right()
    if not same(value, right.cost_function(exercise.X, exercise.y)):
        return _wrong_number(part, value, exercise)
    own.set_weights(network, exercise.other_weights)
    again = own.attempt(f"{part}(X, y), called again,", cost, exercise.X.copy(), exercise.y.copy())
    if again.mistake:
        return again.mark(part)
    other = exercise.right(exercise.other_weights).cost_function(exercise.X, exercise.y)
    if np.size(again.value) != 1 or not same(float(np.asarray(again.value).reshape(())), other):
        return Mark(
            part,
            "stale",
            "it is right at its first call, but not with other weights: it uses an earlier prediction",
            NOTEBOOK["cost of a stale prediction"].hint,
        )
    return Mark(part, sentence=ARRAY_REMARK if np.ndim(answer.value) else "")


def _not_a_number(part: str, value: Any) -> Mark | None:
    """Return a mark if a cost is not one number; an array with one entry, as from Python's `sum`, is accepted."""
    if isinstance(value, np.ndarray) and value.size != 1:
        return Mark(
            part,
            "vector",
            f"it returns an array of shape {np.shape(value)} instead of one number",
            NOTEBOOK["cost is a vector"].hint,
        )
    shape = np.shape(value) if isinstance(value, np.ndarray) else ()
    return shape_mistake(part, value, shape, "one number")


def _wrong_number(part: str, value: float, exercise: Exercise) -> Mark:
    """Return the mark of a wrong cost."""
    right = exercise.right()
    error = right.forward(exercise.X) - exercise.y
    if exercise.Lambda is None:
        known = _mistakes(error, right.z_3 - exercise.y)
    else:
        known = penalty_mistakes.of_cost(exercise, exercise.Lambda)
    for mistake, sentence, numbers in known:
        if any(same(value, number) for number in numbers):
            return Mark(part, mistake, sentence, penalty_mistakes.HINTS.get(mistake, FACTOR_HINT))
    cost = right.cost_function(exercise.X, exercise.y)
    return Mark(
        part,
        "unknown",
        f"the cost of a test is {value:.6g}, but it should be {cost:.6g}",
        FACTOR_HINT,
    )


def _mistakes(error: Array, of_sums: Array) -> list[tuple[str, str, list[float]]]:
    """Return mistakes as a name, a sentence, and the resulting costs; `error` is y_hat - y, `of_sums` z_3 - y."""
    n, size = len(error), error.size
    squares, total = float(np.sum(error**2)), float(np.sum(error))
    absolute = float(np.sum(np.abs(error)))
    return [
        ("half missing", "it is twice the cost", [squares]),
        ("factor", "it is half of the cost", [0.25 * squares]),
        ("mean", "it is a mean over the samples instead of a sum", [0.5 * squares / n, 0.5 * squares / size]),
        (
            "mean without half",
            "it is a mean over the samples instead of a sum, and twice as large",
            [squares / n, squares / size],
        ),
        ("sign", "it has the wrong sign", [-0.5 * squares, -squares, -0.5 * squares / n, -squares / n]),
        (
            "not squared",
            "the errors are not squared before they are summed",
            [0.5 * total, -0.5 * total, total, -total, total / n, -total / n, absolute, 0.5 * absolute, absolute / n],
        ),
        ("square of the sum", "it is the square of the sum of errors", [0.5 * total**2, total**2, 0.5 * total**2 / n]),
        (
            "root",
            "it is a root of a sum of squares",
            [np.sqrt(squares), np.sqrt(0.5 * squares), 0.5 * np.sqrt(squares), np.sqrt(squares / n)],
        ),
        ("activation", "it compares z_3 with y, not the prediction", [0.5 * float(np.sum(of_sums**2))]),
    ]  # fmt: skip
