"""Benchmark: R^2 of held-out rows, sheernet.fit against scikit-learn's network of the same size.

The tables are real data from statsmodels (`pip install statsmodels`): fair, 6 366 rows, a survey of marriages (Fair,
1978), and randhie, 20 190 rows, visits to doctors in the RAND health insurance experiment.

Both programs get the same rows and the same standardized columns; a quarter of the rows is held out.  sheernet is
sn.fit with its defaults (10 tanh units, the best of 10 starts by the training objective, decay 1e-4).  scikit-learn is
MLPRegressor(hidden_layer_sizes=(10,), activation="tanh", solver="lbfgs", max_iter=1000) with its default alpha, for
several random states; as their results differ, the median and the best are printed.  The best is chosen by the held-out
rows themselves, which is not possible in practice.

"no worse" means that sheernet's R^2 is at least scikit-learn's median minus twice the noise, the standard error of the
difference of the two R^2 on these rows.

    python benchmarks/heldout_against_sklearn.py [--splits 1] [--states 5] [--starts 10] [--write FOLDER]

--write FOLDER also writes the tables as CSV files, for `sheernet fit FOLDER/fair.csv --target yrs_married`.
"""

from __future__ import annotations

import argparse
import time
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from sklearn.metrics import r2_score
from sklearn.neural_network import MLPRegressor

from sheernet.models.fitting import Prepared, fit_prepared, prepare

CASES = (("fair", "yrs_married"), ("fair", "affairs"), ("randhie", "mdvis"))
HEADER = (
    "table", "target", "rows", "split", "sheernet", "sklearn median", "best", "noise", "s", "s each", "no worse",
)  # fmt: skip
FORMAT = "{:<9}{:<13}{:>7}{:>7}{:>9}{:>16}{:>9}{:>8}{:>7}{:>8}  {}"


class Theirs(NamedTuple):
    """Results of scikit-learn's networks on the held-out rows."""

    scores: list[float]  # R^2 of each random state
    median: np.ndarray  # predictions of the state whose R^2 is the median, standardized
    seconds: float  # per fit


def theirs(prepared: Prepared, states: int) -> Theirs:
    """Fit one of scikit-learn's networks for each random state."""
    rows, held_out = prepared.training, prepared.judged
    began = time.perf_counter()
    predictions = []
    for state in range(states):
        network = MLPRegressor(
            hidden_layer_sizes=(10,),
            activation="tanh",
            solver="lbfgs",
            max_iter=1000,
            random_state=state,
        )
        predictions.append(network.fit(rows.X, rows.y[:, 0]).predict(held_out.X))
    seconds = (time.perf_counter() - began) / states
    scores = [r2_score(held_out.y[:, 0], predicted) for predicted in predictions]
    return Theirs(scores, predictions[int(np.argsort(scores)[states // 2])], seconds)


def noise(ours: np.ndarray, other: np.ndarray, true: np.ndarray) -> float:
    """Standard error of the difference of two R^2 on the same rows, from the squared errors of the rows."""
    differences = (ours - true) ** 2 - (other - true) ** 2
    return float(np.std(differences) * np.sqrt(len(true)) / np.sum((true - true.mean()) ** 2))


def compare(name: str, frame: Any, target: str, split: int, states: int, starts: int) -> bool:
    """Print a line, and return whether sheernet is no worse than scikit-learn's median minus two standard errors."""
    began = time.perf_counter()
    prepared = prepare(frame, target, seed=split)
    model = fit_prepared(prepared, seed=split, starts=starts)
    seconds = time.perf_counter() - began
    y = prepared.judged.y[:, 0]
    mine = model.mean_output(prepared.judged.X)[:, 0]
    ours, other = r2_score(y, mine), theirs(prepared, states)
    error = noise(mine, other.median, y)
    good = ours >= np.median(other.scores) - 2 * error
    numbers = (ours, np.median(other.scores), max(other.scores), error)
    print(
        FORMAT.format(
            name, target, len(frame), split, *(f"{x:.4f}" for x in numbers), f"{seconds:.1f}", f"{other.seconds:.1f}",
            "yes" if good else "NO",
        ),
        flush=True,
    )  # fmt: skip
    return bool(good)


def main() -> None:
    """Print a line for each table, target and split; exit with 1 if sheernet is worse in one of them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--splits", type=int, default=1)
    parser.add_argument("--states", type=int, default=5)
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--write", type=Path)
    arguments = parser.parse_args()
    try:
        from statsmodels import datasets
    except ModuleNotFoundError:
        print("this benchmark needs the tables of statsmodels: pip install statsmodels")
        return
    warnings.simplefilter("ignore")  # scikit-learn warns when a run reaches max_iter
    frames = {name: getattr(datasets, name).load_pandas().data for name, _ in CASES}
    if arguments.write is not None:
        for name, frame in frames.items():
            frame.to_csv(arguments.write / f"{name}.csv", index=False)
    print("R^2 of held-out rows")
    print(FORMAT.format(*HEADER))
    good = [
        compare(name, frames[name], target, split, arguments.states, arguments.starts)
        for name, target in CASES
        for split in range(arguments.splits)
    ]
    raise SystemExit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
