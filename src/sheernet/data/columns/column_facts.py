"""`Facts`: the properties of the values of columns that determine their roles and the task.

`TableFacts` computes them from a table in memory.  `SurveyFacts` of `sheernet.data.shards` computes them from the parts
of a data set, one part after the other.  The same rules then apply to a table and to a data set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from sheernet.data.columns.cells import (
    TextCells,
    as_labels,
    as_numbers,
    rounding_of,
    texts_of,
)
from sheernet.data.columns.far_values import Extremes
from sheernet.data.tables.table import Table
from sheernet.foundation.arrays import Array


class Facts(Protocol):
    """Properties of the columns of a table with `n_rows` rows; `kind` is defined as in `Table`."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        ...

    @property
    def source(self) -> str:
        """Name of the table in messages."""
        ...

    @property
    def is_file(self) -> bool:
        """Whether the table was read from a file."""
        ...

    @property
    def n_rows(self) -> int:
        """The number of rows."""
        ...

    def require(self, names: Sequence[str]) -> None:
        """Raise InvalidInput if a column does not exist."""

    def kind(self, name: str) -> str:
        """Return the kind of a column."""
        ...

    def n_missing(self, name: str) -> int:
        """Return the number of missing values of a column."""
        ...

    def ends(self, name: str) -> tuple[float, float]:
        """The smallest and the largest value of a column of numbers, Booleans, dates or times that has values."""
        ...

    def labels(self, name: str) -> Mapping[str, int]:
        """Return the number of rows of each label of a column, in the order of their first rows."""
        ...

    def rounding(self, name: str) -> tuple[float, bool]:
        """Return how large whole numbers of a column are rounded to float64, as `cells.rounding_of` does."""
        ...

    def are_numbers_of_chosen_rows(self, name: str) -> bool:
        """Whether the values of a numeric column are the numbers of rows that were selected from a table."""
        ...

    def count_of_rows(self, name: str) -> tuple[float, float]:
        """Return the first number and the step, 1 or -1, of a column that counts rows; the step of others is 0."""
        ...

    def extremes(self, name: str) -> Extremes:
        """Return the smallest and the largest different values of a column of numbers."""
        ...

    def n_whole_numbers(self, name: str, most: int) -> int:
        """Return the number of different values of a column if all are whole and there are at most `most`; else 0."""
        ...

    def are_one_hot(self, names: Sequence[str]) -> bool:
        """Whether columns encode classes as for MATLAB's patternnet: values are 0 or 1, and each row has a single 1."""
        ...

    def texts(self, name: str) -> TextCells:
        """Return the cells of a column that are text but not numbers."""
        ...


@dataclass(frozen=True, eq=False)
class TableFacts:
    """The facts of a table in memory."""

    table: Table

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return self.table.columns

    @property
    def source(self) -> str:
        """Name of the table in messages."""
        return self.table.source

    @property
    def is_file(self) -> bool:
        """Whether the table was read from a file."""
        return bool(self.table.reading)

    @property
    def n_rows(self) -> int:
        """The number of rows."""
        return len(self.table)

    def require(self, names: Sequence[str]) -> None:
        """Raise InvalidInput if a column does not exist."""
        self.table.require(names)

    def kind(self, name: str) -> str:
        """Return the kind of a column."""
        return self.table.kind(name)

    def n_missing(self, name: str) -> int:
        """Return the number of missing values of a column."""
        return int(self.table.column(name).isna().sum())

    def ends(self, name: str) -> tuple[float, float]:
        """The smallest and the largest value of a column of numbers, Booleans, dates or times that has values."""
        values = as_numbers(self.table, name, self.table.kind(name))
        present = values[~np.isnan(values)]
        return float(present.min()), float(present.max())

    def labels(self, name: str) -> dict[str, int]:
        """Return the number of rows of each label of a column, in the order of their first rows."""
        codes, labels = as_labels(self.table, name)
        counts = np.bincount(codes[codes >= 0], minlength=len(labels))
        return dict(zip(labels, counts.tolist(), strict=True))

    def rounding(self, name: str) -> tuple[float, bool]:
        """Return how large whole numbers of a column are rounded to float64, as `cells.rounding_of` does."""
        return rounding_of(self.table, name)

    def are_numbers_of_chosen_rows(self, name: str) -> bool:
        """Whether numbers are row numbers in another order, of a part of the rows, or of rows drawn with repetition.

        R calls the repetitions of row 12 in a sample 12.1, 12.2, ..., so a row 12 must exist as well.  Numbers in equal
        steps are not taken for row numbers, because they may be values, such as years.
        """
        values = as_numbers(self.table, name, "number")
        if not (np.isfinite(values) & (values >= 0)).all() or len(np.unique(np.diff(values))) < 2:
            return False
        is_whole = values == np.floor(values)
        whole = values[is_whole]
        return len(np.unique(whole)) == len(whole) and bool(
            np.isin(np.floor(values[~is_whole]), whole).all()
        )

    def count_of_rows(self, name: str) -> tuple[float, float]:
        """Return the first number and the step, 1 or -1, of a column that counts rows; the step of others is 0."""
        return count_in(as_numbers(self.table, name, "number"))

    def extremes(self, name: str) -> Extremes:
        """Return the smallest and the largest different values of a column of numbers."""
        return Extremes.of(as_numbers(self.table, name, "number"))

    def n_whole_numbers(self, name: str, most: int) -> int:
        """Return the number of different values of a column if all are whole and there are at most `most`; else 0."""
        values = as_numbers(self.table, name, "number")
        values = values[np.isfinite(values)]
        if np.any(values != np.floor(values)):
            return 0
        n_values = len(np.unique(values))
        return n_values if n_values <= most else 0

    def are_one_hot(self, names: Sequence[str]) -> bool:
        """Whether columns encode classes as for MATLAB's patternnet: values are 0 or 1, and each row has a single 1."""
        kinds = ["time" if self.kind(name) == "time" else "number" for name in names]
        y = [as_numbers(self.table, name, kind) for name, kind in zip(names, kinds, strict=True)]
        return are_one_hot(np.column_stack(y))

    def texts(self, name: str) -> TextCells:
        """Return the cells of a column that are text but not numbers."""
        return texts_of(self.table, name)


def count_in(values: Array) -> tuple[float, float]:
    """Return the first of some values, (N,), and the step if they are whole numbers in steps of 1 or -1, otherwise 0.

    Examples
    --------
    >>> from sheernet.data.columns.column_facts import count_in
    >>> from math import inf
    >>> count_in([5.0, 4.0, 3.0]), count_in([5.0, 4.0, 4.0]), count_in([inf, inf, inf])
    ((5.0, -1.0), (5.0, 0.0), (inf, 0.0))
    """
    values = np.asarray(values, dtype=np.float64)
    first = float(values[0])
    if not np.isfinite(values[:2]).all():
        return first, 0.0
    step = float(values[1] - values[0])
    is_count = abs(step) == 1 and first.is_integer()
    if is_count and np.array_equal(values, first + step * np.arange(len(values))):
        return first, step
    return first, 0.0


def are_one_hot(y: Array) -> bool:
    """Whether y, (N, K), is 0 or 1, with a single 1 in each row."""
    return bool(np.isin(y, (0, 1)).all() and (y.sum(axis=1) == 1).all())
