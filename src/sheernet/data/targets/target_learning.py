"""Learning the targets of a model from the columns of a table: numbers or classes.

    NumberTargets   regression: numbers, (y - shift) / scale; linear outputs
    ClassTarget     classification: labels; one sigmoid output for two classes, a softmax for more

    task             numbers, times   Booleans         text             text among numbers   dates, lists, no values
    auto             regression       classification   classification   error                error
    regression       regression       1 and 0          error            error                error
    classification   classification   classification   classification   classification       error

Both classes have the same methods: `truth` reads true values from a table, numbers (N, K) or labels (N,); `encode`
converts true values to network targets; `decode` converts network outputs to predictions; `judge` compares network
outputs with true values.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from sheernet.data.columns.cells import (
    NOUNS,
    ONE_VALUE,
    SHOWN,
    as_labels,
    distinct,
    in_order,
    listed_labels,
    quoted,
)
from sheernet.data.columns.column_facts import Facts, TableFacts
from sheernet.data.columns.text_in_numbers import dirty_columns_error
from sheernet.data.formats.cell_formats import parts
from sheernet.data.preprocessing import Scaler
from sheernet.data.preprocessing.scaling_rules import RULES
from sheernet.data.tables.table import Table
from sheernet.data.targets.class_target import ClassTarget, as_classes
from sheernet.data.targets.number_targets import NumberTargets, target_numbers
from sheernet.foundation.arrays import Array, Indices, as_case_weights
from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.foundation.message_text import counted, listed
from sheernet.foundation.sentences import Setting, in_quotes, sentence
from sheernet.settings.table_settings import Task

TASKS: tuple[str, ...] = get_args(Task)
FEW = 10
"""Maximum number of distinct whole numbers of a target that a notice calls possible codes of classes."""
FEWEST_COUNTS, LEAST_COUNT, LARGEST_MEAN = 40, 4, 1000.0
"""Minimum number of rows, minimum of the largest value, and maximum mean of a target that may be counts."""
SKEWED = 0.5
"""Minimum skewness of such a target; Poisson counts with mean 4 have skewness 0.5."""
FEWEST_ROWS_OF_CLASSES = 10
"""Minimum number of rows of a table in which a text target may be refused for its many classes."""
ONE_COLUMN = sentence(
    "write the classes into one column, such as numpy.argmax(y, axis=1), or vec2ind(t) in MATLAB, and fit to it with "
    "{}",
    Setting("task", "classification"),
)
"""Advice for columns of which each is a class."""
Targets = NumberTargets | ClassTarget


def learn_targets(
    table: Table,
    names: Sequence[str],
    rows: Indices,
    *,
    task: str = "auto",
    scaling: str = "standardize",
    weights: npt.ArrayLike | None = None,
) -> tuple[Targets, tuple[str, ...]]:
    """Learn the targets of a model from columns of a table.

    Parameters
    ----------
    table : Table
        N rows.  The labels of all rows become classes, not only those of the training rows.
    names : sequence of str
        Names of the target columns.
    rows : ndarray of int
        Training rows: shifts, scales and ranges are learned only from them.
    task : {"auto", "regression", "classification"}
        "auto" selects regression for numbers, classification for text and Booleans.
    scaling : str
        Scaling rule for numbers, one of `sheernet.data.preprocessing.scaling_rules.RULES`.
    weights : array_like, (number of training rows,), optional
        Case weight of each training row.

    Returns
    -------
    targets : NumberTargets or ClassTarget
    notices : tuple of str
        Messages about the choice of the task.

    Raises
    ------
    InvalidInput
        If the columns cannot be targets of the task.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> from sheernet.data.targets import learn_targets
    >>> table = sn.read_table({"color": ["red", "blue", "red", "blue"]})
    >>> learn_targets(table, ("color",), np.arange(4))[0]
    ClassTarget(name='color', classes=('blue', 'red'))
    """
    require_choice(task, scaling)
    if not names:
        raise InvalidInput("no target column is named; name at least one")
    table.require(names)
    rows, weights = _of_positive_weight(table, rows, weights)
    facts = TableFacts(table)
    kinds, is_classification = choose_task(facts, names, task)
    if not is_classification:
        return _learn_numbers(table, names, rows, scaling, weights), task_notices(
            facts, names, kinds, task
        )
    return _learn_classes(table, names[0], kinds[0], rows), ()


def require_choice(task: str, scaling: str) -> None:
    """Raise if the name of a task or of a scaling rule is unknown."""
    if task not in TASKS:
        raise unknown_name(Setting("task"), task, TASKS)
    if scaling not in RULES:
        raise unknown_name(Setting("scaling"), scaling, RULES)


def choose_task(table: Facts, names: Sequence[str], task: str) -> tuple[list[str], bool]:
    """Return the kinds of target columns, and whether they are classes; raise if they cannot be targets of the task."""
    kinds = [_require_kind(table, name) for name in names]
    dirty = [name for name, kind in zip(names, kinds, strict=True) if kind == "mixed"]
    if dirty and task != "classification":
        raise dirty_columns_error(table, dirty, are_targets=True)
    tasks = [_choose_task(table, name, kind, task) for name, kind in zip(names, kinds, strict=True)]
    is_classification = "classification" in tasks
    if is_classification and len(names) > 1:
        raise _several_classes_error(table, names, kinds, names[tasks.index("classification")])
    return kinds, is_classification


def _several_classes_error(
    table: Facts, names: Sequence[str], kinds: Sequence[str], which: str
) -> InvalidInput:
    """Return the error for several targets of which one, `which`, has classes; they may encode the classes of one."""
    if set(kinds) <= {"number", "boolean"} and table.are_one_hot(names):
        return InvalidInput(
            "a target of classes must be one column, but exactly one of {} is 1 or true in each row; {}",
            listed(list(map(in_quotes, names)), most=SHOWN), ONE_COLUMN,
        )  # fmt: skip
    return InvalidInput(
        f"if there are several targets, all must be numbers, but {in_quotes(which)} is a class target; fit one model "
        "for each target"
    )


def _of_positive_weight(
    table: Table, rows: Indices, weights: npt.ArrayLike | None
) -> tuple[Indices, Array | None]:
    """Select the training rows of positive weight, at least two, and their weights."""
    rows, vector = np.asarray(rows, dtype=np.intp), None
    if weights is not None and len(rows):
        vector = as_case_weights(weights, len(rows))
        rows, vector = rows[vector > 0], vector[vector > 0]
    require_rows(table.source, len(rows))
    return rows, vector


def require_rows(source: str, n_rows: int) -> None:
    """Raise if there are fewer than 2 training rows."""
    if n_rows < 2:
        raise InvalidInput(
            f"a model needs at least 2 training rows, but {source} has {counted(n_rows, 'row')} to train on; "
            "add rows"
        )


def _require_kind(table: Facts, name: str) -> str:
    """Return the kind of a target column; raise if a column of that kind cannot be a target."""
    found = table.kind(name)
    if found in ("date", "empty", "other"):
        noun, advice = {
            "date": (NOUNS["date"], "convert it to a number, such as days since an origin"),
            "empty": (NOUNS["empty"], "name a column that has values"),
            "other": (NOUNS["other"], ONE_VALUE),
        }[found]
        raise InvalidInput(
            f"the target {in_quotes(name)} of {table.source} must hold numbers or text, but holds {noun}; {advice}"
        )
    return found


def _choose_task(table: Facts, name: str, kind: str, task: str) -> str:
    """Choose the task of one target."""
    if task == "regression" and kind == "category":
        cells = table.texts(name)
        raise InvalidInput(
            "the target {!r} of {} must hold numbers for regression, but {} has {}; correct the cell, or "
            "fit classes with {}",
            name, table.source, cells.place, quoted(cells.texts[0]), Setting("task", "classification"),
        )  # fmt: skip
    if task != "auto":
        return task
    return "regression" if kind in ("number", "time") else "classification"


def _learn_numbers(
    table: Table, names: Sequence[str], rows: Indices, scaling: str, weights: Array | None
) -> NumberTargets:
    y = np.column_stack([target_numbers(table, name)[rows] for name in names])
    zeros, ones = (0.0,) * len(names), (1.0,) * len(names)
    if not np.all(np.isfinite(y)):  # its message has the row numbers of the table
        NumberTargets(tuple(names), zeros, ones, zeros, zeros).truth(table)
    lowest, highest = y.min(axis=0), y.max(axis=0)
    require_variation(table.source, names, lowest, highest, len(rows))
    scaler = Scaler.learn(scaling, y, weights, names)
    shift, scale, bottom, top = (
        tuple(vector.tolist()) for vector in (scaler.shift, scaler.scale, lowest, highest)
    )
    return NumberTargets(tuple(names), shift, scale, bottom, top)


def require_variation(
    source: str, names: Sequence[str], lowest: Array, highest: Array, n_rows: int
) -> None:
    """Raise if a target has one value in the training rows."""
    for name, low, high in zip(names, lowest, highest, strict=True):
        if low == high:
            raise InvalidInput(
                f"the target {in_quotes(name)} of {source} is {low:g} in all {n_rows} training rows, so there is "
                "nothing to predict; name another target"
            )


def task_notices(
    table: Facts, names: Sequence[str], kinds: Sequence[str], task: str
) -> tuple[str, ...]:
    """Return messages about targets of numbers that may be codes of classes."""
    if task != "auto":
        return ()
    if len(names) > 1 and table.are_one_hot(names):
        return (
            sentence(
                "targets {} are 0 or 1, with a single 1 in each row, and are treated as numbers; if each is a class, "
                "{}",
                listed(list(map(in_quotes, names)), most=SHOWN), ONE_COLUMN,
            ),
        )  # fmt: skip
    notices = [
        f"target {in_quotes(name)} has times of day, which are predicted as hours since midnight; durations are "
        "these hours, too"
        for name, kind in zip(names, kinds, strict=True)
        if kind == "time"
    ]
    for name, kind in zip(names, kinds, strict=True):
        if kind == "time":
            continue
        n_values = table.n_whole_numbers(name, FEW)
        if n_values:
            alone = "" if len(names) == 1 else " to that target alone"
            notices.append(
                sentence(
                    "target {!r} has {} and is treated as a number; if they are codes of classes, fit{} with {}",
                    name, counted(n_values, "distinct whole number"), alone,
                    Setting("task", "classification"),
                )
            )  # fmt: skip
    return tuple(notices)


def notices_of_counts(targets: NumberTargets, truth: Array) -> tuple[str, ...]:
    """Return messages about targets that may be counts: small and skewed whole numbers, of which none is negative.

    Parameters
    ----------
    targets : NumberTargets
        K targets.
    truth : ndarray, (N, K)
        Their values.
    """
    notices = []
    for name, y in zip(targets.names, truth.T, strict=True):
        if len(y) < FEWEST_COUNTS or not 0 <= y.min() <= y.max() <= LARGEST_MEAN * len(y):
            continue
        mean, spread = float(y.mean()), float(y.std())
        if y.min() > mean / 2 or mean > LARGEST_MEAN:
            continue
        is_count = (
            y.max() >= LEAST_COUNT and np.all(y == np.rint(y)) and 2 * len(np.unique(y)) <= len(y)
        )
        if is_count and float(np.mean((y - mean) ** 3)) > SKEWED * spread**3:
            notices.append(
                sentence(
                    "target {!r} has whole numbers from {:.0f} to {:.0f}, of which most are small; if they are counts, "
                    "{} keeps predictions above 0 (inputs act as factors), and with {} and {} too, a single network "
                    "fits counts (with its default decay it fits their noise, too)",
                    name, y.min(), y.max(), Setting("output_activation", "exp"), Setting("cost", "poisson"),
                    Setting("decay", "cv"),
                )
            )  # fmt: skip
    return tuple(notices)


def _refuse_many(source: str, name: str, counts: Indices, texts: Sequence[str]) -> None:
    """Raise if most rows have a class that no other row has, or if many classes look like numbers."""
    n_rows, alone = int(counts.sum()), int((counts == 1).sum())
    are_like_numbers = (
        len(texts) > n_rows / 3 and sum(map(_begins_like_a_number, texts)) > len(texts) / 2
    )
    if n_rows < FEWEST_ROWS_OF_CLASSES or not (2 * alone > n_rows or are_like_numbers):
        return
    ways = (
        "if they are numbers, write them in one notation and one unit"
        if are_like_numbers
        else "name another target, or combine its values to fewer classes"
    )  # fmt: skip
    raise InvalidInput(
        "the target {!r} of {} is text with {} different values in {} rows, such as {}, and {} of them occur only "
        "once, so there is too little to learn from; {}",
        name, source, len(texts), n_rows, quoted(texts[0]), alone, ways,
    )  # fmt: skip


def _begins_like_a_number(text: str) -> bool:
    return parts(text) is not None


def _learn_classes(table: Table, name: str, kind: str, rows: Indices) -> ClassTarget:
    by_value = kind in ("number", "boolean")
    codes, values = distinct(table, name) if by_value else as_labels(table, name)
    counts = np.bincount(codes[codes >= 0], minlength=len(values))
    trained = np.bincount(codes[rows][codes[rows] >= 0], minlength=len(values))
    return class_target(
        table.source, name, kind, values, counts, trained, table.orders.get(name, ())
    )


def class_target(
    source: str,
    name: str,
    kind: str,
    values: Sequence[Any],
    counts: Indices,
    trained: Indices,
    order: Sequence[Any] = (),
) -> ClassTarget:
    """Make the target of classes from the values of a column.

    Parameters
    ----------
    source : str
        Name of the table in messages.
    name, kind : str
        Name and kind of the column.
    values : sequence
        The distinct values, in the order of their first rows: labels of text, otherwise values.
    counts, trained : ndarray of int, (number of values,)
        In how many rows, and in how many training rows, each value is.
    order : sequence
        The categories of an ordered categorical.

    Raises
    ------
    InvalidInput
        If the values cannot be classes, or the training rows have fewer than two.
    """
    here = f"the target {in_quotes(name)} of {source}"
    if kind == "number" and not np.all(np.isfinite(np.array(values, dtype=np.float64))):
        raise InvalidInput(
            f"{here} has infinite values, which cannot be classes; remove these rows"
        )
    n_rows = int(counts.sum())
    if len(values) == n_rows > 2:
        raise InvalidInput(
            "{} has a different value in each of its {} rows, so no class has two rows to learn from; {}",
            here, n_rows, "name another target",
        )  # fmt: skip
    if kind == "category":
        _refuse_many(source, name, counts, list(map(str, values)))
    if np.count_nonzero(trained) < 2:
        only = (
            listed_labels([values[code] for code in np.flatnonzero(trained).tolist()])
            or "no values"
        )
        raise InvalidInput(
            f"{here} has {only} in all training rows, so there is nothing to distinguish; name another target, or, if "
            "its empty cells mean another class, write a word for it into them"
        )
    return ClassTarget(
        name, tuple(in_order(values, order)) if kind == "category" else as_classes(values)
    )
