"""Benchmark: whether the default fit finds small local structure on nearly straight tables, and none on straight ones.

    python benchmarks/local_structure.py [--draws 4] [--tables T ...] >> benchmarks/results.md

A linear model explains 95 to 99.9 % of the variance of the tables; dips, steps, kinks and waves are the rest.  Errors
are the RMSE from the mean of the target, in standard deviations of the noise, at the rows of the fit.  `best` is the
lowest error of twelve networks of 4, 8 and 16 units with fixed decays, chosen by the mean of the target, which no
method knows.  On straight tables, errors and log densities are those of 2000 new rows.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from _measuring import heading, restart_in_environment

import sheernet as sn

Array = npt.NDArray[np.float64]
Mean = Callable[[Array], Array]
NEW_ROWS = 2000
SLOPES = np.array([3.0, -2.0, 1.0])


def plane(X: Array) -> Array:
    """Ten times the first input, less six times the second, and four times the third."""
    return X @ np.array([10.0, -6.0, 4.0])[: X.shape[1]]


def bell(distance: Array) -> Array:
    return np.exp(-(distance**2))


def injector(X: Array) -> Array:
    v = X[:, 0]
    return np.maximum(np.maximum(0.0, 12.0 * (v - 0.35)) - 4.0 * bell((v - 0.8) / 0.25), 0.0)


STRUCTURES: dict[str, tuple[Mean, float, tuple[float, ...]]] = {
    "injector": (injector, 0.3, (94, 0.2, 5.0)),
    "resonance": (lambda X: 2.0 * X[:, 0] + 1.5 / (1.0 + ((X[:, 0] - 6.3) / 0.3) ** 2), 0.15, (120, 0.0, 10.0)),
    "elbow": (lambda X: plane(X) + 5.0 * np.maximum(0.0, X[:, 0] - 0.7), 0.1, (80, 0.0, 1.0)),
    "step": (lambda X: plane(X) + 0.4 * np.tanh((X[:, 0] - 0.35) / 0.02), 0.1, (150, 0.0, 1.0)),
    "two dips": (
        lambda X: 2.0 * plane(X) - bell((X[:, 0] - 0.25) / 0.05) + 0.8 * bell((X[:, 0] - 0.7) / 0.08),
        0.15, (200, 0.0, 1.0),
    ),
    "ripple": (lambda X: 0.5 * plane(X) + 0.25 * np.sin(12.0 * X[:, 0]), 0.08, (100, 0.0, 1.0)),
    "end knee": (lambda X: plane(X) - 1.5 * np.exp(-X[:, 0] / 0.06), 0.1, (60, 0.0, 1.0)),
    "bump of 2": (
        lambda X: X @ [10.0, 6.0] + 2.0 * bell(np.hypot(X[:, 0] - 0.3, X[:, 1] - 0.6) / 0.15), 0.2, (300, 2),
    ),
    "step of 2": (lambda X: X @ [10.0, 6.0] + 0.6 * np.tanh((X[:, 0] - 0.6) / 0.03), 0.15, (150, 2)),
    "dip of 3": (lambda X: plane(X) - 1.5 * bell((X[:, 1] - 0.5) / 0.1), 0.2, (250, 3)),
    "product of 3": (lambda X: plane(X) + 4.0 * (X[:, 0] - 0.5) * (X[:, 2] - 0.5), 0.2, (500, 3)),
    "ridge of 3": (lambda X: plane(X) + 5.0 * np.maximum(0.0, X[:, 0] + X[:, 1] - 1.3), 0.15, (120, 3)),
}  # fmt: skip
"""Mean of the target; noise; and rows with first and last input, or rows and number of uniform inputs."""
STRAIGHT = {"60 x 1": 0.05, "30 x 1": 0.03, "100 x 3": 0.15, "300 x 2": 0.3}
"""Rows and inputs, with the noise."""


def inputs(extent: tuple[float, ...], rng: np.random.Generator) -> Array:
    """Equally spaced values of one input, or uniform values of several."""
    if len(extent) == 3:
        n_rows, first, last = extent
        return np.linspace(first, last, int(n_rows))[:, np.newaxis]
    return rng.uniform(size=tuple(map(int, extent)))


def rms(errors: Array) -> float:
    return float(np.sqrt(np.mean(errors**2)))


def linear(X: Array, y: Array, new: Array) -> Array:
    """Predictions of the linear model."""
    design, of_new = (np.column_stack([np.ones(len(each)), each]) for each in (X, new))
    return np.asarray(of_new @ np.linalg.lstsq(design, y, rcond=None)[0])


def lowest(X: Array, y: Array, mean: Array) -> float:
    """The error of the best network with a fixed decay."""
    fits = (
        sn.fit(X, y, hidden=hidden, decay=decay, method="lm", starts=6, max_iter=300, held_out=0.0)
        for hidden in (4, 8, 16)
        for decay in (1e-6, 1e-5, 1e-4, 1e-3)
    )
    return min(rms(np.ravel(fit.predict(X)) - mean) for fit in fits)


def structure(name: str, draw: int) -> list[float]:
    """Errors of the linear model, of the default fit and of the best network, and processor seconds of the default."""
    rng = np.random.default_rng([draw, 77])
    mean_of, noise, extent = STRUCTURES[name]
    X = inputs(extent, rng)
    mean = mean_of(X)
    y = mean + noise * rng.normal(size=len(X))
    began = time.process_time()
    fit = sn.fit(X, y)
    seconds = time.process_time() - began
    own, line = np.ravel(fit.predict(X)) - mean, linear(X, y, X) - mean
    return [rms(line) / noise, rms(own) / noise, lowest(X, y, mean) / noise, seconds]


def straight(name: str, draw: int) -> list[float]:
    """Errors of the linear model and of the default fit, log density of the default fit, and its processor seconds."""
    rng = np.random.default_rng([draw, 77])
    n_rows, n_inputs = map(int, name.split(" x "))
    noise, slopes = STRAIGHT[name], SLOPES[:n_inputs]
    X = rng.uniform(size=(n_rows, n_inputs))
    y = X @ slopes + noise * rng.normal(size=n_rows)
    began = time.process_time()
    fit = sn.fit(X, y)
    seconds = time.process_time() - began
    rng = np.random.default_rng([draw, 99])
    new = rng.uniform(size=(NEW_ROWS, n_inputs))
    mean = new @ slopes
    log_density = fit.distribution(new).logpdf(mean + noise * rng.normal(size=NEW_ROWS)).mean()
    own, line = np.ravel(fit.predict(new)) - mean, linear(X, y, new) - mean
    return [rms(line) / noise, rms(own) / noise, float(log_density), seconds]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--draws", type=int, default=4)
    parser.add_argument("--tables", nargs="+", choices=STRUCTURES, default=list(STRUCTURES))
    given = parser.parse_args()
    restart_in_environment()
    warnings.simplefilter("ignore")
    print(heading(sn.engines.describe()))
    print("| table | linear model | default fit, each draw | best, mean | s of the default fit |")
    print("|---|---|---|---|---|")
    for name in given.tables:
        found = np.array([structure(name, draw) for draw in range(given.draws)])
        line, _, best, seconds = found.mean(axis=0)
        own = ", ".join(f"{error:.2f}" for error in found[:, 1])
        print(f"| {name} | {line:.2f} | {own} | {best:.2f} | {seconds:.1f} |", flush=True)
    print("\n| straight table | linear model | default fit | log density | s of the default fit |")
    print("|---|---|---|---|---|")
    for name in STRAIGHT:
        line, own, log_density, seconds = np.mean(
            [straight(name, draw) for draw in range(given.draws)], axis=0
        )
        print(
            f"| {name} | {line:.3f} | {own:.3f} | {log_density:.4f} | {seconds:.2f} |", flush=True
        )


if __name__ == "__main__":
    main()
