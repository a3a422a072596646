"""Quotation marks that distinguish text from numbers, as R's write.csv and database programs write them.

In such a file quoted digits are text, and "NA" in quotation marks is a label (Namibia, North America), whereas NA
without them is missing.  Quotation marks have no meaning if

    all values of a file have them;
    a column of quoted values has numbers with signs or fractions;
    a word such as NA is quoted among numbers that are not: then the program quotes missing values, too.

A model keeps that the labels of a column are so written (the format "quoted").  In another file, NA without marks is
missing if the names of all columns, or all values of the column, are in quotation marks.  In a file without marks, as
readr writes it, it is read as the label, with a warning.

Dates such as "20260301" stay numbers, of which the reader warns.

To see the marks, the file is parsed once more, as if they were ordinary characters.  If a quoted value has separators,
line breaks or marks, a character is inserted after each mark that begins a value, which takes ten times as long.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.files.text.text_encoding import Text
from sheernet.data.formats.cell_formats import CellFormat
from sheernet.data.formats.compact_dates import are_compact_dates
from sheernet.data.formats.number_columns import Numbers
from sheernet.data.formats.number_formats import QUOTED, TEXT
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.message_text import listed
from sheernet.foundation.sentences import Setting, in_quotes, sentence
from sheernet.settings.read_settings import ERRORS, MISSING, ReadSettings

if TYPE_CHECKING:
    import pandas as pd

MARK = "\ue000"  # for private use, so no program writes it
SAMPLE = 1000
"""Number of first rows from which it is determined whether the marks of a file distinguish text from numbers."""
LABELS = ("NA", "None", "NULL", "null")
"""Words for a missing value that are also labels."""
_WORTH_A_LOOK = re.compile(rb'"(?=[ 0-9Nn])(?: *[0-9]+ *|%s)"' % "|".join(LABELS).encode())
"""What may tell text; the characters with which it begins make the search faster."""


@dataclass(frozen=True)
class Quoting:
    """How the values of a column are quoted; blank values do not count.

    Parameters
    ----------
    quoted, bare : set of str
        The different values in quotation marks and without them, except texts for missing values.
    quoted_words, bare_words : set of str
        The texts for missing values.
    """

    quoted: AbstractSet[str]
    bare: AbstractSet[str]
    quoted_words: AbstractSet[str]
    bare_words: AbstractSet[str]

    @classmethod
    def of(cls, column: pd.Series[str]) -> Quoting:
        """Divide the values of a column of marked text."""
        cells = set(column.tolist())
        marked = {cell for cell in cells if cell[:1] == MARK}
        quoted = {cell[1:].strip() for cell in marked} - {""}
        bare = {*map(str.strip, cells - marked)} - {""}
        words = frozenset(MISSING)
        return cls(quoted - words, bare - words, quoted & words, bare & words)

    @property
    def is_quoted(self) -> bool:
        """Whether all values have quotation marks."""
        return bool(self.quoted) and not self.bare

    @property
    def has_digits_only(self) -> bool:
        """Whether all quoted values are whole numbers without a sign."""
        return all(value.isascii() and value.isdigit() for value in self.quoted)

    @property
    def has_codes(self) -> bool:
        """Whether all quoted values are whole numbers, but not dates."""
        if not self.has_digits_only:
            return False
        return not are_compact_dates(np.array([float(value) for value in self.quoted]))

    @property
    def labels(self) -> list[str]:
        """Quoted texts for missing values that are labels of a column whose values are all quoted."""
        return sorted(word for word in self.quoted_words if word in LABELS)


def may_tell_text(frame: pd.DataFrame, numbers: Mapping[str, Numbers], text: Text) -> bool:
    """Whether a file has digits, or a word for a missing value, between quotation marks, and columns of such values."""
    if b'"' in text.absent:
        return False
    may_be_text = any(column.are_whole for column in numbers.values()) or any(
        name not in numbers and _may_have_labels(column, text) for name, column in frame.items()
    )
    return may_be_text and text.may_contain(_WORTH_A_LOOK)


def _may_have_labels(column: pd.Series[Any], text: Text) -> bool:
    """Whether values of a column of text may be `LABELS` in quotation marks.

    pandas reads them as missing values unless there are spaces beside them.
    """
    if column.isna().any():
        return True
    return b" " not in text.absent and any(
        isinstance(cell, str) and cell.strip() in LABELS for cell in column.unique()
    )


def with_marks(cells: pd.DataFrame, quote: str) -> pd.DataFrame | None:
    """Put MARK in the place of the quotation marks around values; return None if others are within values."""
    marked = cells.copy(deep=False)
    for name, column in cells.items():
        values = column.tolist()  # pandas' methods for strings take three times as long
        if quote not in "".join(values):
            continue
        values = [MARK + v[1:-1] if v[:1] == quote == v[1:][-1:] else v for v in values]
        if quote in "".join(values):
            return None
        marked[name] = np.array(values, dtype=object)
    return marked


def marked_lines(lines: Iterator[str], separator: str, quote: str) -> Iterator[str]:
    """Yield lines, joined if a quoted value has line breaks, with MARK after each mark that begins a value."""
    between = r"[ \t]+" if separator == " " else re.escape(separator) + " *"
    q = re.escape(quote)
    value = re.compile(rf"((?:^[ \t]*|{between}){q})((?:[^{q}]|{q}{q})*{q})")
    for line in lines:
        record = [line]
        n_marks = line.count(quote)
        while n_marks % 2 and (more := next(lines, "")):
            record.append(more)
            n_marks += more.count(quote)
        # A function takes half of the time that `re` takes to fill in a template.
        yield value.sub(lambda m: m[1] + MARK + m[2], "".join(record)) if n_marks else line


def columns_of_text(
    frame: pd.DataFrame, sample: pd.DataFrame, *, is_certain: bool
) -> tuple[list[str], list[str]]:
    """Find the columns that the quotation marks of a file make text.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        The table as read by pandas.
    sample : DataFrame of str
        The first rows as marked text.
    is_certain : bool
        Whether the option `quoted` is "text": quotation marks distinguish text from numbers.

    Returns
    -------
    numbers : list of str
        Columns that pandas reads as numbers.
    texts : list of str
        Columns of text, which may have labels such as NA.
    """
    found = {name: Quoting.of(sample[name]) for name in sample.columns}
    are_numbers = {name: getattr(frame[name].dtype, "kind", "O") in "iuf" for name in found}
    numbers = [name for name, each in found.items() if are_numbers[name] and each.is_quoted]
    texts = [name for name, each in found.items() if not are_numbers[name] and each.is_quoted]
    if is_certain:
        return numbers, texts
    bare = [each for name, each in found.items() if are_numbers[name] and not each.quoted]
    if not all(found[name].has_digits_only for name in numbers) or any(
        each.bare and each.quoted_words for each in bare
    ):
        return [], []
    if any(each.bare for each in bare):
        identifies = sample.columns[0]  # names of rows, which R quotes
        is_identifier = sample[identifies].is_unique
        return [name for name in numbers if name != identifies or not is_identifier], texts
    return [], [name for name in texts if found[name].bare_words]


def restore_quoted(
    frame: pd.DataFrame,
    parse: Callable[..., pd.DataFrame],
    kept: Mapping[str, CellFormat],
    text: Text,
    *,
    is_certain: bool,
) -> dict[str, CellFormat]:
    """Restore in place the text of columns that quotation marks make text.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        The table as read by pandas.
    parse : callable
        Reads the file as marked text; takes arguments of pandas.read_csv.
    kept : mapping of str to CellFormat
        The formats that a model keeps, and those of columns in which a text such as NA is a label.
    text : Text
        The file.
    is_certain : bool
        See `columns_of_text`.

    Returns
    -------
    dict of str to CellFormat
        The formats of the restored columns.
    """
    numbers, texts = columns_of_text(frame, parse(nrows=SAMPLE), is_certain=is_certain)
    texts = [name for name in texts if _may_have_labels(frame[name], text)]
    names = [name for name in (*numbers, *texts) if name not in kept]
    if not names:
        return {}
    cells, formats = parse(usecols=names), dict[str, CellFormat]()
    for name in names:
        found = Quoting.of(cells[name])
        is_text = name in texts or is_certain or found.has_codes
        if not (found.is_quoted and is_text) or not (name in numbers or found.labels):
            continue
        formats[name] = QUOTED if found.labels else TEXT
        _replace(frame, cells[name], cells[name].str.startswith(MARK))
        _warn(name, found, text.name)
    return formats


def has_words(column: pd.Series[Any]) -> bool:
    """Whether a column has texts for missing values, with or without quotation marks."""
    return bool(column.isin(MISSING).any())


def restore_known(
    frame: pd.DataFrame,
    cells: pd.DataFrame,
    source: str,
    options: ReadSettings,
    *,
    has_quoted_names: bool,
) -> None:
    """Replace in place the missing values of columns in which a model knows texts such as NA in quotation marks.

    Parameters
    ----------
    frame : DataFrame, (N, number of columns)
        The table, with such texts as they are.
    cells : DataFrame of str
        Its columns of this kind as marked text.
    source : str
        Name of the file in warnings.
    options : ReadSettings
        If `quoted` is "ignore", all such texts are missing; if it is "text", those without marks.
    has_quoted_names : bool
        Whether the names of all columns are in quotation marks.
    """
    for name in cells.columns:
        found, is_marked = Quoting.of(cells[name]), cells[name].str.startswith(MARK)
        tells = found.is_quoted or (has_quoted_names and not found.bare)
        are_labels = options.quoted == "auto" and not tells
        _replace(frame, cells[name], is_marked | are_labels)
        words = found.bare_words & {*LABELS} - set(map(str, options.missing_values))
        if words and are_labels:
            _warn_of_bare(name, sorted(words), source)


def _replace(frame: pd.DataFrame, cells: pd.Series[str], may_be_label: pd.Series[bool]) -> None:
    """Replace in place a column by marked cells; texts for missing values are missing, unless they are labels."""
    values = cells.str.removeprefix(MARK).str.strip().astype(str)
    is_label = may_be_label.fillna(False) & values.isin(LABELS)
    values = values.mask((values.isin(MISSING) | values.isin(ERRORS)) & ~is_label)
    frame.isetitem(list(frame.columns).index(str(cells.name)), values.array)


def _warn_of_bare(name: str, words: list[str], source: str) -> None:
    """Warn of texts that are labels, or missing values if the program that wrote the file marks labels."""
    warn(
        sentence(
            "column {!r} of {}: {} is read as a label, although it has no quotation marks and the model was fitted to "
            "a file that has them; if it means a missing value, give {}; if it is the label, give {}",
            name, source, listed(list(map(in_quotes, words))), Setting("missing_values", words),
            Setting("not_missing", name),
        )
    )  # fmt: skip


def _warn(name: str, found: Quoting, source: str) -> None:
    """Warn that quotation marks make a column text, or a word in it a label."""
    if found.labels:
        words = listed(list(map(in_quotes, found.labels)))
        warn(
            sentence(
                "column {!r} of {}: {} in quotation marks is read as a label, because all labels of the column have "
                "them; if it means a missing value, give {}",
                name, source, words, Setting("quoted", "ignore"),
            )
        )  # fmt: skip
    if found.has_digits_only:
        warn(
            sentence(
                "column {!r} of {} is read as text, because its digits, such as \"{}\", are in quotation marks and "
                "other numbers of the file are not; if they are quantities, give {}",
                name, source, min(found.quoted), Setting("quoted", "ignore"),
            )
        )  # fmt: skip
