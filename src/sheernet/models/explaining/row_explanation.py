"""`RowExplanation`: where the prediction of one row comes from, and how far the row is from the training rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.columns import CategoryColumn
from sheernet.data.columns.column_types import has_indicator
from sheernet.foundation.arrays import Array, Indices
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import counted, listed, plural_of, wrapped
from sheernet.foundation.pandas_import import frame_of
from sheernet.foundation.text_tables import aligned, html_table, paragraphs
from sheernet.models.explaining.column_notices import determined_columns
from sheernet.models.explaining.contributions import (
    compute_contributions,
    has_band,
)
from sheernet.models.explaining.data_distance import distance_of_rows
from sheernet.models.explaining.effect_curves import written_value
from sheernet.models.explaining.given_table import GivenRows
from sheernet.models.explaining.prediction_sums import change_std, prediction_std, weights_known
from sheernet.models.explaining.reference_rows import reference_of, reference_rows
from sheernet.models.explaining.uncertainty_text import BAND, band_in_words
from sheernet.models.rows_in import Rows, rows_in
from sheernet.models.uncertainty import density_interval_or_none, distribution_of

if TYPE_CHECKING:
    import pandas as pd

    from sheernet.models.model import Model

COVERAGE = 0.9
"""Coverage of the interval."""
SAME = 1e-9
"""Maximum distance of rows with equal inputs, up to rounding."""
NEAREST = 5
"""Maximum number of rows to name."""
MOST_ROWS = 2000
"""Maximum number of rows for comparison of uncertainty and distances; if there are more, every second, third, ..."""
MOST_DIGITS = 6
"""Significant digits of a prediction and its contributions."""
FIXED = 15
"""Maximum number of digits before or after the decimal point of numbers without exponents."""
MOST_NAMED = 4
ARTIFICIAL = (
    "Caution: without a table, this model has no rows: contributions are measured from an artificial row. Even their "
    "signs can differ from those measured from the training rows; give the table of the fit."
)
WIDER = 1.05
"""Minimum ratio of the uncertainty of a contribution to that of the whole change for which it is reported."""


@dataclass(frozen=True, eq=False)
class Neighbors:
    """The nearest rows with different inputs, by the Euclidean distance of the encoded rows.

    Parameters
    ----------
    same : ndarray of int
        The data rows, from 1 for the first, that have the same inputs: the row itself if it is one of these rows.
    numbers : ndarray of int, (n,)
        The data rows of the nearest others, the nearest first.
    distances : ndarray, (n,)
        In the units of the network: standard deviations of columns of numbers if the inputs are standardized; two rows
        that differ in a label only have the distance sqrt(2).
    truths : tuple of tuple of str
        The true values of the targets of each row, if the table has them; otherwise empty.
    usual : float
        Median distance of the rows to their nearest neighbor; nan for a single row.
    quantile : float
        Fraction of the rows whose nearest neighbor is nearer than that of the explained row.
    noun : str
        Name of a row: "training row" or "row".
    """

    same: Indices
    numbers: Indices
    distances: Array
    truths: tuple[tuple[str, ...], ...]
    usual: float
    quantile: float
    noun: str


@dataclass(frozen=True, eq=False)
class Novelty:
    """The uncertainty of the prediction of a row, compared with other rows.

    Parameters
    ----------
    std : ndarray, (K,)
        Standard deviation of each prediction due to the members and the uncertainty of their weights.
    usual : ndarray, (K,)
        Median of `std` over the other rows.
    quantile : ndarray, (K,)
        Fraction of the other rows with a smaller standard deviation.
    whole : tuple of two ndarray, (K,), or None
        Standard deviation of a new value, and its median over the other rows; None for classes and if it is not known.
    """

    std: Array
    usual: Array
    quantile: Array
    whole: tuple[Array, Array] | None


@dataclass(frozen=True, eq=False)
class RowExplanation:
    """Where the prediction of a row comes from; made by `Model.explain_row`.

    Parameters
    ----------
    columns, values : tuple of str, length C
        The columns, and the values of the row in them.
    outputs : tuple of str
        Names of the K predictions: targets, or classes as "color=red".
    shown : ndarray of int
        Indices of the predictions that text and tables show: all targets, or the predicted class.
    prediction, baseline : ndarray, (K,)
        Prediction of the row, and the mean prediction that is the origin of the contributions.
    measured_from : str
        Description of this mean prediction.
    is_artificial : bool
        Whether `baseline` is that of artificial rows, which do not represent the distribution of the training rows.
    target_mean : ndarray, (K,), or None
        The mean of each target in the training rows, if `baseline` is another one and the mean is known.
    contributions, std : ndarray, (C, K)
        Contribution of each column, and its standard deviation due to the members and their weights.  The
        contributions add up to `prediction` - `baseline`.
    change_std : ndarray, (K,)
        Standard deviation of `prediction` - `baseline`, due to the same sources.
    band : str
        What the standard deviations include; empty if they are not known.
    interval : tuple of two ndarray, (K,), or None
        Interval that contains a new value with a probability of 90 %; None for classes and if it is not known.
    outside : tuple of str
        Values outside the range of the training rows.
    combination : tuple of str
        Distance of the row from the center of the training rows, and values that are unusual given the others; empty
        if it is not known.
    neighbors : Neighbors or None
        The nearest rows of the table; None without a table.
    notices : tuple of str
        Columns whose contributions the rows of the table cannot separate.
    novelty : Novelty or None
        The uncertainty of the prediction; None without a table, or if the uncertainty is not known.
    """

    columns: tuple[str, ...]
    values: tuple[str, ...]
    outputs: tuple[str, ...]
    shown: Indices
    prediction: Array
    baseline: Array
    measured_from: str
    is_artificial: bool
    target_mean: Array | None
    contributions: Array
    std: Array
    change_std: Array
    band: str
    interval: tuple[Array, Array] | None
    outside: tuple[str, ...]
    combination: tuple[str, ...]
    neighbors: Neighbors | None
    notices: tuple[str, ...]
    novelty: Novelty | None

    def to_frame(self) -> pd.DataFrame:
        """Return the contributions as a DataFrame with a row for each column and prediction.

        Returns
        -------
        DataFrame
            A DataFrame with the columns prediction, column, value, contribution and std, largest contributions first.
        """
        heads = ["prediction", "column", "value", "contribution", "std"]
        rows = [
            (self.outputs[k], self.columns[c], self.values[c], self.contributions[c, k], self.std[c, k])
            for k in range(len(self.outputs))
            for c in self._order(k)
        ]  # fmt: skip
        return frame_of(rows, heads)

    def __str__(self) -> str:
        lines: list[str] = []
        for k in map(int, self.shown):
            lines += [self._heading(k), "", *map(wrapped, self._place(k)), ""]
            lines += [
                *aligned(self._table(k), left=range(3)),
                "",
                *map(wrapped, self._notes(k)),
                "",
            ]
        return "\n".join([*lines, *self._nearest()]).rstrip("\n")

    def _repr_html_(self) -> str:
        """The tables of contributions for notebooks, with the text about the position of the row."""
        parts: list[str] = []
        for k in map(int, self.shown):
            parts += [paragraphs([self._heading(k), *self._place(k)])]
            parts += [html_table(self._table(k)), paragraphs(self._notes(k))]
        return "".join([*parts, paragraphs(self._nearest())])

    def _table(self, k: int) -> list[list[str]]:
        """The headings, and for each column its value and contribution, the largest first."""
        lines = [["column", "value", "contribution"]]
        for c in self._order(k):
            std = f" ± {self._written(k, BAND * self.std[c, k])}" if self.band else ""
            contribution = f"{self._written(k, self.contributions[c, k], '+')}{std}"
            lines.append([self.columns[c], self.values[c], contribution])
        return lines

    def _order(self, k: int) -> Indices:
        return np.argsort(-np.abs(self.contributions[:, k]), kind="stable")

    def _written(self, k: int, value: float, sign: str = "") -> str:
        """A number in the units of a prediction, rounded to the third digit of the ± of the change."""
        largest = _exponent(max(abs(self.prediction[k]), abs(self.baseline[k])))
        last = _exponent(BAND * self.change_std[k]) - 2 if self.change_std[k] else largest - 3
        return _rounded(value, max(last, largest + 1 - MOST_DIGITS), sign)

    def _heading(self, k: int) -> str:
        change = self.prediction[k] - self.baseline[k]
        parts = [
            self._written(k, each) for each in (self.prediction[k], self.baseline[k], abs(change))
        ]
        line = f"{self.outputs[k]}: {parts[0]} = {parts[1]} {'-' if change < 0 else '+'} {parts[2]}"
        if self.interval is not None:
            low, high = (self._written(k, end[k]) for end in self.interval)
            line += f"; {100 * COVERAGE:g} % interval {low} to {high}"
        return line

    def _notes(self, k: int) -> Iterator[str]:
        """Lines about the contributions to a prediction."""
        start = f"{self._written(k, self.baseline[k])} is {self.measured_from}"
        if self.target_mean is not None:
            start += f"; the mean of {self.outputs[k]} is {self._written(k, self.target_mean[k])}"
        yield f"{start}. Contributions add up from it to the prediction."
        if len(self.columns) > 1 and k == self.shown[0]:
            yield (
                "They are Shapley values: what columns do together is divided equally among them, so a column can "
                "contribute even if the column alone has no effect."
            )
        if not self.band:
            return
        change = self._written(k, BAND * self.change_std[k])
        yield f"±: {self.band}; of the sum of the contributions ± {change}"
        sizes, stds = np.abs(self.contributions[:, k]), self.std[:, k]
        order = self._order(k)
        unsure = [self.columns[c] for c in order if sizes[c] < BAND * stds[c]]
        if unsure:
            yield f"Not significant, smaller than their ±: {listed(unsure, most=MOST_NAMED)}."
        wide = [self.columns[c] for c in order if stds[c] > WIDER * self.change_std[k]]
        if wide:
            yield (
                f"More uncertain than the sum: {listed(wide, most=MOST_NAMED)}. How the sum is divided among these and "
                "other columns is less certain than the sum itself."
            )
        yield from (f"{notice}." for notice in self.notices)

    def _place(self, k: int) -> Iterator[str]:
        """Lines about the distance of the row from others, before the first prediction, and about the uncertainty."""
        near, is_first = self.neighbors, k == self.shown[0]
        if is_first and self.is_artificial:
            yield ARTIFICIAL
        if is_first and near is not None:
            yield from self._distance(near)
        if self.novelty is not None:
            yield self._uncertainty(k, self.novelty, "row" if near is None else near.noun)
        if is_first:
            yield from self.outside or ("Each number is in the range of the training rows.",)
            yield from self.combination
            if near is None:
                yield "Not checked without a table: gaps between the training rows."

    def _distance(self, near: Neighbors) -> Iterator[str]:
        if len(near.same):
            names = listed(list(map(str, near.same)), most=MOST_NAMED)
            noun = plural_of(
                len(near.same), f"{near.noun} {names} has", f"{near.noun}s {names} have"
            )
            yield f"{noun[0].upper()}{noun[1:]} the same inputs."
        if len(near.distances) and np.isfinite(near.usual):
            other = f"other {near.noun}" if len(near.same) else near.noun
            yield (
                f"Nearest {other}: distance {near.distances[0]:.3g} in scaled inputs; between the {near.noun}s "
                f"median {near.usual:.3g}, smaller for {_percent(near.quantile)} of them."
            )

    def _uncertainty(self, k: int, novelty: Novelty, noun: str) -> str:
        own, usual = _short(novelty.std[k]), _short(novelty.usual[k])
        line = (
            f"Standard deviation of the prediction: {own}, larger than for {_percent(novelty.quantile[k])} of the "
            f"{noun}s (median {usual})"
        )
        if novelty.whole is not None:
            own, usual = (_short(each[k]) for each in novelty.whole)
            line += f"; of a new value, with its noise: {own} (median {usual})"
        return f"{line}."

    def _nearest(self) -> Iterator[str]:
        """The nearest rows."""
        near = self.neighbors
        if near is None or not len(near.numbers):
            return
        other = "other " if len(near.same) else ""
        yield f"Nearest {other}{near.noun}s, by the distance of scaled inputs:"
        for i, (number, distance) in enumerate(zip(near.numbers, near.distances, strict=True)):
            truth = f"  {', '.join(near.truths[i])}" if near.truths else ""
            yield f"  row {number}  {distance:.3g}{truth}"


def _exponent(value: float) -> int:
    """The exponent of the first digit of a positive number."""
    return int(np.floor(np.log10(value))) if 0 < value < np.inf else 0


def _rounded(value: float, exponent: int, sign: str = "") -> str:
    """A number rounded to a multiple of a power of ten."""
    if not -FIXED <= exponent <= _exponent(abs(value)) + 1 <= FIXED:
        return f"{value:{sign}.3g}"
    return f"{round(value, -exponent) + 0.0:{sign}.{max(-exponent, 0)}f}"


def _short(value: float) -> str:
    """A positive number with three digits."""
    return _rounded(value, _exponent(value) - 2)


def _percent(fraction: float) -> str:
    return f"{100 * fraction:.0f} %"


def explanation_of(model: Model, row: Any, table: Any = None) -> RowExplanation:
    """Explain the prediction of a row; see `Model.explain_row`."""
    given = rows_in(model.inputs, row, complete=True, like=model.reading)
    if len(given.X) != 1:
        raise InvalidInput(
            f"explain_row explains a single row, but {counted(len(given.X), 'row was', 'rows were')} given; use "
            "contributions for several rows"
        )
    return explain_encoded(model, given.X[0], reference_rows(model, row, given, table))


def explain_encoded(model: Model, x: Array, compared: GivenRows | None) -> RowExplanation:
    """Explain the prediction of an encoded row, (F,), compared with other rows, if there are any."""
    reference = reference_of(model, compared)
    found = compute_contributions(model, x[None], reference, True)
    assert found.std is not None
    ends = density_interval_or_none(model, x[None], COVERAGE)
    return RowExplanation(
        found.columns,
        tuple(_values(model, x)),
        found.outputs,
        found.shown[0],
        found.predictions[0],
        found.baseline,
        found.measured_from,
        reference.is_artificial,
        reference.target_mean,
        found.values[0],
        found.std[0],
        change_std(model, x, reference.rows),
        band_in_words(len(model.members), weights_known(model)),
        None if ends is None else (ends[0][0], ends[1][0]),
        tuple(_outside(model, x)),
        tuple(distance_of_rows(model, Rows.complete(x[None])).combination()),
        None if compared is None else _neighbors(model, x, compared),
        () if compared is None else tuple(determined_columns(model.inputs, compared.X)),
        _novelty(model, x, compared.X) if compared is not None and has_band(model) else None,
    )


def _values(model: Model, x: Array) -> Iterator[str]:
    """The value of each column in an encoded row, as text."""
    for column, place in model.inputs.with_slices():
        own = x[place]
        if has_indicator(column) and own[-1]:
            yield "(missing)"
        elif isinstance(column, CategoryColumn):
            yield column.categories[int(own.argmax())] if own.any() else "(unseen)"
        else:
            yield written_value(float(column.values_of(own[None])[0]), column.kind)


def _outside(model: Model, x: Array) -> Iterator[str]:
    """Sentences about the numbers outside the range of the training rows."""
    for column, place in model.inputs.with_slices():
        own = x[place]
        if isinstance(column, CategoryColumn):
            continue
        value = float(column.values_of(own[None])[0])
        slack = 1e-9 * max(abs(column.lowest), abs(column.highest))  # rounding of the encoding
        for beyond, words, end in (
            (column.lowest - value, ("below", "smallest"), column.lowest),
            (value - column.highest, ("above", "largest"), column.highest),
        ):
            if beyond > slack:
                extent = column.highest - column.lowest
                far = f", by {100 * beyond / extent:.3g} % of their range" if extent else ""
                shown, limit = (written_value(number, column.kind) for number in (value, end))
                yield (
                    f"{column.name}: {shown} is {words[0]} {limit}, the {words[1]} value of the training rows{far}."
                )


def _neighbors(model: Model, x: Array, reference: GivenRows) -> Neighbors:
    distances = np.linalg.norm(reference.X - x, axis=1)
    order = np.argsort(distances, kind="stable")
    n_same = int(np.count_nonzero(distances <= SAME))
    nearest = order[n_same : n_same + NEAREST]
    truths: list[tuple[str, ...]] = []
    names = model.targets.names
    if set(names) <= set(reference.table.columns):
        frame = reference.table.frame
        truths = [
            tuple(f"{name} = {_text(frame[name].iloc[row])}" for name in names)
            for row in reference.indices[nearest]
        ]
    others = _distances_to_others(_some(reference.X))
    first = distances[nearest[0]] if len(nearest) else np.inf
    return Neighbors(
        reference.indices[order[:n_same]] + 1,
        reference.indices[nearest] + 1,
        distances[nearest],
        tuple(truths),
        float(np.median(others)) if len(others) else float("nan"),
        float((others < first).mean()) if len(others) else 0.0,
        reference.noun,
    )


def _text(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, (float, np.floating)) else str(value)


def _distances_to_others(X: Array) -> Array:
    """The distance of each row to its nearest neighbor, (N,); empty for a single row."""
    from scipy.spatial import KDTree

    if len(X) < 2:
        return np.zeros(0)
    return np.asarray(KDTree(X).query(X, k=2)[0][:, 1])


def _novelty(model: Model, x: Array, X: Array) -> Novelty:
    rows = np.vstack([x, _some(X)])
    std = prediction_std(model, rows)
    usual = np.median(std[1:], axis=0)
    whole = _new_value_std(model, rows)
    return Novelty(
        std[0],
        usual,
        (std[1:] < std[0]).mean(axis=0),
        None if whole is None else (whole[0], np.median(whole[1:], axis=0)),
    )


def _new_value_std(model: Model, X: Array) -> Array | None:
    """Standard deviation of a new value of each target, (N, K); None for classes and if it is not known or infinite."""
    try:
        std = distribution_of(model, Rows.complete(X)).std()
    except InvalidInput:  # also if the model predicts classes
        return None
    return std.reshape(len(X), -1) if np.isfinite(std).all() else None


def _some(X: Array) -> Array:
    return X[:: -(-len(X) // MOST_ROWS)]
