"""Names for columns that have none, and the nearest to a name that is not there."""

from __future__ import annotations

import difflib
from collections import defaultdict
from collections.abc import Sequence

_SHOWN = 3


def name_columns(given: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Make up a name for each empty one.

    Parameters
    ----------
    given : sequence of str
        The names as they stand in a file; blanks around them do not count.

    Returns
    -------
    tuple of str
        The names.  A first column without one is called "row", as it names or numbers rows where R, Excel and pandas
        write it; others are called "column 2" and so on.
    tuple of str
        A note of what was made up, if anything was.

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
            name = _distinct("row" if number == 1 else f"column {number}", taken)
            taken.add(name)
            made.append(name)
        names.append(name)
    return tuple(names), _notes(made, is_first=bool(stripped) and not stripped[0])


def nearest(name: str, names: Sequence[str], most: int = 1) -> list[str]:
    """Names that a name may be meant to be: alike in their letters, capital or small.

    Examples
    --------
    >>> from sheernet.data.tables.column_names import nearest
    >>> nearest("scor", ["HOURS", "SCORE"])
    ['SCORE']
    """
    folded = defaultdict(list)
    for there in names:
        folded[there.casefold()].append(there)
    close = difflib.get_close_matches(name.casefold(), folded, n=most)
    return [there for key in close for there in folded[key]][:most]


def listed(names: Sequence[str], most: int) -> str:
    """Names as a message lists them; quoted are those that would not be told apart from what is around them.

    Examples
    --------
    >>> from sheernet.data.tables.column_names import listed
    >>> listed(["hours", "a, b", "score", "day"], 3)
    "hours, 'a, b', score and 1 more"
    """
    shown = [
        repr(name) if name != name.strip() or any(mark in name for mark in ",;'\"") else name
        for name in names[:most]
    ]
    more = len(names) - most
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _notes(made: Sequence[str], *, is_first: bool) -> tuple[str, ...]:
    if not made:
        return ()
    if is_first and len(made) == 1:
        return (f"its first column, which has no name, is called {made[0]!r}",)
    shown = ", ".join(map(repr, made[:_SHOWN])) + (" ..." if len(made) > _SHOWN else "")
    return (f"columns without a name are called {shown}",)


def _distinct(wanted: str, taken: set[str]) -> str:
    """The name, or the name with the first number that makes it differ from those taken."""
    name, number = wanted, 2
    while name in taken:
        name = f"{wanted} {number}"
        number += 1
    return name
