"""`Inputs`, the input columns of a model: from a table to the matrix of features of a network.

The columns are learned from the training rows (input_learning.py) and found by name afterwards, so the order of a
table's columns does not matter.  column_types.py defines the features of each type of column.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sheernet.data.columns.cells import (
    AS_FITTED,
    Gap,
    as_numbers,
    listed_labels,
    missing_values,
    require_finite,
)
from sheernet.data.columns.column_types import (
    MISSING,
    CategoryColumn,
    Column,
    NumberColumn,
    ways_out,
)
from sheernet.data.columns.input_learning import Plan, learn_columns
from sheernet.data.preprocessing import Scaler
from sheernet.data.preprocessing.scaling_rules import KINDS
from sheernet.data.tables.column_names import first_repeated, listed_names, nearest
from sheernet.data.tables.table import Indices, Table
from sheernet.foundation.arrays import Array, as_float
from sheernet.foundation.errors import InvalidInput, ShapeMismatch, unknown_name
from sheernet.foundation.words import counted, plural_of


@dataclass(frozen=True)
class Inputs:
    """The input columns of a model.

    Parameters
    ----------
    columns : tuple of NumberColumn and CategoryColumn
        In the order of the features.
    scaling : str
        Rule by which the numbers were scaled, one of `sheernet.data.preprocessing.KINDS`.
    missing : {"refuse", "impute", "drop"}
        Treatment of missing values: "impute" fills them; with the others, `encode` refuses them.

    Raises
    ------
    InvalidInput
        If there are no columns, names are not distinct, or a word is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> import sheernet as sn
    >>> from sheernet.data.columns import Inputs
    >>> table = sn.read_table({"hours": [1.0, 3.0, 1.0, 3.0], "group": ["a", "b", "a", "b"]})
    >>> inputs = Inputs.learn(table, ("hours", "group"), np.arange(4))
    >>> inputs.features
    ('hours', 'group=a', 'group=b')
    >>> inputs.encode(sn.read_table({"group": ["b"], "hours": [2.0]}))
    array([[0., 0., 1.]])
    """

    columns: tuple[Column, ...]
    scaling: str = "standardize"
    missing: str = "refuse"

    def __post_init__(self) -> None:
        columns = tuple(self.columns)
        object.__setattr__(self, "columns", columns)
        if not columns:
            raise InvalidInput("inputs must have at least one column, but have none")
        for column in columns:
            if not isinstance(column, NumberColumn | CategoryColumn):
                raise InvalidInput(
                    f"a column of the inputs must be a NumberColumn or a CategoryColumn, but is {column!r:.40}"
                )
        twice = first_repeated(self.names)
        if twice is not None:
            raise InvalidInput(
                f"columns of the inputs must be distinct, but {twice!r} occurs twice"
            )
        if self.scaling not in KINDS:
            raise unknown_name("scaling", self.scaling, KINDS)
        if self.missing not in MISSING:
            raise unknown_name("missing", self.missing, MISSING)

    @classmethod
    def from_scaler(cls, names: Sequence[str], scaler: Scaler, X: npt.ArrayLike) -> Inputs:
        """Inputs of number columns with a given scaler.

        Parameters
        ----------
        names : sequence of str, length d
            Names of the columns.
        scaler : Scaler
            Scaler of d columns.
        X : array_like, (N, d)
            The training rows, not scaled; their ranges are kept.

        Returns
        -------
        Inputs
        """
        X = as_float(X, "X")
        if X.ndim != 2 or not X.shape[1] == len(names) == scaler.n_columns:
            raise ShapeMismatch(
                f"X of shape {X.shape}, {len(names)} names and a scaler of {scaler.n_columns} columns do not belong "
                "together; give a name and a column of the scaler for each column of X"
            )
        numbers = zip(names, scaler.shift, scaler.scale, X.min(axis=0), X.max(axis=0), strict=True)
        return cls(
            tuple(NumberColumn(name, "number", *four) for name, *four in numbers), scaler.kind
        )

    @classmethod
    def learn(
        cls,
        table: Table,
        names: Sequence[str],
        rows: Indices,
        *,
        weights: npt.ArrayLike | None = None,
        scaling: str = "standardize",
        categories: Sequence[str] = (),
        rare: float = 0.01,
        unseen: str = "refuse",
        missing: str = "refuse",
    ) -> Inputs:
        """Learn the features of columns.

        Parameters
        ----------
        table : Table
            N rows.  The labels of all of them are known.
        names : sequence of str
            Names of the columns, in the order of the features.
        rows : ndarray of int
            Training rows: shifts, scales, ranges, fills and rare labels are learned only from them.
        weights : array_like, (number of training rows,), optional
            Case weight of each training row, for shifts, scales and fills; rare labels count rows.
        scaling : str
            Rule for numbers and dates, one of `sheernet.data.preprocessing.scaling_rules.RULES`; truth values stay 1
            and 0.
        categories : sequence of str
            Columns that are labels, whatever they hold.
        rare : float
            Labels in less than this share of the training rows, or in only one, are rare; 0 makes none rare.
        unseen : {"refuse", "rare"}
            Treatment of unknown labels by `encode`.
        missing : {"refuse", "impute", "drop"}
            "impute" fills missing values with the median of numbers and the most frequent truth value or label.

        Returns
        -------
        Inputs

        Raises
        ------
        InvalidInput
            If a column cannot be an input, or a word is unknown.
        """
        plan = Plan(scaling, tuple(categories), rare, unseen, missing)
        return cls(learn_columns(table, tuple(names), rows, weights, plan), scaling, missing)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the table's columns."""
        return tuple(column.name for column in self.columns)

    @property
    def features(self) -> tuple[str, ...]:
        """Names of the features."""
        return tuple(feature for column in self.columns for feature in column.features)

    @property
    def n_features(self) -> int:
        """The number of features."""
        return sum(len(column.features) for column in self.columns)

    def encode(self, table: Table) -> Array:
        """Compute the features of the rows of a table.

        Parameters
        ----------
        table : Table
            N rows.  Its columns are found by name; other columns are ignored.

        Returns
        -------
        ndarray, (N, n_features)
            Finite.

        Raises
        ------
        InvalidInput
            If columns are missing or have another kind, values are missing or infinite, or a label is unknown.
        """
        require_columns(table, self.names)
        X = np.zeros((len(table), self.n_features))
        gaps, refused = [], None
        for column, place in self._with_places():
            try:
                gaps.append(column.write(table, X[:, place]))
            except InvalidInput as error:
                if isinstance(column, NumberColumn):
                    raise
                refused = (
                    refused or error
                )  # missing values of all columns are reported before unknown labels
        self._require_complete(table.source, gaps)
        if refused is not None:
            raise refused
        return self._scaled(X, table.source)

    def encode_matrix(self, X: npt.ArrayLike) -> Array:
        """Compute the features of a matrix whose columns are those of `names`.

        Parameters
        ----------
        X : array_like, (N, number of columns)
            In the units of the table; nan is missing.  Not written to.

        Returns
        -------
        ndarray, (N, n_features)
            The same bits as `encode` gives for a table of these numbers.

        Raises
        ------
        ShapeMismatch
            If X has another number of columns.
        InvalidInput
            If the model has a column of labels or dates, or values are missing or infinite.
        """
        matrix = self._matrix(X).copy()
        gaps = [column.fill_in(matrix[:, place.start]) for column, place in self._numbers()]
        self._require_complete("X", gaps)
        return self._scaled(matrix, "X")

    def outside(self, table: Table) -> list[str]:
        """Messages on the columns with rows outside the range of the training rows.

        Returns
        -------
        list of str
            "hours: 7 of 100 rows are above 10, the largest value of the training rows"
        """
        sentences: list[str] = []
        for column in self.columns:
            if isinstance(column, NumberColumn):
                sentences += column.outside(
                    as_numbers(table, column.name, column.kind, advice=AS_FITTED)
                )
            else:
                sentences += column.outside(table)
        return sentences

    def outside_matrix(self, X: npt.ArrayLike) -> list[str]:
        """Messages as `outside` returns, for a matrix whose columns are those of `names`."""
        matrix = self._matrix(X)
        return [
            line
            for column, place in self._numbers()
            for line in column.outside(matrix[:, place.start])
        ]

    def notices(self, table: Table) -> tuple[str, ...]:
        """Messages on the missing values of a table that are filled, and on rare labels."""
        shared = [
            f"{column.name}: {column.told_rare}"
            for column in self.columns
            if isinstance(column, CategoryColumn) and column.rare
        ]
        return *self.filled(table), *shared

    def filled(self, table: Table) -> list[str]:
        """Messages on the missing values of a table that are filled."""
        return [
            f"{column.name}: {counted(count, 'missing value is', 'missing values are')} filled with "
            f"{column.written_fill}"
            for column in self.columns
            if column.fill is not None and (count := int(table.column(column.name).isna().sum()))
        ]

    def _with_places(self) -> Iterator[tuple[Column, slice]]:
        """Each column and the slice of its features."""
        start = 0
        for column in self.columns:
            stop = start + len(column.features)
            yield column, slice(start, stop)
            start = stop

    def _numbers(self) -> list[tuple[NumberColumn, slice]]:
        return [
            (column, place)
            for column, place in self._with_places()
            if isinstance(column, NumberColumn)
        ]

    def _matrix(self, X: npt.ArrayLike) -> Array:
        wrong = [c.name for c in self.columns if isinstance(c, CategoryColumn) or c.kind == "date"]
        if wrong:
            raise InvalidInput(
                f"a matrix of numbers has no labels and no dates, but column {wrong[0]!r} of the model needs them; "
                "give a table with named columns"
            )
        matrix = as_float(X, "X")
        if matrix.ndim != 2 or matrix.shape[1] != len(self.columns):
            raise ShapeMismatch(
                f"X has shape {matrix.shape} but the model takes a matrix with {counted(len(self.columns), 'column')}: "
                f"{listed_labels(self.names)}"
            )
        return matrix

    def _require_complete(self, source: str, gaps: Sequence[Gap | None]) -> None:
        found = [gap for gap in gaps if gap is not None]
        if found:
            raise missing_values(source, found, ways_out(self.missing))

    def _scaled(self, X: Array, source: str) -> Array:
        """(X - shift) / scale of the features that are numbers, in place."""
        columns = [column for column, _ in self._numbers()]
        if not columns:
            return X
        names = [column.name for column in columns]
        places = [place.start for _, place in self._numbers()]
        numbers = X if len(places) == X.shape[1] else X[:, places]
        require_finite(source, names, numbers)
        with np.errstate(over="ignore", under="ignore"):
            numbers -= np.array([column.shift for column in columns])
            numbers /= np.array([column.scale for column in columns])
        bad = ~np.isfinite(numbers)
        if bad.any():
            row, column = np.argwhere(bad)[0]
            raise InvalidInput(
                f"column {names[column]!r} of {source} is too far from the training rows in data row {row + 1}: "
                "the scaled value overflows; check its units"
            )
        if numbers is not X:
            X[:, places] = numbers
        return X


