"""`Inputs`: encoding the input columns of a table as the matrix of features of a network.

The columns are learned from the training rows (input_learning.py) and found by name afterwards, so the order of a
table's columns does not matter.  column_types.py defines the features of each type of column.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
import numpy.typing as npt

from sheernet.data.columns.cells import (
    AS_FITTED,
    MOMENTS,
    SHOWN,
    Gap,
    as_numbers,
    listed_labels,
    missing_values_error,
    require_finite,
)
from sheernet.data.columns.column_types import (
    MISSING,
    REFIT_ADVICE,
    CategoryColumn,
    Column,
    NumberColumn,
    has_indicator,
)
from sheernet.data.columns.input_learning import LearningOptions, learn_columns
from sheernet.data.preprocessing import Scaler
from sheernet.data.preprocessing.scaling_rules import KINDS
from sheernet.data.tables.column_names import (
    first_repeated,
    listed_names,
    nearest,
    similarity,
)
from sheernet.data.tables.table import Table, advice_on_skip, another_sheet, may_be_turned
from sheernet.foundation.arrays import Array, Indices, as_float
from sheernet.foundation.errors import InvalidInput, ShapeMismatch, unknown_name
from sheernet.foundation.message_text import counted, listed, plural_of
from sheernet.foundation.sentences import (
    Sentence,
    Setting,
    in_quotes,
    sentence,
)

MOST_FILLED = 40
"""Maximum number of columns that the notice about filled values names."""


@dataclass(frozen=True)
class Inputs:
    """The input columns of a model.

    Parameters
    ----------
    columns : tuple of NumberColumn and CategoryColumn
        The columns, in the order of the features.
    scaling : str
        Rule by which number columns were scaled, one of `sheernet.data.preprocessing.KINDS`.
    missing : {"refuse", "impute", "drop"}
        Treatment of missing values: "impute" fills them; otherwise `encode` raises an error.

    Raises
    ------
    InvalidInput
        If there are no columns, names are not distinct, or an option has an unknown value.

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
        repeated = first_repeated(self.names)
        if repeated is not None:
            raise InvalidInput(
                f"columns of the inputs must be distinct, but {in_quotes(repeated)} occurs twice"
            )
        if self.scaling not in KINDS:
            raise unknown_name("scaling", self.scaling, KINDS)
        if self.missing not in MISSING:
            raise unknown_name("missing", self.missing, MISSING)

    @classmethod
    def from_scaler(cls, names: Sequence[str], scaler: Scaler, X: npt.ArrayLike) -> Inputs:
        """Create the inputs of number columns with a given scaler.

        Parameters
        ----------
        names : sequence of str, length d
            Names of the columns.
        scaler : Scaler
            Scaler of d columns.
        X : array_like, (N, d)
            The training rows, not scaled, from which the range of each column is stored.

        Returns
        -------
        Inputs

        Raises
        ------
        ShapeMismatch
            If the numbers of names, of columns of the scaler and of columns of X differ.
        """
        X = as_float(X, "X")
        if X.ndim != 2 or not X.shape[1] == len(names) == scaler.n_columns:
            raise ShapeMismatch(
                f"X of shape {X.shape}, {len(names)} names and a scaler of {scaler.n_columns} columns do not match; "
                "give a name and a column of the scaler for each column of X"
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
        unseen: str = "auto",
        missing: str = "refuse",
        cycles: str = "auto",
    ) -> Inputs:
        """Learn the encoding of input columns from the training rows.

        Parameters
        ----------
        table : Table
            N rows.  The labels of all rows become known, not only those of the training rows.
        names : sequence of str
            Names of the columns, in the order of the features.
        rows : ndarray of int
            Training rows: shifts, scales, ranges, fills and rare labels are learned only from them.
        weights : array_like, (number of training rows,), optional
            Case weight of each training row, for shifts, scales and fills; rare labels are determined by
            row counts, without weights.
        scaling : str
            Rule for numbers and dates, one of `sheernet.data.preprocessing.scaling_rules.RULES`; Booleans are
            not scaled.
        categories : sequence of str
            Columns to treat as labels, whatever their kind.
        rare : float
            Labels in less than this fraction of the training rows, or in only one, are rare; 0 makes none rare.
        unseen : {"auto", "rare", "refuse"}
            Treatment of unknown labels by `encode`; "auto" is "rare" for a column with rare labels in the training
            rows, and "refuse" for others.
        missing : {"refuse", "impute", "drop"}
            "impute" fills missing values with the median of numbers and dates and the most frequent Boolean or label.
        cycles : {"auto", "none"}
            "auto" adds hour of day, weekday and season of dates as smooth cycles if the training rows span enough days.

        Returns
        -------
        Inputs

        Raises
        ------
        InvalidInput
            If a column cannot be an input, or an option has an unknown value.
        """
        options = LearningOptions(scaling, tuple(categories), rare, unseen, missing, cycles)
        return cls(learn_columns(table, tuple(names), rows, weights, options), scaling, missing)

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

    @property
    def label_groups(self) -> tuple[slice, ...]:
        """The features of each category column: in each row one of them is 1, except in rows with an unknown label."""
        return tuple(
            slice(where.start, where.start + len(column.categories))
            for column, where in self.with_slices()
            if isinstance(column, CategoryColumn)
        )

    def encode(self, table: Table) -> Array:
        """Compute the features of the rows of a table.

        Parameters
        ----------
        table : Table
            N rows.  Columns are found by name; additional columns are ignored.

        Returns
        -------
        ndarray, (N, n_features)
            All values are finite.

        Raises
        ------
        InvalidInput
            If columns are missing or have another kind, values are missing or infinite, or a label is unknown.
        """
        require_columns(table, self.names)
        X = np.zeros((len(table), self.n_features))
        gaps, unknown_label = [], None
        for column, where in self.with_slices():
            try:
                gaps.append(column.write(table, X[:, where]))
            except InvalidInput as error:
                if isinstance(column, NumberColumn):
                    raise
                # Missing values of all columns are reported before unknown labels.
                unknown_label = unknown_label or error
        self._require_complete(table.source, gaps)
        if unknown_label is not None:
            raise unknown_label
        return self._scaled(X, table.source)

    def encode_matrix(self, X: npt.ArrayLike) -> Array:
        """Compute the features of a matrix whose columns have the names `names`.

        Parameters
        ----------
        X : array_like, (N, number of columns)
            Values in the units of the table; nan means missing.  X is not modified.

        Returns
        -------
        ndarray, (N, n_features)
            Bitwise equal to the result of `encode` for a table of these numbers.

        Raises
        ------
        ShapeMismatch
            If X has the wrong number of columns.
        InvalidInput
            If the model has a column of labels or dates, or values are missing or infinite.
        """
        matrix = self._matrix(X)
        features = np.zeros((len(matrix), self.n_features))
        gaps = [
            column.write_numbers(x.copy(), features[:, where])
            for x, (column, where) in zip(matrix.T, self._number_columns(), strict=True)
        ]
        self._require_complete("X", gaps)
        return self._scaled(features, "X")

    def range_messages(self, table: Table) -> list[str]:
        """Return messages about values outside the range of the training rows.

        Returns
        -------
        list of str
            "hours: 7 of 100 rows are above 10, the largest value of the training rows"; after the first few, one that
            counts the others
        """
        sentences: list[str] = []
        for column in self.columns:
            if isinstance(column, NumberColumn):
                sentences += column.range_messages(
                    as_numbers(table, column.name, column.kind, advice=AS_FITTED)
                )
        if len(sentences) > SHOWN:
            more = counted(len(sentences) - SHOWN, "more message")
            sentences[SHOWN:] = [f"{more} about values outside the range of the training rows"]
        return [*sentences, *self.unseen(table)]

    def unseen(self, table: Table) -> list[str]:
        """Return messages about the labels that the training rows do not have, if such labels are allowed."""
        return [
            line
            for column in self.columns
            if isinstance(column, CategoryColumn)
            for line in column.range_messages(table)
        ]

    def notices(self, table: Table) -> tuple[str, ...]:
        """Return messages about cycles, missing values of a table that are filled, and rare labels."""
        moments = [
            column.moment_message
            for column in self.columns
            if isinstance(column, NumberColumn) and column.moment_message
        ]
        shared = [
            f"{column.name}: {column.rare_message}"
            for column in self.columns
            if isinstance(column, CategoryColumn) and column.rare
        ]
        return *moments, *self.fill_notice(_missing_in(table, self.names)), *shared

    def fill_notice(self, n_missing: Mapping[str, int]) -> list[str]:
        """Return the notice about the missing values that are filled, of which each column has some number; or []."""
        filled = [c for c in self.columns if c.fill is not None and n_missing.get(c.name)]
        if not filled:
            return []
        n = sum(n_missing[column.name] for column in filled)
        shown = [
            f"{column.name} ({n_missing[column.name]}, with {column.written_fill}"
            f"{' and an indicator' if has_indicator(column) else ''})"
            for column in filled
        ]
        what = counted(n, "missing value is", "missing values are")
        return [
            f"{what} filled with a typical value of the training rows: {listed(shown, most=MOST_FILLED)}"
        ]

    def new_fill_notice(self, table: Table) -> list[str]:
        """Return the notice for a table other than that of the fit, about columns complete in training."""
        names = [column.name for column in self.columns if not column.missing_fraction]
        return self.fill_notice(_missing_in(table, names))

    def with_slices(self) -> Iterator[tuple[Column, slice]]:
        """Yield each column and the slice of its features."""
        start = 0
        for column in self.columns:
            stop = start + len(column.features)
            yield column, slice(start, stop)
            start = stop

    def _number_columns(self) -> list[tuple[NumberColumn, slice]]:
        return [
            (column, where)
            for column, where in self.with_slices()
            if isinstance(column, NumberColumn)
        ]

    def _matrix(self, X: npt.ArrayLike) -> Array:
        wrong = [c.name for c in self.columns if isinstance(c, CategoryColumn) or c.kind in MOMENTS]
        if wrong:
            raise InvalidInput(
                f"a matrix has only numbers, but column {in_quotes(wrong[0])} of the model needs labels or dates; "
                "give a table with named columns"
            )
        matrix = as_float(X, "X")
        if matrix.ndim != 2 or matrix.shape[1] != len(self.columns):
            raise ShapeMismatch(
                f"X has shape {matrix.shape}, but the model needs a matrix with "
                f"{counted(len(self.columns), 'column')}: {listed_labels(self.names)}"
                f"{_advice_on_turned(matrix, len(self.columns))}"
            )
        if not len(matrix):
            raise InvalidInput("X has no rows; at least one is needed")
        return matrix

    def _require_complete(self, source: str, gaps: Sequence[Gap | None]) -> None:
        found = [gap for gap in gaps if gap is not None]
        if found:
            raise missing_values_error(source, found, REFIT_ADVICE)

    def _scaled(self, X: Array, source: str) -> Array:
        """Scale the number columns of X in place, (X - shift) / scale, and return X."""
        trends = [(column, at.start) for column, at in self._number_columns() if column.has_trend]
        if not trends:
            return X
        columns, positions = map(list, zip(*trends, strict=True))
        names = [column.name for column in columns]
        numbers = X if len(positions) == X.shape[1] else X[:, positions]
        require_finite(source, names, numbers)
        with np.errstate(over="ignore", under="ignore"):
            numbers -= np.array([column.shift for column in columns])
            numbers /= np.array([column.scale for column in columns])
        bad = ~np.isfinite(numbers)
        if bad.any():
            row, column = np.argwhere(bad)[0]
            raise InvalidInput(
                f"column {in_quotes(names[column])} of {source} is too far from the training rows in data row "
                f"{row + 1}: the scaled value overflows; check its units"
            )
        if numbers is not X:
            X[:, positions] = numbers
        return X


