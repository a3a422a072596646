"""Values of options that hold more than one word: lists, columns of a table, hidden units."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sheernet.foundation.errors import InvalidInput

if TYPE_CHECKING:
    from sheernet.data.tables import Table


def split(values: Sequence[str] | None) -> list[str]:
    r"""The entries of comma-separated lists, by the rules of CSV.

    Examples
    --------
    >>> from sheernet.apps.cli.values import split
    >>> split(["a, b", '"c,d"'])
    ['a', 'b', 'c,d']
    """
    entries: list[str] = []
    for value in values or ():
        try:
            entries += [part.strip() for part in next(csv.reader([value], skipinitialspace=True))]
        except (csv.Error, StopIteration):  # a line break, or nothing at all
            entries.append(value)
    return entries


def columns(values: Sequence[str] | None, table: Table) -> list[str]:
    """Names of columns: a value that is the name of a column is that, whatever is in it; others are lists.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.apps.cli.values import columns
    >>> columns(["a,b", "x,y"], sn.read_table({"a": [1.0], "b": [2.0], "x,y": [3.0]}))
    ['a', 'b', 'x,y']
    """
    known = set(table.columns)
    names: list[str] = []
    for value in values or ():
        parts = [value] if value in known else split([value])
        _refuse_torn(value, parts, table)
        names += parts
    return names


def _refuse_torn(value: str, parts: Sequence[str], table: Table) -> None:
    """Refuse a list in which a column's name with a comma was not quoted."""
    unknown = next((part for part in parts if part not in table.columns), None)
    torn = next((name for name in table.columns if "," in name and name in value), None)
    if unknown is None or torn is None or torn in parts:
        return
    quoted = '"' + torn.replace('"', '""') + '"'
    raise InvalidInput(
        f"there is no column {unknown!r}, but one is called {torn!r}; in a list write a name with a comma in double "
        f"quotes, as in '{value.replace(torn, quoted)}'"
    )


def widths(text: str) -> tuple[int, ...]:
    """Units of hidden layers, such as "10,5"; "0" is no hidden layer.

    Examples
    --------
    >>> from sheernet.apps.cli.values import widths
    >>> widths("10,5"), widths("0")
    ((10, 5), ())
    """
    try:
        units = tuple(int(part) for part in text.split(","))
    except ValueError:
        units = (-1,)
    if units == (0,):
        return ()
    if min(units) < 1:
        raise InvalidInput(
            "--hidden takes whole numbers of units such as 10 or 10,5 (0 for none), "
            f"but {text!r} was given"
        )
    return units
