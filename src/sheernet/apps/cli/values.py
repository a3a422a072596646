"""Values of options: lists, columns of a table, hidden units, numbers."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence

from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import in_quotes


def split(values: Sequence[str] | None, names: Iterable[str] = ()) -> list[str]:
    r"""Split comma-separated lists by the rules of CSV; names that are known may have commas without quotes.

    Examples
    --------
    >>> from sheernet.apps.cli.values import split
    >>> split(["a, b", '"c,d"'])
    ['a', 'b', 'c,d']
    >>> split(["a=1,c,d=2"], ["a", "c,d"])
    ['a=1', 'c,d=2']
    """
    entries: list[str] = []
    for value in values or ():
        line = _with_quotes(value, names)
        try:
            entries += [part.strip() for part in next(csv.reader([line], skipinitialspace=True))]
        except (csv.Error, StopIteration):  # a line break, or an empty text
            entries.append(value)
    return entries


def _with_quotes(line: str, names: Iterable[str]) -> str:
    """A list in which the names with commas are quoted, the longest first; one that has quotes stays as it is."""
    with_commas = sorted((name for name in names if "," in name), key=len, reverse=True)
    if not with_commas or '"' in line:
        return line
    known = "|".join(map(re.escape, with_commas))
    return re.sub(rf"(^|,)\s*({known})(?=\s*(?:[=,]|$))", r'\1"\2"', line)


def columns(values: Sequence[str] | None, known: Sequence[str]) -> list[str]:
    """Return names of known columns: a value that is one of them, even with commas, or else a list of names.

    Examples
    --------
    >>> from sheernet.apps.cli.values import columns
    >>> columns(["a,b", "x,y"], ["a", "b", "x,y"])
    ['a', 'b', 'x,y']
    """
    names: list[str] = []
    for value in values or ():
        parts = [value] if value in known else split([value])
        _refuse_split_name(value, parts, known)
        names += parts
    return names


def _refuse_split_name(value: str, parts: Sequence[str], known: Sequence[str]) -> None:
    """Raise if a list has a column's name with a comma that is not quoted."""
    unknown = next((part for part in parts if part not in known), None)
    split_name = next((name for name in known if "," in name and name in value), None)
    if unknown is None or split_name is None or split_name in parts:
        return
    quoted = '"' + split_name.replace('"', '""') + '"'
    raise InvalidInput(
        f"there is no column {in_quotes(unknown)}, but there is {in_quotes(split_name)}; in a list, write a name with "
        f"a comma in double quotes, as in '{value.replace(split_name, quoted)}'"
    )


def hidden_units(text: str) -> int | tuple[int, ...] | str:
    """Return the argument `hidden` of `sheernet.fit`; a text that does not hold whole numbers is returned as it is.

    Examples
    --------
    >>> from sheernet.apps.cli.values import hidden_units
    >>> hidden_units("10"), hidden_units("10,5"), hidden_units("ten")
    (10, (10, 5), 'ten')
    """
    try:
        units = tuple(int(part) for part in text.split(","))
    except ValueError:  # `NetworkSettings` raises the error about it
        return text
    return units[0] if len(units) == 1 else units


def sizes(texts: Sequence[str]) -> list[int | tuple[int, ...] | str]:
    """Return the argument `sizes` of `sheernet.select`; an entry that does not hold whole numbers is returned as it is.

    Examples
    --------
    >>> from sheernet.apps.cli.values import sizes
    >>> sizes(["0,4", "8-4"]), sizes(["four"])
    ([0, 4, (8, 4)], ['four'])
    """
    return [hidden_units(entry.replace("-", ",")) for entry in split(texts)]


def whole(text: str) -> int | str:
    """Return a whole number; another text is returned as it is, and the settings raise the error about it.

    Examples
    --------
    >>> from sheernet.apps.cli.values import whole
    >>> whole("3"), whole("2.5")
    (3, '2.5')
    """
    try:
        return int(text)
    except ValueError:
        return text


def number(text: str) -> float | str:
    """Return a number; another text is returned as it is, and the settings raise the error about it.

    Examples
    --------
    >>> from sheernet.apps.cli.values import number
    >>> number("0.25"), number("25%")
    (0.25, '25%')
    """
    try:
        return float(text)
    except ValueError:
        return text
