"""Predictions on a grid over one or two inputs: the data of a response surface.

The grid spans the range of the data, extended by 5 % on each side.  The other inputs are fixed at their medians, or, if
they are categories, at their most frequent label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.data.columns.cells import MOMENTS
from sheernet.foundation.arrays import Array, as_matrix, same_length
from sheernet.foundation.errors import InvalidInput
from sheernet.foundation.message_text import listed, plural_of
from sheernet.foundation.picture_texts import count, number
from sheernet.foundation.scalars import is_whole
from sheernet.foundation.sentences import in_quotes
from sheernet.models.explaining.nearby_rows import ColumnRows, remoteness
from sheernet.models.model import Model
from sheernet.network.network import Network
from sheernet.plots.contour_map import is_constant
from sheernet.plots.network_units import NetworkUnits, rows_and_true
from sheernet.plots.predictor import Input, Predictor
from sheernet.plots.scale import room_around

GRID = 81  # number of points on an axis
MARGIN = 0.05  # margin on each side, as a fraction of the range
MOST_ROWS = 2000  # maximum number of marked rows; if there are more, this many are drawn at random


@dataclass(frozen=True, eq=False)
class Marks:
    """Rows to mark on a surface.

    Parameters
    ----------
    points : ndarray, (n, 1) or (n, 2)
        The inputs on the axes for each row, or for a sample of 2000 rows.
    heights : ndarray, (n,)
        The predictions for these rows, from all of their inputs, or their true values.
    n_rows : int
        N, the number of rows.
    true : bool
        Whether `heights` are true values.
    noun : str
        Name of a row: "row", "training row" or "test row".
    """

    points: Array
    heights: Array
    n_rows: int
    true: bool = False
    noun: str = "row"

    @property
    def marked(self) -> str:
        """Legend of marks at `heights`."""
        return f"{'true values of' if self.true else 'predictions for'} {self.rows}"

    @property
    def rows(self) -> str:
        """Legend of marks without a height: the number of rows."""
        n, of_data = len(self.points), " of data" if self.noun == "row" else ""
        if n == self.n_rows:
            return f"{count(n, self.noun)}{of_data}"
        return f"{n} of {count(self.n_rows, self.noun)}{of_data}, drawn at random"


@dataclass(frozen=True, eq=False)
class Surface:
    """Predictions over two inputs, or over a single input.

    Parameters
    ----------
    axes : tuple of one or two ndarray, (GRID,)
        Values of the inputs on the axes.
    values : ndarray, (GRID, GRID) or (GRID,)
        Predictions; values[i, j] belongs to axes[0][j] and axes[1][i], as in matplotlib.
    marks : Marks
        The rows.
    names : tuple of str
        Names of the inputs on the axes.
    target : str
        Name of the prediction.
    fixed : tuple of (str, float or str)
        The other inputs and their medians or most frequent labels.
    kinds : tuple of str
        Kinds of the inputs on the axes: "date" for days since 1970-01-01, "time" for hours since midnight.
    band : tuple of two ndarray, (GRID,), or None
        Over a single input, the interval that contains a new value of the target with a probability of 90 %.
    test : Marks, optional
        Test rows.
    """

    axes: tuple[Array, ...]
    values: Array
    marks: Marks
    names: tuple[str, ...]
    target: str
    fixed: tuple[tuple[str, float | str], ...]
    kinds: tuple[str, ...] = ("number", "number")
    band: tuple[Array, Array] | None = None
    test: Marks | None = None

    @property
    def groups(self) -> tuple[Marks, ...]:
        """The rows, and the test rows if there are any."""
        return (self.marks,) if self.test is None else (self.marks, self.test)

    @property
    def heights(self) -> Array:
        """Heights of all rows."""
        return np.concatenate([marks.heights for marks in self.groups])

    @property
    def remoteness(self) -> Array:
        """Distance of the points of a grid over two inputs from the rows, (GRID, GRID); above 1, no row is near."""
        sides = (
            ColumnRows(
                values, np.zeros(0) if kind == "time" else places, False
            )  # a time is a cycle
            for values, places, kind in zip(self.axes, self.marks.points.T, self.kinds, strict=True)
        )
        return remoteness(*sides).T

    @property
    def constant(self) -> bool:
        """Whether all predictions on the grid are equal except for rounding."""
        return is_constant(self.values)

    @property
    def title(self) -> str:
        """The prediction, the inputs on the axes, and the fixed inputs."""
        first = f"Predicted {self.target} over {listed(self.names)}"
        if not self.fixed:
            return first
        labels = any(isinstance(value, str) for _, value in self.fixed)
        middle = "medians or most frequent labels" if labels else "medians"
        if len(self.fixed) > 3:
            return f"{first}\n{len(self.fixed)} other inputs at their {middle}"
        held = ", ".join(
            f"{name} = {value if isinstance(value, str) else number(value)}"
            for name, value in self.fixed
        )
        if labels:
            return f"{first}\nat {held} (medians, most frequent labels)"
        return f"{first}\nat the {plural_of(len(self.fixed), 'median')} {held}"


def compute_surface(
    model: Model | Network,
    X: Any,
    columns: Sequence[int] | None = None,
    output: int = 0,
    true: npt.ArrayLike | None = None,
    features: Array | None = None,
    units: NetworkUnits | None = None,
    test: Any = None,
) -> Surface:
    """Predict on a grid over two columns of X, or over a single column; see `response_surface` for the parameters.

    Raises
    ------
    InvalidInput
        If there are no rows, a column or the output does not exist, a column on an axis is a category, or a prediction
        is not finite.
    ShapeMismatch
        If X does not have a column for each input, or `true` a value for each row.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.plots.surface import compute_surface
    >>> net = sn.Network.from_weights(sn.Architecture((3, 1), bias=False), {"W1": [[1.0], [10.0], [100.0]]})
    >>> surface = compute_surface(net, [[0.0, 0.0, 1.0], [1.0, 1.0, 3.0]])
    >>> surface.fixed, float(surface.values[40, 40])
    ((('input 3', 2.0),), 205.5)
    """
    if X is None and features is None:
        raise InvalidInput(
            "a surface needs rows that its axes span; give X, such as the table of the fit"
        )
    if isinstance(model, Network):
        units = (units or NetworkUnits()).with_data(X)
    X, known = rows_and_true(X)
    predictor = Predictor.of(model, units)
    rows = predictor.features(X) if features is None else features  # (N, F)
    on_axes = [predictor.inputs[j] for j in columns_on_axes(predictor.inputs, columns)]
    _require_output(output, len(predictor.outputs))
    test_rows, test_true = rows_and_true(test, pair=True)
    unseen = None if test is None else predictor.features(test_rows)  # (n, F)
    spanned = rows if unseen is None else np.vstack([rows, unseen])
    axes = tuple(axis_values(column.values(spanned)) for column in on_axes)
    grid, fixed = grid_features(predictor.inputs, on_axes, axes, rows)
    mark = partial(_marks, predictor, on_axes, output)
    return Surface(
        axes,
        _heights(predictor, grid, output).reshape((GRID,) * len(axes)),
        mark(rows, known if true is None else true, "row" if unseen is None else "training row"),
        tuple(column.name for column in on_axes),
        predictor.outputs[output],
        fixed,
        tuple(column.kind for column in on_axes),
        _band(predictor, grid, output) if len(predictor.inputs) == 1 else None,
        None if unseen is None else mark(unseen, test_true, "test row"),
    )


def _marks(
    predictor: Predictor, on_axes: Sequence[Input], output: int, rows: Array, true: Any, noun: str
) -> Marks:
    """Return the marks of rows, (N, F), or of a sample if there are many."""
    n_rows, true_values = len(rows), None
    if true is not None:
        matrix = as_matrix(true, "true")
        true_values = matrix[:, output if matrix.shape[1] > 1 else 0]
        same_length(["X", "true"], [rows, true_values])
    if n_rows > MOST_ROWS:
        some = np.sort(np.random.default_rng(0).choice(n_rows, MOST_ROWS, replace=False))
        rows = rows[some]
        true_values = None if true_values is None else true_values[some]
    heights = _heights(predictor, rows, output) if true_values is None else true_values
    points = np.column_stack([column.values(rows) for column in on_axes])
    return Marks(points, heights, n_rows, true_values is not None, noun)


def _heights(predictor: Predictor, features: Array, output: int) -> Array:
    """Predictions, (N,)."""
    heights = predictor.function(features).reshape(len(features), -1)[:, output]
    bad = np.count_nonzero(~np.isfinite(heights))
    if bad:
        raise InvalidInput(
            f"a surface needs finite predictions, but {bad} of {heights.size} are not finite; "
            "look for very large weights or inputs"
        )
    return heights


def _band(predictor: Predictor, grid: Array, output: int) -> tuple[Array, Array] | None:
    interval = predictor.interval(grid)
    if interval is None:
        return None
    lower, upper = (ends.reshape(len(grid), -1)[:, output] for ends in interval)
    return lower, upper


def grid_features(
    inputs: Sequence[Input], on_axes: Sequence[Input], axes: tuple[Array, ...], rows: Array
) -> tuple[Array, tuple[tuple[str, float | str], ...]]:
    """The features of each point of a grid, (n, F) or (n^2, F), and the fixed inputs.

    Parameters
    ----------
    inputs, on_axes : sequence of Input
        All inputs, and the inputs on the axes.
    axes : tuple of one or two ndarray, (n,)
        The values of the inputs on the axes.
    rows : ndarray, (N, F)
        The features of the rows, for the medians.
    """
    mesh = np.meshgrid(*axes)  # (n,) or twice (n, n)
    grid = np.zeros((mesh[0].size, rows.shape[1]))
    for column, values in zip(on_axes, mesh, strict=True):
        features = column.encode(values.ravel())
        grid[:, column.place : column.place + features.shape[1]] = features
    fixed = []
    for column in inputs:
        if column not in on_axes:
            value, features = column.typical(rows)
            grid[:, column.place : column.place + len(features)] = features
            fixed.append((column.name, column.written(value) if column.kind in MOMENTS else value))
    return grid, tuple(fixed)


def _require_output(output: object, n_outputs: int) -> None:
    if not is_whole(output) or not 0 <= int(output) < n_outputs:  # type: ignore[call-overload]
        raise InvalidInput(
            f"output must be a whole number from 0 to {n_outputs - 1}, but {output!r} was given"
        )


def columns_on_axes(inputs: Sequence[Input], columns: Sequence[int] | None = None) -> list[int]:
    """The inputs on the axes: two different inputs, or the only input; by default the first numeric inputs."""
    numbers = [j for j, column in enumerate(inputs) if not column.labels]
    if columns is None or len(inputs) == 1:
        if not numbers:
            raise InvalidInput(
                "a response surface needs a numeric input for its axis, but all inputs are categories"
            )
        return numbers[:2]
    n, places = len(inputs), list(columns)
    whole = all(is_whole(j) and 0 <= j < n for j in places)
    if len(places) != 2 or not whole or places[0] == places[1]:
        raise InvalidInput(
            f"columns must be two different whole numbers from 0 to {n - 1}, but {columns!r} was given"
        )
    for j in places:
        if inputs[j].labels:
            raise InvalidInput(
                f"columns must be numeric inputs, but input {j} ({in_quotes(inputs[j].name)}) has categories; "
                f"the numeric inputs are {', '.join(map(str, numbers))}"
            )
    return [int(j) for j in places]


def axis_values(values: Array, n: int = GRID) -> Array:
    """Evenly spaced values over the range of values and a margin, (n,)."""
    low, high = float(values.min()), float(values.max())
    margin = MARGIN * (high - low) or room_around(low)
    return np.linspace(low - margin, high + margin, n)
