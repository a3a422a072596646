"""`Profile` and `ProfileCurve`: how predictions change from a point as each column changes, as numbers and text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import unknown_name
from sheernet.foundation.message_text import wrapped
from sheernet.foundation.pandas_import import frame_of
from sheernet.foundation.plain_data import plain
from sheernet.foundation.text_tables import aligned, html_table, paragraphs
from sheernet.models.explaining.column_cells import plain_cells
from sheernet.models.explaining.data_distance import DataDistance
from sheernet.models.explaining.effect_curves import written_value
from sheernet.models.explaining.uncertainty_text import band_note, with_band, with_uncertainty

if TYPE_CHECKING:
    import pandas as pd

Numbers = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class ProfileCurve:
    """How K predictions change from a point as one column changes.

    Parameters
    ----------
    name : str
        Name of the column.
    kind : {"number", "boolean", "date", "time", "category"}
        Meaning of the values.
    values : ndarray, (G,)
        Numbers, days since 1970-01-01, hours since midnight, 0 and 1, or labels, ascending.
    cells : tuple of length G
        The same values as `Model.predict` accepts them.
    present : int
        Index of the value of the point.
    mean, std : ndarray, (G, K)
        Predictions, or probabilities of classes, and their standard deviations due to the members and the uncertainty
        of their weights; 0 if these are not known.
    interval : tuple of two ndarray, (G, K), or None
        Interval of a new value at each value, if it was requested.
    """

    name: str
    kind: str
    values: Numbers
    cells: tuple[Any, ...]
    present: int
    mean: Array
    std: Array
    interval: tuple[Array, Array] | None = None

    @property
    def written_values(self) -> list[str]:
        """The values as text."""
        return [written_value(value, self.kind) for value in self.values]

    @property
    def change(self) -> Array:
        """Largest minus smallest prediction, (K,)."""
        return np.ptp(self.mean, axis=0)


@dataclass(frozen=True, eq=False)
class Profile:
    """The prediction at a point, and how it changes as each column changes alone; made by `Model.profile`.

    Parameters
    ----------
    point : mapping of str to object
        The value of each column, as `Model.predict` accepts it.
    values : mapping of str to float or str
        The values as numbers and labels, as in `ProfileCurve.values`.
    words : str
        The origin of the values of the point.
    curves : tuple of ProfileCurve
        Curves in the order of the columns.
    outputs : tuple of str
        Names of the K predictions: targets, or classes as "color=red".
    probabilities : bool
        Whether the predictions are probabilities of classes.
    limits : tuple of two ndarray, (K,)
        Limits of the predictions; -inf and inf if they have none.
    prediction, std : ndarray, (K,)
        Prediction at the point and its standard deviation, as in `ProfileCurve`.
    coverage : float
        Probability of the intervals.
    interval : tuple of two ndarray, (K,), or None
        Interval of a new value at the point; None for classes, and if it is not known.
    distance : DataDistance
        How far the point is from the training rows.
    band : str
        What the standard deviations include; empty if they are not known.
    """

    point: Mapping[str, Any]
    values: Mapping[str, float | str]
    words: str
    curves: tuple[ProfileCurve, ...]
    outputs: tuple[str, ...]
    probabilities: bool
    limits: tuple[Array, Array]
    prediction: Array
    std: Array
    coverage: float
    interval: tuple[Array, Array] | None
    distance: DataDistance
    band: str

    def __getitem__(self, name: str) -> ProfileCurve:
        """The curve of a column, by its name."""
        for curve in self.curves:
            if curve.name == name:
                return curve
        raise unknown_name("curve", name, [curve.name for curve in self.curves])

    @property
    def shown(self) -> list[int]:
        """The predictions in text and pictures: for two classes, only the second."""
        n = len(self.outputs)
        return [1] if self.probabilities and n == 2 else list(range(n))

    def text(self) -> str:
        """The point, its prediction, its distance from the data, and the extremes of each curve."""
        lines = [wrapped(f"At {self.words}"), ""]
        lines += map(wrapped, self.sentences())
        lines += ["", *map(wrapped, self.distance.sentences())]
        for k in self.shown:
            title = f" of {self._name(k)}" if len(self.shown) > 1 else ""
            lines += [
                "",
                wrapped(f"Prediction{title} as one column changes, the others as in 'value'"),
                "",
            ]
            lines += aligned(self._table(k), left=(0, 1, 2, 4, 5, 6))
        lines += map(wrapped, filter(None, [self.note]))
        return "\n".join(lines)

    @property
    def note(self) -> str:
        """A description of ±; empty if the band is not known."""
        return band_note(self.band, self.interval is not None)

    def __str__(self) -> str:
        return self.text()

    def _name(self, k: int) -> str:
        return f"the probability of {self.outputs[k]}" if self.probabilities else self.outputs[k]

    def sentences(self) -> Iterator[str]:
        """Each shown prediction at the point with its band and interval, such as "score: 75 ± 2"."""
        for k in self.shown:
            mean, std = float(self.prediction[k]), float(self.std[k]) if self.band else None
            shown = with_uncertainty(mean, std, self.coverage, self.interval, k)
            yield f"{self._name(k)}: {shown}"

    def _written(self, mean: float, std: float) -> str:
        return with_band(float(mean), float(std) if self.band else None)

    def _table(self, k: int) -> list[list[str]]:
        """The headings, and for each curve its value and its extremes with their places, the largest change first."""
        lines = [["column", "value", "lowest", "at", "highest", "at"]]
        for curve in sorted(self.curves, key=lambda curve: -float(curve.change[k])):
            mean, shown = curve.mean[:, k], curve.written_values
            line = [curve.name, shown[curve.present]]
            for g in (int(mean.argmin()), int(mean.argmax())):
                line += [self._written(mean[g], curve.std[g, k]), shown[g]]
            lines.append(line)
        return lines

    def _repr_html_(self) -> str:
        """The prediction, the distance and the tables for notebooks."""
        lines = [f"At {self.words}", *self.sentences(), *self.distance.sentences()]
        tables = [
            html_table(self._table(k), self._name(k) if len(self.shown) > 1 else "")
            for k in self.shown
        ]
        return "".join([paragraphs(lines), *tables, paragraphs([self.note])])

    def to_frame(self) -> pd.DataFrame:
        """Return all curves as a DataFrame with a row for each value and prediction.

        Returns
        -------
        DataFrame
            A DataFrame with the columns column, value (as text), present (whether it is the value of the point),
            prediction, mean, std, and lower and upper if intervals were requested.
        """
        rows = [
            [
                curve.name, value, g == curve.present, output, curve.mean[g, k], curve.std[g, k],
                *(end[g, k] for end in curve.interval or ()),
            ]
            for curve in self.curves
            for g, value in enumerate(curve.written_values)
            for k, output in enumerate(self.outputs)
        ]  # fmt: skip
        heads = ["column", "value", "present", "prediction", "mean", "std"]
        has_ends = any(curve.interval is not None for curve in self.curves)
        return frame_of(rows, [*heads, *(["lower", "upper"] if has_ends else [])])

    def to_dict(self) -> dict[str, Any]:
        """The profile as plain data, for JSON; unknown values are None."""
        low, high = self.interval or (None, None)
        return dict(plain({
            "point": plain_cells(self.point), "words": self.words, "predictions": self.outputs,
            "prediction": self.prediction, "std": self.std if self.band else None, "coverage": self.coverage,
            "lower": low, "upper": high, "distance": self.distance.to_dict(), "band": self.band,
            "curves": [
                {
                    "column": curve.name, "kind": curve.kind, "values": curve.values, "written": curve.written_values,
                    "present": curve.present, "mean": curve.mean, "std": curve.std if self.band else None,
                    "lower": curve.interval and curve.interval[0], "upper": curve.interval and curve.interval[1],
                }
                for curve in self.curves
            ],
        }))  # fmt: skip
