"""The network of a member in a model file: convert its layers, and the rows of the factor of its covariance."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np

from sheernet.foundation.arrays import Array
from sheernet.foundation.errors import InvalidInput
from sheernet.models.files.schema import Layer
from sheernet.network.architecture import Architecture


def layers_of(architecture: Architecture) -> tuple[Layer, ...]:
    """Return the layers of a network, from the first hidden layer to the output layer."""
    names = [activation.name for activation in architecture.activations]
    skips = [*[False] * (len(names) - 1), architecture.skip]
    return tuple(map(Layer, names, architecture.sizes[1:], architecture.bias, skips))  # type: ignore[arg-type]


def architecture_of(n_features: int, layers: Sequence[Any]) -> Architecture:
    """Return the architecture for layers: the inverse of `layers_of`.

    Raises
    ------
    InvalidInput
        If layers before the last have skip connections, or a value is invalid.
    """
    *hidden, last = layers
    if any(layer.skip for layer in hidden):
        raise InvalidInput("'skip' must be false in all 'layers' except the last")
    return Architecture(
        (n_features, *(layer.units for layer in layers)),
        [layer.activation for layer in hidden],
        last.activation,
        [layer.bias for layer in layers],
        last.skip,
    )


def rows_of(factor: Sequence[float]) -> tuple[Sequence[float], ...]:
    """Split a lower triangle, stored row by row, into its rows; the last row is short if numbers are missing."""
    rows: list[Sequence[float]] = []
    start = 0
    while start < len(factor):
        rows.append(factor[start : start + len(rows) + 1])
        start += len(rows)
    return tuple(rows)


def factor_of(rows: Sequence[Sequence[float]]) -> Array:
    """Concatenate the rows of a lower triangle: the inverse of `rows_of`.

    Raises
    ------
    InvalidInput
        If a row has the wrong length.
    """
    for i, row in enumerate(rows, 1):
        if len(row) != i:
            raise InvalidInput(
                f"'factor' is a triangle, so its row {i} must have {i} numbers, but it has {len(row)}"
            )
    return np.fromiter(chain.from_iterable(rows), np.float64)
