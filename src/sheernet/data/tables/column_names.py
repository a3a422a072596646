"""Names of columns: naming unnamed columns, finding similar and repeated names, listing names in messages."""

from __future__ import annotations

import difflib
import re
from collections import defaultdict
from collections.abc import Sequence

from sheernet.data.formats.composed_text import composed
from sheernet.foundation.message_text import cut_in_the_middle, listed
from sheernet.foundation.sentences import LONGEST, in_quotes

NAMES_SHOWN = 20
"""Maximum number of names of columns or sheets that a message lists."""

MADE = "column_"
"""Beginning of the names of columns in a file without names; their positions follow."""

_LINE_BREAK = re.compile(r"\s*[\r\n\v\f\x85\u2028\u2029]\s*")


def made_names(n_columns: int) -> tuple[str, ...]:
    """Return names for the columns of a file without names: column_1, column_2, ..."""
    return tuple(f"{MADE}{number}" for number in range(1, n_columns + 1))


def name_columns(given: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Make a name for each column without one.

    Parameters
    ----------
    given : sequence of str
        The names as in the file; spaces around them are removed, and line breaks in them become spaces.

    Returns
    -------
    tuple of str
        The names.  If the first column has no name, it is called "row", because R, Excel and pandas write row names or
        row numbers there; others are called "column 2" and so on.
    tuple of str
        Notes on the names that were made, if any.

    Examples
    --------
    >>> from sheernet.data.tables.column_names import name_columns
    >>> name_columns(["", "hours"])
    (('row', 'hours'), ("its first column, which has no name, is called 'row'",))
    """
    stripped = [composed(_LINE_BREAK.sub(" ", name.strip())) for name in given]
    taken = set(stripped)
    names, made = [], []
    for number, name in enumerate(stripped, start=1):
        if not name:
            name = _free("row" if number == 1 else made_name(number - 1), taken)
            taken.add(name)
            made.append(name)
        names.append(name)
    if not made:
        notes: tuple[str, ...] = ()
    elif len(made) == 1 and not stripped[0]:
        notes = (f"its first column, which has no name, is called {in_quotes(made[0])}",)
    else:
        notes = (f"columns without a name are called {listed(list(map(in_quotes, made)), most=4)}",)
    return tuple(names), notes


def made_name(position: int) -> str:
    """Return the name of a column, other than the first, without one; `position` counts from 0."""
    return f"column {position + 1}"


def behind_gap(names: Sequence[str]) -> list[str]:
    """Return the names behind the first column without a name that is between others, which may separate two tables.

    Examples
    --------
    >>> from sheernet.data.tables.column_names import behind_gap
    >>> behind_gap(["x", "y", "column 3", "line", "name"]), behind_gap(["x", "column 2"])
    (['line', 'name'], [])
    """
    gaps = (j for j, name in enumerate(names[:-1]) if j and name == made_name(j))
    return list(names[next(gaps, len(names)) + 1 :])


def nearest(name: str, names: Sequence[str], most: int = 1) -> list[str]:
    """Find names similar to a name, regardless of case; those with the same letters and digits are the first.

    R writes other characters of names as points.

    Examples
    --------
    >>> from sheernet.data.tables.column_names import nearest
    >>> nearest("scor", ["HOURS", "SCORE"]), nearest("Temp (°C)", ["Temp", "Temp...C."])
    (['SCORE'], ['Temp...C.'])
    """
    same = [known for known in names if _bare(known) == _bare(name) != ""]
    folded = defaultdict(list)
    for known in names:
        folded[known.casefold()].append(known)
    close = difflib.get_close_matches(name.casefold(), folded, n=most)
    return list(dict.fromkeys([*same, *(known for key in close for known in folded[key])]))[:most]


def _bare(name: str) -> str:
    """Return the letters and digits of a name, regardless of case."""
    return "".join(filter(str.isalnum, name.casefold()))


def similarity(one: str, other: str) -> float:
    """Return how similar two names are, regardless of case: from 0 to 1."""
    return difflib.SequenceMatcher(None, one.casefold(), other.casefold()).ratio()


def listed_names(names: Sequence[str], most: int = NAMES_SHOWN) -> str:
    """List names for a message; they are quoted if they have spaces at the ends, marks such as commas, or line breaks.

    Examples
    --------
    >>> from sheernet.data.tables.column_names import listed_names
    >>> listed_names(["hours", "a, b", "score", "day"], 3)
    "hours, 'a, b' and 2 more"
    """
    shown = [
        repr(name)
        if name != name.strip() or any(c in name for c in ",;'\"") or not name.isprintable()
        else name
        for name in (cut_in_the_middle(name, LONGEST) for name in names)
    ]
    return listed(shown, most=most)


def first_repeated(names: Sequence[str]) -> str | None:
    """Return the first name that occurs a second time, or None.

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
    """Return the name, with the first number appended that makes it different from those taken if necessary."""
    name, number = wanted, 2
    while name in taken:
        name = f"{wanted} {number}"
        number += 1
    return name
