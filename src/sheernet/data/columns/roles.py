"""Choosing the roles of the columns of a table: inputs, targets, weights, and columns that are left out.

Named inputs are used as they are.  By default every column is an input except the targets, the weights, dropped
columns, and columns that carry no information:

    row numbers without a name               0, 1, 2, ..., as R and pandas write them; also of shuffled rows, a part of
                                             a table, and rows drawn with repetition (12, 12.1)
    columns with one value, or none          their missing values are counted in the message
    text that identifies rows                each value is in one row, or in less than the fraction `rare` of the rows
    neither numbers, dates nor text          lists, complex numbers

A column without a name is kept if its numbers may be values: years, equal steps, numbers that repeat.  A message lists
numbers that are far from the others of their column.

A column of numbers with text in it raises an error, because the user must correct it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sheernet.data.columns.cells import (
    NAME_ANOTHER,
    NOUNS,
    ONE_VALUE,
    SHOWN,
    Gap,
    as_numbers,
    missing_values_error,
    require_finite,
)
from sheernet.data.columns.column_facts import Facts, TableFacts
from sheernet.data.columns.far_values import far_value_messages
from sheernet.data.columns.input_learning import fewest_rows
from sheernet.data.columns.text_in_numbers import dirty_columns_error
from sheernet.data.formats.row_numbers import NAMELESS
from sheernet.data.tables.column_names import first_repeated
from sheernet.data.tables.table import Table
from sheernet.foundation.arrays import Array, as_case_weights
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted, listed, plural_of
from sheernet.foundation.scalars import as_share
from sheernet.foundation.sentences import Setting, in_quotes, sentence

_KEEP = sentence("name it in {} to keep it", Setting("inputs"))
_CONSTANT = "the same value in every row"
_REASONS = 4
"""Maximum number of reasons in the error that no column can be an input."""


@dataclass(frozen=True)
class Roles:
    """The roles of the columns of a table.

    Parameters
    ----------
    inputs, targets : tuple of str
        Names of columns, in the order of the network's features and outputs.
    weights : str, optional
        Name of the column of case weights.
    left_out : tuple of str
        A message for each column that is left out by default.
    doubtful : tuple of str
        A message for each column with numbers that are far from its others.
    """

    inputs: tuple[str, ...]
    targets: tuple[str, ...]
    weights: str | None
    left_out: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()


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
    """Choose the roles of the columns of a table.

    Parameters
    ----------
    table : Table
    target : str or sequence of str
        Columns to predict.
    inputs : sequence of str, optional
        Columns to predict from; by default all informative columns.
    drop : sequence of str
        Columns that are not inputs.
    weights : str, optional
        Column of case weights.
    categories : sequence of str
        Inputs to treat as labels, whatever their kind.
    rare : float
        As in `Inputs.learn`.

    Returns
    -------
    Roles

    Raises
    ------
    InvalidInput
        If a name is unknown or has two roles, no input remains, or a column of numbers has text in it.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.data.columns.roles import choose_roles
    >>> columns = {"row": [1, 2, 3], "t": [0, 1, 2], "x": [0.1, 0.5, 0.2], "y": [1.0, 2.0, 3.0]}
    >>> roles = choose_roles(sn.read_table(columns), "y")
    >>> roles.inputs
    ('t', 'x')
    >>> print(roles.left_out[0])
    'row' is left out: it is only a row number; name it in inputs to keep it
    """
    return roles_from(
        TableFacts(table), target,
        inputs=inputs, drop=drop, weights=weights, categories=categories, rare=rare,
    )  # fmt: skip


def roles_from(
    table: Facts,
    target: str | Sequence[str],
    *,
    inputs: Sequence[str] | None = None,
    drop: Sequence[str] = (),
    weights: str | None = None,
    categories: Sequence[str] = (),
    rare: float = 0.01,
) -> Roles:
    """Choose the roles of columns from facts about a table; the parameters are those of `choose_roles`."""
    as_share("rare", rare)
    targets, chosen = _named(table, "target", target), _named(table, "inputs", inputs or ())
    dropped, labels = _named(table, "drop", drop), _named(table, "categories", categories)
    weight = _named(table, "weights", () if weights is None else weights)
    if not targets:
        raise InvalidInput("no target column is named; name at least one")
    _require_one_role(
        {"a target": targets, "the weights": weight, "an input": chosen, "dropped": dropped}
    )
    used = {*targets, *weight, *dropped}
    reasons: dict[str, str] = {}
    if inputs is None:
        chosen, reasons = _default_inputs(
            table, [name for name in table.columns if name not in used], labels, rare
        )
    not_inputs = [name for name in labels if name not in chosen]
    if not_inputs:
        raise InvalidInput(
            "column {!r} is named in {} but is not an input; name it in {} or omit it",
            not_inputs[0],
            Setting("categories"),
            Setting("inputs"),
        )
    if not chosen:
        raise _no_inputs(table, reasons)
    dirty = [name for name in chosen if table.kind(name) == "mixed" and name not in labels]
    if dirty:
        raise dirty_columns_error(
            table, [*(n for n in targets if table.kind(n) == "mixed"), *dirty]
        )
    for name in chosen:
        _require_usable(table, name, name in labels, rare)
    numbers = [name for name in (*targets, *chosen) if name not in labels]
    extremes = {name: table.extremes(name) for name in numbers if table.kind(name) == "number"}
    doubtful = tuple(far_value_messages(extremes))
    return Roles(chosen, targets, weights, tuple(_left_out_messages(reasons)), doubtful)


def _left_out_messages(reasons: Mapping[str, str]) -> Iterator[str]:
    """Yield a message for each column that is left out."""
    for name, why in reasons.items():
        yield sentence("{!r} is left out: {}", name, f"it has {why}" if why == _CONSTANT else why)


def _no_inputs(table: Facts, reasons: Mapping[str, str]) -> InvalidInput:
    """Return the error if no column can be an input."""
    if not reasons:
        return InvalidInput(
            "no input columns remain (the table needs at least one besides the target)"
        )
    constant = [repr(name) for name, why in reasons.items() if why == _CONSTANT]
    told = list(
        _left_out_messages({name: why for name, why in reasons.items() if why != _CONSTANT})
    )
    if constant:
        have = plural_of(len(constant), "has", "have")
        told.insert(0, f"{listed(constant, most=SHOWN)} {have} {_CONSTANT}")
    if len(told) > _REASONS:
        told[_REASONS:] = [f"and {counted(len(told) - _REASONS, 'other column')}"]
    which = sentence("; ".join(["{}"] * len(told)), *told)
    return InvalidInput("{} has no usable input columns: {}", table.source, which)


def read_weights(table: Table, name: str) -> Array:
    """Read a column of case weights.

    Parameters
    ----------
    table : Table
        N rows.
    name : str
        Name of the column.

    Returns
    -------
    ndarray, (N,)
        Finite, at least 0, not all 0.

    Raises
    ------
    InvalidInput
        If a weight is missing, infinite, negative or not a number, or all are 0.
    """
    values = as_numbers(table, name, "number")
    gap = Gap.among(name, np.isnan(values))
    if gap is not None:
        raise missing_values_error(
            table.source, [gap], "give every row a weight (0 leaves the row out)"
        )
    require_finite(table.source, [name], values[:, None])
    if np.any(values < 0):
        row = int((values < 0).argmax())
        raise InvalidInput(
            f"column {in_quotes(name)} of {table.source} must hold weights of at least 0, but "
            f"{table.row_place(row)} has {values[row]:g}; {NAME_ANOTHER}"
        )
    return as_case_weights(values, len(table))


def _named(table: Facts, role: str, names: str | Sequence[str]) -> tuple[str, ...]:
    """Return the names of one role as a tuple; raise if a name is unknown or repeated."""
    given = (names,) if isinstance(names, str) else tuple(names)
    table.require(given)
    repeated = first_repeated(given)
    if repeated is not None:
        raise InvalidInput(
            "column {!r} is named twice in {}; name it once", repeated, Setting(role)
        )
    return given


def _require_one_role(roles: dict[str, tuple[str, ...]]) -> None:
    seen: dict[str, str] = {}
    for role, names in roles.items():
        for name in names:
            if name in seen:
                raise InvalidInput(
                    f"column {in_quotes(name)} is both {seen[name]} and {role}; give it one role"
                )
            seen[name] = role


def _default_inputs(
    table: Facts, candidates: Sequence[str], labels: Sequence[str], rare: float
) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the informative columns, and for each of the others the reason why it is left out."""
    reasons = {
        name: None if name in labels else _uninformative(table, name, rare) for name in candidates
    }
    kept = [name for name in candidates if reasons[name] is None]
    numbers = [name for name in kept if name not in labels and _is_nameless_row_number(table, name)]
    for name in numbers if len(numbers) < len(kept) else ():
        kept.remove(name)
        reasons[name] = sentence("it is only a row number; {}", _KEEP)
    return tuple(kept), {name: why for name, why in reasons.items() if why}


