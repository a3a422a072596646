"""Grade sigmoid_prime(z), cost_function_prime(X, y) and compute_gradients(X, y).

Gradients are checked by `check_gradient`, and mistakes are named by its diagnosis.  If a mistake of
`sheernet.faults.NOTEBOOK` gives the same numbers, its hint is used.
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
from sheernet.teaching.faults.notebook_source import PENALIZED_SOURCE, SOURCE, executed
from sheernet.teaching.grading import penalty_mistakes
from sheernet.teaching.grading.answer_shape import NO_RETURN, first_mistake, same
from sheernet.teaching.grading.exercise import Exercise
from sheernet.teaching.grading.learner_code import Outcome
from sheernet.teaching.grading.marks import Mark
from sheernet.teaching.grading.own_network import NAMES, RIGHT, OwnNetwork

HINTS = {
    "sign": NOTEBOOK["sign"].hint,
    "factor": NOTEBOOK["factor 2"].hint,
    "block factor": "One of the arrays is wrong by a number: look at its line, and at the delta in it.",
    "zero": NOTEBOOK["first layer detached"].hint,
    "entry": NOTEBOOK["one entry zero"].hint,
    "line": NOTEBOOK["last row zero"].hint,
    "transposed": NOTEBOOK["first weights transposed"].hint,
    "block order": NOTEBOOK["gradient in the wrong order"].hint,
    "stale forward": NOTEBOOK["stale forward"].hint,
    "output slope": NOTEBOOK["f' left out at the output"].hint,
    "slope argument": NOTEBOOK["f' at y_hat"].hint,
    "decay": penalty_mistakes.HINTS["penalty missing"],
    "data factor": penalty_mistakes.HINTS["mean missing"],
    "layer": "One array is right and the other is wrong: look only at the lines between them.",
}
"""A hint for each kind of diagnosis."""
SENTENCES = {
    "output slope": "Both arrays are wrong, because delta_3 is.",
    "slope argument": "A derivative of the activation is evaluated at the wrong number.",
}
"""Replacements for sentences of the diagnosis that reveal the solution."""
BROAD = (None, "layer")
"""Kinds that are less specific than the name of a known mistake."""
OTHER_HINT = NOTEBOOK["gradient not summed"].hint
SHAPE_HINT = NOTEBOOK["shape transposed"].hint
SLOPE_HINT = NOTEBOOK["sigmoid' is a"].hint
ORDER_HINT = NOTEBOOK["returned in the wrong order"].hint


def sigmoid_prime_mark(own: OwnNetwork, exercise: Exercise) -> Mark:
    """Grade sigmoid_prime(z); as a function of a = f(z), it is correct if the gradient is."""
    part, z = own.part("sigmoid_prime"), exercise.other_inputs
    answer = own.attempt(f"{part}(z)", own.function("sigmoid_prime"), z.copy())
    found = first_mistake(part, answer, z.shape, "an array of slopes")
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
    network, prime, answer = _first_call(own, exercise, "cost_function_prime")
    part = own.part("cost_function_prime")
    if answer.mistake:
        return answer.mark(part)
    found = _not_two_arrays(part, answer.value, exercise)
    if found is not None:
        return found

    def joined(X: Array, y: Array) -> Array:
        return np.concatenate([np.asarray(array, dtype=float).ravel() for array in prime(X, y)])

    return _checked(own, exercise, network, part, joined)


def compute_gradients_mark(own: OwnNetwork, exercise: Exercise) -> Mark:
    """Grade compute_gradients(X, y), which returns one vector in the order of get_params."""
    network, gradients, answer = _first_call(own, exercise, "compute_gradients")
    part = own.part("compute_gradients")
    found = first_mistake(part, answer, (exercise.n_weights,), "one vector")
    return found or _checked(own, exercise, network, part, gradients)


def _cost_of(own: OwnNetwork, network: Any) -> Callable[..., Any]:
    """Return the cost function of a copy, or a correct one if the learner wrote none."""
    if own.has("cost_function"):
        return own.method(network, "cost_function")
    return RIGHT["cost_function"](own, network)


def _first_call(
    own: OwnNetwork, exercise: Exercise, name: str
) -> tuple[Any, Callable[..., Any], Outcome]:
    """Return a copy, its method that computes a gradient, and the outcome of calling it after the cost.

    The call of the cost lets the copy store values that a gradient may use from an earlier forward pass; the check
    decides whether this is correct.
    """
    network = own.with_weights(exercise.weights)
    own.attempt("the cost", _cost_of(own, network), exercise.X.copy(), exercise.y.copy())
    method = own.method(network, name)
    what = f"{own.part(name)}(X, y)"
    return network, method, own.attempt(what, method, exercise.X.copy(), exercise.y.copy())


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
        return Mark(part, "order", sentence, ORDER_HINT)
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
        return answer.mark(part)
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
    if kind == "factor" and abs(report.diagnosis.factor + 1.0) < 1e-6:
        kind = "sign"
    sentence = SENTENCES.get(kind, sentence)
    in_our_order = part in NAMES["cost_function_prime"]
    if in_our_order and exercise.Lambda is not None:
        for mistake, words, gradients in penalty_mistakes.of_gradient(exercise, exercise.Lambda):
            if any(same(g, numbers) for numbers in gradients):
                return Mark(part, mistake, words, penalty_mistakes.HINTS[mistake])
    fault = _known_fault(g, exercise) if in_our_order else None
    if fault is not None:
        return Mark(part, fault.name if kind in BROAD else kind, sentence, fault.hint)
    return Mark(part, kind or "unknown", sentence, HINTS.get(kind or "", OTHER_HINT))


def _known_fault(g: Array, exercise: Exercise) -> ClassFault | None:
    """Return the mistake in the notebook's class that gives the numbers g; None if there is none."""
    for fault in NOTEBOOK.values():
        numbers = _numbers_of(fault, exercise.Lambda is not None)
        if numbers is not None and same(g, numbers(exercise)):
            return fault
    return None


@cache
def _numbers_of(fault: ClassFault, penalized: bool) -> Callable[[Exercise], Array] | None:
    """Return the wrong gradient of a fault as a function of the exercise; None if the fault changes none."""
    source = PENALIZED_SOURCE if penalized else SOURCE
    if fault.part not in ("cost_function_prime", "sigmoid_prime") or source.count(fault.old) != 1:
        return None
    kind = executed(source.replace(fault.old, fault.new), fault.name)["NeuralNetwork"]

    def numbers(exercise: Exercise) -> Array:
        network = kind(0, exercise.Lambda) if penalized else kind(0)
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
