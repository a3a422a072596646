"""The cells of a file as they are written there, for output that keeps the columns of a table.

A table has a missing value where a file has "n/a" (or "< 0.05", if the user declared it missing), and a number where a
sheet has the text "1,499".  Output as CSV or a workbook keeps the text.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from sheernet.data.files.table_writer import whole_numbers

if TYPE_CHECKING:
    import pandas as pd

    from sheernet.data.tables import Table


@dataclass(frozen=True, eq=False)
class WrittenCells:
    """The cells of the rows and columns of a table.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        The text of a text file, or the values of another file before missing ones are recognized.
    kind : {"text", "sheet", "values"}
        The kind of the file: a text file, a workbook, or another one.
    """

    frame: pd.DataFrame
    kind: Literal["text", "sheet", "values"]

    def take(self, rows: npt.NDArray[np.intp]) -> WrittenCells:
        """Return the cells of the rows with the given indices, in that order."""
        return WrittenCells(self.frame.iloc[rows].reset_index(drop=True), self.kind)

    def for_csv(self, table: Table, decimal: str = ".") -> pd.DataFrame:
        """Return the columns for CSV: the text of a text file; otherwise values, or text if there is none.

        Numbers with another decimal mark than the output are also values, so that all numbers are written alike; those
        with a unit stay text.
        """
        as_values = [
            name for name, form in table.formats.items()
            if form.is_plain_number and form.decimal != decimal and table.kind(name) == "number"
            and any(map(_has_mark, self.frame[name]))
        ]  # fmt: skip
        if self.kind != "text":
            return self._completed(whole_numbers(table.frame), as_values)
        kept = self.frame.copy(deep=False)
        if as_values:
            kept[as_values] = self._completed(whole_numbers(table.frame[as_values]), as_values)
        return kept

    def for_workbook(self, table: Table) -> pd.DataFrame:
        """Return the columns for a workbook: its cells, or values; text if there is no value, or a unit."""
        if self.kind == "sheet":
            return self.frame
        kept = self._completed(table.frame)
        for name, form in table.formats.items():
            if form.kind == "number" and not form.is_plain_number:
                kept[name] = self.frame[name]
        return kept

    def _completed(self, frame: pd.DataFrame, as_values: Collection[str] = ()) -> pd.DataFrame:
        """Replace cells that are missing in columns of a table, or that were converted from text, by their text.

        Of the columns `as_values`, only missing ones are replaced.
        """
        completed = frame.copy(deep=False)
        for position, name in enumerate(frame.columns):
            cells, values = self.frame[name], frame[name]
            is_kept = values.isna() & cells.notna()
            if self.kind == "text":
                is_kept &= cells.str.strip() != ""
            elif name not in as_values and _may_hold_text(cells):
                is_kept |= cells.map(lambda cell: isinstance(cell, str))
            if is_kept.any():
                mixed = cells.astype(object).where(is_kept, _objects(values))
                completed.isetitem(position, mixed.array)
        return completed


def _has_mark(cell: Any) -> bool:
    """Whether a cell is text with a decimal mark or a separator of thousands."""
    return isinstance(cell, str) and ("." in cell or "," in cell)


def _may_hold_text(cells: pd.Series[Any]) -> bool:
    return not isinstance(cells.dtype, np.dtype) or cells.dtype.hasobject


def _objects(column: pd.Series[Any]) -> pd.Series[Any]:
    """Convert a column to objects; dates without times of day become days."""
    known = column.dropna()
    if getattr(column.dtype, "kind", "") == "M" and (known.dt.normalize() == known).all():
        return column.dt.date.astype(object)
    return column.astype(object)