def _uninformative(table: Facts, name: str, rare: float) -> str | None:
    """Return why a column carries no information and how to keep it; None if it may carry information."""
    kind = table.kind(name)
    if kind == "empty":
        return "it has no values"
    if kind == "other":
        return f"it holds {NOUNS[kind]}; {ONE_VALUE} to use it"
    if kind == "mixed":
        return None
    if kind == "category":
        return _row_names(table, name, rare)
    if kind == "number" and table.rounding(name)[1]:
        return (
            "its whole numbers above 2**53 are identifiers: different ones are equal as float64; convert them to text "
            "to use them as labels"
        )
    low, high = table.ends(name)
    return None if low < high else _one_value(table.n_missing(name))


def _one_value(n_missing: int) -> str:
    """Return why a column with one value is left out, although its missing values may carry information."""
    if not n_missing:
        return _CONSTANT
    return (
        f"it has one value and {counted(n_missing, 'missing value')}; if it matters which values are missing, fill "
        "them with another value"
    )


def _row_names(table: Facts, name: str, rare: float) -> str | None:
    """Return why the text of a column only identifies rows; None if it may carry information."""
    counts = table.labels(name).values()
    if len(counts) == 1:
        return _one_value(table.n_missing(name))
    if _has_frequent_label(counts, table.n_rows, rare):
        return None
    n_rows = sum(counts)
    what = (
        f"its {n_rows} values are all different"
        if len(counts) == n_rows
        else f"none of its {len(counts)} values occurs in at least {100 * rare:.6g} % of the rows"
    )
    n_missing = table.n_missing(name)
    if n_missing and len(counts) == n_rows:
        what += (
            f", and {n_missing} are missing; if each holds for the rows below it too, as in merged cells, fill them "
            "down"
        )
    return sentence(
        "{}; name it in {} with {} to keep it", what, Setting("inputs"), Setting("rare", 0)
    )


