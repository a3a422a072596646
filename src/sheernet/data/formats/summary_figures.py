"""Recognizing last rows that summarize the rows above them, by their numbers: sums, means, extremes and the like.

A block of last rows counts as a summary if each number in it equals a statistic of its column above the block.  All
numbers of a row must equal the same statistic, and different rows must equal different ones.  It must also be
improbable that ordinary rows of the table equal these statistics by chance.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

Numbers = npt.NDArray[Any]
Mask = npt.NDArray[np.bool_]
_FEWEST = 5
"""Minimum number of values above a statistic; fewer may add up to the next one by chance, as 1, 2, 3 do."""
_TOLERANCE = 1e-6
"""Relative difference of a sum that was rounded when it was written."""
_SPREAD = 2.0
"""Maximum error of a sum of rounded values, in half units of their last digit times the square root of their number."""
_HEAD = 1000
_MOST_GROUPS, _LONGEST_GROUP = 1000, 1000
"""Maximum numbers of groups whose sums are searched for, and of their rows."""
_MOST_ROWS = 5
_LIKELY_CHANCE, _CHANCE_OF_ROWS, _CHANCE_OF_CELL = 0.5, 1e-3, 1e-6
"""Probabilities of coincidence.  A cell with a probability above the first one is ignored.  The rows are reported if
the product for several cells is below the second one, or the probability of a single cell is below the third one."""


class _Above:
    """The finite numbers of a column above a row; values that several statistics need are computed once."""

    def __init__(self, values: npt.NDArray[np.float64]) -> None:
        self.values = values

    @functools.cached_property
    def sum(self) -> float:
        """The sum."""
        return float(self.values.sum())

    @functools.cached_property
    def mean(self) -> float:
        """The arithmetic mean."""
        return self.sum / len(self.values)

    @functools.cached_property
    def deviation(self) -> float:
        """The standard deviation, with divisor n."""
        parts = self.values - self.mean
        parts *= parts
        return math.sqrt(float(parts.sum()) / len(parts))

    @property
    def sample_deviation(self) -> float:
        """The standard deviation, with divisor n - 1."""
        n = len(self.values)
        return self.deviation * math.sqrt(n / (n - 1))

    @property
    def count(self) -> float:
        """The number of values; nan if the last value is a row number."""
        n = len(self.values)
        return math.nan if self.values[-1] == n - 1 else n

    def median_from(self, low: float, high: float) -> float:
        """Return the median; nan if counting, which is faster, shows that the median is not from `low` to `high`."""
        most = len(self.values) // 2
        if (
            np.count_nonzero(self.values < low) > most
            or np.count_nonzero(self.values > high) > most
        ):
            return math.nan
        return float(np.median(self.values))


_FIGURES: tuple[tuple[str, Callable[[_Above, float, float], Any]], ...] = (
    ("sum", lambda above, *_: above.sum),
    ("mean", lambda above, *_: above.mean),
    ("median", _Above.median_from),
    ("minimum", lambda above, *_: above.values.min()),
    ("maximum", lambda above, *_: above.values.max()),
    ("standard deviation", lambda above, *_: above.sample_deviation),
    ("standard deviation", lambda above, *_: above.deviation),
    ("count", lambda above, *_: above.count),
)
"""Statistics: functions of the numbers above a cell, and of bounds outside of which the result does not matter."""


def last_figures(columns: Sequence[Numbers]) -> list[str]:
    """Name the statistic that each of the last rows holds; the list is empty if they are rows of the table.

    Parameters
    ----------
    columns : sequence of ndarray of int or float, (N,)
        The columns of numbers of a file; missing values are nan.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.formats.summary_figures import last_figures
    >>> x = [12.25, 17.5, 13.75, 15.125, 11.7, 14.065]
    >>> y = [0.31, 0.52, 0.47, 0.33, 0.29, 0.384]
    >>> last_figures([np.array(x), np.array(y)])
    ['mean']
    """
    n = len(columns[0]) if columns else 0
    finite = functools.cache(lambda j: _finite(columns[j]))
    for n_rows in range(min(_MOST_ROWS, n - _FEWEST), 0, -1):
        names = _figures_of(columns, finite, n - n_rows)
        if names:
            return names
    return []


def summed_column(columns: Mapping[str, Numbers]) -> str | None:
    """Return the first column whose last number is the sum of the numbers above it, if none is negative; else None.

    Parameters
    ----------
    columns : mapping of str to ndarray of int or float, (N,)
        The columns of numbers of a file, at least two of each; missing values are nan.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.formats.summary_figures import summed_column
    >>> summed_column({"x": np.arange(6), "y": np.array([1, 2, 3, 4, 5, 15])})
    'y'
    """
    for name, values in columns.items():
        above, last = values[:-1], float(values[-1])
        # Few columns pass this test, most of the others not even for the first numbers.
        if math.isnan(last) or any(
            last < np.fmax.reduce(part) * (1 - _TOLERANCE) for part in (above[:_HEAD], above)
        ):
            continue
        if (above < 0).any() or np.count_nonzero(above > 0) < _FEWEST:
            continue
        parts = above[~np.isnan(above)]
        with np.errstate(over="ignore"):
            total = parts.sum(dtype=np.float64)
        if np.isclose(last, total, rtol=_TOLERANCE, atol=0.0) and total < np.inf:
            return name
    return None


def are_group_sums(frame: pd.DataFrame, rows: Sequence[int] | npt.NDArray[np.intp]) -> bool:
    """Whether, in a column, the number in each of these rows is the sum of the numbers since the one before.

    The last row may be the sum of the others of these rows, if it is directly below one.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        The rows of a file.
    rows : sequence of int
        Ascending indices of rows.

    Examples
    --------
    >>> import pandas as pd
    >>> from sheernet.data.formats.summary_figures import are_group_sums
    >>> are_group_sums(pd.DataFrame({"x": [1.5, 2, 3.5, 7, 3, 10]}), [2, 5])
    True
    >>> are_group_sums(pd.DataFrame({"x": [1.5, 2, 3.5, 7, 3, 10, 13.5]}), [2, 5, 6])
    True
    """
    has_total = len(rows) > 2 and rows[-1] == rows[-2] + 1
    groups = [int(row) for row in (rows[:-1] if has_total else rows)]
    starts = [0, *(row + 1 for row in groups[:-1])]
    if any(row - start < 2 for start, row in zip(starts, groups, strict=True)):  # a copy
        return False
    for values in columns_of_numbers(frame).values():
        with np.errstate(over="ignore", invalid="ignore"):
            sums = [np.nansum(values[a:b]) for a, b in zip(starts, groups, strict=True)]
            sums += [np.nansum(values[groups])] * int(has_total)
        if any(sums) and np.allclose(values[rows], sums, rtol=_TOLERANCE, atol=0.0):
            return True
    return False


def group_sums(columns: Sequence[Numbers], gaps: Iterable[npt.NDArray[np.intp]] = ()) -> list[int]:
    """Find rows whose numbers are all the sums of the rows since the one before, or at the end the sums of these sums.

    Parameters
    ----------
    columns : sequence of ndarray of int or float, (N,)
        The columns of numbers of a file; missing values are nan.
    gaps : iterable of ndarray of int
        The ascending indices of the rows without a label, for each column of labels.

    Returns
    -------
    list of int
        Their ascending indices, at least two; none if ordinary rows may have such numbers by chance, unless these rows
        are those without a label.

    Examples
    --------
    >>> import numpy as np
    >>> from sheernet.data.formats.summary_figures import group_sums
    >>> x = [4.5, 2.25, 3.5, 10.25, 1.75, 6.5, 8.25, 9.5, 2.75, 12.25, 30.75]
    >>> y = [31, 28, 45, 104, 62, 17, 79, 53, 84, 137, 320]
    >>> group_sums([np.array(x), np.array(y)])
    [3, 6, 9, 10]
    """
    n = len(columns[0]) if columns else 0
    rows: list[int] = []
    telling = []
    start = 0
    while len(rows) < _MOST_GROUPS:
        found = _next_sum(_rows_of(columns, slice(start, start + _LONGEST_GROUP)))
        if found is None:
            break
        rows.append(start + found[0])
        telling.append(found[1])
        start = rows[-1] + 1
    if len(rows) < 2:
        return []
    different = np.array([len(np.unique(column)) for column in columns])
    chances = [n * np.prod(1.0 / different[each]) for each in telling]
    are_likely = np.prod(chances) / math.factorial(len(rows)) >= _CHANCE_OF_ROWS
    if start == n - 1:
        total = np.nansum(_rows_of(columns, rows), axis=0)
        rows += [start] * bool(_are_close(_rows_of(columns, [start])[0], total).all())
    if are_likely and not any(np.array_equal(rows, gap) for gap in gaps):
        return []
    return rows


def _rows_of(columns: Sequence[Numbers], rows: slice | list[int]) -> npt.NDArray[np.float64]:
    """Return some rows of columns, (number of rows, number of columns)."""
    parts = [column[rows].astype(np.float64, copy=False) for column in columns]
    return np.column_stack(parts) if parts else np.empty((0, 0))


def _next_sum(values: npt.NDArray[np.float64]) -> tuple[int, Mask] | None:
    """Find the first row that is the sum of all rows above, and which of its numbers are sums of several ones."""
    above = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    with np.errstate(over="ignore"):
        sums = np.cumsum(above, axis=0)[:-1]
    are_several = np.cumsum(above != 0, axis=0)[:-1] > 1
    is_telling = are_several & np.isfinite(values[1:])
    rows = np.flatnonzero(_are_close(values[1:], sums).all(axis=1) & is_telling.any(axis=1))
    return (int(rows[0]) + 1, is_telling[rows[0]]) if len(rows) else None


def _are_close(values: npt.NDArray[np.float64], sums: npt.NDArray[np.float64]) -> Mask:
    """Whether numbers are sums, up to their rounding; missing ones are."""
    return np.isnan(values) | np.isclose(values, sums, rtol=_TOLERANCE, atol=0.0)


def columns_of_numbers(frame: pd.DataFrame) -> dict[str, Numbers]:
    """Return the columns of numbers, also those of a sheet, whose cells are objects."""
    found = {}
    for (name, cells), dtype in zip(frame.items(), frame.dtypes, strict=True):
        if isinstance(dtype, np.dtype) and dtype.kind in "iuf":
            found[str(name)] = cells.to_numpy()
        elif (dtype.kind == "O" and all(c is None or type(c) in (int, float) for c in cells)) or (
            dtype.kind in "iuf"
        ):
            with suppress(OverflowError):  # a whole number that no float64 holds
                found[str(name)] = cells.to_numpy(dtype=np.float64, na_value=np.nan)
    return found


def _finite(column: Numbers) -> npt.NDArray[np.float64]:
    values = column.astype(np.float64, copy=False)
    is_finite = np.isfinite(values)
    return values if is_finite.all() else values[is_finite]


def _figures_of(
    columns: Sequence[Numbers], finite: Callable[[int], npt.NDArray[np.float64]], n_above: int
) -> list[str]:
    """Name the statistic of each row below the first `n_above`; return an empty list if a row has none.

    `finite` returns the finite numbers of a column.
    """
    names: list[str] = []
    chances: list[float] = []

    @functools.cache
    def above(j: int) -> _Above:
        n_below = np.count_nonzero(np.isfinite(columns[j][n_above:]))
        return _Above(finite(j)[: len(finite(j)) - n_below])

    for row in range(n_above, len(columns[0])):
        numbers = [float(column[row]) for column in columns]
        cells = {j: number for j, number in enumerate(numbers) if math.isfinite(number)}
        name, of_cells = _figure(cells, above)
        if not name or name in names:
            return []
        names.append(name)
        chances += of_cells
    telling = [chance for chance in chances if chance < _LIKELY_CHANCE]
    enough = _CHANCE_OF_ROWS if len(telling) > 1 else _CHANCE_OF_CELL
    return names if np.prod(telling) < enough else []


def _figure(cells: Mapping[int, float], above: Callable[[int], _Above]) -> tuple[str, list[float]]:
    """Return the statistic that all numbers of a row equal, and the chance of each number; "" if there is none."""
    for name, figure in _FIGURES:
        chances = []
        for j, value in cells.items():
            chance = _chance(value, above(j), figure, is_sum=name == "sum")
            if chance is None:
                break
            chances.append(chance)
        else:
            if chances:
                return name, chances
    return "", []


def _chance(
    value: float, above: _Above, figure: Callable[[_Above, float, float], Any], *, is_sum: bool
) -> float | None:
    """Return the probability that a value equals a statistic by chance; None if it does not equal the statistic.

    The value may be rounded to its last digit, and so may the parts of a sum, whose errors add up at random.  The
    probability is the width of its rounding divided by the distance from the mean, or by the standard deviation if that
    is larger.  It is at least the fraction of the values above that are equal to the value.
    """
    if len(above.values) < _FEWEST:
        return None
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    rounding = max(0.5 * 10.0 ** min(int(exponent), 0), 1e-9 * abs(value))
    most = rounding * (1 + 1e-9)
    with np.errstate(over="ignore", invalid="ignore"):
        error = abs(value - figure(above, value - 2 * most, value + 2 * most))
        if is_sum and error > most:
            rounding *= 1 + _SPREAD * math.sqrt(len(above.values))
        if not error <= rounding * (1 + 1e-9):
            return None
        scale = max(above.deviation, abs(value - above.mean))
    if not 0 < scale < np.inf:
        return 1.0
    return float(max(min(2 * rounding / scale, 1.0), np.mean(above.values == value)))
