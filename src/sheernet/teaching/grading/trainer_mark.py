"""Grade Trainer(N).train(X, y): the network is at an optimum of the cost afterwards, and the costs are recorded."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.teaching.faults.bank import NOTEBOOK
from sheernet.teaching.faults.notebook_source import right_names
from sheernet.teaching.grading.exercise import Exercise
from sheernet.teaching.grading.marks import Mark
from sheernet.teaching.grading.own_network import OwnNetwork

FLAT = 1e-3
"""Maximum entry of the gradient at an optimum; BFGS stops at 1e-5."""
TEST_COSTS = ("J_test", "testJ", "test_J")
"""Names of the costs of the test rows."""
ENOUGH = 0.99
"""Minimum fraction of the correct trainer's decrease, if its 200 iterations do not reach an optimum either."""


def trainer_mark(own: OwnNetwork, exercise: Exercise) -> Mark:
    """Grade Trainer(N).train(X, y); in lesson 7 also with test rows, train(X, y, X_test, y_test)."""
    part = own.part("Trainer")
    network = own.with_weights(exercise.weights)
    rows = _rows(exercise)

    def trained() -> Any:
        trainer = own.function("Trainer")(network)
        trainer.train(*(array.copy() for array in rows))
        return trainer

    call = "train(X, y)" if len(rows) == 2 else "train(X, y, X_test, y_test)"
    answer = own.attempt(f"{part}(N).{call}", trained)
    if answer.mistake:
        return answer.mark(part)
    start = exercise.right()
    end = exercise.right(own.weights_of(network))
    first, last = (one.cost_function(exercise.X, exercise.y) for one in (start, end))
    return (
        _on_test_rows(part, end, exercise)
        or _not_set(part, answer.value, last)
        or _not_optimal(part, end, exercise, first, last)
        or _not_recorded(part, answer.value, last)
        or _test_not_recorded(part, answer.value, end, exercise)
        or Mark(part)
    )


def _rows(exercise: Exercise) -> tuple[Array, ...]:
    """Return the arguments of train: the rows, and in lesson 7 the test rows."""
    rows = (exercise.X, exercise.y)
    return rows if exercise.Lambda is None else (*rows, exercise.other_inputs, exercise.other_y)


def _on_test_rows(part: str, end: Any, exercise: Exercise) -> Mark | None:
    """Return a mark if the network is at an optimum of the cost of the test rows, in lesson 7."""
    if exercise.Lambda is None:
        return None
    pairs = ((exercise.X, exercise.y), (exercise.other_inputs, exercise.other_y))
    of_training, of_test = (np.max(np.abs(end.compute_gradients(*rows))) for rows in pairs)
    if of_test > FLAT or of_training <= FLAT:
        return None
    return Mark(
        part, "trained on the test rows", "it lowers the cost of the test rows, not that of the training rows",
        "Which rows does the optimizer see, and which only the callback?",
    )  # fmt: skip


def _not_set(part: str, trainer: Any, last: float) -> Mark | None:
    """Return a mark if the optimizer found a lower cost than the final cost of the network."""
    results = [
        value for value in vars(trainer).values() if hasattr(value, "x") and hasattr(value, "fun")
    ]
    if results and float(np.min([np.min(result.fun) for result in results])) < last - 1e-6 * abs(
        last
    ):
        return Mark(
            part,
            "not set",
            "the optimizer found weights with a lower cost than the final weights of the network",
            NOTEBOOK["optimum not set"].hint,
        )
    return None


def _not_optimal(part: str, end: Any, exercise: Exercise, first: float, last: float) -> Mark | None:
    """Return a mark if the cost can still be lowered."""
    steepest = float(np.max(np.abs(end.compute_gradients(exercise.X, exercise.y))))
    if last >= first:
        return Mark(
            part, "not trained", f"the cost is {last:.6g} after training and was {first:.6g} before",
            NOTEBOOK["weights not passed on"].hint,
        )  # fmt: skip
    if steepest > FLAT and last > first - ENOUGH * (first - _cost_of_right_training(exercise)):
        return Mark(
            part, "stopped early", f"the largest entry of the gradient is still {steepest:.2g} at the end",
            NOTEBOOK["stopped early"].hint,
        )  # fmt: skip
    return None


def _cost_of_right_training(exercise: Exercise) -> float:
    """Return the final cost of the correct trainer."""
    network = exercise.right()
    names = right_names(penalized=exercise.Lambda is not None)
    names["Trainer"](network).train(*_rows(exercise))
    return float(network.cost_function(exercise.X, exercise.y))


def _not_recorded(part: str, trainer: Any, last: float) -> Mark | None:
    """Return a mark if no list J of costs ends at the cost of the network."""
    costs = getattr(trainer, "J", None)
    if costs is None or not np.size(costs):
        return Mark(
            part, "no record", "it records no costs in J",
            NOTEBOOK["costs not recorded"].hint,
        )  # fmt: skip
    recorded = np.asarray(costs, dtype=float).ravel()[-1]
    if not np.isclose(recorded, last, rtol=1e-3, atol=1e-8):
        return Mark(
            part, "wrong record", f"the last cost in J is {recorded:.6g}, but the cost is {last:.6g}",
            "At which weights is the cost evaluated that goes into J?",
        )  # fmt: skip
    return None


def _test_not_recorded(part: str, trainer: Any, end: Any, exercise: Exercise) -> Mark | None:
    """Return a mark if, in lesson 7, no list of costs of the test rows ends at the cost of the network."""
    if exercise.Lambda is None:
        return None
    costs = next((getattr(trainer, name) for name in TEST_COSTS if hasattr(trainer, name)), None)
    if costs is None or np.size(costs) != np.size(trainer.J):
        return Mark(
            part, "no record of the test rows", f"it records no cost of the test rows in {TEST_COSTS[0]} for each in J",
            "The callback is called after each iteration: what does it do with the test rows?",
        )  # fmt: skip
    recorded = np.asarray(costs, dtype=float).ravel()[-1]
    right = float(end.cost_function(exercise.other_inputs, exercise.other_y))
    if not np.isclose(recorded, right, rtol=1e-3, atol=1e-8):
        return Mark(
            part, "wrong record of the test rows",
            f"the last cost of the test rows is {recorded:.6g}, but it should be {right:.6g}",
            "Of which rows, and at which weights, is the cost that goes into this list?",
        )  # fmt: skip
    return None
