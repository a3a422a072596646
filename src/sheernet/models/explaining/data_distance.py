"""`DataDistance`: how far rows lie from the training rows of a model, column by column and in combination."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sheernet.data.columns import CategoryColumn, Inputs
from sheernet.foundation.arrays import Array, Mask
from sheernet.foundation.message_text import counted, listed, plural_of, wrapped
from sheernet.foundation.pandas_import import frame_of
from sheernet.foundation.plain_data import plain
from sheernet.foundation.text_tables import aligned, html_table, paragraphs
from sheernet.models.rows_in import Rows, rows_in
from sheernet.statistics.mahalanobis_distances import conditional_deviations

if TYPE_CHECKING:
    import pandas as pd

    from sheernet.models.model import Model

SLACK = 1e-9
"""Rounding error of the encoding, relative to the largest value of a column: values outside by less count as inside."""
UNUSUAL = 3.0
"""Minimum number of residual standard deviations from which the value of a column is unusual given the others."""
FAR = 0.95
"""A row is far if more than this fraction of the training rows is nearer."""
MOST_NAMED = 3
MOST_ROWS = 20
"""Maximum number of rows in the text, the farthest first."""


@dataclass(frozen=True, eq=False)
class DataDistance:
    """How far rows are from the training rows of a model; made by `Model.data_distance`.

    Parameters
    ----------
    columns : tuple of str, length C
        The columns of the model.
    labels : tuple of str
        The columns of labels.
    beyond : ndarray, (N, C)
        How far each value is outside of the range of the training rows, in units of this range (or of its value if the
        range is a point): 0 inside, positive above and negative below; 1 for a label that the training rows do not
        have; nan where the input is missing and not filled.
    distance : ndarray, (N,)
        Mahalanobis distance from the center of the encoded training rows; nan if unknown, or an input is missing.
    quantile : ndarray, (N,)
        The fraction of training rows that are nearer, each to the center of the others; nan in the same cases.
    farthest : float
        The distance of the farthest training row; nan if it is not known.
    unusual : ndarray, (N, C)
        Difference of the value of each column from its prediction by linear regression on the other columns, in
        residual standard deviations of the training rows; nan if it is not known.
    """

    columns: tuple[str, ...]
    labels: tuple[str, ...]
    beyond: Array
    distance: Array
    quantile: Array
    farthest: float
    unusual: Array

    def __len__(self) -> int:
        return len(self.distance)

    @property
    def is_outside(self) -> Mask:
        """Whether a value of each row is outside of the range or the labels of the training rows, (N,)."""
        return np.asarray((np.nan_to_num(self.beyond) != 0).any(axis=1))

    def sentences(self, row: int = 0) -> Iterator[str]:
        """Describe the position of one row in sentences."""
        outside = [
            f"{name} by its label"
            if name in self.labels
            else f"{name} by {100 * abs(beyond):.3g} % of its range"
            for name, beyond in zip(self.columns, np.nan_to_num(self.beyond[row]), strict=True)
            if beyond
        ]
        if outside:
            yield f"Outside the training rows: {listed(outside, most=MOST_NAMED)}."
        elif not np.isnan(self.beyond[row]).any():
            yield "Each value is within its range in the training rows."
        yield from self.combination(row)

    def combination(self, row: int = 0) -> Iterator[str]:
        """Describe the distance of one row from the center, and its values that are unusual given the others."""
        distance, quantile = self.distance[row], self.quantile[row]
        if np.isnan(distance):
            return
        if quantile == 0:
            far = "not farther than any training row"
        elif quantile < 0.01:
            far = "farther than less than 1 % of the training rows"
        elif quantile < 1:
            far = f"farther than {math.floor(100 * quantile)} % of the training rows"
        else:
            far = f"farther than all training rows, the farthest of which has {self.farthest:.3g}"
        yield f"Distance from the center of the data: {distance:.3g}, {far}."
        odd = [c for c in np.argsort(-self.unusual[row]) if self.unusual[row, c] > UNUSUAL]
        if quantile > FAR and odd and len(self.columns) > 1:
            names = [f"{self.columns[c]} ({self.unusual[row, c]:.2g})" for c in odd]
            yield (
                f"Values that are unusual given the others, by more than {UNUSUAL:g} standard deviations: "
                f"{listed(names, most=MOST_NAMED)}."
            )

    def __str__(self) -> str:
        if len(self) == 1:
            return "\n".join(map(wrapped, self.sentences()))
        n = int(self.is_outside.sum())
        title = f"{n} of {counted(len(self), 'row')} {plural_of(n, 'has', 'have')} values outside the training rows"
        if len(self) > MOST_ROWS:
            title += f"; the {MOST_ROWS} farthest rows of {len(self)}:"
        return "\n".join([wrapped(title), "", *aligned(self._table(), left=(4,))])

    def _repr_html_(self) -> str:
        if len(self) == 1:
            return paragraphs(self.sentences())
        return html_table(self._table())

    def _table(self) -> list[list[str]]:
        """The headings, and the farthest rows, with the numbers of the data rows."""
        lines = [["row", "distance", "nearer rows", "outside", "columns"]]
        key = np.where(
            np.isnan(self.distance), np.abs(np.nan_to_num(self.beyond)).max(axis=1), self.distance
        )
        for row in np.argsort(-key, kind="stable")[:MOST_ROWS]:
            outside = np.flatnonzero(np.nan_to_num(self.beyond[row]))
            lines.append([
                str(row + 1),
                "" if np.isnan(self.distance[row]) else f"{self.distance[row]:.3g}",
                "" if np.isnan(self.quantile[row]) else f"{100 * self.quantile[row]:.0f} %",
                str(len(outside)),
                listed([self.columns[c] for c in outside], most=MOST_NAMED),
            ])  # fmt: skip
        return lines

    def to_frame(self) -> pd.DataFrame:
        """Return a DataFrame with a row for each row.

        Returns
        -------
        DataFrame
            A DataFrame with the columns distance, quantile and outside (number of values outside of the training rows).
        """
        outside = (np.nan_to_num(self.beyond) != 0).sum(axis=1)
        return frame_of({"distance": self.distance, "quantile": self.quantile, "outside": outside})

    def to_dict(self) -> dict[str, Any]:
        """The distances as plain data, for JSON; unknown values are None."""
        outside = [
            {self.columns[c]: row[c] for c in np.flatnonzero(np.nan_to_num(row))}
            for row in self.beyond
        ]
        own = {"distance": self.distance, "quantile": self.quantile, "farthest": self.farthest}
        return dict(plain(own | {"outside": outside}))


def data_distance_of(model: Model, table: Any) -> DataDistance:
    """Compute how far rows are from the training rows; see `Model.data_distance`."""
    return distance_of_rows(model, rows_in(model.inputs, table, like=model.reading))


def distance_of_rows(model: Model, rows: Rows) -> DataDistance:
    """Compute how far encoded rows are from the training rows."""
    inputs, X, region = model.inputs, rows.X, model.region
    beyond = rows.known(_beyond(inputs, X))
    labels = tuple(column.name for column in inputs.columns if isinstance(column, CategoryColumn))
    distance = quantile = np.full(len(X), np.nan)
    unusual, farthest = np.full(beyond.shape, np.nan), np.nan
    if region is not None and region.has_distances:
        distance = rows.known(region.distances(X)[:, None])[:, 0]
        quantile = rows.known(region.quantiles(distance)[:, None])[:, 0]
        places = tuple(place for _, place in inputs.with_slices())
        unusual = rows.known(conditional_deviations(region.center, region.matrix, X, places))
        farthest = float(region.percentiles[-1])
    return DataDistance(inputs.names, labels, beyond, distance, quantile, farthest, unusual)


def _beyond(inputs: Inputs, X: Array) -> Array:
    """How far each value is outside of the training rows, (N, C)."""
    found = np.zeros((len(X), len(inputs.columns)))
    for c, (column, place) in enumerate(inputs.with_slices()):
        if isinstance(column, CategoryColumn):
            found[:, c] = ~X[:, place].any(axis=1)
            continue
        x = column.values_of(X[:, place])
        largest = max(abs(column.lowest), abs(column.highest))
        extent = column.highest - column.lowest or largest or 1.0
        over = np.maximum(x - column.highest, 0.0) - np.maximum(column.lowest - x, 0.0)
        found[:, c] = np.where(np.abs(over) > SLACK * largest, over / extent, 0.0)
    return found
