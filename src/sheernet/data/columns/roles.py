"""Which columns of a table are inputs, targets and weights, and why others are left out.

Named inputs are taken as they are.  Otherwise every column is an input but the targets, the weights, what is dropped,
and what tells a network nothing:

    a first column that only counts rows     0, 1, 2, ... or 1, 2, 3, ...: R and pandas write one
    constant columns, and empty ones
    text that names rows                     no value is in two rows, or in the share `rare` of them
    columns of neither numbers nor text      lists, durations, complex numbers

A column of numbers with text in it is refused: it is data that somebody has to look at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sheernet.data.columns.cells import (
    NOUNS,
    Gap,
    as_labels,
    as_numbers,
    date_like,
    missing_values,
    require_finite,
)
from sheernet.data.columns.column_types import first_repeated
from sheernet.data.columns.input_learning import dirty_column, fewest_rows, require_share
from sheernet.data.tables.table import Indices, Table
from sheernet.foundation.arrays import Array, as_case_weights
from sheernet.foundation.errors import InvalidInput


@dataclass(frozen=True)
class Roles:
    """What each column of a table is for.

    Parameters
    ----------
    inputs, targets : tuple of str
        Names of columns, in the order in which a network takes and gives them.
    weights : str, optional
        Name of the column of case weights.
    left_out : tuple of str
        A sentence for each column that is left out without having been asked for.
    """

    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    weights: str | None
    left_out: tuple[str, ...] = ()


def choose_roles(
    table: Table,
    target: str | Sequence[str],
    *,
    inputs: Sequence[str] | None = None,
    drop: Sequence[str] = (),
    weights: str | None = None,
    categories: Sequence[str] = (),
    rare: float = 0.01,
) -> Roles:
    """Decide what each column of a table is for.

    Parameters
    ----------
    table : Table
    target : str or sequence of str
        Column, or columns, to predict.
    inputs : sequence of str, optional
        Columns to predict it from; by default all others that can tell something.
    drop : sequence of str
        Columns that are not to be inputs.
    weights : str, optional
        Column of case weights.
    categories : sequence of str
        Inputs that are taken as labels whatever they hold.
    rare : float
        As in `Inputs.learn`.

    Returns
    -------
    Roles

    Raises
    ------
    InvalidInput
        When a name is unknown, or has two roles, or nothing is left, or a column of numbers has text in it.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.data.columns.roles import choose_roles
    >>> table = sn.read_table({"id": [1, 2, 3], "x": [0.1, 0.5, 0.2], "y": [1.0, 2.0, 3.0]})
    >>> roles = choose_roles(table, "y")
    >>> roles.inputs
    ('x',)
    >>> print(roles.left_out[0])
    left out 'id': it only counts the rows; name it in inputs (--inputs) to keep it
    """
    require_share(rare)
    targets, asked = _named(table, "target", target), _named(table, "inputs", inputs or ())
    dropped, labels = _named(table, "drop", drop), _named(table, "categories", categories)
    weight = _named(table, "weights", () if weights is None else weights)
    if not targets:
        raise InvalidInput("no target column is named; name at least one")
    _require_one_role(
        {"a target": targets, "the weights": weight, "an input": asked, "dropped": dropped}
    )
    taken = {*targets, *weight, *dropped}
    left_out: tuple[str, ...] = ()
    if inputs is None:
        asked, left_out = _default_inputs(
            table, [name for name in table.columns if name not in taken], labels, rare
        )
    idle = [name for name in labels if name not in asked]
    if idle:
        raise InvalidInput(
            f"column {idle[0]!r} is named in categories but is no input; name it in inputs or leave it out"
        )
    if not asked:
        raise InvalidInput(
            f"no input columns are left beside the target: {'; '.join(left_out) or 'the table needs at least one'}"
        )
    for name in asked:
        _require_usable(table, name, name in labels, rare)
    return Roles(asked, targets, weights, left_out)


def read_weights(table: Table, name: str) -> Array:
    """Read a column of case weights.

    Parameters
    ----------
    table : Table
        N rows.
    name : str
        Of the column.

    Returns
    -------
    ndarray, (N,)
        Finite, at least 0, not all 0.

    Raises
    ------
    InvalidInput
        When it holds anything else; the first row is named.
    """
    values = as_numbers(table, name, "number")
    gap = Gap.among(name, np.isnan(values))
    if gap is not None:
        raise missing_values(table.source, [gap], "give every row a weight, 0 to leave it out")
    require_finite(table.source, [name], values[:, None])
    if np.any(values < 0):
        row = int((values < 0).argmax())
        raise InvalidInput(
            f"column {name!r} of {table.source} must hold weights of at least 0, but data row {row + 1} has "
            f"{values[row]:g}; mend it, or name another column"
        )
    return as_case_weights(values, len(table))


def _named(table: Table, role: str, names: str | Sequence[str]) -> tuple[str, ...]:
    """Names of one role as a tuple: known, and none twice."""
    given = (names,) if isinstance(names, str) else tuple(names)
    table.require(given)
    twice = first_repeated(given)
    if twice is not None:
        raise InvalidInput(f"column {twice!r} is named twice in {role}; name it once")
    return given


def _require_one_role(roles: dict[str, tuple[str, ...]]) -> None:
    seen: dict[str, str] = {}
    for role, names in roles.items():
        for name in names:
            if name in seen:
                raise InvalidInput(
                    f"column {name!r} is both {seen[name]} and {role}; leave it out of one"
                )
            seen[name] = role


def _default_inputs(
    table: Table, candidates: Sequence[str], labels: Sequence[str], rare: float
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns that can tell something, and a sentence for each of the others."""
    reasons = {name: None if name in labels else _useless(table, name, rare) for name in candidates}
    kept = [name for name in candidates if reasons[name] is None]
    first = table.columns[0]
    if first in kept and first not in labels and len(kept) > 1 and _counts_rows(table, first):
        kept.remove(first)
        reasons[first] = "it only counts the rows; name it in inputs (--inputs) to keep it"
    return tuple(kept), tuple(f"left out {name!r}: {why}" for name, why in reasons.items() if why)


