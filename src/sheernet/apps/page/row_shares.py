"""Split the rows of a table into the shares of an exercise: training, validation and test."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from sheernet.apps.page.page_exercise import Exercise
from sheernet.data.columns import complete_rows
from sheernet.data.tables import Table
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted
from sheernet.models.fitting.splitting import FEWEST_ROWS_TO_HOLD_OUT, split_rows

Rows = npt.NDArray[np.intp]
SHARES = ("training", "validation", "test")


def rows_of_shares(exercise: Exercise, table: Table, target: str) -> dict[str, Rows]:
    """Return the rows of each share, ascending; rows with missing values are omitted if the exercise requires it.

    Raises
    ------
    InvalidInput
        If fewer than two rows are left.
    """
    inputs = exercise.inputs or table.columns
    required = {"refuse": (), "impute": (target,), "drop": (target, *inputs)}[exercise.missing]
    usable = complete_rows(table, tuple(dict.fromkeys(required)))
    if len(usable) < 2:
        raise InvalidInput(
            f"{counted(len(usable), 'row')} of the table can be used, but at least 2 are needed"
        )
    kind = exercise.task_kind
    has_classes = kind == "classification" or (kind == "auto" and table.kind(target) == "category")
    strata = table.distinct(target)[0][usable] if has_classes else None
    left, test = split_rows(len(usable), exercise.test, exercise.seed, strata)
    share = exercise.validation / (1.0 - exercise.test)
    if strata is not None:
        strata = strata[left]
    training, validation = split_rows(len(left), share, exercise.seed, strata)
    parts = (usable[left[training]], usable[left[validation]], usable[test])
    return dict(zip(SHARES, parts, strict=True))


def notices_of_shares(exercise: Exercise, table: Table, rows: dict[str, Rows]) -> Iterator[str]:
    """Yield notices about rows that are omitted, and about shares without rows."""
    used = sum(map(len, rows.values()))
    n = len(table) - used
    if n:
        yield f"{counted(n, 'row')} of {len(table)} with missing values {'is' if n == 1 else 'are'} left out"
    few = f"fewer than {FEWEST_ROWS_TO_HOLD_OUT}"
    missing = [name for name in SHARES[1:] if getattr(exercise, name) and not len(rows[name])]
    if missing and used < FEWEST_ROWS_TO_HOLD_OUT:
        yield f"the table has {few} {'usable rows' if n else 'rows'}, so all are used in training"
        return
    for name in missing:
        left = used - (len(rows["test"]) if name == "validation" else 0)
        is_few = left < FEWEST_ROWS_TO_HOLD_OUT
        why = f"{few} rows are left" if is_few else "the share is too small"
        yield f"no row is set aside for {name}: {why}"
