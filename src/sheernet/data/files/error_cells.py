"""`warn_of_error_cells`: warn that cells with errors of a spreadsheet program, such as #DIV/0!, are read as missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.message_text import listed, plural_of
from sheernet.foundation.sentences import in_quotes
from sheernet.settings.read_settings import ERRORS


def warn_of_error_cells(
    where: str, columns: Mapping[str, Iterable[object]], cell_of: Callable[[int, int], str]
) -> dict[str, str]:
    """Warn if cells of the columns are errors.

    Parameters
    ----------
    where : str
        Name of the file or sheet.
    columns : mapping of str to iterable
        The cells of each column.
    cell_of : callable, (column, row) -> str
        The place of a cell in words, given its column's index in `columns` and its index in the column.

    Returns
    -------
    dict of str to str
        The errors of each column that has some, in words.
    """
    found = dict[str, list[str]]()
    for j, (name, cells) in enumerate(columns.items()):
        errors = [
            f"{cell} in {cell_of(j, i)}"
            for i, cell in enumerate(cells)
            if isinstance(cell, str) and cell in ERRORS
        ]
        if errors:
            found[name] = errors
    if found:
        told = [f"{in_quotes(name)} ({len(errors)})" for name, errors in found.items()]
        shown = [error for errors in found.values() for error in errors]
        warn(
            f"{where} has errors of a spreadsheet program in {plural_of(len(told), 'column')} {listed(told, most=4)}: "
            f"{listed(shown, most=3)}; they are read as missing values"
        )
    return {name: listed(errors, most=3) for name, errors in found.items()}
