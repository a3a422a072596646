"""A table made ready to be trained on: columns chosen, encoders learned from the training rows, rows encoded.

table -> choose_roles -> rows that can be used -> targets -> rows that train -> Inputs -> Prepared
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.data.columns import (
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
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import Setting, sentence
from sheernet.foundation.words import counted
from sheernet.models.fitting.splitting import Indices, split_rows, why_none_held_out
from sheernet.settings.table_settings import TableSettings, names_of

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
        The settings of the table, as a model keeps them.
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
    settings: TableSettings | None = None,
    seed: int | None = 0,
) -> Prepared:
    """Choose the columns of a table, learn how they are encoded, and split its rows.

    Parameters
    ----------
    table, target
        As in `sheernet.fit`.
    settings : TableSettings, optional
        What columns and rows are for.
    seed : int or None
        Seed of the choice of held-out rows.

    Returns
    -------
    Prepared

    Raises
    ------
    InvalidInput, ShapeMismatch, MissingDependency
        If the table or a setting is not allowed.

    Warns
    -----
    SheernetWarning
        For each notice.
    """
    settings = settings or TableSettings()
    data, roles, notices = _usable(read_table(table), list(names_of("target", target)), settings)
    case_weights = None if roles.weights is None else read_weights(data, roles.weights)
    targets, rows, kept, said = _targets_and_rows(data, roles, case_weights, seed, settings)
    learned = Inputs.learn(
        data, roles.inputs, rows, weights=None if case_weights is None else case_weights[rows],
        scaling=settings.scaling, categories=settings.categories, rare=settings.rare, unseen=settings.unseen,
        missing=settings.missing,
    )  # fmt: skip
    encoded = _encoded(data, learned, targets, case_weights)
    notices += [*said, *_date_like(data, roles.inputs, settings.categories), *learned.notices(data)]
    validation, test = (
        None if other is None else encode_rows(other, noun, learned, targets, roles.weights, notices)
        for other, noun in (
            (settings.validation, "the validation table"), (settings.test, "the test table"),
        )
    )  # fmt: skip
    for notice in notices:
        warn(notice)
    return Prepared(
        inputs=learned,
        targets=targets,
        training=encoded.take(rows) if len(kept) else encoded,
        judged=encoded.take(kept) if len(kept) else test,
        validation=validation,
        notices=tuple(notices),
        reading=data.reading,
        settings=_recorded(settings, roles, validation, test, len(rows) if not len(kept) else None),
    )


def _recorded(
    settings: TableSettings,
    roles: Roles,
    validation: Encoded | None,
    test: Encoded | None,
    rows_without_held_out: int | None,
) -> dict[str, Any]:
    """The settings as a model keeps them: tables by their names, and why no rows were held out if they were to be."""
    recorded: dict[str, Any] = {
        **vars(settings),
        "inputs": None if settings.inputs is None else list(roles.inputs),
        "held_out": settings.held_out if test is None else None,
        "validation": None if validation is None else validation.source,
        "test": None if test is None else test.source,
    }
    if validation is not None:
        recorded["validation_rows"] = len(validation)
    if test is None and settings.held_out > 0 and rows_without_held_out is not None:
        recorded["why_none_held_out"] = why_none_held_out(settings.held_out, rows_without_held_out)
    return recorded


def _usable(
    table: Table, targets: list[str], settings: TableSettings
) -> tuple[Table, Roles, list[str]]:
    """The rows and columns that can be used, and a notice about each one that cannot."""
    table.require(targets)
    _require_rows(table)  # in a single row every column is constant: that is not what to say
    choice: dict[str, Any] = {
        "weights": settings.weights, "categories": settings.categories, "rare": settings.rare,
    }  # fmt: skip
    inputs = None if settings.inputs is None else list(settings.inputs)
    roles = choose_roles(table, targets, inputs=inputs, drop=list(settings.drop), **choice)
    if settings.missing == "refuse":
        _refuse_missing(table, roles)
    rows, lost = _usable_rows(table, roles, settings.missing)
    _require_rows(rows)
    if not lost or inputs is not None:
        return rows, roles, [*roles.left_out, *lost]
    # A column with two values may have only one in the rows that are left.
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
    table: Table, roles: Roles, weights: Array | None, seed: int | None, settings: TableSettings
) -> tuple[Targets, Indices, Indices, tuple[str, ...]]:
    """The targets, the training rows, the held-out rows, and notices.

    Classes come first, because about the same fraction of each is held out; scaling comes last, from the training rows.
    """
    held_out = 0.0 if settings.test is not None else settings.held_out
    choice: dict[str, Any] = {"task": settings.task, "scaling": settings.scaling}
    everything = np.arange(len(table), dtype=np.intp)
    targets, said = learn_targets(table, roles.targets, everything, weights=weights, **choice)
    if isinstance(targets, ClassTarget):
        rows, kept = split_rows(len(table), held_out, seed, targets.strata(targets.truth(table)))
        return targets, rows, kept, said
    rows, kept = split_rows(len(table), held_out, seed)
    if len(rows) < 2 <= len(table):
        raise InvalidInput(
            sentence(
                "{} of the {} rows of {} leaves {} to train on, but at least 2 are needed; lower {}",
                Setting("held_out", held_out), len(table), table.source, counted(len(rows), "row"),
                Setting("held_out"),
            )
        )  # fmt: skip
    if len(kept):
        of_rows = None if weights is None else weights[rows]
        targets, _ = learn_targets(table, roles.targets, rows, weights=of_rows, **choice)
    return targets, rows, kept, said


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
