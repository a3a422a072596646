"""Answers of lesson 7 as part 7 of the videos writes them, right and wrong."""

from __future__ import annotations

from typing import Any

from teaching.grading.answers import VIDEOS

PENALIZED = VIDEOS
for _old, _new in (
    ("self.inputLayerSize = 2\n", "self.Lambda = Lambda\n        self.inputLayerSize = 2\n"),
    ("def __init__(self, Lambda=0)", "def __init__(self, Lambda=0.0001)"),
    (
        "J = 0.5 * sum((y - self.yHat) ** 2)",
        (
            "J = 0.5 * sum((y - self.yHat) ** 2) / X.shape[0] "
            "+ (self.Lambda / 2) * (np.sum(self.W1**2) + np.sum(self.W2**2))"
        ),
    ),
    ("np.dot(self.a2.T, delta3)", "np.dot(self.a2.T, delta3) / X.shape[0] + self.Lambda * self.W2"),
    ("np.dot(X.T, delta2)", "np.dot(X.T, delta2) / X.shape[0] + self.Lambda * self.W1"),
    (
        "self.J.append(self.N.costFunction(self.X, self.y))",
        (
            "self.J.append(self.N.costFunction(self.X, self.y))\n"
            "        self.testJ.append(self.N.costFunction(self.testX, self.testY))"
        ),
    ),
    ("def train(self, X, y):\n", "def train(self, X, y, testX, testY):\n"),
    (
        "self.X, self.y, self.J = X, y, []",
        "self.X, self.y, self.J = X, y, []\n        self.testX, self.testY, self.testJ = testX, testY, []",
    ),
):
    assert PENALIZED.count(_old) == 1, _old
    PENALIZED = PENALIZED.replace(_old, _new)

COST = "+ (self.Lambda / 2) * (np.sum(self.W1**2) + np.sum(self.W2**2))"
OF_W1 = "np.dot(X.T, delta2) / X.shape[0] + self.Lambda * self.W1"
OF_W2 = "np.dot(self.a2.T, delta3) / X.shape[0] + self.Lambda * self.W2"

CHANGES: dict[str, tuple[list[tuple[str, str]], str, str]] = {
    # name: (changes, the wrong part, the name of the mistake)
    "the cost of lesson 6": ([("/ X.shape[0] " + COST, "")], "costFunction", "as in lesson 6"),
    "no penalty in the cost": ([(COST, "")], "costFunction", "penalty missing"),
    "sum with a penalty": ([("/ X.shape[0] " + COST, COST)], "costFunction", "mean missing"),
    "Lambda without 1/2": ([("(self.Lambda / 2)", "self.Lambda")], "costFunction", "half missing"),
    "only W1": ([("np.sum(self.W1**2) + np.sum(self.W2**2)", "np.sum(self.W1**2)")], "costFunction",
                "penalty of one layer"),
    "penalty averaged": ([("(self.Lambda / 2)", "(self.Lambda / 2) / X.shape[0]")], "costFunction",
                         "penalty averaged"),
    "minus the penalty": ([(COST, COST.replace("+ (self.L", "- (self.L"))], "costFunction", "sign of the penalty"),
    "Lambda left out": ([("(self.Lambda / 2)", "0.5")], "costFunction", "Lambda missing"),
    "weights not squared": ([("np.sum(self.W1**2) + np.sum(self.W2**2)", "np.sum(self.W1) + np.sum(self.W2)")],
                            "costFunction", "not squared"),
    "Lambda is a number": ([("(self.Lambda / 2)", "(0.0001 / 2)")], "costFunction", "unknown"),
    "the gradient of lesson 6": ([(OF_W1, "np.dot(X.T, delta2)"), (OF_W2, "np.dot(self.a2.T, delta3)")],
                                 "costFunctionPrime", "as in lesson 6"),
    "no penalty in the gradient": ([(" + self.Lambda * self.W1", ""), (" + self.Lambda * self.W2", "")],
                                   "costFunctionPrime", "penalty missing"),
    "gradient not averaged": ([("delta2) / X.shape[0]", "delta2)"), ("delta3) / X.shape[0]", "delta3)")],
                              "costFunctionPrime", "mean missing"),
    "penalty only at W1": ([(" + self.Lambda * self.W2", "")], "costFunctionPrime", "penalty of one layer"),
    "2 Lambda W": ([("+ self.Lambda * self.W1", "+ 2 * self.Lambda * self.W1"),
                    ("+ self.Lambda * self.W2", "+ 2 * self.Lambda * self.W2")], "costFunctionPrime",
                   "penalty doubled"),
    "Lambda / 2 W": ([("+ self.Lambda * self.W1", "+ self.Lambda / 2 * self.W1"),
                      ("+ self.Lambda * self.W2", "+ self.Lambda / 2 * self.W2")], "costFunctionPrime",
                     "penalty halved"),
    "everything averaged": ([(OF_W1, "(np.dot(X.T, delta2) + self.Lambda * self.W1) / X.shape[0]"),
                             (OF_W2, "(np.dot(self.a2.T, delta3) + self.Lambda * self.W2) / X.shape[0]")],
                            "costFunctionPrime", "penalty averaged"),
    "minus Lambda W": ([("+ self.Lambda * self.W1", "- self.Lambda * self.W1"),
                        ("+ self.Lambda * self.W2", "- self.Lambda * self.W2")], "costFunctionPrime",
                       "sign of the penalty"),
    "W without Lambda": ([("+ self.Lambda * self.W1", "+ self.W1"), ("+ self.Lambda * self.W2", "+ self.W2")],
                         "costFunctionPrime", "Lambda missing"),
    "wrong sign of delta3": ([("np.multiply(-(y", "np.multiply((y")], "costFunctionPrime", "data factor"),
    "slope of output missing": ([("np.multiply(-(y - self.yHat), self.sigmoidPrime(self.z3))", "-(y - self.yHat)")],
                                "costFunctionPrime", "output slope"),
    "test rows not recorded": ([("\n        self.testJ.append(self.N.costFunction(self.testX, self.testY))", "")],
                               "trainer", "no record of the test rows"),
    "training rows recorded twice": ([("costFunction(self.testX, self.testY)", "costFunction(self.X, self.y)")],
                                     "trainer", "wrong record of the test rows"),
    "trained on the test rows": ([("args=(X, y)", "args=(testX, testY)")], "trainer", "trained on the test rows"),
}  # fmt: skip
"""Wrong answers of lesson 7."""


def changed(name: str) -> str:
    """The source of a wrong answer."""
    source = PENALIZED
    for old, new in CHANGES[name][0]:
        assert source.count(old) == 1, (name, old)
        source = source.replace(old, new)
    return source


def network_class(source: str) -> Any:
    """The class that a source defines."""
    space: dict[str, Any] = {"__name__": "answer"}
    exec(compile(source, "<answer>", "exec"), space)
    return space["Neural_Network"]
