"""Benchmark: figures of the folds beside those of whole fits that are repeated without each fold, on few rows.

    python benchmarks/fold_figures.py [--draws 4] [--rows 104] >> benchmarks/results.md

Ten inputs of correlated numbers and a category of seven labels, of which three numbers and one label have an effect;
the noise has the standard deviation 2.  The figures of a default fit are those of its report, which come from five
folds.  The whole fit is then repeated without each of the same folds, and predicts it.  Both miss the same rows, so
they should agree; the realized noise of a draw is beside them, and the RMSE and coverage of the model on 4000 new rows.
"""

from __future__ import annotations

import argparse
import warnings

import numpy as np
import numpy.typing as npt
from _measuring import heading

import sheernet as sn
from sheernet.statistics.folds import Folds

NEW_ROWS, NOISE = 4000, 2.0
Array = npt.NDArray[np.float64]
Table = dict[str, npt.NDArray[np.generic]]


def made(n_rows: int, seed: int) -> tuple[Table, Array]:
    """A table with the target y, and the noise in y."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n_rows, 10))
    X[:, 1:3] += 0.7 * X[:, :1]
    site = rng.integers(0, 7, n_rows)
    noise = NOISE * rng.normal(size=n_rows)
    table: Table = {f"x{j}": X[:, j] for j in range(10)}
    table["site"] = np.array([f"s{k}" for k in site])
    table["y"] = 1.2 * X[:, 0] + 0.6 * X[:, 1] + 0.4 * X[:, 3] + 2.0 * (site == 0) + noise
    return table, noise


def errors(model: sn.Model, table: Table) -> tuple[Array, Array]:
    """Errors of the predictions of rows, and whether their 90 % intervals contain the target."""
    inputs = {name: column for name, column in table.items() if name != "y"}
    y = table["y"].astype(float)
    low, high = (np.ravel(end) for end in model.predict_interval(inputs, coverage=0.9))
    return np.asarray(model.predict(inputs)).ravel() - y, (low <= y) & (y <= high)


def rms(values: Array) -> float:
    """The root of the mean square."""
    return float(np.sqrt(np.mean(values**2)))


def of_draw(n_rows: int, seed: int) -> Array:
    """Realized noise; RMSE of the report, of repeated fits, of new rows; coverage of the last two."""
    table, noise = made(n_rows, seed)
    model = sn.fit(table, "y", held_out=0.0)
    assert model.held_out_fit is not None
    of_folds = float(model.held_out_fit.rmse[0])
    fold_of_row = Folds.of(n_rows, 0).fold_of_row
    again, inside = np.empty(n_rows), np.empty(n_rows, bool)
    for fold in range(fold_of_row.max() + 1):
        own = fold_of_row == fold
        without = sn.fit({name: column[~own] for name, column in table.items()}, "y", held_out=0.0)
        again[own], inside[own] = errors(
            without, {name: column[own] for name, column in table.items()}
        )
    new, new_inside = errors(model, made(NEW_ROWS, 1000 + seed)[0])
    return np.array([rms(noise), of_folds, rms(again), rms(new), inside.mean(), new_inside.mean()])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draws", type=int, default=4)
    parser.add_argument("--rows", type=int, default=104)
    given = parser.parse_args()
    print(heading(sn.engines.describe()))
    print(
        "| draw | noise | RMSE of the report | of repeated fits | of new rows | coverage, repeated fits | new rows |"
    )
    print("|---|---|---|---|---|---|---|")
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", sn.SheernetWarning)
        for draw in range(given.draws):
            found.append(of_draw(given.rows, draw))
            print(f"| {draw} | {' | '.join(f'{figure:.3f}' for figure in found[-1])} |", flush=True)
    print(f"| mean | {' | '.join(f'{figure:.3f}' for figure in np.mean(found, axis=0))} |")


if __name__ == "__main__":
    main()
