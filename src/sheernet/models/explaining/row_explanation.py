"""`RowExplanation`: where the prediction of one row comes from, and how far the row is from the training rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.data.columns import CategoryColumn
from sheernet.data.targets import ClassTarget
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.pandas_import import import_pandas
from sheernet.foundation.text_tables import aligned, html_table
from sheernet.foundation.words import counted
from sheernet.models.explaining.column_parts import own_values
from sheernet.models.explaining.contributions import (
    compute_contributions,
    mean_row,
    middle_row,
    spread_of_contributions,
)
from sheernet.models.explaining.effect_curves import written_value
from sheernet.models.explaining.given_table import GivenRows, given_table
from sheernet.models.rows_in import Rows, rows_in
from sheernet.models.uncertainty import distribution_of
from sheernet.statistics.laplace import output_variances

if TYPE_CHECKING:
    import pandas as pd

    from sheernet.models.model import Model

COVERAGE = 0.9
"""Of the interval."""
NEAREST = 5
"""Rows that are named."""
MOST_ROWS = 2000
"""Rows with which the uncertainty and the distances of a row are compared; of more, every second, third, ..."""


@dataclass(frozen=True, eq=False)
class Neighbors:
    """The nearest of some rows, by the Euclidean distance of the encoded rows.

    Parameters
    ----------
    numbers : ndarray of int, (n,)
        Their data rows, from 1 for the first, the nearest first.
    distances : ndarray, (n,)
        In the units of the network: standard deviations of columns of numbers if the inputs are standardized; two rows
        that differ in a label only have the distance sqrt(2).
    truths : tuple of tuple of str
        The true values of the targets of each row, if the table has them; otherwise empty.
    usual : float
        Median distance of the rows to the nearest other one.
    noun : str
        What the rows are.
    """

    numbers: npt.NDArray[np.intp]
    distances: Array
    truths: tuple[tuple[str, ...], ...]
    usual: float
    noun: str


@dataclass(frozen=True, eq=False)
class Novelty:
    """How uncertain the weights make the prediction of a row, in comparison with other rows.

    Parameters
    ----------
    ratio : float
        Standard deviation of the prediction due to the uncertainty of the weights (the length of its gradient in the
        metric of the inverse Gauss-Newton matrix), in units of its root mean square over the other rows.
    quantile : float
        Fraction of the other rows where it is smaller.
    width : float or None
        Width of the interval, in units of its median over the other rows; None if there are no intervals.
    """

    ratio: float
    quantile: float
    width: float | None


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
        Prediction of the row, and of the row from which the contributions are measured.
    measured_from : str
        What this row is.
    contributions, std : ndarray, (C, K)
        Contribution of each column, and its standard deviation due to the members and their weights.  The
        contributions add up to `prediction` - `baseline`.
    band : str
        What the standard deviations include; empty if they are not known.
    interval : tuple of two ndarray, (K,), or None
        Interval that contains a new value with a probability of 90 %; None for classes and if it is not known.
    outside : tuple of str
        Values outside the range of the training rows.
    neighbors : Neighbors or None
        The nearest rows of the table; None without a table.
    novelty : Novelty or None
        How far outside the row is for the model; None without a table, or if the covariance of the weights is unknown.
    """

    columns: tuple[str, ...]
    values: tuple[str, ...]
    outputs: tuple[str, ...]
    shown: npt.NDArray[np.intp]
    prediction: Array
    baseline: Array
    measured_from: str
    contributions: Array
    std: Array
    band: str
    interval: tuple[Array, Array] | None
    outside: tuple[str, ...]
    neighbors: Neighbors | None
    novelty: Novelty | None

    def to_frame(self) -> pd.DataFrame:
        """The contributions as a DataFrame with a row for each column and prediction.

        Returns
        -------
        DataFrame
            With the columns prediction, column, value, contribution and std, the largest contributions first.
        """
        pandas = import_pandas()
        heads = ["prediction", "column", "value", "contribution", "std"]
        rows = [
            (self.outputs[k], self.columns[c], self.values[c], self.contributions[c, k], self.std[c, k])
            for k in range(len(self.outputs))
            for c in self._order(k)
        ]  # fmt: skip
        frame: pd.DataFrame = pandas.DataFrame(rows, columns=heads)
        return frame

    def __str__(self) -> str:
        lines: list[str] = []
        for k in self.shown:
            lines += [self._heading(int(k)), ""]
            lines += [*aligned(self._table(int(k)), left=range(3)), ""]
        lines.append(f"Contributions are measured from {self.measured_from}; they add up.")
        if self.band:
            lines.append(f"±: {self.band}")
        return "\n".join([*lines, *self._place()])

    def _repr_html_(self) -> str:
        """The tables of contributions for notebooks, with the text about the place of the row."""
        parts = [
            f"<p>{escape(self._heading(int(k)))}</p>{html_table(self._table(int(k)))}"
            for k in self.shown
        ]
        parts += [f"<p>{escape(line)}</p>" for line in self._place() if line]
        return "".join(parts)

    def _table(self, k: int) -> list[list[str]]:
        """The heads, and of each column its value and contribution, the largest first."""
        lines = [["column", "value", "contribution"]]
        for c in self._order(k):
            std = f" ± {2 * self.std[c, k]:.3g}" if self.band else ""
            contribution = f"{self.contributions[c, k]:+.4g}{std}"
            lines.append([self.columns[c], self.values[c], contribution])
        return lines

    def _order(self, k: int) -> npt.NDArray[np.intp]:
        return np.argsort(-np.abs(self.contributions[:, k]), kind="stable")

    def _heading(self, k: int) -> str:
        start = f"{self.outputs[k]}: {self.prediction[k]:.5g} = {self.baseline[k]:.5g}"
        change = self.prediction[k] - self.baseline[k]
        line = f"{start} {'-' if change < 0 else '+'} {abs(change):.4g}"
        if self.interval is not None:
            low, high = (end[k] for end in self.interval)
            line += f"; {100 * COVERAGE:g} % interval {low:.5g} to {high:.5g}"
        return line

    def _place(self) -> Iterator[str]:
        """Lines about the distance of the row from the training rows."""
        yield ""
        yield from self.outside or ("All numbers are in the range of the training rows.",)
        if self.novelty is not None:
            yield (
                f"The uncertainty of the weights is {self.novelty.ratio:.3g} times as large as usual, larger than for "
                f"{100 * self.novelty.quantile:.0f} % of the rows."
            )
            if self.novelty.width is not None:
                yield f"The interval is {self.novelty.width:.3g} times as wide as usual."
        if self.neighbors is not None:
            near = self.neighbors
            yield f"Nearest {near.noun}s, by the distance of scaled inputs (usual: {near.usual:.3g}):"
            for i, (number, distance) in enumerate(zip(near.numbers, near.distances, strict=True)):
                truth = f"  {', '.join(near.truths[i])}" if near.truths else ""
                yield f"  row {number}  {distance:.3g}{truth}"


