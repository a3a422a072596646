"""Benchmark: the fastest method, by the numbers of parameters, rows and outputs (see optimizers/auto_method.py).

    python benchmarks/auto_thresholds.py [--kinds NAME ...] [--rows N ...] [--decays D ...] [--sizes P ...] [--starts 3]

Networks of one hidden layer are fitted from the same starts by each method until the largest gradient entry is 1e-8,
the objective cannot fall further, or the time is up.  Objectives are means over rows, as in a fit of a table.  Each
cell shows the median time of the processor, relative to the fastest method whose end is as low (within 5 % of the
lowest), with "+" if a fit was cut, and the geometric mean over the starts of the end / the lowest end from the same
start.
Kinds:

    smooth     8 inputs, one target, noise of 1 % of the standard deviation
    noisy      the same with as much noise as signal
    classes3   softmax of 3 classes that overlap, 8 inputs
    classes10  softmax of 10 classes that overlap, 16 inputs
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from itertools import product

import numpy as np
from _measuring import restart_in_environment
from _noisy_fits import End, fit
from _noisy_problems import SOFTMAX, Array, Problem, indicators, standardized

METHODS = ("lm", "bfgs", "lbfgs")
SIZES = (25, 50, 100, 200, 400, 800, 1600)
LOW = 1.05
"""An end up to this times the lowest end is as low as it."""


def regression(rows: int, noise: float) -> tuple[Array, Array]:
    """Inputs (N, 8) and a standardized target (N, 1): a smooth function and noise, both of standard deviation 1."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((rows, 8))
    mean = standardized(np.sin(2 * X[:, 0]) + X[:, 1] * X[:, 2] + np.abs(X[:, 3]))
    return X, standardized(mean + noise * rng.standard_normal((rows, 1)))


def classes(rows: int, inputs: int, outputs: int) -> tuple[Array, Array]:
    """Inputs (N, d) and indicators (N, K) of classes whose log odds are smooth functions, up to noise."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((rows, inputs))
    scores = 3 * np.sin(X @ rng.standard_normal((inputs, outputs)) / 2)
    return X, indicators(np.argmax(scores + rng.gumbel(size=scores.shape), axis=1))


KINDS: dict[str, Callable[[int], tuple[Array, Array]]] = {
    "smooth": lambda rows: regression(rows, 0.01),
    "noisy": lambda rows: regression(rows, 1.0),
    "classes3": lambda rows: classes(rows, 8, 3),
    "classes10": lambda rows: classes(rows, 16, 10),
}


def problem(kind: str, rows: int, size: int, decay: float) -> Problem:
    """A problem with about this number of parameters."""
    X, y = KINDS[kind](rows)
    hidden = max(1, round((size - y.shape[1]) / (X.shape[1] + 1 + y.shape[1])))
    more = SOFTMAX if y.shape[1] > 1 else {}
    return Problem(kind, X, y, (hidden,), decay, activation="tanh", reduction="mean", **more)


def measured(made: Problem, methods: list[str], seconds: float, starts: int) -> dict[str, list[End]]:  # fmt: skip
    """The fits of each method; methods alternate."""
    objective = made.objective()
    ends: dict[str, list[End]] = {method: [] for method in methods}
    for start in made.starts(starts):
        for method in methods:
            ends[method].append(fit(objective, start, method, seconds))
    return ends


def cells(ends: dict[str, list[End]]) -> list[str]:
    """Time relative to the fastest that ends low, "+" if a fit was cut, and end relative to the lowest."""
    ms = {method: float(np.median([end.ms for end in found])) for method, found in ends.items()}
    values = np.array([[end.objective for end in found] for found in ends.values()])
    above = np.exp(np.mean(np.log(values / values.min(axis=0)), axis=1))  # (methods,)
    low = [method for method, ratio in zip(ends, above, strict=True) if ratio <= LOW * above.min()]
    fastest = min(ms[method] for method in low)
    cut = {m: "+" if any(e.reason == "time_limit" for e in f) else " " for m, f in ends.items()}
    return [
        f"{ms[method] / fastest:8.2f}{cut[method]}{ratio:6.3f}"
        for method, ratio in zip(ends, above, strict=True)
    ] + [f"{fastest:8.3g} ms"]


def main() -> None:
    """Print a table for each kind."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), choices=KINDS)
    parser.add_argument("--rows", nargs="*", type=int, default=[200, 2000])
    parser.add_argument("--decays", nargs="*", type=float, default=[1e-3, 1e-4, 1e-5])
    parser.add_argument("--sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--methods", nargs="*", default=METHODS)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--starts", type=int, default=3)
    given = parser.parse_args()
    restart_in_environment()
    for kind, rows, decay in product(given.kinds, given.rows, given.decays):
        print(f"\n{kind}, N = {rows}, decay {decay:g}: time / fastest, end / lowest")
        print(f"{'P':>6s}" + "".join(f"{name:>15s}" for name in given.methods))
        for size in given.sizes:
            made = problem(kind, rows, size, decay)
            ends = measured(made, given.methods, given.seconds, given.starts)
            print(f"{made.architecture.n_parameters:6d}" + "".join(cells(ends)), flush=True)


if __name__ == "__main__":
    main()
