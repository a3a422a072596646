"""Benchmark: final objectives of the notebook's network from many random starts.

The network is 2-3-1, sigmoid, without biases, on three rows; theta is drawn from U[0, 1).  It is written here in NumPy,
so that only the optimizers are compared.

    python benchmarks/notebook_starts.py [--starts 1000] [--c2 0.1]

1. Sum of squares / 2, gradient tolerance 1e-5, at most 200 iterations: how often bfgs ends no worse than SciPy's BFGS,
   f <= 1.01 f_SciPy + 1e-9, from the starts default_rng(0) to default_rng(49), and from all starts.
2. Mean, default settings: the share of single starts that end below 1e-9, with iterations, evaluations and time.
3. The same for the best of 20 starts, in 50 batches.
"""

from __future__ import annotations

import argparse
import time
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import minimize as scipy_minimize

from sheernet.optimizers import minimize

X = np.array([[3.0, 5.0], [5.0, 1.0], [10.0, 2.0]]) / [10.0, 5.0]  # (3, 2)
Y = np.array([[75.0], [82.0], [93.0]]) / 100  # (3, 1)


class NotebookNet:
    """w/2 sum (sigmoid(sigmoid(X W1) W2) - y)^2, with w = 1 (sum) or 1/3 (mean)."""

    def __init__(self, weight: float) -> None:
        self.weight = weight

    def _forward(self, theta: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        W1, W2 = theta[:6].reshape(2, 3), theta[6:].reshape(3, 1)
        with np.errstate(over="ignore"):
            a1 = 1 / (1 + np.exp(-X @ W1))  # (3, 3)
            return W2, a1, 1 / (1 + np.exp(-a1 @ W2))

    def value(self, theta: np.ndarray) -> float:
        """Return the objective."""
        error = self._forward(theta)[2] - Y
        return 0.5 * self.weight * float(np.sum(error * error))

    def value_and_gradient(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the objective and its gradient, (9,)."""
        W2, a1, a2 = self._forward(theta)
        error = a2 - Y
        delta2 = self.weight * error * a2 * (1 - a2)  # (3, 1)
        delta1 = (delta2 @ W2.T) * a1 * (1 - a1)  # (3, 3)
        gradient = np.concatenate([(X.T @ delta1).ravel(), (a1.T @ delta2).ravel()])
        return 0.5 * self.weight * float(np.sum(error * error)), gradient

    def gauss_newton(self, theta: np.ndarray) -> tuple[float, np.ndarray, np.ndarray]:
        """Return the objective, its gradient, and J^T J, (9, 9)."""
        W2, a1, a2 = self._forward(theta)
        slope = a2 * (1 - a2)
        delta1 = (slope @ W2.T) * a1 * (1 - a1)  # (3, 3)
        J = np.hstack([(X[:, :, None] * delta1[:, None, :]).reshape(3, 6), a1 * slope])  # (3, 9)
        value, gradient = self.value_and_gradient(theta)
        return value, gradient, self.weight * (J.T @ J)


class End(NamedTuple):
    """How a run ended."""

    value: float
    iterations: int
    evaluations: int
    seconds: float


def run(
    net: NotebookNet,
    theta: np.ndarray,
    method: str,
    tolerance: float,
    max_iter: int,
    **options: Any,
) -> End:
    """Train with sheernet, or with SciPy if the method is "SciPy"."""
    began = time.perf_counter()
    if method == "SciPy":
        options |= {"gtol": tolerance, "maxiter": max_iter}
        found = scipy_minimize(
            net.value_and_gradient, theta, jac=True, method="BFGS", options=options
        )
        return End(found.fun, found.nit, found.nfev, time.perf_counter() - began)
    done = minimize(net, theta, method, gradient_tolerance=tolerance, max_iter=max_iter, **options)
    record = done.record
    evaluations = int(record.value_evaluations[-1])
    return End(done.objective, len(record) - 1, evaluations, time.perf_counter() - began)


def start(seed: int) -> np.ndarray:
    """A start of the notebook's network, (9,)."""
    return np.random.default_rng(seed).random(9)


def against_scipy(starts: int, c2: float) -> None:
    """Part 1: bfgs against SciPy's BFGS."""
    net = NotebookNet(1.0)
    theirs = [run(net, start(seed), "SciPy", 1e-5, 200).value for seed in range(starts)]
    ours = [run(net, start(seed), "bfgs", 1e-5, 200, c2=c2).value for seed in range(starts)]
    good = np.array([mine <= 1.01 * other + 1e-9 for mine, other in zip(ours, theirs, strict=True)])
    print("sum, tolerance 1e-5, 200 iterations: bfgs ends no worse than SciPy's BFGS")
    print(f"  {good[:50].sum()} of the first {good[:50].size}, {good.mean():.1%} of {starts}")


def single_starts(starts: int, c2: float) -> None:
    """Part 2: single starts."""
    net = NotebookNet(1 / 3)
    print("mean: single starts that end below 1e-9")
    print(
        f"  {'method':12s}{'tolerance':>10s}{'share':>8s}{'iterations':>12s}{'evaluations':>13s}{'ms':>7s}"
    )
    for method, tolerance in [
        ("lm", 1e-8),
        ("bfgs", 1e-8),
        ("lbfgs", 1e-8),
        ("SciPy", 1e-8),
        ("SciPy", 1e-5),
    ]:
        options = {"c2": c2} if method == "bfgs" else {}
        ends = [run(net, start(seed), method, tolerance, 1000, **options) for seed in range(starts)]
        share = np.mean([end.value < 1e-9 for end in ends])
        iterations, evaluations, seconds = (np.median([end[i] for end in ends]) for i in (1, 2, 3))
        print(
            f"  {method:12s}{tolerance:10.0e}{share:8.1%}{iterations:12.0f}{evaluations:13.0f}{1e3 * seconds:7.2f}"
        )


def best_of_twenty() -> None:
    """Part 3: the best of 20 starts."""
    net = NotebookNet(1 / 3)
    print("mean, tolerance 1e-8: best of 20 starts below 1e-9")
    for method in ("lm", "bfgs"):
        rngs = [np.random.default_rng(np.random.SeedSequence(seed)) for seed in range(50)]
        best = [
            min(run(net, rng.random(9), method, 1e-8, 1000).value for _ in range(20))
            for rng in rngs
        ]
        print(f"  {method}: {sum(value < 1e-9 for value in best)} of 50, worst {max(best):.1e}")


def main() -> None:
    """Print the three parts."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--starts", type=int, default=1000)
    parser.add_argument("--c2", type=float, default=0.1, help="of bfgs in parts 1 and 2")
    given = parser.parse_args()
    against_scipy(given.starts, given.c2)
    single_starts(given.starts, given.c2)
    best_of_twenty()


if __name__ == "__main__":
    main()
