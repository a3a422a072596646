"""Correcting numbers such as 9.682 whose separator of thousands pandas took for a decimal mark, or warning of them.

pandas parses all columns with one decimal mark.  The points of 9.682 are decimal if another number of the file, such as
0.5, can only have a decimal point.  Without such a number, they separate thousands if one of the following shows it:

    a column of text, such as 1.234.567;
    numbers without a point in the same column: programs write three decimals of all numbers, or as many as a number
    has, but 420 and 2.963 are pieces of goods in German.  They must be larger than the numbers with a point, unless
    the separator of the file contradicts decimal points: semicolons are usual if the decimal mark is a comma.

If all numbers of a column have a point, three decimals are the likely reading, with a warning if semicolons contradict,
or if a model was fitted to whole numbers of the column.
The same holds for commas, except that any other separator than a semicolon contradicts decimal commas.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from sheernet.data.files.text.text_encoding import Text
from sheernet.data.files.text.text_layout import TextLayout
from sheernet.data.formats.number_columns import HEAD, Numbers
from sheernet.data.formats.number_formats import Marks, find_format
from sheernet.data.formats.text_conversion import FITTED, Conversion, convert_text
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.sentences import Setting, in_quotes, sentence

if TYPE_CHECKING:
    import pandas as pd

_WORDS = {".": "point", ",": "comma"}
_MUCH_LARGER = 10
"""Minimum ratio of the medians of numbers without and with a mark, if it separates thousands."""
_AS_OTHERS = "other numbers of the file have it"
_AS_MODEL = "the file of the model has it"


def with_misread_decimals(
    conversion: Conversion,
    frame: pd.DataFrame,
    numbers: Mapping[str, Numbers],
    cells_of: Callable[[Sequence[str]], pd.DataFrame],
    text: Text,
    layout: TextLayout,
    kept: Container[str] = (),
    whole: Container[str] = (),
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
    text : Text
        The file.
    layout : TextLayout
        Its separator, and the decimal mark that pandas used.
    kept : container of str
        The columns whose format a model keeps; they stay unchanged.
    whole : container of str
        The columns of which the model had whole numbers.

    Returns
    -------
    Conversion
        `conversion` with the formats of these columns added.

    Warns
    -----
    SheernetWarning
        If the mark of a column is doubtful.
    """
    mark = layout.decimal
    findings = conversion.findings.items()
    shown = [(name, each) for name, each in findings if each.shows_decimal]
    contrary = [(name, each.cells[0]) for name, each in shown if each.format.decimal != mark]
    candidates, is_certain = _candidates(numbers, text, mark)
    if not candidates or (not contrary and (shown or is_certain)):
        return conversion
    doubtful, others = _doubtful(cells_of(candidates), mark)
    if is_certain or others:
        for column in doubtful if contrary else ():
            _warn_of_two_marks(column, *contrary[0], text.name, _AS_OTHERS)
        return conversion
    is_unusual = mark != ("," if layout.separator == ";" else ".")
    are_thousands = any(column.has_thousands(is_unusual=is_unusual) for column in doubtful)
    changed = [each for each in doubtful if (contrary or are_thousands) and each.name not in kept]
    for column in doubtful:
        if contrary:
            if column not in changed:
                _warn_of_two_marks(column, *contrary[0], text.name, _AS_MODEL)
        elif column in changed:
            _warn_of_thousands(column, text.name)
        elif column.name in whole:
            _warn_of_decimals(column, text.name, f"{FITTED} whole numbers")
        elif len(column.whole) or (is_unusual and column.name not in kept):
            why = f"all numbers with a {_WORDS[mark]} have three digits after it"
            _warn_of_decimals(column, text.name, why)
    return _with_thousands(conversion, frame, changed, cells_of, has_doubt=bool(contrary))


@dataclass(frozen=True, eq=False)
class _Doubtful:
    """A column of numbers whose marks may all separate thousands; `cells` are its distinct texts."""

    name: str
    cells: list[str]
    mark: str

    @property
    def cell(self) -> str:
        """A cell with a mark."""
        return next(cell for cell in self.cells if self.mark in cell)

    @cached_property
    def whole(self) -> npt.NDArray[np.float64]:
        """The absolute numbers without a mark, except 0."""
        found = np.array([abs(float(cell)) for cell in self.cells if self.mark not in cell])
        return found[found > 0]

    def has_thousands(self, *, is_unusual: bool) -> bool:
        """Whether numbers without a mark show that it separates thousands; `is_unusual` is a mark for decimals."""
        with_mark = [each.replace(self.mark, ".") for each in self.cells if self.mark in each]
        least = _MUCH_LARGER * np.median(np.abs(np.array(with_mark, dtype=np.float64)))
        return len(self.whole) > 0 and (
            is_unusual or (len(self.whole) > 1 and bool(np.median(self.whole) >= least))
        )


