"""The second pass over a data set: sums, ends and counts over the training rows, from which the columns are learned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from sheernet.data.columns.cells import as_labels, as_numbers, distinct
from sheernet.data.columns.cycles import offsets_from_utc, phase_ends
from sheernet.data.preprocessing.column_moments import Moments
from sheernet.data.shards.order_statistics import Counts, Wanted, count_bins
from sheernet.data.shards.recipes import Shard
from sheernet.data.shards.usable_rows import (
    EVALUATION,
    TRAINING,
    VALIDATION,
    HeldOut,
    Usable,
    weights_of,
)
from sheernet.data.tables.table import Table
from sheernet.foundation.arrays import Array, Indices

Tally = Mapping[Any, tuple[int, float]]
"""The number of rows and the sum of the case weights of each value; of None for missing values."""
Phases = Mapping[float, tuple[Array, Array]]
"""Results of `phase_ends` for each offset of local time from UTC in hours."""


@dataclass(frozen=True)
class TrainingPlan:
    """What is summed over the training rows.

    Parameters
    ----------
    numbers : tuple of (name, kind)
        Columns of numbers, Booleans, dates and times: first the inputs, then the targets.
    labels : tuple of str
        Inputs that are labels.
    classes : tuple of (name, kind)
        The target of classes, if there is one.
    weights : str or None
        The column of case weights.
    unit : float
        The largest of them, by which they are divided so that no sum overflows.
    usable, held_out : Usable, HeldOut
        The rows.
    """

    numbers: tuple[tuple[str, str], ...]
    labels: tuple[str, ...] = ()
    classes: tuple[tuple[str, str], ...] = ()
    weights: str | None = None
    unit: float = 1.0
    usable: Usable = field(default_factory=Usable)
    held_out: HeldOut = field(default_factory=HeldOut)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all columns that are read."""
        others = [name for name, _ in (*self.numbers, *self.classes)]
        weights = [] if self.weights is None else [self.weights]
        return tuple(dict.fromkeys([*others, *self.labels, *weights, *self.usable.needed]))

    def training_rows(self, shard: Shard) -> tuple[Table, dict[str, int]]:
        """Read the training rows of a shard; return also the number of its rows of each part."""
        table = shard.read(self.columns)
        parts = self.held_out.parts(shard, self.usable.among(table))
        return table.take(parts[TRAINING]), {part: len(rows) for part, rows in parts.items()}

    def matrix(self, table: Table) -> Array:
        """Return the columns of numbers, (N, number of columns); nan is missing."""
        X = np.empty((len(table), len(self.numbers)), order="F")
        for j, (name, kind) in enumerate(self.numbers):
            X[:, j] = as_numbers(table, name, kind)
        return X


@dataclass(frozen=True, eq=False)
class TrainingSums:
    """Sums over training rows.

    Parameters
    ----------
    n_training, n_evaluation, n_validation : int
        The number of training rows, of held-out rows and of validation rows.
    weight : float
        Sum of the case weights of the training rows, in units of the plan; their number without case weights.
    moments : Moments
        Moments of the numeric columns.
    missing : ndarray, (2, number of columns)
        Number and total weight of the rows without a value.
    are_whole : bool
        Whether all weights are whole numbers.
    tallies : mapping of str to Tally
        Counts of Booleans, labels and classes.
    phases, offsets : mapping
        Phases of cycles and UTC offsets of columns of dates.
    """

    n_training: int
    n_evaluation: int
    n_validation: int
    weight: float
    moments: Moments
    missing: Array
    are_whole: bool
    tallies: Mapping[str, Tally]
    phases: Mapping[str, Phases]
    offsets: Mapping[str, frozenset[float] | None]

    def merged(self, other: TrainingSums) -> TrainingSums:
        """Return the sums of two sets of rows together."""
        return TrainingSums(
            self.n_training + other.n_training, self.n_evaluation + other.n_evaluation,
            self.n_validation + other.n_validation, self.weight + other.weight,
            self.moments.merged(other.moments), self.missing + other.missing, self.are_whole and other.are_whole,
            {name: _added(tally, other.tallies[name]) for name, tally in self.tallies.items()},
            {name: _joined(phases, other.phases[name]) for name, phases in self.phases.items()},
            {name: _both(offsets, other.offsets[name]) for name, offsets in self.offsets.items()},
        )  # fmt: skip


