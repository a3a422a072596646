"""Grade get_params() and set_params(params): one vector of all weights, in the same order."""

from __future__ import annotations

from itertools import product
from typing import Any, Literal

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.teaching.faults.bank import NOTEBOOK
from sheernet.teaching.grading.answer_shape import first_mistake, same
from sheernet.teaching.grading.exercise import Exercise
from sheernet.teaching.grading.marks import Mark
from sheernet.teaching.grading.own_network import OwnNetwork

HINT = "Set the vector 0, 1, 2, ..., and print the weights and what get_params returns."
COUNT_HINT = NOTEBOOK["parameters without W_2"].hint


def get_params_mark(own: OwnNetwork, exercise: Exercise) -> Mark:
    """Grade get_params(): the vector has all weights, W_1 before W_2 or after it, each row by row."""
    part = own.part("get_params")
    network = own.with_weights(exercise.weights)
    answer = own.attempt(f"{part}()", own.method(network, "get_params"))
    first, second = (array.ravel() for array in exercise.weights)
    found = first_mistake(part, answer, (exercise.n_weights,), "one vector of all weights")
    if found is not None:
        return found
    if not np.array_equal(np.sort(answer.value), np.sort(np.concatenate((first, second)))):
        return Mark(part, "numbers", "the vector does not hold each weight once", COUNT_HINT)
    if not same(_set_then_get(own, exercise), _probe(exercise)) and not same(
        answer.value, np.concatenate((first, second))
    ):
        is_swapped = same(answer.value, np.concatenate((second, first)))
        what = "W_2 before W_1" if is_swapped else "the weights in another order than set_params"
        return Mark(part, "order", f"the vector has {what}", HINT)
    return Mark(part)


def set_params_mark(own: OwnNetwork, exercise: Exercise) -> Mark:
    """Grade set_params(params): it sets all weights, so that get_params returns the vector."""
    part = own.part("set_params")
    network = own.with_weights(exercise.weights)
    given = _probe(exercise)
    answer = own.attempt(f"{part}(params)", own.method(network, "set_params"), given.copy())
    if answer.mistake:
        return answer.mark(part)
    names = own.weight_names or ()
    for name, array, before in zip(names, own.weights_of(network), exercise.weights, strict=True):
        if np.shape(array) != before.shape:
            sentence = f"after it, {name} has shape {np.shape(array)} instead of {before.shape}"
            return Mark(
                part, "shape", sentence, "Print the shapes of both arrays before and after it."
            )
        if same(array, before):
            return Mark(
                part, "not set", f"it does not change {name}",
                "What is the difference between a local variable and an attribute of the network?",
            )  # fmt: skip
    return _order_of_set(own, exercise, part, own.weights_of(network), given)


def _order_of_set(
    own: OwnNetwork, exercise: Exercise, part: str, arrays: tuple[Array, Array], given: Array
) -> Mark:
    """Return the mark of set_params from the positions of the entries of the vector."""
    if same(_set_then_get(own, exercise), given):
        return Mark(part)
    first, second = arrays
    if not np.array_equal(np.sort(np.concatenate((first.ravel(), second.ravel()))), np.sort(given)):
        return Mark(part, "numbers", "it does not use each entry of the vector once", COUNT_HINT)
    if not own.has("get_params"):  # without the getter, any order is correct
        return Mark(part)
    either: tuple[Literal["C", "F"], ...] = ("C", "F")
    for orders in product(either, repeat=2):
        arrays_in_order = [
            array.ravel(order=order) for array, order in zip(arrays, orders, strict=True)
        ]
        if same(np.concatenate(arrays_in_order), given):
            sentence = "it fills an array column by column, but get_params reads rows"
            return Mark(part, "transposed", sentence, HINT)
    return Mark(part, "order", "get_params does not return the vector that was set", HINT)


def _probe(exercise: Exercise) -> Array:
    """Return a vector of all parameters, whose entries differ from each other and from the weights."""
    return 10.0 + np.arange(exercise.n_weights, dtype=float)


def _set_then_get(own: OwnNetwork, exercise: Exercise) -> Any:
    """Return the result of get_params after set_params; None if one of them fails."""
    network = own.with_weights(exercise.weights)

    def both() -> Any:
        own.method(network, "set_params")(_probe(exercise).copy())
        return own.method(network, "get_params")()

    if not (own.has("get_params") and own.has("set_params")):
        return None
    return own.attempt("set_params", both).value
