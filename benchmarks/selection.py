"""Benchmark: sn.select beside scikit-learn's GridSearchCV in time, and beside the default answer of sn.fit in accuracy.

    python benchmarks/selection.py time [--rounds 3] [--threads 1] [--sizes 1,2,4,8,16] >> benchmarks/results.md
    python benchmarks/selection.py accuracy [--splits 4] [--rule paired] [TABLE ...] >> benchmarks/results.md

time: 500 rows of scikit-learn's make_friedman1 with 5 inputs, once with noise of standard deviation 1 and once with
0.1, standardized.  sn.select runs 5 sizes x 5 decays x 5 folds x 5 starts, 625 fits, and the chosen network on all
rows; GridSearchCV 5 sizes x 5 alphas x 5 folds of MLPRegressor(solver="lbfgs"), 125 fits and one on all rows, with its
other settings at their defaults (200 iterations at most, relu).  alpha is 400 times the decay, the same penalty of 400
fitted rows.  The programs alternate in one process, in which BLAS has one thread: with more, its threads wait for
each other in the small products of GridSearchCV, and on a busy machine that took 12 times as long.  With one thread the
time of the processor is compared, too, which depends less on other programs; with two threads GridSearchCV runs two
processes, whose start is not counted.

accuracy: three quarters of the rows of each table train, the others are predicted, by the model that sn.select
chooses and by the answer of sn.fit, both with their defaults (the same model if sn.select chooses "auto").  The losses
are squared errors divided by the variance of the target, and log losses; their difference and its standard error are
those of the predicted rows of all splits.  The seconds are those of the processor, the mean of the splits.  The tables
are installed by the dependency group accuracy; friedman2 and friedman3 are scikit-learn's functions, with noise of a
quarter of their standard deviation.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from _measuring import alternating, heading, quartiles, restart_in_environment
from sklearn import datasets
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.neural_network import MLPRegressor

import sheernet as sn
from sheernet.models.selecting.grid_words import decay_in_short, in_short

Array = np.ndarray
N, FOLDS, STARTS, FITTED = 500, 5, 5, 400
DECAYS = (1e-5, 1e-4, 1e-3, 1e-2, 1e-1)
TABLES = (
    "friedman3", "crabs", "wine", "autoMPG6", "baseball", "diabetes", "friedman2", "pima", "qsar_fish_toxicity",
    "breast_cancer",
)  # fmt: skip


# ------------------------------------------------------------------------------------------- time


def rows_of_time(noise: float) -> tuple[Array, Array]:
    """Inputs (500, 5) and targets (500,), standardized."""
    X, y = datasets.make_friedman1(n_samples=N, n_features=5, noise=noise, random_state=0)
    return (X - X.mean(axis=0)) / X.std(axis=0), (y - y.mean()) / y.std()


def measured(call: Callable[[], object], busy: list[float]) -> Callable[[], float]:
    """The seconds of a call; those of the processor, for this process, are appended to `busy`."""

    def seconds() -> float:
        began, worked = time.perf_counter(), time.process_time()
        call()
        busy.append(time.process_time() - worked)
        return time.perf_counter() - began

    return seconds


def compare_times(sizes: tuple[int, ...], threads: int, rounds: int) -> None:
    """Print a line for each of the two tables."""
    print(f"\n{len(sizes)} sizes ({', '.join(map(str, sizes))}), {threads} threads\n")
    alone = threads == 1
    heads = ["noise", "sn.select, s", "GridSearchCV, s", "times as long"]
    heads += ["times as long, of the processor"] * alone + ["RMSE", "RMSE of GridSearchCV"]
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    grid = {"hidden_layer_sizes": [(size,) for size in sizes], "alpha": FITTED * np.array(DECAYS)}
    jobs = None if threads == 1 else threads
    for noise in (1.0, 0.1):
        X, y = rows_of_time(noise)
        search = GridSearchCV(
            MLPRegressor(solver="lbfgs", random_state=0), grid, cv=FOLDS, n_jobs=jobs,
            scoring="neg_root_mean_squared_error",
        )  # fmt: skip
        ours: list[float] = []

        def select(X: Array = X, y: Array = y, ours: list[float] = ours) -> None:
            found = sn.select(
                X, y, sizes=sizes, decays=DECAYS, folds=FOLDS, starts=STARTS, threads=threads
            )
            ours.append(float(found.grid.errors[found.grid.lowest]))

        def fit(X: Array = X, y: Array = y, search: Any = search) -> None:
            search.fit(X, y)

        sn.select(X, y, sizes=1, decays=0.1, starts=1)  # imports
        if jobs:
            search.set_params(param_grid={"alpha": [1.0, 2.0]}).fit(X[:50], y[:50])
            search.set_params(param_grid=grid)
        busy: dict[str, list[float]] = {"select": [], "search": []}
        calls = {
            "select": measured(select, busy["select"]),
            "search": measured(fit, busy["search"]),
        }
        times = alternating(calls, rounds)
        took = [quartiles(each) for each in times.values()]
        took += [
            quartiles(np.array(each["search"]) / np.array(each["select"]))
            for each in (times, busy)[: 1 + alone]
        ]
        print(
            f"| {noise:g} | {' | '.join(took)} | {ours[0]:.4f} | {-search.best_score_:.4f} |",
            flush=True,
        )


# --------------------------------------------------------------------------------------- accuracy


class Losses(NamedTuple):
    """Losses of predicted rows, what was chosen, and seconds of the processor."""

    selected: Array
    default: Array
    chosen: str
    seconds: tuple[float, float]


def load(name: str) -> tuple[pd.DataFrame, str]:
    """A table with the column "target", and its task."""
    if name in ("friedman2", "friedman3"):
        make = getattr(datasets, f"make_{name}")
        X, y = make(n_samples=N, noise=0.0, random_state=0)
        y = y + 0.25 * y.std() * np.random.default_rng(0).normal(size=N)
        return pd.DataFrame(X, columns=list("abcd")).assign(target=y), "regression"
    from _accuracy_tables import tables

    table = next(each for each in tables() if each.name == name)
    return table.load(), table.task


def losses_of(model: sn.Model, test: pd.DataFrame, task: str, variance: float) -> Array:
    """The loss of each row."""
    if task == "regression":
        return (model.predict(test) - test["target"].to_numpy(float)) ** 2 / variance
    probabilities = model.probabilities(test)
    index = [list(model.targets.classes).index(label) for label in test["target"]]
    return -np.log(np.maximum(probabilities[np.arange(len(test)), index], 1e-15))


def split_losses(name: str, seed: int, rule: str) -> Losses:
    """Losses of the predicted quarter of a table."""
    rows, task = load(name)
    strata = None if task == "regression" else rows["target"]
    train, test = train_test_split(rows, test_size=0.25, random_state=seed, stratify=strata)
    variance = float(rows["target"].var()) if task == "regression" else 1.0
    began = time.process_time()
    selection = sn.select(train, "target", rule=rule)
    selected = time.process_time()
    fit = sn.fit(train, "target")
    seconds = selected - began, time.process_time() - selected
    own, default = (losses_of(model, test, task, variance) for model in (selection.model, fit))
    chosen = f"{in_short(selection.hidden)}, {decay_in_short(selection.decay)}"
    return Losses(own, default, chosen, seconds)


def compare_accuracy(names: tuple[str, ...], splits: int, rule: str) -> None:
    """Print a line for each table."""
    print(f"\nrule {rule}, {splits} splits\n")
    print(
        "| table | sn.select | default answer | difference | its standard error | in them | chosen | sn.select, s "
        "| sn.fit, s |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    within = 0
    for name in names:
        found = [split_losses(name, seed, rule) for seed in range(splits)]
        own, default = (np.concatenate([each[k] for each in found]) for k in (0, 1))
        difference = own - default
        error = difference.std(ddof=1) / np.sqrt(len(difference))
        within += bool(difference.mean() <= error)
        seconds = np.mean([each.seconds for each in found], axis=0)
        print(
            f"| {name} | {own.mean():.4f} | {default.mean():.4f} | {difference.mean():+.4f} | {error:.4f} | "
            f"{difference.mean() / error if error else 0.0:+.1f} | {'; '.join(each.chosen for each in found)} | "
            f"{seconds[0]:.1f} | {seconds[1]:.1f} |",
            flush=True,
        )
    print(f"\nno worse by more than one standard error on {within} of {len(names)} tables")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=("time", "accuracy"), nargs="?", default="time")
    parser.add_argument("tables", nargs="*", default=TABLES)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--sizes", default="1,2,4,8,16")
    parser.add_argument("--splits", type=int, default=4)
    parser.add_argument("--rule", default="paired")
    given = parser.parse_intermixed_args()
    restart_in_environment()
    warnings.simplefilter("ignore")  # scikit-learn warns when a fit reaches max_iter
    print(
        heading(
            sn.engines.describe(),
            "scikit-learn",
            rounds=given.rounds if given.what == "time" else None,
        )
    )
    if given.what == "time":
        compare_times(tuple(map(int, given.sizes.split(","))), given.threads, given.rounds)
    else:
        compare_accuracy(tuple(given.tables), given.splits, given.rule)


if __name__ == "__main__":
    main()
