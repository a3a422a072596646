"""Coverage of 90 % intervals on three problems of known noise: constant, varying with an input, and heavy-tailed.

Each of the seeds, 20 if their number is not given, draws 300 training rows and 1000 new rows of two
inputs.  Both methods of `Model.predict_interval` are measured.

    python benchmarks/interval_coverage.py [SEEDS]
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable

import numpy as np

import sheernet as sn

Array = np.ndarray
Generator = np.random.Generator

TRAINING_ROWS, NEW_ROWS, SEEDS = 300, 1000, 20
COVERAGE = 0.9
METHODS = ("density", "conformal")
NOISES: dict[str, Callable[[Generator, Array], Array]] = {
    "constant": lambda rng, X: 0.3 * rng.normal(size=len(X)),
    "varying": lambda rng, X: np.exp(0.8 * X[:, 1] - 1.0) * rng.normal(size=len(X)),
    "heavy-tailed": lambda rng, X: 0.2 * rng.standard_t(3, size=len(X)),
}


def rows(rng: Generator, count: int, noise: str) -> tuple[Array, Array]:
    """Inputs between -2 and 2, and a sine and a line with noise."""
    X = rng.uniform(-2.0, 2.0, size=(count, 2))
    return X, np.sin(2.0 * X[:, 0]) + 0.5 * X[:, 1] + NOISES[noise](rng, X)


def measured(noise: str, seed: int) -> list[float]:
    """Coverage and mean width of the intervals of each method, one after the other."""
    rng = np.random.default_rng(seed)
    X, y = rows(rng, TRAINING_ROWS, noise)
    model = sn.fit(X, y)
    X, y = rows(rng, NEW_ROWS, noise)
    found = []
    for method in METHODS:
        lower, upper = model.predict_interval(X, COVERAGE, method=method)
        found += [float(np.mean((lower <= y) & (y <= upper))), float(np.mean(upper - lower))]
    return found


def main() -> None:
    """Print a line for each problem."""
    warnings.simplefilter("ignore", sn.SheernetWarning)
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("seeds", type=int, nargs="?", default=SEEDS, help="number of seeds")
    seeds = parser.parse_args().seeds
    print(
        "noise",
        *(f"{method} {what}" for method in METHODS for what in ("coverage", "width")),
        sep="\t",
    )
    for noise in NOISES:
        found = np.array([measured(noise, seed) for seed in range(seeds)])  # (seeds, 4)
        mean, error = found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(seeds)
        print(
            noise,
            *(f"{m:.3f} +- {e:.3f}" for m, e in zip(mean, error, strict=True)),
            sep="\t",
            flush=True,
        )


if __name__ == "__main__":
    main()
