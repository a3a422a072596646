"""Benchmark: the row of boosted trees in the reports of default fits, beside the same trees on fresh rows.

    python benchmarks/boosted_trees.py [--tables airfoil pima] >> benchmarks/results.md

Up to 1500 rows, at most 70 % of a table, are fitted; the others are fresh.  The gain of the networks over the trees is
the logarithm of the ratio of the RMSEs, or the difference of the log losses, by the folds of the report and on the
fresh rows.  A verdict is wrong if the gain on fresh rows has another sign and differs by two standard errors.  Tables
whose report has no trees have no line.
"""

from __future__ import annotations

import argparse
import time
import warnings
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from _accuracy_tables import TARGET, from_r, tables
from _measuring import heading
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.model_selection import train_test_split

import sheernet as sn
from sheernet.data.targets.metric_errors import gain_errors
from sheernet.models.baselines import TREES
from sheernet.models.fitting import answer_fit
from sheernet.models.verdict import verdict

NAMES = (
    "airfoil", "autoMPG6", "treasury", "wankara", "diabetes", "medical_cost", "quake", "car_prices", "banana",
    "contraceptive",
)  # fmt: skip
OTHERS = {"hotel_rates": "avg_price_per_room", "ames": "Sale_Price", "Sacramento": "price"}
"""Further tables of the R package modeldata (MIT license), and their targets."""
MOST_ROWS, FITTED = 1500, 0.7

Array = npt.NDArray[np.float64]


def losses(model: sn.Model, fresh: Any, fitted: Any) -> tuple[Array, Array]:
    """The loss of each fresh row, by the model and by trees of the fitted rows."""
    X, X_fresh = (model.inputs.encode(sn.read_table(rows)) for rows in (fitted, fresh))
    y = fitted[TARGET]
    if model.task == "regression":
        own, trees = np.ravel(model.predict(fresh)), HistGradientBoostingRegressor(random_state=0)
        theirs = trees.fit(X, y).predict(X_fresh)
        return (own - fresh[TARGET]) ** 2, (theirs - fresh[TARGET]) ** 2
    column = np.searchsorted(model.targets.classes, fresh[TARGET])
    rows = np.arange(len(fresh))
    trees = HistGradientBoostingClassifier(random_state=0).fit(X, y)
    found = model.probabilities(fresh), trees.predict_proba(X_fresh)
    return tuple(-np.log(each[rows, column]) for each in found)


def line_of(name: str, task: str, rows: Any) -> str:
    """Fit a table, and return its row of the results; empty if its report has no trees."""
    size = min(MOST_ROWS, int(FITTED * len(rows)))
    classes = None if task == "regression" else rows[TARGET]
    fitted, fresh = train_test_split(rows, train_size=size, random_state=0, stratify=classes)
    seconds, function = [], answer_fit.boosted_trees

    def timed(*arguments: Any) -> Any:
        began = time.process_time()
        found = function(*arguments)
        seconds.append(time.process_time() - began)
        return found

    answer_fit.boosted_trees = timed
    began = time.process_time()
    model = sn.fit(
        fitted, TARGET, unseen="rare"
    )  # fresh rows may have labels that no fitted row has
    whole = time.process_time() - began
    answer_fit.boosted_trees = function

    if TREES not in model.comparisons:
        return ""
    is_number = task == "regression"
    own, theirs = losses(model, fresh, fitted)
    of_fresh = np.log(theirs.mean() / own.mean()) / 2 if is_number else (theirs - own).mean()
    columns = (np.asarray(each)[:, np.newaxis] for each in (own, theirs))
    error = float(gain_errors(*columns, are_relative=is_number)[0])
    mine, other = model.held_out_fit, model.comparisons[TREES]
    gain = np.log(other.rmse[0] / mine.rmse[0]) if is_number else other.log_loss - mine.log_loss
    known = model.settings["evaluation_gain_errors"][TREES][0]
    is_named = f"{TREES} are" in verdict(model)
    distance = (gain - of_fresh) / np.hypot(known, error)
    is_wrong = is_named and of_fresh > 0 and distance < -2
    said = "trees" if is_named else "networks" if gain > 2 * known else "neither"
    return (
        f"| {name} | {len(fitted)} | {len(fresh)} | {gain:+.3f} ± {known:.3f} | {of_fresh:+.3f} ± {error:.3f} | "
        f"{distance:+.1f} | {said}{', wrong' if is_wrong else ''} | {100 * sum(seconds) / whole:.1f} % |"
    )


def main() -> None:
    """Print a section of results.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tables", nargs="+", default=[*NAMES, *OTHERS])
    names = parser.parse_args().tables
    warnings.simplefilter("ignore", sn.SheernetWarning)
    print(heading(sn.engines.describe(), "scikit-learn"))
    print("| table | fitted | fresh | folds | fresh rows | distance | better by the folds | time |")
    print("|---|---|---|---|---|---|---|---|")
    chosen = [(each.name, each.task, each.load) for each in tables()]
    for name, target in OTHERS.items():
        chosen.append((name, "regression", partial(from_r, "modeldata", name, target)))
    for name, task, load in chosen:
        if name in names and (line := line_of(name, task, load())):
            print(line, flush=True)


if __name__ == "__main__":
    main()
