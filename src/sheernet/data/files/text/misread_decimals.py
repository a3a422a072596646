"""Correcting numbers such as 9.682 whose separator of thousands pandas took for a decimal mark.

pandas parses all columns with one decimal mark.  A column of text such as 1.234.567, whose points can only
separate thousands, shows that the points of 9.682 also separate thousands, unless another column has decimal points,
such as 0.5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from sheernet.data.formats.number_columns import Numbers
from sheernet.data.formats.number_formats import Marks, find_format
from sheernet.data.formats.text_conversion import Conversion, convert_text
from sheernet.foundation.caller_warnings import warn

if TYPE_CHECKING:
    import pandas as pd


def with_misread_decimals(
    conversion: Conversion,
    frame: pd.DataFrame,
    numbers: Mapping[str, Numbers],
    cells_of: Callable[[Sequence[str]], pd.DataFrame],
    mark: str,
    source: str,
) -> Conversion:
    """Convert again the columns of numbers whose separators of thousands pandas took for decimal marks.

    Parameters
    ----------
    conversion : Conversion
        The formats of the columns that pandas left as text.
    frame : DataFrame, (N, number of columns)
        Modified in place.
    numbers : mapping of str to Numbers
        The columns that pandas read as numbers.
    cells_of : callable
        Reads the cells of some columns as text.
    mark : str
        The decimal mark that pandas used.
    source : str
        Name of the file in messages.

    Returns
    -------
    Conversion
        `conversion` with the formats of these columns added.

    Warns
    -----
    SheernetWarning
        If other columns certainly have decimal marks, so that a doubtful mark is taken for a decimal mark.
    """
    shown = [
        (name, finding.cells[0])
        for name, finding in conversion.findings.items()
        if finding.shows_decimal and finding.format.decimal != mark
    ]
    names = [name for name, column in numbers.items() if shown and column.has_fractions]
    if not names:
        return conversion
    marks = Marks(likely="," if mark == "." else ".")
    doubtful = dict(_doubtful(frame, names, cells_of, marks))
    if len(doubtful) == len(names):
        cells = cells_of(names)
        again = convert_text(cells, marks)
        for name in names:
            frame[name] = cells[name].array
        return Conversion({**conversion.findings, **again.findings})
    for name, cell in doubtful.items():
        warn(
            f"column {name!r} of {source}: {cell!r} is read with a decimal mark, as other numbers of the file have it, "
            f"although {shown[0][1]!r} in column {shown[0][0]!r} shows that the mark may separate thousands; if it "
            f"does, write {cell.replace(mark, '')!r}"
        )
    return conversion


def _doubtful(
    frame: pd.DataFrame,
    names: Sequence[str],
    cells_of: Callable[[Sequence[str]], pd.DataFrame],
    marks: Marks,
) -> Iterator[tuple[str, str]]:
    """Yield the columns whose numbers may all have separators of thousands, and a cell with one."""
    for name in names:
        values = frame[name].to_numpy()
        values = values[~np.isnan(values)]
        if (np.abs(values) < 1000).all() and (np.rint(1000 * values) / 1000 == values).all():
            cells = cells_of([name])[name].dropna().str.strip().unique().tolist()
            finding = find_format(cells, marks)
            if finding.doubt == "thousands":
                yield name, finding.cells[0]
