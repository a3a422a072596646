"""Benchmark: each method on problems that the rule of auto was not made from (see optimizers/auto_method.py).

    python benchmarks/auto_many_rows.py [--starts 6]

Networks of one hidden layer are fitted from the same starts to a largest gradient entry of 1e-8 (sum over rows).  Each
row shows P, N, the relative decay, the median processor times (of two fits from each start, the faster one counts), the
method that auto chooses, and its time / that of the fastest method.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

import numpy as np
from _measuring import restart_in_environment
from _noisy_fits import fit
from _noisy_problems import POISSON, TANH, Array, Problem, column, standardized

from sheernet.optimizers.auto_method import choose

METHODS = ("lm", "hybrid", "bfgs", "lbfgs")
SECONDS = 60.0
"""Limit of each fit."""


def regression(
    seed: int, rows: int, inputs: int, noise: float, shared: float = 0.0, outputs: int = 1
) -> tuple[Array, Array]:
    """Four ridge functions and a product; a part of each input is `shared` by all."""
    rng = np.random.default_rng(seed)
    mixed = (1 - shared) * np.eye(inputs) + shared * np.ones((inputs, inputs)) / np.sqrt(inputs)
    X = rng.standard_normal((rows, inputs)) @ mixed
    ridges = np.tanh(1.5 * X @ rng.standard_normal((inputs, 4)) / np.sqrt(inputs))
    y = ridges @ rng.standard_normal((4, outputs)) + 0.3 * X[:, :1] * X[:, -1:]
    return standardized(X), standardized(y + noise * rng.standard_normal((rows, outputs)))


def counts(seed: int, rows: int, inputs: int, level: float) -> tuple[Array, Array]:
    """Poisson counts of a smooth rate."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(-2, 2, (rows, inputs))
    return X, column(rng.poisson(np.exp(level + np.sin(1.5 * X[:, 0]) * X[:, 1] / 2)))


def with_tails(seed: int, X: Array, y: Array) -> tuple[Array, Array]:
    """With noise of Student's t with 2 degrees of freedom."""
    return X, standardized(y + 0.4 * np.random.default_rng(seed).standard_t(2, y.shape))


def problems() -> Iterator[Problem]:
    """Those up to P K = 100, and larger ones."""
    yield Problem("noisy", *regression(1050, 700, 4, 0.8), (6,), 0.15, **TANH)
    yield Problem("noisier", *regression(1051, 1200, 6, 1.0), (8,), 0.4)
    yield Problem("more rows", *regression(1052, 2500, 5, 0.5), (12,), 0.6, **TANH)
    yield Problem("smooth", *regression(1054, 650, 3, 0.05), (8,), 0.2, **TANH)
    yield Problem("counts", *counts(1056, 1000, 3, 0.5), (6,), 0.3, **POISSON)
    yield Problem("larger counts", *counts(1057, 2000, 4, 1.0), (5,), 0.8, **TANH, **POISSON)
    tails = with_tails(1058, *regression(1058, 800, 5, 0.0))
    yield Problem("heavy tails", *tails, (8,), 0.3, cost="huber", **TANH)
    yield Problem("hardly predictable", *regression(1059, 3000, 7, 2.0), (10,), 1.2)
    yield Problem("two outputs", *regression(1055, 1500, 4, 0.3, 0, 2), (8,), 0.5)
    yield Problem("collinear", *regression(1053, 900, 8, 0.4, 0.9), (10,), 0.4)
    yield Problem("large", *regression(1080, 1000, 10, 0.8), (12,), 0.3, **TANH)
    yield Problem("larger", *regression(1081, 2000, 8, 0.5), (18,), 0.8)
    yield Problem("largest", *regression(1082, 800, 12, 1.0), (15,), 0.2, **TANH)
    yield Problem("large, many rows", *regression(1083, 3000, 6, 0.3), (24,), 1.0, **TANH)
    yield Problem("large, collinear", *regression(1084, 700, 6, 0.1, 0.8), (14,), 0.3)


def medians(problem: Problem, starts: int) -> dict[str, float]:
    """Median milliseconds of each method; methods alternate."""
    objective, times = problem.objective(), {method: [] for method in METHODS}
    for start in problem.starts(starts):
        rounds = [[fit(objective, start, m, SECONDS).ms for m in METHODS] for _ in range(2)]
        for method, both in zip(METHODS, zip(*rounds, strict=True), strict=True):
            times[method].append(min(both))
    return {method: float(np.median(found)) for method, found in times.items()}


def main() -> None:
    """Print a row for each problem."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--starts", type=int, default=6)
    given = parser.parse_args()
    restart_in_environment()
    columns = ", ms | ".join(METHODS)
    print(f"| problem | P | N | relative decay | {columns}, ms | auto | auto / fastest |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for problem in problems():
        objective, ms = problem.objective(), medians(problem, given.starts)
        auto = choose(objective, objective.size)
        cells = (
            *(problem.name, objective.size, objective.n_samples),
            *(f"{objective.relative_decay:.1e}", *(f"{each:.3g}" for each in ms.values())),
            *(auto, f"{ms[auto] / min(ms.values()):.2f}"),
        )
        print(f"| {' | '.join(map(str, cells))} |", flush=True)


if __name__ == "__main__":
    main()
