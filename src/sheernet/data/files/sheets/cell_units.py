"""Warnings of columns of a sheet whose cells show units or thousands by the formats of their numbers.

The number of a cell with the format 0.00" kg" is stored without its unit, so that 1.5 kg and 1500 g are 1.5 and 1500.
A cell with the format #,##0, shows 1000000 as 1,000.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from sheernet.data.files.sheets.sheet import Oddities
from sheernet.data.formats.unit_names import are_alike
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.message_text import counted, listed
from sheernet.foundation.sentences import in_quotes

T = TypeVar("T")
Cells = npt.NDArray[np.object_]
_LITERAL = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|[_*].|\[\$(?P<currency>[^]-]*)(?:-[^]]*)?\]|\[[^]]*\]|(?P<bare>[$€£¥])'
)
_SCALED = re.compile(r"[0#?],+(?![0#?,])")
"""Commas behind the last digit, with which a format shows thousands or millions, as in 0.0,"k"."""
_MOST_UNITS = 4  # a column with more units holds labels, such as week 1, week 2, ...


def unit_in_format(code: str) -> str:
    r"""Return the unit that the format of a cell shows beside the number; "" if there is none.

    Examples
    --------
    >>> from sheernet.data.files.sheets.cell_units import unit_in_format
    >>> [unit_in_format(code) for code in ("[$$-409]#,##0.00", '0.00" kg"', r"#,##0.00\ [$€-407]", "0.0%", '0.0,"k"')]
    ['$', 'kg', '€', '', '']
    """
    positive = _positive(code)
    if factor_in_format(code) > 1:
        return ""
    found = "".join(
        "".join(each for each in match.groups() if each) for match in _LITERAL.finditer(positive)
    ).strip()
    return found if any(c.isalpha() or not c.isascii() or c in "$%" for c in found) else ""


def factor_in_format(code: str) -> int:
    r"""Return the number by which the format of a cell divides the number that it shows, such as 1000.

    Examples
    --------
    >>> from sheernet.data.files.sheets.cell_units import factor_in_format
    >>> [factor_in_format(code) for code in ("#,##0,", '0.0,,"M"', "#,##0.00")]
    [1000, 1000000, 1]
    """
    found = _SCALED.search(_LITERAL.sub("", _positive(code)))
    return 1 if found is None else int(1000 ** found[0].count(","))


def _positive(code: str) -> str:
    """Return the part of a format that applies to positive numbers."""
    return _LITERAL.sub(lambda found: found[0].replace(";", ""), code).partition(";")[0]


def warn_of_cell_units(
    found: Oddities,
    names: Sequence[str],
    origin: tuple[int, int],
    body: Cells,
    name_of: Callable[[int, int], str],
    where: str,
    *,
    transposed: bool,
) -> None:
    """Warn of columns whose numbers are formatted with several units, or shown divided by 1000 or more.

    Parameters
    ----------
    found : Oddities
        The formats of the cells of the sheet.
    names : sequence of str
        The names of the columns.
    origin : tuple of int
        Row and column of the first cell of the table in the sheet.
    body : ndarray of object, (rows, columns)
        The cells of the table.
    name_of : callable
        Returns the name of a cell in the sheet, given its column and row in the table.
    where : str
        Name of the sheet in messages.
    transposed : bool
        Whether the columns of the table are rows of the sheet.
    """
    columns = _Columns(found, origin, body, transposed)
    for j, rows, factors in columns.shown(factor_in_format, 1):
        for factor, divided in _units(body[:, j], rows, list(map(str, factors))).items():
            row = min(divided)
            warn(
                f"column {in_quotes(names[j])} of {where} has {counted(len(divided), 'number')} that the cells show "
                f"divided by {int(factor):,}; the stored numbers are read, such as {body[row, j]} in {name_of(j, row)}"
            )
    for j, rows, codes in columns.shown(unit_in_format, ""):
        units = _units(body[:, j], rows, codes)
        if 1 < len(units) <= _MOST_UNITS:
            shown = [
                f"{counted(len(rows), 'number')} with {in_quotes(unit)} ({'the first is ' if len(rows) > 1 else ''}"
                f"{name_of(j, min(rows))})"
                for unit, rows in units.items()
            ]
            warn(
                f"column {in_quotes(names[j])} of {where} has numbers whose formats show several units, which are not "
                f"read: {listed(shown)}; write all of them in one unit"
            )


@dataclass(frozen=True)
class _Columns:
    """The columns of a table in a sheet; the parameters are those of `warn_of_cell_units`."""

    found: Oddities
    origin: tuple[int, int]
    body: Cells
    transposed: bool

    def shown(
        self, of_format: Callable[[str], T], usual: T
    ) -> Iterator[tuple[int, list[int], list[T]]]:
        """Yield each column with cells whose formats are not usual, their rows, and what their formats show."""
        values = list(map(of_format, self.found.number_formats))
        is_other = np.array([*(value != usual for value in values), False])
        cells = self.found.cell_formats
        cells = cells[is_other[cells[:, 2]]]
        place = cells[:, :2] - self.origin
        place = place[:, ::-1] if self.transposed else place
        inside = (place >= 0).all(axis=1) & (place < self.body.shape).all(axis=1)
        for j in np.unique(place[inside, 1]).tolist():
            is_here = inside & (place[:, 1] == j)
            yield j, place[is_here, 0].tolist(), [values[k] for k in cells[is_here, 2]]


def _units(column: Cells, rows: Sequence[int], units: Sequence[str]) -> dict[str, list[int]]:
    """Return the different units of the numbers in a column, each with its rows."""
    known: dict[str, list[int]] = {}
    for row, unit in zip(rows, units, strict=True):
        if isinstance(column[row], int | float) and not isinstance(column[row], bool):
            known.setdefault(unit, []).append(row)
    different: dict[str, list[int]] = {}
    for unit, found in known.items():
        same = next((other for other in different if are_alike(unit, other)), unit)
        different.setdefault(same, []).extend(found)
    return different
