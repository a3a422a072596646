"""How well contributions add up to the difference of predictions, for 1000 rows of five tables.

    python benchmarks/contributions.py [ROWS]

Friedman's first and third functions (1991, Annals of Statistics 19, 1), diabetes and wine of scikit-learn with rows
drawn with replacement, and a table of labels, a Boolean, a date and two targets; the networks are small and have one or
two hidden layers, with kinks (relu) for diabetes.  The gap of a row is the largest difference between the sum of its
contributions and its prediction less the mean prediction of the reference rows, as a fraction of the standard deviation
of the predictions.  Seconds are processor time per row, without standard deviations.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
from sklearn import datasets

import sheernet as sn

Table = dict[str, Any]


def tables(n: int) -> Iterator[tuple[str, Table, list[str], dict[str, Any]]]:
    """The name of each table, its n rows, its targets and the settings of its fit."""
    rng = np.random.default_rng(0)
    X, y = datasets.make_friedman1(n, n_features=5, noise=1.0, random_state=0)
    yield "Friedman's first", numbered(X, y), ["y"], {}
    X, y = datasets.make_friedman3(n, noise=0.1, random_state=0)
    yield "Friedman's third, two layers", numbered(X, y), ["y"], {"hidden": (5, 4)}
    data = datasets.load_diabetes()
    drawn = rng.integers(0, len(data.target), n)
    table = numbered(data.data[drawn], data.target[drawn])
    yield "diabetes, relu", table, ["y"], {"activation": "relu", "hidden": 3}
    data = datasets.load_wine()
    drawn = rng.integers(0, len(data.target), n)
    table = numbered(data.data[drawn], np.array(["a", "b", "c"])[data.target[drawn]])
    yield "wine, three classes", table, ["y"], {}
    color, on = rng.choice(["red", "green", "blue"], n), rng.uniform(size=n) < 0.5
    x, day = rng.normal(size=n), np.datetime64("2022-01-01") + rng.integers(0, 900, n)
    y = x * (1 + (color == "red")) + on + 0.1 * rng.normal(size=n)
    table = {"x": x, "day": day, "color": color, "on": on, "y": y, "z": np.exp(y)}
    yield "labels and dates, two targets", table, ["y", "z"], {}


def numbered(X: np.ndarray, y: np.ndarray) -> Table:
    """A table with the columns x1, x2, ... and y."""
    return {**{f"x{j + 1}": x for j, x in enumerate(X.T)}, "y": y}


def largest_gap(found: sn.models.explaining.Contributions) -> float:
    """The largest gap between a sum of contributions and the change of a prediction, as a fraction of their spread."""
    gaps = np.abs(found.values.sum(axis=1) - (found.predictions - found.baseline))
    return float((gaps / found.predictions.std(axis=0)).max())


if __name__ == "__main__":
    warnings.simplefilter("ignore", sn.SheernetWarning)
    for name, table, targets, options in tables(int(sys.argv[1]) if len(sys.argv) > 1 else 1000):
        settings = {"hidden": 6, "decay": 0.01, "starts": 1, "max_iter": 50, "held_out": 0}
        model = sn.fit(table, targets, progress=False, **{**settings, **options})
        began = time.process_time()
        found = model.contributions(table)
        seconds = (time.process_time() - began) / len(found)
        print(f"{name}, {len(found)} rows: {largest_gap(found):.1e}, {seconds:.4f} s", flush=True)
