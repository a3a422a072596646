"""`Reading`: how a file was read, as a table and a model keep it, so that other files are read in the same way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from sheernet.data.formats.cell_formats import CellFormat
from sheernet.settings.read_settings import ReadSettings


@dataclass(frozen=True)
class Reading:
    """How a file was read.

    Parameters
    ----------
    formats : mapping of str to CellFormat
        Format of each column that was read from text.
    samples : {"rows", "columns"}
        Whether samples are rows or columns.
    sheet : str, optional
        The sheet of a workbook, if one was named.
    missing_values : tuple of str and float
        Additional values that mean missing.
    dates : {"auto", "day-first", "month-first", "iso", "months"}
        The order of day and month, if it was given.
    variable : str or tuple of str, optional
        The variables of a MATLAB file, if they were named.
    separator, encoding, comment, skip, header, units
        The arguments of `read_table`, if they were given.
    decimal, thousands
        The same; other files are read by the formats, which have the marks of each column.
    matrices : tuple of str
        The variables of a MATLAB file that are matrices, so that a row vector of the same name is one row of a matrix.
    numbered : mapping of str to int
        The numbers of columns whose names are only their positions: {"X": 3} for X1, X2 and X3, the columns of a
        matrix, or {"column_": 3} for a file without names.
    column_units : mapping of str to str
        The units of columns in the row of units below the names.
    """

    formats: Mapping[str, CellFormat] = field(default_factory=dict)
    samples: str = "rows"
    sheet: str | None = None
    missing_values: tuple[str | float, ...] = ()
    dates: str = "auto"
    variable: str | tuple[str, ...] | None = None
    separator: str | None = None
    encoding: str | None = None
    comment: str | None = None
    skip: int = 0
    header: str = "auto"
    units: str = "auto"
    decimal: str | None = None
    thousands: str | None = None
    matrices: tuple[str, ...] = ()
    numbered: Mapping[str, int] = field(default_factory=dict)
    column_units: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        options: ReadSettings,
        formats: Mapping[str, CellFormat],
        matrices: tuple[str, ...] = (),
        numbered: Mapping[str, int] | None = None,
        column_units: Mapping[str, str] | None = None,
    ) -> Reading:
        """Describe how a file was read with these settings."""
        given = {name: getattr(options, name) for name in _ARGUMENTS}
        given["missing_values"] = tuple(options.missing_values)
        if options.sheet is not None:
            given["sheet"] = str(options.sheet)
        if not isinstance(options.variable, str | None):
            given["variable"] = tuple(options.variable)
        return cls(
            dict(formats),
            **given,
            matrices=matrices,
            numbered=dict(numbered or {}),
            column_units=dict(column_units or {}),
        )

    def __len__(self) -> int:
        """Return the number of formats, options and columns that it keeps."""
        given = sum(getattr(self, name) != getattr(_NOTHING, name) for name in _SETTINGS)
        return given + sum(len(getattr(self, name)) for name in _FOUND)

    @property
    def is_ordinary(self) -> bool:
        """Whether a file is read as without a model: all formats are the usual ones, and no option was given."""
        plain = replace(self, **{name: getattr(_NOTHING, name) for name in _FOUND})
        return plain == _NOTHING and all(f.is_ordinary for f in self.formats.values())

    def only(self, names: Iterable[str]) -> Reading:
        """Keep only the formats of these columns."""
        return replace(self, formats={n: self.formats[n] for n in names if n in self.formats})

    def completed(
        self, options: ReadSettings, unused: Sequence[str], given: Container[str]
    ) -> ReadSettings:
        """Complete the settings of another file, except those that do not apply to its type; given ones win."""
        has_own = "samples" in unused or "samples" in given
        if (
            has_own and options.samples != self.samples
        ):  # names and units are on another side of the table
            unused = (*unused, "header", "units")
        kept = {
            name: getattr(self, name)
            for name in _SETTINGS
            if name not in unused and name not in given
        }
        return replace(options, **kept)

    def formats_for(self, options: ReadSettings) -> dict[str, CellFormat]:
        """Return the formats for another file, with the marks that its settings give.

        If they give another order of dates, dates are left out, so that their format is found from this file.
        """
        return {
            name: _marked(form, options)
            for name, form in self.formats.items()
            if form.date is None or options.dates == self.dates
        }

    @property
    def given(self) -> dict[str, Any]:
        """The arguments of `read_table` that were given, by name."""
        found = {name: getattr(self, name) for name in _ARGUMENTS}
        return {name: value for name, value in found.items() if value != getattr(_NOTHING, name)}

    @property
    def of_matlab(self) -> tuple[str, ...]:
        """The variables of a MATLAB file that were named or, if none were, those that are matrices."""
        return (
            (self.variable,) if isinstance(self.variable, str) else self.variable or self.matrices
        )

    @property
    def usual_decimal(self) -> str | None:
        """Decimal mark of most columns of numbers; None if there are none."""
        counts = Counter(form.decimal for form in self.formats.values() if form.kind == "number")
        return counts.most_common(1)[0][0] if counts else None


_FOUND = ("formats", "matrices", "numbered", "column_units")
_IN_FORMATS = ("decimal", "thousands", "encoding")
_ARGUMENTS = tuple(part.name for part in fields(Reading) if part.name not in _FOUND)
_SETTINGS = tuple(name for name in _ARGUMENTS if name not in _IN_FORMATS)
_NOTHING = Reading()


def _marked(form: CellFormat, options: ReadSettings) -> CellFormat:
    """Replace the marks of numbers by those that are given."""
    if form.kind != "number":
        return form
    decimal, thousands = options.decimal or form.decimal, options.thousands or form.thousands
    if decimal == thousands:  # the marks of the file are exchanged
        thousands = "." if decimal == "," else ","
    return replace(form, decimal=decimal, thousands=thousands)
