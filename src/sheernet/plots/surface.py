"""What a network predicts over one or two of its inputs, as numbers on a grid.

The grid spans the data and a twentieth more on each side.  Inputs that are not on an axis stay at their medians, and
categories at their most frequent label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sheernet.foundation.arrays import Array, as_matrix, same_length
from sheernet.foundation.errors import InvalidInput
from sheernet.models.model import Model
from sheernet.network.network import Network
from sheernet.plots.predictor import Predictor
from sheernet.plots.style import count, number

GRID = 81  # points on an axis
MARGIN = 0.05  # of the range, on each side
MOST_ROWS = 2000  # that are marked; of more, so many are drawn at random


@dataclass(frozen=True, eq=False)
class Surface:
    """A prediction over two inputs, or over the only one.

    Parameters
    ----------
    axes : tuple of one or two ndarray, (GRID,)
        Values of the inputs on the axes.
    values : ndarray, (GRID, GRID) or (GRID,)
        Predictions; values[i, j] belongs to axes[0][j], axes[1][i], as matplotlib has it.
    points : ndarray, (n, 1) or (n, 2)
        The rows, or of more than 2000 a sample, in the inputs on the axes.
    heights : ndarray, (n,)
        Predictions for them, with all of their own inputs.
    names : tuple of str
        Of the inputs on the axes.
    target : str
        Of what is predicted.
    fixed : tuple of (str, float or str)
        The other inputs and their medians or most frequent labels.
    n_rows : int
        How many rows there are, N.
    true : bool
        Whether `heights` are the true values of the rows, and not their predictions.
    """

    axes: tuple[Array, ...]
    values: Array
    points: Array
    heights: Array
    names: tuple[str, ...]
    target: str
    fixed: tuple[tuple[str, float | str], ...]
    n_rows: int
    true: bool = False

    @property
    def marked(self) -> str:
        """What the marks are, where they stand at `heights`."""
        return f"{'true values of' if self.true else 'predictions for'} {self.rows}"

    @property
    def rows(self) -> str:
        """Which rows are marked."""
        n = len(self.points)
        if n == self.n_rows:
            return f"{count(n, 'row')} of data"
        return f"{n} of {count(self.n_rows, 'row')} of data, drawn at random"

    @property
    def constant(self) -> bool:
        """Whether all predictions on the grid are equal, but for rounding."""
        return bool(np.ptp(self.values) <= 1e-12 * np.abs(self.values).max())

    @property
    def title(self) -> str:
        """What is seen, with what is held fixed."""
        first = f"Predicted {self.target} over {' and '.join(self.names)}"
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
        return f"{first}\nat the median{'s' * (len(self.fixed) > 1)} {held}"


def compute_surface(
    model: Model | Network,
    X: Any,
    columns: Sequence[int] | None = None,
    output: int = 0,
    true: npt.ArrayLike | None = None,
) -> Surface:
    """Predict on a grid over two columns of X, or over the only one; parameters are those of `response_surface`.

    Raises
    ------
    InvalidInput
        If a column or the output does not exist, a column on an axis is no number, or a prediction is not finite.
    ShapeMismatch
        If X has another number of columns than there are inputs, or `true` another number of rows.

    Examples
    --------
    >>> import sheernet as sn
    >>> from sheernet.plots.surface import compute_surface
    >>> net = sn.Network.from_weights(sn.Architecture((3, 1), bias=False), {"W1": [[1.0], [10.0], [100.0]]})
    >>> surface = compute_surface(net, [[0.0, 0.0, 1.0], [1.0, 1.0, 3.0]])
    >>> surface.fixed, float(surface.values[40, 40])
    ((('input 3', 2.0),), 205.5)
    """
    predictor = Predictor.of(model)
    rows = predictor.features(X)  # (N, features)
    places = _columns(predictor, columns)
    _require_output(output, len(predictor.outputs))
    on_axes = [predictor.inputs[j] for j in places]
    others = [column for j, column in enumerate(predictor.inputs) if j not in places]
    axes = tuple(_axis(column.values(rows)) for column in on_axes)
    mesh = np.meshgrid(*axes)  # (GRID, GRID) each, or (GRID,)
    grid = np.empty((mesh[0].size, rows.shape[1]))  # (GRID^2 or GRID, features)
    for column, values in zip(on_axes, mesh, strict=True):
        grid[:, column.place] = (values.ravel() - column.shift) / column.scale
    fixed: list[tuple[str, float | str]] = []
    for column in others:
        value, features = column.typical(rows)
        grid[:, column.place : column.place + len(features)] = features
        fixed.append((column.name, value))
    n_rows = len(rows)
    heights_given = None if true is None else as_matrix(true, "true")[:, 0]
    if heights_given is not None:
        same_length(["X", "true"], [rows, heights_given])
    if n_rows > MOST_ROWS:
        some = np.sort(np.random.default_rng(0).choice(n_rows, MOST_ROWS, replace=False))
        rows = rows[some]
        heights_given = None if heights_given is None else heights_given[some]
    predicted = predictor.function(np.vstack([grid, rows])).reshape(len(grid) + len(rows), -1)
    heights = predicted[:, output]
    bad = np.count_nonzero(~np.isfinite(heights))
    if bad:
        raise InvalidInput(
            f"a surface needs finite predictions, but {bad} of {heights.size} are not; "
            "look for very large weights or inputs"
        )
    return Surface(
        axes,
        heights[: len(grid)].reshape(mesh[0].shape),
        np.column_stack([column.values(rows) for column in on_axes]),
        heights[len(grid) :] if heights_given is None else heights_given,
        tuple(column.name for column in on_axes),
        predictor.outputs[output],
        tuple(fixed),
        n_rows,
        heights_given is not None,
    )


def _require_output(output: object, n_outputs: int) -> None:
    whole = isinstance(output, (int, np.integer)) and not isinstance(output, bool)
    if not whole or not 0 <= int(output) < n_outputs:  # type: ignore[call-overload]
        raise InvalidInput(
            f"output is a whole number from 0 to {n_outputs - 1}, but {output!r} was given"
        )


def _columns(predictor: Predictor, columns: Sequence[int] | None) -> list[int]:
    """The columns on the axes: two different ones, or the only one; by default the first that are numbers."""
    numbers = [j for j, column in enumerate(predictor.inputs) if not column.labels]
    if columns is None or len(predictor.inputs) == 1:
        if not numbers:
            raise InvalidInput(
                "a response surface needs an input of numbers for its axis, but all inputs are categories"
            )
        return numbers[:2]
    n, places = len(predictor.inputs), list(columns)
    whole = all(
        isinstance(j, (int, np.integer)) and not isinstance(j, bool) and 0 <= j < n for j in places
    )
    if len(places) != 2 or not whole or places[0] == places[1]:
        raise InvalidInput(
            f"columns are two different whole numbers from 0 to {n - 1}, but {columns!r} was given"
        )
    for j in places:
        if predictor.inputs[j].labels:
            raise InvalidInput(
                f"columns on the axes are numbers, but input {j} ({predictor.inputs[j].name!r}) has categories; "
                f"the inputs of numbers are {', '.join(map(str, numbers))}"
            )
    return [int(j) for j in places]


def _axis(values: Array) -> Array:
    low, high = float(values.min()), float(values.max())
    margin = MARGIN * (high - low) or max(0.1 * abs(low), 0.5)  # a single value gets room around it
    return np.linspace(low - margin, high + margin, GRID)
