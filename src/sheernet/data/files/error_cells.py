"""`warn_of_error_cells`: warn that cells with errors of a spreadsheet program, such as #DIV/0!, are read as missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.words import listed, plural_of
from sheernet.settings.read_settings import ERRORS


def warn_of_error_cells(where: str, columns: Mapping[str, Iterable[object]]) -> None:
    """Warn if cells of the columns are errors; `where` is the name of the file or sheet."""
    counts, first = dict[str, int](), ""
    for name, cells in columns.items():
        errors = [cell for cell in cells if isinstance(cell, str) and cell in ERRORS]
        if errors:
            counts[name] = len(errors)
            first = first or errors[0]
    if counts:
        told = [f"{name!r} ({n})" for name, n in counts.items()]
        warn(
            f"{where} has errors of a spreadsheet program, such as {first}, in {plural_of(len(told), 'column')} "
            f"{listed(told, most=4)}; they are read as missing values"
        )
