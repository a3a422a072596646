"""What a person says of a file, and whether sheernet says the same.

A `Case` is a file of the corpus with the table that a person sees in it.  Sheernet may read that table, or refuse the
file with a message that names the option that decides.  It must never read another table, unless a warning names the
option (`warned`), which is enough for encodings, because no program can know them.
"""

from __future__ import annotations

import datetime
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

import sheernet as sn
from sheernet.data.columns.roles import choose_roles

_WORDS = {
    "TRUE": True,
    "FALSE": False,
    "WAHR": True,
    "FALSCH": False,
    "VRAI": True,
    "FAUX": False,
    "T": True,
    "F": False,
    "true": True,
    "false": False,
}
"""Truth values in words; a person takes them for truth values or for two labels, and both are right."""

Columns = Mapping[str, Sequence[Any]]
Content = str | bytes | Callable[[Path], object]
"""Text (written as UTF-8), bytes, or a function that writes the file."""


class Percent(float):
    """A number with a percent sign, which a person takes for 38 or for 0.38; both are right if the whole column is so."""


@dataclass(frozen=True)
class Case:
    """A file and what a person says of it.

    Parameters
    ----------
    name : str
        Name of the file, with its extension.
    content : str, bytes or callable
        The file; None if it is stored beside this module, under `name`.
    columns : mapping of str to sequence, or None
        The table: names in their order, and values of Python's types.  "#2" is the second column, whatever its name.
        None if the file is not a table.
    options : tuple of str
        Words of which a refusal (or, if `warned`, a warning) must contain one.  If empty, the file must be read.
    warned : bool
        Whether other values are allowed if a warning contains one of `options`.
    extra : int
        Number of further columns that may be there, such as row names.
    given : mapping of str to object
        Arguments of `read_table`.
    """

    name: str
    content: Content | None
    columns: Columns | None
    options: tuple[str, ...] = ()
    warned: bool = False
    extra: int = 0
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Name of the test."""
        return " ".join([self.name, *(f"{name}={value}" for name, value in self.given.items())])

    def path(self, folder: Path) -> Path:
        """Return the path of the file, written into the folder if it is not stored."""
        if self.content is None:
            return Path(__file__).parent / "stored" / self.name
        path = folder / self.name
        if callable(self.content):
            self.content(path)
        else:
            path.write_bytes(
                self.content.encode() if isinstance(self.content, str) else self.content
            )
        return path


def judge(case: Case, folder: Path) -> str:
    """Return what is wrong with what sheernet says of a file; "" if nothing is."""
    path = case.path(folder)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            table = sn.read_table(path, **case.given)
        except sn.InvalidInput as error:
            said = str(error).replace(path.name, "the file")
            if case.options and any(option in said for option in case.options):
                return ""
            wanted = f"no word of {' or '.join(case.options)}" if case.options else "but is a table"
            return f"refused, {wanted}: {said}"
    foreign = [w for w in caught if not issubclass(w.category, sn.SheernetWarning)]
    if foreign:
        return f"a warning that is not sheernet's: {foreign[0].message}"
    said = " ".join(str(w.message) for w in caught).replace(path.name, "the file")
    is_said = case.warned and any(option in said for option in case.options)
    if case.columns is None:
        return "" if is_said else f"read as a table: {table.columns}"
    wrong = difference(table.frame, case.columns, case.extra)
    if (
        wrong
        and case.options
        and any(option in _refusal(table, path.name) for option in case.options)
    ):
        return ""
    if wrong and is_said:
        return ""
    return f"silently wrong: {wrong} ({table.reading})" if wrong and not said else wrong


def _refusal(table: sn.Table, file: str) -> str:
    """Return the message with which a fit refuses the columns of numbers that have text among them; "" if none has."""
    mixed = [name for name in table.columns if table.kind(name) == "mixed"]
    others = [name for name in table.columns if name not in mixed]
    try:
        choose_roles(table, others[:1] or mixed[-1:], inputs=mixed[:1])
    except sn.InvalidInput as error:
        return str(error).replace(file, "the file") if mixed else ""
    return ""


def difference(frame: pd.DataFrame, columns: Columns, extra: int = 0) -> str:
    """Return the first difference between a table and what a person says of it; "" if there is none."""
    named = {f"#{i}": name for i, name in enumerate(frame.columns, start=1)}
    columns = {named.get(name, name): values for name, values in columns.items()}
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        return f"there is no column {missing[0]!r} in {list(frame.columns)}"
    if len(frame.columns) not in (len(columns), len(columns) + extra):
        return f"{len(frame.columns)} columns, not {len(columns) + extra}: {list(frame.columns)}"
    for name, values in columns.items():
        if len(frame) != len(values):
            return f"{len(frame)} rows, not {len(values)}"
        found = frame[name].tolist()
        if any(isinstance(value, Percent) for value in values):
            if not any(all(map(partial(_close, scale), found, values)) for scale in (1, 0.01)):
                return f"{name!r} is {found[:3]!r}, not {values[:3]!r} percent"
            continue
        for row, (one, value) in enumerate(zip(found, values, strict=True)):
            if not equal(one, value):
                return f"{name!r} in row {row} is {one!r}, not {value!r}"
    return ""


def equal(found: Any, value: Any) -> bool:
    """Whether a value of the table is what the person says; numbers must be the same float64."""
    if value is None:
        return found is None or found is pd.NaT or found is pd.NA or found != found
    if isinstance(found, bool) and value in _WORDS:
        return found == _WORDS[value]
    if isinstance(found, str) and isinstance(value, bool):
        return _WORDS.get(found) == value
    if isinstance(value, bool) or isinstance(found, bool):
        return isinstance(found, bool) and isinstance(value, bool) and found == value
    if isinstance(value, (int, float)):
        is_number = isinstance(found, (int, float))
        return is_number and (found == value or (math.isnan(found) and math.isnan(value)))
    if isinstance(value, datetime.date):
        if isinstance(found, str) or found is None or found != found:
            return False
        stamp = pd.Timestamp(found)  # in UTC if it has a time zone
        return bool((stamp.tz_convert(None) if stamp.tz else stamp) == pd.Timestamp(value))
    # A table keeps spaces around labels; the encoders of columns remove them.
    return isinstance(found, str) and found.strip() == value.strip()


def _close(scale: float, found: Any, value: float | None) -> bool:
    if value is None or not isinstance(found, (int, float)):
        return equal(found, value)
    return math.isclose(found, scale * value, rel_tol=1e-12, abs_tol=1e-15)


def rows(*lines: str, end: str = "\n") -> str:
    """Return a text of these lines."""
    return "".join(line + end for line in lines)