def _useless(table: Table, name: str, rare: float) -> str | None:
    """Why a column tells nothing and how to keep it; None where it may tell something."""
    kind = table.kind(name)
    if kind == "empty":
        return "it has no values"
    if kind == "other":
        return f"it holds {NOUNS[kind]}; make numbers or text of it to use it"
    if kind == "mixed":
        return None
    if kind == "category":
        return _names_rows(table, name, rare)
    values = as_numbers(table, name, kind)
    values = values[~np.isnan(values)]
    if values.min() == values.max():
        return "it has the same value in every row; name it in inputs (--inputs) to keep it"
    return None


def _names_rows(table: Table, name: str, rare: float) -> str | None:
    codes, labels = as_labels(table, name)
    if len(labels) == 1:
        return "it has the same value in every row; name it in inputs (--inputs) to keep it"
    if _has_frequent_label(codes, len(table), rare):
        return None
    n_rows = int(np.count_nonzero(codes >= 0))
    what = (
        f"every one of its {n_rows} values differs"
        if len(labels) == n_rows
        else f"none of its {len(labels)} values is in {rare:.6g} of the rows"
    )
    date = date_like(table, name)
    if date:
        return f"{what}, and it seems to hold dates ({date}); write them as 2026-11-25 to have them taken as days"
    return f"{what}; name it in inputs (--inputs) with rare=0 (--rare 0) to keep it"


def _has_frequent_label(codes: Indices, n_rows: int, rare: float) -> bool:
    """Whether some label is in enough rows not to be rare; 2 where there is no share of rare ones."""
    return int(np.bincount(codes[codes >= 0]).max()) >= max(2, fewest_rows(rare, n_rows))


def _counts_rows(table: Table, name: str) -> bool:
    """Whether a column is 0, 1, 2, ... or 1, 2, 3, ..."""
    if table.kind(name) != "number":
        return False
    values = as_numbers(table, name, "number")
    return values[0] in (0.0, 1.0) and bool(np.all(values == values[0] + np.arange(len(values))))


def _require_usable(table: Table, name: str, as_label: bool, rare: float) -> None:
    """Refuse an input that nothing can be learned from as it is."""
    kind = table.kind(name)
    if kind in ("empty", "other"):
        raise InvalidInput(
            f"input {name!r} of {table.source} must hold numbers, dates or text, but holds {NOUNS[kind]}; "
            "leave it out"
        )
    if kind == "mixed" and not as_label:
        raise dirty_column(table, name)
    if (kind == "category" or as_label) and rare > 0:
        codes, _ = as_labels(table, name)
        if not _has_frequent_label(codes, len(table), rare):
            fewest = max(2, fewest_rows(rare, len(table)))
            raise InvalidInput(
                f"input {name!r} of {table.source} has no value that {fewest} rows have: "
                "all would be rare; leave it out, or give each value a feature of its own with rare=0 (--rare 0)"
            )
