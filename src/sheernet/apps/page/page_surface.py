"""`SurfaceGrid`: the grid over one or two inputs on which the page shows the predictions of a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheernet.apps.page.experiment import Experiment
from sheernet.apps.page.page_table import unit_of
from sheernet.apps.page.protocol import Axis, Surface, SurfacePoint
from sheernet.data.targets import ClassTarget
from sheernet.data.targets.judgment import chosen
from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.models.model import Model
from sheernet.network.network import Network
from sheernet.plots.predictor import Input, band_of, in_units, inputs_of
from sheernet.plots.surface import axis_values, columns_on_axes, grid_features

CURVE, MAP = 101, 41
"""Number of points of a curve, and of each axis of a map."""
MOST_POINTS = 500
"""Maximum number of rows of each share that are drawn."""
COVERAGE = 0.95
DIGITS = 4  # significant digits of values that are drawn


@dataclass(frozen=True, eq=False)
class SurfaceGrid:
    """A grid, and the data that do not change while a network is trained.

    Parameters
    ----------
    experiment : Experiment
        The data.
    inputs : tuple of Input
        The inputs on the axes.
    axes : tuple of ndarray
        The values of each axis.
    features : ndarray, (n, F)
        The features of the points of the grid.
    held : mapping
        The values of the other inputs.
    """

    experiment: Experiment
    inputs: tuple[Input, ...]
    axes: tuple[Array, ...]
    features: Array
    held: dict[str, Any]

    @classmethod
    def of(cls, experiment: Experiment) -> SurfaceGrid | None:
        """Return the grid over the axes that the exercise names, or over the first numeric inputs.

        Raises
        ------
        InvalidInput
            If an axis is not a numeric input.
        """
        every = inputs_of(experiment.prepared.inputs)
        named = experiment.exercise.axes
        if not named and all(each.labels for each in every):
            return None
        chosen_inputs = _named(every, named) if named else _usual(every)
        rows = experiment.prepared.training.X
        n = CURVE if len(chosen_inputs) == 1 else MAP
        axes = tuple(axis_values(each.values(rows), n) for each in chosen_inputs)
        features, held = grid_features(every, chosen_inputs, axes, rows)
        return cls(experiment, tuple(chosen_inputs), axes, features, dict(held))

    def surface(
        self, network: Network, model: Model | None = None, with_points: bool = True
    ) -> Surface:
        """Return the predictions of a network; for a curve, with a band if the model has one."""
        targets = self.experiment.prepared.targets
        predicted = in_units(targets, network.predict(self.features)).reshape(
            len(self.features), -1
        )
        classes: list[str] = []
        kind, output, values = "map", targets.names[0], predicted[:, 0]
        if isinstance(targets, ClassTarget):
            kind, classes = "classes", [str(label) for label in targets.classes]
            output = classes[1] if len(classes) == 2 else ""
            values = predicted[:, 1] if len(classes) == 2 else chosen(predicted).astype(float)
        low, high = self._band(model) if model is not None and len(self.axes) == 1 else ([], [])
        shape = tuple(len(axis) for axis in reversed(self.axes))
        return Surface(
            kind="curve" if len(self.axes) == 1 else kind,  # type: ignore[arg-type]
            axes=self._axes(), values=rounded(values.reshape(shape)), output=output, low=low, high=high,
            held=self.held, points=self.points() if with_points else [], classes=classes,
        )  # fmt: skip

    def _axes(self) -> list[Axis]:
        columns = self.experiment.source.table.columns
        return [
            Axis(
                name=each.name,
                column=columns.index(each.name),
                values=rounded(values),
                kind=each.kind,
                unit=unit_of(self.experiment.source.table, each.name),
            )
            for each, values in zip(self.inputs, self.axes, strict=True)
        ]

    def _band(self, model: Model) -> tuple[list[float], list[float]]:
        band = band_of(model, self.features, COVERAGE)
        if band is None:
            return [], []
        low, high = (rounded(np.asarray(limit).ravel()) for limit in band)
        return low, high

    def points(self) -> list[SurfacePoint]:
        """Return some rows of the table, with their positions."""
        found: list[SurfacePoint] = []
        for share, rows in self.experiment.shares.items():
            some = evenly(len(rows), MOST_POINTS)
            truth = np.asarray(rows.truth).reshape(len(rows), -1)[some, 0].tolist()
            places = [each.values(rows.X[some]) for each in self.inputs]
            for k, target in enumerate(truth):
                y = float(places[1][k]) if len(places) == 2 else _height(target)
                found.append(
                    SurfacePoint(
                        x=float(places[0][k]), y=y, target=_plain(target), share=share,  # type: ignore[arg-type]
                        row=int(self.experiment.rows[share][some[k]]),
                    )
                )  # fmt: skip
        return found


def _height(target: Any) -> float:
    """Return the height of a point over a single input; 0 for classes."""
    return (
        float(target) if isinstance(target, (int, float)) and not isinstance(target, bool) else 0.0
    )


def _plain(target: Any) -> Any:
    return target if isinstance(target, (int, float)) else str(target)


def _usual(inputs: Sequence[Input]) -> list[Input]:
    """Return the first two inputs that can be axes; numbers before dates and times."""
    ordered = sorted(inputs, key=lambda each: each.kind != "number")
    return [ordered[j] for j in columns_on_axes(ordered)]


def _named(inputs: tuple[Input, ...], names: tuple[str, ...]) -> list[Input]:
    """Return the inputs of the given names."""
    numbers = {each.name: each for each in inputs if not each.labels}
    if len(names) > 2 or len(set(names)) != len(names) or not set(names) <= set(numbers):
        raise InvalidInput(
            f"axes must be one or two inputs that hold numbers, but {', '.join(names)!r:.80} was given"
        )
    return [numbers[name] for name in names]


def evenly(n: int, most: int) -> Any:
    """Return at most `most` of n indices, evenly spaced, (m,)."""
    return np.arange(n) if n <= most else np.linspace(0, n - 1, most).round().astype(int)


def rounded(values: Array) -> Any:
    """Return numbers as lists, rounded to `DIGITS` digits of their range, for drawing; None if not finite."""
    finite = values[np.isfinite(values)]
    size = float(np.ptp(finite)) if finite.size else 0.0
    size = size or float(np.abs(finite).max(initial=0.0)) or 1.0
    places = int(np.clip(DIGITS - np.floor(np.log10(size)), -300, 300))
    found = np.round(values, places)
    if finite.size == values.size:
        return found.tolist()
    return np.where(np.isfinite(found), found, None).tolist()  # type: ignore[call-overload]
