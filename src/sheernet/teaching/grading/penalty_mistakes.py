"""Mistakes with the mean and the penalty of lesson 7, by the resulting costs and gradients.

J = 1/(2 N) sum (y_hat - y)^2 + Lambda/2 sum W^2
"""

from __future__ import annotations

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.teaching.grading.exercise import Exercise

HINTS = {
    "as in lesson 6": "Two things change between lessons 6 and 7: which of them is in your code?",
    "penalty missing": "With another Lambda the result must be another: where does Lambda enter?",
    "mean missing": "Give it each row twice: a mean stays as it is, and a sum does not.",
    "half missing": "Compare the numbers before both sums with those of the formula.",
    "penalty of one layer": "Which weights are in your penalty, and which are not?",
    "penalty averaged": "Which part of the formula depends on the number of rows, and which does not?",
    "sign of the penalty": "Large weights must cost more, not less.",
    "Lambda missing": "With another Lambda the result must be another: where does Lambda enter?",
    "not squared": "What does the formula sum: the weights, or something that is never negative?",
    "penalty doubled": "Derive Lambda/2 times w squared with respect to w, on paper.",
    "penalty halved": "Derive Lambda/2 times w squared with respect to w, on paper.",
}
"""Hints, by the name of the mistake."""


def of_cost(exercise: Exercise, Lambda: float) -> list[tuple[str, str, list[float]]]:
    """Mistakes as a name, a sentence, and the resulting costs."""
    n, theta = len(exercise.X), _theta(exercise)
    error = exercise.right().forward(exercise.X) - exercise.y
    data, penalty = 0.5 * float(np.sum(error**2)) / n, 0.5 * Lambda * float(np.sum(theta**2))
    of_layers = [0.5 * Lambda * float(np.sum(W**2)) for W in exercise.weights]
    without_squares = [0.5 * Lambda * float(np.sum(each)) for each in (theta, np.abs(theta))]
    return [
        ("as in lesson 6", "it is a sum over the samples without a penalty", [data * n]),
        ("penalty missing", "the penalty is not in it", [data]),
        ("mean missing", "it sums over the samples instead of averaging", [data * n + penalty]),
        ("half missing", "a factor 1/2 is missing",
         [data + 2 * penalty, 2 * data + penalty, 2 * (data + penalty)]),
        ("penalty of one layer", "the penalty has the weights of one layer only", [data + each for each in of_layers]),
        ("penalty averaged", "the penalty is divided by the number of samples, too", [data + penalty / n]),
        ("sign of the penalty", "the penalty has the wrong sign", [data - penalty]),
        ("Lambda missing", "the penalty is not multiplied by Lambda", [data + penalty / Lambda]),
        ("not squared", "the weights in the penalty are not squared", [data + each for each in without_squares]),
    ]  # fmt: skip


def of_gradient(exercise: Exercise, Lambda: float) -> list[tuple[str, str, list[Array]]]:
    """Mistakes as a name, a sentence, and the resulting gradients, (P,), W_1 before W_2."""
    n, theta = len(exercise.X), _theta(exercise)
    penalty = Lambda * theta  # (P,)
    data = exercise.right().compute_gradients(exercise.X, exercise.y) - penalty  # (P,)
    of_first = np.arange(theta.size) < exercise.weights[0].size
    layers = [data + np.where(of_first == first, penalty, 0.0) for first in (True, False)]
    return [
        ("as in lesson 6", "It is the gradient of a sum over the samples without a penalty.", [data * n]),
        ("penalty missing", "The derivative of the penalty is not in it.", [data]),
        ("mean missing", "It sums over the samples, but the cost is a mean.", [data * n + penalty]),
        ("penalty of one layer", "One of the two arrays has no derivative of the penalty.", layers),
        ("penalty averaged", "The derivative of the penalty is divided by the number of rows.", [data + penalty / n]),
        ("sign of the penalty", "The derivative of the penalty has the wrong sign.", [data - penalty]),
        ("Lambda missing", "The derivative of the penalty is not multiplied by Lambda.", [data + theta]),
        ("penalty doubled", "The derivative of the penalty is twice as large as it should be.", [data + 2 * penalty]),
        ("penalty halved", "The derivative of the penalty is half as large as it should be.", [data + penalty / 2]),
    ]  # fmt: skip


def _theta(exercise: Exercise) -> Array:
    return np.concatenate([W.ravel() for W in exercise.weights])