def _candidates(numbers: Mapping[str, Numbers], text: Text, mark: str) -> tuple[list[str], bool]:
    """Return the columns whose numbers may have separators of thousands, and whether others have decimal marks."""
    floats = {
        name: column
        for name, column in numbers.items()
        if column.values.dtype == np.float64 and not column.are_missing
    }
    names = [name for name, column in floats.items() if column.has_fractions]
    found = [name for name in names if _fits(floats.pop(name))]
    if len(found) < len(names):
        return found, True
    # 5.000 is whole, as the numbers of a column with missing values may be.
    pattern = re.compile(re.escape(mark.encode()) + rb"[0-9]")
    if floats and text.may_contain(pattern, mark.encode()):
        found += [name for name, column in floats.items() if _fits(column)]
    return found, False


def _fits(column: Numbers) -> bool:
    """Whether the numbers are 1 to 999.999, or 0, with at most three decimals."""
    for part in (column.values[:HEAD], column.values[HEAD:]):
        values = np.abs(part[~np.isnan(part)])
        is_between = ((values >= 1) | (values == 0)) & (values < 1000)
        if not (is_between.all() and (np.rint(1000 * values) / 1000 == values).all()):
            return False
    return True


def _doubtful(cells: pd.DataFrame, mark: str) -> tuple[list[_Doubtful], bool]:
    """Return the columns whose marks may all separate thousands, and whether other columns have decimal marks."""
    found, others = [], False
    for name, column in cells.items():
        texts = column.dropna().str.strip().unique().tolist()
        if not any(mark in each for each in texts):
            continue
        if find_format(texts, Marks(likely="," if mark == "." else ".")).doubt == "thousands":
            found.append(_Doubtful(str(name), texts, mark))
        else:
            others = True
    return found, others


def _with_thousands(
    conversion: Conversion,
    frame: pd.DataFrame,
    columns: Sequence[_Doubtful],
    cells_of: Callable[[Sequence[str]], pd.DataFrame],
    *,
    has_doubt: bool,
) -> Conversion:
    """Convert columns with separators of thousands; `has_doubt` is whether their findings keep the doubt."""
    if not columns:
        return conversion
    names = [column.name for column in columns]
    cells = cells_of(names)
    again = convert_text(cells, Marks(likely="," if columns[0].mark == "." else "."))
    for name in names:
        frame[name] = cells[name].array
    findings = again.findings.items()
    found = {name: each if has_doubt else replace(each, doubt="") for name, each in findings}
    return Conversion({**conversion.findings, **found})


def _warn_of_two_marks(column: _Doubtful, other: str, shown: str, source: str, reason: str) -> None:
    cell = column.cell
    warn(
        f"column {in_quotes(column.name)} of {source}: {cell!r} is read with a decimal mark, as {reason}, although "
        f"{shown!r} in column {in_quotes(other)} shows that the mark may separate thousands; if it does, write "
        f"{cell.replace(column.mark, '')!r}"
    )


def _warn_of_thousands(column: _Doubtful, source: str) -> None:
    mark, cell = column.mark, column.cell
    warn(
        sentence(
            "column {!r} of {}: {!r} is read as {} (the {} separates thousands), because no number of the file shows "
            "that the {} is a decimal mark; if it is one, give {}",
            column.name, source, cell, cell.replace(mark, ""), _WORDS[mark], _WORDS[mark], Setting("decimal", mark),
        )
    )  # fmt: skip


def _warn_of_decimals(column: _Doubtful, source: str, doubt: str) -> None:
    """Warn of marks that are read as decimal ones; `doubt` says why they may separate thousands."""
    mark, cell = column.mark, column.cell
    warn(
        sentence(
            "column {!r} of {}: {!r} is read with a decimal {}, but {}, so it may separate thousands; if it does, "
            "give {}, and otherwise {}",
            column.name, source, cell, _WORDS[mark], doubt, Setting("thousands", mark), Setting("decimal", mark),
        )
    )  # fmt: skip
