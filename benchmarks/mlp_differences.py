"""The figures of docs/coming-from/scikit-learn.md: what follows from the differences to scikit-learn's networks.

    python benchmarks/mlp_differences.py

All data sets are of scikit-learn, all solvers 'lbfgs'.  Each section names its data and parameters; ten random states
unless it says otherwise.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from _measuring import heading, restart_in_environment
from sklearn import datasets, neural_network
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import scale

import sheernet as sn

PROGRAMS = {"scikit-learn": neural_network, "sheernet": sn}
STATES = range(10)


def fit(estimator: Any, X: np.ndarray, y: np.ndarray) -> bool:
    """Fit; return whether there was a warning."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        estimator.fit(X, y)
    return bool(caught)


def several_outputs() -> None:
    """Largest difference of a weight from Ridge's; load_linnerud, standardized."""
    X, Y = (scale(part) for part in datasets.load_linnerud(return_X_y=True))
    ridge = Ridge(alpha=1.0).fit(X, Y)
    print(
        f"\nSeveral outputs, alpha=1, tol=1e-9; Ridge's largest weight {np.abs(ridge.coef_).max():.2f}"
    )
    for name, program in PROGRAMS.items():
        errors, warned = [], 0
        for state in STATES:
            net = program.MLPRegressor(
                hidden_layer_sizes=(), solver="lbfgs", alpha=1.0, tol=1e-9, random_state=state
            )
            warned += fit(net, X, Y)
            errors.append(np.abs(net.coefs_[0].T - ridge.coef_).max())
        print(
            f"{name:13} median {np.median(errors):.1e}, largest {max(errors):.1e}, {warned} warnings"
        )


def clipped_loss() -> None:
    """Losses and training accuracies; load_wine without scaling, no hidden layer."""
    X, y = datasets.load_wine(return_X_y=True)
    print(
        "\nClipped log-loss, hidden_layer_sizes=(), max_iter=2000, max_fun=50000: loss (accuracy)"
    )
    for name, program in PROGRAMS.items():
        ends = []
        for state in STATES:
            net = program.MLPClassifier(
                (), solver="lbfgs", max_iter=2000, max_fun=50_000, random_state=state
            )
            fit(net, X, y)
            ends.append((net.loss_, net.score(X, y)))
        print(f"{name:13}", ", ".join(f"{loss:.2g} ({score:.2f})" for loss, score in sorted(ends)))


def largest_gradient(net: Any, X: np.ndarray, y: np.ndarray) -> float:
    """The largest entry of the gradient of a network with one hidden layer of tanh units, by its own formula."""
    n, (W, V), (b, c) = len(X), net.coefs_, net.intercepts_
    hidden = np.tanh(X @ W + b)  # (N, units)
    error = (hidden @ V + c - y[:, None]) / n  # (N, 1)
    back = error @ V.T * (1 - hidden**2)  # (N, units)
    parts = (
        X.T @ back + net.alpha / n * W, hidden.T @ error + net.alpha / n * V, back.sum(0), error.sum(0)
    )  # fmt: skip
    return max(float(np.abs(part).max()) for part in parts)


def tolerances() -> None:
    """Ends of fits with small tol; load_diabetes, all standardized, 8 tanh units, one random state."""
    X, y = (scale(part) for part in datasets.load_diabetes(return_X_y=True))
    print("\ntol, 8 tanh units, alpha=1, random_state=0")
    arguments = {"activation": "tanh", "solver": "lbfgs", "alpha": 1.0, "random_state": 0}
    for name, program in PROGRAMS.items():
        for tol in (1e-4, 1e-8, 1e-12):
            net = program.MLPRegressor(
                hidden_layer_sizes=(8,), tol=tol, max_iter=20_000, **arguments
            )
            warned = fit(net, X, y)
            print(
                f"{name:13} tol {tol:.0e}: {net.n_iter_} iterations, loss {net.loss_:.6f}, gradient "
                f"{largest_gradient(net, X, y):.0e}{', warning' if warned else ''}"
            )


def early_stopping() -> None:
    """R2 of other rows; load_diabetes, all standardized, 100 relu units, max_iter=1000."""
    X, y = (scale(part) for part in datasets.load_diabetes(return_X_y=True))
    print("\nearly_stopping, 100 relu units, max_iter=1000: median R2 of other rows, iterations")
    for name, program in PROGRAMS.items():
        for stops in (False, True):
            ends = []
            for state in STATES:
                rows, other, targets, others = train_test_split(X, y, random_state=state)
                net = program.MLPRegressor(
                    solver="lbfgs", early_stopping=stops, max_iter=1000, random_state=state
                )
                fit(net, rows, targets)
                ends.append((net.score(other, others), net.n_iter_))
            score, iterations = np.median(ends, axis=0)
            print(f"{name:13} {stops!s:5}: {score:.2f}, {iterations:.0f}")


def main() -> None:
    """Print all sections."""
    restart_in_environment()
    print(heading(sn.engines.describe(), "scikit-learn", "scipy"))
    for section in (several_outputs, clipped_loss, tolerances, early_stopping):
        section()


if __name__ == "__main__":
    main()
