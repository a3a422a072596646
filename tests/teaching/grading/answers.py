"""Answers of learners, right and wrong, as they write them: with np.dot, Python's sum, and everything in one class."""

from __future__ import annotations

from typing import Any

VIDEOS = """\
import numpy as np
from scipy import optimize

print("reading my network")


class Neural_Network(object):
    def __init__(self, Lambda=0):
        self.inputLayerSize = 2
        self.hiddenLayerSize = 3
        self.outputLayerSize = 1
        self.W1 = np.random.randn(self.inputLayerSize, self.hiddenLayerSize)
        self.W2 = np.random.randn(self.hiddenLayerSize, self.outputLayerSize)

    def sigmoid(self, z):
        return 1 / (1 + np.exp(-z))

    def sigmoidPrime(self, z):
        return np.exp(-z) / ((1 + np.exp(-z)) ** 2)

    def forward(self, X):
        self.z2 = np.dot(X, self.W1)
        self.a2 = self.sigmoid(self.z2)
        self.z3 = np.dot(self.a2, self.W2)
        return self.sigmoid(self.z3)

    def costFunction(self, X, y):
        self.yHat = self.forward(X)
        J = 0.5 * sum((y - self.yHat) ** 2)
        return J

    def costFunctionPrime(self, X, y):
        self.yHat = self.forward(X)
        delta3 = np.multiply(-(y - self.yHat), self.sigmoidPrime(self.z3))
        dJdW2 = np.dot(self.a2.T, delta3)
        delta2 = np.dot(delta3, self.W2.T) * self.sigmoidPrime(self.z2)
        dJdW1 = np.dot(X.T, delta2)
        return dJdW1, dJdW2

    def getParams(self):
        params = np.concatenate((self.W1.ravel(), self.W2.ravel()))
        return params

    def setParams(self, params):
        W1_end = self.hiddenLayerSize * self.inputLayerSize
        self.W1 = np.reshape(params[0:W1_end], (self.inputLayerSize, self.hiddenLayerSize))
        W2_end = W1_end + self.hiddenLayerSize * self.outputLayerSize
        self.W2 = np.reshape(params[W1_end:W2_end], (self.hiddenLayerSize, self.outputLayerSize))

    def computeGradients(self, X, y):
        dJdW1, dJdW2 = self.costFunctionPrime(X, y)
        return np.concatenate((dJdW1.ravel(), dJdW2.ravel()))


def computeNumericalGradient(N, X, y):
    paramsInitial = N.getParams()
    numgrad = np.zeros(paramsInitial.shape)
    perturb = np.zeros(paramsInitial.shape)
    e = 1e-4
    for p in range(len(paramsInitial)):
        perturb[p] = e
        N.setParams(paramsInitial + perturb)
        loss2 = N.costFunction(X, y)
        N.setParams(paramsInitial - perturb)
        loss1 = N.costFunction(X, y)
        numgrad[p] = ((loss2 - loss1) / (2 * e)).item()
        perturb[p] = 0
    N.setParams(paramsInitial)
    return numgrad


class trainer(object):
    def __init__(self, N):
        self.N = N

    def callbackF(self, params):
        self.N.setParams(params)
        self.J.append(self.N.costFunction(self.X, self.y))

    def costFunctionWrapper(self, params, X, y):
        self.N.setParams(params)
        cost = self.N.costFunction(X, y)
        grad = self.N.computeGradients(X, y)
        return cost.item(), grad

    def train(self, X, y):
        self.X, self.y, self.J = X, y, []
        _res = optimize.minimize(self.costFunctionWrapper, self.N.getParams(), jac=True, method="BFGS", args=(X, y),
                                 options={"maxiter": 200, "disp": True}, callback=self.callbackF)
        self.N.setParams(_res.x)
        self.optimizationResults = _res
"""
"""A right answer in the style of the videos."""

