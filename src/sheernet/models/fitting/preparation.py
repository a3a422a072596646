"""`prepare`: choose the columns of a table, learn the encoders from the training rows, and encode all rows.

table -> usable rows and columns -> targets -> training rows -> Inputs -> Prepared
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from numbers import Integral, Real
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.data.columns import Inputs, Roles, matched_columns, read_weights
from sheernet.data.columns.column_facts import TableFacts
from sheernet.data.columns.positional_names import require_positions
from sheernet.data.columns.unit_signs import require_units
from sheernet.data.columns.value_notices import one_value_notices, value_notices
from sheernet.data.formats.number_formats import TEXT
from sheernet.data.formats.text_conversion import format_notes
from sheernet.data.sources import read_table
from sheernet.data.sources.array_tables import has_names, is_array_like, pair_table
from sheernet.data.tables import Table
from sheernet.data.tables.reading import Reading
from sheernet.data.targets import (
    ClassTarget,
    Targets,
    learn_targets,
    notices_of_counts,
    target_copies,
)
from sheernet.foundation.arrays import Array, Indices
from sheernet.foundation.caller_warnings import warn
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted
from sheernet.foundation.row_labels import require_paired
from sheernet.foundation.sentences import Setting, sentence
from sheernet.models.fitting.copied_rows import copied_notices
from sheernet.models.fitting.fold_cases import parts_of
from sheernet.models.fitting.row_groups import group_table, groups_of_rows, numbered
from sheernet.models.fitting.split_effects import (
    count_notices,
    index_notices,
    later_times_notices,
    one_value_in_training,
    outside_training,
)
from sheernet.models.fitting.splitting import split_rows
from sheernet.models.fitting.target_values import table_and_targets, with_weights
from sheernet.models.fitting.time_left import TableClock
from sheernet.models.fitting.usable_data import refuse_missing, usable_part, usable_rows
from sheernet.models.output_layer import (
    limit_notices,
    require_output,
    scaling_of_targets,
    with_output,
)
from sheernet.models.row_roles import RowRoles, checksum
from sheernet.models.verdict import NOTABLE
from sheernet.settings.table_settings import DEFAULT_HELD_OUT, TableSettings

UNNAMED = "the table"  # the name that read_table gives to a table in memory


@dataclass(frozen=True, eq=False)
class Encoded:
    """Rows of a table, encoded for a network.

    Parameters
    ----------
    source : str
        Name of the table.
    X, y : ndarray, (N, d_0) and (N, K)
        Encoded inputs and targets.
    truth : ndarray, (N, number of targets) or (N,)
        The targets in their own units, or their labels.
    weights : ndarray, (N,), or None
        Case weights.
    groups : ndarray of int, (N,), optional
        The group of each row, numbered 0, 1, ... in order of appearance, if there are groups.
    outside : mapping
        Of rows of another table, what `_outside_of` returns.
    """

    source: str
    X: Array
    y: Array
    truth: npt.NDArray[Any]
    weights: Array | None
    groups: Indices | None = None
    outside: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.X)

    @property
    def case_weights(self) -> Array:
        """The weights, or ones, (N,)."""
        return np.ones(len(self)) if self.weights is None else self.weights

    def take(self, rows: Indices) -> Encoded:
        """Return some of the rows."""
        weights = None if self.weights is None else self.weights[rows]
        groups = None if self.groups is None else numbered(self.groups[rows])
        return Encoded(self.source, self.X[rows], self.y[rows], self.truth[rows], weights, groups)


@dataclass(frozen=True, eq=False)
class Prepared:
    """A table prepared for training: its encoders and its encoded rows.

    Parameters
    ----------
    inputs, targets : Inputs, Targets
        Encoders of the columns, learned from the training rows.
    training : Encoded
        The training rows.
    evaluation : Encoded or None
        The rows that the model is evaluated on: held-out rows, or those of a test table.
    validation : Encoded or None
        The rows whose cost is recorded at each iteration.
    notices : tuple of str
        Decisions about the table, one sentence each.
    reading, read_as : str, Reading
        How the table's file was read, in words and as data.
    settings : mapping
        The settings of the table, as a model keeps them.
    rows : RowRoles, optional
        The roles of the rows of the table.
    """

    inputs: Inputs
    targets: Targets
    training: Encoded
    evaluation: Encoded | None = None
    validation: Encoded | None = None
    notices: tuple[str, ...] = ()
    reading: str = ""
    read_as: Reading = field(default_factory=Reading)
    settings: Mapping[str, Any] = field(default_factory=dict)
    rows: RowRoles | None = None

    @property
    def groups(self) -> Indices | None:
        """The group of each training row, if there are groups."""
        return self.training.groups

    def noticed(self, notices: Iterable[str]) -> Prepared:
        """Add notices, and issue them as warnings."""
        found = tuple(notices)
        for notice in found:
            warn(notice)
        return replace(self, notices=(*self.notices, *found))


@dataclass(frozen=True, eq=False)
class _Learned:
    """The usable part of a table, with the encoders that were learned from its training rows."""

    data: Table
    roles: Roles
    targets: Targets
    inputs: Inputs
    encoded: Encoded  # all usable rows
    rows: Indices  # indices of the training rows
    held_out_rows: Indices
    notices: list[str]

    @cached_property
    def held_out(self) -> Table | None:
        """The held-out rows, if there are any."""
        return self.data.take(self.held_out_rows) if len(self.held_out_rows) else None

    @property
    def used(self) -> list[str]:
        """The columns that a model needs, including columns with one value in the training rows."""
        weights = [] if self.roles.weights is None else [self.roles.weights]
        return [*self.roles.inputs, *self.targets.names, *weights]


def prepare(
    table: Any,
    target: Any,
    settings: TableSettings | None = None,
    seed: int | None = 0,
    clock: TableClock | None = None,
    folds: bool = True,
) -> Prepared:
    """Choose the columns of a table, learn how they are encoded, and split its rows.

    Parameters
    ----------
    table, target
        As in `sheernet.fit`.
    settings : TableSettings, optional
        Roles of columns and rows.
    seed : int or None
        Seed of the choice of held-out rows.
    clock : TableClock, optional
        The time limit.
    folds : bool
        Whether the training rows will be divided among folds.

    Returns
    -------
    Prepared

    Raises
    ------
    InvalidInput, ShapeMismatch, MissingDependency
        If the table or a setting is invalid, or the time limit ends before the rows are prepared.

    Warns
    -----
    SheernetWarning
        For each of the notices, except those of a `Table`, which were issued when it was read.
    """
    settings, clock = settings or TableSettings(), clock or TableClock()
    if isinstance(settings.validation, Real) and not isinstance(settings.validation, Integral):
        raise InvalidInput(
            "{} is a fraction, which is allowed only for data in shards; give a table of validation rows",
            Setting("validation", settings.validation),
        )
    require_output(settings.output_activation)
    whole, target_columns, others = table_and_targets(table, target)
    of_reading = whole.notices
    require_paired(table, settings.weights, ("X", "weights"))
    require_paired(table, settings.groups, ("X", "groups"))
    whole, weights = with_weights(whole, settings.weights)
    settings = replace(settings, weights=weights)
    clock.require_time("reading the table")
    columns = [name for name in others if name != settings.weights]
    if settings.inputs is None and not has_names(table):
        # The columns of an array are known by their positions, so none is left out because of its values.
        settings = replace(settings, inputs=[name for name in columns if name not in settings.drop])
    of_groups = group_table(whole, target_columns, settings, has_names(table))
    data, kept, roles, of_columns = usable_part(
        whole, target_columns, _without(settings, whole, of_groups)
    )
    groups = None if of_groups is None else groups_of_rows(of_groups, kept)
    clock.require_time("choosing the columns of the table")
    learned = _learned(data, roles, seed, settings, groups)
    clock.require_time("learning how its columns are encoded")
    read_as = _with_values(whole.read_as.only(learned.used), data, learned.used)
    are_judged = settings.test is None and (folds or learned.held_out is not None)
    notices = [*of_columns, *learned.notices, *_notices(learned, settings, read_as, are_judged)]
    notices += index_notices(table, are_judged)
    clock.require_time("looking for unusual values in the table")
    validation, test = _other_tables(learned, settings, columns, read_as, notices)
    training, evaluation = _in_parts(learned, test)
    notices += copied_notices(training, test, "test")
    notices += copied_notices(training, validation, "validation")
    for notice in notices:
        warn(notice)
    left_out = np.setdiff1d(np.arange(len(whole), dtype=np.intp), kept, assume_unique=True)
    roles_of_rows = RowRoles(
        len(whole), kept[learned.held_out_rows], left_out, checksum(learned.inputs, data)
    )
    return Prepared(
        learned.inputs, learned.targets, training, evaluation, validation, (*of_reading, *notices), data.reading,
        read_as,
        _recorded(settings, roles, validation, test) | _training_weight(learned) | _of_groups(of_groups, groups)
        | dict(_outside(learned, test)), roles_of_rows,
    )  # fmt: skip


def _without(settings: TableSettings, table: Table, groups: Table | None) -> TableSettings:
    """Return settings in which the column of groups is not an input."""
    names = () if groups is None else groups.columns
    left_out = [name for name in names if name in table.columns and name not in settings.drop]
    return replace(settings, drop=(*settings.drop, *left_out))


def _of_groups(table: Table | None, groups: Indices | None) -> dict[str, Any]:
    """Return the name and the number of the groups of the usable rows, for the settings of the model."""
    if table is None or groups is None:
        return {}
    return {"groups": table.columns[0], "n_groups": int(groups.max()) + 1}


def _learned(
    data: Table, roles: Roles, seed: int | None, settings: TableSettings, groups: Indices | None
) -> _Learned:
    """Split the usable rows, and learn from the training rows how the columns are encoded."""
    weights = None if roles.weights is None else read_weights(data, roles.weights)
    targets, rows, held_out_rows, of_targets = _targets_and_rows(
        data, roles, weights, seed, settings, groups
    )
    targets = with_output(targets, settings.output_activation)
    names, of_split = _inputs_in(data, roles, rows, settings)
    inputs = Inputs.learn(
        data, names, rows, weights=None if weights is None else weights[rows], scaling=settings.scaling,
        categories=settings.categories, rare=settings.rare, unseen=settings.unseen, missing=settings.missing,
        cycles=settings.cycles,
    )  # fmt: skip
    encoded = replace(_encoded(data, inputs, targets, weights), groups=groups)
    notices = [
        *of_targets,
        *count_notices(
            settings.weights, weights, targets, len(held_out_rows),
            are_divided=groups is None and parts_of(encoded.take(rows), targets) is not None,
        ),
        *limit_notices(targets, settings.scaling),
        *of_split,
    ]  # fmt: skip
    return _Learned(data, roles, targets, inputs, encoded, rows, held_out_rows, notices)


def _training_weight(learned: _Learned) -> dict[str, float]:
    """Return the sum of the case weights of the training rows, if there are any, for the settings of the model."""
    weights = learned.encoded.weights
    return {} if weights is None else {"training_weight": float(weights[learned.rows].sum())}


def _notices(
    learned: _Learned, settings: TableSettings, read_as: Reading, are_judged: bool
) -> Iterator[str]:
    """Yield notices about the values of the used columns.

    `are_judged`: whether rows among the training rows are held out, in folds or at once.
    """
    data, inputs = learned.data, learned.inputs
    names = (*inputs.names, *learned.roles.targets)
    yield from format_notes(read_as.formats)
    yield from value_notices(TableFacts(data), names)
    yield from inputs.notices(data)
    yield from target_copies(data, inputs.names, learned.targets)
    if are_judged:
        yield from later_times_notices(inputs, data)


def _other_tables(
    learned: _Learned, settings: TableSettings, columns: Sequence[str], read_as: Reading, notices: list[str]
) -> tuple[Encoded | None, Encoded | None]:  # fmt: skip
    """Return the rows of the validation table and of the test table, if given; notices about them are appended."""
    nouns = {"the validation table": settings.validation, "the test table": settings.test}
    validation, test = (
        None if other is None
        else encode_rows(
            other, noun, learned.inputs, learned.targets, learned.roles.weights, notices, columns, like=read_as
        )
        for noun, other in nouns.items()
    )  # fmt: skip
    return validation, test


def _in_parts(learned: _Learned, test: Encoded | None) -> tuple[Encoded, Encoded | None]:
    """Return the training rows, and the rows to evaluate on: held-out rows or the rows of the test table."""
    encoded = learned.encoded
    if not len(learned.held_out_rows):
        return encoded, test
    return encoded.take(learned.rows), encoded.take(learned.held_out_rows)


def _inputs_in(
    table: Table, roles: Roles, rows: Indices, settings: TableSettings
) -> tuple[tuple[str, ...], list[str]]:
    """Return the inputs and a notice: columns of one value in the training rows are omitted unless they are named."""
    if len(rows) == len(table):
        return roles.inputs, []
    alike = one_value_in_training(table, roles.inputs, rows, settings.categories)
    leave_out = settings.inputs is None and len(alike) < len(roles.inputs)
    inputs = tuple(name for name in roles.inputs if not (leave_out and name in alike))
    return inputs, list(one_value_notices(TableFacts(table), alike, leave_out))


def _outside(learned: _Learned, test: Encoded | None) -> Mapping[str, Any]:
    """Return, of the evaluated rows, what `_outside_of` returns."""
    if learned.held_out is not None:
        return _outside_of(learned.inputs, learned.held_out)
    return {} if test is None else test.outside


def _outside_of(inputs: Inputs, table: Table) -> dict[str, Any]:
    """Return the number of rows with an input notably outside of the training rows' range, and these inputs, if any.

    The names are those of settings of the model.
    """
    found = outside_training(inputs, table, NOTABLE)
    if not found:
        return {}
    n = int(np.logical_or.reduce(list(found.values())).sum())
    return {"evaluation_rows_outside": n, "evaluation_columns_outside": list(found)}


def _recorded(
    settings: TableSettings, roles: Roles, validation: Encoded | None, test: Encoded | None
) -> dict[str, Any]:
    """Return the settings as a model keeps them, with tables replaced by their names."""
    recorded: dict[str, Any] = {
        **vars(settings),
        "inputs": None if settings.inputs is None else list(roles.inputs),
        "held_out": settings.held_out if test is None else None,
        "validation": None if validation is None else validation.source,
        "test": None if test is None else test.source,
    }
    if validation is not None:
        recorded["validation_rows"] = len(validation)
    if isinstance(settings.test, Table) and (own := settings.test.read_as.given):
        recorded["test_read_as"] = own
    return recorded


def _with_values(reading: Reading, table: Table, names: Sequence[str]) -> Reading:
    """Add that labels that were not read from text are not numbers in other files."""
    labels = {name: TEXT for name in names if table.kind(name) in ("category", "mixed")}
    return replace(reading, formats={**labels, **reading.formats})


def _targets_and_rows(
    table: Table, roles: Roles, weights: Array | None, seed: int | None, settings: TableSettings,
    groups: Indices | None,
) -> tuple[Targets, Indices, Indices, tuple[str, ...]]:  # fmt: skip
    """Return the targets, the training rows, the held-out rows, and notices.

    Classes come first, because about the same fraction of each is held out; scaling comes last, from the training rows.
    """
    wanted = DEFAULT_HELD_OUT if settings.held_out is None else settings.held_out
    held_out = 0.0 if settings.test is not None else wanted
    scaling = scaling_of_targets(settings.scaling, settings.output_activation)
    choice: dict[str, Any] = {"task": settings.task, "scaling": scaling}
    everything = np.arange(len(table), dtype=np.intp)
    targets, notices = learn_targets(table, roles.targets, everything, weights=weights, **choice)
    if isinstance(targets, ClassTarget):
        strata = targets.class_indices(targets.truth(table))
        return targets, *split_rows(len(table), held_out, seed, strata, groups), notices
    rows, held_out_rows = split_rows(len(table), held_out, seed, groups=groups)
    if len(rows) < 2 <= len(table):
        raise InvalidInput(
            "{} of the {} rows of {} leaves {} to train on, but at least 2 are needed; lower {}",
            Setting("held_out", held_out), len(table), table.source, counted(len(rows), "row"),
            Setting("held_out"),
        )  # fmt: skip
    if settings.output_activation is None and settings.task == "auto":
        notices = (*notices, *notices_of_counts(targets, targets.truth(table)))
    if len(held_out_rows):
        row_weights = None if weights is None else weights[rows]
        targets, _ = learn_targets(table, roles.targets, rows, weights=row_weights, **choice)
    return targets, rows, held_out_rows, notices


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
    columns: Sequence[str] = (),
    advice: str | None = None,
    like: Reading | None = None,
) -> Encoded:
    """Encode the rows of a validation, test or other table with given encoders.

    Parameters
    ----------
    source : path, DataFrame, mapping of columns, Table, or tuple (X, y)
        The table, or its rows as in `sheernet.fit`.
    noun : str
        Name of the table in messages, if it has none.
    inputs, targets : Inputs, Targets
        The encoders.
    weights : str or None
        The column of case weights; if the table does not have it, all rows have equal weights.
    notices : list of str
        Notices about rows that are left out and values that are filled are appended.
    columns : sequence of str
        Names of the columns of X if it is an array; by default those of the inputs.
    advice : str, optional
        Advice for missing values, for the end of a message; by default that of `sheernet.fit`.
    like : Reading, optional
        How the file of the model was read.

    Raises
    ------
    InvalidInput, ShapeMismatch
        If a column is missing, or the table contains values that the model cannot encode.
    """
    if isinstance(source, tuple):
        table = pair_table(source, columns or inputs.names, targets.names, noun)
    elif is_array_like(source):
        raise InvalidInput(
            f"{noun} has no targets, because an array was given; give a tuple (X, y)"
        )
    else:
        table = read_table(source, like=like)
    if table.source == UNNAMED:
        table = replace(table, source=noun)
    table = matched_columns(table, [*inputs.names, *targets.names])
    require_positions(table, [*inputs.names, *targets.names], like)
    require_units(table, [*inputs.names, *targets.names], like)
    roles = Roles(inputs.names, targets.names, weights if weights in table.columns else None)
    if inputs.missing == "refuse":
        refuse_missing(table, roles, advice=advice)
    table, _, lost = usable_rows(table, roles, inputs.missing)
    notices += [
        *lost,
        *(sentence("{}, in {}", text, table.source) for text in inputs.new_fill_notice(table)),
    ]
    case_weights = None if roles.weights is None else read_weights(table, roles.weights)
    encoded = _encoded(table, inputs, targets, case_weights)
    notices += [sentence("{}, in {}", text, table.source) for text in inputs.unseen(table)]
    return replace(encoded, outside=_outside_of(inputs, table))
