"""`Survey` and `SurveyFacts`: the properties of the columns of a data set, found in a first pass over its shards."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sheernet.data.columns import complete_rows
from sheernet.data.columns.cells import (
    Gap,
    TextCells,
    as_numbers,
    text_cells,
)
from sheernet.data.columns.column_facts import are_one_hot
from sheernet.data.columns.far_values import Extremes
from sheernet.data.columns.value_notices import FEWEST_TIMES
from sheernet.data.formats.number_formats import TEXT
from sheernet.data.shards.column_surveys import (
    MOST_WHOLE,
    ColumnSurvey,
    NumberSurvey,
    ValueSurvey,
)
from sheernet.data.shards.recipes import Shard
from sheernet.data.shards.usable_rows import Usable
from sheernet.data.tables.column_names import listed_names, nearest
from sheernet.data.tables.kinds import kind_of_texts
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.sentences import in_quotes


@dataclass(frozen=True)
class SurveyPlan:
    """What a survey looks at.

    Parameters
    ----------
    columns : tuple of str
        Names of the columns.
    usable : Usable, optional
        The rows; all by default.
    weights : str, optional
        The column of case weights.
    labels : frozenset of str
        Columns whose values are labels, whatever their kind.
    targets : tuple of str
        The target columns.
    """

    columns: tuple[str, ...]
    usable: Usable | None = None
    weights: str | None = None
    labels: frozenset[str] = frozenset()
    targets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Survey:
    """What is known of the rows of a data set.

    Parameters
    ----------
    n_rows, n_complete : int
        The number of rows, and of rows with all needed values, including rows of weight 0.
    columns : mapping of str to ColumnSurvey
        The columns.
    are_one_hot : bool
        Whether several targets are one-hot codes.
    """

    n_rows: int
    n_complete: int
    columns: Mapping[str, ColumnSurvey]
    are_one_hot: bool

    def merged(self, other: Survey) -> Survey:
        """Return the survey of the rows of this and, behind them, of another one."""
        n_complete = self.n_complete + other.n_complete
        if not self.n_rows or not other.n_rows:
            return replace(self if self.n_rows else other, n_complete=n_complete)
        return Survey(
            self.n_rows + other.n_rows,
            n_complete,
            {
                name: column.merged(other.columns[name], name)
                for name, column in self.columns.items()
            },
            self.are_one_hot and other.are_one_hot,
        )


def survey_shard(shard: Shard, plan: SurveyPlan) -> Survey:
    """Survey the rows of a shard."""
    table = shard.read(plan.columns)
    n_complete = len(table)
    if plan.usable is not None:
        n_complete = len(complete_rows(table, plan.usable.needed))
        table = table.take(plan.usable.among(table))
    if not len(table):
        return Survey(0, n_complete, {}, True)
    counts = None
    if plan.weights is not None:
        counts = ~(table.column(plan.weights) == 0).fillna(False).to_numpy(dtype=np.bool_)
    known = {} if shard.like is None else shard.like.formats
    columns = {
        name: ColumnSurvey.of(
            table, name, shard.first_row, counts,
            as_labels=name in plan.labels,
            are_coded=table.formats.get(name) == TEXT and known.get(name, TEXT).kind == "number",
        )
        for name in plan.columns
    }  # fmt: skip
    one_hot = len(plan.targets) > 1 and all(
        columns[name].kind in ("number", "boolean") for name in plan.targets
    )
    if one_hot:
        y = [as_numbers(table, name, "number") for name in plan.targets]
        one_hot = are_one_hot(np.column_stack(y))
    return Survey(len(table), n_complete, columns, one_hot)


@dataclass(frozen=True, eq=False)
class SurveyFacts:
    """The facts of a data set, from its survey; properties that need all values in memory are not determined.

    Different whole numbers that are equal as float64 are found if they are in one shard.  Whole numbers are known to be
    different if they rise or fall from row to row, and numbers of rows that were taken from a table if they do not
    leave out any.
    """

    survey: Survey
    source: str
    names: tuple[str, ...]
    is_file: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns."""
        return self.names

    @property
    def n_rows(self) -> int:
        """The number of rows."""
        return self.survey.n_rows

    def require(self, names: Sequence[str]) -> None:
        """Raise InvalidInput if a column does not exist."""
        for name in names:
            if name not in self.names:
                near = nearest(name, self.names, 2)
                advice = (
                    f"did you mean {' or '.join(map(in_quotes, near))}?"
                    if near
                    else "name one of these"
                )
                raise InvalidInput(
                    f"{self.source} has no column {in_quotes(name)}: its columns are {listed_names(self.names)}; "
                    f"{advice}"
                )

    def kind(self, name: str) -> str:
        """Return the kind of a column."""
        column = self.survey.columns[name]
        if column.kind != "text":
            return column.kind
        values = self.values(name)
        texts = ["" if isinstance(value, bool) else str(value) for value in values.counts]
        return kind_of_texts(texts, np.array(list(values.counts.values()), dtype=np.intp))

    def n_missing(self, name: str) -> int:
        """Return the number of missing values of a column."""
        return self.survey.columns[name].n_missing

    def gap(self, name: str) -> Gap | None:
        """Return the missing values of a column in rows of positive weight."""
        column = self.survey.columns[name]
        return Gap(name, column.gap, column.gap_row) if column.gap else None

    def numbers(self, name: str) -> NumberSurvey:
        """Return the survey of a column of numbers, Booleans, dates or times."""
        found = self.survey.columns[name].numbers
        assert found is not None
        return found

    def values(self, name: str) -> ValueSurvey:
        """Return the survey of the different values of a column."""
        found = self.survey.columns[name].values
        assert found is not None
        return found

    def few_values(self, name: str) -> Collection[Any]:
        """Return the different values of a column; none if they are numbers of which there are many."""
        column = self.survey.columns[name]
        if column.values is not None:
            return column.values.counts
        return (column.numbers and column.numbers.few) or ()

    def ends(self, name: str) -> tuple[float, float]:
        """The smallest and the largest value of a column of numbers, Booleans, dates or times that has values."""
        numbers = self.numbers(name)
        return numbers.low, numbers.high

    def labels(self, name: str) -> dict[str, int]:
        """Return the number of rows of each label of a column, in the order of their first rows."""
        return self.values(name).labels

    def rounding(self, name: str) -> tuple[float, bool]:
        """Return how large whole numbers of a column are rounded to float64, as `cells.rounding_of` does."""
        column = self.survey.columns[name]
        if not column.largest_whole:
            return 1.0, False
        return float(np.spacing(column.largest_whole)), self.numbers(name).has_equal

    def are_different_whole_numbers(self, name: str) -> bool:
        """Whether a column of numbers has a different whole number in each row."""
        numbers = self.numbers(name)
        is_complete = not self.n_missing(name) and numbers.infinite is None
        return is_complete and numbers.are_whole and numbers.trend in (1, -1, None)

    def are_numbers_of_chosen_rows(self, name: str) -> bool:
        """Whether the values of a numeric column are the numbers of rows that were selected from a table, in order."""
        numbers = self.numbers(name)
        return (
            self.are_different_whole_numbers(name)
            and numbers.low >= 0
            and not numbers.step
            and numbers.n > 1
        )

    def count_of_rows(self, name: str) -> tuple[float, float]:
        """The first whole number and the step, 1 or -1, of a column of numbers that counts rows; the step is else 0."""
        numbers = self.numbers(name)
        is_complete = not self.n_missing(name)
        is_count = is_complete and numbers.step in (1.0, -1.0) and numbers.first.is_integer()
        return numbers.first, (numbers.step or 0.0) if is_count else 0.0

    def are_in_time(self, name: str) -> bool:
        """Whether rows are in the order of a column of times, of which several differ."""
        numbers = self.numbers(name)
        n_dates = MOST_WHOLE if numbers.few is None else len(numbers.few)
        return n_dates >= FEWEST_TIMES and (numbers.rises or numbers.falls)

    def extremes(self, name: str) -> Extremes:
        """Return the smallest and the largest different values of a column of numbers."""
        return self.numbers(name).extremes

    def n_whole_numbers(self, name: str, most: int) -> int:
        """The number of different values of a column if all are whole numbers and they are at most `most`; else 0."""
        numbers = self.numbers(name)
        few = numbers.few if numbers.are_whole else None
        return 0 if few is None or len(few) > most else len(few)

    def are_one_hot(self, names: Sequence[str]) -> bool:
        """Whether the targets encode classes as for MATLAB's patternnet: 0 or 1, and a single 1 in each row."""
        return self.survey.are_one_hot

    def texts(self, name: str) -> TextCells:
        """Return the cells of a column that are text but not numbers."""
        survey = self.values(name)
        counts = np.array(list(survey.counts.values()), dtype=np.intp)
        return text_cells(
            list(survey.counts), [survey.rows[value] for value in survey.counts], counts
        )
