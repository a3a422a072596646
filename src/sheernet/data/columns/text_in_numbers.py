"""The error for numeric columns that contain text; it lists all such columns and texts together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sheernet.data.columns.cells import TextCells, quoted
from sheernet.data.columns.column_facts import Facts
from sheernet.data.formats.cell_formats import parts
from sheernet.data.formats.unit_names import are_units, is_unit
from sheernet.data.tables.kinds import BEYOND_A_LIMIT
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted, listed, plural_of
from sheernet.foundation.sentences import ReadSetting, Setting, sentence

_COLUMNS = 5
"""Maximum number of columns that the message describes."""
_WITH_MINUS_BEHIND = re.compile(r"\d[\d.,']*-")
"""Numbers as SAP writes them, which may also be labels, such as the grade 2-."""
_WITH_NUMBER = re.compile(r"(?:(?:ca|approx|about|etwa|rund|env|circa)\b|[\W_])*\d", re.IGNORECASE)
_LABELED_NUMBER = re.compile(r"\s*([+-]?\d+(?:[.,]\d+)?)(?:\s*[-–—:=.)(]\s*|\s+)[^\W\d_]\D*")
"""Numbers with their labels, such as "5 - very good", as programs for surveys write the ends of a scale."""
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
    texts = dict.fromkeys(text for cells in found.values() for text in cells.texts)
    units = _texts_of_first_row(found) if table.is_file else set()
    one = len(names) == 1
    ways = (
        sentence("or treat {} values as classes with {}", "its" if one else "their", Setting("task", "classification"))
        if are_targets
        else sentence(
            "leave the {} out with {}, or treat all {} values as labels with {}",
            plural_of(len(names), "column"), Setting("drop"), "its" if one else "their", Setting("categories"),
        )
    )  # fmt: skip
    may_be_missing = [text for text in texts if text not in units and not _has_number(text)]
    declare = sentence(
        ", declare {} with {}",
        "it a missing value" if len(texts) == 1 else f"{'the other' if units else 'such'} texts missing values",
        _declared(may_be_missing),
    )  # fmt: skip
    return InvalidInput(
        "{}; {}{}, {}",
        _where(table.source, found, "target" if are_targets else "column"),
        _fix(found, list(texts), has_units=bool(units)),
        declare if may_be_missing else "",
        ways,
    )


def _has_number(text: str) -> bool:
    """Whether a text tells a number, so that it is not a missing value; a limit may be declared to be one."""
    return bool(_WITH_NUMBER.match(text)) and not BEYOND_A_LIMIT.fullmatch(text)


def _where(source: str, found: Mapping[str, TextCells], noun: str) -> str:
    """Say which columns have text, and in which row it is first."""
    if len(found) == 1:
        ((name, cells),) = found.items()
        such = f" ({cells.count} such cells)" if cells.count > 1 else ""
        which = "the target" if noun == "target" else noun
        has_unit = parts(cells.texts[0]) is not None
        numbers, other = (
            ("numbers in one unit", " in another or in none") if has_unit else ("numbers", "")
        )
        return sentence(
            "{} {!r} of {} holds {}, but {} has {}{}{}",
            which, name, source, numbers, cells.place, quoted(cells.texts[0]), such, other,
        )  # fmt: skip
    shown = [
        sentence(
            "{!r} ({}, the first {} in {})",
            name,
            counted(cells.count, "cell"),
            quoted(cells.texts[0]),
            cells.place,
        )
        for name, cells in found.items()
    ]
    return f"{counted(len(found), noun)} of {source} hold numbers and text: {listed(shown, most=_COLUMNS)}"


def _texts_of_first_row(found: Mapping[str, TextCells]) -> set[str]:
    """Return the texts of most columns, or the units, in the first row if it may hold units; otherwise none."""
    first = [cells for cells in found.values() if cells.row == 0]
    texts = {cells.texts[0] for cells in first}
    if len(first) == 1:
        return (
            texts if first[0].count == 1 and are_units(list(texts)) and len(found) == 1 else set()
        )
    return texts if 2 * len(first) > len(found) or are_units(list(texts)) else set()


def _fix(found: Mapping[str, TextCells], texts: Sequence[str], *, has_units: bool) -> str:
    """Say how the cells are corrected; `has_units` is whether the first row may hold units."""
    if has_units:
        return sentence(
            "if data row 1 holds units, give {}; otherwise correct it", Setting("units", "yes")
        )
    if any(map(BEYOND_A_LIMIT.fullmatch, texts)):
        return "if such cells are values beyond a limit of detection or measurement, write the limit itself"
    if behind := next(filter(_WITH_MINUS_BEHIND.fullmatch, texts), None):
        before = repr(f"-{behind[:-1]}")
        return f"if a minus sign behind a number makes it negative, write it before the number, as {before}"
    if in_unit := next(filter(_has_unit, texts), None):
        return f"write {quoted(in_unit)} and the other numbers in one unit"
    if labeled := next(filter(None, map(_LABELED_NUMBER.fullmatch, texts)), None):
        return f"write the number without the text, such as {labeled[1]} in place of {quoted(labeled[0])}"
    if any(map(_has_number, texts)):
        return f"write numbers in place of texts such as {quoted(next(filter(_has_number, texts)))}"
    it = plural_of(len(texts), "the cell", "the cells")
    return f"correct {it}"


def _has_unit(text: str) -> bool:
    split = parts(text)
    return split is not None and any(unit and is_unit(unit) for unit in split.unit)


def _declared(texts: Sequence[str]) -> ReadSetting:
    """Return the setting that makes the texts missing values; it does not list them if they are many or long.

    Limits are listed only if some have commas, which a list at the command line needs in quotation marks.
    """
    is_plain = not any("," in text for text in texts)
    missing = [text for text in texts if not (is_plain and BEYOND_A_LIMIT.fullmatch(text))]
    return (
        ReadSetting("missing_values", missing)
        if missing and sum(map(len, missing)) <= _CHARACTERS
        else ReadSetting("missing_values")
    )
