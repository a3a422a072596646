"""Names of columns: missing, unknown and repeated ones, and lists of names in messages."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Sequence

from sheernet.foundation.words import listed

NAMES_SHOWN = 20
"""Names, of columns or sheets, that a message lists at most."""


def name_columns(given: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Make a name for each column without one.

    Parameters
    ----------
    given : sequence of str
        The names as they stand in a file; blanks around them are ignored.

    Returns
    -------
    tuple of str
        The names.  A first column without one is called "row", because R, Excel and pandas write row names or row
        numbers there; others are called "column 2" and so on.
    tuple of str
        A note of the names that were made, if any.

    Examples
    --------
    >>> from sheernet.data.tables.column_names import name_columns
    >>> name_columns(["", "hours"])
    (('row', 'hours'), ("its first column, which has no name, is called 'row'",))
    """
    stripped = [name.strip() for name in given]
    taken = set(stripped)
    names, made = [], []
    for number, name in enumerate(stripped, start=1):
        if not name:
            name = _free("row" if number == 1 else f"column {number}", taken)
            taken.add(name)
            made.append(name)
        names.append(name)
    if not made:
        notes: tuple[str, ...] = ()
    elif len(made) == 1 and not stripped[0]:
        notes = (f"its first column, which has no name, is called {made[0]!r}",)
    else:
        notes = (f"columns without a name are called {listed(list(map(repr, made)), most=4)}",)
    return tuple(names), notes


def nearest(name: str, names: Sequence[str], most: int = 1) -> list[str]:
    """Names similar to a name, regardless of case.

    Examples
    --------
    >>> from sheernet.data.tables.column_names import nearest
    >>> nearest("scor", ["HOURS", "SCORE"])
    ['SCORE']
    """
    folded = defaultdict(list)
    for known in names:
        folded[known.casefold()].append(known)
    close = difflib.get_close_matches(name.casefold(), folded, n=most)
    return [known for key in close for known in folded[key]][:most]


def listed_names(names: Sequence[str], most: int = NAMES_SHOWN) -> str:
    """Names as a message lists them; those that would be unclear without quotation marks have some.

    Examples
    --------
    >>> from sheernet.data.tables.column_names import listed_names
    >>> listed_names(["hours", "a, b", "score", "day"], 3)
    "hours, 'a, b' and 2 more"
    """
    shown = [
        repr(name) if name != name.strip() or any(mark in name for mark in ",;'\"") else name
        for name in names
    ]
    return listed(shown, most=most)


def first_repeated(names: Sequence[str]) -> str | None:
    """The first name that occurs a second time, or None.

    Examples
    --------
    >>> from sheernet.data.tables.column_names import first_repeated
    >>> first_repeated(["x", "y", "y", "x"])
    'y'
    """
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def _free(wanted: str, taken: set[str]) -> str:
    """The name, or the name with the first number that makes it different from those taken."""
    name, number = wanted, 2
    while name in taken:
        name = f"{wanted} {number}"
        number += 1
    return name