def _missing_in(table: Table, names: Sequence[str]) -> dict[str, int]:
    return {name: int(table.column(name).isna().sum()) for name in names}


def complete_rows(table: Table, names: Sequence[str]) -> Indices:
    """Find the rows without missing values in the given columns.

    Parameters
    ----------
    table : Table
        N rows.
    names : sequence of str
        Names of the columns.

    Returns
    -------
    ndarray of int
        Their indices, ascending.

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


def _advice_on_turned(matrix: Array, n: int) -> str:
    """Return advice if the number of rows of a matrix, not of its columns, is the number of columns of a model."""
    if matrix.ndim != 2 or len(matrix) != n:
        return ""
    if matrix.shape[1] == 1:  # a list has no .T, and that of a vector is the same vector
        return f"; if it is a single row, give np.reshape(X, (1, {n}))"
    return "; if its samples are columns, transpose the matrix (.T)"


def _renamings(missing: Sequence[str], free: Sequence[str]) -> list[str]:
    """Return columns to rename, the most similar first; a column that the model needs must keep its name.

    Names that are numbers, such as wavelengths, are not similar to each other.
    """
    pairs = [
        (near, name)
        for name in missing[:SHOWN]
        for near in nearest(name, free, most=3)
        if not (_is_number(name) and _is_number(near))
    ]
    found: dict[str, str] = {}
    for near, name in sorted(pairs, key=lambda pair: similarity(*pair), reverse=True):
        if near not in found and name not in found.values():
            found[near] = name
    return [f"{in_quotes(near)} to {in_quotes(name)}" for near, name in found.items()]


def _unnamed(table: Table) -> list[list[str]]:
    """Return the names of the columns of each matrix, or of a file, that are only their positions."""
    return [[f"{name}{i + 1}" for i in range(n)] for name, n in table.read_as.numbered.items()]


def _is_number(name: str) -> bool:
    return name.replace(".", "", 1).isdigit()


def matched_columns(table: Table, names: Sequence[str]) -> Table:
    r"""Rename columns with the names of a model that are written in another way; raise if columns are missing.

    Names from files have spaces in place of line breaks; names from data frames keep their line breaks.  Names that are
    whole numbers, such as years and wavelengths, may have decimals: 1100.0 is 1100.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.data.columns import matched_columns
    >>> matched_columns(sn.read_table({"speed\n[mm/s]": [1.0], " mass": [2.0]}), ["speed [mm/s]", "mass"]).columns
    ('speed [mm/s]', 'mass')
    """
    alike = defaultdict(list)
    for name in table.columns:
        alike[_plain_name(name)].append(name)
    renamed = {}
    for name in names:
        found = alike[_plain_name(name)]
        if name not in table.frame.columns and len(found) == 1 and found[0] not in names:
            renamed[found[0]] = name
    if renamed:
        table = replace(table, frame=table.frame.rename(columns=renamed))
    require_columns(table, names)
    return table


def _plain_name(name: str) -> str:
    """Return a name with single spaces, or the digits of a whole number."""
    plain = " ".join(name.split())
    whole, _, decimals = plain.partition(".")
    return whole if whole.isdigit() and not decimals.strip("0") else plain


def require_columns(table: Table, names: Sequence[str]) -> None:
    """Raise if a table lacks columns; the message lists them and suggests a column to rename."""
    missing = [name for name in names if name not in table.frame.columns]
    if not missing:
        return
    columns, them = plural_of(len(missing), "column"), plural_of(len(missing), "it", "them")
    if may_be_turned(table, missing):
        raise InvalidInput(
            "the model needs {} {}, which {} has as {} of its first column; if its samples are columns, give {}",
            columns, listed_labels(missing), table.source, plural_of(len(missing), "a cell", "cells"),
            Setting("samples", "columns"),
        )  # fmt: skip
    unnamed = _unnamed(table)
    used = {*names, *chain(*unnamed)}
    near = _renamings(missing, [name for name in table.columns if name not in used])
    near = near or [
        f"{matrix[0]} to {matrix[-1]} in this order, if their names are only missing in the file"
        for matrix in unnamed
        if len(matrix) == len(missing)
    ]
    guess = f" (perhaps {listed(near, most=SHOWN)})" if near else ""
    raise InvalidInput(
        "the model needs {} {}, which {} does not have (its columns are {}); add {}, or rename the {} that {} "
        "{}{}{}{}{}",
        columns, listed_labels(missing), table.source, listed_names(table.columns), them, columns,
        plural_of(len(missing), "holds", "hold"), them, guess,
        "" if near else another_sheet(table), advice_on_skip(table.reading), _advice_on_samples(table),
    )  # fmt: skip


def _advice_on_samples(table: Table) -> Sentence:
    """Return the end of a message about a file whose samples are read from its columns; otherwise ""."""
    if table.read_as.samples == "rows":
        return sentence("")
    return sentence(
        "; the samples are read from columns: if they are rows, give {}", Setting("samples", "rows")
    )
