"""NetRegressor and NetClassifier beside sheernet.fit, on tables and splits of accuracy.py.

    python benchmarks/estimators.py {quick,TABLE} ... [--splits N]

For each split both are fitted to the same rows.  The program prints whether all predictions are equal bit for bit, and
compares the scores of the estimator with those of sheernet in accuracy.csv, from which docs/accuracy.md was written.
It needs the dependency group accuracy of pyproject.toml.
"""

from __future__ import annotations

import argparse
import time
import warnings
from typing import Any

import numpy as np
from _accuracy_methods import Forecast, sheernet_model
from _accuracy_scores import class_scores, read, regression_scores
from _accuracy_tables import TARGET, Split, split, tables
from _measuring import restart_in_environment
from accuracy import RESULTS

import sheernet as sn

QUICK = (
    "biopsy", "pima", "wine", "crabs", "mammographic", "autoMPG6", "qsar_aquatic_toxicity", "diabetes",
    "real_estate_valuation", "quake", "forestfires", "servo",
)  # fmt: skip
"""The tables whose fits took the least time, and two with categories."""


def estimator_of(rows: Split) -> Any:
    """The estimator by its defaults, except for labels that only held-out rows have, as in accuracy.py."""
    kind = sn.NetClassifier if rows.classes else sn.NetRegressor
    return kind(unseen="rare").fit(rows.train.drop(columns=TARGET), rows.train[TARGET])


def predictions(
    rows: Split, net: Any, model: sn.Model
) -> tuple[list[Any], list[Any], dict[str, float]]:
    """What the estimator and the model predict for the held-out rows, and the scores of the estimator."""
    table = rows.test.drop(columns=TARGET)
    if rows.classes:
        own = net.predict_proba(table)
        return [own], [model.probabilities(table)], class_scores(own, rows.y_test.astype(int))
    forecast = Forecast(net.predict(table), net.predict_distribution(table))
    own, expected = (
        [mean, found.logpdf(rows.y_test), *found.interval(0.9)]
        for mean, found in (forecast, (model.predict(table), model.distribution(table)))
    )
    return own, expected, regression_scores(forecast, rows)


def difference(scores: dict[str, float], page: dict[str, str] | None) -> str:
    """The largest relative difference of the scores from those of accuracy.csv, which have seven digits."""
    if page is None:
        return "not measured"
    known = {name: float(page[name]) for name in scores if page[name]}
    gaps = {
        name: abs(float(f"{scores[name]:.7g}") - value) / max(abs(value), 1e-9)
        for name, value in known.items()
    }
    worst = max(gaps, key=gaps.__getitem__)
    return f"{gaps[worst]:.1e} in {worst}" if gaps[worst] > 0 else "0"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [table.name for table in tables()]
    parser.add_argument(
        "tables", nargs="*", metavar="TABLE", help=f"quick, or of {', '.join(names)}"
    )
    parser.add_argument("--splits", type=int, default=1, help="the first so many splits")
    given = parser.parse_args()
    if not given.tables:  # as scripts/run_benchmarks.py calls it
        parser.print_help()
        return
    chosen = {*given.tables, *(QUICK if "quick" in given.tables else ())}
    if unknown := chosen - {"quick", *names}:
        parser.error(f"unknown: {', '.join(unknown)}")
    warnings.simplefilter("ignore")
    page = read([RESULTS])
    print(f"{'table':24} split  equal bits  seconds  difference from accuracy.csv")
    for number in range(given.splits):
        for table in (each for each in tables() if each.name in chosen):
            rows = split(table, number)
            began = time.perf_counter()
            net = estimator_of(rows)
            seconds = time.perf_counter() - began
            own, expected, scores = predictions(rows, net, sheernet_model(rows))
            equal = all(map(np.array_equal, own, expected))
            gap = difference(scores, page.get((table.name, number, "sheernet")))
            print(f"{table.name:24} {number:5d}  {equal!s:10}  {seconds:7.1f}  {gap}", flush=True)


if __name__ == "__main__":
    restart_in_environment()
    main()