def _has_frequent_label(counts: Collection[int], n_rows: int, rare: float) -> bool:
    """Whether a label is in at least 2 rows and in enough rows not to be rare."""
    return max(counts) >= max(2, fewest_rows(rare, n_rows))


def _is_nameless_row_number(table: Facts, name: str) -> bool:
    """Whether an unnamed column numbers the rows of this table, or of a table from which the rows were selected."""
    if NAMELESS.fullmatch(name) is None or table.kind(name) != "number" or table.n_rows < 2:
        return False
    counts_up = table.count_of_rows(name) in ((0, 1), (1, 1))
    return counts_up or table.are_numbers_of_chosen_rows(name)


def _require_usable(table: Facts, name: str, as_label: bool, rare: float) -> None:
    """Raise if a column cannot be used as an input."""
    kind = table.kind(name)
    if kind in ("empty", "other"):
        raise InvalidInput(
            f"input {in_quotes(name)} of {table.source} must hold numbers, dates or text, but holds {NOUNS[kind]}; "
            f"omit it{f', or {ONE_VALUE}' if kind == 'other' else ''}"
        )
    if (kind == "category" or as_label) and rare > 0:
        counts = table.labels(name).values()
        if not _has_frequent_label(counts, table.n_rows, rare):
            once = max(counts) == 1
            raise InvalidInput(
                "every value of input {!r} of {} {}; omit it, or keep each value as a separate category "
                "with {}",
                name, table.source,
                "occurs only once" if once else f"occurs in less than {100 * rare:.6g} % of the rows",
                Setting("rare", 0),
            )  # fmt: skip
