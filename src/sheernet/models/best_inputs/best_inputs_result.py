"""`BestInputs`: the inputs with the best predictions, and these predictions, as text, tables and plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.message_text import counted, cut_in_the_middle, listed, wrapped
from sheernet.foundation.pandas_import import frame_of
from sheernet.foundation.plain_data import plain
from sheernet.foundation.text_tables import aligned, html_table, paragraphs
from sheernet.models.best_inputs.goals import Goal
from sheernet.models.explaining.column_cells import plain_cells
from sheernet.models.explaining.data_distance import DataDistance
from sheernet.models.explaining.uncertainty_text import band_note, with_uncertainty

if TYPE_CHECKING:
    import pandas as pd

WIDEST_ALLOWED = 36
"""Maximum number of characters of the range or the labels of a column."""
MOST_COLUMNS = 8
"""Maximum number of columns of the table of several solutions."""


@dataclass(frozen=True)
class SearchedColumn:
    """The values of a column that were searched.

    Parameters
    ----------
    name : str
        The column.
    typical : str
        Its value in a typical row.
    allowed : str
        The range or the labels that were searched; "fixed" if it was fixed.
    end : {"", "lowest", "highest"}
        The end of its range at which the best value lies.
    """

    name: str
    typical: str
    allowed: str
    end: str


@dataclass(frozen=True, eq=False)
class Solution:
    """Inputs and their prediction.

    Parameters
    ----------
    inputs : mapping of str to object
        The value of each column, as `Model.predict` accepts it.
    written : tuple of str
        The inputs as text, rounded to 6 digits.
    prediction : ndarray, (K,)
        Predictions, or probabilities of classes, bitwise equal to those of `Model.predict`.
    distance, quantile : float
        As in `DataDistance`; nan if not known.
    """

    inputs: Mapping[str, Any]
    written: tuple[str, ...]
    prediction: Array
    distance: float
    quantile: float


@dataclass(frozen=True, eq=False)
class BestInputs:
    """The inputs with the best predictions; made by `Model.optimize`.

    Parameters
    ----------
    goals : tuple of Goal
        The goals of the predictions.
    columns : tuple of SearchedColumn
        The searched values of each column.
    solutions : tuple of Solution
        Inputs that are equally good, the nearest to the center of the data first; at most 5.
    outputs : tuple of str
        Names of the K predictions.
    shown : tuple of int
        The predictions that the text shows.
    std : ndarray, (K,)
        Standard deviation of the predictions of the first solution, due to the members and the uncertainty of their
        weights; 0 if it is not known.
    coverage : float
        Probability of the interval.
    interval : tuple of two ndarray, (K,), or None
        Interval of a new value at the first solution; None for classes, and if it is not known.
    band : str
        What `std` includes; empty if it is not known.
    distance : DataDistance
        How far the first solution is from the training rows.
    reached : bool
        Whether the wanted values were reached; true if there are none.
    starts, agreeing : int
        Number of starts, and of starts that found equally good predictions.
    combinations : int
        Number of combinations of labels, Booleans and small whole numbers.
    is_exhaustive : bool
        Whether all combinations were tried.
    near_data : bool
        Whether inputs far from the data were excluded.
    notices : tuple of str
        Bounds that were narrowed, and warnings about fixed values.
    """

    goals: tuple[Goal, ...]
    columns: tuple[SearchedColumn, ...]
    solutions: tuple[Solution, ...]
    outputs: tuple[str, ...]
    shown: tuple[int, ...]
    std: Array
    coverage: float
    interval: tuple[Array, Array] | None
    band: str
    distance: DataDistance
    reached: bool
    starts: int
    agreeing: int
    combinations: int
    is_exhaustive: bool
    near_data: bool
    notices: tuple[str, ...]

    @property
    def inputs(self) -> Mapping[str, Any]:
        """The best inputs, as `Model.predict` accepts them."""
        return self.solutions[0].inputs

    @property
    def prediction(self) -> Array:
        """Predictions at the best inputs, (K,), or probabilities of classes."""
        return self.solutions[0].prediction

    def text(self) -> str:
        """The best inputs, their prediction and its uncertainty, in lines of at most 100 characters."""
        lines = [wrapped(self.title()), "", *aligned(self.table(), left=(0, 1, 2, 3)), ""]
        lines += map(wrapped, self.sentences())
        if len(self.solutions) > 1 and len(self.columns) <= MOST_COLUMNS:
            lines += ["", *aligned(self._other_solutions(), left=range(len(self.columns)))]
        lines += [wrapped(notice, 8, "Notice  ") for notice in self.notices]
        lines += map(wrapped, filter(None, [self._note]))
        return "\n".join(lines)

    @property
    def _note(self) -> str:
        return band_note(self.band, self.interval is not None)

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        """The text as tables and paragraphs, for notebooks."""
        parts = [paragraphs([self.title()]), html_table(self.table())]
        parts.append(paragraphs([*self.sentences(), *self.notices]))
        if len(self.solutions) > 1:
            parts.append(html_table(self._other_solutions(), "Solutions"))
        return "".join([*parts, paragraphs([self._note])])

    def title(self) -> str:
        """A heading with the goals."""
        if self.reached:
            return f"Best inputs for {listed(self.goals)}"
        return f"Inputs with predictions nearest to {listed(self._valued)}"

    @property
    def _valued(self) -> list[Goal]:
        """The goals with a value."""
        return [goal for goal in self.goals if goal.aim == "value"]

    def table(self) -> list[list[str]]:
        """The heads, and for each column the best value, the allowed values, and the typical value."""
        lines = [["column", "best", "searched", "typical"]]
        for column, value in zip(self.columns, self.solutions[0].written, strict=True):
            end = f" ({column.end})" if column.end else ""
            lines.append([
                column.name, f"{value}{end}", _cut_between_values(column.allowed), column.typical,
            ])  # fmt: skip
        return lines

    def sentences(self) -> Iterator[str]:
        """The predictions, whether the wanted values were reached, how many starts agree, and the distance."""
        wanted = {goal.k: goal for goal in self.goals}
        for k in dict.fromkeys([*wanted, *self.shown]):
            mean, std = float(self.prediction[k]), float(self.std[k]) if self.band else None
            shown = with_uncertainty(mean, std, self.coverage, self.interval, k)
            yield f"Prediction of {self.outputs[k]}: {shown}."
        if not self.reached:
            yield from self._missed()
        yield self._starts()
        if self.reached and self._valued:
            yield (
                "Many inputs can give the same prediction; of those found, the first are the nearest to the center of "
                "the data."
            )
        elif len(self.solutions) > 1:
            yield "Several inputs are equally good; the first are the nearest to the center of the data."
        yield from self.distance.sentences()

    def _missed(self) -> Iterator[str]:
        goal, *others = self._valued
        if others:
            yield "These values were not reached together; this is the nearest that was found."
            return
        found = float(self.prediction[goal.k])
        word = "largest" if found < goal.value else "smallest"
        yield (
            f"{goal} was not reached: {found:.6g} is the {word} prediction that was found within these ranges."
        )

    def _starts(self) -> str:
        verb = "reached" if self.reached and self._valued else "found"
        line = f"{self.agreeing} of {counted(self.starts, 'start')} {verb} this"
        if self.combinations == 1:
            return f"{line}."
        if self.is_exhaustive:
            return f"{line}; all {self.combinations} combinations of labels and whole numbers were tried."
        return (
            f"{line}; of the {self.combinations} combinations of labels and whole numbers, some were searched by "
            "exchanging one at a time, so that another one may be better."
        )

    def _other_solutions(self) -> list[list[str]]:
        """The headings, and the inputs, predictions and distances of all solutions."""
        ks = [goal.k for goal in self.goals]
        lines = [
            [*(column.name for column in self.columns), *(self.outputs[k] for k in ks), "distance"]
        ]
        for each in self.solutions:
            predicted = [f"{each.prediction[k]:.6g}" for k in ks]
            distance = "" if np.isnan(each.distance) else f"{each.distance:.3g}"
            lines.append([*each.written, *predicted, distance])
        return lines

    def to_frame(self) -> pd.DataFrame:
        """The solutions as a DataFrame with a row for each, the best first.

        Returns
        -------
        DataFrame
            A DataFrame with the columns of the model, "predicted_NAME" for each prediction, distance, quantile, and
            reached (whether the wanted values were reached).
        """
        rows = [
            {
                **each.inputs,
                **{f"predicted_{name}": value for name, value in zip(self.outputs, each.prediction, strict=True)},
                "distance": each.distance,
                "quantile": each.quantile,
                "reached": self.reached,
            }
            for each in self.solutions
        ]  # fmt: skip
        return frame_of(rows)

    def to_dict(self) -> dict[str, Any]:
        """The result as plain data, for JSON; unknown values are None."""
        low, high = self.interval or (None, None)
        return dict(plain({
            "want": {goal.name: goal.value if goal.aim == "value" else goal.aim for goal in self.goals},
            "inputs": plain_cells(self.inputs), "predictions": self.outputs, "prediction": self.prediction,
            "std": self.std if self.band else None, "coverage": self.coverage, "lower": low, "upper": high,
            "reached": self.reached, "starts": self.starts, "agreeing": self.agreeing,
            "combinations": self.combinations, "is_exhaustive": self.is_exhaustive, "near_data": self.near_data,
            "distance": self.distance.to_dict(), "notices": self.notices,
            "columns": [vars(column) for column in self.columns],
            "solutions": [
                {
                    "inputs": plain_cells(each.inputs), "prediction": each.prediction,
                    "distance": each.distance, "quantile": each.quantile,
                }
                for each in self.solutions
            ],
        }))  # fmt: skip


def _cut_between_values(allowed: str) -> str:
    """Leave out values in the middle of a list that is too wide, or cut a text without a list."""
    if len(allowed) <= WIDEST_ALLOWED:
        return allowed
    values = allowed.split(", ")
    for n in range(len(values) - 1, 1, -1):
        shown = ", ".join([*values[: n - n // 2], "…", *values[len(values) - n // 2 :]])
        if len(shown) <= WIDEST_ALLOWED:
            return shown
    return cut_in_the_middle(allowed, WIDEST_ALLOWED)
