"""One interface to models and networks: a function of features, and the inputs that the features encode.

A model's inputs have their own units, and a category has a feature for each label; a network's features are its
inputs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from sheernet.data.columns import CategoryColumn, Inputs
from sheernet.data.sources import read_table
from sheernet.data.targets import ClassTarget, Targets
from sheernet.foundation.arrays import Array, as_matrix
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.foundation.message_text import counted
from sheernet.foundation.picture_texts import number
from sheernet.models.explaining.column_parts import encode_values
from sheernet.models.model import Model
from sheernet.models.rows_in import Rows
from sheernet.models.uncertainty import distribution_of, interval_of
from sheernet.network.network import Network
from sheernet.plots.estimator_source import needed
from sheernet.plots.network_units import NetworkUnits
from sheernet.plots.style import written_day, written_time

COVERAGE = 0.9
"""Coverage of the interval around a curve."""


@dataclass(frozen=True)
class Input:
    """An input and the features that encode it.

    Parameters
    ----------
    name : str
        Name of the column.
    place : int
        Index of its first feature.
    kind : str
        "number", "date" for days since 1970-01-01, or "time" for hours since midnight.
    labels : tuple of str
        For categories: the labels, with a feature for each; empty for numbers.
    encoder, decoder : callable, optional
        Compute the features of numbers, (G, n), and numbers from features, if a number is not used as a feature itself.
    """

    name: str
    place: int
    kind: str = "number"
    labels: tuple[str, ...] = ()
    encoder: Callable[[Array], Array] | None = None
    decoder: Callable[[Array], Array] | None = None

    def encode(self, values: Array) -> Array:
        """Return the features of numbers, (G, number of features)."""
        return values[:, None] if self.encoder is None else self.encoder(values)

    def written(self, value: float | str) -> str:
        """A value for a title."""
        if isinstance(value, str):
            return value
        written = {"date": written_day, "time": written_time}.get(self.kind, number)
        return written(value)

    def values(self, features: Array) -> Array:
        """The numbers in their own units, (N,)."""
        own = features[:, self.place :]
        return own[:, 0] if self.decoder is None else self.decoder(own)

    def typical(self, features: Array) -> tuple[float | str, Array]:
        """The median or the most frequent label, and the features that encode it."""
        if not self.labels:
            middle = float(np.median(self.values(features)))
            return middle, self.encode(np.array([middle]))[0]
        block = features[:, self.place : self.place + len(self.labels)]
        most = int(block.sum(axis=0).argmax())
        return self.labels[most], np.eye(len(self.labels))[most]


@dataclass(frozen=True, eq=False)
class Predictor:
    """A model or a network as a function of features.

    Parameters
    ----------
    function : callable, (N, F) -> (N,) or (N, K)
        Predictions from features.
    inputs : tuple of Input
        The inputs, in the order of their features.
    outputs : tuple of str
        Names of the K predictions.
    features : callable
        Encodes rows as features, (N, F).
    interval : callable, (N, F) -> two (N,) or (N, K), or None
        The interval that contains a new value of the target with a probability of 90 %; None if it is not known.
    """

    function: Callable[[Array], Array]
    inputs: tuple[Input, ...]
    outputs: tuple[str, ...]
    features: Callable[[Any], Array]
    interval: Callable[[Array], tuple[Array, Array] | None] = lambda features: None

    @classmethod
    def of(cls, model: Model | Network, units: NetworkUnits | None = None) -> Predictor:
        """Wrap a Model or a Network.

        Parameters
        ----------
        model : Model or Network
            The model or network.
        units : NetworkUnits, optional
            Names and scales of a network; its features are then its unscaled inputs.

        Raises
        ------
        InvalidInput
            If `model` is neither, or units are given for a model, which has its own.
        ShapeMismatch
            If the numbers of names or scales differ from those of inputs and outputs.
        """
        own = units or NetworkUnits()
        if isinstance(model, Network):
            names, outputs = own.names_of(model.architecture)
            own.require_scales_of(model.architecture)
            inputs = tuple(Input(name, j) for j, name in enumerate(names))
            return cls(
                lambda features: own.in_units(model.predict(own.scaled_inputs(features))),
                inputs,
                outputs,
                partial(_matrix, inputs=inputs),
            )
        if isinstance(model, Model):
            if own.are_given:
                raise InvalidInput(
                    "a Model has the names and scales of its columns; omit input_names, output_names, input_scaler "
                    "and output_scaler"
                )
            inputs = inputs_of(model.inputs)
            return cls(
                lambda features: in_units(model.targets, model.mean_output(features)),
                inputs,
                output_names(model.targets),
                partial(_encode, model, inputs),
                partial(band_of, model),
            )
        raise needed("a response surface needs a Model, a fitted estimator or a Network", model)


def inputs_of(inputs: Inputs) -> tuple[Input, ...]:
    """The inputs of a table, in the order of their features."""
    found: list[Input] = []
    place = 0
    for column in inputs.columns:
        if isinstance(column, CategoryColumn):
            found.append(Input(column.name, place, labels=column.categories))
        else:
            encoder = partial(encode_values, inputs, column)
            found.append(Input(column.name, place, column.kind, (), encoder, column.values_of))
        place += len(column.features)
    return tuple(found)


def output_names(targets: Targets) -> tuple[str, ...]:
    """The names of predictions: the targets, or the probability of each class."""
    if isinstance(targets, ClassTarget):
        return tuple(f"probability of {label}" for label in targets.classes)
    return targets.names


def in_units(targets: Targets, outputs: Array) -> Array:
    """Return outputs of a network in the targets' own units, or the probability of each class: (N,) or (N, K)."""
    if isinstance(targets, ClassTarget):
        return targets.probabilities(outputs)
    return targets.decode(outputs)


def band_of(
    model: Model, features: Array, coverage: float = COVERAGE
) -> tuple[Array, Array] | None:
    """Return a function for the limits of the intervals; None for classes, and without a density."""
    try:
        found = distribution_of(model, Rows.complete(features))
        return interval_of(model, found, coverage, "density")
    except InvalidInput:  # classes, or no density
        return None


def _encode(model: Model, inputs: tuple[Input, ...], X: Any) -> Array:
    if isinstance(X, (np.ndarray, list, tuple)):
        return model.inputs.encode_matrix(_matrix(X, inputs))
    return model.inputs.encode(read_table(X, like=model.reading))


def _matrix(X: Any, inputs: tuple[Input, ...]) -> Array:
    rows = as_matrix(X, "X")
    if rows.shape[1] != len(inputs):
        raise ShapeMismatch(
            f"X has {counted(rows.shape[1], 'column')} but there are {len(inputs)} inputs: "
            f"{', '.join(column.name for column in inputs)}"
        )
    return rows