def explanation_of(model: Model, row: Any, table: Any = None) -> RowExplanation:
    """Explain the prediction of a row; see `Model.explain_row`."""
    given = rows_in(model.inputs, row, complete=True, like=model.reading)
    if len(given.X) != 1:
        raise InvalidInput(
            f"explain_row explains a single row, but {counted(len(given.X), 'row was', 'rows were')} given; use "
            "contributions for several rows"
        )
    reference = None if table is None else given_table(model, table).inputs("training")
    return explain_encoded(model, given.X[0], reference)


def explain_encoded(model: Model, x: Array, reference: GivenRows | None) -> RowExplanation:
    """Explain the prediction of an encoded row, (F,), in comparison with other rows, if there are any."""
    baseline = (
        middle_row(model) if reference is None else mean_row(model, reference.X, reference.noun)
    )
    found = compute_contributions(model, x[None], baseline)
    known = all(member.factor.size for member in model.members)
    sources = [f"among {counted(len(model.members), 'network')}"] * (len(model.members) > 1)
    sources += ["of the weights"] * known
    band = f"2 standard deviations {' and '.join(sources)}" if sources else ""
    return RowExplanation(
        found.columns,
        tuple(_values(model, x)),
        found.outputs,
        found.shown[0],
        found.predictions[0],
        found.baseline,
        found.measured_from,
        found.values[0],
        spread_of_contributions(model, x, baseline),
        band,
        _interval(model, x[None]),
        tuple(_outside(model, x)),
        None if reference is None else _neighbors(model, x, reference),
        _novelty(model, x, reference.X) if known and reference is not None else None,
    )


