"""The network, the numerical gradient and the trainer of the notebook and the videos, in plain NumPy, as source text.

It is text because learners read and change it: each class fault (class_fault.py) is this text with one expression
changed, so each rule has its own line.  `in_style` translates the names into those of the videos.  The text is also the
correct answer of the exercises.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any, Literal

from sheernet.foundation.errors import require_known
from sheernet.foundation.sentences import Setting

Style = Literal["notebook", "videos"]
STYLES: tuple[Style, ...] = ("notebook", "videos")

SOURCE = """\
import numpy as np
from scipy import optimize


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1.0 - sigmoid(z))


class NeuralNetwork:
    def __init__(self, seed=None):
        rng = np.random.default_rng(seed)
        self.W_1 = rng.random((2, 3))
        self.W_2 = rng.random((3, 1))

    def forward(self, X):
        self.z_2 = X @ self.W_1
        self.a_2 = sigmoid(self.z_2)
        self.z_3 = self.a_2 @ self.W_2
        y_hat = sigmoid(self.z_3)
        return y_hat

    def cost_function(self, X, y):
        error = self.forward(X) - y
        return 0.5 * np.sum(error**2)

    def cost_function_prime(self, X, y):
        self.y_hat = self.forward(X)
        error = self.y_hat - y
        delta_3 = error * sigmoid_prime(self.z_3)
        dJ_dW_2 = self.a_2.T @ delta_3
        back = delta_3 @ self.W_2.T
        delta_2 = back * sigmoid_prime(self.z_2)
        dJ_dW_1 = X.T @ delta_2
        return dJ_dW_1, dJ_dW_2

    def get_params(self):
        return np.concatenate((self.W_1.ravel(), self.W_2.ravel()))

    def set_params(self, params):
        end = self.W_1.size
        self.W_1 = params[:end].reshape(self.W_1.shape)
        self.W_2 = params[end:].reshape(self.W_2.shape)

    def compute_gradients(self, X, y):
        dJ_dW_1, dJ_dW_2 = self.cost_function_prime(X, y)
        return np.concatenate((dJ_dW_1.ravel(), dJ_dW_2.ravel()))


def compute_numerical_gradient(N, X, y):
    start = N.get_params()
    epsilon = 1e-4
    gradient = np.zeros(start.size)
    for p in range(start.size):
        step = np.zeros(start.size)
        step[p] = epsilon
        N.set_params(start + step)
        above = N.cost_function(X, y)
        N.set_params(start - step)
        below = N.cost_function(X, y)
        gradient[p] = (above - below) / (2.0 * epsilon)
    N.set_params(start)
    return gradient


class Trainer:
    def __init__(self, N):
        self.N = N

    def cost_and_gradient(self, params, X, y):
        self.N.set_params(params)
        return self.N.cost_function(X, y), self.N.compute_gradients(X, y)

    def train(self, X, y):
        self.J = []

        def record(params):
            self.N.set_params(params)
            self.J.append(self.N.cost_function(X, y))

        result = optimize.minimize(
            self.cost_and_gradient, self.N.get_params(), args=(X, y),
            jac=True, method="BFGS", options={"maxiter": 200}, callback=record,
        )
        self.N.set_params(result.x)
        self.optimization_results = result
"""
"""The source with the names of the notebook."""

PENALIZED_SOURCE = SOURCE
"""The source as in part 7 of the videos: a mean, a penalty with the weight Lambda, and the costs of test rows."""

for _old, _new in (
    ("(self, seed=None):\n", "(self, seed=None, Lambda=0.0001):\n        self.Lambda = Lambda\n"),
    (
        "return 0.5 * np.sum(error**2)",
        (
            "penalty = np.sum(self.W_1**2) + np.sum(self.W_2**2)\n"
            "        return 0.5 * np.sum(error**2) / len(X) + 0.5 * self.Lambda * penalty"
        ),
    ),
    ("self.a_2.T @ delta_3\n", "self.a_2.T @ delta_3 / len(X) + self.Lambda * self.W_2\n"),
    ("X.T @ delta_2\n", "X.T @ delta_2 / len(X) + self.Lambda * self.W_1\n"),
    ("def train(self, X, y):\n", "def train(self, X, y, X_test, y_test):\n"),
    ("self.J = []\n", "self.J, self.J_test = [], []\n"),
    (
        "self.J.append(self.N.cost_function(X, y))\n",
        (
            "self.J.append(self.N.cost_function(X, y))\n"
            "            self.J_test.append(self.N.cost_function(X_test, y_test))\n"
        ),
    ),
):
    assert PENALIZED_SOURCE.count(_old) == 1, _old
    PENALIZED_SOURCE = PENALIZED_SOURCE.replace(_old, _new)

VIDEO_NAMES = {
    "sigmoid_prime": "sigmoidPrime",
    "NeuralNetwork": "Neural_Network",
    "cost_function_prime": "costFunctionPrime",
    "cost_function": "costFunction",
    "get_params": "getParams",
    "set_params": "setParams",
    "compute_gradients": "computeGradients",
    "compute_numerical_gradient": "computeNumericalGradient",
    "Trainer": "trainer",
    "optimization_results": "optimizationResults",
    "y_hat": "yHat",
    "W_1": "W1",
    "W_2": "W2",
    "z_2": "z2",
    "a_2": "a2",
    "z_3": "z3",
    "delta_2": "delta2",
    "delta_3": "delta3",
    "dJ_dW_1": "dJdW1",
    "dJ_dW_2": "dJdW2",
    "J_test": "testJ",
}
"""The names of the videos by those of the notebook."""


def in_style(source: str, style: Style) -> str:
    """Return a source with the names of the notebook or the videos.

    Examples
    --------
    >>> from sheernet.teaching.faults.notebook_source import in_style
    >>> in_style("self.z_2 = X @ self.W_1", "videos")
    'self.z2 = X @ self.W1'
    """
    require_known(Setting("style"), style, STYLES)
    if style == "notebook":
        return source
    names = "|".join(map(re.escape, VIDEO_NAMES))
    return re.sub(rf"\b({names})\b", lambda match: VIDEO_NAMES[match[1]], source)


def executed(source: str, name: str) -> dict[str, Any]:
    """Execute a source and return its names."""
    space: dict[str, Any] = {"__name__": name}
    exec(compile(source, f"<{name}>", "exec"), space)
    return space


@cache
def right_names(style: Style = "notebook", penalized: bool = False) -> dict[str, Any]:
    """Return the names that the correct source defines, such as "NeuralNetwork" and "sigmoid"."""
    source = PENALIZED_SOURCE if penalized else SOURCE
    return executed(in_style(source, style), "the notebook's network")
