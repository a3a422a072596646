"""What a network predicts over one or two of its inputs, as numbers on a grid.

The grid spans the data and a twentieth more on each side.  Inputs that are not on an axis stay at their medians.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sheernet.arrays import Array, as_matrix
from sheernet.errors import InvalidInput, ShapeMismatch
from sheernet.model import Model
from sheernet.network import Network
from sheernet.plots.style import number
from sheernet.tables import read_table

GRID = 81  # points on an axis
MARGIN = 0.05  # of the range, on each side


@dataclass(frozen=True, eq=False)
class Predictor:
    """A network or a model, seen alike: a function of a matrix, and the names of its columns."""

    function: Callable[[Array], Array]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    @classmethod
    def of(cls, model: Model | Network) -> Predictor:
        """See a Network or a Model so.

        Raises
        ------
        InvalidInput
            When it is neither.
        """
        if isinstance(model, Network):
            arch = model.architecture
            outputs = (
                [f"output {k + 1}" for k in range(arch.n_outputs)]
                if arch.n_outputs > 1
                else ["output"]
            )
            return cls(
                model.predict, tuple(f"input {j + 1}" for j in range(arch.n_inputs)), tuple(outputs)
            )
        if isinstance(model, Model):
            return cls(model.predict, model.inputs.names, model.targets.names)
        raise InvalidInput(
            f"a response surface is that of a Model or a Network, but {type(model).__name__} was given"
        )


@dataclass(frozen=True, eq=False)
class Surface:
    """A prediction over two inputs, or over the only one.

    Parameters
    ----------
    axes : tuple of one or two ndarray, (GRID,)
        Values of the inputs on the axes.
    values : ndarray, (GRID, GRID) or (GRID,)
        Predictions; values[i, j] belongs to axes[0][j], axes[1][i], as matplotlib has it.
    points : ndarray, (N, 1) or (N, 2)
        The rows, in the inputs on the axes.
    heights : ndarray, (N,)
        Predictions for the rows, with all of their own inputs.
    names : tuple of str
        Of the inputs on the axes.
    target : str
        Of what is predicted.
    fixed : tuple of (str, float)
        The other inputs and their medians.
    """

    axes: tuple[Array, ...]
    values: Array
    points: Array
    heights: Array
    names: tuple[str, ...]
    target: str
    fixed: tuple[tuple[str, float], ...]

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
        if len(self.fixed) > 3:
            return f"{first}\n{len(self.fixed)} other inputs at their medians"
        held = ", ".join(f"{name} = {number(value)}" for name, value in self.fixed)
        return f"{first}\nat the median{'s' * (len(self.fixed) > 1)} {held}"


def compute_surface(
    model: Model | Network, X: Any, columns: Sequence[int] = (0, 1), output: int = 0
) -> Surface:
    """Predict on a grid over two columns of X, or over the only one.

    Raises
    ------
    InvalidInput
        When a column or the output does not exist, or a prediction is not finite.
    ShapeMismatch
        When X has another number of columns than there are inputs.

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
    rows = _rows(predictor, X)
    places = _columns(predictor, columns)
    whole = isinstance(output, (int, np.integer)) and not isinstance(output, bool)
    if not whole or not 0 <= output < len(predictor.outputs):
        raise InvalidInput(
            f"output is a whole number from 0 to {len(predictor.outputs) - 1}, but {output!r} was given"
        )
    axes = tuple(_axis(rows[:, j]) for j in places)
    mesh = np.meshgrid(*axes)  # (GRID, GRID) each, or (GRID,)
    medians = np.median(rows, axis=0)
    grid = np.tile(medians, (mesh[0].size, 1))  # (GRID^2 or GRID, d_0)
    for j, values in zip(places, mesh, strict=True):
        grid[:, j] = values.ravel()
    predicted = predictor.function(np.vstack([grid, rows])).reshape(len(grid) + len(rows), -1)[
        :, output
    ]
    bad = np.count_nonzero(~np.isfinite(predicted))
    if bad:
        raise InvalidInput(
            f"a surface needs finite predictions, but {bad} of {predicted.size} are not; "
            "look for very large weights or inputs"
        )
    return Surface(
        axes,
        predicted[: len(grid)].reshape(mesh[0].shape),
        rows[:, places],
        predicted[len(grid) :],
        tuple(predictor.inputs[j] for j in places),
        predictor.outputs[output],
        tuple(
            (name, float(medians[j])) for j, name in enumerate(predictor.inputs) if j not in places
        ),
    )


def _rows(predictor: Predictor, X: Any) -> Array:
    if not isinstance(X, (np.ndarray, list, tuple)):
        return read_table(X).matrix(predictor.inputs)
    rows = as_matrix(X, "X")
    if rows.shape[1] != len(predictor.inputs):
        noun = "column" if rows.shape[1] == 1 else "columns"
        raise ShapeMismatch(
            f"X has {rows.shape[1]} {noun} but there are {len(predictor.inputs)} inputs: {', '.join(predictor.inputs)}"
        )
    return rows


def _columns(predictor: Predictor, columns: Sequence[int]) -> list[int]:
    """The columns on the axes: two different ones, or the only one."""
    n = len(predictor.inputs)
    if n == 1:
        return [0]
    places = list(columns)
    whole = all(
        isinstance(j, (int, np.integer)) and not isinstance(j, bool) and 0 <= j < n for j in places
    )
    if len(places) != 2 or not whole or places[0] == places[1]:
        raise InvalidInput(
            f"columns are two different whole numbers from 0 to {n - 1}, but {columns!r} was given"
        )
    return [int(j) for j in places]


def _axis(values: Array) -> Array:
    low, high = float(values.min()), float(values.max())
    margin = MARGIN * (high - low) or max(0.1 * abs(low), 0.5)  # a single value gets room around it
    return np.linspace(low - margin, high + margin, GRID)
