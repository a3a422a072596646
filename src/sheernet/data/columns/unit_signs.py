"""Comparing the units of a table's numbers with those that a model was fitted to.

A cell of a workbook or a data frame has no unit: 37.4 % is 0.374 in a cell that is formatted as percent, and 37.4 in
the text of a CSV file.  So a percent sign that the model's file did not have is refused.  Any other unit is reported in
a warning, unless both files have it in a row of units: two different units are refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sheernet.data.formats.cell_formats import CellFormat
from sheernet.data.formats.durations import UNIT
from sheernet.data.formats.unit_names import are_alike
from sheernet.data.tables.reading import Reading
from sheernet.data.tables.table import Table
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import listed
from sheernet.foundation.sentences import Setting, in_quotes

_FRACTIONS = {"%": "0.38", "‰": "0.038"}
"""The number that a cell shows as 38, with this sign."""


def require_units(table: Table, names: Iterable[str], like: Reading | None) -> None:
    """Compare the units of columns with the units in the file that a model was fitted to.

    Parameters
    ----------
    table : Table
        The rows that the model is given.
    names : iterable of str
        Columns that the model uses.
    like : Reading or None
        How the model's file was read.

    Raises
    ------
    InvalidInput
        If numbers have a percent sign, but those that the model was fitted to had none; or if the rows of units of the
        two files have different units.

    Warns
    -----
    SheernetWarning
        If only one of the two has units, or a file has no row of units but that of the fit had one.
    """
    fitted = {} if like is None else like.formats
    _require_alike(table, names := tuple(names), {} if like is None else like.column_units)
    for name in names:
        old, new = fitted.get(name), table.read_as.formats.get(name)
        if old is None and new is not None and _unit(new):
            _refuse_percent(table, name, new)
            told, other = str(new), "numbers without a unit"
        elif new is None and old is not None and _unit(old) and table.kind(name) == "number":
            told, other = "numbers without a unit", str(old)
        else:
            continue
        if table.reading:
            warn(
                f"column {in_quotes(name)} of {table.source} has {told}, but the model was fitted to {other}; make "
                "sure that they have the same unit"
            )


def _require_alike(table: Table, names: Iterable[str], fitted: Mapping[str, str]) -> None:
    """Raise if the row of units has other units than that of the model's file; warn if there is none."""
    own = table.read_as.column_units
    is_without = bool(table.reading) and not own and table.read_as.units == "auto"
    bare = [
        name for name in names if is_without and name in fitted and table.kind(name) == "number"
    ]
    if bare:
        units = [f"{in_quotes(name)} in {fitted[name]}" for name in bare]
        warn(
            f"{table.source} has no row of units, unlike the file of the model; its numbers are read in the units of "
            f"that file, {listed(units, most=4)}; convert them if they are in others"
        )
    others = [
        name
        for name in names
        if name in fitted and name in own and not are_alike(fitted[name], own[name])
    ]
    if others:
        found = [
            f"{in_quotes(name)} ({in_quotes(own[name])} instead of {in_quotes(fitted[name])})"
            for name in others
        ]
        raise InvalidInput(
            "the row of units of {} has other units than the model was fitted to: {}; convert the values and change "
            "this row, or give {} if it is a row of values",
            table.source, listed(found, most=4), Setting("units", "none"),
        )  # fmt: skip


def _refuse_percent(table: Table, name: str, form: CellFormat) -> None:
    if _unit(form) in _FRACTIONS:
        raise InvalidInput(
            f"column {in_quotes(name)} of {table.source} has {form}, but the model was fitted to numbers without the "
            f"sign {_unit(form)}, such as cells formatted as percent; write fractions such as "
            f"{_FRACTIONS[_unit(form)]} in place of 38{_unit(form)}"
        )


def _unit(form: CellFormat) -> str:
    if form.kind == "duration":
        return UNIT
    return (form.before or form.after) if form.kind == "number" else ""
