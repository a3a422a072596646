"""Making inputs and targets from sums over the training rows, by the rules of `Inputs.learn` and `learn_targets`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheernet.data.columns import CategoryColumn, Inputs, NumberColumn
from sheernet.data.columns.cells import in_order
from sheernet.data.columns.cycles import (
    common_offset,
    cycles_of_times,
    cycles_within,
    phase_ends,
)
from sheernet.data.columns.input_learning import (
    LearningOptions,
    category_column,
    require_some,
    rounded_fraction,
    scaled_columns,
)
from sheernet.data.preprocessing.column_moments import Moments
from sheernet.data.preprocessing.scaling_rules import or_one
from sheernet.data.shards.order_statistics import (
    Counts,
    Wanted,
    between,
    median_between,
    quantiles,
)
from sheernet.data.shards.surveys import SurveyFacts
from sheernet.data.shards.training_sums import Tally, TrainingPlan, TrainingSums
from sheernet.data.targets import ClassTarget, NumberTargets
from sheernet.data.targets.target_learning import class_target, require_variation
from sheernet.foundation.arrays import Array
from sheernet.foundation.sentences import in_quotes

QUARTILES = (0.25, 0.5, 0.75)

Counter = Callable[[Wanted, Mapping[int, float]], Counts]
"""Counts bins over the training rows, with fills for missing values of some columns."""


@dataclass(frozen=True)
class ColumnLearning:
    """What the columns are learned from.

    Parameters
    ----------
    facts : SurveyFacts
        What is known of all usable rows.
    plan, sums : TrainingPlan, TrainingSums
        The columns and the sums over the training rows.
    options : LearningOptions
        Those of the inputs.
    n_inputs : int
        Number of columns of numbers in the plan that are inputs; those behind them are targets.
    counter : callable
        A further pass over the training rows.
    """

    facts: SurveyFacts
    plan: TrainingPlan
    sums: TrainingSums
    options: LearningOptions
    n_inputs: int
    counter: Counter

    def inputs(self, names: Sequence[str]) -> Inputs:
        """Learn the inputs."""
        kept = set(names)
        where = [j for j in range(self.n_inputs) if self.plan.numbers[j][0] in kept]
        numbers = {column.name: column for column in self._number_columns(where)}
        columns = tuple(numbers[n] if n in numbers else self._category(n) for n in names)
        return Inputs(columns, self.options.scaling, self.options.missing)

    def number_targets(self, names: Sequence[str], scaling: str) -> NumberTargets:
        """Learn targets of numbers."""
        where = range(self.n_inputs, len(self.plan.numbers))
        moments = self.sums.moments.take(where)
        require_variation(
            self.facts.source, names, moments.bottom, moments.top, self.sums.n_training
        )
        quartiles = self._quartiles(where, {}, moments) if scaling == "robust" else None
        shift, scale = moments.scales(
            scaling, [f"column {in_quotes(name)}" for name in names], quartiles
        )
        return NumberTargets(
            tuple(names), tuple(shift.tolist()), tuple(scale.tolist()), tuple(moments.bottom.tolist()),
            tuple(moments.top.tolist()),
        )  # fmt: skip

    def class_target(self) -> ClassTarget:
        """Learn the target of classes."""
        ((name, kind),) = self.plan.classes
        survey = self.facts.values(name)
        counts: Mapping[Any, int] = (
            survey.counts if kind in ("number", "boolean") else survey.labels
        )
        tally = self.sums.tallies[name]
        trained = [tally.get(value, (0, 0.0))[0] for value in counts]
        order = self.facts.survey.columns[name].order
        return class_target(
            self.facts.source, name, kind, list(counts), np.array(list(counts.values()), dtype=np.intp),
            np.array(trained, dtype=np.intp), order,
        )  # fmt: skip

    def of_targets(self, targets: NumberTargets | ClassTarget) -> tuple[Array | None, ...]:
        """Weights of the classes (C,), or means and variances of numbers (K,), of the targets in the training rows."""
        if isinstance(targets, ClassTarget):
            tally = self.sums.tallies[targets.name]
            sums = [tally.get(label, (0, 0.0))[1] * self.plan.unit for label in targets.classes]
            return np.array(sums), None, None
        moments = self.sums.moments.take(range(self.n_inputs, len(self.plan.numbers)))
        spread = moments.spread
        return None, moments.bottom + spread * moments.mean, spread**2 * moments.variance

    def one_value_inputs(self, names: Sequence[str]) -> list[str]:
        """Return the inputs that have at most one value in the training rows."""
        moments = self.sums.moments
        numbers = {name: j for j, (name, _) in enumerate(self.plan.numbers[: self.n_inputs])}
        few = []
        for name in names:
            if name in numbers:
                is_one = not moments.bottom[numbers[name]] < moments.top[numbers[name]]
            else:
                tally = self.sums.tallies[name]
                is_one = sum(key is not None and rows > 0 for key, (rows, _) in tally.items()) < 2
            few += [name] if is_one else []
        return few

    def _fills(self, where: Sequence[int]) -> dict[int, float]:
        """Return the replacement of missing values of inputs of numbers, by their positions in the plan.

        That of a column without missing values is its mean: a median needs further passes over the rows.
        """
        for j in where:
            present = self.sums.n_training - int(self.sums.missing[0, j])
            require_some(self.facts.source, self.plan.numbers[j][0], present)
        if self.options.missing != "impute":
            return {}
        tallies = {j: self.sums.tallies.get(self.plan.numbers[j][0]) for j in where}
        fills = {
            j: float(_most_frequent(t, [0.0, 1.0])) for j, t in tallies.items() if t is not None
        }
        numbers, moments = self.plan.numbers, self.sums.moments
        gaps = {j for j in where if self.facts.n_missing(numbers[j][0])}
        with np.errstate(over="ignore", invalid="ignore"):  # later, such a range is an error
            means = moments.bottom + moments.spread * moments.mean
        fills = {j: float(means[j]) for j in where if j not in gaps} | fills
        asked = dict.fromkeys(gaps - set(fills), (0.5,))
        found = self._quantiles(asked, {}) if asked else {}
        return fills | {
            j: median_between(*each[0], is_weighted=self.plan.weights is not None)
            for j, each in found.items()
        }

    def _quantiles(
        self, shares: Mapping[int, Sequence[float]], fills: Mapping[int, float]
    ) -> dict[int, list[tuple[float, float, float]]]:
        """Return the quantiles of columns in the plan, as pairs of values and a fraction."""
        sums, plan = self.sums, self.plan
        n_rows = {
            j: sums.n_training - (0 if j in fills else int(sums.missing[0, j])) for j in shares
        }
        weights = {j: sums.weight - (0.0 if j in fills else sums.missing[1, j]) for j in shares}
        units = dict.fromkeys(shares, 1.0)
        if not (sums.are_whole and plan.unit == 1.0):  # a row of mean weight counts as one
            units = {j: weights[j] / n_rows[j] for j in shares}
        return quantiles(lambda wanted: self.counter(wanted, fills), shares, weights, units)

    def _between(self, found: tuple[float, float, float]) -> float:
        return between(*found, is_weighted=self.plan.weights is not None)

    def _quartiles(
        self, where: Sequence[int], fills: Mapping[int, float], moments: Moments
    ) -> Array:
        """Return the quartiles of columns at some positions of the plan, (3, number of columns), mapped to [0, 1]."""
        found = self._quantiles(dict.fromkeys(where, QUARTILES), fills)
        unit = or_one(moments.spread)
        return np.array(
            [
                [
                    self._between(((lower - bottom) / width, (upper - bottom) / width, fraction))
                    for lower, upper, fraction in found[j]
                ]
                for j, bottom, width in zip(where, moments.bottom, unit, strict=True)
            ]
        ).T

    def _number_columns(self, where: Sequence[int]) -> list[NumberColumn]:
        """Learn the inputs of numbers at some positions of the plan."""
        if not where:
            return []
        names, kinds = zip(*(self.plan.numbers[j] for j in where), strict=True)
        fills = self._fills(where)
        moments = self.sums.moments.take(where)
        if fills:
            values = np.array([fills[j] for j in where])
            moments = moments.filled(values, self.sums.missing[1, where])
        shift, scale = np.zeros(len(names)), np.ones(len(names))
        cycles = [
            self._cycles(j, fills.get(j), ends)
            for j, ends in zip(where, zip(moments.bottom, moments.top, strict=True), strict=True)
        ]
        are_cycles = [
            kind == "time" and bool(of) for kind, (of, _) in zip(kinds, cycles, strict=True)
        ]
        for rule, columns in scaled_columns(kinds, are_cycles, self.options):
            group, quartiles = moments.take(columns), None
            if rule == "robust":
                quartiles = self._quartiles([where[k] for k in columns], fills, group)
            nouns = [f"column {in_quotes(names[k])}" for k in columns]
            shift[columns], scale[columns] = group.scales(rule, nouns, quartiles)
        return [
            NumberColumn(
                name, kinds[k], shift[k], scale[k], moments.bottom[k], moments.top[k], fills.get(where[k]), *cycles[k],
                rounded_fraction(self.sums.missing[1, where[k]] / self.sums.weight),
            )
            for k, name in enumerate(names)
        ]  # fmt: skip

    def _cycles(
        self, j: int, fill: float | None, ends: tuple[float, float]
    ) -> tuple[tuple[float, ...], float | None]:
        """The cycles of a column at a position of the plan, and the offset of their local time from UTC in hours.

        `ends` are its smallest and its largest value.
        """
        name, kind = self.plan.numbers[j]
        if kind not in ("date", "time"):
            return (), None
        if kind == "time":
            return () if self.options.cycles == "none" else cycles_of_times(*ends), None
        offset = common_offset(self.sums.offsets[name])
        if self.options.cycles == "none":
            return (), offset
        lowest, highest = self.sums.phases[name][offset or 0.0]
        if fill is not None and self.sums.missing[0, j]:
            low, high = phase_ends(np.array([fill + (offset or 0.0) / 24]))
            lowest, highest = np.minimum(lowest, low), np.maximum(highest, high)
        return cycles_within(lowest, highest), offset

    def _category(self, name: str) -> CategoryColumn:
        """Learn a column of labels."""
        column = self.facts.survey.columns[name]
        labels = in_order(self.facts.values(name).labels, column.order)
        tally = self.sums.tallies[name]
        n_missing, weight = tally.get(None, (0, 0.0))
        require_some(self.facts.source, name, self.sums.n_training - n_missing)
        counts = np.array([tally.get(label, (0, 0.0))[0] for label in labels], dtype=np.intp)
        fill = None
        if self.options.missing == "impute":
            fill = _most_frequent(tally, labels)
            counts[labels.index(fill)] += n_missing
        return category_column(
            name, labels, counts, fill, self.options, is_ordered=column.is_ordered,
            missing_fraction=rounded_fraction(weight / self.sums.weight),
        )  # fmt: skip


def _most_frequent(tally: Tally, values: Sequence[Any]) -> Any:
    """Return the value of the largest total weight; the first of several equal ones."""
    sums = np.array([tally.get(value, (0, 0.0))[1] for value in values])
    return values[int(sums.argmax())]
