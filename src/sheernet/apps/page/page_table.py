"""`PageTable`: the table of an exercise, built-in or from the user; convert the bytes of a file to its text."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import msgspec

from sheernet.apps.page import built_in_tables
from sheernet.apps.page.page_exercise import Exercise
from sheernet.apps.page.protocol import Preview
from sheernet.data.files.opening import TEXT, opened
from sheernet.data.files.table_writer import csv_text
from sheernet.data.sources import read_table
from sheernet.data.tables import Table
from sheernet.foundation.caller_warnings import gathered
from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.foundation.sentences import in_quotes, sentence

OWN = "table"
"""`Exercise.data` for a table of the user."""
LARGEST_FILE = 5_000_000
"""Maximum size of a table, and of a request, in bytes."""
MOST_NAME = 80
MOST_COLUMNS = 500
"""Maximum number of columns of a user's table; more controls would slow down the browser."""
MOST_LABELS = 20
"""Maximum number of labels of a column that is chosen as the target by default."""
PREVIEWED_ROWS, PREVIEWED_COLUMNS, PREVIEWED_CELL = 8, 60, 60


@dataclass(frozen=True, eq=False)
class PageTable:
    """A table with the description that the page shows.

    Parameters
    ----------
    table : Table
        All rows and columns.
    target : str
        The column to predict unless another is chosen.
    source, license : str
        Source of the data, and terms of use.
    notices : tuple of str
        Notices about reading the table.
    """

    table: Table
    target: str
    source: str
    license: str
    notices: tuple[str, ...] = ()

    @classmethod
    def of(cls, exercise: Exercise) -> PageTable:
        """Return the table of an exercise.

        Raises
        ------
        InvalidInput
            If the data set is unknown, or the user's table is not included or cannot be read.
        MissingDependency
            If a package that provides the data is not installed.
        """
        if exercise.data == OWN:
            return _own(exercise.table, exercise.table_name, exercise.samples)
        return _built_in(exercise.data)

    def preview(self) -> Preview:
        """Return the first rows as strings."""
        frame = self.table.frame.iloc[:PREVIEWED_ROWS, :PREVIEWED_COLUMNS]
        rows = [
            [
                "" if value != value else str(value).removesuffix(" 00:00:00")[:PREVIEWED_CELL]
                for value in row
            ]
            for row in frame.itertuples(index=False, name=None)
        ]
        return Preview(
            columns=[str(name) for name in frame.columns],
            rows=rows,
            n_rows=len(self.table),
            n_columns=len(self.table.columns),
        )


@cache
def _built_in(name: str) -> PageTable:
    found = built_in_tables.ALL.get(name)
    if found is None:
        raise unknown_name("data set", name, [*built_in_tables.ALL, OWN])
    table = replace(read_table(dict(found.load())), source=name)
    return PageTable(table, found.target, found.source, found.license)


@lru_cache(maxsize=4)  # for the open exercises
def _own(text: str, name: str, samples: str) -> PageTable:
    if not text:
        what = f"the table {in_quotes(name)}" if name else "its table"
        raise InvalidInput(f"the exercise does not include {what}; open the file")
    with gathered() as notices:
        table, _ = _read_with_text(text.encode(), name, {"samples": samples})
    _require_few(len(table.columns))
    return PageTable(table, _usual_target(table), name, "", tuple(map(str, notices)))


def _usual_target(table: Table) -> str:
    """Return the last column with numbers or few labels; if there is none, the last column."""
    for name in reversed(table.columns):
        kind = table.kind(name)
        if kind == "number" or (
            kind == "category" and 2 <= len(table.distinct(name)[1]) <= MOST_LABELS
        ):
            return name
    return table.columns[-1]


def exercise_with(exercise: Exercise, content: bytes, name: str, **how: Any) -> Exercise:
    """Return an exercise with a table of the user, with all columns in their default roles.

    The text of a text file that is read without options is kept; the cells of other files are written as CSV.

    Parameters
    ----------
    exercise : Exercise
        The settings.
    content : bytes
        The content of the file.
    name : str
        The name of the file.
    **how
        Arguments of `sheernet.read_table`.

    Raises
    ------
    InvalidInput
        If the content cannot be read as a table.
    """
    name, samples = printable(name), how.get("samples", "rows")
    if samples == "rows":
        _require_few(_columns_of_first_line(content))
    with gathered():
        table, text = _read_with_text(content, name, how)
    if set(how) - {"samples"}:
        text = ""  # the exercise keeps no other options
    _require_few(len(table.columns))
    return msgspec.structs.replace(
        exercise, data=OWN, table=text or csv_text(table.frame), table_name=name,
        samples=samples if text else "rows", inputs=None, target=None, task_kind="auto", row=0,
        cost=None, output=None, axes=(), weights=(), missing="impute",
    )  # fmt: skip


def unit_of(table: Table, name: str) -> str:
    """Return the unit that is written with each number of a column; "" if there is none."""
    form = table.formats.get(name)
    return "" if form is None else f"{form.before}{form.after}".strip()


def printable(name: str) -> str:
    """Return the last part of a path without non-printable characters; "table" if it is empty."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(filter(str.isprintable, last))[:MOST_NAME].strip() or "table"


def _read_with_text(content: bytes, name: str, how: Mapping[str, Any]) -> tuple[Table, str]:
    """Return the table, and the text of the file if it is a text file in UTF-8."""
    with tempfile.TemporaryDirectory(prefix="sheernet-") as folder:
        path = Path(folder, "table")
        path.write_bytes(content)
        try:
            table = read_table(path, **how)
            with opened(path) as file:
                is_text = file.form == TEXT and not file.compression
        except InvalidInput as error:
            message = sentence("{}", error.args[0]).replace(str(path), name)
            raise InvalidInput(message.replace(path.name, name, 1)) from None
    try:
        text = content.decode("utf-8-sig") if is_text else ""
    except UnicodeDecodeError:
        text = ""
    return replace(table, source=name, notices=()), text  # the page shows them before a fit


def size_sentence(name: str, size: int) -> str:
    """Return why a file of this size in bytes is refused."""
    return (
        f"{name} has {size / 1e6:.1f} MB, but the page takes up to {LARGEST_FILE / 1e6:.0f} MB; use sheernet fit for "
        "larger tables"
    )


def _columns_of_first_line(content: bytes) -> int:
    """Estimate the number of columns from the first line, because reading thousands of columns takes a long time."""
    line = re.sub(rb'"[^"]*"', b"", content.partition(b"\n")[0])
    return max(line.count(separator) for separator in (b",", b";", b"\t", b"|")) + 1


def _require_few(n_columns: int) -> None:
    if n_columns > MOST_COLUMNS:
        raise InvalidInput(
            f"the table has {n_columns} columns, but the page shows up to {MOST_COLUMNS}; leave some out, or use "
            "sheernet fit"
        )