def sum_shard(shard: Shard, plan: TrainingPlan) -> TrainingSums:
    """Sum over the training rows of a shard."""
    table, n_rows = plan.training_rows(shard)
    given = weights_of(table, plan.weights)
    w = np.ones(len(table)) if given is None else given / plan.unit
    X = plan.matrix(table)
    missing = np.isnan(X)
    tallies = {name: _tally(*as_labels(table, name), w) for name in plan.labels}
    for name, kind in plan.classes:
        by_value = kind in ("number", "boolean")
        codes, values = distinct(table, name) if by_value else as_labels(table, name)
        tallies[name] = _tally(codes, list(values), w)
    phases, offsets = {}, {}
    for j, (name, kind) in enumerate(plan.numbers):
        if kind == "boolean":
            codes = np.where(missing[:, j], -1, X[:, j]).astype(np.intp)
            tallies[name] = _tally(codes, [0.0, 1.0], w)
        if kind == "date":
            offsets[name] = offsets_from_utc(table.column(name), np.arange(len(table)))
            phases[name] = _phases(X[~missing[:, j], j], offsets[name])
    return TrainingSums(
        len(table), n_rows[EVALUATION], n_rows[VALIDATION], float(w.sum()), Moments.of(X, None if given is None else w),
        np.array([missing.sum(axis=0), w @ missing], dtype=np.float64),
        given is None or bool((given == np.floor(given)).all()), tallies, phases, offsets,
    )  # fmt: skip


def count_shard(
    shard: Shard, plan: TrainingPlan, wanted: Wanted, fills: Mapping[int, float] | None = None
) -> Counts:
    """Count the bins of wanted columns of numbers over the training rows of a shard; fills replace missing values."""
    positions = sorted(wanted.prefixes)
    plan = replace(plan, numbers=tuple(plan.numbers[j] for j in positions), labels=(), classes=())
    table, _ = plan.training_rows(shard)
    X = dict(zip(positions, plan.matrix(table).T, strict=True))
    for j, fill in (fills or {}).items():
        if j in X:
            X[j][np.isnan(X[j])] = fill
    return count_bins(X, weights_of(table, plan.weights, plan.unit), wanted)


def _tally(codes: Indices, values: list[Any], weights: Array) -> Tally:
    """Return the rows and weights of each value, given the index of each row's value, -1 if it is missing."""
    counts = np.bincount(codes + 1, minlength=len(values) + 1).tolist()
    sums = np.bincount(codes + 1, weights, minlength=len(values) + 1).tolist()
    return dict(zip([None, *values], zip(counts, sums, strict=True), strict=True))


def _added(left: Tally, right: Tally) -> Tally:
    keys = dict.fromkeys([*left, *right])
    pairs = {key: (left.get(key, (0, 0.0)), right.get(key, (0, 0.0))) for key in keys}
    return {key: (a[0] + b[0], a[1] + b[1]) for key, (a, b) in pairs.items()}


def _phases(days: Array, offsets: frozenset[float] | None) -> Phases:
    """Return the ends of phases in UTC and, if the rows have one other offset, in local time."""
    if not len(days):
        return {}
    return {offset: phase_ends(days + offset / 24) for offset in {0.0, *(offsets or ())}}


def _joined(left: Phases, right: Phases) -> Phases:
    """Return the ends of both; an offset of one side only is of no use if the other side has dates."""
    if not left or not right:
        return left or right
    return {
        offset: (
            np.minimum(left[offset][0], right[offset][0]),
            np.maximum(left[offset][1], right[offset][1]),
        )
        for offset in left.keys() & right.keys()
    }


def _both(left: frozenset[float] | None, right: frozenset[float] | None) -> frozenset[float] | None:
    return left if right is None else right if left is None else left | right