CHANGES: dict[str, tuple[str, str, str, set[str]]] = {
    # name: (expression, its replacement, the wrong part, the names of the mistake that are right)
    "minus lost": ("np.multiply(-(y", "np.multiply((y", "costFunctionPrime", {"sign"}),
    "two of the square": ("np.multiply(-(y", "np.multiply(-2 * (y", "costFunctionPrime", {"factor"}),
    "mean in gradient": ("np.multiply(-(y", "np.multiply(-1 / len(X) * (y", "costFunctionPrime", {"factor"}),
    "slope of output missing": (
        "np.multiply(-(y - self.yHat), self.sigmoidPrime(self.z3))", "-(y - self.yHat)", "costFunctionPrime",
        {"output slope"},
    ),
    "slope at yHat": ("sigmoidPrime(self.z3)", "sigmoidPrime(self.yHat)", "costFunctionPrime", {"slope argument"}),
    "slope at a2": ("sigmoidPrime(self.z2)", "sigmoidPrime(self.a2)", "costFunctionPrime", {"slope argument"}),
    "slope at z3 twice": (
        "self.W2.T) * self.sigmoidPrime(self.z2)", "self.W2.T) * self.sigmoidPrime(self.z3)", "costFunctionPrime",
        {"layer", "unknown"},
    ),
    "hidden slope missing": (" * self.sigmoidPrime(self.z2)", "", "costFunctionPrime", {"f' left out", "layer"}),
    "z2 for a2": ("np.dot(self.a2.T, delta3)", "np.dot(self.z2.T, delta3)", "costFunctionPrime",
                  {"activation before f", "layer"}),
    "W2 without T": ("np.dot(delta3, self.W2.T)", "np.dot(delta3, self.W2)", "costFunctionPrime", {"shapes"}),
    "X without T": ("np.dot(X.T, delta2)", "np.dot(X, delta2)", "costFunctionPrime", {"shapes"}),
    "W1 for W2": ("np.dot(delta3, self.W2.T)", "np.dot(delta3, self.W1[:1])", "costFunctionPrime",
                  {"layer", "unknown"}),
    "self forgotten": ("np.dot(self.a2.T, delta3)", "np.dot(a2.T, delta3)", "costFunctionPrime", {"name"}),
    "error transposed": ("np.dot(self.a2.T, delta3)", "np.dot(delta3.T, self.a2)", "costFunctionPrime",
                         {"transposed"}),
    "only dJdW1": ("return dJdW1, dJdW2", "return dJdW1", "costFunctionPrime", {"shape"}),
    "no forward pass": (
        "self.yHat = self.forward(X)\n        delta3", "delta3", "costFunctionPrime", {"stale forward"},
    ),
    "dJdW2 for one row": ("np.dot(self.a2.T, delta3)", "np.dot(self.a2[:1].T, delta3[:1])", "costFunctionPrime",
                          {"layer", "unknown"}),
    "plus in the slope": ("((1 + np.exp(-z)) ** 2)", "((1 + np.exp(-z)) * 2)", "sigmoidPrime", {"unknown"}),
    "slope loops": ("return np.exp(-z) / (", "while True:\n            z = z + 1\n        return np.exp(-z) / (",
                    "sigmoidPrime", {"endless"}),
    "exp of plus z": ("return 1 / (1 + np.exp(-z))", "return 1 / (1 + np.exp(z))", "forward", {"activation"}),
    "returns z3": ("return self.sigmoid(self.z3)", "return self.z3", "forward", {"activation"}),
    "returns the hidden layer": ("return self.sigmoid(self.z3)", "return self.a2", "forward", {"shape"}),
    "returns a list": ("return self.sigmoid(self.z3)", "return self.z2, self.sigmoid(self.z3)", "forward", {"tuple"}),
    "prints the prediction": ("return self.sigmoid(self.z3)", "print(self.sigmoid(self.z3))", "forward",
                              {"missing return"}),
    "weights in the wrong order": ("np.dot(X, self.W1)", "np.dot(self.W1, X)", "forward", {"shapes"}),
    "random weights again": ("np.dot(X, self.W1)", "np.dot(X, np.random.randn(2, 3))", "forward", {"random"}),
    "z2 is kept in another name": ("self.z3 = np.dot(self.a2, self.W2)\n",
                                   ("self.z3 = np.dot(self.a2, self.W2)\n"
                                    "        self.z2 = getattr(self, 'old', self.z2)\n"
                                    "        self.old = np.dot(X, self.W1)\n"), "forward", {"stale"}),
    "prediction is kept": (
        "return self.sigmoid(self.z3)",
        "self.kept = getattr(self, 'kept', self.sigmoid(self.z3))\n        return self.kept", "forward", {"stale"},
    ),
    "scales X": ("self.z2 = np.dot(X, self.W1)", "X /= np.amax(X, axis=0)\n        self.z2 = np.dot(X, self.W1)",
                 "forward", {"changes X"}),
    "sum forgotten": ("0.5 * sum((y - self.yHat) ** 2)", "0.5 * (y - self.yHat) ** 2", "costFunction", {"vector"}),
    "half forgotten": ("0.5 * sum((y", "sum((y", "costFunction", {"half missing"}),
    "mean": ("0.5 * sum((y - self.yHat) ** 2)", "0.5 * ((y - self.yHat) ** 2).mean()", "costFunction", {"mean"}),
    "times two": ("(y - self.yHat) ** 2", "(y - self.yHat) * 2", "costFunction", {"not squared"}),
    "absolute": ("0.5 * sum((y - self.yHat) ** 2)", "np.abs(y - self.yHat).sum()", "costFunction", {"not squared"}),
    "J not returned": ("        return J\n", "", "costFunction", {"missing return"}),
    "norm": ("0.5 * sum((y - self.yHat) ** 2)", "np.linalg.norm(y - self.yHat)", "costFunction", {"root"}),
    "cost to the third": ("0.5 * sum((y - self.yHat) ** 2)", "0.5 * sum((y - self.yHat) ** 3)", "costFunction",
                          {"unknown"}),
    "W2 first": ("params = np.concatenate((self.W1.ravel(), self.W2.ravel()))",
                 "params = np.concatenate((self.W2.ravel(), self.W1.ravel()))", "getParams", {"order"}),
    "returns no params": ("        return params\n", "", "getParams", {"missing return"}),
    "W2 slice from 0": ("params[W1_end:W2_end]", "params[0 : W2_end - W1_end]", "setParams", {"numbers"}),
    "W1 by columns": ("(self.inputLayerSize, self.hiddenLayerSize))\n        W2_end",
                      "(self.inputLayerSize, self.hiddenLayerSize), order='F')\n        W2_end", "setParams",
                      {"transposed"}),
    "W1 is 3 x 2": ("(self.inputLayerSize, self.hiddenLayerSize))\n        W2_end",
                    "(self.hiddenLayerSize, self.inputLayerSize))\n        W2_end", "setParams", {"shape"}),
    "nothing set": ("self.W1 = np.reshape(", "W1 = np.reshape(", "setParams", {"not set"}),
    "gradients in the wrong order": ("np.concatenate((dJdW1.ravel(), dJdW2.ravel()))",
                                     "np.concatenate((dJdW2.ravel(), dJdW1.ravel()))", "computeGradients",
                                     {"block order"}),
    "gradients as arrays": ("return np.concatenate((dJdW1.ravel(), dJdW2.ravel()))", "return dJdW1, dJdW2",
                            "computeGradients", {"tuple"}),
    "divided by e": ("(2 * e)", "e", "computeNumericalGradient", {"factor"}),
    "perturb stays": ("        perturb[p] = 0\n", "", "computeNumericalGradient", {"not reset"}),
    "params stay": ("    N.setParams(paramsInitial)\n    return", "    return", "computeNumericalGradient",
                    {"not restored"}),
    "e is tiny": ("e = 1e-4", "e = 1e-15", "computeNumericalGradient", {"step", "unknown"}),
    "e is one": ("e = 1e-4", "e = 1.0", "computeNumericalGradient", {"step"}),
    "loss minus loss": ("loss2 - loss1", "loss1 - loss2", "computeNumericalGradient", {"sign"}),
    "one iteration": ('"maxiter": 200', '"maxiter": 1', "trainer", {"stopped early"}),
    "no callback": (", callback=self.callbackF", "", "trainer", {"no record"}),
}  # fmt: skip
"""Wrong answers: one change each."""


def changed(name: str) -> str:
    """The source of a wrong answer."""
    old, new, *_ = CHANGES[name]
    assert VIDEOS.count(old) == 1, name
    return VIDEOS.replace(old, new)


def network_class(source: str) -> Any:
    """The class that a source defines."""
    space: dict[str, Any] = {"__name__": "answer"}
    exec(compile(source, "<answer>", "exec"), space)
    return space["Neural_Network"]
