"""`BestInputs`: the inputs with the best predictions, and these predictions, as text, tables and plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.message_text import counted, cut_in_the_middle, in_digits, listed, wrapped
from sheernet.foundation.pandas_import import frame_of
from sheernet.foundation.plain_data import plain
from sheernet.foundation.text_tables import aligned, html_table, paragraphs
from sheernet.models.best_inputs.terms import SIGNS, Term
from sheernet.models.explaining.column_cells import plain_cells
from sheernet.models.explaining.effect_curves import written_value
from sheernet.models.explaining.profile_curves import Profile
from sheernet.models.explaining.uncertainty_text import band_note, with_uncertainty

if TYPE_CHECKING:
    import pandas as pd

WIDEST_ALLOWED = 36
"""Maximum number of characters of the range or the labels of a column."""
MOST_COLUMNS = 8
"""Maximum number of columns of the table of several solutions."""
SAME = 1e-6
"""Maximum difference of the end of an interval that reaches the best measured value, in units of its range."""


@dataclass(frozen=True)
class SearchedColumn:
    """The values of a column that were searched.

    Parameters
    ----------
    name, kind : str
        The column, and the kind of its values (`kind_of`).
    typical : str
        Its value in a typical row.
    allowed : str
        The range or the labels that were searched; "fixed" if it was fixed.
    end : {"", "lowest", "highest"}
        The end of its range at which the best value lies.
    """

    name: str
    kind: str
    typical: str
    allowed: str
    end: str


@dataclass(frozen=True, eq=False)
class MeasuredRow:
    """The best row of the given table.

    Parameters
    ----------
    place : str
        The number of the row, as in "data row 4".
    values : ndarray, (K,)
        Its measured targets; 1 for its class and 0 for the others.
    profile : Profile
        The prediction for its inputs.
    """

    place: str
    values: Array
    profile: Profile


@dataclass(frozen=True, eq=False)
class BestInputs:
    """The inputs with the best predictions; made by `Model.optimize`.

    Parameters
    ----------
    wants, limits : tuple of Term
        What was wanted, and the limits of predictions and sums of columns.
    goal : {"interval", "mean"}
        Whether the worse ends of the intervals were optimized, or the predictions.
    columns : tuple of SearchedColumn
        The searched values of each column.
    solutions : tuple of Profile
        Inputs that are equally good (`point`), with their predictions, the nearest to the center of the data first; at
        most 5.
    measured : MeasuredRow or None
        The best row of the given table that satisfies the limits, if there is one.
    extremes : mapping of str to two float
        The smallest and the largest measured value of each target in the training rows.
    reached : bool
        Whether all wanted values and limits were reached.
    is_near : bool
        Whether the inputs are near the data and their sums have the given values.
    starts, agreeing : int
        Number of starts, and of starts that found equally good inputs.
    combinations : int
        Number of combinations of labels, Booleans and small whole numbers.
    is_exhaustive : bool
        Whether all combinations were tried.
    near_data : bool
        Whether inputs far from the data were excluded.
    notices : tuple of str
        Bounds that were narrowed, labels that were not searched, and warnings about fixed values.
    """

    wants: tuple[Term, ...]
    limits: tuple[Term, ...]
    goal: str
    columns: tuple[SearchedColumn, ...]
    solutions: tuple[Profile, ...]
    measured: MeasuredRow | None
    extremes: Mapping[str, tuple[float, float]]
    reached: bool
    is_near: bool
    starts: int
    agreeing: int
    combinations: int
    is_exhaustive: bool
    near_data: bool
    notices: tuple[str, ...]

    @property
    def inputs(self) -> Mapping[str, Any]:
        """The best inputs, as `Model.predict` accepts them."""
        return self.solutions[0].point

    @property
    def prediction(self) -> Array:
        """Predictions at the best inputs, (K,), or probabilities of classes."""
        return self.solutions[0].prediction

    @property
    def interval(self) -> tuple[Array, Array] | None:
        """The 90 % interval of a new value at the best inputs, (K,) each; None for classes, and if it is not known."""
        return self.solutions[0].interval

    def text(self) -> str:
        """The best inputs, their prediction and its uncertainty, in lines of at most 100 characters."""
        n = len(self.table()[0])
        lines = [wrapped(self.title()), "", *aligned(self.table(), left=range(n)), ""]
        lines += map(wrapped, self.sentences())
        if len(self.solutions) > 1 and len(self.columns) <= MOST_COLUMNS:
            lines += ["", *aligned(self._other_solutions(), left=range(len(self.columns)))]
        lines += [wrapped(notice, 8, "Notice  ") for notice in self.notices]
        lines += map(wrapped, filter(None, [self._note]))
        return "\n".join(lines)

    @property
    def _note(self) -> str:
        return band_note(self.solutions[0].band, self.interval is not None)

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
        """A heading with what was wanted."""
        limits = f", with {listed(self.limits)}" if self.limits else ""
        if self.reached:
            return f"Best inputs for {listed(self.wants)}{limits}"
        if not self.is_near:
            near = " near the data" * self.near_data
            return f"No inputs{near} satisfy what is given{limits}: the nearest ones"
        return f"Inputs with predictions nearest to {listed(self._missed)}"

    @property
    def _missed(self) -> list[Term]:
        """The wanted values, and the limits of predictions."""
        limits = [term for term in self.limits if not term.columns]
        return [term for term in self.wants if term.aim not in SIGNS] + limits

    def table(self) -> list[list[str]]:
        """The heads, and for each column the best value, that of the best measured row, the others, and the typical."""
        lines = [["column", "best", "best measured", "searched", "typical"]]
        measured = [""] * len(self.columns)
        if self.measured is not None:
            measured = self.written(self.measured.profile)
        best = self.written(self.solutions[0])
        for column, value, of_row in zip(self.columns, best, measured, strict=True):
            end = f" ({column.end})" if column.end else ""
            searched = _cut_between_values(column.allowed)
            lines.append([column.name, f"{value}{end}", of_row, searched, column.typical])
        if self.measured is None:
            lines = [[*line[:2], *line[3:]] for line in lines]
        return lines

    def written(self, profile: Profile) -> list[str]:
        """The inputs of a profile as text."""
        values = zip(profile.values.values(), self.columns, strict=True)
        return [written_value(value, column.kind) for value, column in values]

    @property
    def _shown(self) -> list[int]:
        """The predictions in the text."""
        wanted = [term.k for term in (*self.wants, *self.limits) if not term.columns]
        return list(dict.fromkeys([*wanted, *self.solutions[0].shown]))

    def sentences(self) -> Iterator[str]:
        """The predictions, whether what was wanted was reached, the distance, the best measured row, and the starts."""
        best = self.solutions[0]
        yield from (f"Prediction of {best.outputs[k]}: {_predicted(best, k)}." for k in self._shown)
        if self.goal == "interval":
            yield from self._criterion()
        if not self.reached and self.is_near:
            yield from self._shortfall()
        yield from best.distance.sentences()
        yield from self._measured()
        yield self._starts()
        if len(self.solutions) > 1:
            yield "Several inputs are equally good; the first are the nearest to the center of the data."

    def _criterion(self) -> Iterator[str]:
        """Say which ends of the intervals were optimized."""
        best = self.solutions[0]
        for term in self.wants:
            if term.columns:
                continue
            if term.aim in SIGNS:
                end = "lower" if term.aim == "maximize" else "upper"
                yield f"Searched: {term}, by the {end} end of its {100 * best.coverage:g} % interval."
            elif not any(each.aim in SIGNS for each in self.wants):
                yield f"Searched: {term}, with the narrowest {100 * best.coverage:g} % interval."

    def _shortfall(self) -> Iterator[str]:
        """Say what was not reached, and the best that was found."""
        first, *others = self._missed
        if others:
            yield "These values were not reached together; this is the nearest that was found."
            return
        best, near = self.solutions[0], " near the data" * self.near_data
        found, noun = float(best.prediction[first.k]), "prediction"
        if not first.has_value and self.goal == "interval" and best.interval is not None:
            side = 0 if np.isfinite(first.low) else 1
            found, noun = (
                float(best.interval[side][first.k]),
                f"{('lower', 'upper')[side]} end of its interval",
            )
        word = "largest" if found < first.low else "smallest"
        yield f"{first} was not reached{near}: {found:.6g} is the {word} {noun} that was found."

    def _measured(self) -> Iterator[str]:
        """Describe the best measured row, and compare the prediction with the best measured values."""
        row, best = self.measured, self.solutions[0]
        if row is not None:
            parts = [
                f"{best.outputs[k]} {in_digits(float(row.values[k]), 6)}, predicted {_predicted(row.profile, k)}"
                for k in self._shown
            ]
            yield f"Best measured row, {row.place}: {'; '.join(parts)}."
            distance = row.profile.distance.combination()
            yield from (line.replace("Distance", "Its distance", 1) for line in distance)
        for term in (*self.wants, *self.limits):
            if term.name in self.extremes:
                yield from self._support(term, *self.extremes[term.name])

    def _support(self, term: Term, lowest: float, highest: float) -> Iterator[str]:
        """Compare a prediction with the measured values of the training rows."""
        best, advice = self.solutions[0], "measure near these inputs before you use them"
        if term.aim not in SIGNS:
            if term.low > highest or term.high < lowest:
                ends = " to ".join(in_digits(end, 6) for end in (lowest, highest))
                yield f"The training rows have values of {term.name} from {ends} only: {advice}."
            return
        side, value = ("lower", highest) if term.aim == "maximize" else ("upper", lowest)
        if self.measured is None:
            yield f"In the training rows, {term} is {in_digits(value, 6)}."
        end = float(best.prediction[term.k])
        if self.goal == "interval" and best.interval is not None:
            end = float(best.interval[("lower", "upper").index(side)][term.k])
        if SIGNS[term.aim] * (end - value) > SAME * term.unit:
            return
        if self.goal == "interval":
            yield (
                f"The {side} end counts only up to {in_digits(value, 6)}, because no training row supports more; these "
                "are the most typical inputs that reach it."
            )
        else:
            yield f"No training row supports a prediction beyond {in_digits(value, 6)}: {advice}."

    def _starts(self) -> str:
        line = f"{self.agreeing} of {counted(self.starts, 'start')} found this"
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
        ks = self._shown
        names = [self.solutions[0].outputs[k] for k in ks]
        lines = [[*(column.name for column in self.columns), *names, "distance"]]
        for each in self.solutions:
            predicted = [f"{each.prediction[k]:.6g}" for k in ks]
            distance = float(each.distance.distance[0])
            shown = "" if np.isnan(distance) else f"{distance:.3g}"
            lines.append([*self.written(each), *predicted, shown])
        return lines

    def to_frame(self) -> pd.DataFrame:
        """The solutions as a DataFrame with a row for each, the best first.

        Returns
        -------
        DataFrame
            A DataFrame with the columns of the model, "predicted_NAME" for each prediction, "lower_NAME" and
            "upper_NAME" if the intervals are known, distance, quantile, and reached (whether all wanted values and
            limits were reached).
        """
        return frame_of([{**_record(each), "reached": self.reached} for each in self.solutions])

    def to_dict(self) -> dict[str, Any]:
        """The result as plain data, for JSON; unknown values are None."""
        best, row = self.solutions[0], self.measured
        low, high = best.interval or (None, None)
        return dict(plain({
            "want": {term.name: term.plain for term in self.wants},
            "limits": {term.name: term.plain for term in self.limits}, "goal": self.goal,
            "inputs": plain_cells(best.point), "predictions": best.outputs, "prediction": best.prediction,
            "std": best.std if best.band else None, "coverage": best.coverage, "lower": low, "upper": high,
            "reached": self.reached, "starts": self.starts, "agreeing": self.agreeing,
            "combinations": self.combinations, "is_exhaustive": self.is_exhaustive, "near_data": self.near_data,
            "distance": best.distance.to_dict(), "notices": self.notices,
            "columns": [vars(column) for column in self.columns],
            "measured": row and {"row": row.place, "values": row.values, **_plain_profile(row.profile)},
            "solutions": [_plain_profile(each) for each in self.solutions],
        }))  # fmt: skip


def _predicted(profile: Profile, k: int) -> str:
    std = float(profile.std[k]) if profile.band else None
    return with_uncertainty(
        float(profile.prediction[k]), std, profile.coverage, profile.interval, k
    )


def _record(profile: Profile) -> dict[str, Any]:
    """The inputs, predictions and distance of a profile as a row of a table."""
    ends: Sequence[tuple[str, Array]] = [("predicted", profile.prediction)]
    if profile.interval is not None:
        ends = [*ends, *zip(("lower", "upper"), profile.interval, strict=True)]
    return {
        **profile.point,
        **{f"{noun}_{name}": value for noun, end in ends for name, value in zip(profile.outputs, end, strict=True)},
        "distance": profile.distance.distance[0],
        "quantile": profile.distance.quantile[0],
    }  # fmt: skip


def _plain_profile(profile: Profile) -> dict[str, Any]:
    low, high = profile.interval or (None, None)
    return {
        "inputs": plain_cells(profile.point), "prediction": profile.prediction, "lower": low, "upper": high,
        "distance": profile.distance.distance[0], "quantile": profile.distance.quantile[0],
    }  # fmt: skip


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
