"""A network or a model as what a picture needs: a function of features, and the inputs that they come from.

A model's inputs are in their own units, its categories take a feature for each label; a network's features are its
inputs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from sheernet.data.columns import NumberColumn
from sheernet.data.tables import read_table
from sheernet.data.targets import ClassTarget
from sheernet.foundation.arrays import Array, as_matrix
from sheernet.foundation.errors import InvalidInput, ShapeMismatch
from sheernet.models.model import Model
from sheernet.network.network import Network


@dataclass(frozen=True)
class Input:
    """An input and the features that it takes.

    Parameters
    ----------
    name : str
        Of the column.
    place : int
        Of its first feature.
    shift, scale : float
        Of a number: feature = (x - shift) / scale.
    labels : tuple of str
        Of a category, a feature each; empty for a number.
    """

    name: str
    place: int
    shift: float = 0.0
    scale: float = 1.0
    labels: tuple[str, ...] = ()

    def values(self, features: Array) -> Array:
        """The numbers, in their own units, (N,)."""
        return features[:, self.place] * self.scale + self.shift

    def typical(self, features: Array) -> tuple[float | str, Array]:
        """The median or the most frequent label, and its features."""
        if not self.labels:
            middle = float(np.median(features[:, self.place]))
            return middle * self.scale + self.shift, np.array([middle])
        block = features[:, self.place : self.place + len(self.labels)]
        most = int(block.sum(axis=0).argmax())
        return self.labels[most], np.eye(len(self.labels))[most]


@dataclass(frozen=True, eq=False)
class Predictor:
    """A network or a model, seen alike: a function of features, and where they come from."""

    function: Callable[[Array], Array]
    inputs: tuple[Input, ...]
    outputs: tuple[str, ...]
    features: Callable[[Any], Array]

    @classmethod
    def of(cls, model: Model | Network) -> Predictor:
        """See a Network or a Model so.

        Raises
        ------
        InvalidInput
            If it is neither.
        """
        if isinstance(model, Network):
            arch = model.architecture
            inputs = tuple(Input(f"input {j + 1}", j) for j in range(arch.n_inputs))
            outputs = tuple(f"output {k + 1}" for k in range(arch.n_outputs))
            return cls(
                model.predict,
                inputs,
                outputs if arch.n_outputs > 1 else ("output",),
                partial(_matrix, inputs=inputs),
            )
        if isinstance(model, Model):
            inputs = _inputs(model)
            return cls(
                partial(_predict, model), inputs, _outputs(model), partial(_encode, model, inputs)
            )
        raise InvalidInput(
            f"a response surface is that of a Model or a Network, but {type(model).__name__} was given"
        )


def _inputs(model: Model) -> tuple[Input, ...]:
    found: list[Input] = []
    place = 0
    for column in model.inputs.columns:
        if isinstance(column, NumberColumn):
            unit = ", days since 1970-01-01" if column.kind == "date" else ""
            found.append(Input(column.name + unit, place, column.shift, column.scale))
        else:
            labels = tuple(feature[len(column.name) + 1 :] for feature in column.features)
            found.append(Input(column.name, place, labels=labels))
        place += len(column.features)
    return tuple(found)


def _outputs(model: Model) -> tuple[str, ...]:
    if isinstance(model.targets, ClassTarget):
        return tuple(f"probability of {label}" for label in model.targets.classes)
    return model.targets.names


def _predict(model: Model, features: Array) -> Array:
    """Numbers in the targets' own units, or the probability of each class: (N,) or (N, K)."""
    outputs = sum(member.share * member.network.predict(features) for member in model.members)
    if isinstance(model.targets, ClassTarget):
        return model.targets.probabilities(outputs)
    return model.targets.decode(outputs)


def _encode(model: Model, inputs: tuple[Input, ...], X: Any) -> Array:
    if isinstance(X, (np.ndarray, list, tuple)):
        return model.inputs.encode_matrix(_matrix(X, inputs))
    return model.inputs.encode(read_table(X))


def _matrix(X: Any, inputs: tuple[Input, ...]) -> Array:
    rows = as_matrix(X, "X")
    if rows.shape[1] != len(inputs):
        noun = "column" if rows.shape[1] == 1 else "columns"
        raise ShapeMismatch(
            f"X has {rows.shape[1]} {noun} but there are {len(inputs)} inputs: "
            f"{', '.join(column.name for column in inputs)}"
        )
    return rows
