"""Recognizing last rows that summarize the rows above them, by their numbers: sums, means, extremes and the like.

A block of last rows counts as a summary if each number in it equals a figure of its column above the block, the same
one for all numbers of a row and another one for each row, and if rows of the table would hardly do so by chance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pandas as pd

Numbers = npt.NDArray[np.float64]
_FEWEST = 5
"""Minimum number of values above a statistic; fewer may add up to the next one by chance, as 1, 2, 3 do."""
_TOLERANCE = 1e-6
"""Relative difference of a sum that was rounded when it was written."""
_MOST_ROWS = 5
_LIKELY_CHANCE, _CHANCE_OF_ROWS, _CHANCE_OF_CELL = 0.5, 1e-3, 1e-6
"""Probabilities of coincidence: a cell above the first is ignored; below the others, rows or one cell are reported."""
_FIGURES: tuple[tuple[str, Callable[[Numbers], Any]], ...] = (
    ("sum", np.sum),
    ("mean", np.mean),
    ("median", np.median),
    ("minimum", np.min),
    ("maximum", np.max),
    ("standard deviation", lambda above: np.std(above, ddof=1)),
    ("standard deviation", np.std),
    ("count", lambda above: np.nan if above[-1] == len(above) - 1 else len(above)),  # no row number
)


def last_figures(frame: pd.DataFrame) -> list[str]:
    """Name the statistic that each of the last rows holds; the list is empty if they are rows of the table.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        The rows of a file.

    Examples
    --------
    >>> import pandas as pd
    >>> from sheernet.data.formats.summary_figures import last_figures
    >>> x = [12.25, 17.5, 13.75, 15.125, 11.7, 14.065]
    >>> y = [0.31, 0.52, 0.47, 0.33, 0.29, 0.384]
    >>> last_figures(pd.DataFrame({"x": x, "y": y}))
    ['mean']
    """
    columns = [numbers for _, numbers in _columns(frame)]
    for n_rows in range(min(_MOST_ROWS, len(frame) - _FEWEST), 0, -1):
        names = _figures_of(columns, len(frame) - n_rows)
        if names:
            return names
    return []


def summed_column(frame: pd.DataFrame) -> str | None:
    """Return the first column whose last number is the sum of the numbers above it, none negative; otherwise None.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        The rows of a file.

    Examples
    --------
    >>> import pandas as pd
    >>> from sheernet.data.formats.summary_figures import summed_column
    >>> summed_column(pd.DataFrame({"x": [1, 2, 3, 4, 5, 6], "y": [1, 2, 3, 4, 5, 15]}))
    'y'
    """
    for name, values in _columns(frame):
        above, last = values[:-1], values[-1]
        parts = above[~np.isnan(above)]
        if np.count_nonzero(parts > 0) < _FEWEST or (parts < 0).any():
            continue
        with np.errstate(over="ignore"):
            total = parts.sum()
        if np.isclose(last, total, rtol=_TOLERANCE, atol=0.0) and total < np.inf:
            return name
    return None


def _columns(frame: pd.DataFrame) -> Iterator[tuple[str, Numbers]]:
    """Yield the columns of numbers."""
    for name, cells in frame.items():
        if cells.dtype == object and not all(
            cell is None or type(cell) in (int, float) for cell in cells
        ):
            continue
        if cells.dtype != object and getattr(cells.dtype, "kind", "") not in "iuf":
            continue
        try:
            yield str(name), cells.to_numpy(dtype=np.float64, na_value=np.nan)
        except OverflowError:  # a whole number that no float64 holds
            continue


def _figures_of(columns: list[Numbers], n_above: int) -> list[str]:
    """Name the statistic of each row below the first `n_above`; return nothing if a row has none."""
    names: list[str] = []
    chances: list[float] = []
    for row in range(n_above, len(columns[0]) if columns else n_above):
        cells = {j: numbers[row] for j, numbers in enumerate(columns) if np.isfinite(numbers[row])}
        name, of_cells = _figure(cells, columns, n_above)
        if not name or name in names:
            return []
        names.append(name)
        chances += of_cells
    telling = [chance for chance in chances if chance < _LIKELY_CHANCE]
    enough = _CHANCE_OF_ROWS if len(telling) > 1 else _CHANCE_OF_CELL
    return names if np.prod(telling) < enough else []


def _figure(
    cells: Mapping[int, float], columns: list[Numbers], n_above: int
) -> tuple[str, list[float]]:
    """Return the figure that all numbers of a row hold, and the chance of each; "" if there is none."""
    for name, figure in _FIGURES:
        chances = []
        for j, value in cells.items():
            above = columns[j][:n_above]
            above = above[np.isfinite(above)]
            chance = _chance(value, above, figure) if len(above) >= _FEWEST else None
            if chance is None:
                break
            chances.append(chance)
        else:
            if chances:
                return name, chances
    return "", []


def _chance(value: float, above: Numbers, figure: Callable[[Numbers], Any]) -> float | None:
    """Return the chance that a value of a column equals a figure as it does; None if it does not.

    The value may be rounded to its last digit.  The chance is the width of its rounding by the distance from the mean,
    or by the standard deviation, if that is larger; it is at least the share of the same value above.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        expected, center, spread = float(figure(above)), above.mean(), above.std()
        exponent = Decimal(repr(float(value))).normalize().as_tuple().exponent
        rounding = max(0.5 * 10.0 ** min(int(exponent), 0), 1e-9 * abs(value))
        if not abs(value - expected) <= rounding * (1 + 1e-9):
            return None
        scale = max(spread, abs(value - center))
    if not 0 < scale < np.inf:
        return 1.0
    return float(max(min(2 * rounding / scale, 1.0), np.mean(above == value)))
