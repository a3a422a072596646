"""Grade sigmoid_prime(z), cost_function_prime(X, y) and compute_gradients(X, y).

Gradients are judged by `check_gradient` and named by its diagnosis.  If a mistake of `sheernet.faults.NOTEBOOK` gives
the same numbers, its hint is used.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from sheernet.derivatives import check_gradient
from sheernet.derivatives.foreign.user_class import from_methods
from sheernet.foundation.arrays import Array
from sheernet.teaching.faults.bank import NOTEBOOK
from sheernet.teaching.faults.class_fault import ClassFault
from sheernet.teaching.grading.answer_shape import NO_RETURN, same, shape_mistake
from sheernet.teaching.grading.exercise import Exercise
from sheernet.teaching.grading.marks import Mark
from sheernet.teaching.grading.own_network import NAMES, RIGHT, OwnNetwork

HINTS = {
    "sign": "If y_hat rises above y, should the cost rise or fall? Your gradient says the opposite.",
    "factor": "All entries are wrong by one number: compare the cost that you differentiate with cost_function.",
    "block factor": "One of the arrays is wrong by a number: look at its line, and at the delta in it.",
    "zero": "A gradient that is exactly zero was never computed.",
    "entry": "Most entries are right: look for code that treats a part of the array differently.",
    "line": "Most entries are right: look for code that treats a part of the array differently.",
    "transposed": "The numbers are right, but not their places: check how the array got its shape.",
    "block order": "The entries of the gradient must have the order of the parameters.",
    "stale forward": "Where do z_2, a_2 and z_3 come from, and which weights did they see?",
    "output slope": "Write down the chain rule from the cost to z_3, factor by factor, and count those in delta_3.",
    "slope argument": "At which number is the derivative of the sigmoid taken: before or after the sigmoid?",
    "layer": "One array is right and the other is wrong: look only at the lines between them.",
}
"""A hint for each kind of diagnosis."""
SENTENCES = {
    "output slope": "Both arrays are wrong, because delta_3 is.",
    "slope argument": "A derivative of the activation is evaluated at the wrong number.",
}
"""Sentences in place of those of the diagnosis that give the solution away."""
BROAD = (None, "layer")
"""Kinds that tell less than the name of a known mistake."""
OTHER_HINT = "Compare the shape and the meaning of every array in this method with its formula, line by line."
SHAPE_HINT = "The derivative by an array has the shape of this array."
SLOPE_HINT = "Compare your numbers with the slope of the sigmoid, (f(z + h) - f(z - h)) / (2 h), at z = 0 and z = 2."


def sigmoid_prime_mark(own: OwnNetwork, exercise: Exercise) -> Mark:
    """Grade sigmoid_prime(z); as a function of a = f(z), it is right if the gradient is."""
    part, z = own.part("sigmoid_prime"), exercise.other_inputs
    answer = own.attempt(f"{part}(z)", own.function("sigmoid_prime"), z.copy())
    if answer.mistake:
        return Mark(part, answer.mistake, answer.sentence, answer.hint)
    found = shape_mistake(part, answer.value, z.shape, "an array of slopes")
    if found is not None:
        return found
    a = 1.0 / (1.0 + np.exp(-z))
    if same(answer.value, a * (1.0 - a)):
        return Mark(part)
    takes_activation = same(answer.value, z * (1.0 - z)) and own.has("cost_function_prime")
    if takes_activation and cost_function_prime_mark(own, exercise).right:
        return Mark(part)
    mistakes = {
        "sigmoid": (a, "it is the sigmoid, not its derivative"),
        "slope argument": (
            z * (1.0 - z),
            "it takes z for an activation: the formula expects another number",
        ),
        "sign": (-a * (1.0 - a), "it has the wrong sign"),
    }
    for mistake, (numbers, sentence) in mistakes.items():
        if same(answer.value, numbers):
            return Mark(part, mistake, sentence, SLOPE_HINT)
    return Mark(part, "unknown", "it is not the derivative of the sigmoid", SLOPE_HINT)


def cost_function_prime_mark(own: OwnNetwork, exercise: Exercise) -> Mark:
    """Grade cost_function_prime(X, y), which returns an array for each array of weights."""
    part = own.part("cost_function_prime")
    network = own.with_weights(exercise.weights)
    _evaluate_cost(own, network, exercise)
    prime = own.method(network, "cost_function_prime")
    answer = own.attempt(f"{part}(X, y)", prime, exercise.X.copy(), exercise.y.copy())
    if answer.mistake:
        return Mark(part, answer.mistake, answer.sentence, answer.hint)
    found = _not_two_arrays(part, answer.value, exercise)
    if found is not None:
        return found

    def joined(X: Array, y: Array) -> Array:
        return np.concatenate([np.asarray(array, dtype=float).ravel() for array in prime(X, y)])

    return _checked(own, exercise, network, part, joined)


def compute_gradients_mark(own: OwnNetwork, exercise: Exercise) -> Mark:
    """Grade compute_gradients(X, y), which returns one vector in the order of get_params."""
    part = own.part("compute_gradients")
    network = own.with_weights(exercise.weights)
    _evaluate_cost(own, network, exercise)
    gradients = own.method(network, "compute_gradients")
    answer = own.attempt(f"{part}(X, y)", gradients, exercise.X.copy(), exercise.y.copy())
    if answer.mistake:
        return Mark(part, answer.mistake, answer.sentence, answer.hint)
    size = sum(array.size for array in exercise.weights)
    found = shape_mistake(part, answer.value, (size,), "one vector")
    return found or _checked(own, exercise, network, part, gradients)


def _cost_of(own: OwnNetwork, network: Any) -> Callable[..., Any]:
    """Return the cost of a copy; a right one if the learner wrote none."""
    if own.has("cost_function"):
        return own.method(network, "cost_function")
    return RIGHT["cost_function"](own, network)


def _evaluate_cost(own: OwnNetwork, network: Any, exercise: Exercise) -> None:
    """Let a copy keep what a gradient may use of an earlier forward pass; the check decides whether that is right."""
    own.attempt("the cost", _cost_of(own, network), exercise.X.copy(), exercise.y.copy())


def _not_two_arrays(part: str, value: Any, exercise: Exercise) -> Mark | None:
    """Return a mark if a gradient is not two arrays with the shapes of the weights."""
    shapes = tuple(array.shape for array in exercise.weights)
    words = f"two arrays of shapes {shapes[0]} and {shapes[1]}"
    if value is None:
        return Mark(part, "missing return", "it returns None", NO_RETURN)
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        kind = (
            f"an array of shape {np.shape(value)}"
            if isinstance(value, np.ndarray)
            else f"a {type(value).__name__}"
        )
        return Mark(part, "shape", f"it returns {kind} instead of {words}", SHAPE_HINT)
    given = tuple(np.shape(array) for array in value)
    if given == shapes:
        return None
    sentence = f"it returns arrays of shapes {given[0]} and {given[1]} instead of {words}"
    if given == shapes[::-1]:
        hint = "Which of the two arrays does the code that calls this method expect first?"
        return Mark(part, "order", sentence, hint)
    is_transposed = all(
        one in (shape, shape[::-1]) for one, shape in zip(given, shapes, strict=True)
    )
    return Mark(part, "transposed" if is_transposed else "shape", sentence, SHAPE_HINT)


def _checked(
    own: OwnNetwork, exercise: Exercise, network: Any, part: str, gradient: Callable[..., Any]
) -> Mark:
    """Return the mark of a gradient by `check_gradient`."""
    methods: dict[str, Callable[..., Any]] = {
        "cost": _cost_of(own, network),
        "gradient": gradient,
        "get": _packed(own, network),
        "set": _unpacked(own, network),
    }
    if own.has("get_params") and own.has("set_params") and part == own.part("compute_gradients"):
        methods["get"] = own.method(network, "get_params")
        methods["set"] = own.method(network, "set_params")

    def checked() -> Any:
        problem = from_methods(network, methods, exercise.X, exercise.y)
        return check_gradient(problem), np.asarray(problem.gradient(problem.x))

    answer = own.attempt(f"{part}(X, y)", checked)
    if answer.mistake:
        return Mark(part, answer.mistake, answer.sentence, answer.hint)
    report, g = answer.value
    if report.verdict == "pass":
        return Mark(part)
    return _named(part, report, g, exercise)


def _named(part: str, report: Any, g: Array, exercise: Exercise) -> Mark:
    """Return the mark of a wrong gradient: the kind of the diagnosis, or of the known mistake with these numbers."""
    if report.diagnosis is None:  # the functions are not those of one point
        return Mark(
            part, "random", " ".join(report.findings), "Which value changes from call to call?"
        )
    kind, sentence = report.diagnosis.kind, report.diagnosis.sentence
    if kind == "factor" and _is_negative_one(report.diagnosis.factor):
        kind = "sign"
    sentence = SENTENCES.get(kind, sentence)
    fault = _known_fault(g, exercise) if part in NAMES["cost_function_prime"] else None
    if fault is not None:
        return Mark(part, fault.name if kind in BROAD else kind, sentence, fault.hint)
    return Mark(part, kind or "unknown", sentence, HINTS.get(kind or "", OTHER_HINT))


def _known_fault(g: Array, exercise: Exercise) -> ClassFault | None:
    """Return the mistake in the notebook's class that gives the numbers g; None if none does."""
    for fault in NOTEBOOK.values():
        numbers = _numbers_of(fault)
        if numbers is not None and same(g, numbers(exercise)):
            return fault
    return None


