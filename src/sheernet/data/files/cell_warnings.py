"""Warnings of a last row called Total, and of cells that are errors of spreadsheet programs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.message_text import listed, plural_of
from sheernet.foundation.sentences import in_quotes
from sheernet.settings.read_settings import ERRORS

if TYPE_CHECKING:
    import pandas as pd

_WORDS = re.compile(
    r"(?:grand[ -]|sub-?|sous[ -])?totals?|sum|average|avg\.?|mean|median|min(?:imum)?|max(?:imum)?|"
    r"std\.?(?: ?dev\.?)?|(?:teil|zwischen|end|gesamt)?summe|(?:ins)?gesamt|gesamtergebnis|mittelwert|durchschnitt|"
    r"somme|moyenne|suma|somma|media|totale|promedio|totaal",
    re.IGNORECASE,
)


def is_total(text: str) -> bool:
    """Whether a cell is a word for a summary of other rows.

    Examples
    --------
    >>> from sheernet.data.files.cell_warnings import is_total
    >>> [is_total(text) for text in ("Grand total", "Summe:", "Totality")]
    [True, True, False]
    """
    return _WORDS.fullmatch(text.strip(" :")) is not None


def total_of(frame: pd.DataFrame) -> str:
    """Return the word for a summary in the last row of a table; "" if there is none, or if it recurs."""
    if len(frame) < 2:
        return ""
    for position, cell in enumerate(frame.iloc[-1]):
        if isinstance(cell, str):
            recurs = (frame.iloc[:-1, position] == cell).any()
            return cell.strip() if is_total(cell) and not recurs else ""
    return ""


def warn_of_total(frame: pd.DataFrame, where: str) -> None:
    """Warn if the last row is called Total or the like in its first cell of text."""
    if word := total_of(frame):
        warn(
            f"the last row of {where} is called {in_quotes(word)} and is read as a row; delete it if it summarizes the "
            "others"
        )


def warn_of_errors(where: str, columns: Mapping[str, Iterable[object]]) -> dict[str, str]:
    """Warn of cells that are errors of spreadsheet programs; return those of each column that has some, in words."""
    found = {
        name: sorted({cell for cell in cells if isinstance(cell, str) and cell in ERRORS})
        for name, cells in columns.items()
    }
    found = {name: errors for name, errors in found.items() if errors}
    if found:
        names = listed(list(map(in_quotes, found)), most=4)
        shown = listed([error for errors in found.values() for error in errors], most=3)
        warn(
            f"{where} has errors of a spreadsheet program in {plural_of(len(found), 'column')} {names} ({shown}); they "
            "are read as missing values"
        )
    return {name: listed(errors, most=3) for name, errors in found.items()}
