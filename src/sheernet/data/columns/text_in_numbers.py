"""The error for numeric columns that contain text; it lists all such columns and texts together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sheernet.data.columns.cells import TextCells, quoted
from sheernet.data.columns.column_facts import Facts
from sheernet.data.formats.cell_formats import parts
from sheernet.data.formats.unit_names import are_units
from sheernet.data.tables.kinds import BEYOND_A_LIMIT
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted, listed, plural_of
from sheernet.foundation.sentences import ReadSetting, Sentence, Setting, sentence

_COLUMNS = 5
"""Maximum number of columns that the message describes."""
_WITH_NUMBER = re.compile(r"\D{0,7}\d")
_CHARACTERS = 100
"""Maximum number of characters of the texts that the message lists."""


def dirty_columns_error(
    table: Facts, names: Sequence[str], *, are_targets: bool = False
) -> InvalidInput:
    """Return the error for columns of numbers with text in them.

    Parameters
    ----------
    table : Facts
        Facts about the table.
    names : sequence of str
        Columns of the kind "mixed", at least one.
    are_targets : bool
        Whether the columns are targets, which cannot be left out.
    """
    found = {name: table.texts(name) for name in names}
    texts = list(dict.fromkeys(text for cells in found.values() for text in cells.texts))
    of_units = [cells.texts[0] for cells in found.values() if table.is_file and cells.row == 0]
    fix, rest = _fix(texts), texts
    if of_units and are_units(of_units):
        fix = sentence("give {} if data row 1 holds units", Setting("units", "yes"))
        rest = [text for text in texts if text not in of_units]
    missing = [text for text in rest if _may_be_missing(text)]
    declared = missing if sum(map(len, missing)) <= _CHARACTERS else []
    setting = ReadSetting("missing_values", *([declared] if declared else []))
    columns = plural_of(len(names), "the column", "the columns")
    ways = (
        sentence("treat the values as classes with {}", Setting("task", "classification"))
        if are_targets
        else sentence(
            "leave {} out with {}, or treat the values as labels with {}",
            columns, Setting("drop"), Setting("categories"),
        )
    )  # fmt: skip
    declare = plural_of(len(missing), "it a missing value", "such texts missing values")
    return InvalidInput(
        "{}; {}{}, or {}",
        _where(table.source, found, "target" if are_targets else "column"), fix,
        sentence(", declare {} with {}", declare, setting) if missing else "", ways,
    )  # fmt: skip


def _where(source: str, found: Mapping[str, TextCells], noun: str) -> str:
    """Say which columns have text, and in which row it is first."""
    if len(found) == 1:
        ((name, cells),) = found.items()
        return sentence(
            "{} {!r} of {} holds numbers, but {} has {}{}",
            "the target" if noun == "target" else noun, name, source, cells.place, quoted(cells.texts[0]),
            f" ({cells.count} such cells)" if cells.count > 1 else "",
        )  # fmt: skip
    shown = [
        sentence(
            "{!r} ({}, the first {} in {})",
            name, counted(cells.count, "cell"), quoted(cells.texts[0]), cells.place,
        )
        for name, cells in found.items()
    ]  # fmt: skip
    return f"{counted(len(found), noun)} of {source} hold numbers and text: {listed(shown, most=_COLUMNS)}"


def _may_be_missing(text: str) -> bool:
    """Whether a text tells no number; a limit may be declared to be a missing value."""
    return not _WITH_NUMBER.match(text) or BEYOND_A_LIMIT.fullmatch(text) is not None


def _fix(texts: Sequence[str]) -> Sentence | str:
    """Say how the cells are corrected."""
    if any(map(BEYOND_A_LIMIT.fullmatch, texts)):
        return "if such cells are values beyond a limit of detection or measurement, write the limit itself"
    if in_unit := next(filter(parts, texts), None):
        return f"write {quoted(in_unit)} and the other numbers in one unit and notation"
    if with_number := next(filter(_WITH_NUMBER.match, texts), None):
        return f"write numbers in place of texts such as {quoted(with_number)}"
    return f"correct {plural_of(len(texts), 'the cell', 'the cells')}"
