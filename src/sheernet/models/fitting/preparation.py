"""A table made ready to be trained on: columns chosen, encoders learned from the training rows, rows encoded.

table -> choose_roles -> rows that can be used -> targets -> rows that train -> Inputs -> Prepared
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.data.columns import (
    MISSING,
    Inputs,
    Roles,
    choose_roles,
    complete_rows,
    read_weights,
    require_columns,
)
from sheernet.data.columns.cells import Gap, date_like, missing_values
from sheernet.data.columns.column_types import ways_out
from sheernet.data.tables import Table, read_table
from sheernet.data.targets import ClassTarget, Targets, learn_targets
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput, SheernetWarning, unknown_name
from sheernet.models.fitting.splitting import Indices, require_share, split_rows

_SOME_LEFT_OUT = (
    "fill them, or fit with missing='impute' (--missing impute), which leaves out rows without target or weight, or "
    "with missing='drop' (--missing drop) and without all of these rows"
)
UNNAMED = "the table"  # what read_table calls one that is in memory


@dataclass(frozen=True, eq=False)
class Encoded:
    """Rows as the network takes them, beside what they really are.

    Parameters
    ----------
    source : str
        Name of the table.
    X, y : ndarray, (N, d_0) and (N, K)
        Encoded inputs and targets.
    truth : ndarray, (N, number of targets) or (N,)
        The targets in their own units, or the labels.
    weights : ndarray, (N,), or None
        Case weights.
    """

    source: str
    X: Array
    y: Array
    truth: npt.NDArray[Any]
    weights: Array | None

    def __len__(self) -> int:
        return len(self.X)

    def take(self, rows: Indices) -> Encoded:
        """Some of the rows."""
        weights = None if self.weights is None else self.weights[rows]
        return Encoded(self.source, self.X[rows], self.y[rows], self.truth[rows], weights)


@dataclass(frozen=True, eq=False)
class Prepared:
    """A table ready to be trained on: what its columns are for, how they are encoded, which rows train.

    Parameters
    ----------
    inputs, targets : Inputs, Targets
        Learned from the training rows.
    training : Encoded
        The rows that train.
    judged : Encoded or None
        The rows that are only judged: held out, or those of a test table.
    validation : Encoded or None
        The rows whose cost is watched.
    notices : tuple of str
        What was decided about the table, a sentence each.
    reading : str
        How the table's file was read.
    settings : mapping
        The arguments of `prepare`.
    """

    inputs: Inputs
    targets: Targets
    training: Encoded
    judged: Encoded | None = None
    validation: Encoded | None = None
    notices: tuple[str, ...] = ()
    reading: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


def prepare(
    table: Any,
    target: str | Sequence[str],
    *,
    inputs: Sequence[str] | None = None,
    drop: Sequence[str] = (),
    weights: str | None = None,
    task: str = "auto",
    scaling: str = "standardize",
    categories: Sequence[str] = (),
    rare: float = 0.01,
    unseen: str = "refuse",
    missing: str = "refuse",
    held_out: float = 0.25,
    validation: Any = None,
    test: Any = None,
    seed: int | None = 0,
) -> Prepared:
    """Choose the columns of a table, learn how they are encoded, and split its rows; parameters are those of `fit`.

    Returns
    -------
    Prepared

    Raises
    ------
    InvalidInput, ShapeMismatch, MissingDependency
        When the table or an argument is not allowed.
    """
    if missing not in MISSING:
        raise unknown_name("missing", missing, MISSING)
    require_share(held_out)
    coded = _listed("categories", categories)
    data, roles, notices = _usable(
        read_table(table), missing, _listed("target", target),
        inputs=None if inputs is None else _listed("inputs", inputs), drop=_listed("drop", drop),
        weights=_column("weights", weights), categories=coded, rare=rare,
    )  # fmt: skip
    case_weights = None if roles.weights is None else read_weights(data, roles.weights)
    targets, rows, kept, said = _targets_and_rows(
        data, roles, case_weights, 0.0 if test is not None else held_out, seed, task=task, scaling=scaling
    )  # fmt: skip
    learned = Inputs.learn(
        data, roles.inputs, rows, weights=None if case_weights is None else case_weights[rows], scaling=scaling,
        categories=coded, rare=rare, unseen=unseen, missing=missing,
    )  # fmt: skip
    encoded = _encoded(data, learned, targets, case_weights)
    notices += [*said, *_date_like(data, roles.inputs, coded), *learned.notices(data)]
    watched, judged = (
        None if other is None else encode_rows(other, noun, learned, targets, roles.weights, notices)
        for other, noun in ((validation, "the validation table"), (test, "the test table"))
    )  # fmt: skip
    for sentence in notices:
        warnings.warn(sentence, SheernetWarning, stacklevel=3)
    return Prepared(
        inputs=learned,
        targets=targets,
        training=encoded.take(rows) if len(kept) else encoded,
        judged=encoded.take(kept) if len(kept) else judged,
        validation=watched,
        notices=tuple(notices),
        reading=data.reading,
        settings={
            "inputs": None if inputs is None else list(roles.inputs), "drop": _listed("drop", drop),
            "weights": roles.weights, "task": task, "scaling": scaling, "categories": coded, "rare": rare,
            "unseen": unseen, "missing": missing,
            "held_out": held_out if test is None else None,
            "validation": None if watched is None else watched.source,
            "test": None if judged is None else judged.source,
            **({} if watched is None else {"validation_rows": len(watched)}),
        },
    )  # fmt: skip


def _usable(
    table: Table,
    missing: str,
    targets: list[str],
    *,
    inputs: list[str] | None,
    drop: list[str],
    **choice: Any,
) -> tuple[Table, Roles, list[str]]:
    """The rows and columns that can be used, and a sentence about each thing that cannot."""
    table.require(targets)
    _require_rows(table)  # in a single row every column is constant: that is not what to tell
    roles = choose_roles(table, targets, inputs=inputs, drop=drop, **choice)
    if missing == "refuse":
        _refuse_missing(table, roles)
    rows, lost = _usable_rows(table, roles, missing)
    _require_rows(rows)
    if not lost or inputs is not None:
        return rows, roles, [*roles.left_out, *lost]
    # What had two values may have one in the rows that are left.
    used = {*roles.inputs, *roles.targets, roles.weights}
    gone = [name for name in table.columns if name not in used]
    again = choose_roles(rows, targets, drop=gone, **choice)
    return rows, again, [*roles.left_out, *lost, *again.left_out]


def _date_like(table: Table, inputs: Sequence[str], coded: Sequence[str]) -> list[str]:
    """A sentence for each text column whose values seem to be dates that are not written as ISO 8601 has it."""
    return [
        f"{name!r} seems to hold dates ({date}) but is taken as text; write dates as 2026-11-25 to have them taken as "
        "days, or drop the column"
        for name in inputs
        if name not in coded and table.kind(name) == "category"
        for date in [date_like(table, name)]
        if date
    ]


def _targets_and_rows(
    table: Table,
    roles: Roles,
    weights: Array | None,
    held_out: float,
    seed: int | None,
    **choice: Any,
) -> tuple[Targets, Indices, Indices, tuple[str, ...]]:
    """What the targets are, which rows train and which are kept from it, and notices.

    Classes come first, because of each the same share is held out; scaling comes last, from the rows that train.
    """
    everything = np.arange(len(table), dtype=np.intp)
    targets, said = learn_targets(table, roles.targets, everything, weights=weights, **choice)
    if isinstance(targets, ClassTarget):
        rows, kept = split_rows(len(table), held_out, seed, targets.strata(targets.truth(table)))
        return targets, rows, kept, said
    rows, kept = split_rows(len(table), held_out, seed)
    if len(rows) < 2 <= len(table):
        raise InvalidInput(
            f"held_out={held_out:g} of the {len(table)} rows of {table.source} leaves {len(rows)} row to train on, but "
            "at least 2 are needed; lower held_out"
        )
    if len(kept):
        of_rows = None if weights is None else weights[rows]
        targets, _ = learn_targets(table, roles.targets, rows, weights=of_rows, **choice)
    return targets, rows, kept, said


def _listed(role: str, names: str | Sequence[str]) -> list[str]:
    """The columns of a role: one name, or several."""
    if isinstance(names, str):
        return [names]
    if not isinstance(names, Sequence) or not all(isinstance(name, str) for name in names):
        raise InvalidInput(
            f"{role} must be the name of a column or a list of names, but {names!r:.60} was given"
        )
    return list(names)


def _column(role: str, name: str | None) -> str | None:
    if name is not None and not isinstance(name, str):
        raise InvalidInput(f"{role} must be the name of a column, but {name!r:.60} was given")
    return name


def _require_rows(table: Table) -> None:
    if len(table) == 1:
        raise InvalidInput(
            f"{table.source} has a single row to learn from, but at least 2 rows are needed; give more"
        )


def _refuse_missing(table: Table, roles: Roles) -> None:
    """Refuse missing values of all columns that are used at once: whoever mends a table mends it once.

    What is missing in a row of weight 0 is missed by nobody.
    """
    used = [*roles.targets, *roles.inputs]
    counts = np.ones(len(table), dtype=np.bool_)
    if roles.weights is not None:
        used.append(roles.weights)
        counts = ~(table.column(roles.weights) == 0).fillna(False).to_numpy(dtype=np.bool_)
    gaps = [Gap.among(name, table.column(name).isna().to_numpy() & counts) for name in used]
    found = [gap for gap in gaps if gap is not None]
    if found:
        filled = {gap.name for gap in found} <= set(roles.inputs)
        raise missing_values(table.source, found, ways_out("refuse") if filled else _SOME_LEFT_OUT)


def _usable_rows(table: Table, roles: Roles, missing: str) -> tuple[Table, list[str]]:
    """The rows that can be used, and sentences about those that cannot: without a value, or of weight 0."""
    rows, lost = _without_missing(table, roles, missing)
    if roles.weights is None:
        return rows, list(lost)
    weighted = np.flatnonzero(read_weights(rows, roles.weights))
    n_zero = len(rows) - len(weighted)
    if not n_zero:
        return rows, list(lost)
    counted = f"{n_zero} of {len(table)} rows of {table.source} {'is' if n_zero == 1 else 'are'}"
    return rows.take(weighted), [*lost, f"{counted} left out: their weight {roles.weights!r} is 0"]


def _without_missing(table: Table, roles: Roles, missing: str) -> tuple[Table, tuple[str, ...]]:
    """The rows that can be used under a policy for missing values, and a sentence about those that cannot."""
    if missing == "refuse":
        return table, ()
    needed = [*roles.targets, *([] if roles.weights is None else [roles.weights])]
    where = "the target" if len(needed) == 1 else " or ".join(map(repr, needed))
    if missing == "drop":
        needed, where = [*needed, *roles.inputs], "a used column"
    rows = complete_rows(table, needed)
    if len(rows) == len(table):
        return table, ()
    if not len(rows):
        raise InvalidInput(
            f"every row of {table.source} lacks the value of {where}; drop the columns with the most missing values, "
            "or name another target"
        )
    lost = len(table) - len(rows)
    counted = f"{lost} of {len(table)} rows of {table.source} {'is' if lost == 1 else 'are'}"
    return table.take(rows), (
        f"{counted} left out: {where} has no value there{_emptiest(table, needed)}",
    )


def _emptiest(table: Table, names: list[str]) -> str:
    """Of several columns, the one that most rows are lost by: it may be the one to drop."""
    gaps = {name: int(table.column(name).isna().sum()) for name in names}
    worst = max(gaps, key=gaps.__getitem__)
    return f" (most often {worst!r}: {gaps[worst]})" if sum(map(bool, gaps.values())) > 1 else ""


def _encoded(table: Table, inputs: Inputs, targets: Targets, weights: Array | None) -> Encoded:
    truth = targets.truth(table)
    return Encoded(table.source, inputs.encode(table), targets.encode(truth), truth, weights)


def encode_rows(
    source: Any,
    noun: str,
    inputs: Inputs,
    targets: Targets,
    weights: str | None,
    notices: list[str],
) -> Encoded:
    """The rows of another table, encoded as those of the first were.

    Parameters
    ----------
    source : path, DataFrame, mapping of columns, or Table
        The table.
    noun : str
        Its name in messages, where it has none.
    inputs, targets : Inputs, Targets
        As learned.
    weights : str or None
        The column of case weights; where the table does not have it all rows count the same.
    notices : list of str
        Sentences about rows that are left out and values that are filled are added.

    Raises
    ------
    InvalidInput
        When a column is missing, or the table holds what the model cannot take.
    """
    table = read_table(source)
    if table.source == UNNAMED:
        table = replace(table, source=noun)
    require_columns(table, [*inputs.names, *targets.names])
    roles = Roles(inputs.names, targets.names, weights if weights in table.columns else None)
    if inputs.missing == "refuse":
        _refuse_missing(table, roles)
    table, lost = _usable_rows(table, roles, inputs.missing)
    notices += [*lost, *(f"{sentence}, in {table.source}" for sentence in inputs.filled(table))]
    case_weights = None if roles.weights is None else read_weights(table, roles.weights)
    return _encoded(table, inputs, targets, case_weights)