def complete_rows(table: Table, names: Sequence[str]) -> Indices:
    """Rows without missing values in some columns.

    Parameters
    ----------
    table : Table
        N rows.
    names : sequence of str
        Names of the columns.

    Returns
    -------
    ndarray of int
        The indices of these rows, in order.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.data.columns import complete_rows
    >>> table = sn.read_table({"x": [1.0, None, 3.0], "y": ["a", "b", None]})
    >>> complete_rows(table, ("x", "y")).tolist()
    [0]
    """
    complete = np.ones(len(table), dtype=bool)
    for name in names:
        complete &= table.column(name).notna().to_numpy()
    return np.flatnonzero(complete)


def require_columns(table: Table, names: Sequence[str]) -> None:
    """Raise if a table lacks columns; the message names them all, and the column nearest to the first."""
    missing = [name for name in names if name not in table.frame.columns]
    if not missing:
        return
    near = nearest(missing[0], table.columns)
    guess = f" ({near[0]!r} to {missing[0]!r}?)" if near else ""
    columns, them = plural_of(len(missing), "column"), plural_of(len(missing), "it", "them")
    raise InvalidInput(
        f"{table.source} has no {columns} {listed_labels(missing)}: its columns are {listed_names(table.columns)}; add "
        f"{them}, or rename the {columns} that {plural_of(len(missing), 'holds', 'hold')} {them}{guess}"
    )
