"""Names of columns in two rows: a row of groups above the row of names, as spreadsheet programs write merged cells.

    2019 |   | 2020 |             | 2019 |   | 2020 |
    a    | b | a    | b     site  | a    | b | a    | b

The columns are called "2019 a", "2019 b", ...  A column with an empty cell in one of the rows has the name in the other
row.  If the second row alone has distinct names, the first row may also be a title or metadata, so no names are joined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_FEWEST_GROUPS = 2  # a single filled cell is a title


def joined_names(
    groups: Sequence[str], names: Sequence[str], widths: Mapping[int, int] | None = None
) -> list[str]:
    """Join the name of each column with its group; a group begins at a filled cell, and its other cells are empty.

    Parameters
    ----------
    groups, names : sequence of str
        The two rows.
    widths : mapping of int to int, optional
        The number of columns of each group with several columns, by its first one, if merged cells show it.

    Examples
    --------
    >>> from sheernet.data.files.grouped_names import joined_names
    >>> joined_names(["site", "2019", "", "2020"], ["", "a", "b", "a"])
    ['site', '2019 a', '2019 b', '2020 a']
    >>> joined_names(["", "2019", "", ""], ["site", "a", "b", "note"], {1: 2})
    ['site', '2019 a', '2019 b', 'note']
    """
    found, group, end = [], "", len(names)
    above = [*groups, *[""] * (len(names) - len(groups))]
    for j, (cell, name) in enumerate(zip(above, names, strict=False)):
        if cell.strip():
            group, end = cell.strip(), j + widths.get(j, 1) if widths else len(names)
        found.append(" ".join(filter(None, [group if j < end else "", name.strip()])))
    return found


def are_grouped(groups: Sequence[str], names: Sequence[str]) -> bool:
    """Whether two rows are groups and names: there are several groups, and only both rows together name each column."""
    if len(groups) != len(names):
        return False
    filled = [bool(cell.strip()) for cell in groups]
    below = [bool(cell.strip()) for cell in names]
    has_several = any(not own and below[j + 1] for j, own in enumerate(filled[1:]))
    joined = joined_names(groups, names)
    return (
        sum(filled) >= _FEWEST_GROUPS
        and has_several
        and not (all(below) and len(set(names)) == len(names))
        and all(own or name for own, name in zip(filled, below, strict=True))
        and len(set(joined)) == len(joined)
    )
