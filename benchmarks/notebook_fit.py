"""Benchmark: time and final cost of the notebook's fit, by the notebook's own code and by sheernet.

    python benchmarks/notebook_fit.py [--starts 100] [--rounds 5] >> benchmarks/results.md

The network is 2-3-1, sigmoid, without biases, on three rows; half the sum of squares, BFGS, at most 200 iterations, one
thread.  Both begin at the same points, from default_rng(0), default_rng(1), ..., and have the same tolerance for the
largest gradient entry, SciPy's 1e-5.

- The notebook's code is scipy.optimize.minimize with its formulas in NumPy: a forward pass for the cost, a second one
  for the gradient, and a callback that records the cost.
- sheernet is `train`, including checks of the data, record and termination.
- Each time is that of one fit, repeated for at least 5 ms; both alternate, start by start.
- The last line compares 1000 starts in one call of `train` with the notebook's time for one.
"""

from __future__ import annotations

import argparse

import numpy as np
from _measuring import alternating, heading, quartiles, restart_in_environment, seconds
from scipy.optimize import minimize

import sheernet as sn

MAX_ITER, TOLERANCE = 200, 1e-5
MANY = 1000


class Notebook:
    """The notebook's network: forward pass, cost, backpropagation, and training with a record of the cost."""

    def __init__(self, X: np.ndarray, y: np.ndarray) -> None:
        self.X, self.y = X, y
        self.costs: list[float] = []

    @staticmethod
    def sigmoid(z: np.ndarray) -> np.ndarray:
        """The activation of both layers."""
        return 1.0 / (1.0 + np.exp(-z))

    @staticmethod
    def slope(z: np.ndarray) -> np.ndarray:
        """The derivative of the sigmoid, e^-z / (1 + e^-z)^2."""
        return np.exp(-z) / (1.0 + np.exp(-z)) ** 2

    def forward(self, theta: np.ndarray) -> np.ndarray:
        """The prediction, (3, 1); keeps the arrays for backpropagation."""
        self.W1, self.W2 = theta[:6].reshape(2, 3), theta[6:].reshape(3, 1)
        self.z1 = np.dot(self.X, self.W1)  # (3, 3)
        self.a1 = self.sigmoid(self.z1)
        self.z2 = np.dot(self.a1, self.W2)  # (3, 1)
        return self.sigmoid(self.z2)

    def cost(self, theta: np.ndarray) -> float:
        """Half the sum of squares."""
        return 0.5 * float(((self.forward(theta) - self.y) ** 2).sum())

    def gradient(self, theta: np.ndarray) -> np.ndarray:
        """The gradient by backpropagation, (9,)."""
        delta2 = (self.forward(theta) - self.y) * self.slope(self.z2)
        delta1 = np.dot(delta2, self.W2.T) * self.slope(self.z1)
        by_W1, by_W2 = np.dot(self.X.T, delta1), np.dot(self.a1.T, delta2)
        return np.concatenate([by_W1.ravel(), by_W2.ravel()])

    def train(self, theta: np.ndarray) -> float:
        """Train from a start, and return the final cost."""
        self.costs = []
        found = minimize(
            lambda theta: (self.cost(theta), self.gradient(theta)), theta, jac=True, method="BFGS",
            options={"maxiter": MAX_ITER}, callback=lambda theta: self.costs.append(self.cost(theta)),
        )  # fmt: skip
        return float(found.fun)


class Sheernet:
    """The same network in sheernet."""

    def __init__(self, X: np.ndarray, y: np.ndarray) -> None:
        self.X, self.y = X, y
        self.arch = sn.Architecture((2, 3, 1), hidden="sigmoid", output="sigmoid", bias=False)

    def train(self, theta: np.ndarray, starts: int = 1) -> sn.Training:
        """Train from a start, and from further random ones if `starts` is larger than 1."""
        return sn.train(
            sn.Network(self.arch, theta), self.X, self.y, method="bfgs", reduction="sum", max_iter=MAX_ITER,
            gradient_tolerance=TOLERANCE, starts=starts, scheme="uniform", engine="compiled",
        )  # fmt: skip


def start(seed: int) -> np.ndarray:
    """A start of the notebook's network, (9,)."""
    return np.random.default_rng(seed).random(9)


def check_objectives(theirs: Notebook, ours: Sheernet) -> None:
    """Check that both have the same objective and gradient."""
    objective = sn.make_objective(ours.arch, ours.X, ours.y, reduction="sum")
    value, gradient = objective.value_and_gradient(start(0))
    assert abs(theirs.cost(start(0)) - value) < 1e-14 * value
    assert np.abs(theirs.gradient(start(0)) - gradient).max() < 1e-13 * np.abs(gradient).max()


def single_starts(theirs: Notebook, ours: Sheernet, starts: int, rounds: int) -> float:
    """Print the table, and return the median seconds of the notebook's fit."""
    times = []
    for seed in range(starts):
        theta = start(seed)
        pair = {
            "notebook": lambda theta=theta: seconds(lambda: theirs.train(theta)),
            "sheernet": lambda theta=theta: seconds(lambda: ours.train(theta)),
        }
        times.append([np.median(values) for values in alternating(pair, rounds).values()])
    notebook, sheernet = np.transpose(times)
    ends = np.array(
        [(theirs.train(start(i)), ours.train(start(i)).objective) for i in range(starts)]
    )
    print("| | ms per fit | median final cost | lowest | final cost below 1e-9 |")
    print("|---|---|---|---|---|")
    for name, values, costs in (
        ("notebook", notebook, ends[:, 0]),
        ("sheernet", sheernet, ends[:, 1]),
    ):
        cells = f"{np.median(costs):.3g} | {costs.min():.2g} | {np.mean(costs < 1e-9):.0%}"
        print(f"| {name} | {quartiles(values, 1e3)} | {cells} |")
    no_worse = np.mean(ends[:, 1] <= 1.01 * ends[:, 0] + 1e-9)
    print(f"\nSpeedup, start by start: {quartiles(notebook / sheernet)}.")
    print(
        f"sheernet ends no worse (f <= 1.01 f_notebook + 1e-9) from {no_worse:.0%} of {starts} starts."
    )
    return float(np.median(notebook))


def many_starts(theirs: Notebook, ours: Sheernet, rounds: int) -> None:
    """Print the time per start in one call with many starts, and compare it with the notebook's fit."""
    seeds = range(20)
    times = alternating(
        {
            "notebook": lambda: float(
                np.median([seconds(lambda i=i: theirs.train(start(i))) for i in seeds])
            ),
            "sheernet": lambda: seconds(lambda: ours.train(start(0), MANY)) / MANY,
        },
        rounds,
    )
    notebook, sheernet = (np.array(values) for values in times.values())
    print(
        f"{MANY} starts in one call: {quartiles(sheernet, 1e6)} us per start, including drawing it;",
        end=" ",
    )
    print(f"the notebook takes {quartiles(notebook / sheernet)} times as long.")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--starts", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    restart_in_environment()
    facts = sn.engines.describe()
    if facts["engine"] != "compiled":
        raise SystemExit(f"the compiled engine is not available: {facts['because']}")
    X, y = sn.datasets.load_sleep_study().scaled
    theirs, ours = Notebook(X, y), Sheernet(X, y)
    check_objectives(theirs, ours)
    print(heading(facts, "scipy", rounds=given.rounds))
    single_starts(theirs, ours, given.starts, given.rounds)
    many_starts(theirs, ours, given.rounds)


if __name__ == "__main__":
    main()
