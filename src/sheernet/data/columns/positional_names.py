"""Names that only number columns, such as X1 and X2 of a matrix X, or column_1 of a file without names.

A table with another number of such columns is refused, because the same name may stand for another quantity.
"""

from __future__ import annotations

from collections.abc import Iterable

from sheernet.data.tables.column_names import MADE
from sheernet.data.tables.reading import Reading
from sheernet.data.tables.table import Table
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted
from sheernet.foundation.sentences import Sentence, Setting, in_quotes, sentence


def require_positions(table: Table, names: Iterable[str], like: Reading | None) -> None:
    """Raise if a table has other numbers of unnamed columns than the file that a model was fitted to.

    Columns after those that the model uses may be absent, such as a target: all of them, or some if the model uses all
    columns before them.  If a column that the model uses is absent, `require_columns` reports it.

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
        If the numbers of columns differ.
    """
    known = set(names)
    for start, expected in ({} if like is None else like.numbered).items():
        found = table.read_as.numbered.get(start, expected)
        used = [i for i in range(1, expected + 1) if f"{start}{i}" in known]
        if found == expected or not used or found < max(used):
            continue
        is_start = found == max(used) or len(used) == max(used)
        if found > expected or not is_start:
            raise InvalidInput(_message(table, start, found, expected))


def _message(table: Table, start: str, found: int, expected: int) -> Sentence:
    of = table.source if start == MADE else f"matrix {in_quotes(start)} of {table.source}"
    turned = "columns" if table.read_as.samples == "rows" else "rows"
    is_turned = len(table) == expected
    advice = sentence("if its samples are its {}, use {}", turned, Setting("samples", turned))
    return sentence(
        "{} has {}, but the model was fitted to {}; they have no names, so their number and order must be the same{}{}",
        of, counted(found, "column"), expected, "; " if is_turned else "", advice if is_turned else "",
    )  # fmt: skip