def _is_negative_one(factor: float) -> bool:
    return abs(factor + 1.0) < 1e-6


@cache
def _numbers_of(fault: ClassFault) -> Callable[[Exercise], Array] | None:
    """Return the wrong gradient of a fault as a function of the exercise; None if the fault changes none."""
    if fault.part not in ("cost_function_prime", "sigmoid_prime"):
        return None
    kind = fault.names()["NeuralNetwork"]

    def numbers(exercise: Exercise) -> Array:
        network = kind(0)
        network.W_1, network.W_2 = exercise.weights
        try:
            network.forward(exercise.X)
            arrays = network.cost_function_prime(exercise.X, exercise.y)
            return np.concatenate([np.ravel(array) for array in arrays])
        except (ValueError, TypeError, IndexError):  # the fault does not fit these shapes
            return np.empty(0)

    return numbers


def _packed(own: OwnNetwork, network: Any) -> Callable[[], Array]:
    def get_params() -> Array:
        return np.concatenate([np.ravel(array) for array in own.weights_of(network)])

    return get_params


def _unpacked(own: OwnNetwork, network: Any) -> Callable[[Array], None]:
    def set_params(params: Array) -> None:
        first, second = own.weights_of(network)
        parts = np.split(params, [first.size])
        own.set_weights(network, (parts[0].reshape(first.shape), parts[1].reshape(second.shape)))

    return set_params
