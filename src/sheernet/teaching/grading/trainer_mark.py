"""Grade Trainer(N).train(X, y): the network is at an optimum of the cost afterwards, and the costs are recorded."""

from __future__ import annotations

from typing import Any

import numpy as np

from sheernet.teaching.faults.bank import NOTEBOOK
from sheernet.teaching.faults.notebook_source import right_names
from sheernet.teaching.grading.exercise import Exercise, right_network
from sheernet.teaching.grading.marks import Mark
from sheernet.teaching.grading.own_network import OwnNetwork

FLAT = 1e-3
"""Largest entry of the gradient at an optimum; BFGS stops at 1e-5."""
ENOUGH = 0.99
"""Share of the decrease by the right trainer that is enough if its 200 iterations do not reach an optimum either."""


def trainer_mark(own: OwnNetwork, exercise: Exercise) -> Mark:
    """Grade Trainer(N).train(X, y)."""
    part = own.part("Trainer")
    network = own.with_weights(exercise.weights)

    def trained() -> Any:
        trainer = own.function("Trainer")(network)
        trainer.train(exercise.X.copy(), exercise.y.copy())
        return trainer

    answer = own.attempt(f"{part}(N).train(X, y)", trained)
    if answer.mistake:
        return answer.mark(part)
    start = right_network(exercise.weights)
    end = right_network(own.weights_of(network))
    first, last = (one.cost_function(exercise.X, exercise.y) for one in (start, end))
    return (
        _not_set(part, answer.value, last)
        or _not_optimal(part, end, exercise, first, last)
        or _not_recorded(part, answer.value, last)
        or Mark(part)
    )


def _not_set(part: str, trainer: Any, last: float) -> Mark | None:
    """Return a mark if the optimizer found a lower cost than that of the network at the end."""
    results = [
        value for value in vars(trainer).values() if hasattr(value, "x") and hasattr(value, "fun")
    ]
    if results and float(np.min([np.min(result.fun) for result in results])) < last - 1e-6 * abs(
        last
    ):
        return Mark(
            part,
            "not set",
            "the optimizer found weights with a lower cost than those that the network has at the end",
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
    """Return the cost at the end of training by the right trainer."""
    network = right_network(exercise.weights)
    right_names()["Trainer"](network).train(exercise.X, exercise.y)
    return float(network.cost_function(exercise.X, exercise.y))


def _not_recorded(part: str, trainer: Any, last: float) -> Mark | None:
    """Return a mark if no list J of the costs ends at that of the network."""
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
