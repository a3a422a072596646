"""Learning the encoding of input columns from the training rows: fills, scalers and labels.

    numbers, dates    the median fills missing values; then the chosen scaler (`sheernet.data.preprocessing`); dates
                      have no natural zero, so "rms" standardizes them
    dates, times      cycles; dates also have a trend, times do not (cycles.py)
    Booleans          the most frequent value fills missing values; 1 and 0 are not scaled
    labels            the most frequent label fills missing values; labels in too few rows are rare
    all               an indicator of missing values if these are not few (column_types.py)

The results are equal to those of scikit-learn's SimpleImputer, scalers and OneHotEncoder(min_frequency=...); tests
compare them.  SimpleImputer does not support case weights; here they also weight medians and frequencies.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
import numpy.typing as npt

from sheernet.data.columns.cells import (
    MOMENTS,
    NOUNS,
    NUMBER_KINDS,
    ONE_VALUE,
    Gap,
    as_labels,
    as_numbers,
    missing_values_error,
    require_finite,
    sorted_labels,
)
from sheernet.data.columns.column_facts import Facts, TableFacts
from sheernet.data.columns.column_types import (
    MISSING,
    CategoryColumn,
    Column,
    NumberColumn,
    missing_value_advice,
)
from sheernet.data.columns.cycles import choose_cycles, cycles_of_times, hours_ahead_of_utc
from sheernet.data.columns.text_in_numbers import dirty_columns_error
from sheernet.data.preprocessing import Scaler
from sheernet.data.preprocessing.scaling_rules import RULES, weighted_quantiles
from sheernet.data.tables.table import Table
from sheernet.foundation.arrays import Array, Indices, Mask, as_case_weights
from sheernet.foundation.errors import InvalidInput, unknown_name
from sheernet.foundation.scalars import LARGEST, as_share
from sheernet.foundation.sentences import Setting, in_quotes
from sheernet.settings.table_settings import Cycles, Unseen

FEWEST_ROWS_OF_A_LABEL = (
    2  # with a single row, the effect of a label cannot be separated from noise
)
ROUNDING = 1e-9  # 0.07 * 100 is slightly more than 7, but 7 rows are enough


@dataclass(frozen=True)
class LearningOptions:
    """The options of `Inputs.learn`."""

    scaling: str = "standardize"
    categories: tuple[str, ...] = ()
    rare: float = 0.01
    unseen: str = "auto"
    missing: str = "refuse"
    cycles: str = "auto"

    def __post_init__(self) -> None:
        for noun, word, known in (
            ("scaling", self.scaling, tuple(RULES)),
            ("unseen", self.unseen, get_args(Unseen)),
            ("missing", self.missing, MISSING),
            ("cycles", self.cycles, get_args(Cycles)),
        ):
            if word not in known:
                raise unknown_name(Setting(noun), word, known)
        as_share("rare", self.rare)


@dataclass(frozen=True, eq=False)
class Sample:
    """The training rows of positive weight: their indices, and their case weights or None."""

    rows: Indices
    weights: Array | None

    @classmethod
    def of(cls, rows: Indices, weights: npt.ArrayLike | None) -> Sample:
        """Select the training rows of positive weight."""
        rows = np.asarray(rows, dtype=np.intp)
        if weights is None:
            return cls(rows, None)
        vector = as_case_weights(weights, len(rows))
        counts = vector > 0
        return cls(rows[counts], vector[counts])

    def fraction(self, mask: Mask) -> float:
        """Return the fraction of the rows that a mask, (number of rows,), marks, by their case weights."""
        return rounded_fraction(float(np.average(mask, weights=self.weights)))


def learn_columns(
    table: Table,
    names: Sequence[str],
    rows: Indices,
    weights: npt.ArrayLike | None,
    options: LearningOptions,
) -> tuple[Column, ...]:
    """Learn the columns `names` from the training rows of a table; see `Inputs.learn`."""
    table.require(names)
    sample = Sample.of(rows, weights)
    if len(sample.rows) == 0:
        raise InvalidInput("there are no training rows of positive weight; at least one is needed")
    facts = TableFacts(table)
    kinds = {name: choose_kind(facts, name, options) for name in names}
    if options.missing == "refuse":
        gaps = [Gap.among(name, table.column(name).isna().to_numpy()) for name in names]
        found = [gap for gap in gaps if gap is not None]
        if found:
            raise missing_values_error(table.source, found, missing_value_advice(options.missing))
    learned = {column.name: column for column in _learn_numbers(table, kinds, sample, options)}
    return tuple(
        learned[name] if name in learned else _learn_labels(table, name, sample, options)
        for name in names
    )


def rounded_fraction(fraction: float) -> float:
    """Round a fraction of case weights, below 1, so that the order of their sum does not matter."""
    return min(round(fraction, 9), 1.0 - 1e-9)


def fewest_rows(rare: float, n_rows: int) -> int:
    """Return the minimum number of rows, out of `n_rows`, of a label that is not rare; 0 if no label is rare."""
    return max(FEWEST_ROWS_OF_A_LABEL, math.ceil(rare * n_rows - ROUNDING)) if rare > 0 else 0


def choose_kind(table: Facts, name: str, options: LearningOptions) -> str:
    """Choose how to use an input column: as "number", "boolean", "date", "time" or "category"."""
    found = table.kind(name)
    if found == "empty":
        raise InvalidInput(
            f"column {in_quotes(name)} of {table.source} has no values; leave it out of the inputs"
        )
    if found == "other":
        raise InvalidInput(
            f"column {in_quotes(name)} of {table.source} holds {NOUNS[found]}; leave it out of the inputs, or "
            f"{ONE_VALUE}"
        )
    if name in options.categories:
        return "category"
    if found == "mixed":
        raise dirty_columns_error(table, [name])
    return found


def _learn_numbers(
    table: Table, kinds: dict[str, str], sample: Sample, options: LearningOptions
) -> list[NumberColumn]:
    """Learn the columns of numbers, Booleans, dates and times of day."""
    names = [name for name, kind in kinds.items() if kind in NUMBER_KINDS]
    if not names:
        return []
    X = np.empty((len(sample.rows), len(names)))
    fills: list[float | None] = []
    missing: list[float] = []
    for j, name in enumerate(names):
        X[:, j] = as_numbers(table, name, kinds[name])[sample.rows]
        missing.append(sample.fraction(np.isnan(X[:, j])))
        fills.append(_fill(X[:, j], table, name, kinds[name], sample, options))
    if np.isinf(X).any():  # the message counts all rows of the table
        for name in names:
            require_finite(table.source, [name], as_numbers(table, name, kinds[name])[:, None])
    shift, scale = np.zeros(len(names)), np.ones(len(names))
    cycles = [
        _cycles(table, name, kinds[name], X[:, j], sample, options) for j, name in enumerate(names)
    ]
    are_cycles = [
        kinds[name] == "time" and bool(of) for name, (of, _) in zip(names, cycles, strict=True)
    ]
    for rule, columns in scaled_columns([kinds[name] for name in names], are_cycles, options):
        selected = X if len(columns) == len(names) else X[:, columns]
        scaler = Scaler.learn(rule, selected, sample.weights, [names[j] for j in columns])
        shift[columns], scale[columns] = scaler.shift, scaler.scale
    ends = X.min(axis=0), X.max(axis=0)
    last = [(*of, fraction) for of, fraction in zip(cycles, missing, strict=True)]
    return [
        NumberColumn(name, kinds[name], *rest, *of)
        for name, *rest, of in zip(names, shift, scale, *ends, fills, last, strict=True)
    ]


def scaled_columns(
    kinds: Sequence[str], are_cycles: Sequence[bool], options: LearningOptions
) -> Iterator[tuple[str, list[int]]]:
    """Yield each scaling rule that is needed and the positions of its columns.

    Given are the kinds of all columns, and whether they are times of day that have only a cycle.
    """
    scaled = [j for j, kind in enumerate(kinds) if kind != "boolean" and not are_cycles[j]]
    dates = [j for j in scaled if kinds[j] == "date" and options.scaling == "rms"]
    for rule, columns in (("standardize", dates), (options.scaling, sorted({*scaled} - {*dates}))):
        if columns:
            yield rule, columns


def _cycles(
    table: Table, name: str, kind: str, x: Array, sample: Sample, options: LearningOptions
) -> tuple[tuple[float, ...], float | None]:
    """Choose the cycles of a column, and the offset of their local time from UTC in hours."""
    if kind not in MOMENTS:
        return (), None
    offset = hours_ahead_of_utc(table.column(name), sample.rows) if kind == "date" else None
    if options.cycles == "none":
        return (), offset
    if kind == "time":
        return cycles_of_times(float(x.min()), float(x.max())), None
    return choose_cycles(x + (offset or 0.0) / 24), offset


def _fill(
    x: Array, table: Table, name: str, kind: str, sample: Sample, options: LearningOptions
) -> float | None:
    """Fill the missing values of x in place and return the fill; None if the options do not fill any."""
    missing = np.isnan(x)
    if options.missing != "impute":
        gap = Gap.among(name, np.isnan(as_numbers(table, name, kind))) if missing.any() else None
        if gap is not None:
            raise missing_values_error(table.source, [gap], missing_value_advice("drop"))
        return None
    present, weights = x[~missing], None if sample.weights is None else sample.weights[~missing]
    require_some(table.source, name, len(present))
    if np.isinf(present).any():
        require_finite(table.source, [name], as_numbers(table, name, kind)[:, None])
    fill = _most_frequent(present, weights) if kind == "boolean" else _median(present, weights)
    x[missing] = fill
    return fill


def _median(values: Array, weights: Array | None) -> float:
    """Return the median of finite values; the mean of the middle two does not overflow."""
    power = 2.0 if np.abs(values).max() > LARGEST / 2 else 1.0
    values = values / power
    if weights is None:
        return power * float(np.median(values))
    return power * float(weighted_quantiles(values, [0.5], weights)[0])


def _most_frequent(values: Array, weights: Array | None) -> float:
    """Return the value of the most rows, or of the largest total weight; of several such values, the smallest."""
    distinct, inverse = np.unique(values, return_inverse=True)
    counts = np.bincount(inverse, None if weights is None else weights / weights.max())
    return float(distinct[counts.argmax()])


def _learn_labels(
    table: Table, name: str, sample: Sample, options: LearningOptions
) -> CategoryColumn:
    """Learn a column of labels: put them in order, and separate the rare ones."""
    codes, unsorted = as_labels(table, name)
    labels = sorted_labels(table, name, unsorted)
    position = {label: i for i, label in enumerate(labels)}
    codes = np.array([position[label] for label in unsorted] + [-1], dtype=np.intp)[codes][
        sample.rows
    ]
    present = codes >= 0
    require_some(table.source, name, int(present.sum()))
    fill = None
    if options.missing == "impute":
        weights = None if sample.weights is None else sample.weights[present]
        fill = int(_most_frequent(codes[present].astype(np.float64), weights))
        codes = np.where(present, codes, fill)
    elif not present.all():
        gap = Gap.among(name, table.column(name).isna().to_numpy())
        raise missing_values_error(table.source, [gap] if gap else [], missing_value_advice("drop"))
    counts = np.bincount(codes, minlength=len(labels))
    filled = None if fill is None else labels[fill]
    return category_column(
        name, labels, counts, filled, options, is_ordered=name in table.orders,
        missing_fraction=sample.fraction(~present),
    )  # fmt: skip


def category_column(
    name: str,
    labels: Sequence[str],
    counts: Indices,
    fill: str | None,
    options: LearningOptions,
    *,
    is_ordered: bool,
    missing_fraction: float,
) -> CategoryColumn:
    """Separate the rare labels of a column.

    Parameters
    ----------
    name, fill, is_ordered, missing_fraction
        As in `CategoryColumn`.
    labels : sequence of str
        All labels, in their order.
    counts : ndarray of int, (number of labels,)
        The number of training rows of each label, including rows whose missing value is filled.
    options : LearningOptions
    """
    # The effect of a label that no training row has cannot be learned, whatever `rare` is.
    fewest = max(1, fewest_rows(options.rare, int(counts.sum())))
    unseen = options.unseen
    if unseen == "auto":
        unseen = "rare" if np.any((counts > 0) & (counts < fewest)) else "refuse"
    return CategoryColumn(
        name,
        tuple(label for label, count in zip(labels, counts, strict=True) if count >= fewest),
        tuple(label for label, count in zip(labels, counts, strict=True) if count < fewest),
        unseen,
        fill,
        is_ordered=is_ordered,
        missing_fraction=missing_fraction,
    )


def require_some(source: str, name: str, present: int) -> None:
    """Raise if no training row has a value of a column."""
    if present == 0:
        raise InvalidInput(
            f"column {in_quotes(name)} of {source} has no values in the training rows; leave it out of the inputs"
        )
