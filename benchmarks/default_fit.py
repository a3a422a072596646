"""Seconds of the default fit, evaluation in folds included, beside CatBoost's and a Gaussian process's defaults.

The target is a sine, a product and a line of the first four inputs, with noise; inputs are standard normal.  Each
program may use all processors.  The Gaussian process (constant x RBF with a length for each input + white noise) takes
part up to 500 rows.

    python benchmarks/default_fit.py [ROWSxINPUTS ...]
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable

import numpy as np

import sheernet as sn

Array = np.ndarray
SIZES = ("100x4", "500x8", "5000x8", "50000x20")
MOST_ROWS_OF_GP = 500


def data(n_rows: int, n_inputs: int) -> tuple[Array, Array]:
    """Inputs and targets."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_rows, n_inputs))
    y = np.sin(2.0 * X[:, 0]) + X[:, 1] * X[:, 2] + 0.5 * X[:, 3] + 0.5 * rng.normal(size=n_rows)
    return X, y


def catboost(X: Array, y: Array) -> object:
    from catboost import CatBoostRegressor

    return CatBoostRegressor(verbose=0, allow_writing_files=False).fit(X, y)


def gaussian_process(X: Array, y: Array) -> object:
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

    kernel = ConstantKernel() * RBF(np.ones(X.shape[1])) + WhiteKernel()
    return GaussianProcessRegressor(kernel, normalize_y=True).fit(X, y)


def seconds(fit: Callable[[Array, Array], object], X: Array, y: Array) -> str:
    """Time of a fit; empty if the package is missing."""
    began = time.perf_counter()
    try:
        fit(X, y)
    except ImportError:
        return ""
    return f"{time.perf_counter() - began:.2f}"


def main() -> None:
    """Print a line for each size."""
    warnings.simplefilter("ignore")
    print("rows x inputs", "sheernet", "CatBoost", "Gaussian process", sep="\t")
    sn.fit(*data(30, 4))  # imports
    for size in sys.argv[1:] or SIZES:
        n_rows, n_inputs = map(int, size.split("x"))
        X, y = data(n_rows, n_inputs)
        fits = [sn.fit, catboost, *([gaussian_process] if n_rows <= MOST_ROWS_OF_GP else [])]
        print(size, *(seconds(fit, X, y) for fit in fits), sep="\t", flush=True)


if __name__ == "__main__":
    main()