def _values(model: Model, x: Array) -> Iterator[str]:
    """The value of each column in an encoded row, as text."""
    for column, place in model.inputs.with_slices():
        own = x[place]
        if isinstance(column, CategoryColumn):
            labels = [name[len(column.name) + 1 :] for name in column.features]
            yield labels[int(own.argmax())] if own.any() else "(unseen)"
        else:
            yield written_value(float(own_values(column, own[None])[0]), column.kind)


def _outside(model: Model, x: Array) -> Iterator[str]:
    """Sentences about the numbers outside the range of the training rows."""
    for column, place in model.inputs.with_slices():
        own = x[place]
        if isinstance(column, CategoryColumn):
            continue
        value = float(own_values(column, own[None])[0])
        slack = 1e-9 * max(abs(column.lowest), abs(column.highest))  # of encoding
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


def _interval(model: Model, X: Array) -> tuple[Array, Array] | None:
    """Intervals of encoded rows, (N K,) each; None for classes, or if the density is not known."""
    if isinstance(model.targets, ClassTarget):
        return None
    rows = Rows(X, np.zeros(len(X), dtype=np.bool_))
    try:
        lower, upper = distribution_of(model, rows).interval(COVERAGE)
    except InvalidInput:
        return None
    return lower.ravel(), upper.ravel()


def _neighbors(model: Model, x: Array, reference: GivenRows) -> Neighbors:
    distances = np.linalg.norm(reference.X - x, axis=1)
    nearest = np.argsort(distances, kind="stable")[:NEAREST]
    some = _some(reference.X)
    truths: list[tuple[str, ...]] = []
    names = model.targets.names
    if set(names) <= set(reference.table.columns):
        frame = reference.table.frame
        truths = [
            tuple(f"{name} = {_text(frame[name].iloc[row])}" for name in names)
            for row in reference.indices[nearest]
        ]
    return Neighbors(
        reference.indices[nearest] + 1,
        distances[nearest],
        tuple(truths),
        _usual_distance(some),
        reference.noun,
    )


def _text(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, (float, np.floating)) else str(value)


def _usual_distance(X: Array) -> float:
    """Median distance of rows to the nearest other one."""
    from scipy.spatial import KDTree

    if len(X) < 2:
        return float("nan")
    return float(np.median(KDTree(X).query(X, k=2)[0][:, 1]))


def _novelty(model: Model, x: Array, X: Array) -> Novelty:
    some = _some(X)
    own, others = _weight_std(model, x[None])[0], _weight_std(model, some)
    usual = float(np.sqrt((others**2).mean()))
    row, rows = _interval(model, x[None]), _interval(model, some)
    width = None
    if row is not None and rows is not None:
        n = len(row[0])
        width = float(
            np.mean((row[1] - row[0]) / np.median((rows[1] - rows[0]).reshape(-1, n), axis=0))
        )
    return Novelty(float(own / usual) if usual else 1.0, float((others < own).mean()), width)


def _weight_std(model: Model, X: Array) -> Array:
    """Standard deviation of the outputs due to the weights of each network, (N,): root of the mean variance."""
    total = np.zeros(len(X))
    for member in model.members:
        network = member.network
        variances = output_variances(network.architecture, network.theta, member.factor, X)
        total += member.share * variances[:, : member.n_locations].mean(axis=1)
    return np.sqrt(total)


def _some(X: Array) -> Array:
    return X[:: -(-len(X) // MOST_ROWS)]
