"""The goals of docs/accuracy.md, and on how many tables they are met."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from _accuracy_results import OURS, Pair, Results, standard_error
from _accuracy_tables import Array, tables

Pairs = Mapping[str, Pair]
"""Our values of one score and those of each other method, on the splits that both have."""


def difference(pair: Pair) -> Array:
    """Our values minus the other's."""
    ours, other = pair
    return ours - other


def not_above_linear(pairs: Pairs) -> bool | None:
    """Whether the mean is at most 2 % above that of the linear model."""
    if "linear" not in pairs:
        return None
    ours, line = pairs["linear"]
    return bool(np.mean(ours) <= 1.02 * np.mean(line))


def near_the_lowest(pairs: Pairs) -> bool | None:
    """Whether the mean is the lowest, or above it by at most the standard error of the paired difference."""
    if not pairs:
        return None
    to_lowest = max(map(difference, pairs.values()), key=lambda each: float(np.mean(each)))
    error = standard_error(to_lowest)
    return bool(np.mean(to_lowest) <= (error if np.isfinite(error) else 0.0))


def highest(pairs: Pairs) -> bool | None:
    """Whether the mean is the highest."""
    if not pairs:
        return None
    return all(bool(np.mean(difference(pair)) >= 0) for pair in pairs.values())


def below_catboost(pairs: Pairs) -> bool | None:
    """Whether the mean is below CatBoost's."""
    if "CatBoost" not in pairs:
        return None
    return bool(np.mean(difference(pairs["CatBoost"])) < 0)


class Goal(NamedTuple):
    """A condition on one table, and the share of the tables that has to meet it."""

    text: str
    task: str
    score: str
    holds: Callable[[Pairs], bool | None]
    share: float


GOALS = (
    Goal("RMSE at most 2 % above the linear model's, on all", "regression", "relative_rmse", not_above_linear, 1.0),
    Goal("log-loss at most 2 % above the linear model's, on all", "classes", "log_loss", not_above_linear, 1.0),
    Goal("RMSE lowest or within a standard error of it, on half", "regression", "relative_rmse", near_the_lowest, 0.5),
    Goal("log-loss lowest or within a standard error, on half", "classes", "log_loss", near_the_lowest, 0.5),
    Goal("highest log density, on two thirds", "regression", "log_density", highest, 2 / 3),
    Goal("RMSE below CatBoost's, on 60 %", "regression", "relative_rmse", below_catboost, 0.6),
)  # fmt: skip


def counts(results: Results, goal: Goal, half: str | None) -> tuple[int, int]:
    """The number of tables that meet the goal, and of those with results; a table with a failure does not meet it."""
    failed = {table for table, _, method in results.failures if method == OURS}
    verdicts: list[bool | None] = []
    for table in tables():
        if table.task == goal.task and half in (None, table.half):
            met = goal.holds(results.pairs(table.name, goal.score))
            verdicts.append(False if table.name in failed else met)
    known = [verdict for verdict in verdicts if verdict is not None]
    return sum(known), len(known)


def goal_table(
    results: Results, page_table: Callable[[list[str], list[list[str]]], list[str]]
) -> list[str]:
    """A row for each goal: on how many tables of each half it is met, and whether on enough of all."""
    rows = []
    for goal in GOALS:
        shown = [counts(results, goal, half) for half in ("development", "report", "large")]
        n_met, n_tables = counts(results, goal, None)
        met = "no results" if not n_tables else "yes" if n_met >= goal.share * n_tables else "no"
        cells = [f"{some} of {of}" if of else "" for some, of in shown]
        rows.append([goal.text, *cells, met])
    return [
        'Number of tables on which a condition holds; "met" counts all tables of the task.',
        "",
        *page_table(["condition", "development", "report", "large", "met"], rows),
    ]
